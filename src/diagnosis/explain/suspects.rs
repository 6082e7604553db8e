//! What may be behind words that name no reason: causes, ranked.
//!
//! Owns the ranking and a few plain words on each. What a cause means is its own file's business.

use super::Other;

/// A cause that may be behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// Its id in [`crate::diagnosis::causes::CAUSES`].
    pub id: &'static str,
    /// In a few words, at most 41 characters.
    pub words: &'static str,
}

/// Causes that may be behind words that name none. The order is one of experience, not measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Suspects {
    /// CORS refusals, the most frequent first.
    pub cors: &'static [Suspect],
    /// Failures of another kind, the most frequent first.
    pub not_cors: &'static [Suspect],
}

impl Other {
    /// What may be behind these words, with the status that stands beside them.
    pub fn suspects(self, status: Option<u16>) -> Suspects {
        let (cors, not_cors) = match (self, status) {
            (Self::LoadFailed, Some(400..)) => (ANSWERED_ERROR, NONE),
            (Self::LoadFailed, Some(_)) => (ANSWERED, NONE),
            (Self::ScriptError | Self::StatusZero, _) => (REFUSED, FAILED),
            (Self::AccessControlLine, _) => (REFUSED, FAILED_PREFLIGHT),
            (Self::LoadFailed, None) => (REFUSED, UNNAMED),
            (Self::DidNotSucceed, _) => (NONE, NOT_CONNECTED),
            (Self::NoReason, _) => (REFUSED, NONE),
            (Self::Disabled | Self::AuthorizationWarning, _) => (NONE, NONE),
        };
        Suspects { cors, not_cors }
    }
}

const fn it(id: &'static str, words: &'static str) -> Suspect {
    Suspect { id, words }
}

const NO_HEADERS: Suspect = it("allow-origin-missing", "the server sends no CORS headers");
const ERROR_PAGE: Suspect = it("error-response-without-cors", "an error answer without CORS headers");
const OTHER_ORIGIN: Suspect = it("allow-origin-mismatch", "another origin: a slash, http, the port");
const NOT_LISTED: Suspect = it("origin-refused-by-server", "the origin is not on the server's list");
const WILDCARD: Suspect = it("wildcard-with-credentials", "* although cookies are sent");
const CACHED: Suspect = it("cdn-cached", "a cache's copy, made for another site");
const REDIRECTED: Suspect = it("actual-redirect", "redirected to where CORS fails");
const UNREACHABLE: Suspect = it("server-unreachable", "no connection, or the name is unknown");
const TLS: Suspect = it("tls-failure", "the certificate, or TLS itself");
const EXTENSION: Suspect = it("blocked-by-extension", "an ad blocker or another extension");
const NOT_SENT: Suspect = it("blocked-before-network", "http from https, CSP, local network");
const ABORTED: Suspect = it("request-aborted", "the page gave up, or was left");
const RESET: Suspect = it("connection-reset", "the connection was reset");
const CLOSED: Suspect = it("connection-closed", "the server closed it without an answer");
const SILENCE: Suspect = it("preflight-timeout", "nothing came back in time");
const UNKNOWN: Suspect = it("no-answer", "no answer, for a reason not told");

const NONE: &[Suspect] = &[];

const REFUSED: &[Suspect] = &[
    NO_HEADERS,
    it("no-options-handler", "the server does not answer OPTIONS"),
    it("auth-before-cors", "a login is asked of the preflight"),
    ERROR_PAGE,
    OTHER_ORIGIN,
    NOT_LISTED,
    it("header-not-allowed", "a header of the request is not allowed"),
    WILDCARD,
    it("upstream-down", "the backend is down: 502, 503, 504"),
    it("preflight-redirect", "the preflight is redirected"),
];

/// The answer to the request itself was refused, not the preflight.
const ANSWERED: &[Suspect] = &[NO_HEADERS, OTHER_ORIGIN, NOT_LISTED, WILDCARD, CACHED, REDIRECTED];
const ANSWERED_ERROR: &[Suspect] = &[ERROR_PAGE, NO_HEADERS, OTHER_ORIGIN, WILDCARD];

const FAILED: &[Suspect] = &[UNREACHABLE, EXTENSION, TLS, NOT_SENT, ABORTED, RESET, CLOSED, SILENCE];
/// WebKit says it of a network failure only where the preflight met it.
const FAILED_PREFLIGHT: &[Suspect] = &[UNREACHABLE, TLS, NOT_SENT, RESET, CLOSED];
/// In Chrome most failures of a connection have an error name of their own.
const UNNAMED: &[Suspect] = &[UNREACHABLE, TLS, RESET, ABORTED, UNKNOWN];
const NOT_CONNECTED: &[Suspect] = &[UNREACHABLE, TLS, EXTENSION, RESET, CLOSED, SILENCE];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Nature;
    use crate::diagnosis::causes::doc;

    #[test]
    fn every_suspect_is_a_cause_of_its_group_in_few_words() {
        let others = [
            Other::DidNotSucceed,
            Other::AccessControlLine,
            Other::LoadFailed,
            Other::ScriptError,
            Other::NoReason,
            Other::StatusZero,
            Other::Disabled,
            Other::AuthorizationWarning,
        ];
        for (other, status) in others.into_iter().flat_map(|other| [None, Some(200), Some(500)].map(|it| (other, it))) {
            let Suspects { cors, not_cors } = other.suspects(status);
            for suspect in cors.iter().chain(not_cors) {
                assert!(suspect.words.chars().count() <= 41, "{}", suspect.words);
            }
            assert!(cors.iter().all(|it| doc(it.id).is_some_and(|cause| cause.nature != Nature::NotCors)), "{other:?}");
            assert!(
                not_cors.iter().all(|it| doc(it.id).is_some_and(|cause| cause.nature == Nature::NotCors)),
                "{other:?}"
            );
        }
    }
}
