//! The cause `waf-block`. Firewall, bot shield or CDN.

use super::told::{CauseInfo, Say, Title, Told};
use crate::cors::Stage;
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, Purpose};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const UNNAMED: Title = Title::plain("refused by firewall or CDN");
const NAMED: Title = Title::word("refused by ");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "waf-block",
    titles: &[UNNAMED, NAMED],
    nature: Nature::Cors,
    explanation: "A web application firewall, bot shield or CDN refused the request before it reached the API, and its \
                  page has no CORS headers. Preflights look unusual to such rules: no cookie, no body, method OPTIONS.",
    proven_by: "headers of the product on the answer; from packets and proxies also its page",
    fix: "write a rule for the firewall or CDN that lets OPTIONS, and this request, through",
    do_not: "",
};

/// Firewall, bot shield or CDN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WafBlock {
    /// Status.
    pub status: u16,
    /// The product, when its signature names it.
    pub by: Option<&'static str>,
}

impl Told for WafBlock {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        self.by.map_or_else(|| UNNAMED.text(), |by| NAMED.with(by))
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status, "by": self.by })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!(
            "{} {} the {} ({}){}.",
            self.by.unwrap_or("A firewall or CDN"),
            say.or("refused", "seems to have refused"),
            if say.scene.on_preflight() { "preflight" } else { "request" },
            self.status,
            say.so()
        )
    }

    fn fixes(&self, scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::action(Who::Cdn, NotProven::Behaviour, self.let_through(scene))]
    }

    fn headers_help(&self, scene: &Scene<'_>) -> bool {
        // The server never saw the request itself, and a refusal that the page can read helps nobody.
        scene.stage != Some(Stage::Actual)
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::AtFirewall
    }
}

impl WafBlock {
    /// What a firewall or CDN has to let through: the preflight, or the request it refused.
    fn let_through(&self, scene: &Scene<'_>) -> Prose {
        let name = self.by.unwrap_or("firewall or CDN");
        let request = prose!("{} {}", Captured::text(&*scene.exchange.request.method), fix::path(&scene.pair.url));
        if scene.on_preflight() {
            if self.by == Some("CloudFront") {
                // CloudFront offers these two sets only.
                let methods = match &*scene.pair.method {
                    "GET" | "HEAD" => "GET, HEAD, OPTIONS",
                    _ => "GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE",
                };
                return prose!(
                    "CloudFront: in the behaviour of this path allow {}, and forward Origin, \
                     Access-Control-Request-Method and Access-Control-Request-Headers to the server; if that is so \
                     already, look at the rules of AWS WAF",
                    methods
                );
            }
            return prose!(
                "{}: let OPTIONS with Origin and Access-Control-Request-Method reach the server, by a rule for \
                 this path",
                name
            );
        }
        if scene.header("cf-mitigated").is_some() {
            return prose!("{}: exempt {} from the challenge, which a script's request cannot answer", name, request);
        }
        prose!(
            "{}: let {} reach the server, by a rule for this path; its log names the rule that refused",
            name,
            request
        )
    }
}
