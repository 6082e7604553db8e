//! Causes: why the server (or the network, or the browser) answered so.
//!
//! Owns the closed list with its typed payloads, titles and JSON detail. Words for every cause
//! stand in `table`; the files below this one recognise them, in the table's order.

mod answered;
mod kinds;
mod missing;
mod net_errors;
mod network;
mod redirect;
mod scene;
mod status;
mod title;
mod values;

pub use kinds::{ActualRedirectKind, Blocked, Difference, HeaderKind, RedirectKind, TlsFault, Wildcard};
pub use title::TITLE_COLUMNS;

pub(super) use crate::exchange::quote::list;
pub(super) use net_errors::of as net_error;
pub(super) use scene::{Found, Scene};

use super::Nature;
use super::table::{CAUSES, CauseInfo, info};
use crate::cors::Stage;
use serde_json::{Value, json};

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
        /// What is at fault.
        fault: TlsFault,
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
    /// The plain scene.
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
        /// The same method in another scene, when the list has it.
        listed_as: Option<String>,
    },
    /// Headers are not listed.
    HeaderNotAllowed {
        /// All refused names with what each is.
        names: Vec<(String, HeaderKind)>,
    },
}

/// The first cause, in the table's order, that the bytes of this case prove or suggest.
pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    network::find(scene)
        .or_else(|| answered::find(scene))
        .or_else(|| redirect::find(scene))
        .or_else(|| status::find(scene))
        .or_else(|| missing::find(scene))
        .or_else(|| values::find(scene))
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
            // Nothing answered: there are no headers to speak of.
            Self::NetworkProxy { status: 0 } => Nature::NotCors,
            // A redirect that is no login page is the server's CORS set-up at its second hop.
            Self::ActualRedirect { kind, .. } if *kind != ActualRedirectKind::Login => Nature::Cors,
            _ => self.info().map_or(Nature::Cors, |info| info.nature),
        }
    }

    /// Typed payload for JSON.
    pub fn detail(&self) -> Value {
        match self {
            Self::ServerUnreachable { dns } => json!({ "kind": if *dns { "dns" } else { "connect" } }),
            Self::TlsFailure { fault } => json!({ "kind": fault.id() }),
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
