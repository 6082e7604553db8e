//! The cause `allow-credentials-missing`. No Allow-Credentials.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, page};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::Prose;
use crate::secrets::prose;

const MISSING: Title = Title::plain("no Allow-Credentials header");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-credentials-missing",
    titles: &[MISSING],
    nature: Nature::Cors,
    explanation: "The page sends credentials, and the response lacks Access-Control-Allow-Credentials: true.",
    proven_by: "the absence of the header and the request's credentials mode",
    fix: "send Access-Control-Allow-Credentials: true beside the exact origin",
    do_not: "",
};

/// No Allow-Credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowCredentialsMissing;

impl Told for AllowCredentialsMissing {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        MISSING.text()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("{}, and the server does not say Access-Control-Allow-Credentials: true.", say.asks())
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ECHOED_WITH_CREDENTIALS)
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::without_credentials(scene).into_iter().collect()
    }
}
