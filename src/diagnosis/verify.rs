//! Commands that check a fix: curl lines whose secrets are shell variables.
//!
//! Owns what is sent and what must come back. Quoting is [`crate::paste`]'s, masking the report's: both
//! come after this. Runs nothing.

use super::cause::{ActualRedirectKind, Scene, net_error};
use super::fix::{callable, is_pages_own};
use super::{Cause, Fix, proof, quote};
use crate::cors::Stage;
use crate::exchange::{Exchange, Value};
use crate::pairing::Pair;
use crate::paste::{Curl, FieldName, HeaderValue, PlainMethod, Refused, SerializedOrigin, Url};
use crate::secrets::headers::is_credential;

/// What a server is asked when only its lines of this name matter.
const ALLOW_ORIGIN_ONLY: &str = "grep -i '^access-control-allow-origin:'";

/// A command and what it must print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// One line, in parts.
    pub curl: Curl,
    /// What it must print.
    pub expect: String,
}

/// A pair whose values may stand in what people paste.
#[derive(Debug, Clone)]
pub(super) struct Pasteable<'a> {
    pair: &'a Pair,
    /// The request's origin.
    pub(super) origin: SerializedOrigin,
    /// The page's, which differs after a redirect.
    page: SerializedOrigin,
    /// The actual request's method.
    pub(super) method: PlainMethod,
    /// The names that a preflight asks for.
    pub(super) names: Vec<FieldName>,
}

impl<'a> Pasteable<'a> {
    /// Validates what configurations and commands are made of.
    pub(super) fn of(pair: &'a Pair) -> Result<Self, Refused> {
        let origin = SerializedOrigin::of(pair.origin.as_str())?;
        Ok(Self {
            pair,
            page: pair.page.as_ref().map_or_else(|| Ok(origin.clone()), |page| SerializedOrigin::of(page.as_str()))?,
            origin,
            method: PlainMethod::of(&pair.method)?,
            names: pair.unsafe_headers.iter().map(|name| FieldName::of(name)).collect::<Result<_, _>>()?,
        })
    }

    /// The preflight as a curl line.
    fn preflight(&self, options: &'static str, url: Url) -> Curl {
        self.preflight_from(&self.origin, options, url)
    }

    fn preflight_from(&self, origin: &SerializedOrigin, options: &'static str, url: Url) -> Curl {
        let curl = Curl::new(options, url).options_method().header("Origin", HeaderValue::origin(origin));
        let curl = curl.header("Access-Control-Request-Method", HeaderValue::method(&self.method));
        if self.names.is_empty() {
            return curl;
        }
        curl.header("Access-Control-Request-Headers", HeaderValue::request_names(&self.names))
    }

    /// The actual request as a curl line; values that are secrets become shell variables.
    fn actual(&self, options: &'static str, url: Url, origin: Option<&SerializedOrigin>, actual: &Exchange) -> Curl {
        let mut curl = Curl::new(options, url).method(&self.method);
        if let Some(origin) = origin {
            curl = curl.header("Origin", HeaderValue::origin(origin));
        }
        let headers = &actual.request.headers;
        for (name, field) in self.pair.unsafe_headers.iter().zip(&self.names) {
            let secret = is_credential(name.as_bytes());
            curl = match headers.lines(name).next().map(|line| line.value) {
                _ if name == "authorization" => {
                    curl.authorization(headers.secret(name).and_then(|secret| secret.scheme.as_deref()))
                }
                Some(Value::Text(value)) if !secret => curl.recorded(field, value),
                _ => curl.variable(field),
            };
        }
        if headers.has("cookie") {
            curl = curl.cookie();
        }
        if matches!(&*self.pair.method, "POST" | "PUT" | "PATCH") && actual.request.body_len != Some(0) {
            let json = headers.get_str("content-type").is_some_and(|value| value.contains("json"));
            curl = curl.body(if json { "body.json" } else { "body.txt" });
        }
        curl
    }
}

/// The command for a diagnosed scene; none where a value of the pair may not stand in one.
pub(super) fn verify(scene: &Scene<'_>, cause: &Cause, fixes: &[Fix]) -> Option<Verify> {
    let pair = scene.pair;
    let origin = pair.origin.as_str();
    let lines = Pasteable::of(pair).ok()?;
    let url = Url::of(&pair.url).ok()?;
    let asks = |options| lines.preflight(options, url.clone());
    let sends = |options| {
        let actual = pair.actual()?;
        Some(lines.actual(options, url.clone(), Some(&lines.origin), actual))
    };
    let preflight = |expect: &str| Some(Verify { curl: asks("-i"), expect: expect.to_owned() });
    let actual = |expect: String| Some(Verify { curl: sends("-i")?, expect });
    match cause {
        Cause::BlockedBeforeNetwork { .. } | Cause::BlockedByExtension | Cause::RequestAborted | Cause::NoAnswer => {
            None
        }
        _ if net_error(scene, cause).is_some_and(|error| error.users_side) => None,
        Cause::NetworkProxy { status } => {
            let expect = match status {
                0 => "an answer of the API, whatever its status, when run in the customer's network".to_owned(),
                status => format!("the API's own answer instead of {status}, when run in the customer's network"),
            };
            if scene.stage == Some(Stage::Preflight) { preflight(&expect) } else { actual(expect) }
        }
        Cause::ResourcePolicy => actual("Cross-Origin-Resource-Policy: cross-origin".to_owned()),
        Cause::ServerUnreachable { .. }
        | Cause::ConnectionReset
        | Cause::ConnectionClosed
        | Cause::PreflightTimeout { .. }
        | Cause::TlsFailure { .. }
        | Cause::InvalidHttp => Some(Verify {
            curl: sends("-v -m 30").filter(|_| pair.preflight().is_none()).unwrap_or_else(|| asks("-v -m 30")),
            expect: "an HTTP answer, whatever its status".to_owned(),
        }),
        // The page is told to call the target: that is what has to answer.
        Cause::PreflightRedirect { location, .. } | Cause::ActualRedirect { location, .. }
            if is_pages_own(scene, location)
                && !matches!(
                    cause,
                    Cause::ActualRedirect {
                        kind: ActualRedirectKind::Login | ActualRedirectKind::CredentialsInUrl,
                        ..
                    }
                ) =>
        {
            let target = Url::of(&callable(scene, location)).ok()?;
            let expect = "the API's answer, and no Location; a page's own origin needs no Access-Control line";
            Some(Verify { curl: lines.actual("-i", target, None, pair.actual()?), expect: expect.to_owned() })
        }
        Cause::PreflightRedirect { location, .. } if !location.is_empty() => Some(Verify {
            curl: lines.preflight("-i", Url::of(&callable(scene, location)).ok()?),
            expect: "a 2xx status, no Location, and the Allow-Origin line".to_owned(),
        }),
        Cause::CdnCached { made_for } => Some(Verify {
            curl: sends("-i").filter(|_| scene.stage != Some(Stage::Preflight)).unwrap_or_else(|| asks("-i")),
            expect: if let Some(other) = made_for {
                format!(
                    "Access-Control-Allow-Origin: {origin} and \"Vary: Origin\"; run again with Origin: {other}, it names \
                     that one"
                )
            } else {
                let mut lines = proof::cached_copy(scene).map(|change| proof::lines(&change)).unwrap_or_default();
                lines.push("\"Vary: Origin\"".to_owned());
                format!("{}, also when run twice", super::cause::list(&lines))
            },
        }),
        Cause::ActualRedirect { kind: ActualRedirectKind::Login, .. } => {
            let hop = pair.redirected_from.first()?;
            let curl = Curl::new("-i", Url::of(&hop.request.url).ok()?)
                .named_method(&PlainMethod::of(&hop.request.method).ok()?)
                .header("Origin", HeaderValue::origin(&lines.page))
                .header("Sec-Fetch-Mode", HeaderValue::literal("cors"));
            Some(Verify {
                curl,
                expect: "401 with the Allow-Origin line, and no Location, when sent without a session".to_owned(),
            })
        }
        // The page is told to call the target directly: then the Origin is the page's again.
        Cause::ActualRedirect { .. } if scene.stage == Some(Stage::Preflight) => {
            let page = pair.page.as_ref().unwrap_or(&pair.origin).as_str();
            Some(Verify {
                curl: lines.preflight_from(&lines.page, "-i", url.clone()),
                expect: format!("a 2xx status and Access-Control-Allow-Origin: {page}, once each"),
            })
        }
        Cause::AllowOriginMultiple { .. } => {
            let curl = if scene.stage == Some(Stage::Preflight) { asks("-si") } else { sends("-si")? };
            Some(Verify {
                curl: curl.filter(ALLOW_ORIGIN_ONLY),
                expect: format!(
                    "one line, Access-Control-Allow-Origin: {origin}; do the same for the other requests of this URL"
                ),
            })
        }
        Cause::AuthBeforeCors { .. } => {
            preflight(&format!("a 2xx status and {}, without sending any token", changed(scene, fixes)))
        }
        Cause::WildcardWithCredentials { .. } if scene.stage == Some(Stage::Preflight) => {
            preflight(&format!("{} and no *", changed(scene, fixes)))
        }
        Cause::MethodNotAllowed { method, .. } => preflight(&format!("Access-Control-Allow-Methods with {method}")),
        Cause::HeaderNotAllowed { names } => {
            let names: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
            preflight(&format!("Access-Control-Allow-Headers with {}", super::cause::list(&names)))
        }
        Cause::ResponseCut => actual("the whole body: as many bytes as Content-Length says".to_owned()),
        _ if scene.stage == Some(Stage::Preflight) => {
            preflight(&format!("a 2xx status and {}, once each", changed(scene, fixes)))
        }
        _ => actual(format!("{} exactly once, whatever the status", changed(scene, fixes))),
    }
}

/// The header lines that the first fix with lines sets on the failing response: what is different
/// once it is mended.
fn changed(scene: &Scene<'_>, fixes: &[Fix]) -> String {
    let change = fixes.iter().flat_map(|fix| &fix.changes).find(|change| Some(change.on) == scene.stage);
    let lines: Vec<String> = change
        .map(|change| change.set.iter().map(|(name, value)| format!("{}: {value}", quote::title_case(name))).collect())
        .unwrap_or_default();
    if lines.is_empty() {
        format!("Access-Control-Allow-Origin: {}", scene.pair.origin)
    } else {
        super::cause::list(&lines)
    }
}

/// What to run when nothing else decides.
pub(super) fn deciding_curl(scene: &Scene<'_>) -> Option<Curl> {
    let pair = scene.pair;
    let lines = Pasteable::of(pair).ok()?;
    let url = Url::of(&pair.url).ok()?;
    if pair.preflight().is_some()
        || !pair.unsafe_headers.is_empty()
        || !matches!(&*pair.method, "GET" | "HEAD" | "POST")
    {
        return Some(lines.preflight("-m 30 -i", url));
    }
    pair.actual().map(|actual| lines.actual("-m 30 -i", url, Some(&lines.origin), actual))
}
