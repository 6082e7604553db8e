//! Request targets become absolute URLs (RFC 9112 §3.3, RFC 9113 §8.3.1).

use super::Context;
use crate::exchange::without_fragment;

/// The URL of an HTTP/1 request. `host` is the `Host` header.
///
/// Absolute targets stay as they are. `*` stands for the server: its URL has no path but `*`. A
/// CONNECT names `host:port`; its URL is that authority.
pub(super) fn of_http1(method: &str, target: &str, host: Option<&str>, context: &Context) -> Box<str> {
    if method == "CONNECT" {
        return of_connect(target);
    }
    if !target.starts_with('/') && target.contains("://") {
        return without_fragment(target).into();
    }
    let host = host.filter(|host| !host.is_empty());
    absolute(scheme(context), host, target, context)
}

/// The URL of an HTTP/2 request, from its pseudo-header fields.
pub(super) fn of_http2(scheme: &str, authority: Option<&str>, path: &str, context: &Context) -> Box<str> {
    absolute(scheme, authority.filter(|authority| !authority.is_empty()), path, context)
}

/// The URL that stands for the authority of a CONNECT.
pub(super) fn of_connect(authority: &str) -> Box<str> {
    match authority.strip_suffix(":443") {
        Some(host) => format!("https://{host}/").into(),
        None => format!("http://{authority}/").into(),
    }
}

/// The scheme of a connection.
pub(super) fn scheme(context: &Context) -> &'static str {
    if context.tls { "https" } else { "http" }
}

/// Host names compare without case, and a scheme's own port is not written.
fn absolute(scheme: &str, host: Option<&str>, path: &str, context: &Context) -> Box<str> {
    let mut host = match (host, &context.server_name, context.server) {
        (Some(host), _, _) => host.to_ascii_lowercase(),
        (None, Some(name), Some(server)) => format!("{}:{}", name.to_ascii_lowercase(), server.port()),
        (None, Some(name), None) => name.to_ascii_lowercase(),
        (None, None, Some(server)) => server.to_string(),
        (None, None, None) => "unknown.invalid".to_owned(),
    };
    let own_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    if !own_port.is_empty() && host.ends_with(own_port) {
        host.truncate(host.len() - own_port.len());
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = without_fragment(path);
    format!("{scheme}://{host}{slash}{path}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::context;

    #[test]
    fn every_form_of_a_target_becomes_an_absolute_url() {
        let mut clear = context();
        for (method, target, host, expected) in [
            ("GET", "/a?b#c", Some("Shop.test"), "http://shop.test/a?b"),
            ("GET", "/a", Some("shop.test:80"), "http://shop.test/a"),
            ("GET", "/a", Some("shop.test:8080"), "http://shop.test:8080/a"),
            ("GET", "/a", None, "http://192.0.2.2/a"),
            ("GET", "/a", Some(""), "http://192.0.2.2/a"),
            ("GET", "http://Shop.test/a#b", Some("other.test"), "http://Shop.test/a"),
            ("GET", "/a?next=http://b.test/", Some("shop.test"), "http://shop.test/a?next=http://b.test/"),
            ("OPTIONS", "*", Some("shop.test"), "http://shop.test/*"),
            ("CONNECT", "shop.test:443", Some("shop.test:443"), "https://shop.test/"),
            ("CONNECT", "shop.test:8080", None, "http://shop.test:8080/"),
        ] {
            assert_eq!(&*of_http1(method, target, host, &clear), expected);
        }
        clear.tls = true;
        clear.server_name = Some("shop.test".into());
        assert_eq!(&*of_http1("GET", "/a", Some("shop.test:443"), &clear), "https://shop.test/a");
        assert_eq!(&*of_http1("GET", "/a", None, &clear), "https://shop.test:80/a");
    }
}
