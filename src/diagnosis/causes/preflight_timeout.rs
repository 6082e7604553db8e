//! The cause `preflight-timeout`. Silence: the request arrived and nothing came back.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::cors::Stage;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature, event};
use crate::exchange::{End, SILENCE, Side};
use crate::secrets::prose;
use crate::secrets::{As, Captured, Prose, Role};

const PREFLIGHT: Title = Title::plain("preflight never answered").of_preflight();
const REQUEST: Title = Title::plain("request never answered");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "preflight-timeout",
    titles: &[PREFLIGHT, REQUEST],
    nature: Nature::NotCors,
    explanation: "The request arrived and nothing came back. For a preflight this often means that OPTIONS is routed \
                  to something that never answers it, such as a firewall that drops the method.",
    proven_by: "a time-out error; packets: the request, then silence",
    fix: "let OPTIONS pass the firewall and reach a handler that answers at once",
    do_not: "",
};

/// Silence: the request arrived and nothing came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightTimeout {
    /// Which request was not answered.
    pub stage: Stage,
}

impl Told for PreflightTimeout {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.is_preflight() { PREFLIGHT } else { REQUEST }.text()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        match (let_go(say.scene), self.is_preflight()) {
            (Some(waited), true) => {
                prose!("The preflight was not answered in the {} until the client closed, {}.", waited, say.never())
            }
            (Some(waited), false) => prose!("The request was not answered in the {} until the client closed.", waited),
            (None, true) => prose!("The preflight was never answered, {}.", say.never()),
            (None, false) => {
                let request = prose!("The {} was never answered", say.request());
                let request = As(Role::One("These requests were never answered"), request);
                prose!("{}. No CORS rule was reached.", request)
            }
        }
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let title = match (let_go(scene), self.is_preflight()) {
            (Some(waited), preflight) => {
                let request = Captured::text(if preflight { "OPTIONS" } else { &*scene.pair.method });
                prose!(
                    "no header helps. Run the command below and wait: an answer after {} means that {} is \
                     slow; none at all means that a firewall, a load balancer or a handler drops {}",
                    waited,
                    host,
                    request
                )
            }
            (None, true) => {
                "no header helps. Find out who drops OPTIONS: firewall rule, load balancer, a handler that never \
                 answers"
                    .into()
            }
            (None, false) => {
                "no header helps. Find out why the request is never answered: time-outs of proxy and application".into()
            }
        };
        vec![Fix::network(Who::Server, title)]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.any_answer())
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        lines::firefox_says_cors(scene).into_iter().collect()
    }
}

impl PreflightTimeout {
    fn is_preflight(&self) -> bool {
        self.stage == Stage::Preflight
    }
}

/// How long the client waited before it gave up itself, where packets tell: `1.67 s`.
pub(super) fn let_go(scene: &Scene<'_>) -> Option<Prose> {
    let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
    let events = [Some(scene.exchange), preflight].into_iter().flatten();
    events.flat_map(|exchange| &exchange.note.events).find_map(|event| match event.what.ended()? {
        (_, End::Alert(_), _) | (Side::Server, ..) => None,
        (Side::Client, _, waited) => waited.filter(|waited| *waited >= SILENCE).map(event::duration),
    })
}
