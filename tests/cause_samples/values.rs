//! Groups E and F: headers missing, and values that do not allow the request.

use super::*;

pub(super) fn samples() -> Vec<Sample> {
    let origin = |value: &str| {
        alone(
            options(204)
                .header("access-control-allow-origin", value)
                .header("access-control-allow-headers", "content-type"),
        )
    };
    let twice = |first: &str, second: &str| {
        alone(options(204).header("Access-Control-Allow-Origin", first).header("Access-Control-Allow-Origin", second))
    };
    let credentialed = |r: Recorded| r.header("access-control-allow-credentials", "true");
    vec![
        sample(
            "options-without-cors",
            "OPTIONS answered without CORS",
            alone(options(200).header("allow", "GET, HEAD, POST")),
            alone(options(200)),
        ),
        sample(
            "html-200-page",
            "web page instead of API (200)",
            alone(options(200).header("content-type", "text/html; charset=utf-8")),
            alone(options(200).header("content-type", "application/json")),
        ),
        sample(
            "html-200-page",
            "web page instead of API (200)",
            alone(options(200).header("content-type", "text/html")),
            alone(options(200).header("content-type", "text/html").header("content-length", "0")),
        ),
        sample(
            "error-response-without-cors",
            "API error 500 without CORS",
            after_preflight(|r| r.status(500)),
            after_preflight(|r| r.status(500).allow(PAGE)),
        ),
        sample(
            "error-response-without-cors",
            "API error 404 without CORS",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(404)),
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(200)),
        ),
        sample(
            "allow-origin-missing",
            "no Allow-Origin on preflight",
            alone(options(204)),
            alone(options(204).allow(PAGE)),
        ),
        sample(
            "allow-origin-missing",
            "no Allow-Origin on response",
            after_preflight(|r| r.status(200)),
            alone(options(204)),
        ),
        sample(
            "allow-origin-multiple",
            "Allow-Origin sent twice",
            twice(PAGE, PAGE),
            origin("https://a.test, https://b.test"),
        ),
        sample(
            "allow-origin-multiple",
            "Allow-Origin holds a list",
            origin("https://a.test, https://app.shop.test"),
            twice("*", PAGE),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: slash",
            origin("https://app.shop.test/"),
            origin("https://www.shop.test/"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: scheme",
            origin("http://app.shop.test"),
            origin("http://www.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: port",
            origin("https://app.shop.test:8443"),
            origin("https://app.shop.test/"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: host",
            origin("https://www.shop.test"),
            origin("http://app.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: case",
            origin("https://APP.shop.test"),
            origin("https://APPS.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: path",
            origin("https://app.shop.test/cart"),
            origin("https://app.shop.test/"),
        ),
        sample("allow-origin-mismatch", "allowed origin differs: null", origin("null"), origin("nul")),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: pattern",
            origin("https://*.shop.test"),
            origin("https://x.shop.test"),
        ),
        sample(
            "allow-origin-invalid",
            "Allow-Origin is not an origin",
            origin("app.shop.test"),
            origin("http://app.shop.test"),
        ),
        sample("allow-origin-invalid", "Allow-Origin is not an origin", origin(""), alone(options(204))),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("POST", "x-a", |r| credentialed(r).allow("*")),
            vec![
                asked("POST", "x-a", 204).allow("*").build(),
                wire(1).actual("POST", API, PAGE, &["x-a"]).at(120).took(9).status(200).allow("*").build(),
            ],
        ),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("PUT", "", |r| credentialed(r).allow(PAGE).methods("*")),
            blocked("PUT", "", |r| credentialed(r).allow(PAGE).methods("GET")),
        ),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("POST", "x-q", |r| {
                credentialed(r).header("access-control-allow-origin", PAGE).header("access-control-allow-headers", "*")
            }),
            blocked("POST", "x-q", |r| credentialed(r).allow(PAGE)),
        ),
        sample(
            "allow-credentials-missing",
            "no Allow-Credentials header",
            blocked("POST", "x-a", |r| r.allow(PAGE)),
            blocked("POST", "x-q", |r| r.allow(PAGE)),
        ),
        sample(
            "allow-credentials-invalid",
            "Allow-Credentials is not \"true\"",
            blocked("POST", "x-a", |r| r.allow(PAGE).header("access-control-allow-credentials", "True")),
            blocked("POST", "x-a", |r| r.allow(PAGE)),
        ),
        sample(
            "allow-methods-invalid",
            "Allow-Methods cannot be parsed",
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET; PUT")),
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, POST")),
        ),
        sample(
            "allow-headers-invalid",
            "Allow-Headers cannot be parsed",
            alone(
                options(204)
                    .header("access-control-allow-origin", PAGE)
                    .header("access-control-allow-headers", "Content-Type; X-A"),
            ),
            alone(
                options(204).header("access-control-allow-origin", PAGE).header("access-control-allow-headers", "X-A"),
            ),
        ),
        sample(
            "method-not-allowed",
            "method refused: PUT",
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, POST")),
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, PUT")),
        ),
        sample(
            "method-not-allowed",
            "method refused: patch",
            alone(asked("patch", "", 204).allow(PAGE).methods("PATCH")),
            alone(asked("PATCH", "", 204).allow(PAGE).methods("PATCH")),
        ),
        sample(
            "header-not-allowed",
            "header refused: content-type",
            alone(options(204).header("access-control-allow-origin", PAGE)),
            alone(options(204).allow(PAGE)),
        ),
        sample(
            "header-not-allowed",
            "3 headers refused",
            alone(asked("POST", "traceparent,tracestate,x-q", 204).allow(PAGE)),
            alone(asked("POST", "traceparent,x-a,x-q", 204).allow(PAGE)),
        ),
    ]
}
