//! The header fields that take part in CORS, for `whycors explain`.
//!
//! Owns words only. Which value satisfies which rule is `cors`' business.

/// One header field as documentation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderInfo {
    /// Its name, in the spelling of the standards.
    pub name: &'static str,
    /// What people call it for short: `acao`. Empty where nobody does.
    pub short: &'static str,
    /// Who sends it, on what.
    pub sent_by: &'static str,
    /// What it may hold.
    pub value: &'static str,
    /// One paragraph.
    pub explanation: &'static str,
    /// Ids of the rules that look at it.
    pub rules: &'static [&'static str],
    /// Ids of causes that have to do with it.
    pub causes: &'static [&'static str],
}

/// The fields, those of the answer first.
pub const HEADERS: &[HeaderInfo] = &[
    HeaderInfo {
        name: "Access-Control-Allow-Origin",
        short: "acao",
        sent_by: "the server, on the answer to OPTIONS and on the answer to the request itself, errors included",
        value: "the page's origin exactly, as in https://app.example, or * for requests without credentials",
        explanation: "Names the page that may read the answer. One line, one value: no list, no pattern, no slash at \
                      the end. Without it, or with another value, the browser keeps the answer from the page.",
        rules: &[
            "allow-origin-missing",
            "allow-origin-mismatch",
            "allow-origin-multiple",
            "allow-origin-invalid",
            "wildcard-with-credentials",
        ],
        causes: &["no-options-handler", "auth-before-cors", "error-response-without-cors", "cdn-cached"],
    },
    HeaderInfo {
        name: "Access-Control-Allow-Credentials",
        short: "acac",
        sent_by: "the server, on the answer to OPTIONS and on the answer to the request itself",
        value: "true, in lower case, once; any other value is as good as none",
        explanation: "Needed when the page asks with credentials (credentials: 'include', withCredentials). It then \
                      goes with the exact origin in Access-Control-Allow-Origin, never with *.",
        rules: &["allow-credentials", "wildcard-with-credentials"],
        causes: &["allow-credentials-missing", "allow-credentials-invalid"],
    },
    HeaderInfo {
        name: "Access-Control-Allow-Methods",
        short: "acam",
        sent_by: "the server, on the answer to OPTIONS",
        value: "methods with commas, as in GET, PUT, DELETE, or * for requests without credentials",
        explanation: "Lists the methods a page may use. GET, HEAD and POST need no entry; letter case counts, so that \
                      patch is not PATCH. On the answer to the request itself nobody reads it.",
        rules: &["method-not-allowed", "allow-methods-invalid"],
        causes: &[],
    },
    HeaderInfo {
        name: "Access-Control-Allow-Headers",
        short: "acah",
        sent_by: "the server, on the answer to OPTIONS",
        value: "header names with commas, as in content-type, authorization, or * for requests without credentials",
        explanation: "Lists the request headers a page may set. Every name in Access-Control-Request-Headers must be \
                      there; letter case does not count. Name authorization even beside *: the standard wants it so.",
        rules: &["header-not-allowed", "allow-headers-invalid"],
        causes: &[],
    },
    HeaderInfo {
        name: "Access-Control-Max-Age",
        short: "acma",
        sent_by: "the server, on the answer to OPTIONS",
        value: "seconds, as in 600; 0 means never keep it",
        explanation: "How long a browser may keep the answer to OPTIONS and send no further one. Nothing fails without \
                      it: browsers then keep the answer for about 5 seconds and ask again. They shorten long times: \
                      Safari to 600 seconds, Chrome to 7200, Firefox to 86400.",
        rules: &[],
        causes: &[],
    },
    HeaderInfo {
        name: "Access-Control-Expose-Headers",
        short: "aceh",
        sent_by: "the server, on the answer to the request itself",
        value: "header names with commas, as in x-total-count, or * for requests without credentials",
        explanation: "Lists the response headers a script may read beside the usual ones (Cache-Control, \
                      Content-Language, Content-Length, Content-Type, Expires, Last-Modified, Pragma). A header that \
                      is not listed reads as null in the page; no request fails, and the console says nothing.",
        rules: &[],
        causes: &[],
    },
    HeaderInfo {
        name: "Access-Control-Request-Method",
        short: "acrm",
        sent_by: "the browser, on OPTIONS",
        value: "the method the page wants to use, as in PUT",
        explanation: "Makes an OPTIONS request a preflight, together with Origin. Servers tell a preflight by it; \
                      proxies that drop it break CORS. The answer to OPTIONS goes by it: see Access-Control-Allow-Methods.",
        rules: &["method-not-allowed"],
        causes: &["options-without-cors"],
    },
    HeaderInfo {
        name: "Access-Control-Request-Headers",
        short: "acrh",
        sent_by: "the browser, on OPTIONS",
        value: "names in lower case, sorted, with commas and no blanks: authorization,content-type",
        explanation: "The headers the page sets that need permission. It is absent when there are none. The answer to \
                      OPTIONS goes by it: see Access-Control-Allow-Headers.",
        rules: &["header-not-allowed"],
        causes: &[],
    },
    HeaderInfo {
        name: "Origin",
        short: "",
        sent_by: "the browser, on every cross-origin request in cors mode and on OPTIONS",
        value: "scheme, host, and the port when it is not the default: https://app.example",
        explanation: "Where the page comes from, without a path. It is null for sandboxed frames, for files and data: \
                      URLs, and after a redirect from one foreign site to another. A script cannot set it.",
        rules: &["allow-origin-mismatch"],
        causes: &["origin-refused-by-server"],
    },
    HeaderInfo {
        name: "Vary",
        short: "",
        sent_by: "the server, on every answer to a URL whose answers depend on the origin, also without CORS headers",
        value: "names of request headers: Vary: Origin",
        explanation: "Tells caches that the answer depends on the request's Origin. A server that answers with the \
                      origin that asked must send it, or a cache hands one site's answer to another.",
        rules: &[],
        causes: &["cdn-cached"],
    },
    HeaderInfo {
        name: "Authorization",
        short: "",
        sent_by: "the page's script, on the request itself; never sent on OPTIONS",
        value: "a scheme and a secret: Bearer …",
        explanation: "A page that sets it causes a preflight, and the answer must list authorization in \
                      Access-Control-Allow-Headers. The preflight itself carries no token, so that a login check must \
                      let OPTIONS pass.",
        rules: &["header-not-allowed"],
        causes: &["auth-before-cors"],
    },
    HeaderInfo {
        name: "Content-Type",
        short: "",
        sent_by: "the page's script, on the request itself",
        value: "application/json and the like cause a preflight",
        explanation: "Three values need no permission: application/x-www-form-urlencoded, multipart/form-data and \
                      text/plain. With any other the browser asks first, and the answer must list content-type in \
                      Access-Control-Allow-Headers.",
        rules: &["header-not-allowed"],
        causes: &[],
    },
    HeaderInfo {
        name: "Access-Control-Allow-Private-Network",
        short: "",
        sent_by: "the server, on the answer to OPTIONS",
        value: "true",
        explanation: "An answer that some versions of Chrome wanted when a public site called an address in a private \
                      network. Newer ones ask the user for permission instead.",
        rules: &[],
        causes: &["blocked-before-network"],
    },
    HeaderInfo {
        name: "Cross-Origin-Resource-Policy",
        short: "corp",
        sent_by: "the server, on the answer",
        value: "same-origin, same-site or cross-origin",
        explanation: "Not CORS: forbids other sites to embed the answer, as in <img>. A request in cors mode does not \
                      look at it.",
        rules: &[],
        causes: &["resource-policy"],
    },
    HeaderInfo {
        name: "Cross-Origin-Embedder-Policy",
        short: "coep",
        sent_by: "the server of the page, on the page itself",
        value: "require-corp or credentialless",
        explanation: "Not CORS: the page refuses to load what does not allow it, by CORS or by \
                      Cross-Origin-Resource-Policy.",
        rules: &[],
        causes: &["resource-policy"],
    },
];

impl HeaderInfo {
    /// The field of that name or short name, whatever the letter case.
    pub fn of(name: &str) -> Option<&'static Self> {
        let is = |known: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
        HEADERS.iter().find(|header| is(header.name) || is(header.short))
    }
}

/// The field that a pasted header line holds, and its value.
pub(super) fn in_line(text: &str) -> Option<(&'static HeaderInfo, Option<String>)> {
    let line = text.trim_start_matches(['<', '>', '-', ' ']);
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.trim();
    Some((HeaderInfo::of(name.trim())?, (!value.is_empty()).then(|| value.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::Rule;
    use crate::diagnosis::causes::doc;

    #[test]
    fn every_id_exists_and_names_are_told_apart() {
        for (index, header) in HEADERS.iter().enumerate() {
            assert!(header.rules.iter().all(|id| Rule::IDS.contains(id)), "{}", header.name);
            assert!(header.causes.iter().all(|id| doc(id).is_some()), "{}", header.name);
            assert!(header.explanation.ends_with('.'), "{}", header.name);
            for other in HEADERS.iter().skip(index + 1) {
                assert!(other.name != header.name && (other.short.is_empty() || other.short != header.short));
            }
        }
    }

    #[test]
    fn a_pasted_line_is_a_name_and_a_value() {
        let of = |text| in_line(text).map(|(header, value)| (header.name, value));
        assert_eq!(of("access-control-allow-origin: *"), Some(("Access-Control-Allow-Origin", Some("*".to_owned()))));
        assert_eq!(of("< Vary: Origin"), Some(("Vary", Some("Origin".to_owned()))));
        assert_eq!(of("ACAM"), Some(("Access-Control-Allow-Methods", None)));
        assert_eq!(of("server: nginx"), None);
        assert_eq!(of(""), None);
    }
}
