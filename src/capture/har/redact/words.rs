//! Closed lists of words: the values of a HAR's small fields that are the same for everybody.
//!
//! Owns the lists and the shapes of codes. A value that is on no list may be anything, so it goes.

/// `_resourceType`.
pub(super) const RESOURCE_TYPES: &[&str] = &[
    "beacon",
    "cspviolationreport",
    "document",
    "eventsource",
    "fetch",
    "fetch / xhr",
    "font",
    "image",
    "json",
    "manifest",
    "media",
    "other",
    "ping",
    "prefetch",
    "preflight",
    "script",
    "signedexchange",
    "stylesheet",
    "subdocument",
    "texttrack",
    "webbundle",
    "websocket",
    "xhr",
    "xmlhttprequest",
];

/// `_priority`.
pub(super) const PRIORITIES: &[&str] = &["VeryLow", "Low", "Medium", "High", "VeryHigh", "Lowest", "Highest", "Idle"];

/// `_initiator.type`, `_initiator_type`.
pub(super) const INITIATORS: &[&str] = &[
    "beacon",
    "css",
    "fetch",
    "img",
    "link",
    "other",
    "parser",
    "preflight",
    "preload",
    "redirect",
    "script",
    "SignedExchange",
    "xhr",
    "xmlhttprequest",
];

/// `_fromCache`.
pub(super) const CACHES: &[&str] = &["memory", "disk", "prefetch", "true"];

/// `_fetchType`.
pub(super) const FETCH_TYPES: &[&str] =
    &["Network Load", "Memory Cache", "Disk Cache", "Service Worker", "Inspector Override"];

/// `_securityState`.
pub(super) const SECURITY_STATES: &[&str] = &["secure", "insecure", "weak", "broken", "unknown"];

/// `_charlesStatus`.
pub(super) const CHARLES_STATES: &[&str] = &[
    "COMPLETE",
    "FAILED",
    "EXCEPTION",
    "BLOCKED",
    "REQUEST_BODY",
    "RESPONSE_BODY",
    "SENDING_REQUEST",
    "RECEIVING_RESPONSE_BODY",
    "CONNECTING",
    "RECEIVING_REQUEST_BODY",
    "WAITING",
];

/// The first half of a media type.
pub(super) const MEDIA: &[&str] =
    &["application", "audio", "font", "image", "message", "model", "multipart", "text", "video", "x-unknown"];

/// Character sets.
pub(super) const CHARSETS: &[&str] = &[
    "utf-8",
    "utf8",
    "utf-16",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "latin1",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "koi8-r",
];

/// `httpVersion`.
pub(super) const VERSIONS: &[&str] = &[
    "http/0.9",
    "http/1.0",
    "http/1.1",
    "http/2",
    "http/2.0",
    "http/2+quic",
    "http/3",
    "http/3.0",
    "h2",
    "h2c",
    "h3",
    "h3-29",
    "h3-q050",
    "spdy",
    "spdy/3.1",
    "quic",
    "0.9",
    "1.0",
    "1.1",
    "2",
    "2.0",
    "3",
    "3.0",
    "unknown",
    "data",
    "blob",
];

/// Methods of registries, and those that caches and event services add.
const METHODS: &str = "ACL BAN BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY \
    MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE NOTIFY OPTIONS ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH \
    PURGE PUT QUERY REBIND REPORT SEARCH SUBSCRIBE TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UNSUBSCRIBE UPDATE \
    UPDATEREDIRECTREF VERSION-CONTROL VIEW";

/// Reason phrases of the registry of statuses and of well-known servers.
pub(super) const REASONS: &[&str] = &[
    "Accepted",
    "Already Reported",
    "Bad Gateway",
    "Bad Request",
    "Client Closed Request",
    "Conflict",
    "Connection Established",
    "Content Too Large",
    "Continue",
    "CORS Rejected",
    "Created",
    "Early Hints",
    "Expectation Failed",
    "Failed Dependency",
    "Forbidden",
    "Found",
    "Gateway Time-out",
    "Gateway Timeout",
    "Gone",
    "HTTP Version Not Supported",
    "I'm a teapot",
    "IM Used",
    "Insufficient Storage",
    "Internal Error",
    "Internal Redirect",
    "Internal Server Error",
    "Invalid CORS request",
    "Length Required",
    "Locked",
    "Loop Detected",
    "Method Not Allowed",
    "Misdirected Request",
    "Moved Permanently",
    "Moved Temporarily",
    "Multi-Status",
    "Multiple Choices",
    "Network Authentication Required",
    "No Content",
    "Non-Authoritative Information",
    "Not Acceptable",
    "Not Allowed",
    "Not Extended",
    "Not Found",
    "Not Implemented",
    "Not Modified",
    "OK",
    "Partial Content",
    "Payload Too Large",
    "Payment Required",
    "Permanent Redirect",
    "Precondition Failed",
    "Precondition Required",
    "Processing",
    "Proxy Authentication Required",
    "Range Not Satisfiable",
    "Request Entity Too Large",
    "Request Header Fields Too Large",
    "Request Timeout",
    "Request Time-out",
    "Request-URI Too Long",
    "Requested Range Not Satisfiable",
    "Reset Content",
    "See Other",
    "Service Temporarily Unavailable",
    "Service Unavailable",
    "Switching Protocols",
    "Temporary Redirect",
    "Too Early",
    "Too Many Requests",
    "Unauthorized",
    "Unavailable For Legal Reasons",
    "Unprocessable Content",
    "Unprocessable Entity",
    "Unsupported Media Type",
    "Upgrade Required",
    "URI Too Long",
    "Use Proxy",
    "Variant Also Negotiates",
];

/// Words in what recorders say of a failure (lower case).
const FAILURES: &str = "a abort aborted access access-control-allow-credentials access-control-allow-headers \
    access-control-allow-methods access-control-allow-origin access-control-allow-private-network address after \
    allowed an and api at authentication authority bad be beacon because been before blocked body broken but by call \
    can cancel canceled cancelled cannot certificate check checks client close closed code connect connection \
    contain content control cors could credentials cross cross-origin data denied disconnect disconnected dns does \
    due during end ended enotfound eof error established eventsource exceeded expired failed failure false fetch \
    field file flag for found frame from gateway handshake has header headers host http http/1.0 http/1.1 http/2 \
    https image in insecure inspector internal interrupted invalid is issuer killed length line load loading local \
    lookup lost malformed message method mismatch mixed mode more must name network no nor not of offline on one \
    only or origin origins out over parse parser parsing peer pipe policy preflight protocol provided proxy read \
    reading received redirect redirected redirection refused remote request requested requests required reset \
    resolution resolve resolving resource response same secure self self-signed send sending server service sharing \
    signed socket ssl status stream successful supported terminated than that the this time timed timeout tls to too \
    true trust trusted unable unexpected unknown unreachable unsuccessful untrusted upstream url use value \
    verification verify version waiting was when while wildcard with worker write wrong xmlhttprequest";

/// Whether a list has a word, letters' case aside.
pub(super) fn has(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a method is known, letters' case aside.
pub(super) fn is_method(word: &str) -> bool {
    METHODS.split(' ').any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word of a failure says nothing about anybody.
pub(super) fn tells_failure(word: &str) -> bool {
    FAILURES.split(' ').any(|known| known.eq_ignore_ascii_case(word))
        || (word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit()))
        || is_code(word)
}

/// `net::ERR_HTTP2_PROTOCOL_ERROR`, `NS_ERROR_NET_RESET`, `ECONNREFUSED`: a constant of a program.
fn is_code(word: &str) -> bool {
    let (name, separated) = match word.strip_prefix("net::") {
        Some(name) => (name, true),
        None => (word, false),
    };
    let known = ["ERR_", "NS_", "SEC_", "SSL_", "PR_", "MOZILLA_"].iter().any(|start| name.starts_with(start));
    if !known {
        return !separated
            && word.starts_with('E')
            && (4..=14).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase());
    }
    // `ERR_BLOCKED_BY_RESPONSE.NotSameOrigin`.
    name.len() <= 80
        && name.split(['_', '.']).all(|part| {
            let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
            letters.len() <= 48
                && part.len() <= letters.len() + 1
                && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

/// Letters in numbers and points in time.
const TIMES: &[&str] = &[
    "am", "apr", "aug", "dec", "e", "feb", "fri", "gmt", "jan", "jul", "jun", "mar", "may", "mon", "nov", "oct", "pm",
    "sat", "sep", "sun", "t", "thu", "tue", "utc", "wed", "z",
];

/// Whether a text holds nothing but numbers, signs and the names of days, months and zones.
pub(super) fn is_time_or_number(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).all(|word| word.is_empty() || has(TIMES, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_no_secrets_and_tokens_are_no_constants() {
        for code in [
            "net::ERR_FAILED",
            "net::ERR_HTTP2_PROTOCOL_ERROR",
            "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS",
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep",
            "NS_ERROR_NET_RESET",
            "SSL_ERROR_RX_RECORD_TOO_LONG",
            "ECONNREFUSED",
        ] {
            assert!(is_code(code), "{code}");
        }
        for token in ["net::ERR_8wz78g6M8hgPw88w", "ERR_1234", "net::hunter", "E1234567", "EYQZWKXVBTRMLPS", "NS_A B"] {
            assert!(!is_code(token), "{token}");
        }
    }
}
