//! What a CORS request is: cross-origin and in cors mode, as far as an exchange tells.
//!
//! Owns the order of the questions (Sec-Fetch-Site, Sec-Fetch-Mode, Upgrade, Origin, the target's
//! scheme behind TLS offload) and the traces that proxies leave. Pairs nothing.

use super::clients;
use super::memory::{leads_to_credentials, location_url};
use crate::cors::{Engine, is_safelisted_method, lower_case, unsafe_request_header_names_in};
use crate::exchange::{
    Exchange, NetError, NoResponse, Origin, OriginParts, RecorderError, Value, Vantage, origin_of_url,
};

/// Names that browsers add by themselves; on an actual request they need no preflight.
const ADDED_BY_BROWSERS: &[&str] = &[
    "accept",
    "accept-language",
    "cache-control",
    "connection",
    "device-memory",
    "downlink",
    "dnt",
    "dpr",
    "ect",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-event-id",
    "pragma",
    "priority",
    "proxy-connection",
    "purpose",
    "rtt",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "viewport-width",
    "width",
    "x-browser-channel",
    "x-browser-copyright",
    "x-browser-validation",
    "x-browser-year",
    "x-client-data",
    "x-firefox-spdy",
    "x-purpose",
];

/// Names that proxies add; never the page's.
const ADDED_BY_PROXIES: &[&str] = &[
    "cdn-loop",
    "cf-connecting-ip",
    "cf-ipcountry",
    "cf-ray",
    "cf-visitor",
    "forwarded",
    "true-client-ip",
    "via",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "x-envoy-expected-rq-timeout-ms",
    "x-original-forwarded-for",
    "x-real-ip",
    "x-request-id",
    "x-scheme",
];

/// Where a request's origin is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginSource {
    /// Its own `Origin` header.
    Header,
    /// The `Origin` header of its preflight.
    Preflight,
    /// Its `Referer`, since the exporter leaves `Origin` out of requests that were not sent.
    Referer,
    /// The page that the exporter names.
    Page,
}

/// Why a request is bound by CORS only if a preflight was made for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbound {
    /// An extension asked: those with permission for the host are not bound.
    Extension,
    /// An API client, a native app or a script asked; one that makes preflights plays a browser.
    NoBrowser,
    /// The recorder leaves `Origin` out, so nothing but a preflight tells that it crossed origins.
    NoOrigin,
}

impl Unbound {
    /// The id under which it is counted, where it is worth counting.
    pub(super) fn counted_as(self) -> Option<&'static str> {
        match self {
            Self::Extension => Some("browser-extension"),
            Self::NoBrowser => Some("no-browser"),
            Self::NoOrigin => None,
        }
    }
}

/// What an exchange is to pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// A preflight.
    Preflight,
    /// A cross-origin request in cors mode.
    Cors {
        /// Its origin; `None` when only the preflight can tell.
        origin: Option<(Origin, OriginSource)>,
        /// May be a plain form submission, a beacon or a request in no-cors mode.
        maybe_form: bool,
        /// Why it is no business of CORS unless the file has a preflight for it.
        unbound: Option<Unbound>,
    },
    /// Same-origin, navigation, no-cors, WebSocket, or not HTTP.
    NotCors,
    /// May be CORS, but this capture cannot tell; counted under this id.
    NotJudged(&'static str),
}

/// Classifies one exchange; `url` is its URL with the scheme the browser used (see
/// [`effective_url`]).
pub fn classify(exchange: &Exchange, url: &str) -> Class {
    let headers = &exchange.request.headers;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Class::NotCors;
    }
    if exchange.is_preflight() {
        return Class::Preflight;
    }
    if &*exchange.request.method == "CONNECT" {
        return Class::NotCors;
    }
    let site = headers.get_str("sec-fetch-site");
    let mode = headers.get_str("sec-fetch-mode");
    if site.as_deref() == Some("same-origin") && !is_refused_redirect(exchange) {
        return Class::NotCors;
    }
    if matches!(mode.as_deref(), Some("navigate" | "no-cors" | "websocket" | "same-origin")) {
        return Class::NotCors;
    }
    if headers.get_str("upgrade").is_some_and(|upgrade| upgrade.to_ascii_lowercase().contains("websocket")) {
        return Class::NotCors;
    }
    let resource_type = exchange.note.resource_type.as_deref();
    if matches!(resource_type, Some("document" | "websocket" | "subdocument")) && mode.is_none() {
        return Class::NotCors;
    }
    let Some(target) = origin_of_url(url) else { return Class::NotCors };
    if let Some(origin) = headers.get_str("origin") {
        let origin = Origin::from_header(&origin);
        if origin == target {
            return own_server(exchange, origin);
        }
        let crosses = matches!(site.as_deref(), Some("same-site" | "cross-site")) || is_loopback(exchange);
        if exchange.recorder.vantage != Vantage::Browser
            && !crosses
            && only_scheme_or_port_differs(exchange, &origin, url)
        {
            return Class::NotJudged("behind-tls-offload");
        }
        let scripted = matches!(resource_type, Some("fetch" | "xhr" | "eventsource" | "font"));
        if mode.is_none() && !scripted && is_form_post(exchange) && headers.has("upgrade-insecure-requests") {
            // Sent with navigations only.
            return Class::NotCors;
        }
        // What the browser refused was bound.
        let refused = exchange.note.error.as_ref().is_some_and(|error| error.is_net(NetError::FAILED));
        let unbound = match refused {
            true => None,
            false if clients::is_no_browser(exchange) => Some(Unbound::NoBrowser),
            false => clients::is_extension(&origin).then_some(Unbound::Extension),
        };
        return Class::Cors {
            origin: Some((origin, OriginSource::Header)),
            maybe_form: mode.is_none() && !scripted && (is_form_post(exchange) || is_text_post(exchange)),
            unbound,
        };
    }
    if headers.has("origin") {
        return Class::NotJudged("origin-redacted");
    }
    without_origin_header(exchange, &target, mode.as_deref(), resource_type)
}

/// A page's own server is not bound by CORS, but may not lead the request to another one with a user name.
fn own_server(exchange: &Exchange, origin: Origin) -> Class {
    if is_refused_redirect(exchange) {
        let origin = Some((origin, OriginSource::Header));
        return Class::Cors { origin, maybe_form: false, unbound: None };
    }
    Class::NotCors
}

/// Whether a request of mode `cors` was refused at a redirect from the page's own server to another with a user name
/// or password.
fn is_refused_redirect(exchange: &Exchange) -> bool {
    exchange.note.error.as_ref().is_some_and(|error| error.is_net(NetError::FAILED))
        && exchange.request.headers.get("sec-fetch-mode").as_deref() == Some(b"cors")
        && leads_to_credentials(exchange)
        && location_url(exchange).and_then(|url| origin_of_url(url.as_str())) != origin_of_url(&exchange.request.url)
}

/// Whether a request that CORS does not judge failed, and is not known to be of the page's own server. Packets show
/// connections instead.
pub(super) fn failed_outside(exchange: &Exchange, url: &str) -> bool {
    let error = exchange.note.error.as_ref();
    let failed = match exchange.head() {
        Some(_) => error.and_then(RecorderError::net).is_some_and(|error| error.short().starts_with("BLOCKED_BY_")),
        None => error.is_some() && !matches!(exchange.response, Err(NoResponse::Aborted)),
    };
    let page = || exchange.note.page.as_deref().and_then(origin_of_url);
    let caller = || referer_origin(exchange).or_else(page);
    let own = exchange.request.headers.get("sec-fetch-site").as_deref() == Some(b"same-origin")
        || caller().is_some_and(|caller| origin_of_url(url) == Some(caller));
    failed && exchange.recorder.vantage != Vantage::Wire && !own
}

/// Browsers export requests that were never sent, and those of workers, with provisional headers only;
/// other recorders leave `Origin` out of all.
fn without_origin_header(exchange: &Exchange, target: &Origin, mode: Option<&str>, kind: Option<&str>) -> Class {
    let headers = &exchange.request.headers;
    let referer = referer_origin(exchange);
    if referer.as_ref() == Some(target) || exchange.recorder.vantage == Vantage::Wire {
        return Class::NotCors;
    }
    let names = unsafe_names(exchange);
    // Beacons are in cors mode only when their body's type asks for it.
    let beacon = matches!(kind, Some("ping" | "beacon")) && !names.is_empty();
    let scripted = beacon || matches!(kind, Some("fetch" | "xhr" | "eventsource" | "font"));
    let provisional = headers.is_incomplete() && (scripted || (kind.is_none() && exchange.head().is_none()));
    let browser = exchange.recorder.vantage == Vantage::Browser;
    if !browser || (!provisional && mode != Some("cors")) {
        let may_have_a_preflight = kind.is_none() || scripted;
        return if may_have_a_preflight && (!is_safelisted_method(&exchange.request.method) || !names.is_empty()) {
            Class::Cors { origin: None, maybe_form: false, unbound: Some(Unbound::NoOrigin) }
        } else {
            Class::NotCors
        };
    }
    let origin = referer.map(|origin| (origin, OriginSource::Referer)).or_else(|| {
        let page = exchange.note.page.as_deref().and_then(origin_of_url)?;
        Some((page, OriginSource::Page))
    });
    match origin {
        Some((origin, _)) if origin == *target => Class::NotCors,
        Some((origin, source)) if !origin.is_null() => {
            Class::Cors { origin: Some((origin, source)), maybe_form: false, unbound: None }
        }
        _ => Class::Cors { origin: None, maybe_form: false, unbound: None },
    }
}

/// The origin that `Referer` tells; `None` where it is empty or hidden.
pub(super) fn referer_origin(exchange: &Exchange) -> Option<Origin> {
    let referer = exchange.request.headers.get_str("referer")?;
    origin_of_url(&referer).filter(|origin| !origin.is_null())
}

/// Whether a hop may have been a plain form's: then the requests it leads to are navigation, too.
pub(super) fn may_lead_a_form(hop: &Exchange) -> bool {
    let scripted = matches!(hop.note.resource_type.as_deref(), Some("fetch" | "xhr" | "eventsource" | "font"));
    !hop.request.headers.has("sec-fetch-mode") && !scripted && is_form_post(hop)
}

/// Scripts ask for `*/*` unless told otherwise; a navigation always accepts `text/html`.
fn is_form_post(exchange: &Exchange) -> bool {
    let accept = exchange.request.headers.get_str("accept");
    &*exchange.request.method == "POST"
        && accept.is_none_or(|accept| accept.contains("text/html"))
        && exchange.request.headers.get_str("content-type").is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(&*essence, "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
        })
}

/// What `sendBeacon()` and `fetch()` make of a string. Without `Sec-Fetch-Mode`, which browsers leave out
/// where the target is in the clear, all modes look alike.
fn is_text_post(exchange: &Exchange) -> bool {
    &*exchange.request.method == "POST"
        && exchange
            .request
            .headers
            .get("content-type")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"text/plain;charset=utf-8"))
        && unsafe_names(exchange).is_empty()
}

/// Behind TLS offload a clear capture shows `http://shop:8080` for `https://shop`: the request is
/// likely same-origin, and nothing here tells.
fn only_scheme_or_port_differs(exchange: &Exchange, origin: &Origin, url: &str) -> bool {
    if exchange.note.tls || forwarded_proto(exchange).is_some() {
        return false;
    }
    match (origin.parts(), OriginParts::of(url)) {
        // A page in the clear: there is no TLS to offload.
        (Some(origin), Some(target)) if origin.scheme == target.scheme => false,
        (Some(origin), Some(target)) => origin.host == target.host,
        _ => false,
    }
}

/// The scheme a proxy says the browser used.
fn forwarded_proto(exchange: &Exchange) -> Option<&'static str> {
    let headers = &exchange.request.headers;
    let value = headers.get_str("x-forwarded-proto").map(std::borrow::Cow::into_owned).or_else(|| {
        let forwarded = headers.get_str("forwarded")?.to_ascii_lowercase();
        let at = forwarded.find("proto=")?;
        Some(forwarded.get(at + 6..)?.to_owned())
    })?;
    let value = value.trim_start_matches('"').trim().to_ascii_lowercase();
    if value.starts_with("https") {
        Some("https")
    } else if value.starts_with("http") {
        Some("http")
    } else {
        None
    }
}

/// The URL with the scheme the browser used: TLS says it, else `X-Forwarded-Proto` or `Forwarded`.
pub fn effective_url(exchange: &Exchange) -> Box<str> {
    let url = &exchange.request.url;
    if exchange.recorder.vantage == Vantage::Browser || exchange.note.tls {
        return url.clone();
    }
    match (url.strip_prefix("http://"), forwarded_proto(exchange)) {
        (Some(rest), Some("https")) => format!("https://{rest}").into(),
        _ => url.clone(),
    }
}

/// Why what was recorded is a hop behind a proxy; `None` when nothing says so.
pub(super) fn proxy_trace(exchange: &Exchange) -> Option<&'static str> {
    if exchange.recorder.vantage == Vantage::Browser {
        return None;
    }
    let headers = &exchange.request.headers;
    for name in ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via", "x-real-ip"] {
        if headers.has(name) {
            return Some(name);
        }
    }
    // Browsers do not let a page of https call http (mixed content), so TLS ended in front of here.
    let from_https = headers.get_str("origin").is_some_and(|origin| origin.starts_with("https://"));
    if from_https && !exchange.note.tls && exchange.request.url.starts_with("http://") && !is_loopback(exchange) {
        return Some("clear-behind-https");
    }
    None
}

fn is_loopback(exchange: &Exchange) -> bool {
    OriginParts::of(&exchange.request.url).is_some_and(|target| {
        let host = &*target.host;
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
    })
}

/// The CORS-unsafe names on an actual request, without those that browsers and proxies add.
pub(super) fn unsafe_names(exchange: &Exchange) -> Vec<String> {
    let lines = exchange.request.headers.iter().filter_map(|line| {
        let name = lower_case(std::str::from_utf8(line.name).ok()?);
        if added_by_others(&name) {
            return None;
        }
        let value = match line.value {
            Value::Text(value) => value,
            Value::Secret(_) | Value::Withheld(_) | Value::Redacted | Value::Lost => b"",
        };
        Some((name, value))
    });
    let mut names = unsafe_request_header_names_in(Engine::Chromium, lines);
    // A content type that was redacted reads as empty and would look unsafe.
    if exchange.request.headers.has("content-type") && exchange.request.headers.get("content-type").is_none() {
        names.retain(|name| name != "content-type");
    }
    names
}

/// Whether a name is one that browsers or proxies add by themselves.
pub fn added_by_others(name: &str) -> bool {
    ADDED_BY_BROWSERS.contains(&name)
        || ADDED_BY_PROXIES.contains(&name)
        || name.starts_with("sec-")
        || name.starts_with("x-forwarded-")
        || name.starts_with("x-envoy-")
        || name.starts_with("x-b3-")
}
