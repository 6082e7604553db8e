//! Causes: why the server (or the network, or the browser) answered so.
//!
//! Owns the closed list with its typed payloads, titles and JSON detail. Words for every cause
//! stand in `table`; the files below this one recognise them, in the table's order.

use super::Nature;
use super::table::{CAUSES, CauseInfo, info};
use crate::cors::Stage;
use serde_json::{Value, json};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a title may take.
pub const TITLE_COLUMNS: usize = 32;

/// The root cause of a failing pair. Ids are public and stable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// DNS or connect failed.
    ServerUnreachable {
        /// The host name did not resolve.
        dns: bool,
    },
    /// RST.
    ConnectionReset,
    /// FIN before an answer.
    ConnectionClosed,
    /// Silence.
    PreflightTimeout {
        /// Which request was not answered.
        stage: Stage,
    },
    /// Alert or certificate.
    TlsFailure {
        /// The certificate is at fault.
        certificate: bool,
    },
    /// Bytes that are not HTTP.
    InvalidHttp,
    /// CORS passed and the body ended early.
    ResponseCut,
    /// The page cancelled.
    RequestAborted,
    /// No answer, and the recorder gives no reason.
    NoAnswer,
    /// The browser never sent it.
    BlockedBeforeNetwork {
        /// Why.
        kind: Blocked,
    },
    /// An extension stopped it.
    BlockedByExtension,
    /// CORP, COEP or ORB.
    ResourcePolicy,
    /// A proxy or portal on the user's side answered.
    NetworkProxy {
        /// Status.
        status: u16,
    },
    /// Firewall, bot shield or CDN.
    WafBlock {
        /// Status.
        status: u16,
        /// The product, when its signature names it.
        by: Option<&'static str>,
    },
    /// A cached copy.
    CdnCached {
        /// The origin it was made for; `None` when it has no Allow-Origin.
        made_for: Option<String>,
    },
    /// The server's CORS layer left this origin out.
    OriginRefusedByServer,
    /// The login check met the preflight.
    AuthBeforeCors {
        /// Status.
        status: u16,
        /// Login page it redirected to.
        login: Option<String>,
    },
    /// The preflight was redirected.
    PreflightRedirect {
        /// Status.
        status: u16,
        /// How the target differs.
        kind: RedirectKind,
        /// The target, resolved.
        location: String,
    },
    /// The request was redirected to where CORS fails.
    ActualRedirect {
        /// What it led to.
        kind: ActualRedirectKind,
        /// The target.
        location: String,
    },
    /// Nothing answers OPTIONS.
    NoOptionsHandler {
        /// Status.
        status: u16,
    },
    /// Rate limit.
    PreflightRateLimited {
        /// Status.
        status: u16,
    },
    /// 502, 503, 504.
    UpstreamDown {
        /// Status.
        status: u16,
    },
    /// Another 5xx.
    PreflightServerError {
        /// Status.
        status: u16,
    },
    /// Another status outside 2xx.
    PreflightBadStatus {
        /// Status.
        status: u16,
    },
    /// A default OPTIONS answer.
    OptionsWithoutCors {
        /// The methods in `Allow`.
        allow: String,
    },
    /// A web page.
    Html200Page {
        /// Status.
        status: u16,
    },
    /// An error response without CORS headers.
    ErrorResponseWithoutCors {
        /// Status.
        status: u16,
    },
    /// The plain case.
    AllowOriginMissing {
        /// On which response.
        stage: Stage,
    },
    /// Two values.
    AllowOriginMultiple {
        /// The combined value.
        value: String,
        /// Header lines; `None` when this exporter merges them.
        lines: Option<usize>,
    },
    /// Another origin.
    AllowOriginMismatch {
        /// The value.
        value: String,
        /// In what it differs.
        difference: Difference,
    },
    /// Not an origin.
    AllowOriginInvalid {
        /// The value.
        value: String,
    },
    /// `*` with credentials.
    WildcardWithCredentials {
        /// Which header holds it.
        on: Wildcard,
    },
    /// No Allow-Credentials.
    AllowCredentialsMissing,
    /// Allow-Credentials is not `true`.
    AllowCredentialsInvalid {
        /// The value.
        value: String,
    },
    /// Allow-Methods does not parse.
    AllowMethodsInvalid {
        /// The value.
        value: String,
        /// The offending item.
        item: String,
    },
    /// Allow-Headers does not parse.
    AllowHeadersInvalid {
        /// The value.
        value: String,
        /// The offending item.
        item: String,
    },
    /// The method is not listed.
    MethodNotAllowed {
        /// The method.
        method: String,
        /// The same method in another case, when the list has it.
        listed_as: Option<String>,
    },
    /// Headers are not listed.
    HeaderNotAllowed {
        /// All refused names with what each is.
        names: Vec<(String, HeaderKind)>,
    },
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

/// How a preflight's redirect target differs from the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    /// http to https, nothing else.
    Https,
    /// A slash at the end of the path, nothing else.
    Slash,
    /// Another host.
    Host,
    /// Something else on the same host.
    Path,
}

/// What an actual request's redirect led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActualRedirectKind {
    /// A login page.
    Login,
    /// Another site.
    OtherSite,
    /// A hop at which the origin had become `null`.
    TaintedOrigin,
    /// A URL with user name or password.
    CredentialsInUrl,
}

/// In what the allowed origin differs from the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// A slash at the end.
    Slash,
    /// http and https.
    Scheme,
    /// The port.
    Port,
    /// Letters' case.
    Case,
    /// A path stands after it.
    Path,
    /// `null`, or the request's origin is.
    Null,
    /// A pattern such as `https://*.shop.example`.
    Pattern,
    /// The host.
    Host,
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

/// What a refused request header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderKind {
    /// `content-type` with a value that forms cannot send.
    ContentType,
    /// `authorization`.
    Authorization,
    /// Added by a monitoring script.
    Tracing,
    /// Any other.
    Other,
}

impl Cause {
    /// Every id, in the order in which causes are tried.
    pub fn all_ids() -> impl Iterator<Item = &'static str> {
        CAUSES.iter().map(|info| info.id)
    }

    /// Stable id.
    pub fn id(&self) -> &'static str {
        match self {
            Self::ServerUnreachable { .. } => "server-unreachable",
            Self::ConnectionReset => "connection-reset",
            Self::ConnectionClosed => "connection-closed",
            Self::PreflightTimeout { .. } => "preflight-timeout",
            Self::TlsFailure { .. } => "tls-failure",
            Self::InvalidHttp => "invalid-http",
            Self::ResponseCut => "response-cut",
            Self::RequestAborted => "request-aborted",
            Self::NoAnswer => "no-answer",
            Self::BlockedBeforeNetwork { .. } => "blocked-before-network",
            Self::BlockedByExtension => "blocked-by-extension",
            Self::ResourcePolicy => "resource-policy",
            Self::NetworkProxy { .. } => "network-proxy",
            Self::WafBlock { .. } => "waf-block",
            Self::CdnCached { .. } => "cdn-cached",
            Self::OriginRefusedByServer => "origin-refused-by-server",
            Self::AuthBeforeCors { .. } => "auth-before-cors",
            Self::PreflightRedirect { .. } => "preflight-redirect",
            Self::ActualRedirect { .. } => "actual-redirect",
            Self::NoOptionsHandler { .. } => "no-options-handler",
            Self::PreflightRateLimited { .. } => "preflight-rate-limited",
            Self::UpstreamDown { .. } => "upstream-down",
            Self::PreflightServerError { .. } => "preflight-server-error",
            Self::PreflightBadStatus { .. } => "preflight-bad-status",
            Self::OptionsWithoutCors { .. } => "options-without-cors",
            Self::Html200Page { .. } => "html-200-page",
            Self::ErrorResponseWithoutCors { .. } => "error-response-without-cors",
            Self::AllowOriginMissing { .. } => "allow-origin-missing",
            Self::AllowOriginMultiple { .. } => "allow-origin-multiple",
            Self::AllowOriginMismatch { .. } => "allow-origin-mismatch",
            Self::AllowOriginInvalid { .. } => "allow-origin-invalid",
            Self::WildcardWithCredentials { .. } => "wildcard-with-credentials",
            Self::AllowCredentialsMissing => "allow-credentials-missing",
            Self::AllowCredentialsInvalid { .. } => "allow-credentials-invalid",
            Self::AllowMethodsInvalid { .. } => "allow-methods-invalid",
            Self::AllowHeadersInvalid { .. } => "allow-headers-invalid",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::HeaderNotAllowed { .. } => "header-not-allowed",
        }
    }

    /// The table's entry.
    pub fn info(&self) -> Option<&'static CauseInfo> {
        info(self.id())
    }

    /// One paragraph of explanation.
    pub fn explanation(&self) -> &'static str {
        self.info().map_or("", |info| info.explanation)
    }

    /// What kind of fault it is.
    pub fn nature(&self) -> Nature {
        match self {
            // A redirect that is no login page is the server's CORS set-up at its second hop.
            Self::ActualRedirect { kind, .. } if *kind != ActualRedirectKind::Login => Nature::Cors,
            _ => self.info().map_or(Nature::Cors, |info| info.nature),
        }
    }

    /// Title for lists, at most [`TITLE_COLUMNS`] columns.
    pub fn title(&self) -> String {
        let status = |status: &u16| Some(status.to_string());
        let (index, value) = match self {
            Self::ServerUnreachable { dns } => (usize::from(*dns), None),
            Self::PreflightTimeout { stage } | Self::AllowOriginMissing { stage } => {
                (usize::from(*stage != Stage::Preflight), None)
            }
            Self::TlsFailure { certificate } => (usize::from(*certificate), None),
            Self::BlockedBeforeNetwork { kind } => (
                match kind {
                    Blocked::Other => 0,
                    Blocked::MixedContent => 1,
                    Blocked::Csp => 2,
                    Blocked::LocalNetwork => 3,
                    Blocked::Mode => 4,
                },
                None,
            ),
            Self::WafBlock { by, .. } => (usize::from(by.is_some()), by.map(str::to_owned)),
            Self::CdnCached { made_for } => (usize::from(made_for.is_none()), None),
            Self::PreflightRedirect { kind, .. } => (
                match kind {
                    RedirectKind::Https => 0,
                    RedirectKind::Slash => 1,
                    RedirectKind::Host => 2,
                    RedirectKind::Path => 3,
                },
                None,
            ),
            Self::ActualRedirect { kind, .. } => (usize::from(*kind != ActualRedirectKind::Login), None),
            Self::PreflightBadStatus { status: 403 } => (1, Some("403".to_owned())),
            Self::NoOptionsHandler { status: value }
            | Self::AuthBeforeCors { status: value, .. }
            | Self::PreflightRateLimited { status: value }
            | Self::UpstreamDown { status: value }
            | Self::PreflightServerError { status: value }
            | Self::PreflightBadStatus { status: value }
            | Self::Html200Page { status: value }
            | Self::ErrorResponseWithoutCors { status: value } => (0, status(value)),
            Self::AllowOriginMultiple { lines, value } => {
                (usize::from(lines.is_none_or(|lines| lines < 2) && !value.contains(", ")), None)
            }
            Self::AllowOriginMismatch { difference, .. } => (0, Some(difference.id().to_owned())),
            Self::MethodNotAllowed { method, .. } => (0, Some(method.clone())),
            Self::HeaderNotAllowed { names } => match names.as_slice() {
                [(name, _)] => (0, Some(name.clone())),
                names => (1, Some(names.len().to_string())),
            },
            _ => (0, None),
        };
        let pattern = self.info().and_then(|info| info.titles.get(index)).copied().unwrap_or(self.id());
        value.map_or_else(|| pattern.to_owned(), |value| fill(pattern, &value))
    }

    /// Typed payload for JSON.
    pub fn detail(&self) -> Value {
        match self {
            Self::ServerUnreachable { dns } => json!({ "kind": if *dns { "dns" } else { "connect" } }),
            Self::TlsFailure { certificate } => json!({ "kind": if *certificate { "certificate" } else { "alert" } }),
            Self::BlockedBeforeNetwork { kind } => json!({ "kind": kind.id() }),
            Self::NetworkProxy { status }
            | Self::NoOptionsHandler { status }
            | Self::PreflightRateLimited { status }
            | Self::UpstreamDown { status }
            | Self::PreflightServerError { status }
            | Self::PreflightBadStatus { status }
            | Self::Html200Page { status }
            | Self::ErrorResponseWithoutCors { status } => json!({ "status": status }),
            Self::WafBlock { status, by } => json!({ "status": status, "by": by }),
            Self::CdnCached { made_for } => json!({ "made_for": made_for }),
            Self::AuthBeforeCors { status, login } => json!({ "status": status, "login": login }),
            Self::PreflightRedirect { status, kind, location } => {
                json!({ "status": status, "kind": kind.id(), "location": location })
            }
            Self::ActualRedirect { kind, location } => json!({ "kind": kind.id(), "location": location }),
            Self::OptionsWithoutCors { allow } => json!({ "allow": allow }),
            Self::AllowOriginMultiple { value, lines } => json!({ "value": value, "lines": lines }),
            Self::AllowOriginMismatch { value, difference } => {
                json!({ "value": value, "difference": difference.id() })
            }
            Self::AllowOriginInvalid { value } | Self::AllowCredentialsInvalid { value } => json!({ "value": value }),
            Self::WildcardWithCredentials { on } => json!({ "on": on.header() }),
            Self::AllowMethodsInvalid { value, item } | Self::AllowHeadersInvalid { value, item } => {
                json!({ "value": value, "item": item })
            }
            Self::MethodNotAllowed { method, listed_as } => json!({ "method": method, "listed_as": listed_as }),
            Self::HeaderNotAllowed { names } => json!({
                "names": names.iter().map(|(name, _)| name).collect::<Vec<_>>(),
                "kinds": names.iter().map(|(_, kind)| kind.id()).collect::<Vec<_>>(),
            }),
            _ => json!({}),
        }
    }
}

impl Blocked {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::MixedContent => "mixed-content",
            Self::Csp => "csp",
            Self::LocalNetwork => "local-network",
            Self::Mode => "mode",
            Self::Other => "other",
        }
    }
}

impl RedirectKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Slash => "slash",
            Self::Host => "host",
            Self::Path => "path",
        }
    }
}

impl ActualRedirectKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::OtherSite => "other-site",
            Self::TaintedOrigin => "tainted-origin",
            Self::CredentialsInUrl => "credentials-in-url",
        }
    }
}

impl Difference {
    /// Stable id, which is also the word in titles.
    pub fn id(self) -> &'static str {
        match self {
            Self::Slash => "slash",
            Self::Scheme => "scheme",
            Self::Port => "port",
            Self::Case => "case",
            Self::Path => "path",
            Self::Null => "null",
            Self::Pattern => "pattern",
            Self::Host => "host",
        }
    }
}

impl Wildcard {
    /// The header, lower case.
    pub fn header(self) -> &'static str {
        match self {
            Self::Origin => "access-control-allow-origin",
            Self::Methods => "access-control-allow-methods",
            Self::Headers => "access-control-allow-headers",
        }
    }
}

impl HeaderKind {
    /// What a header name is.
    pub fn of(name: &str) -> Self {
        const TRACING: [&str; 14] = [
            "traceparent",
            "tracestate",
            "baggage",
            "sentry-trace",
            "newrelic",
            "request-id",
            "request-context",
            "elastic-apm-traceparent",
            "uber-trace-id",
            "b3",
            "x-cloud-trace-context",
            "x-amzn-trace-id",
            "x-instana-t",
            "adrum",
        ];
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "content-type" => Self::ContentType,
            "authorization" => Self::Authorization,
            _ if TRACING.contains(&name.as_str())
                || name.starts_with("x-b3-")
                || name.starts_with("x-datadog-")
                || name.starts_with("x-instana-")
                || name.starts_with("x-dynatrace")
                || name.starts_with("x-newrelic-") =>
            {
                Self::Tracing
            }
            _ => Self::Other,
        }
    }

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::ContentType => "content-type",
            Self::Authorization => "authorization",
            Self::Tracing => "tracing",
            Self::Other => "other",
        }
    }
}

/// Puts a value into a title, cutting the value (never the words) to fit.
fn fill(pattern: &str, value: &str) -> String {
    let Some(at) = placeholder(pattern) else { return pattern.to_owned() };
    let (before, after) = (pattern.get(..at).unwrap_or_default(), pattern.get(at + 1..).unwrap_or_default());
    let room = TITLE_COLUMNS.saturating_sub(before.width() + after.width());
    format!("{before}{}{after}", cut(value, room))
}

/// Where the placeholder stands: an `N` or `X` that is a word of its own.
fn placeholder(pattern: &str) -> Option<usize> {
    let bytes = pattern.as_bytes();
    let word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    (0..bytes.len())
        .find(|at| matches!(bytes.get(*at), Some(b'N' | b'X')) && !word(at.checked_sub(1)) && !word(at.checked_add(1)))
}

/// At most `room` columns, with `…` where something was cut.
fn cut(value: &str, room: usize) -> String {
    if value.width() <= room {
        return value.to_owned();
    }
    let mut taken = String::new();
    let mut columns = 1;
    for c in value.chars() {
        columns += c.width().unwrap_or(0);
        if columns > room {
            break;
        }
        taken.push(c);
    }
    taken.push('…');
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_their_column_and_cut_only_the_value() {
        assert_eq!(Cause::NoOptionsHandler { status: 405 }.title(), "OPTIONS not handled (405)");
        assert_eq!(Cause::ErrorResponseWithoutCors { status: 500 }.title(), "API error 500 without CORS");
        let one = |name: &str| Cause::HeaderNotAllowed { names: vec![(name.to_owned(), HeaderKind::of(name))] };
        assert_eq!(one("x-requested-with").title(), "header refused: x-requested-with");
        assert_eq!(one("x-requested-with-more").title(), "header refused: x-requested-wit…");
        assert_eq!(one("x-requested-with-more").title().width(), TITLE_COLUMNS);
        let three =
            Cause::HeaderNotAllowed { names: ["a", "b", "c"].map(|name| (name.to_owned(), HeaderKind::Other)).into() };
        assert_eq!(three.title(), "3 headers refused");
        assert_eq!(Cause::WafBlock { status: 403, by: None }.title(), "refused by firewall or CDN");
    }
}
