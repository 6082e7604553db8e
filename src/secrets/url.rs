//! The walker over addresses: what of a URL may be shown.
//!
//! User info is dropped. A value of a query or fragment goes unless its name is harmless and it is
//! plain, so nothing nested or encoded in one can show. Segments go by place and shape. Scheme, host
//! and port stay: who answered is what a reader asks for.

use super::path::{self, Place};
use super::{Kind, Replace, decode, names, shapes};

/// A URL, whole or from its path on, with every secret in it replaced.
pub fn url(url: &str, by: &mut dyn Replace) -> String {
    if let Some(known) = by.known_address(url) {
        return known;
    }
    let mut out = String::with_capacity(url.len());
    walk(url, &mut out, by);
    by.remember_address(url, &out);
    out
}

fn walk(url: &str, out: &mut String, by: &mut dyn Replace) {
    let mut rest = url;
    // blob: and view-source: hold an address; data: and javascript: hold content.
    for holder in ["blob:", "view-source:", "filesystem:"] {
        if let Some(inner) = strip(rest, holder) {
            out.push_str(holder);
            rest = inner;
        }
    }
    if let Some(content) = strip(rest, "data:") {
        let (kind, data) = content.split_at(content.find([',', ';']).unwrap_or(content.len()));
        out.push_str("data:");
        let (class, subclass) = kind.split_once('/').unwrap_or_default();
        let is_type = shapes::is_plain(class, 0) && shapes::is_plain(subclass, 4) && kind.len() <= 40;
        out.push_str(if is_type { kind } else { "" });
        if !data.is_empty() {
            out.push(',');
            replaced(Kind::Value, data.trim_start_matches([',', ';']), out, by);
        }
        return;
    }
    if let Some(script) = strip(rest, "javascript:") {
        out.push_str("javascript:");
        replaced(Kind::Value, script, out, by);
        return;
    }
    // `//host/path` takes the scheme of the page.
    let authority = match rest.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) {
        Some(found) => Some(found),
        None => rest.strip_prefix("//").map(|after| ("", after)),
    };
    if let Some((scheme, after)) = authority {
        out.push_str(scheme);
        out.push_str(if scheme.is_empty() { "//" } else { "://" });
        let end = after.find(['/', '?', '#', '\\']).unwrap_or(after.len());
        let (authority, path) = after.split_at(end);
        let host = authority.rsplit_once('@').map_or(authority, |(user, host)| {
            by.user_info(user);
            host
        });
        match host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
            // What is no number is no port.
            Some((name, port)) if !port.bytes().all(|byte| byte.is_ascii_digit()) => {
                out.push_str(name);
                out.push(':');
                replaced(Kind::Value, port, out, by);
            }
            _ => out.push_str(host),
        }
        rest = path;
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (path, tail) = rest.split_at(end);
    segments(path, out, by);
    // One pass over query and fragment: their separators are kept as they are.
    let mut tail = tail;
    while let Some(separator) = tail.chars().next() {
        out.push(separator);
        let after = tail.get(separator.len_utf8()..).unwrap_or_default();
        let end = after.find(['&', '?', '#', ';']).unwrap_or(after.len());
        let (part, next) = after.split_at(end);
        // `#/route/8812` is the path of a page's own router.
        if separator == '#' && part.contains('/') && !part.contains('=') {
            segments(part, out, by);
        } else {
            parameter(part, out, by);
        }
        tail = next;
    }
}

fn strip<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let head = text.get(..start.len())?;
    if head.eq_ignore_ascii_case(start) { text.get(start.len()..) } else { None }
}

pub(super) fn is_scheme(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 32
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn segments(path: &str, out: &mut String, by: &mut dyn Replace) {
    let mut place = Place::default();
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        let mut parts = segment.split(';');
        let first = parts.next().unwrap_or_default();
        let decoded = decode(first);
        if place != Place::Handed
            && decoded
                .split_once('=')
                .is_some_and(|(key, value)| shapes::is_plain(key, 4) && !value.trim_matches('=').is_empty())
            && !by.stays(first)
        {
            // `/token=abc/`, and what an application packs into a segment.
            parameter(first, out, by);
            place = Place::default();
        } else {
            let (kind, next) = path::judge(place, &decoded);
            place = next;
            match kind {
                Some(kind) if !by.stays(first) && !by.stays(&decoded) => file(kind, place, first, &decoded, out, by),
                _ => out.push_str(first),
            }
        }
        for part in parts {
            out.push(';');
            parameter(part, out, by);
        }
    }
}

/// A segment that goes. Of a file's name the extension stays, and what is plain before the hash in it:
/// `app.3f2a9c1b.js` is `app.id-1.js`.
fn file(kind: Kind, place: Place, written: &str, decoded: &str, out: &mut String, by: &mut dyn Replace) {
    const EXTENSIONS: &[&str] =
        &["js", "mjs", "css", "html", "htm", "png", "jpg", "svg", "gif", "woff2", "woff", "json", "map", "wasm"];
    let extension = decoded.rsplit_once('.').map(|(_, extension)| extension);
    if place == Place::Open
        && extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        && !written.contains('%')
    {
        let mut pieces = written.split_inclusive(['.', '-', '_']).peekable();
        while let Some(piece) = pieces.next() {
            let bare = piece.trim_end_matches(['.', '-', '_']);
            if shapes::is_plain(bare, 4) || (pieces.peek().is_none() && Some(bare) == extension) {
                out.push_str(bare);
            } else {
                out.push_str(&by.replace(kind, bare));
            }
            out.push_str(piece.get(bare.len()..).unwrap_or_default());
        }
        return;
    }
    put(kind, written, decoded, out, by);
}

/// `name=value`, or a value without a name.
pub(super) fn parameter(parameter: &str, out: &mut String, by: &mut dyn Replace) {
    if by.stays(parameter) {
        out.push_str(parameter);
        return;
    }
    let Some((key, value)) = parameter.split_once('=') else {
        let decoded = decode(parameter);
        if names::is_plain_value(&decoded) {
            out.push_str(parameter);
        } else {
            replaced(Kind::Value, parameter, out, by);
        }
        return;
    };
    let plain_name = decode(key);
    if key.len() > 64 {
        replaced(Kind::Name, key, out, by);
    } else if shapes::is_opaque(&plain_name) {
        put(Kind::Name, key, &plain_name, out, by);
    } else {
        out.push_str(key);
    }
    out.push('=');
    let decoded = decode(value);
    if names::is_blank(&decoded) || names::may_show_parameter(&plain_name, &decoded) || by.stays(value) {
        out.push_str(value);
    } else {
        let kind = names::named(&plain_name).map_or(Kind::Value, |named| named.kind);
        put(kind, value, &decoded, out, by);
    }
}

fn put(kind: Kind, written: &str, decoded: &str, out: &mut String, by: &mut dyn Replace) {
    let replacement = by.replace(kind, decoded);
    if written != decoded {
        by.written_as(written, &replacement);
    }
    out.push_str(&replacement);
}

/// The host of a URL, or nothing.
pub(super) fn host(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else { return "" };
    let authority = rest.get(..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())).unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(host, |(host, _)| host)
}

fn replaced(kind: Kind, secret: &str, out: &mut String, by: &mut dyn Replace) {
    if secret.is_empty() || by.stays(secret) {
        out.push_str(secret);
    } else {
        put(kind, secret, &decode(secret), out, by);
    }
}

#[cfg(test)]
mod tests {
    use crate::secrets::Masker;

    fn masked(url: &str) -> String {
        Masker::new().url(url)
    }

    #[test]
    fn a_value_is_shown_only_if_its_name_is_harmless_and_it_is_plain() {
        assert_eq!(
            masked("https://app.example/cb?code=4%2F0AbCd&state=kP3xY9aQ2mN8&page=2&lang=de#access_token=abc123def"),
            "https://app.example/cb?code=code-1&state=token-1&page=2&lang=de#access_token=token-2"
        );
        assert_eq!(
            masked("/x?wstoken=abc&psw=a&phone=1&foo=bar"),
            "/x?wstoken=token-1&psw=password-1&phone=value-1&foo=value-2"
        );
        assert_eq!(masked("/g?variables=%7B%22token%22%3A%22vFZ6%22%7D"), "/g?variables=value-1");
        assert_eq!(masked("/login?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabcdef1"), "/login?next=value-1");
        assert_eq!(masked("/x?wsdl&eyJhbGciOiJIUzI1NiJ9"), "/x?wsdl&value-1");
        assert_eq!(masked("/x?a=&b=null"), "/x?a=&b=null");
    }

    #[test]
    fn names_that_are_tokens_go() {
        assert_eq!(masked("/x?8wz78g6M8hgPw88w=1"), "/x?name-1=value-1");
    }

    #[test]
    fn user_info_is_dropped() {
        assert_eq!(masked("https://jane:hunter2@a.example:8443/x"), "https://a.example:8443/x");
        assert_eq!(masked("https://a@b@a.example/x?y@z"), "https://a.example/x?value-1");
    }

    #[test]
    fn matrix_parameters_and_segments_with_values_are_parameters() {
        assert_eq!(masked("/x;jsessionid=A1B2?page=2"), "/x;jsessionid=session-1?page=2");
        assert_eq!(masked("/a/token=hunter/b"), "/a/token=token-1/b");
    }

    #[test]
    fn content_in_an_address_goes_and_its_kind_stays() {
        assert_eq!(masked("data:text/plain;base64,aHVudGVyMg=="), "data:text/plain,value-1");
        assert_eq!(masked("javascript:alert(1)"), "javascript:value-1");
        assert_eq!(
            masked("blob:https://app.example/123e4567-e89b-12d3-a456-426614174000"),
            "blob:https://app.example/id-1"
        );
    }

    #[test]
    fn a_files_name_loses_only_its_hash() {
        assert_eq!(masked("https://app.example/static/app.3f2a9c1b77.js"), "https://app.example/static/app.id-1.js");
        assert_eq!(masked("https://app.example/reset/app.3f2a9c1b77.js"), "https://app.example/reset/id-1");
        assert_eq!(masked("https://app.example/assets/jquery.min.js"), "https://app.example/assets/jquery.min.js");
    }

    #[test]
    fn a_pages_own_router_is_a_path() {
        assert_eq!(masked("https://app.example/#/orders/8812"), "https://app.example/#/orders/8812");
        assert_eq!(
            masked("https://app.example/#/reset/hunter?token=x"),
            "https://app.example/#/reset/id-1?token=token-1"
        );
    }

    #[test]
    fn signed_urls_lose_all_that_signs() {
        assert_eq!(
            masked("https://b.s3.example/o?X-Amz-Credential=AKIDEX%2F2026&X-Amz-Expires=900&X-Amz-Signature=fe5f80"),
            "https://b.s3.example/o?X-Amz-Credential=key-1&X-Amz-Expires=value-1&X-Amz-Signature=signature-1"
        );
    }

    #[test]
    fn walking_twice_changes_nothing() {
        let mut masker = Masker::new();
        let once = masker.url("https://a.example/reset/hunter?token=abc&key=def&sid=5f4d;m=1#x=y&/z");
        assert_eq!(masker.url(&once), once);
        assert_eq!(masker.text(&once), once);
        // What only looks like a replacement is a secret like any other.
        assert_eq!(masker.url("https://a.example/x?token=token-9"), "https://a.example/x?token=token-2");
    }
}
