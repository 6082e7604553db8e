//! Group B: who answered.

use super::*;

pub(super) fn samples() -> Vec<Sample> {
    let other = "https://admin.shop.test";
    vec![
        sample("network-proxy", "blocked by customer's network", alone(options(407)), alone(options(401))),
        sample(
            "network-proxy",
            "blocked by customer's network",
            alone(options(403).header("x-squid-error", "ERR_ACCESS_DENIED 0")),
            alone(options(403).header("via", "1.1 edge (squid)")),
        ),
        sample(
            "waf-block",
            "refused by firewall or CDN",
            alone(options(406).header("server", "Apache")),
            alone(options(405).header("server", "Apache")),
        ),
        sample(
            "waf-block",
            "refused by Cloudflare",
            alone(options(403).header("server", "cloudflare").header("cf-mitigated", "challenge")),
            alone(options(403).header("server", "cloudflare").header("cf-ray", "1-FRA")),
        ),
        sample(
            "waf-block",
            "refused by Imperva",
            alone(
                options(200).header("content-type", "text/html").body("Request unsuccessful. Incapsula incident ID: 1"),
            ),
            alone(options(200).header("content-type", "text/html").body("<html>shop</html>")),
        ),
        sample(
            "waf-block",
            "refused by CloudFront",
            alone(options(403).header("server", "CloudFront").header("x-cache", "Error from cloudfront")),
            alone(options(403).header("server", "CloudFront").header("x-cache", "Miss from cloudfront")),
        ),
        sample(
            "cdn-cached",
            "cached copy for another site",
            after_preflight(|r| {
                r.status(200).header("access-control-allow-origin", other).header("x-cache", "HIT").header("age", "77")
            }),
            after_preflight(|r| {
                r.status(200)
                    .header("access-control-allow-origin", other)
                    .header("x-cache", "HIT")
                    .header("vary", "Origin")
            }),
        ),
        sample(
            "cdn-cached",
            "cached copy without CORS",
            alone(options(200).header("cf-cache-status", "HIT").header("age", "9")),
            alone(options(200).header("cf-cache-status", "MISS")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(204).methods("GET,POST").header("vary", "Origin")),
            alone(options(204).header("vary", "Accept-Encoding")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(403).body("Invalid CORS request")),
            alone(options(403).body("Forbidden")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(400).header("vary", "Origin").body("Disallowed CORS origin")),
            alone(options(400).header("vary", "Origin").body("Bad request")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(403).header("server", "AmazonS3").header("x-cache", "Error from cloudfront")),
            alone(options(403).header("server", "nginx")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(200).header("vary", "Origin")),
            after_preflight(|r| r.status(200).header("vary", "Origin")),
        ),
    ]
}
