//! The cause `network-proxy`. A proxy or portal on the user's side answered, or did not let the request through.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const NETWORK: Title = Title::plain("blocked by customer's network");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "network-proxy",
    titles: &[NETWORK],
    nature: Nature::SideEffect,
    explanation: "The answer does not come from the API: a proxy, security gateway or captive portal on the user's \
                  side answered instead. Users of other networks are not affected.",
    proven_by: "status 407, headers and pages of such a product, or net::ERR_TUNNEL_CONNECTION_FAILED",
    fix: "have the administrator of the user's network let the host through, OPTIONS included",
    do_not: "",
};

/// A proxy or portal on the user's side answered, or did not let the request through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkProxy {
    /// The status of its answer; 0 where there is none.
    pub status: u16,
}

impl Told for NetworkProxy {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        NETWORK.text()
    }

    fn nature(&self) -> Nature {
        // Where nothing answered there are no headers to speak of.
        if self.answered() { DOC.nature } else { Nature::NotCors }
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn rests_on_net_error(&self) -> bool {
        !self.answered()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        if !self.answered() {
            return "The proxy of the user's network did not pass the request on. No CORS rule was reached.".into();
        }
        let answered = say.or("answered", "seems to have answered");
        prose!("Something in the customer's network {} instead of the API. Its answer has no CORS headers.", answered)
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![if self.answered() {
            Fix::action(
                Who::Network,
                NotProven::Behaviour,
                prose!(
                    "the customer's network team lets {} through without login or inspection; try from another \
                     network",
                    host
                ),
            )
        } else {
            Fix::network(
                Who::Network,
                prose!("the customer's network team lets its proxy pass {} on; try from another network", host),
            )
        }]
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        let expect = if self.answered() {
            prose!("the API's own answer instead of {}, when run in the customer's network", self.status)
        } else {
            "an answer of the API, whatever its status, when run in the customer's network".into()
        };
        if check.scene.on_preflight() { Some(check.preflight(expect)) } else { check.actual(expect) }
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        (!self.answered()).then(|| lines::nothing(scene))
    }
}

impl NetworkProxy {
    fn answered(&self) -> bool {
        self.status != 0
    }
}
