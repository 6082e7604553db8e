//! The cause `resource-policy`. CORP, COEP or ORB.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

const POLICY: Title = Title::plain("blocked by CORP or ORB");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "resource-policy",
    titles: &[POLICY],
    nature: Nature::NotCors,
    explanation: "Another mechanism than CORS withheld the response: Cross-Origin-Resource-Policy, the page's \
                  Cross-Origin-Embedder-Policy, or Opaque Response Blocking.",
    proven_by: "net::ERR_BLOCKED_BY_RESPONSE… or net::ERR_BLOCKED_BY_ORB",
    fix: "send Cross-Origin-Resource-Policy: cross-origin on what others may embed, or load it in cors mode \
          (crossorigin) and allow the origin",
    do_not: "",
};

/// CORP, COEP or ORB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePolicy;

impl Told for ResourcePolicy {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        POLICY.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "Another rule than CORS withheld the answer: CORP, COEP or ORB.".into()
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::action(
            Who::Server,
            NotProven::BeforeNetwork,
            prose!(
                "send Cross-Origin-Resource-Policy: cross-origin on the answers of {}, or drop the page's \
                 Cross-Origin-Embedder-Policy",
                host
            ),
        )]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        check.actual("Cross-Origin-Resource-Policy: cross-origin")
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }
}
