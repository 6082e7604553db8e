//! The table of causes: ids, titles, what each means and what proves it, in the order they are
//! tried.
//!
//! The single source for [`super::Cause`], for `whycors explain` and for the list in the README.
//! Owns words only; recognising a cause is `cause`'s business.

use super::Nature;

/// One cause as documentation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseInfo {
    /// Stable id, kebab-case, public.
    pub id: &'static str,
    /// Titles for lists. `N` stands for a status or a count, `X` for a value of the pair.
    pub titles: &'static [&'static str],
    /// What kind of fault it usually is.
    pub nature: Nature,
    /// One paragraph for somebody who has never met it.
    pub explanation: &'static str,
    /// What in a capture proves it.
    pub proven_by: &'static str,
}

/// Every cause, in the order in which they are tried.
pub const CAUSES: &[CauseInfo] = &[
    CauseInfo {
        id: "server-unreachable",
        titles: &["could not connect to server", "host name not found (DNS)"],
        nature: Nature::NotCors,
        explanation: "The browser could not open a connection: the host name did not resolve, or nothing accepted the \
                      connection. No request was answered, so no CORS rule was reached. Firefox and Safari still \
                      print a line that speaks of CORS or access control.",
        proven_by: "the recorder's network error; packets: a SYN that is refused or never answered",
    },
    CauseInfo {
        id: "connection-reset",
        titles: &["connection was reset"],
        nature: Nature::NotCors,
        explanation: "The connection was cut with a reset while the answer was awaited. Servers, load balancers, \
                      firewalls and proxies on the user's side all do that; no header can mend it.",
        proven_by: "net::ERR_CONNECTION_RESET; packets: RST or RST_STREAM after the request",
    },
    CauseInfo {
        id: "connection-closed",
        titles: &["closed before it answered"],
        nature: Nature::NotCors,
        explanation: "The connection was closed without an answer. Usually the process behind the server crashed, was \
                      restarted, or its keep-alive timeout ran out at that moment; net::ERR_NETWORK_CHANGED says that \
                      the user's own network changed instead.",
        proven_by: "net::ERR_EMPTY_RESPONSE or net::ERR_CONNECTION_CLOSED; packets: FIN without a response",
    },
    CauseInfo {
        id: "preflight-timeout",
        titles: &["preflight never answered", "request never answered"],
        nature: Nature::NotCors,
        explanation: "The request arrived and nothing came back. For a preflight this often means that OPTIONS is \
                      routed to something that never answers it, such as a firewall that drops the method.",
        proven_by: "a time-out error; packets: the request, then silence",
    },
    CauseInfo {
        id: "tls-failure",
        titles: &[
            "TLS connection failed",
            "certificate not trusted",
            "client certificate wanted",
            "proxy: TLS to server failed",
        ],
        nature: Nature::NotCors,
        explanation: "The secure connection was not established: no common protocol version, an alert, or a \
                      certificate that the browser does not trust, or a client certificate that the server wants and a \
                      preflight never brings. A page may trust a certificate by an exception \
                      made by hand; a request to another host does not inherit it.",
        proven_by: "net::ERR_CERT_… or net::ERR_SSL_…; packets: a TLS alert",
    },
    CauseInfo {
        id: "invalid-http",
        titles: &["answer is not HTTP"],
        nature: Nature::NotCors,
        explanation: "Bytes came back, and they are no HTTP message the browser accepts: another protocol on that \
                      port, a broken header block, or contradicting lengths.",
        proven_by: "net::ERR_INVALID_HTTP_RESPONSE and its kin; packets: bytes that do not parse",
    },
    CauseInfo {
        id: "response-cut",
        titles: &["CORS passed, body cut short"],
        nature: Nature::NotCors,
        explanation: "The response passed the CORS check and its body ended before the promised length. The page sees \
                      a failed request; the console may say nothing about CORS, and CORS is not the reason.",
        proven_by: "net::ERR_CONTENT_LENGTH_MISMATCH, net::ERR_INCOMPLETE_CHUNKED_ENCODING; packets: a body shorter \
                    than announced",
    },
    CauseInfo {
        id: "request-aborted",
        titles: &["page cancelled the request"],
        nature: Nature::NotCors,
        explanation: "The page gave up (its own time-out, a closed tab, a navigation) before an answer came. Whether \
                      a preflight was waiting cannot be seen in a browser's HAR.",
        proven_by: "net::ERR_ABORTED",
    },
    CauseInfo {
        id: "no-answer",
        titles: &["no answer, reason not recorded"],
        nature: Nature::NotCors,
        explanation: "The file shows that no answer came and holds no reason. Firefox writes status 0 for a refused \
                      connection, a reset, a bad certificate and a time-out alike.",
        proven_by: "status 0 from an exporter that records no error text",
    },
    CauseInfo {
        id: "blocked-before-network",
        titles: &[
            "blocked before sending",
            "blocked: http from https page",
            "blocked by the page's CSP",
            "local network access denied",
            "blocked by request mode",
        ],
        nature: Nature::NotCors,
        explanation: "The browser never sent the request: an https page called http (mixed content), the page's \
                      Content-Security-Policy forbids the address, the user or a policy refused access to the local \
                      network, or the page asked for mode same-origin. No server setting is wrong.",
        proven_by: "an error text that names it; an https page calling http with status 0, no error and no preflight",
    },
    CauseInfo {
        id: "blocked-by-extension",
        titles: &["blocked by a browser extension"],
        nature: Nature::NotCors,
        explanation: "An extension of the user's browser (an ad blocker, a privacy tool) stopped the request. Other \
                      users without it are not affected.",
        proven_by: "net::ERR_BLOCKED_BY_CLIENT",
    },
    CauseInfo {
        id: "resource-policy",
        titles: &["blocked by CORP or ORB"],
        nature: Nature::NotCors,
        explanation: "Another mechanism than CORS withheld the response: Cross-Origin-Resource-Policy, the page's \
                      Cross-Origin-Embedder-Policy, or Opaque Response Blocking.",
        proven_by: "net::ERR_BLOCKED_BY_RESPONSE… or net::ERR_BLOCKED_BY_ORB",
    },
    CauseInfo {
        id: "network-proxy",
        titles: &["blocked by customer's network"],
        nature: Nature::SideEffect,
        explanation: "The answer does not come from the API: a proxy, security gateway or captive portal on the \
                      user's side answered instead. Users of other networks are not affected.",
        proven_by: "status 407, headers and pages of such a product, or net::ERR_TUNNEL_CONNECTION_FAILED",
    },
    CauseInfo {
        id: "waf-block",
        titles: &["refused by firewall or CDN", "refused by X"],
        nature: Nature::Cors,
        explanation: "A web application firewall, bot shield or CDN refused the request before it reached the API, \
                      and its page has no CORS headers. Preflights look unusual to such rules: no cookie, no body, \
                      method OPTIONS.",
        proven_by: "headers of the product on the answer; from packets and proxies also its page",
    },
    CauseInfo {
        id: "cdn-cached",
        titles: &["cached copy for another site", "cached copy without CORS"],
        nature: Nature::Cors,
        explanation: "A cache returned a response that was made for a request from another origin, or for one without \
                      Origin. The server must send Vary: Origin on every answer of that URL, and the cache must keep \
                      one copy for each origin.",
        proven_by: "a cache hit (Age, X-Cache, CF-Cache-Status) without Vary: Origin",
    },
    CauseInfo {
        id: "origin-refused-by-server",
        titles: &["origin not on server's list"],
        nature: Nature::Cors,
        explanation: "The server has a CORS layer, it ran, and it left this origin out: the origin is missing from \
                      its list, or is written there in another way.",
        proven_by: "a refusal in the words of a CORS library, or other CORS headers and Vary: Origin without \
                    Allow-Origin",
    },
    CauseInfo {
        id: "auth-before-cors",
        titles: &["auth refuses preflight (N)"],
        nature: Nature::Cors,
        explanation: "The login check looked at the preflight. A preflight never carries a cookie or token, so it is \
                      refused or sent to the login page, and the request itself is never made. OPTIONS must be \
                      answered before authentication.",
        proven_by: "status 401; status 403 with an authentication signature; a redirect to a login page",
    },
    CauseInfo {
        id: "preflight-redirect",
        titles: &[
            "preflight redirected to https",
            "preflight redirected: slash",
            "preflight redirected to a host",
            "preflight redirected to a path",
            "preflight redirected to http",
        ],
        nature: Nature::Cors,
        explanation: "The preflight was answered with a redirect, which browsers do not follow. The page must call \
                      the final URL, or the server must not redirect OPTIONS.",
        proven_by: "a 3xx status with Location on the preflight",
    },
    CauseInfo {
        id: "actual-redirect",
        titles: &["redirected to login page", "redirected to another site", "redirected to https"],
        nature: Nature::SideEffect,
        explanation: "The request was redirected to a place that does not allow the page to read its answer. Most \
                      often the session has ended and the API sends a script to the login page instead of answering \
                      401. After a cross-origin redirect the Origin may have become null.",
        proven_by: "the redirect and the hop that failed after it",
    },
    CauseInfo {
        id: "no-options-handler",
        titles: &["OPTIONS not handled (N)"],
        nature: Nature::Cors,
        explanation: "Nothing answers OPTIONS at this URL, so the preflight ends in an error status and the request is \
                      never made. Usually the URL works for the method the page wants; after a 404, or an API \
                      gateway's missing route answer, that is worth a check, as a wrong path gives the same.",
        proven_by: "404, 405 or 501 to OPTIONS; 400 or 415 of a handler that wants a body; an API gateway's missing \
                    route answer",
    },
    CauseInfo {
        id: "preflight-rate-limited",
        titles: &["rate limit on preflight (N)"],
        nature: Nature::SideEffect,
        explanation: "A rate limit counts preflights and refused this one. Exempt OPTIONS from the limit, and let \
                      browsers keep preflight results with Access-Control-Max-Age.",
        proven_by: "status 429, or Retry-After with a limit's headers",
    },
    CauseInfo {
        id: "upstream-down",
        titles: &["backend down behind proxy (N)"],
        nature: Nature::SideEffect,
        explanation: "The proxy in front answered, because the application behind it is down or too slow. Its error \
                      page has no CORS headers, so the browser reports CORS; the outage is the fault.",
        proven_by: "a proxy's own page with status 502 or 504; likely: status 502, 503 or 504 alone",
    },
    CauseInfo {
        id: "preflight-server-error",
        titles: &["server error on preflight (N)"],
        nature: Nature::SideEffect,
        explanation: "The server failed while it handled OPTIONS. Look in its log first; the missing CORS headers are \
                      the consequence.",
        proven_by: "another 5xx status",
    },
    CauseInfo {
        id: "preflight-bad-status",
        titles: &["preflight status not 2xx (N)", "preflight refused (N)"],
        nature: Nature::Cors,
        explanation: "The preflight was answered with a status other than 2xx, and nothing in the file says by whom \
                      or why. The body of that answer usually does; browsers do not export it.",
        proven_by: "the status, and the absence of anything more telling",
    },
    CauseInfo {
        id: "options-without-cors",
        titles: &["OPTIONS answered without CORS"],
        nature: Nature::Cors,
        explanation: "A framework or server answered OPTIONS by itself, with the list of methods and no CORS header: \
                      CORS is not switched on for this route.",
        proven_by: "a 2xx status with Allow: and without Access-Control-Allow-Origin",
    },
    CauseInfo {
        id: "html-200-page",
        titles: &["web page instead of API (N)"],
        nature: Nature::Cors,
        explanation: "A web page came back instead of an API answer: a catch-all route, a single-page application's \
                      index page, or the wrong host name or path.",
        proven_by: "a 2xx status with text/html and without Access-Control-Allow-Origin",
    },
    CauseInfo {
        id: "error-response-without-cors",
        titles: &["API error N without CORS"],
        nature: Nature::SideEffect,
        explanation: "The request failed on the server with a 4xx or 5xx status, and that error response has no CORS \
                      headers. The browser hides the error and reports CORS instead. Fix the error, and send the \
                      headers on error responses too.",
        proven_by: "a status of 400 or more without Allow-Origin on the actual response",
    },
    CauseInfo {
        id: "allow-origin-missing",
        titles: &["no Allow-Origin on preflight", "no Allow-Origin on response"],
        nature: Nature::Cors,
        explanation: "The response has no Access-Control-Allow-Origin, and nothing in the file says why: CORS is not \
                      switched on for this URL, or the layer that adds it did not run.",
        proven_by: "the absence of the header",
    },
    CauseInfo {
        id: "allow-origin-multiple",
        titles: &["Allow-Origin sent twice", "Allow-Origin holds a list"],
        nature: Nature::Cors,
        explanation: "Access-Control-Allow-Origin may hold exactly one origin. Two layers (a proxy and the \
                      application) each add the header, or the configuration lists several origins in one line.",
        proven_by: "two header lines, or commas or spaces in one",
    },
    CauseInfo {
        id: "allow-origin-mismatch",
        titles: &["allowed origin differs: X"],
        nature: Nature::Cors,
        explanation: "The server allows another origin than the page's. Browsers compare letter by letter: scheme, \
                      host, port, and no slash at the end.",
        proven_by: "both values",
    },
    CauseInfo {
        id: "allow-origin-invalid",
        titles: &["Allow-Origin is not an origin"],
        nature: Nature::Cors,
        explanation: "The value of Access-Control-Allow-Origin is no origin: empty, without a scheme, or a pattern \
                      that was never filled in.",
        proven_by: "the value",
    },
    CauseInfo {
        id: "wildcard-with-credentials",
        titles: &["* not valid with credentials"],
        nature: Nature::Cors,
        explanation: "The page sends credentials (cookies, client certificates, browser login), and then * is not \
                      accepted: Access-Control-Allow-Origin must name the origin, and * in Allow-Methods or \
                      Allow-Headers stands for a method or header of that name only.",
        proven_by: "the * and the request's credentials mode",
    },
    CauseInfo {
        id: "allow-credentials-missing",
        titles: &["no Allow-Credentials header"],
        nature: Nature::Cors,
        explanation: "The page sends credentials, and the response lacks Access-Control-Allow-Credentials: true.",
        proven_by: "the absence of the header and the request's credentials mode",
    },
    CauseInfo {
        id: "allow-credentials-invalid",
        titles: &["Allow-Credentials is not \"true\""],
        nature: Nature::Cors,
        explanation: "Access-Control-Allow-Credentials must be exactly true, in lower case, once. True, 1 and two \
                      header lines are refused.",
        proven_by: "the value",
    },
    CauseInfo {
        id: "allow-methods-invalid",
        titles: &["Allow-Methods cannot be parsed"],
        nature: Nature::Cors,
        explanation: "Access-Control-Allow-Methods must be a list of methods with commas between them. Spaces, \
                      semicolons and quotes make the whole header invalid.",
        proven_by: "the item that is no method",
    },
    CauseInfo {
        id: "allow-headers-invalid",
        titles: &["Allow-Headers cannot be parsed"],
        nature: Nature::Cors,
        explanation: "Access-Control-Allow-Headers must be a list of header names with commas between them. Spaces, \
                      semicolons and quotes make the whole header invalid.",
        proven_by: "the item that is no header name",
    },
    CauseInfo {
        id: "method-not-allowed",
        titles: &["method refused: X"],
        nature: Nature::Cors,
        explanation: "The preflight's answer does not list the method. GET, HEAD and POST need no entry; every other \
                      method does, in exactly this letter case.",
        proven_by: "the method asked for and the list",
    },
    CauseInfo {
        id: "header-not-allowed",
        titles: &["header refused: X", "N headers refused"],
        nature: Nature::Cors,
        explanation: "The page sends request headers that the preflight's answer does not list. Content-Type counts \
                      when its value is not one of the three that forms can send; Authorization always counts. \
                      Monitoring scripts add tracing headers of their own.",
        proven_by: "the names asked for and the list",
    },
];

/// The entry with this id.
pub fn info(id: &str) -> Option<&'static CauseInfo> {
    CAUSES.iter().find(|info| info.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_titles_leave_room_for_their_values() {
        for (index, info) in CAUSES.iter().enumerate() {
            assert!(CAUSES.iter().skip(index + 1).all(|other| other.id != info.id), "{} stands twice", info.id);
            for title in info.titles {
                // A status has three digits; `N headers` counts to at most as many.
                let longest =
                    title.replace("(N)", "(405)").replace("N headers", "128 headers").replace("error N", "error 500");
                assert!(longest.chars().count() <= 32, "{title} is too long");
            }
            assert!(info.explanation.ends_with('.'), "{}", info.id);
        }
    }
}
