//! Fixes that are no header: something must behave in another way, or somebody else must act.
//!
//! Owns their words and the typed reason why one response cannot prove them.

use super::{Fix, NotProven, Who};
use crate::cors::Stage;
use crate::diagnosis::cause::{ActualRedirectKind, Blocked, RedirectKind, Scene, TlsFault, net_error};
use crate::diagnosis::headline::let_go;
use crate::diagnosis::verify::Pasteable;
use crate::diagnosis::{Cause, quote};
use crate::exchange::origin_of_url;
use crate::paste::{CorsHeader, Text};

fn fix(who: Who, why: NotProven, title: impl Into<String>) -> Fix {
    Fix {
        stack: "generic",
        who,
        title: title.into(),
        text: Text::new(),
        do_not: None,
        changes: Vec::new(),
        proven: Vec::new(),
        why_not_proven: Some(why),
        proof: String::new(),
        alternative_to: None,
    }
}

/// The same goal by another way: one of the two is enough.
fn or_else(mut fix: Fix) -> Fix {
    fix.alternative_to = Some(0);
    fix
}

/// A copy from a cache: who sends what it lacks, and who keeps it apart for each site.
fn cached(scene: &Scene<'_>) -> Vec<Fix> {
    let path = super::path(&scene.pair.url);
    let preflight = scene.stage == Some(Stage::Preflight);
    let request = if preflight { format!("OPTIONS {path}") } else { path.clone() };
    let change = super::proof::cached_copy(scene);
    let lines = change.as_ref().map(|change| CorsHeader::all(&change.set)).unwrap_or_default();
    let more = lines.len() > 1 && Pasteable::of(scene.pair).is_ok();
    let mut server = fix(
        Who::Server,
        NotProven::Cache,
        if more {
            format!(
                "server behind the cache: send these lines on {request}, and \"Vary: Origin\" on every answer of this URL, also when no Origin came in"
            )
        } else {
            "server behind the cache: send \"Vary: Origin\" on every answer of this URL, also when no Origin came in"
                .to_owned()
        },
    );
    let mut cache = fix(
        Who::Cdn,
        NotProven::Cache,
        // Its purge by URL leaves copies that were made for an Origin: developers.cloudflare.com, cache, CORS and Vary.
        if scene.header("cf-cache-status").is_some() {
            format!(
                "Cloudflare, which looks at \"Vary: Origin\" only where a Cache Rule says so: a Cache Rule that bypasses the cache for {request}, or a response header rule that sets the missing lines; then purge {path} with its Origin, or everything"
            )
        } else if more {
            format!("cache: pass {request} on, or make Origin part of the cache key; then purge {path}")
        } else {
            format!("cache: make Origin part of the cache key, then purge {path}")
        },
    );
    if more {
        server.text = CorsHeader::head(&lines);
        let status =
            change.and_then(|change| change.status).map_or_else(String::new, |status| format!(" with {status}"));
        for fix in [&mut server, &mut cache] {
            fix.proof = format!(
                "none possible from one response. These lines together would pass here{status}; with a fixed origin the next site would fail"
            );
        }
    }
    cache.do_not = Some("only purge: the next site that asks first fills the cache again".to_owned());
    vec![server, cache]
}

/// The fixes of a cause that headers cannot mend, and those that come before header fixes.
#[allow(clippy::too_many_lines, reason = "one arm a cause, each a few words")]
pub(super) fn of(scene: &Scene<'_>, cause: &Cause, host: &str) -> Vec<Fix> {
    let network = |who, title: String| vec![fix(who, NotProven::Network, title)];
    let look = |status: u16| {
        // The request itself stands in the finding's own line for the log.
        let at = scene.exchange.started.map_or_else(String::new, |at| format!(" at {}", quote::date_and_time(at)));
        Fix {
            proof: format!("none: the log tells why it was a {status}, a header does not"),
            ..fix(Who::Application, NotProven::Behaviour, format!("find the {status} in the log of {host}{at}"))
        }
    };
    let page = scene.pair.page.as_ref().unwrap_or(&scene.pair.origin);
    if let Some(error) = net_error(scene, cause) {
        return network(error.who, error.fix(host));
    }
    match cause {
        Cause::ServerUnreachable { dns: true } => {
            network(Who::Network, format!("check the name {host}: spelling, DNS record, VPN, hosts file"))
        }
        Cause::ServerUnreachable { dns: false } => {
            network(Who::Server, format!("start or expose the service at {host}: port, firewall, address it listens on"))
        }
        Cause::ConnectionReset => network(
            Who::Network,
            "no header helps. Server or network team: look for resets at that time; try from another network".to_owned(),
        ),
        Cause::ConnectionClosed => network(
            Who::Server,
            "no header helps. Look for a crash, a restart or a keep-alive time-out of the server at that time".to_owned(),
        ),
        Cause::PreflightTimeout { stage } if let_go(scene).is_some() => {
            let request = if *stage == Stage::Preflight { "OPTIONS" } else { &*scene.pair.method };
            network(
                Who::Server,
                format!(
                    "no header helps. Run the command below and wait: an answer after {} means that {host} is slow; none at all means \
                     that a firewall, a load balancer or a handler drops {request}",
                    let_go(scene).unwrap_or_default()
                ),
            )
        }
        Cause::PreflightTimeout { stage } => network(
            Who::Server,
            if *stage == Stage::Preflight {
                "no header helps. Find out who drops OPTIONS: firewall rule, load balancer, a handler that never answers"
            } else {
                "no header helps. Find out why the request is never answered: time-outs of proxy and application"
            }
            .to_owned(),
        ),
        Cause::TlsFailure { fault: TlsFault::ServerCertificate } => network(
            Who::Server,
            format!("{host} needs a certificate that browsers trust, with the intermediate certificates and this name in it"),
        ),
        Cause::TlsFailure { fault: TlsFault::ClientCertificate } => network(
            Who::Server,
            format!(
                "{host}: let OPTIONS in without a client certificate (a preflight never brings one), and give the user's browser one that the server accepts"
            ),
        ),
        Cause::TlsFailure { fault: TlsFault::BehindProxy } => network(
            Who::Network,
            format!(
                "the recording proxy: let it trust the issuer of {host}'s certificate, or record in the browser instead; what the browser itself would say of {host} is not in this file"
            ),
        ),
        Cause::TlsFailure { fault: TlsFault::Connection } => {
            network(Who::Server, format!("check TLS on {host}: protocol versions, ciphers, the port, server name"))
        }
        Cause::InvalidHttp => {
            network(Who::Server, "check what listens on that port: its answer is not HTTP".to_owned())
        }
        Cause::ResponseCut => network(
            Who::Server,
            "no CORS header helps. The body ends early: look for crashes, a wrong Content-Length, a proxy's time-out or \
             buffer limit"
                .to_owned(),
        ),
        Cause::BlockedBeforeNetwork { kind: Blocked::LocalNetwork } => vec![
            fix(
                Who::User,
                NotProven::BeforeNetwork,
                format!("user: site settings of {page}, Local network access: Allow"),
            ),
            or_else(fix(
                Who::User,
                NotProven::BeforeNetwork,
                "administrator: policy LocalNetworkAccessAllowedForUrls (Chrome and Edge 140 or later)",
            )),
            or_else(fix(
                Who::Network,
                NotProven::BeforeNetwork,
                "if a public address was expected: check DNS, VPN and the hosts file",
            )),
        ],
        Cause::BlockedBeforeNetwork { kind } => vec![match kind {
            Blocked::MixedContent => {
                fix(Who::Page, NotProven::BeforeNetwork, format!("page: call https://{host} instead of http://, and serve the API there"))
            }
            Blocked::Csp => {
                fix(Who::Page, NotProven::BeforeNetwork, format!("page: add {host} to connect-src of its Content-Security-Policy"))
            }
            Blocked::Mode => fix(
                Who::Page,
                NotProven::BeforeNetwork,
                "the script asks for mode: 'same-origin'; a cross-origin call needs mode: 'cors'",
            ),
            Blocked::Other | Blocked::LocalNetwork => {
                fix(Who::User, NotProven::BeforeNetwork, "a policy of this browser or computer forbids the address; ask its administrator")
            }
        }],
        Cause::BlockedByExtension => vec![fix(
            Who::User,
            NotProven::BeforeNetwork,
            format!("allow {host} in the ad blocker or privacy extension, or try without extensions; in DevTools, turn request blocking off"),
        )],
        Cause::ResourcePolicy => vec![fix(
            Who::Server,
            NotProven::BeforeNetwork,
            format!("send Cross-Origin-Resource-Policy: cross-origin on the answers of {host}, or drop the page's Cross-Origin-Embedder-Policy"),
        )],
        Cause::NetworkProxy { status: 0 } => {
            network(Who::Network, format!("the customer's network team lets its proxy pass {host} on; try from another network"))
        }
        Cause::NetworkProxy { .. } => vec![fix(
            Who::Network,
            NotProven::Behaviour,
            format!("the customer's network team lets {host} through without login or inspection; try from another network"),
        )],
        Cause::WafBlock { by, .. } => vec![fix(Who::Cdn, NotProven::Behaviour, let_through(scene, *by))],
        Cause::CdnCached { .. } => cached(scene),
        Cause::PreflightRedirect { kind, location, .. } => redirect(scene, *kind, location, host),
        Cause::ActualRedirect { kind: ActualRedirectKind::Login, .. } => {
            let mut api = fix(
                Who::Application,
                NotProven::Behaviour,
                format!(
                    "API: answer 401 with Access-Control-Allow-Origin: {page} instead of a redirect when the request is no page load (Sec-Fetch-Mode: cors); page: on 401, open the login page in the window"
                ),
            );
            api.do_not = Some(
                "add CORS headers to the login page: the script would receive HTML and the user would still not be signed in"
                    .to_owned(),
            );
            vec![api]
        }
        Cause::ActualRedirect { kind: ActualRedirectKind::CredentialsInUrl, .. } => vec![fix(
            Who::Server,
            NotProven::Redirect,
            "take the user name and password out of the redirect's Location",
        )],
        Cause::ActualRedirect { location, .. } => {
            let target = callable(scene, location);
            if is_pages_own(scene, location) {
                let mut page = fix(Who::Page, NotProven::Redirect, format!("page: call {target} directly{OWN_ORIGIN}"));
                NO_CORS_NEEDED.clone_into(&mut page.proof);
                return vec![page];
            }
            let mut page = fix(
                Who::Page,
                NotProven::Redirect,
                format!("page: call {target} directly, and let that server allow the page"),
            );
            page.do_not = Some("allow the origin null there: any sandboxed page could then read it".to_owned());
            "none: a direct call has the page's Origin, and no answer to that is in the file".clone_into(&mut page.proof);
            vec![page]
        }
        Cause::NoOptionsHandler { status } if *status == 404 || scene.no_such_gateway_route() => {
            let request = quote::request(&scene.pair.method);
            let (what, same) = if *status == 404 {
                ("path", "that is 404, too")
            } else {
                ("path and stage", "the answer to that is the same, token and all")
            };
            let title =
                format!("check the {what} first: send the {request} itself by curl; where {same}, the page calls a wrong URL");
            let check = fix(Who::Page, NotProven::Behaviour, title);
            vec![Fix { proof: "none: no answer to that is in the file".to_owned(), ..check }]
        }
        Cause::PreflightRateLimited { .. } => vec![fix(
            Who::Server,
            NotProven::Behaviour,
            "rate limit: do not count OPTIONS; and send Access-Control-Max-Age so that browsers ask less often",
        )],
        Cause::UpstreamDown { status } | Cause::PreflightServerError { status } | Cause::ErrorResponseWithoutCors { status } => {
            vec![look(*status)]
        }
        _ => Vec::new(),
    }
}

/// What a firewall or CDN has to let through: the preflight, or the request it refused.
fn let_through(scene: &Scene<'_>, by: Option<&str>) -> String {
    let name = by.unwrap_or("firewall or CDN");
    let request = format!("{} {}", scene.exchange.request.method, super::path(&scene.pair.url));
    if scene.stage == Some(Stage::Preflight) {
        if by == Some("CloudFront") {
            // CloudFront offers these two sets only.
            let methods = match &*scene.pair.method {
                "GET" | "HEAD" => "GET, HEAD, OPTIONS",
                _ => "GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE",
            };
            return format!(
                "CloudFront: in the behaviour of this path allow {methods}, and forward Origin, Access-Control-Request-Method and Access-Control-Request-Headers to the server; if that is so already, look at the rules of AWS WAF"
            );
        }
        return format!(
            "{name}: let OPTIONS with Origin and Access-Control-Request-Method reach the server, by a rule for this path"
        );
    }
    if scene.header("cf-mitigated").is_some() {
        return format!("{name}: exempt {request} from the challenge, which a script's request cannot answer");
    }
    format!("{name}: let {request} reach the server, by a rule for this path; its log names the rule that refused")
}

const OWN_ORIGIN: &str =
    ": that is the page's own origin, so the call needs no preflight and no Access-Control-Allow-Origin";
const NO_CORS_NEEDED: &str = "none needed: CORS does not apply to a page's own origin";

/// Whether a redirect's target has the origin of the page.
pub(in crate::diagnosis) fn is_pages_own(scene: &Scene<'_>, target: &str) -> bool {
    let page = scene.pair.page.as_ref().unwrap_or(&scene.pair.origin);
    !page.is_null() && origin_of_url(target).as_ref() == Some(page)
}

/// A redirect's target as the page may call it: a page of https may not call http.
pub(in crate::diagnosis) fn callable(scene: &Scene<'_>, target: &str) -> String {
    let page = scene.pair.page.as_ref().unwrap_or(&scene.pair.origin);
    if page.as_str().starts_with("https://") { target.replacen("http://", "https://", 1) } else { target.to_owned() }
}

fn redirect(scene: &Scene<'_>, kind: RedirectKind, location: &str, host: &str) -> Vec<Fix> {
    let target =
        if location.is_empty() { scene.pair.url.replacen("http://", "https://", 1) } else { callable(scene, location) };
    let mut page = fix(Who::Page, NotProven::Redirect, format!("page: call {target} directly"));
    if is_pages_own(scene, location) {
        page.title.push_str(OWN_ORIGIN);
        NO_CORS_NEEDED.clone_into(&mut page.proof);
    }
    page.do_not = Some("add CORS headers to the redirect: browsers follow no redirect of a preflight".to_owned());
    let server = match kind {
        RedirectKind::Https => {
            page.title.push_str("; http:// never reaches the API for a preflight, whatever headers it has");
            return vec![page];
        }
        RedirectKind::Http => {
            let server = fix(
                Who::Proxy,
                NotProven::Redirect,
                format!(
                    "proxy of {host}: send X-Forwarded-Proto: https, and let the application trust it; http:// in a redirect \
                     is usual where a proxy hides the scheme from it"
                ),
            );
            // The same URL but for its scheme: there is nothing else that the page could call.
            return if target == *scene.pair.url { vec![server] } else { vec![page, or_else(server)] };
        }
        RedirectKind::Slash => {
            format!("application of {host}: accept both forms of the path for OPTIONS and {}", scene.pair.method)
        }
        RedirectKind::Host | RedirectKind::Path => {
            format!("server of {host}: answer OPTIONS itself instead of redirecting it")
        }
    };
    vec![page, or_else(fix(Who::Server, NotProven::Redirect, server))]
}
