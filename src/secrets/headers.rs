//! Which header values may be shown: one list for readers, reports and redaction.
//!
//! An allow list: of every header that is not on it, only the name and the length of its value are
//! kept. It holds what a rule, a cause, a server's sign or a log search reads, and what is the same
//! for everybody. Owns the lists; replaces nothing.

use std::borrow::Cow;

/// Headers whose values open something, whoever sends them. Recorders remove these first, and a
/// removed value is no sign of a damaged file.
pub const CREDENTIALS: &[&str] = &[
    "authorization",
    "cookie",
    "cookie2",
    "proxy-authorization",
    "set-cookie",
    "x-access-token",
    "x-amz-security-token",
    "x-api-key",
    "apikey",
    "api-key",
    "x-auth-token",
    "x-authorization",
    "x-csrf-token",
    "x-csrftoken",
    "x-goog-api-key",
    "x-id-token",
    "x-refresh-token",
    "x-session-id",
    "x-session-token",
    "x-token",
    "x-xsrf-token",
    "ocp-apim-subscription-key",
    "private-token",
    "x-gitlab-token",
    "x-vault-token",
    "x-shopify-access-token",
];

/// Headers that name one request in the log of a server or provider, most telling first.
pub const REQUEST_IDS: &[&str] = &[
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-apigw-id",
    "apigw-requestid",
    "x-amz-request-id",
    "x-amz-cf-id",
    "x-amzn-trace-id",
    "cf-ray",
    "x-azure-ref",
    "x-ms-request-id",
    "x-cloud-trace-context",
    "x-vercel-id",
    "x-nf-request-id",
    "x-kong-request-id",
    "x-iinfo",
    "x-b3-traceid",
    "x-trace-id",
    "traceparent",
];

/// Whether values of this header (any case) are credentials.
pub fn is_credential(name: &[u8]) -> bool {
    // Asked of every header line: most differ in length already.
    CREDENTIALS.iter().any(|secret| secret.len() == name.len() && name.eq_ignore_ascii_case(secret.as_bytes()))
}

/// Whether this header (any case) names a request in a log.
pub fn is_request_id(name: &str) -> bool {
    REQUEST_IDS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the value of such a header is an id to search a log for, and not an address, a field or a token.
pub fn is_id(value: &str) -> bool {
    value.len() <= 256
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:;=/+,~|".contains(&b))
        && !value.contains("://")
        && !value.contains("eyJ")
        && value.split([';', ',']).all(|part| part.split_once('=').is_none_or(|(name, _)| !super::is_telling(name)))
}

/// Whether the value of this header (any case) may be read and shown.
pub fn may_be_shown(name: &[u8]) -> bool {
    // Asked of every header line: names of the same length are few.
    listed(name.len()).iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        || FAMILIES
            .iter()
            .any(|family| name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family.as_bytes())))
}

/// Beginnings of names that the standards define as a family.
const FAMILIES: &[&str] = &["access-control-", "sec-fetch-", "sec-ch-"];

/// Listed names (lower case) by their length in bytes.
const fn listed(len: usize) -> &'static [&'static str] {
    match len {
        2 => &["te"],
        3 => &["age", "dnt", "dpr", "ect", "rtt", "via"],
        4 => &["date", "etag", "host", "vary"],
        5 => &["allow", "range", "width"],
        6 => &["accept", "cf-ray", "expect", "origin", "pragma", "server"],
        7 => &[
            "alt-svc", "expires", "purpose", "referer", "sec-gpc", "trailer", "upgrade", "warning", "x-cache",
            "x-iinfo",
        ],
        8 => &["downlink", "if-match", "if-range", "location", "priority", "x-scheme"],
        9 => &["forwarded", "save-data", "x-cascade", "x-purpose", "x-runtime", "x-varnish"],
        10 => &["akamai-grn", "connection", "keep-alive", "request-id", "user-agent", "x-trace-id"],
        11 => &[
            "accept-post",
            "grpc-status",
            "retry-after",
            "sec-purpose",
            "traceparent",
            "x-amz-cf-id",
            "x-azure-ref",
            "x-b3-spanid",
            "x-rack-cors",
            "x-served-by",
            "x-vercel-id",
        ],
        12 => &[
            "accept-patch",
            "cache-status",
            "cf-mitigated",
            "content-type",
            "proxy-status",
            "x-amz-cf-pop",
            "x-b3-traceid",
            "x-cache-hits",
            "x-powered-by",
            "x-request-id",
            "x-robots-tag",
        ],
        13 => &[
            "accept-ranges",
            "cache-control",
            "content-range",
            "device-memory",
            "if-none-match",
            "last-modified",
            "x-http-method",
            "x-proxy-cache",
            "x-squid-error",
        ],
        14 => &[
            "accept-charset",
            "content-length",
            "viewport-width",
            "x-amz-apigw-id",
            "x-bluecoat-via",
            "x-cache-lookup",
            "x-cache-status",
            "x-drupal-cache",
            "x-sucuri-block",
            "x-sucuri-cache",
            "x-vercel-cache",
        ],
        15 => &[
            "accept-encoding",
            "accept-language",
            "apigw-requestid",
            "cf-cache-status",
            "referrer-policy",
            "x-amzn-trace-id",
            "x-frame-options",
            "x-ms-error-code",
            "x-ms-request-id",
            "x-nf-request-id",
        ],
        16 => &[
            "content-encoding",
            "content-language",
            "content-location",
            "proxy-connection",
            "www-authenticate",
            "x-amz-request-id",
            "x-amzn-errortype",
            "x-amzn-requestid",
            "x-aspnet-version",
            "x-correlation-id",
            "x-forwarded-port",
            "x-requested-with",
            "x-xss-protection",
        ],
        17 => &[
            "cdn-cache-control",
            "if-modified-since",
            "surrogate-control",
            "transfer-encoding",
            "x-amzn-waf-action",
            "x-auth0-requestid",
            "x-elastic-product",
            "x-forwarded-proto",
            "x-goog-generation",
            "x-kong-request-id",
            "x-method-override",
            "x-okta-request-id",
            "x-sfdc-request-id",
        ],
        18 => &["proxy-authenticate", "sb-gateway-version", "x-forwarded-scheme", "x-vercel-mitigated"],
        19 => &["if-unmodified-since", "timing-allow-origin", "x-aspnetmvc-version"],
        20 => &["x-kong-proxy-latency"],
        21 => &["sec-websocket-version", "x-cloud-trace-context"],
        22 => &["x-content-type-options", "x-dns-prefetch-control", "x-http-method-override"],
        23 => &["content-security-policy", "x-kong-response-latency", "x-kong-upstream-latency"],
        25 => &["strict-transport-security", "upgrade-insecure-requests"],
        26 => &["cross-origin-opener-policy"],
        28 => &["cross-origin-embedder-policy", "cross-origin-resource-policy", "x-goog-stored-content-length"],
        29 => &["x-envoy-upstream-service-time"],
        30 => &["x-envoy-expected-rq-timeout-ms"],
        35 => &["content-security-policy-report-only"],
        _ => &[],
    }
}

/// The part of a listed header's value that may be quoted.
///
/// A challenge keeps its scheme, its realm and OAuth's error code (RFC 6750, section 3): nonces and
/// tokens stand beside them. A media type keeps no boundary. Everything else is quoted as it is;
/// the walkers over addresses and text look into it.
pub fn shown<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    if name.eq_ignore_ascii_case("www-authenticate") || name.eq_ignore_ascii_case("proxy-authenticate") {
        return challenge(value);
    }
    if name.eq_ignore_ascii_case("content-type")
        && let Some((kind, parameters)) = value.split_once(';')
        && let Some(at) = parameters.to_ascii_lowercase().find("boundary")
    {
        let before = parameters.get(..at).unwrap_or_default().trim_matches([' ', ';']);
        let between = if before.is_empty() { "" } else { "; " };
        return format!("{kind}{between}{before}; boundary=\u{2026}").into();
    }
    Cow::Borrowed(value)
}

fn challenge(value: &str) -> Cow<'_, str> {
    let (scheme, rest) = value.split_once([' ', ',']).unwrap_or((value, ""));
    if rest.is_empty() && scheme.len() <= 20 {
        return Cow::Borrowed(value);
    }
    let mut out = scheme.get(..scheme.len().min(20)).unwrap_or_default().to_owned();
    let mut before = " ";
    for part in rest.split(',').map(str::trim).take(16) {
        let Some((name, said)) = part.split_once('=') else { continue };
        let plain = said.trim_matches('"');
        let kept = matches!(name, "realm" | "error") && plain.len() <= 64 && !super::shapes::is_opaque(plain);
        if kept {
            out.push_str(before);
            out.push_str(part);
            before = ", ";
        }
    }
    if out.len() < value.len() {
        out.push_str(if before == " " { " \u{2026}" } else { ", \u{2026}" });
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_by_their_length_and_once() {
        for len in 0..80 {
            let mut names = listed(len).to_vec();
            assert!(names.iter().all(|name| name.len() == len && *name == name.to_ascii_lowercase()), "{len}");
            names.dedup();
            assert_eq!(names.len(), listed(len).len(), "{len}");
        }
    }

    #[test]
    fn nothing_that_opens_something_is_on_the_list_and_every_request_id_is() {
        for secret in CREDENTIALS {
            assert!(
                is_credential(secret.to_ascii_uppercase().as_bytes()) && !may_be_shown(secret.as_bytes()),
                "{secret}"
            );
        }
        for id in REQUEST_IDS {
            assert!(may_be_shown(id.as_bytes()), "{id}");
        }
    }

    #[test]
    fn what_a_page_invents_is_not_on_the_list() {
        for name in ["x-password", "dd-api-key", "stripe-signature", "x-tenant", "cf-access-jwt-assertion", "", "x"] {
            assert!(!may_be_shown(name.as_bytes()), "{name}");
        }
        for name in ["Origin", "ACCESS-CONTROL-ALLOW-HEADERS", "Sec-Fetch-Site", "If-None-Match", "Server"] {
            assert!(may_be_shown(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_challenge_shows_who_asks_and_no_token() {
        assert_eq!(shown("WWW-Authenticate", "Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa"), "Negotiate \u{2026}");
        assert_eq!(shown("www-authenticate", "Basic realm=\"shop\""), "Basic realm=\"shop\"");
        assert_eq!(
            shown("www-authenticate", "Digest realm=\"api\", nonce=\"c2VjcmV0c2VjcmV0\", qop=\"auth\""),
            "Digest realm=\"api\", \u{2026}"
        );
        assert_eq!(
            shown("www-authenticate", "Bearer error=\"invalid_token\", error_description=\"of jane@shop.example\""),
            "Bearer error=\"invalid_token\", \u{2026}"
        );
        assert_eq!(shown("www-authenticate", "Bearer"), "Bearer");
    }

    #[test]
    fn a_media_type_shows_no_boundary() {
        let value = "multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW";
        assert_eq!(shown("Content-Type", value), "multipart/form-data; charset=utf-8; boundary=\u{2026}");
        assert_eq!(shown("content-type", "multipart/form-data; boundary=x"), "multipart/form-data; boundary=\u{2026}");
        assert_eq!(shown("content-type", "text/html; charset=utf-8"), "text/html; charset=utf-8");
    }
}
