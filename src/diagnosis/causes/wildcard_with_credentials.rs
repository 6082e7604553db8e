//! The cause `wildcard-with-credentials`. `*` with credentials.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::fix::{self, Purpose, page};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Nature, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const WILDCARD: Title = Title::plain("* not valid with credentials");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "wildcard-with-credentials",
    titles: &[WILDCARD],
    nature: Nature::Cors,
    explanation: "The page sends credentials (cookies, client certificates, browser login), and then * is not \
                  accepted: Access-Control-Allow-Origin must name the origin, and * in Allow-Methods or Allow-Headers \
                  stands for a method or header of that name only.",
    proven_by: "the * and the request's credentials mode",
    fix: "name the page's origin, send Access-Control-Allow-Credentials: true and Vary: Origin; or drop credentials in \
          the page",
    do_not: "answer any origin with credentials: any site could then act as the user",
};

/// `*` with credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WildcardWithCredentials {
    /// Which header holds it.
    pub on: Wildcard,
}

/// Which header holds the `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wildcard {
    /// Access-Control-Allow-Origin.
    Origin,
    /// Access-Control-Allow-Methods.
    Methods,
    /// Access-Control-Allow-Headers.
    Headers,
}

impl Wildcard {
    /// The header, lower case.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Origin => "access-control-allow-origin",
            Self::Methods => "access-control-allow-methods",
            Self::Headers => "access-control-allow-headers",
        }
    }
}

impl Told for WildcardWithCredentials {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        WILDCARD.text()
    }

    fn detail(&self) -> Value {
        json!({ "on": self.on.header() })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        match self.on {
            Wildcard::Origin => prose!("{}, and then the server may not answer with \"*\".", say.asks()),
            Wildcard::Methods | Wildcard::Headers => {
                prose!(
                    "{}, and then \"*\" in {} stands for nothing.",
                    say.asks(),
                    Captured::text(quote::title_case(self.on.header()))
                )
            }
        }
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::InsteadOfStar
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ECHOED_WITH_CREDENTIALS)
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::without_credentials(scene).into_iter().collect()
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        if check.scene.on_preflight() {
            Some(check.preflight(prose!("{} and no *", check.changed())))
        } else {
            check.usual()
        }
    }
}
