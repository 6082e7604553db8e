//! What ends each cause, in general: the words of `whycors explain` for somebody without a capture.
//!
//! Owns words only. The fix for a recorded request, with its values and its proof, is `fix`'s business.

/// What ends a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy {
    /// The cause's id.
    pub id: &'static str,
    /// What to do, and where.
    pub fix: &'static str,
    /// What people do instead, in vain or to their harm; empty where nothing is usual.
    pub do_not: &'static str,
}

impl Remedy {
    /// What ends this cause.
    pub fn of(id: &str) -> Option<&'static Self> {
        REMEDIES.iter().find(|remedy| remedy.id == id)
    }
}

const fn to(id: &'static str, fix: &'static str) -> Remedy {
    Remedy { id, fix, do_not: "" }
}

const fn to_but(id: &'static str, fix: &'static str, do_not: &'static str) -> Remedy {
    Remedy { id, fix, do_not }
}

/// One for each cause, in the order of the cause table.
pub const REMEDIES: &[Remedy] = &[
    to_but(
        "server-unreachable",
        "see that the host name resolves from the user's network, and that something listens on that port",
        "change CORS headers: no answer came that could carry one",
    ),
    to(
        "connection-reset",
        "look in the logs of what stands between: firewall, load balancer, the user's antivirus; then in the server's",
    ),
    to(
        "connection-closed",
        "look in the server's log for a crash or restart at that moment, and make its keep-alive time longer than the \
         load balancer's",
    ),
    to("preflight-timeout", "let OPTIONS pass the firewall and reach a handler that answers at once"),
    to(
        "tls-failure",
        "open the request's URL itself in a tab of the same browser: it names what is wrong with the certificate",
    ),
    to("invalid-http", "see that the URL's scheme and port are those of an HTTP server, and compare with curl -v"),
    to("response-cut", "look for what ends the body early: a proxy's size or time limit, a crash while it was written"),
    to("request-aborted", "make the page's own time-out longer than the answer takes, or the answer faster"),
    to("no-answer", "record again in Chrome, whose HAR names the error, or take a packet capture"),
    to(
        "blocked-before-network",
        "call https from an https page; name the host in connect-src of the page's Content-Security-Policy; have the \
         user allow access to the local network; drop mode: 'same-origin'",
    ),
    to("blocked-by-extension", "try without extensions, in a private window; then have the extension allow the host"),
    to(
        "resource-policy",
        "send Cross-Origin-Resource-Policy: cross-origin on what others may embed, or load it in cors mode \
         (crossorigin) and allow the origin",
    ),
    to("network-proxy", "have the administrator of the user's network let the host through, OPTIONS included"),
    to("waf-block", "write a rule for the firewall or CDN that lets OPTIONS, and this request, through"),
    to_but(
        "cdn-cached",
        "send Vary: Origin on every answer, also on those without CORS headers, have the cache keep one copy for each \
         origin, and purge what it holds",
        "allow * to get around it when the page sends cookies",
    ),
    to_but(
        "origin-refused-by-server",
        "add the page's origin to the list of the server's CORS settings: scheme, host and port, no slash",
        "allow every origin that asks, with credentials: any site could then act as the user",
    ),
    to_but(
        "auth-before-cors",
        "put CORS handling before the login check, or exempt OPTIONS from it; leave the check on for all other methods",
        "send the token with the preflight: browsers do not",
    ),
    to("preflight-redirect", "have the page call the final URL, or answer OPTIONS before the redirect is made"),
    to(
        "actual-redirect",
        "answer scripts 401 instead of a redirect to a login page; call the final URL; allow the origin on every answer \
         on the way",
    ),
    to_but(
        "no-options-handler",
        "switch on CORS for the route in the framework or server, so that OPTIONS is answered 204 with the CORS headers",
        "set mode: 'no-cors' in the page: the answer becomes unreadable",
    ),
    to("preflight-rate-limited", "exempt OPTIONS from the limit, and send Access-Control-Max-Age"),
    to_but(
        "upstream-down",
        "bring the application back, or give it more time; to show the true error in pages, have the proxy add the CORS \
         headers to its own error pages",
        "look for the fault in the CORS settings",
    ),
    to("preflight-server-error", "read the server's log of that moment and mend what fails while OPTIONS is handled"),
    to("preflight-bad-status", "answer OPTIONS 204, before anything else looks at the request"),
    to(
        "options-without-cors",
        "switch on CORS for the route: the framework's own answer to OPTIONS carries no CORS headers",
    ),
    to(
        "html-200-page",
        "correct the URL in the page, or route the path and OPTIONS to the API instead of the web page",
    ),
    to_but(
        "error-response-without-cors",
        "find the error in the server's log; then send the CORS headers on error answers, too (nginx: add_header … \
         always)",
        "search the CORS settings for the error",
    ),
    to_but(
        "allow-origin-missing",
        "send Access-Control-Allow-Origin with the page's origin, on the answer to OPTIONS and to the request",
        "set mode: 'no-cors' in the page: the answer becomes unreadable",
    ),
    to(
        "allow-origin-multiple",
        "let one layer send the header, the proxy or the application, with the one origin that asked",
    ),
    to(
        "allow-origin-mismatch",
        "send exactly the page's origin: on the list of the server write scheme, host and port, no slash, no path",
    ),
    to("allow-origin-invalid", "send the page's origin in full, as in https://app.example"),
    to_but(
        "wildcard-with-credentials",
        "name the page's origin, send Access-Control-Allow-Credentials: true and Vary: Origin; or drop credentials in \
         the page",
        "answer any origin with credentials: any site could then act as the user",
    ),
    to("allow-credentials-missing", "send Access-Control-Allow-Credentials: true beside the exact origin"),
    to("allow-credentials-invalid", "send Access-Control-Allow-Credentials once, as true, in lower case"),
    to("allow-methods-invalid", "write the methods with commas: GET, POST, PUT"),
    to("allow-headers-invalid", "write the names with commas: content-type, authorization"),
    to(
        "method-not-allowed",
        "add the method to Access-Control-Allow-Methods, in upper case, and write it so in the page",
    ),
    to(
        "header-not-allowed",
        "add the names to Access-Control-Allow-Headers; if a monitoring script adds them, restrict it to your own hosts",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::table::CAUSES;

    #[test]
    fn every_cause_has_a_remedy_in_the_order_of_the_table() {
        let causes: Vec<&str> = CAUSES.iter().map(|cause| cause.id).collect();
        let remedies: Vec<&str> = REMEDIES.iter().map(|remedy| remedy.id).collect();
        assert_eq!(remedies, causes);
        for remedy in REMEDIES {
            assert!(!remedy.fix.is_empty() && !remedy.fix.ends_with('.') && !remedy.do_not.ends_with('.'));
        }
    }
}
