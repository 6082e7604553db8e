//! The cause `auth-before-cors`. The login check met the preflight.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::Purpose;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const REFUSED: Title = Title::number("auth refuses preflight (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "auth-before-cors",
    titles: &[REFUSED],
    nature: Nature::Cors,
    explanation: "The login check looked at the preflight. A preflight never carries a cookie or token, so it is \
                  refused or sent to the login page, and the request itself is never made. OPTIONS must be answered \
                  before authentication.",
    proven_by: "status 401; status 403 with an authentication signature; a redirect to a login page",
    fix: "put CORS handling before the login check, or exempt OPTIONS from it; leave the check on for all other \
          methods",
    do_not: "send the token with the preflight: browsers do not",
};

/// The login check met the preflight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthBeforeCors {
    /// Status.
    pub status: u16,
    /// Login page it redirected to.
    pub login: Option<String>,
}

impl Told for AuthBeforeCors {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        REFUSED.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status, "login": self.login })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        if self.login.is_some() {
            let page = say.or("a login page", "what seems to be a login page");
            return prose!("The preflight was sent to {}, {}.", page, say.never());
        }
        let answered = say.or("The login check answered", "A login check seems to have answered");
        prose!("{} the preflight with {}, {}.", answered, self.status, say.never())
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::BeforeLogin
    }

    fn do_not(&self) -> Option<&'static str> {
        Some("try to send the token with OPTIONS: no browser does, and the page cannot change that")
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.preflight(prose!("a 2xx status and {}, without sending any token", check.changed())))
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        self.login.as_deref().map(|login| lines::sent_to(scene, self.status, login))
    }
}
