//! Names of errors, rules and causes, and the nearest of them to a misspelt one.

use super::{HEADERS, Known, MAX_NEAREST, Other, Subject};
use crate::cors::{Engine, Rule, Stage};
use crate::diagnosis::table::CAUSES;

/// A name that is no cause id and no rule id.
struct Name {
    text: &'static str,
    engine: Option<Engine>,
    stage: Option<Stage>,
    subject: Subject,
}

const fn chromium(name: &'static str, stage: Option<Stage>, rule: &'static [&'static str]) -> Name {
    Name { text: name, engine: Some(Engine::Chromium), stage, subject: Subject::Rule(rule) }
}

const fn firefox(name: &'static str, stage: Option<Stage>, rule: &'static [&'static str]) -> Name {
    Name { text: name, engine: Some(Engine::Firefox), stage, subject: Subject::Rule(rule) }
}

const fn network(name: &'static str, subject: Subject) -> Name {
    Name { text: name, engine: Some(Engine::Chromium), stage: None, subject }
}

const PREFLIGHT: Option<Stage> = Some(Stage::Preflight);
const ACTUAL: Option<Stage> = Some(Stage::Actual);

/// Chromium's error names (`Network.CorsError`), Firefox's message keys without their trailing
/// digit (which counts revisions), Chromium's net errors, and short forms.
const NAMES: &[Name] = &[
    chromium("WildcardOriginNotAllowed", ACTUAL, &["wildcard-with-credentials"]),
    chromium("PreflightWildcardOriginNotAllowed", PREFLIGHT, &["wildcard-with-credentials"]),
    chromium("MissingAllowOriginHeader", ACTUAL, &["allow-origin-missing"]),
    chromium("PreflightMissingAllowOriginHeader", PREFLIGHT, &["allow-origin-missing"]),
    chromium("MultipleAllowOriginValues", ACTUAL, &["allow-origin-multiple"]),
    chromium("PreflightMultipleAllowOriginValues", PREFLIGHT, &["allow-origin-multiple"]),
    chromium("InvalidAllowOriginValue", ACTUAL, &["allow-origin-invalid"]),
    chromium("PreflightInvalidAllowOriginValue", PREFLIGHT, &["allow-origin-invalid"]),
    chromium("AllowOriginMismatch", ACTUAL, &["allow-origin-mismatch"]),
    chromium("PreflightAllowOriginMismatch", PREFLIGHT, &["allow-origin-mismatch"]),
    chromium("InvalidAllowCredentials", ACTUAL, &["allow-credentials"]),
    chromium("PreflightInvalidAllowCredentials", PREFLIGHT, &["allow-credentials"]),
    chromium("PreflightInvalidStatus", PREFLIGHT, &["preflight-status"]),
    chromium("PreflightDisallowedRedirect", PREFLIGHT, &["preflight-redirect"]),
    chromium("InvalidAllowMethodsPreflightResponse", PREFLIGHT, &["allow-methods-invalid"]),
    chromium("InvalidAllowHeadersPreflightResponse", PREFLIGHT, &["allow-headers-invalid"]),
    chromium("MethodDisallowedByPreflightResponse", PREFLIGHT, &["method-not-allowed"]),
    chromium("HeaderDisallowedByPreflightResponse", PREFLIGHT, &["header-not-allowed"]),
    chromium("RedirectContainsCredentials", Some(Stage::Redirect), &["redirect-credentials"]),
    chromium("DisallowedByMode", None, &["disallowed-by-mode"]),
    chromium("CorsDisabledScheme", None, &["scheme-disabled"]),
    // Names of the same in Chromium's issues panel.
    chromium("PreflightResponseInvalid", PREFLIGHT, &["preflight-status"]),
    chromium("PreflightAllowOriginMissing", PREFLIGHT, &["allow-origin-missing"]),
    chromium("OriginMismatch", None, &["allow-origin-mismatch"]),
    chromium("AllowCredentialsRequired", None, &["allow-credentials"]),
    chromium("InvalidResponse", None, &["preflight-status"]),
    firefox("CORSMissingAllowOrigin", None, &["allow-origin-missing"]),
    firefox("CORSMultipleAllowOriginNotAllowed", None, &["allow-origin-multiple"]),
    firefox(
        "CORSAllowOriginNotMatchingOrigin",
        None,
        &["allow-origin-mismatch", "allow-origin-multiple", "allow-origin-invalid"],
    ),
    firefox("CORSNotSupportingCredentials", None, &["wildcard-with-credentials"]),
    firefox("CORSMethodNotFound", PREFLIGHT, &["method-not-allowed"]),
    firefox("CORSMissingAllowCredentials", None, &["allow-credentials"]),
    firefox("CORSPreflightDidNotSucceed", PREFLIGHT, &["preflight-status"]),
    firefox("CORSInvalidAllowMethod", PREFLIGHT, &["allow-methods-invalid"]),
    firefox("CORSInvalidAllowHeader", PREFLIGHT, &["allow-headers-invalid"]),
    firefox("CORSMissingAllowHeaderFromPreflight", PREFLIGHT, &["header-not-allowed"]),
    firefox("CORSExternalRedirectNotAllowed", PREFLIGHT, &["preflight-redirect"]),
    firefox("CORSRequestNotHttp", None, &["scheme-disabled"]),
    other("CORSDidNotSucceed", Other::DidNotSucceed),
    other("CORSDisabled", Other::Disabled),
    other("CORSOriginHeaderNotAdded", Other::NoReason),
    other("CORSAllowHeaderFromPreflightDeprecation", Other::AuthorizationWarning),
    other("AuthorizationCoveredByWildcard", Other::AuthorizationWarning),
    // What the columns of the network panels say.
    Name { text: "CORS", engine: None, stage: None, subject: Subject::Other(Other::NoReason) },
    network("CORS error", Subject::Other(Other::NoReason)),
    network("(canceled)", Subject::Cause("request-aborted")),
    network("(blocked:mixed-content)", Subject::Cause("blocked-before-network")),
    network("(blocked:csp)", Subject::Cause("blocked-before-network")),
    network("(blocked:other)", Subject::Cause("blocked-by-extension")),
    other("CORS Failed", Other::NoReason),
    other("NS_ERROR_DOM_BAD_URI", Other::NoReason),
    gecko("NS_BINDING_ABORTED", "request-aborted"),
    gecko("NS_ERROR_CONNECTION_REFUSED", "server-unreachable"),
    gecko("NS_ERROR_UNKNOWN_HOST", "server-unreachable"),
    gecko("NS_ERROR_NET_RESET", "connection-reset"),
    gecko("NS_ERROR_NET_INTERRUPT", "connection-closed"),
    gecko("NS_ERROR_NET_TIMEOUT", "preflight-timeout"),
    gecko("SEC_ERROR_", "tls-failure"),
    gecko("SSL_ERROR_", "tls-failure"),
    gecko("MOZILLA_PKIX_ERROR_", "tls-failure"),
    Name { text: "status 0", engine: None, stage: None, subject: Subject::Other(Other::StatusZero) },
    Name { text: "0", engine: None, stage: None, subject: Subject::Other(Other::StatusZero) },
    network("net::ERR_FAILED", Subject::Other(Other::LoadFailed)),
    network("net::ERR_INVALID_REDIRECT", Subject::Rule(&["preflight-redirect"])),
    network("net::ERR_CONNECTION_REFUSED", Subject::Cause("server-unreachable")),
    network("net::ERR_NAME_NOT_RESOLVED", Subject::Cause("server-unreachable")),
    network("net::ERR_ADDRESS_UNREACHABLE", Subject::Cause("server-unreachable")),
    network("net::ERR_CONNECTION_TIMED_OUT", Subject::Cause("server-unreachable")),
    network("net::ERR_INTERNET_DISCONNECTED", Subject::Cause("server-unreachable")),
    network("net::ERR_CONNECTION_RESET", Subject::Cause("connection-reset")),
    network("net::ERR_CONNECTION_CLOSED", Subject::Cause("connection-closed")),
    network("net::ERR_EMPTY_RESPONSE", Subject::Cause("connection-closed")),
    network("net::ERR_TIMED_OUT", Subject::Cause("preflight-timeout")),
    network("net::ERR_CERT_", Subject::Cause("tls-failure")),
    network("net::ERR_SSL_", Subject::Cause("tls-failure")),
    network("net::ERR_INVALID_HTTP_RESPONSE", Subject::Cause("invalid-http")),
    network("net::ERR_CONTENT_LENGTH_MISMATCH", Subject::Cause("response-cut")),
    network("net::ERR_INCOMPLETE_CHUNKED_ENCODING", Subject::Cause("response-cut")),
    network("net::ERR_ABORTED", Subject::Cause("request-aborted")),
    network("net::ERR_BLOCKED_BY_CLIENT", Subject::Cause("blocked-by-extension")),
    network("net::ERR_BLOCKED_BY_RESPONSE", Subject::Cause("resource-policy")),
    network("net::ERR_BLOCKED_BY_ORB", Subject::Cause("resource-policy")),
    network("net::ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS", Subject::Cause("blocked-before-network")),
    network("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", Subject::Cause("blocked-before-network")),
    network("net::ERR_BLOCKED_BY_CSP", Subject::Cause("blocked-before-network")),
    short("acao-missing", &["allow-origin-missing"]),
    short("acao-multiple", &["allow-origin-multiple"]),
    short("acao-mismatch", &["allow-origin-mismatch"]),
    short("acao-invalid", &["allow-origin-invalid"]),
    short("acao-wildcard", &["wildcard-with-credentials"]),
    short("acao-star", &["wildcard-with-credentials"]),
    short("acao-duplicate", &["allow-origin-multiple"]),
    short("acao-null", &["allow-origin-mismatch"]),
    short("acao-slash", &["allow-origin-mismatch"]),
    short("acac-missing", &["allow-credentials"]),
    short("acac-invalid", &["allow-credentials"]),
    short("acam-invalid", &["allow-methods-invalid"]),
    short("acam-missing", &["method-not-allowed"]),
    short("acah-invalid", &["allow-headers-invalid"]),
    short("acah-missing", &["header-not-allowed"]),
    short("acam-method", &["method-not-allowed"]),
    short("acam-mismatch", &["method-not-allowed"]),
    short("acah-header", &["header-not-allowed"]),
    short("acah-mismatch", &["header-not-allowed"]),
    short("wildcard-credentials", &["wildcard-with-credentials"]),
];

const fn other(name: &'static str, subject: Other) -> Name {
    Name { text: name, engine: Some(Engine::Firefox), stage: None, subject: Subject::Other(subject) }
}

const fn gecko(name: &'static str, cause: &'static str) -> Name {
    Name { text: name, engine: Some(Engine::Firefox), stage: None, subject: Subject::Cause(cause) }
}

const fn short(name: &'static str, rule: &'static [&'static str]) -> Name {
    Name { text: name, engine: None, stage: None, subject: Subject::Rule(rule) }
}

/// The rule ids that are no cause ids.
const RULES: &[(&str, &[&str])] = &[
    ("allow-credentials", &["allow-credentials"]),
    ("preflight-status", &["preflight-status"]),
    ("redirect-credentials", &["redirect-credentials"]),
    ("disallowed-by-mode", &["disallowed-by-mode"]),
    ("scheme-disabled", &["scheme-disabled"]),
];

/// What `text` is the name of.
pub(super) fn lookup(text: &str) -> Option<Known> {
    // `net::ERR_FAILED`, `network::mojom::CorsError::kAllowOriginMismatch`
    let wanted = folded(text.rsplit("::").next().unwrap_or(text));
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    // Some of Chromium's names differ from an id in spelling alone.
    if text.contains('-') || !text.contains(|char: char| char.is_ascii_uppercase()) {
        id(&wanted).or_else(|| name(&wanted))
    } else {
        name(&wanted).or_else(|| id(&wanted))
    }
}

fn id(wanted: &str) -> Option<Known> {
    if let Some(info) = CAUSES.iter().find(|info| folded(info.id) == wanted) {
        return Some(known(Subject::Cause(info.id), None, None));
    }
    let (_, ids) = RULES.iter().find(|(id, _)| folded(id) == wanted)?;
    Some(known(Subject::Rule(ids), None, None))
}

fn name(wanted: &str) -> Option<Known> {
    // Firefox counts revisions of a message behind its key.
    let without_revision = wanted.trim_end_matches(|char: char| char.is_ascii_digit());
    let name = NAMES.iter().find(|name| {
        let text = folded(name.text.trim_start_matches("net::"));
        // A family of net errors ends in `_`.
        let is = |wanted: &str| if name.text.ends_with('_') { wanted.starts_with(&text) } else { wanted == text };
        // Chromium's sources write `kName`.
        is(wanted) || is(without_revision) || wanted.strip_prefix('k').is_some_and(is)
    })?;
    Some(known(name.subject, name.engine, name.stage))
}

fn known(subject: Subject, engine: Option<Engine>, stage: Option<Stage>) -> Known {
    Known { engine, stage, ..Known::of(subject) }
}

/// Letters and digits in lower case: names are compared without regard to their punctuation.
fn folded(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// The known names nearest to `text`: misspelt ones, else those that hold it or begin as it does.
pub(super) fn nearest(text: &str) -> Vec<&'static str> {
    let wanted = folded(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut ranked = if wanted.len() <= 64 { by_letters(&wanted) } else { by_words(text) };
    ranked.sort_unstable();
    let mut names: Vec<&'static str> = Vec::new();
    for (_, name) in ranked {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(MAX_NEAREST);
    names
}

fn by_letters(wanted: &str) -> Vec<(usize, &'static str)> {
    let all = || {
        let headers = HEADERS.iter().flat_map(|header| [header.name, header.short]);
        let ids = CAUSES.iter().map(|info| info.id).chain(Rule::IDS);
        ids.chain(NAMES.iter().map(|name| name.text)).chain(headers).filter(|name| !name.is_empty())
    };
    let misspelt: Vec<_> = all()
        .map(|name| (strsim::damerau_levenshtein(wanted, &folded(name)), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).min(wanted.len() / 2))
        .collect();
    if !misspelt.is_empty() {
        return misspelt;
    }
    let related = |name: &str| {
        let name = folded(name);
        let holds = wanted.len() >= 4 && name.contains(wanted);
        // `acao-whatever`
        holds
            || HEADERS
                .iter()
                .any(|it| it.short.len() == 4 && wanted.starts_with(it.short) && name.starts_with(it.short))
    };
    all().filter(|name| related(name)).enumerate().collect()
}

/// For a long text: the subjects of the sentences that share most of their words with it.
fn by_words(text: &str) -> Vec<(usize, &'static str)> {
    let wanted: std::collections::BTreeSet<String> =
        text.split(' ').map(folded).filter(|word| word.len() > 3).collect();
    let mut ranked: Vec<(usize, &'static str)> = Vec::new();
    for sentence in super::sentences::SENTENCES {
        let Subject::Rule([id, ..]) = sentence.subject else { continue };
        let words: Vec<String> = sentence.pattern.split(' ').map(folded).filter(|word| word.len() > 3).collect();
        let missing = words.iter().filter(|word| !wanted.contains(*word)).count();
        if missing.saturating_mul(2) > words.len() {
            continue;
        }
        match ranked.iter_mut().find(|(_, known)| known == id) {
            Some((distance, _)) => *distance = missing.min(*distance),
            None => ranked.push((missing, id)),
        }
    }
    ranked
}
