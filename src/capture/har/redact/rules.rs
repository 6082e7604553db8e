//! What a redacted entry keeps, and how the rest is masked.
//!
//! Everything is on an allow list: fields and header values that are not known to be harmless go.
//! A mask keeps length and a salted hash, so that equal values stay recognisable as equal.

use super::{Counts, Salt, Secrets};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Headers (lower case) whose values stay: CORS, caching, content negotiation, fingerprints of
/// servers, request ids.
const KEPT: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "cache-control",
    "cf-cache-status",
    "cf-ray",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "dnt",
    "expires",
    "host",
    "keep-alive",
    "last-modified",
    "origin",
    "pragma",
    "priority",
    "range",
    "retry-after",
    "server",
    "server-timing",
    "strict-transport-security",
    "te",
    "timing-allow-origin",
    "traceparent",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "vary",
    "via",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-aspnet-version",
    "x-cache",
    "x-cache-hits",
    "x-content-type-options",
    "x-powered-by",
    "x-request-id",
    "x-requested-with",
    "x-served-by",
];
/// Starts of header names that stay.
const KEPT_STARTS: &[&str] = &["access-control-", "sec-ch-", "sec-fetch-", "x-forwarded-proto", ":"];
/// Text fields that stay as they are.
const KEPT_FIELDS: &[&str] = &[
    "_charlesStatus",
    "_connectionId",
    "_error",
    "_failureText",
    "_fetchType",
    "_fromCache",
    "_frameref",
    "_initiator_function_name",
    "_initiator_type",
    "_priority",
    "_resourceType",
    "_securityState",
    "connection",
    "functionName",
    "httpVersion",
    "id",
    "method",
    "mimeType",
    "pageref",
    "startedDateTime",
    "statusText",
    "type",
];
/// Text fields that hold a URL.
const URL_FIELDS: &[&str] = &["url", "redirectURL", "title", "_initiator"];

pub(super) struct Rules<'s> {
    salt: Salt,
    secrets: &'s Secrets,
    pub(super) counts: Counts,
}

impl<'s> Rules<'s> {
    pub(super) fn new(salt: Salt, secrets: &'s Secrets) -> Self {
        Self { salt, secrets, counts: Counts::new() }
    }

    /// A redacted entry.
    pub(super) fn entry(&mut self, entry: Value) -> Value {
        match entry {
            Value::Object(object) => self.object(object),
            _ => Value::Null,
        }
    }

    /// A redacted page: its title is a URL, or goes.
    pub(super) fn page(&mut self, page: &Value) -> Value {
        let title = self.url(page["title"].as_str().unwrap_or_default());
        json!({
            "id": page["id"].as_str().unwrap_or_default(),
            "title": title,
            "startedDateTime": page["startedDateTime"].as_str().unwrap_or_default(),
            "pageTimings": {},
        })
    }

    fn object(&mut self, object: Map<String, Value>) -> Value {
        let mut kept = Map::new();
        for (key, value) in object {
            if let Some(value) = self.field(&key, value) {
                kept.insert(key, value);
            }
        }
        kept.into()
    }

    fn field(&mut self, key: &str, value: Value) -> Option<Value> {
        Some(match (key, value) {
            (_, value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
            ("headers", value) => self.headers(value),
            ("cookies" | "queryString", _) => json!([]),
            ("serverIPAddress", Value::String(address)) => {
                self.count_unless_empty("server addresses", &address);
                json!("")
            }
            ("text" | "_body", Value::String(text)) => {
                self.count_unless_empty("bodies", &text);
                return None;
            }
            ("callFrames", Value::Array(frames)) => {
                frames.into_iter().take(16).map(|frame| self.entry(frame)).collect()
            }
            (
                "request" | "response" | "content" | "postData" | "timings" | "_initiator" | "stack",
                Value::Object(inner),
            ) => self.object(inner),
            ("encoding", Value::String(encoding)) if encoding == "base64" => return None,
            (key, Value::String(text)) if URL_FIELDS.contains(&key) => self.url(&text).into(),
            (key, Value::String(text)) if KEPT_FIELDS.contains(&key) => self.plain(&text).into(),
            (_, Value::String(text)) => {
                self.count_unless_empty("other texts", &text);
                return None;
            }
            ("comment", _) | (_, Value::Array(_) | Value::Object(_)) => return None,
        })
    }

    fn headers(&mut self, headers: Value) -> Value {
        match headers {
            Value::Array(list) => list.into_iter().filter_map(|header| self.header(&header)).collect(),
            Value::Object(map) => {
                map.into_iter().map(|(name, value)| (name.clone(), self.value_of(&name, &value))).collect()
            }
            _ => json!([]),
        }
    }

    fn header(&mut self, header: &Value) -> Option<Value> {
        let (name, value) = match header {
            Value::Array(pair) => (pair.first()?.as_str()?, pair.get(1).unwrap_or(&Value::Null)),
            _ => (header["name"].as_str()?, &header["value"]),
        };
        Some(json!({ "name": name, "value": self.value_of(name, value) }))
    }

    fn value_of(&mut self, name: &str, value: &Value) -> Value {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            Value::Number(number) => number.to_string(),
            _ => return json!(""),
        };
        let lower = name.trim().to_ascii_lowercase();
        let kind = match lower.as_str() {
            "cookie" | "set-cookie" | "cookie2" => "cookies",
            "authorization" | "proxy-authorization" => "authorization",
            "referer" | "location" | "content-location" | ":path" => return self.url(&text).into(),
            "www-authenticate" | "proxy-authenticate" => {
                // The scheme tells who asks; realms and nonces do not.
                return text.split([' ', ',']).next().unwrap_or_default().into();
            }
            known if KEPT.contains(&known) || KEPT_STARTS.iter().any(|start| known.starts_with(start)) => {
                return self.plain(&text).into();
            }
            _ => "headers",
        };
        self.mask(kind, &text).into()
    }

    /// Masks every secret of the file in a text.
    fn occurrences(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some((start, end)) = self.secrets.find(text.as_bytes(), at) {
            let (Some(before), Some(secret)) = (text.get(at..start), text.get(start..end)) else { break };
            out.push_str(before);
            out.push_str(&self.mask("other occurrences", secret));
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// A text that stays, but for secrets of the file and URLs in it.
    fn plain(&mut self, text: &str) -> String {
        let mut out = self.occurrences(text);
        if out.contains("://") && out.contains('?') {
            out = out
                .split(' ')
                .map(|word| if word.contains("://") { self.url(word) } else { word.to_owned() })
                .collect::<Vec<_>>()
                .join(" ");
        }
        out
    }

    /// A URL with its query values and telling path segments masked, without user info and fragment.
    fn url(&mut self, url: &str) -> String {
        if url.is_empty() || is_mask(url) {
            return url.to_owned();
        }
        if url.starts_with("data:") || url.starts_with("javascript:") {
            let head = url.split([',', ';']).next().unwrap_or_default();
            return if url.ends_with(']') && url.contains(",[redacted:") {
                url.to_owned()
            } else {
                format!("{head},{}", self.mask("data URLs", url))
            };
        }
        let url = self.occurrences(url.split('#').next().unwrap_or_default());
        let url = url.as_str();
        let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
        let Some((scheme, rest)) = path.split_once("://").or_else(|| path.starts_with('/').then_some(("", path)))
        else {
            return self.mask("other texts", url);
        };
        let (authority, path) =
            if scheme.is_empty() { ("", rest) } else { rest.split_at(rest.find('/').unwrap_or(rest.len())) };
        let host = authority.rsplit('@').next().unwrap_or(authority);
        if host.len() != authority.len() {
            *self.counts.entry("URL user info").or_default() += 1;
        }
        let segments: Vec<String> = path
            .split('/')
            .map(|segment| if is_telling(segment) { self.mask("path segments", segment) } else { segment.to_owned() })
            .collect();
        let mut out = if scheme.is_empty() { String::new() } else { format!("{scheme}://{host}") };
        out.push_str(&segments.join("/"));
        if let Some(query) = query {
            out.push('?');
            let pairs: Vec<String> = query.split('&').map(|pair| self.parameter(pair)).collect();
            out.push_str(&pairs.join("&"));
        }
        out
    }

    fn parameter(&mut self, pair: &str) -> String {
        match pair.split_once('=') {
            _ if is_mask(pair) => pair.to_owned(),
            Some((name, value)) if name.len() <= 64 => format!("{name}={}", self.mask("query values", value)),
            None if pair.len() < 8 => pair.to_owned(),
            _ => self.mask("query values", pair),
        }
    }

    /// `[redacted:len=N:h=ab12cd34]`; masks and empty values stay.
    fn mask(&mut self, kind: &'static str, value: &str) -> String {
        if value.is_empty() || is_mask(value) {
            return value.to_owned();
        }
        *self.counts.entry(kind).or_default() += 1;
        let digest = Sha256::new().chain_update(self.salt.0).chain_update(value.as_bytes()).finalize();
        let hash = digest.first_chunk().map_or(0, |start| u32::from_be_bytes(*start));
        format!("[redacted:len={}:h={hash:08x}]", value.len())
    }

    fn count_unless_empty(&mut self, kind: &'static str, text: &str) {
        if !text.is_empty() {
            *self.counts.entry(kind).or_default() += 1;
        }
    }
}

/// Whether a value is one of our masks, and nothing else.
pub(super) fn is_mask(value: &str) -> bool {
    let inner = value.strip_prefix("[redacted:len=").and_then(|rest| rest.strip_suffix(']'));
    let Some((len, hash)) = inner.and_then(|inner| inner.split_once(":h=")) else { return false };
    let digits = !len.is_empty() && len.len() <= 20 && len.bytes().all(|byte| byte.is_ascii_digit());
    digits && hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Path segments that identify somebody or open something: e-mail addresses, JWTs, long ids.
fn is_telling(segment: &str) -> bool {
    if is_mask(segment) {
        return false;
    }
    let id = segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'=' | b'.' | b'~' | b'%'));
    let digits = segment.bytes().any(|byte| byte.is_ascii_digit());
    let jwt = segment.starts_with("eyJ") && segment.matches('.').count() == 2;
    segment.contains('@') || segment.contains("%40") || jwt || (id && digits && segment.len() >= 24)
}
