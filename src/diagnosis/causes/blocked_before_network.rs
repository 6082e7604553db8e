//! The cause `blocked-before-network`. The browser never sent it.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const BLOCKED: Title = Title::plain("blocked before sending");
const MIXED_CONTENT: Title = Title::plain("blocked: http from https page");
const CSP: Title = Title::plain("blocked by the page's CSP");
const LOCAL_NETWORK: Title = Title::plain("local network access denied");
const MODE: Title = Title::plain("blocked by request mode");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "blocked-before-network",
    titles: &[BLOCKED, MIXED_CONTENT, CSP, LOCAL_NETWORK, MODE],
    nature: Nature::NotCors,
    explanation: "The browser never sent the request: an https page called http (mixed content), the page's \
                  Content-Security-Policy forbids the address, the user or a policy refused access to the local \
                  network, or the page asked for mode same-origin. No server setting is wrong.",
    proven_by: "an error text that names it; an https page calling http with status 0, no error and no preflight",
    fix: "call https from an https page; name the host in connect-src of the page's Content-Security-Policy; have the \
          user allow access to the local network; drop mode: 'same-origin'",
    do_not: "",
};

/// The browser never sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedBeforeNetwork {
    /// Why.
    pub kind: Blocked,
}

/// Why the browser did not send a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// An https page called http.
    MixedContent,
    /// Content-Security-Policy.
    Csp,
    /// Local network access.
    LocalNetwork,
    /// Mode `same-origin`, or a scheme that takes no part in CORS.
    Mode,
    /// The error text names something else.
    Other,
}

impl Blocked {
    /// Stable id.
    fn id(self) -> &'static str {
        match self {
            Self::MixedContent => "mixed-content",
            Self::Csp => "csp",
            Self::LocalNetwork => "local-network",
            Self::Mode => "mode",
            Self::Other => "other",
        }
    }
}

impl Told for BlockedBeforeNetwork {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.kind {
            Blocked::Other => BLOCKED,
            Blocked::MixedContent => MIXED_CONTENT,
            Blocked::Csp => CSP,
            Blocked::LocalNetwork => LOCAL_NETWORK,
            Blocked::Mode => MODE,
        }
        .text()
    }

    fn detail(&self) -> Value {
        json!({ "kind": self.kind.id() })
    }

    fn rests_on_net_error(&self) -> bool {
        self.kind == Blocked::Other
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        match self.kind {
            Blocked::MixedContent => {
                prose!(
                    "A page of https may not call http: the browser {}never sent the request.",
                    say.or("", "probably ")
                )
            }
            Blocked::LocalNetwork => {
                "The browser refused to let a public page call a machine on the local network. No server setting is \
                 wrong."
                    .into()
            }
            Blocked::Csp => "The page's own Content-Security-Policy forbids this address. The server was never \
                             asked."
                .into(),
            Blocked::Mode | Blocked::Other => "The browser never sent the request. The server was not asked.".into(),
        }
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let page = scene.page();
        let fix = |who, title: Prose| Fix::action(who, NotProven::BeforeNetwork, title);
        match self.kind {
            Blocked::MixedContent => {
                vec![fix(Who::Page, prose!("page: call https://{} instead of http://, and serve the API there", host))]
            }
            Blocked::Csp => {
                vec![fix(Who::Page, prose!("page: add {} to connect-src of its Content-Security-Policy", host))]
            }
            Blocked::LocalNetwork => vec![
                fix(Who::User, prose!("user: site settings of {}, Local network access: Allow", page)),
                fix(
                    Who::User,
                    "administrator: policy LocalNetworkAccessAllowedForUrls (Chrome and Edge 140 or later)".into(),
                )
                .instead_of_first(),
                fix(Who::Network, "if a public address was expected: check DNS, VPN and the hosts file".into())
                    .instead_of_first(),
            ],
            Blocked::Mode => vec![fix(
                Who::Page,
                "the script asks for mode: 'same-origin'; a cross-origin call needs mode: 'cors'".into(),
            )],
            Blocked::Other => vec![fix(
                Who::User,
                "a policy of this browser or computer forbids the address; ask its administrator".into(),
            )],
        }
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }
}
