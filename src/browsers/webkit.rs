//! Safari's console text (`CrossOriginAccessControl.cpp` and the loaders that print it).
//!
//! Without Web Inspector open; with it, Safari adds `Failed to load resource: <sentence>`.

use super::sentence::{Other, Sentence, Trouble};
use super::{Blocked, Reason, RequestKind, VersionDifference};
use crate::cors::{Engine, Rule, Stage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use Trouble::{Closed, InvalidHttp, NotSent, Reset, TimedOut, Tls, Unreachable};

const ORIGIN: Sentence = Sentence::rule(
    "Origin {origin} is not allowed by Access-Control-Allow-Origin",
    &["allow-origin-missing", "allow-origin-mismatch", "allow-origin-invalid"],
);
const MORE_THAN_ONE: Sentence =
    Sentence::rule("Access-Control-Allow-Origin cannot contain more than one origin", &["allow-origin-multiple"])
        .then(".");
const WILDCARD: Sentence = Sentence::rule(
    "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true",
    &["wildcard-with-credentials"],
)
.then(".");
const CREDENTIALS: Sentence = Sentence::rule(
    "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"",
    &["allow-credentials"],
)
.then(".");
const METHODS_INVALID: Sentence =
    Sentence::rule("Header Access-Control-Allow-Methods has an invalid value", &["allow-methods-invalid"])
        .on(Stage::Preflight)
        .then(": {value}");
const HEADERS_INVALID: Sentence =
    Sentence::rule("Header Access-Control-Allow-Headers has an invalid value", &["allow-headers-invalid"])
        .on(Stage::Preflight)
        .then(": {value}");
const PREFLIGHT: Sentence =
    Sentence::rule("Preflight response is not successful", &["preflight-status", "preflight-redirect"])
        .on(Stage::Preflight);
const METHOD: Sentence =
    Sentence::rule("Method {value} is not allowed by Access-Control-Allow-Methods", &["method-not-allowed"])
        .on(Stage::Preflight)
        .then(".");
const HEADER: Sentence = Sentence::rule(
    "Request header field {value} is not allowed by Access-Control-Allow-Headers",
    &["header-not-allowed"],
)
.on(Stage::Preflight)
.then(".");
const REDIRECT_CREDENTIALS: Sentence =
    Sentence::rule("redirection URL {value} has credentials", &["redirect-credentials"]).on(Stage::Redirect);
const ONLY_HTTP: Sentence =
    Sentence::rule("Cross origin requests are only supported for HTTP", &["scheme-disabled"]).then(".");
const MIXED_CONTENT: Sentence =
    Sentence::trouble(NotSent, "requested insecure content from {url}. This content was blocked")
        .between("[blocked] The page at {page} ", " and must be served over HTTPS.");
/// Of mixed content, and of pages that ask for files.
const NOT_ALLOWED: Sentence = Sentence::trouble(NotSent, "Not allowed to request resource");
const ACCESS_CONTROL: Sentence = Sentence::other(Other::AccessControlLine, "due to access control checks").then(".");

/// Safari's sentence on a rule, with a stable id of ours.
struct RuleWords {
    rule: &'static str,
    /// None where it gives no reason.
    id: Option<&'static str>,
    words: &'static str,
}

const RULES: &[RuleWords] = &[
    RuleWords {
        rule: "allow-origin-missing",
        id: Some("origin-not-allowed"),
        words: "Origin … is not allowed by Access-Control-Allow-Origin.",
    },
    RuleWords {
        rule: "allow-origin-multiple",
        id: Some("origin-not-allowed"),
        words: "Access-Control-Allow-Origin cannot contain more than one origin.",
    },
    RuleWords {
        rule: "allow-origin-invalid",
        id: Some("origin-not-allowed"),
        words: "Origin … is not allowed by Access-Control-Allow-Origin.",
    },
    RuleWords {
        rule: "allow-origin-mismatch",
        id: Some("origin-not-allowed"),
        words: "Origin … is not allowed by Access-Control-Allow-Origin.",
    },
    RuleWords {
        rule: "wildcard-with-credentials",
        id: Some("wildcard-with-credentials"),
        words: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
    },
    RuleWords {
        rule: "allow-credentials",
        id: Some("credentials-not-true"),
        words: "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
    },
    RuleWords {
        rule: "preflight-redirect",
        id: Some("preflight-not-successful"),
        words: "Preflight response is not successful. Status code: 301",
    },
    RuleWords {
        rule: "preflight-status",
        id: Some("preflight-not-successful"),
        words: "Preflight response is not successful. Status code: …",
    },
    RuleWords {
        rule: "allow-methods-invalid",
        id: Some("allow-methods-invalid-value"),
        words: "Header Access-Control-Allow-Methods has an invalid value: …",
    },
    RuleWords {
        rule: "allow-headers-invalid",
        id: Some("allow-headers-invalid-value"),
        words: "Header Access-Control-Allow-Headers has an invalid value: …",
    },
    RuleWords {
        rule: "method-not-allowed",
        id: Some("method-not-allowed"),
        words: "Method … is not allowed by Access-Control-Allow-Methods.",
    },
    RuleWords {
        rule: "header-not-allowed",
        id: Some("header-not-allowed"),
        words: "Request header field … is not allowed by Access-Control-Allow-Headers.",
    },
    RuleWords {
        rule: "redirect-credentials",
        id: Some("redirect-has-credentials"),
        words: "redirection URL … has credentials",
    },
    RuleWords { rule: "disallowed-by-mode", id: None, words: "Fetch API cannot load …" },
    RuleWords {
        rule: "scheme-disabled",
        id: Some("only-http"),
        words: "Cross origin requests are only supported for HTTP.",
    },
];

/// A stable id for its sentence; `None` where it prints no CORS reason.
pub(super) fn rule_id(rule: &Rule) -> Option<&'static str> {
    match rule {
        Rule::AllowOriginMultiple { value, .. } if value.contains(',') => Some("more-than-one-origin"),
        _ => RULES.iter().find(|words| words.rule == rule.id())?.id,
    }
}

/// The words of its sentence on a rule.
pub(super) fn rule_words(id: &str) -> Option<&'static str> {
    RULES.iter().find(|words| words.rule == id).map(|words| words.words)
}

/// What is printed, and what other versions and ports print.
pub(super) const SENTENCES: &[Sentence] = &[
    ORIGIN,
    MORE_THAN_ONE,
    WILDCARD,
    CREDENTIALS,
    METHODS_INVALID,
    HEADERS_INVALID,
    // A status of 3xx.
    Sentence::rule("Preflight response is not successful. Status code: 3", &["preflight-redirect", "preflight-status"])
        .on(Stage::Preflight),
    PREFLIGHT,
    METHOD,
    HEADER,
    REDIRECT_CREDENTIALS,
    Sentence::rule("not allowed to follow a cross-origin CORS redirection with non CORS scheme", &["scheme-disabled"])
        .on(Stage::Redirect),
    ONLY_HTTP,
    MIXED_CONTENT,
    NOT_ALLOWED,
    Sentence::trouble(
        NotSent,
        "because it does not appear in the connect-src directive of the Content Security Policy",
    ),
    Sentence::other(Other::NoReason, "CORS-preflight request was blocked"),
    Sentence::other(Other::NoReason, "Preflight response was blocked"),
    Sentence::trouble(Unreachable, "Could not connect to "),
    Sentence::trouble(Unreachable, "A server with the specified hostname could not be found"),
    Sentence::trouble(Unreachable, "Error resolving "),
    Sentence::trouble(Closed, "The network connection was lost"),
    Sentence::trouble(Tls, "Peer failed to perform TLS handshake"),
    Sentence::trouble(Tls, "Unacceptable TLS certificate"),
    Sentence::trouble(Tls, "An SSL error has occurred"),
    Sentence::trouble(Reset, "Error receiving data: Connection reset by peer"),
    Sentence::trouble(Closed, "Connection terminated unexpectedly"),
    Sentence::trouble(TimedOut, "The request timed out"),
    Sentence::trouble(InvalidHttp, "Could not parse HTTP response"),
    ACCESS_CONTROL,
];

/// Differences between versions and ports.
pub(super) const VERSIONS: &[VersionDifference] = &[
    VersionDifference {
        engine: Engine::WebKit,
        printed: "Origin … is not allowed by Access-Control-Allow-Origin. Status code: …",
        otherwise: "Origin … is not allowed by Access-Control-Allow-Origin.",
        where_found: "Safari before 16",
    },
    VersionDifference {
        engine: Engine::WebKit,
        printed: "Preflight response is not successful. Status code: …",
        otherwise: "Preflight response is not successful",
        where_found: "Safari before 16",
    },
    VersionDifference {
        engine: Engine::WebKit,
        printed: "",
        otherwise: "Could not connect to …: Connection refused",
        where_found: "WebKitGTK names the network error before the access control line; Safari has texts of its own there",
    },
];

pub(super) fn lines(blocked: &Blocked<'_>, kind: RequestKind) -> Vec<Prose> {
    let url = Captured::address(blocked.url);
    match blocked.reason {
        Reason::Refused { rule: Rule::DisallowedByMode, .. } => {
            api(kind).map(|api| prose!("{} cannot load {}.", api, url)).into_iter().collect()
        }
        // Fonts are fetched in no-cors mode: nothing is refused.
        Reason::Refused { .. } if kind == RequestKind::Font => Vec::new(),
        Reason::Refused { rule, stage, status } => {
            let sentence = sentence(blocked, rule, stage, status);
            if kind == RequestKind::Beacon {
                return vec![prose!("Beacon API cannot load {}. {}", url, sentence)];
            }
            let redirected = stage == Stage::Redirect;
            let first = blocked.first_url.filter(|_| redirected).map_or(url, Captured::address);
            std::iter::once(sentence).chain(access_control(kind, &first)).collect()
        }
        // The sentence on the network error itself is the port's own.
        Reason::Network { preflight: true, .. } => access_control(kind, &url).into_iter().collect(),
        Reason::Network { preflight: false, .. } | Reason::LocalNetwork { .. } => Vec::new(),
        Reason::MixedContent { page } => {
            let mut lines =
                vec![MIXED_CONTENT.print(&[("page", &Captured::address(page)), ("url", &url)]), NOT_ALLOWED.print(&[])];
            lines.extend(access_control(kind, &url));
            lines
        }
    }
}

fn access_control(kind: RequestKind, url: &Captured<'_>) -> Option<Prose> {
    let checks = ACCESS_CONTROL.print(&[]);
    match kind {
        RequestKind::Image => Some(prose!("Cannot load image {} {}", url, checks)),
        _ => api(kind).map(|api| prose!("{} cannot load {} {}", api, url, checks)),
    }
}

fn api(kind: RequestKind) -> Option<&'static str> {
    match kind {
        RequestKind::Fetch => Some("Fetch API"),
        RequestKind::Xhr => Some("XMLHttpRequest"),
        RequestKind::EventSource => Some("EventSource"),
        _ => None,
    }
}

fn sentence(blocked: &Blocked<'_>, rule: &Rule, stage: Stage, status: Option<u16>) -> Prose {
    let sentence = reason(blocked, rule, status);
    match (rule, stage, blocked.location) {
        (Rule::RedirectCredentials { location }, ..) => redirected(without_user(location), &sentence),
        (_, Stage::Redirect, Some(location)) => redirected(without_user(location), &sentence),
        _ => sentence,
    }
}

fn redirected(location: String, sentence: &Prose) -> Prose {
    prose!(
        "Cross-origin redirection to {} denied by Cross-Origin Resource Sharing policy: {}",
        Captured::address(location),
        sentence
    )
}

fn reason(blocked: &Blocked<'_>, rule: &Rule, status: Option<u16>) -> Prose {
    let with_status = |text: Prose| match status {
        Some(status) => prose!("{}. Status code: {}", text, status),
        None => text,
    };
    match rule {
        Rule::AllowOriginMultiple { value, .. } if value.contains(',') => MORE_THAN_ONE.print(&[]),
        Rule::AllowOriginMissing
        | Rule::AllowOriginMultiple { .. }
        | Rule::AllowOriginInvalid { .. }
        | Rule::AllowOriginMismatch { .. } => {
            with_status(ORIGIN.print(&[("origin", &Captured::address(blocked.request_origin))]))
        }
        Rule::WildcardWithCredentials => WILDCARD.print(&[]),
        Rule::AllowCredentials { .. } => CREDENTIALS.print(&[]),
        Rule::PreflightRedirect { .. } | Rule::PreflightStatus { .. } => with_status(PREFLIGHT.print(&[])),
        Rule::AllowMethodsInvalid { value, .. } => METHODS_INVALID.print(&[("value", &Captured::text(value))]),
        Rule::AllowHeadersInvalid { value, .. } => HEADERS_INVALID.print(&[("value", &Captured::text(value))]),
        Rule::MethodNotAllowed { method } => METHOD.print(&[("value", &Captured::text(method))]),
        Rule::HeaderNotAllowed { names } => {
            let name = names.first().map_or("", String::as_str);
            let name = blocked.header.map_or_else(|| capitalised(name), str::to_owned);
            HEADER.print(&[("value", &Captured::text(name))])
        }
        Rule::RedirectCredentials { location } => {
            REDIRECT_CREDENTIALS.print(&[("value", &Captured::address(location))])
        }
        Rule::SchemeDisabled => ONLY_HTTP.print(&[]),
        Rule::DisallowedByMode => Prose::new(),
    }
}

/// The usual capitalisation of a header name: `x-requested-with` → `X-Requested-With`.
fn capitalised(name: &str) -> String {
    let mut start = true;
    name.chars()
        .map(|char| {
            let char = if start { char.to_ascii_uppercase() } else { char };
            start = char == '-';
            char
        })
        .collect()
}

fn without_user(location: &str) -> String {
    let Ok(mut url) = url::Url::parse(location) else { return location.to_owned() };
    if url.username().is_empty() && url.password().is_none() {
        return location.to_owned();
    }
    let removed = url.set_username("").and_then(|()| url.set_password(None));
    if removed.is_ok() { url.into() } else { location.to_owned() }
}
