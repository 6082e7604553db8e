//! One HAR entry to one exchange.
//!
//! Owns the meaning of HAR fields, statuses and errors, and the marks of values somebody removed.
//! Which exporter wrote them stands in `dialects`.

use super::dialects::{CHROME, CHROME_HAR, FIREFOX, PLAYWRIGHT, by_shape};
use super::failure::{no_response, speaker};
use super::lax::HeaderList;
use super::request::{lacks_what_is_sent, method_of};
use super::{model, redact, repair, text, time};
use crate::capture::Limits;
use crate::exchange::{
    Body, Exchange, Headers, HttpVersion, Initiator, NetError, Place, Recorder, RecorderError, RecorderNote,
    RequestHead, ResponseHead, origin_of_url, without_fragment,
};
use crate::secrets::headers;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// What the document says around its entries.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) input: u32,
    pub(super) recorder: Option<&'static Recorder>,
    pub(super) version: Option<String>,
    /// Page id to its URL.
    pub(super) pages: HashMap<String, Box<str>>,
    /// The URL of a page, where all pages of the document are of one origin.
    pub(super) only_page: Option<Box<str>>,
    /// Pages of several origins were named.
    pub(super) many_origins: bool,
    /// Pages beyond `Limits::har_pages`.
    pub(super) pages_left_out: u64,
    /// Keys the digests of secrets.
    pub(super) digests: RandomState,
}

impl Context {
    /// Notes the URL of a page that the document names.
    pub(super) fn name_page(&mut self, url: &str) {
        match &self.only_page {
            _ if self.many_origins => {}
            Some(page) if origin_of_url(page) != origin_of_url(url) => {
                self.many_origins = true;
                self.only_page = None;
            }
            Some(_) => {}
            None => self.only_page = Some(url.into()),
        }
    }
}

/// An entry that was read, with what the reader counts.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) exchange: Exchange,
    /// Digests of cookie values and of tokens that stand in it in clear.
    pub(super) cookies: Vec<u64>,
    pub(super) tokens: Vec<u64>,
    /// A cookie or authorization stands in it, in clear or redacted.
    pub(super) credentials: bool,
    /// Header lines beyond `Limits::head_bytes` were left out.
    pub(super) cut_head: bool,
}

/// Why an entry was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// No JSON, also after repair.
    Syntax,
    /// There is no request URL.
    NoUrl,
}

/// Reads one entry; almost-JSON is mended first.
pub(super) fn read(json: &[u8], index: u32, context: &Context, limits: &Limits) -> Result<Parsed, Unreadable> {
    // Checked as UTF-8 once and not string by string.
    let entry = match std::str::from_utf8(json) {
        Ok(json) => serde_json::from_str(json),
        Err(_) => serde_json::from_slice(json),
    };
    if let Ok(entry) = entry {
        return convert(&entry, index, context, limits);
    }
    let mended = repair::repaired(json);
    let entry = serde_json::from_slice(&mended).map_err(|_| Unreadable::Syntax)?;
    convert(&entry, index, context, limits)
}

fn is(recorder: &'static Recorder, other: &'static Recorder) -> bool {
    std::ptr::eq(recorder, other)
}

fn convert(entry: &model::Entry<'_>, index: u32, context: &Context, limits: &Limits) -> Result<Parsed, Unreadable> {
    let recorder = context.recorder.unwrap_or_else(|| by_shape(entry));
    let url: Box<str> = without_fragment(entry.request.url.get().ok_or(Unreadable::NoUrl)?).into();
    let error = [&entry.response.error, &entry.response.failure, &entry.error].into_iter().find_map(|text| text.get());
    let error = error.map(|error| speaker(error, recorder));
    let status = entry.response.status.whole().and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (100..1000).contains(status));
    let mut fill = Fill::new(context, limits);
    let mut request_headers = fill.headers(&entry.request.headers, Message::Request, recorder);
    if is(recorder, &CHROME) {
        request_headers.mark_unknown("authorization");
        request_headers.mark_unknown("cookie");
    }
    let unsent = status.is_none()
        && (is(recorder, &PLAYWRIGHT) || is(recorder, &CHROME) && entry.request.version.get().is_none());
    // DevTools lists what it knew before the network stack added the rest ("provisional headers"): of what was
    // never sent, and of all requests of workers and out of the cache.
    let provisional = is(recorder, &CHROME) && (unsent || lacks_what_is_sent(entry));
    if unsent || provisional {
        request_headers.mark_incomplete();
    }
    let method = method_of(entry, &request_headers);
    let response = match status {
        None => Err(no_response(error.as_ref())),
        Some(status) => {
            let mut headers = fill.headers(&entry.response.headers, Message::Response, recorder);
            if is(recorder, &CHROME) {
                headers.mark_unknown("set-cookie");
            }
            let wants_excerpt = status >= 300 || method.eq_ignore_ascii_case("OPTIONS");
            let kept = &entry.response.content;
            let excerpt =
                wants_excerpt.then(|| text::excerpt(kept.text.0?, kept.encoding.get(), limits.excerpt_bytes)).flatten();
            // Firefox counts the head into bodySize.
            let body_size = entry.response.body_size.count().filter(|_| !is(recorder, &FIREFOX));
            let len = body_size.or_else(|| kept.size.count());
            let body = Body { len, complete: body_complete(error.as_ref(), recorder), excerpt };
            Ok(ResponseHead {
                status,
                reason: entry.response.status_text.or_empty().into(),
                version: version_of(entry.response.version.or_empty()),
                headers,
                body,
            })
        }
    };
    let started = entry.started.get().and_then(time::parse);
    let completed = started.zip(entry.time.0).map(|(start, took)| time::after(start, took));
    let note = RecorderNote {
        error,
        resource_type: entry.resource_type.get().map(|name| name.to_ascii_lowercase().into()),
        initiator: initiator_of(entry),
        service_worker: entry.response.via_service_worker.0 || entry.fetch_type.get() == Some("Service Worker"),
        from_cache: entry.from_cache.get().is_some()
            || entry.response.from_disk_cache.0
            || matches!(entry.fetch_type.get(), Some("Memory Cache" | "Disk Cache")),
        page: match entry.pageref.get() {
            Some(id) => context.pages.get(id).cloned(),
            None => context.only_page.clone(),
        },
        outside_pages: is(recorder, &CHROME) && entry.pageref.get().is_none() && !context.pages.is_empty(),
        provisional,
        redirect_url: entry.response.redirect_url.boxed(),
        events: Vec::new(),
        tls: url.starts_with("https:") || url.starts_with("wss:"),
        tunneled: false,
    };
    let exchange = Exchange {
        place: Place::Entry { input: context.input, index },
        response_place: None,
        client: None,
        server: server_of(entry, recorder),
        started,
        completed,
        request: RequestHead {
            method: method.into(),
            url,
            version: version_of(entry.request.version.or_empty()),
            headers: request_headers,
            body_len: entry.request.body_size.count(),
        },
        response,
        note,
        recorder,
    };
    let Fill { cookies, tokens, credentials, cut_head, .. } = fill;
    Ok(Parsed { exchange, cookies, tokens, credentials, cut_head })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Request,
    Response,
}

/// Fills header lists and counts the secrets met.
struct Fill<'c> {
    context: &'c Context,
    head_bytes: usize,
    cookies: Vec<u64>,
    tokens: Vec<u64>,
    credentials: bool,
    cut_head: bool,
}

impl<'c> Fill<'c> {
    fn new(context: &'c Context, limits: &Limits) -> Self {
        let head_bytes = limits.head_bytes;
        Self { context, head_bytes, cookies: Vec::new(), tokens: Vec::new(), credentials: false, cut_head: false }
    }

    fn headers(&mut self, list: &HeaderList<'_>, message: Message, recorder: &'static Recorder) -> Headers {
        let total = list.0.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        let mut headers = Headers::with_capacity(list.0.len(), total.min(self.head_bytes));
        let mut bytes = 0_usize;
        for (at, (name, value)) in list.0.iter().enumerate() {
            let name = name.trim();
            if name.is_empty() || name.starts_with(':') {
                continue;
            }
            if is(recorder, &FIREFOX) {
                // Firefox notes HTTP/2 as a response header, and appends the headers of a multipart
                // body's parts to the request's own.
                if message == Message::Response && name.eq_ignore_ascii_case("x-firefox-spdy") {
                    continue;
                }
                if message == Message::Request && name.eq_ignore_ascii_case("content-disposition") {
                    break;
                }
            }
            // chrome-har writes the provisional request headers and then the real ones.
            let repeats = |other: &(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
                other.0.trim().eq_ignore_ascii_case(name) && other.1 == *value
            };
            if is(recorder, &CHROME_HAR)
                && message == Message::Request
                && list.0.iter().take(at).rev().take(64).any(repeats)
            {
                continue;
            }
            bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
            if bytes > self.head_bytes {
                headers.mark_incomplete();
                self.cut_head = true;
                break;
            }
            if value.contains('\n') {
                // Merged by the exporter, one line per header line.
                for line in value.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
                    self.push(&mut headers, name, line);
                }
            } else {
                self.push(&mut headers, name, value.trim());
            }
        }
        headers
    }

    fn push(&mut self, headers: &mut Headers, name: &str, value: &str) {
        let secret = headers::is_credential(name.as_bytes());
        self.credentials |= secret && is_of_browsers(name);
        if is_redacted(value, secret) {
            if secret && names_what_was_masked(value) {
                headers.push(name.as_bytes(), value.as_bytes());
            } else {
                headers.push_redacted(name.as_bytes());
            }
            return;
        }
        if secret {
            self.count(name, value);
        }
        headers.push(name.as_bytes(), value.as_bytes());
    }

    fn count(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("cookie") {
            let pairs = value.split(';').map(str::trim).filter(|pair| !pair.is_empty());
            self.cookies.extend(pairs.map(|pair| self.context.digests.hash_one(pair)));
        } else if name.eq_ignore_ascii_case("set-cookie") {
            let pair = value.split(';').next().unwrap_or_default().trim();
            self.cookies.push(self.context.digests.hash_one(pair));
        } else {
            self.tokens.push(self.context.digests.hash_one(value));
        }
    }
}

/// The three headers that a sanitised export of DevTools leaves out.
fn is_of_browsers(name: &str) -> bool {
    ["cookie", "authorization", "set-cookie"].iter().any(|credential| name.eq_ignore_ascii_case(credential))
}

/// Whether a redacted copy kept what stands before the secret itself: a scheme, or a cookie's name.
fn names_what_was_masked(value: &str) -> bool {
    value.split_once([' ', '=']).is_some_and(|(_, mask)| redact::is_value_mask(mask))
}

/// Whether a value is what exporters and sanitisers leave in place of one.
pub(super) fn is_redacted(value: &str, secret: bool) -> bool {
    if value.is_empty() {
        return secret;
    }
    // Nearly every value is neither: a look at its first character settles that.
    if !secret
        && !value.starts_with([
            '[', '<', '(', '{', '*', 'x', 'X', '\u{2022}', '#', '\u{2588}', 'r', 'R', 'f', 'F', 'm', 'M', 's', 'S',
        ])
    {
        return false;
    }
    let first = value.chars().next().unwrap_or_default();
    if matches!(first, '*' | 'x' | 'X' | '\u{2022}' | '#' | '\u{2588}')
        && value.chars().all(|c| c == first)
        && value.chars().count() >= 3
    {
        return true;
    }
    if secret {
        let ending = value.rsplit([' ', '=']).next().unwrap_or_default();
        let lower = value.to_ascii_lowercase();
        return lower.contains("redacted") || lower.contains("[filtered]") || ending.starts_with("***");
    }
    let wrapped = value.strip_prefix(['[', '<', '(', '{']).and_then(|rest| rest.strip_suffix([']', '>', ')', '}']));
    if wrapped.is_none() && value.len() > "sanitized".len() {
        return false;
    }
    let bare = wrapped.unwrap_or(value).to_ascii_lowercase();
    matches!(bare.as_str(), "redacted" | "filtered" | "removed" | "masked" | "scrubbed" | "sanitized")
        || wrapped.is_some() && (bare.ends_with(" redacted") || bare.starts_with("redacted:"))
}

fn version_of(text: &str) -> HttpVersion {
    match text {
        "http/1.1" | "HTTP/1.1" | "1.1" => return HttpVersion::Http11,
        "http/2.0" | "HTTP/2" | "h2" => return HttpVersion::Http2,
        "" => return HttpVersion::Unknown,
        _ => {}
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "http/0.9" => HttpVersion::Http09,
        "http/1.0" => HttpVersion::Http10,
        "http/2" | "http/2.0" | "h2" | "h2c" | "spdy" | "2" | "2.0" => HttpVersion::Http2,
        _ if lower.starts_with("h3") || lower.starts_with("http/3") || lower.contains("quic") => HttpVersion::Http3,
        _ => HttpVersion::Unknown,
    }
}

fn body_complete(error: Option<&RecorderError>, recorder: &'static Recorder) -> Option<bool> {
    match error.and_then(RecorderError::net).map(NetError::short) {
        Some("CONTENT_LENGTH_MISMATCH" | "INCOMPLETE_CHUNKED_ENCODING") => Some(false),
        _ if error.is_some() => None,
        None if recorder.marks_delivery => Some(true),
        _ => None,
    }
}

/// First script frame, or the position in a document. DevTools counts lines from 0; chrome-har has
/// added the one already in its own fields.
fn initiator_of(entry: &model::Entry<'_>) -> Option<Initiator> {
    let line = |number: super::lax::Number, first: u64| number.count().map(|line| line.saturating_add(first));
    if let Some(object) = &entry.initiator.object {
        let frame = object.stack.frames.0.iter().find(|frame| frame.url.get().is_some());
        return match frame {
            Some(frame) => {
                Some(Initiator { url: frame.url.boxed()?, line: line(frame.line, 1), function: frame.function.boxed() })
            }
            None => Some(Initiator { url: object.url.boxed()?, line: line(object.line, 1), function: None }),
        };
    }
    let text = entry.initiator.text.get()?;
    if text.starts_with('{') {
        let object: model::Initiator<'_> = serde_json::from_str(text).ok()?;
        let frame = object.stack.frames.0.first();
        let url = frame.and_then(|frame| frame.url.boxed()).or_else(|| object.url.boxed())?;
        let number = frame.map_or(object.line, |frame| frame.line);
        return Some(Initiator {
            url,
            line: line(number, 1),
            function: frame.and_then(|frame| frame.function.boxed()),
        });
    }
    Some(Initiator {
        url: text.into(),
        line: line(entry.initiator_line, 0),
        function: entry.initiator_function.boxed(),
    })
}

/// `address:port` or `address`. `connection` is the remote port in Firefox, and in DevTools since
/// the connection has an id of its own; before, it was that id.
fn server_of(entry: &model::Entry<'_>, recorder: &'static Recorder) -> Option<Box<str>> {
    let address = entry.server_ip.get()?.trim_start_matches('[').trim_end_matches(']');
    // Some exporters write the host's name here, which the URL has; anything else is no address.
    let is_address = address.split('%').next().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok());
    if !is_address {
        return None;
    }
    let port_in_connection = entry.connection_id.get().is_some() || is(recorder, &FIREFOX);
    let port = entry
        .server_port
        .count()
        .and_then(|port| u16::try_from(port).ok())
        .or_else(|| entry.connection.get().filter(|_| port_in_connection)?.parse().ok())
        .filter(|port| *port != 0);
    Some(match port {
        Some(port) if address.contains(':') => format!("[{address}]:{port}").into(),
        Some(port) => format!("{address}:{port}").into(),
        None => address.into(),
    })
}
