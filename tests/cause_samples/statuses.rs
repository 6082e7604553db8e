//! Groups C and D: redirects and statuses.

use super::*;

const STOCK_PAGE: &str = "<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>\n<h1>Forbidden</h1>\n<p>You don&#39;t have the permission to access the requested resource. It is either read-protected or not readable by the server.</p>";

pub(super) fn samples() -> Vec<Sample> {
    let to = |status, location: &str| alone(options(status).header("location", location));
    let http = |location: &str| {
        alone(
            wire(0)
                .preflight("POST", "http://api.shop.test/v1", "http://www.shop.test", "")
                .at(1)
                .took(1)
                .status(301)
                .header("location", location),
        )
    };
    vec![
        sample(
            "auth-before-cors",
            "auth refuses preflight (302)",
            to(302, "https://login.shop.test/sso"),
            to(302, "https://api.shop.test/v2/orders"),
        ),
        sample(
            "preflight-redirect",
            "preflight redirected to https",
            http("https://api.shop.test/v1"),
            http("http://api.shop.test/v1/"),
        ),
        sample("preflight-redirect", "preflight redirected: slash", to(308, "/v1/orders/"), to(308, "/v2/orders/")),
        sample(
            "preflight-redirect",
            "preflight redirected to a host",
            to(307, "https://eu.shop.test/v1/orders"),
            to(307, "/v1/orders/"),
        ),
        sample(
            "preflight-redirect",
            "preflight redirected to http",
            to(301, "http://api.shop.test/v1/orders"),
            to(301, "http://eu.shop.test/v1/orders"),
        ),
        sample("preflight-redirect", "preflight redirected to a path", to(307, "/v2/orders"), alone(options(307))),
        sample(
            "actual-redirect",
            "redirected to login page",
            redirected("https://login.shop.test/sso", "null"),
            redirected("https://cdn.shop.test/file", "null"),
        ),
        sample(
            "actual-redirect",
            "redirected to another site",
            redirected("https://cdn.shop.test/file", "null"),
            redirected("https://login.shop.test/sso", "null"),
        ),
        sample(
            "actual-redirect",
            "redirected to https",
            alone(
                wire(0)
                    .actual("GET", "http://api.shop.test/v1", "http://www.shop.test", &[])
                    .at(1)
                    .took(1)
                    .status(301)
                    .header("location", "https://api.shop.test/v1"),
            ),
            alone(
                wire(0)
                    .actual("GET", "http://api.shop.test/v1", "http://www.shop.test", &[])
                    .at(1)
                    .took(1)
                    .status(301)
                    .header("location", "/v1/"),
            ),
        ),
        sample(
            "actual-redirect",
            "redirected to another site",
            alone(
                wire(0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .status(302)
                    .allow(PAGE)
                    .header("location", "https://user:secret@cdn.shop.test/x"),
            ),
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(302).header("location", "/other")),
        ),
        sample(
            "auth-before-cors",
            "auth refuses preflight (401)",
            alone(options(401).header("www-authenticate", "Bearer")),
            alone(options(404).header("www-authenticate", "Bearer")),
        ),
        sample(
            "auth-before-cors",
            "auth refuses preflight (403)",
            alone(options(403).body("{\"detail\":\"Authentication credentials were not provided.\"}")),
            alone(options(403).body("{\"detail\":\"no\"}")),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (405)",
            alone(options(405).header("allow", "GET, POST")),
            alone(options(403).header("allow", "GET, POST")),
        ),
        sample("no-options-handler", "OPTIONS not handled (404)", alone(options(404)), alone(options(410))),
        sample("no-options-handler", "OPTIONS not handled (501)", alone(options(501)), alone(options(500))),
        sample(
            "no-options-handler",
            "OPTIONS not handled (400)",
            alone(options(400).body("{\"error\":\"request body is required\"}")),
            alone(options(400)),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (415)",
            alone(options(415).body("Unsupported Media Type")),
            alone(options(415)),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (403)",
            alone(options(403).header("x-amzn-errortype", "MissingAuthenticationTokenException")),
            alone(options(403).header("x-amzn-errortype", "AccessDeniedException")),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (403)",
            alone(options(403).header("server", "nginx").body("<hr><center>nginx</center>")),
            alone(options(403).header("server", "nginx")),
        ),
        sample(
            "preflight-rate-limited",
            "rate limit on preflight (429)",
            alone(options(429).header("retry-after", "30")),
            alone(options(403).header("retry-after", "30")),
        ),
        sample("upstream-down", "backend down behind proxy (502)", alone(options(502)), alone(options(500))),
        sample("upstream-down", "backend down behind proxy (503)", alone(options(503)), alone(options(501))),
        sample("preflight-server-error", "server error on preflight (500)", alone(options(500)), alone(options(502))),
        sample(
            "preflight-bad-status",
            "preflight status not 2xx (304)",
            alone(options(304).allow(PAGE)),
            alone(options(204).allow(PAGE)),
        ),
        sample("preflight-bad-status", "preflight refused (403)", alone(options(403)), alone(options(401))),
        // A framework's stock page for 403 says nothing of a login.
        sample(
            "preflight-bad-status",
            "preflight refused (403)",
            alone(options(403).body(STOCK_PAGE)),
            alone(options(403).body("{\"detail\":\"Authentication credentials were not provided.\"}")),
        ),
        sample(
            "auth-before-cors",
            "auth refuses preflight (403)",
            alone(options(403).body("{\"message\": \"Unauthorized\"}")),
            alone(options(403).body(STOCK_PAGE)),
        ),
        sample(
            "header-not-allowed",
            "header refused: x-tenant",
            alone(asked("POST", "x-tenant", 400).allow(PAGE).body("Disallowed CORS headers")),
            alone(asked("POST", "x-a", 400).allow(PAGE).body("Disallowed CORS headers")),
        ),
    ]
}
