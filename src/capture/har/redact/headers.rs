//! Headers in a redacted copy: which names and values stay.
//!
//! Owns the rules of single headers. Which values may be shown at all is the list of
//! `secrets::headers`, the same as for reports.

use super::entry::Copyist;
use super::json::{self, Members};
use super::mask::{Form, is_value_mask};
use crate::secrets::headers::{is_credential, is_id, is_request_id, may_be_shown};
use std::borrow::Cow;

/// Schemes of `Authorization`: the scheme tells who added the header.
const SCHEMES: &[&str] = &[
    "basic",
    "bearer",
    "digest",
    "negotiate",
    "ntlm",
    "hawk",
    "hoba",
    "mutual",
    "vapid",
    "dpop",
    "token",
    "apikey",
    "oauth",
    "aws4-hmac-sha256",
    "sharedkey",
    "sharedkeylite",
    "gnap",
    "signature",
];

impl Copyist<'_> {
    /// Appends a list of headers as objects of name and value.
    pub(super) fn headers(&mut self, json: &str, out: &mut Vec<u8>) {
        let mut before = b'[';
        let mut push = |this: &mut Self, name: &str, value: &str| {
            let name = name.trim();
            // The reader of HARs passes over the names of HTTP/2's pseudo headers.
            if name.is_empty() || name.starts_with(':') {
                return;
            }
            // By the name that the copy shows, since its reader has no other.
            let name = this.name(name);
            // Exporters merge repeated lines.
            let merged = value.contains('\n');
            for line in value.split('\n').map(str::trim).filter(|line| !merged || !line.is_empty()) {
                out.push(before);
                before = b',';
                out.extend_from_slice(b"{\"name\":");
                json::push_string(out, &name);
                out.extend_from_slice(b",\"value\":");
                json::push_string(out, &this.header_value(&name, line));
                out.push(b'}');
            }
        };
        if json.starts_with('{') {
            for (name, value) in Members::of(json).iter() {
                match json::scalar(value) {
                    Some(value) => push(self, name, &value),
                    None => {
                        for value in json::elements(value) {
                            push(self, name, &json::scalar(value).unwrap_or_default());
                        }
                    }
                }
            }
        }
        for item in json::elements(json) {
            if let Some((name, value)) = pair(item) {
                push(self, &name, &value);
            }
        }
        if before == b'[' {
            out.push(b'[');
        }
        out.push(b']');
    }

    fn header_value(&mut self, name: &str, value: &str) -> String {
        let form = if name.to_ascii_lowercase().starts_with("access-control-") { Form::Token } else { Form::Value };
        self.checked(value, form, |this, value| this.line_value(name, value))
    }

    fn line_value(&mut self, name: &str, value: &str) -> String {
        if is_value_mask(value) {
            return value.to_owned();
        }
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "cookie" | "cookie2" => {
                for pair in value.split(';') {
                    self.collected.add(pair.split_once('=').map_or(pair, |(_, value)| value).trim(), true);
                }
                self.mask("cookies", value, Form::Value, true)
            }
            "set-cookie" => self.set_cookie(value),
            _ if is_credential(lower.as_bytes()) => self.credentials(&lower, value),
            // A validator may be made for one user only, and that it is there is all that matters.
            "etag" | "if-match" | "if-none-match" | "if-range" => self.mask("headers", value, Form::Value, false),
            _ if !may_be_shown(lower.as_bytes()) => self.mask("headers", value, Form::Value, false),
            "referer" => self.settled(value, Self::referer),
            "location" | "content-location" => self.url(value),
            "access-control-request-method" => self.method(value),
            "access-control-allow-methods" if is_list(value) => self.list(value, Self::method),
            "access-control-request-headers"
            | "access-control-allow-headers"
            | "access-control-expose-headers"
            | "vary"
                if is_list(value) =>
            {
                self.list(value, Self::name)
            }
            _ if is_request_id(&lower) && is_id(value) => self.without_secrets(value),
            _ => {
                let kept = self.shown(&lower, value);
                // A rule asks whether the value is there and right: a removed one would be neither.
                if lower.starts_with("access-control-") && is_value_mask(&kept) {
                    self.mask("other texts", value, Form::Token, false)
                } else {
                    kept
                }
            }
        }
    }

    /// The name of the cookie, which tells a server, and a mask; attributes go.
    fn set_cookie(&mut self, line: &str) -> String {
        let pair = line.split(';').next().unwrap_or_default().trim();
        let Some((name, value)) = pair.split_once('=') else { return self.mask("cookies", pair, Form::Value, true) };
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        format!("{}={}", self.name(name), self.mask("cookies", value, Form::Value, true))
    }

    fn credentials(&mut self, name: &str, value: &str) -> String {
        let what = if name.ends_with("authorization") { "authorization" } else { "headers" };
        match value.split_once(' ') {
            Some((scheme, secret)) if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) => {
                format!("{scheme} {}", self.mask(what, secret.trim(), Form::Value, true))
            }
            _ => self.mask(what, value, Form::Value, true),
        }
    }

    /// The origin of the page.
    fn referer(&mut self, value: &str) -> String {
        let Some((scheme, rest)) = value.split_once("://") else {
            return self.mask("referers", value, Form::Value, false);
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if !matches!(path, "" | "/") {
            self.count("referers");
        }
        self.address(&format!("{scheme}://{authority}/"))
    }

    /// A list of names or methods, item by item.
    fn list(&mut self, value: &str, rule: fn(&mut Self, &str) -> String) -> String {
        let mut out = String::with_capacity(value.len());
        for part in value.split_inclusive(',') {
            let item = part.trim_end_matches(',').trim();
            let start = part.find(item).unwrap_or(0);
            out.push_str(part.get(..start).unwrap_or_default());
            out.push_str(&rule(self, item));
            out.push_str(part.get(start + item.len()..).unwrap_or_default());
        }
        out
    }
}

/// Whether a value is a list of tokens. What is no such list must not become one.
fn is_list(value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    value.split(',').all(|item| item.trim().bytes().all(token))
}

/// Name and value of a header: an object, a pair, or `name: value`.
fn pair(item: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let text = |json: Option<&str>| json.and_then(|json| json::scalar(json).map(Cow::into_owned)).unwrap_or_default();
    if item.starts_with('{') {
        let members = Members::of(item);
        let last = |names: &[&str]| {
            let found = members.iter().filter(|(key, _)| names.contains(key)).last();
            found.map(|(_, value)| value.to_owned())
        };
        let name = text(last(&["name", "Name", "key"]).as_deref());
        let value = text(last(&["value", "Value"]).as_deref());
        return Some((name.into(), value.into()));
    }
    if item.starts_with('[') {
        let mut parts = json::elements(item).into_iter();
        let name = text(parts.next());
        return Some((name.into(), text(parts.next()).into()));
    }
    let line = json::string(item)?;
    let (name, value) = line.split_once(':')?;
    Some((name.trim().to_owned().into(), value.trim().to_owned().into()))
}
