//! The cause `cdn-cached`. A cached copy, made for another site or for none.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::fix;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Pasteable, Verify};
use crate::diagnosis::{Line, Nature, proof};
use crate::paste::CorsHeader;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const ANOTHER: Title = Title::plain("cached copy for another site");
const WITHOUT: Title = Title::plain("cached copy without CORS");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "cdn-cached",
    titles: &[ANOTHER, WITHOUT],
    nature: Nature::Cors,
    explanation: "A cache returned a response that was made for a request from another origin, or for one without \
                  Origin. The server must send Vary: Origin on every answer of that URL, and the cache must keep one \
                  copy for each origin.",
    proven_by: "a cache hit (Age, X-Cache, CF-Cache-Status) without Vary: Origin",
    fix: "send Vary: Origin on every answer, also on those without CORS headers, have the cache keep one copy for each \
          origin, and purge what it holds",
    do_not: "allow * to get around it when the page sends cookies",
};

/// A cached copy, made for another site or for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CdnCached {
    /// The origin it was made for; `None` when it has no Allow-Origin.
    pub made_for: Option<String>,
}

impl Told for CdnCached {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.made_for.is_some() { ANOTHER } else { WITHOUT }.text()
    }

    fn detail(&self) -> Value {
        json!({ "made_for": self.made_for })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let returned = say.or("returned", "seems to have returned");
        if let Some(other) = &self.made_for {
            prose!("A cache {} a copy that was made for {}.", returned, Captured::address(&**other))
        } else {
            prose!("A cache {} a copy without CORS headers{}.", returned, say.so())
        }
    }

    fn fixes(&self, scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        let path = fix::path(&scene.pair.url);
        let request = if scene.on_preflight() { prose!("OPTIONS {}", path) } else { Prose::from(path.clone()) };
        let change = proof::cached_copy(scene);
        let lines = change.as_ref().map(|change| CorsHeader::all(&change.set)).unwrap_or_default();
        let more = lines.len() > 1 && Pasteable::of(scene.pair).is_ok();
        let mut server = Fix::action(
            Who::Server,
            NotProven::Cache,
            if more {
                prose!(
                    "server behind the cache: send these lines on {}, and \"Vary: Origin\" on every answer of \
                     this URL, also when no Origin came in",
                    request
                )
            } else {
                "server behind the cache: send \"Vary: Origin\" on every answer of this URL, also when no Origin came \
                 in"
                .into()
            },
        );
        let mut cache = Fix::action(
            Who::Cdn,
            NotProven::Cache,
            // Its purge by URL leaves copies that were made for an Origin: developers.cloudflare.com, cache, CORS and
            // Vary.
            if scene.header("cf-cache-status").is_some() {
                prose!(
                    "Cloudflare, which looks at \"Vary: Origin\" only where a Cache Rule says so: a Cache Rule that \
                     bypasses the cache for {}, or a response header rule that sets the missing lines; then \
                     purge {} with its Origin, or everything",
                    request,
                    path
                )
            } else if more {
                prose!("cache: pass {} on, or make Origin part of the cache key; then purge {}", request, path)
            } else {
                prose!("cache: make Origin part of the cache key, then purge {}", path)
            },
        );
        if more {
            server.text = CorsHeader::head(&lines);
            let status =
                change.and_then(|change| change.status).map_or_else(Prose::new, |status| prose!(" with {}", status));
            for fix in [&mut server, &mut cache] {
                fix.proof = prose!(
                    "none possible from one response. These lines together would pass here{}; with a fixed \
                     origin the next site would fail",
                    status
                );
            }
        }
        cache.do_not = Some("only purge: the next site that asks first fills the cache again");
        vec![server, cache]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        let expect = if let Some(other) = &self.made_for {
            prose!(
                "Access-Control-Allow-Origin: {} and \"Vary: Origin\"; run again with Origin: {}, it names that \
                 one",
                check.scene.pair.origin,
                Captured::address(&**other)
            )
        } else {
            let mut lines = proof::cached_copy(check.scene).map(|change| proof::lines(&change)).unwrap_or_default();
            lines.push("\"Vary: Origin\"".into());
            prose!("{}, also when run twice", Prose::listed(lines))
        };
        let sends = check.sends("-i").filter(|_| !check.scene.on_preflight());
        Some(Verify { curl: sends.unwrap_or_else(|| check.asks("-i")), expect })
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        let request = &scene.exchange.request.headers;
        let private = request.has("authorization") || request.has("cookie");
        let public = scene.header("cache-control").is_some_and(|value| value.contains("public"));
        let beware =
            "this answer to a request with credentials is \"Cache-Control: public\": one user's data may reach another";
        (private && public).then(|| Line::new("beware", beware)).into_iter().collect()
    }
}
