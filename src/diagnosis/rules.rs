//! What each rule means and what satisfies it: the words behind `whycors explain`.
//!
//! Owns words only. The rules themselves, with their values, are `cors`' business.

use crate::browsers;
use crate::cors::{Engine, Stage};

/// One rule as documentation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// Id, one of [`crate::cors::Rule::IDS`].
    pub id: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Algorithm and step of the Fetch Standard.
    pub step: &'static str,
    /// One paragraph.
    pub explanation: &'static str,
    /// What satisfies it.
    pub fix: &'static str,
}

impl RuleInfo {
    /// The words on one rule.
    pub fn of(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// A browser's words for it: Chromium's error name, Firefox's message key, Safari's sentence. None where the
    /// browser says nothing of it at this stage.
    pub fn said_by(&self, engine: Engine, stage: Stage) -> Option<&'static str> {
        browsers::rule_words(engine, self.id, stage)
    }
}

/// Every rule, in the order of the standard's steps.
pub const RULES: &[RuleInfo] = &[
    RuleInfo {
        id: "allow-origin-missing",
        title: "no Access-Control-Allow-Origin",
        step: "CORS check, step 2",
        explanation: "The response has no Access-Control-Allow-Origin line. Chrome and Firefox look at this line before \
                      the status, so an OPTIONS that is answered 401, 404 or 405 without it is reported as this, and the \
                      status is the real cause.",
        fix: "send Access-Control-Allow-Origin with the page's origin, on the answer to OPTIONS and on the answer to \
              the request itself, whatever their status",
    },
    RuleInfo {
        id: "allow-origin-multiple",
        title: "more than one value in Access-Control-Allow-Origin",
        step: "CORS check, step 4",
        explanation: "Either the line is there twice, because two layers add it, or one line lists several origins. \
                      The header carries one origin or *.",
        fix: "let one layer send the line, with the one origin that asked",
    },
    RuleInfo {
        id: "allow-origin-invalid",
        title: "Access-Control-Allow-Origin is no origin",
        step: "CORS check, step 4",
        explanation: "The value is empty or has no scheme, so that it can equal no origin.",
        fix: "send the page's origin in full: scheme, host, and the port when it is not the default",
    },
    RuleInfo {
        id: "allow-origin-mismatch",
        title: "another origin is allowed",
        step: "CORS check, step 4",
        explanation: "The value is compared byte by byte with the page's origin. A slash at the end, another scheme, \
                      host, port or letter case makes it another string; patterns are not understood.",
        fix: "answer with the request's Origin when it is on the list of allowed ones, and with Vary: Origin",
    },
    RuleInfo {
        id: "wildcard-with-credentials",
        title: "* for a request with credentials",
        step: "CORS check, step 4",
        explanation: "The page asks with credentials (credentials: 'include', withCredentials), and then * is taken \
                      for an origin of that name, which no page has.",
        fix: "name the page's origin and send Access-Control-Allow-Credentials: true, or drop credentials in the page",
    },
    RuleInfo {
        id: "allow-credentials",
        title: "Access-Control-Allow-Credentials is not true",
        step: "CORS check, step 8",
        explanation: "The page asks with credentials. The header must then be there once and read exactly true, in \
                      lower case.",
        fix: "send Access-Control-Allow-Credentials: true once, beside the exact origin",
    },
    RuleInfo {
        id: "preflight-redirect",
        title: "the preflight was redirected",
        step: "CORS-preflight fetch, step 7",
        explanation: "OPTIONS was answered with a redirect, to https, to the path with a slash, to another host or to \
                      a login page. Browsers do not follow redirects of preflights.",
        fix: "call the final URL in the page, or answer OPTIONS before the redirect",
    },
    RuleInfo {
        id: "preflight-status",
        title: "the preflight's status is not 2xx",
        step: "CORS-preflight fetch, step 7",
        explanation: "The CORS headers were right and the status was not 200 to 299. Safari looks at the status first \
                      and says this whatever the headers are.",
        fix: "answer OPTIONS with 204",
    },
    RuleInfo {
        id: "allow-methods-invalid",
        title: "Access-Control-Allow-Methods cannot be parsed",
        step: "CORS-preflight fetch, step 7.3",
        explanation: "The value must be method names with commas between them. Quotes, semicolons and blanks between \
                      names make the whole header invalid.",
        fix: "write the methods with commas: GET, POST, PUT",
    },
    RuleInfo {
        id: "allow-headers-invalid",
        title: "Access-Control-Allow-Headers cannot be parsed",
        step: "CORS-preflight fetch, step 7.3",
        explanation: "The value must be header names with commas between them. Quotes, semicolons and blanks between \
                      names make the whole header invalid.",
        fix: "write the names with commas: content-type, authorization",
    },
    RuleInfo {
        id: "method-not-allowed",
        title: "the method is not listed",
        step: "CORS-preflight fetch, step 7.5",
        explanation: "Methods other than GET, HEAD and POST must be listed, in the letter case in which they are sent. \
                      A page that writes patch sends patch. With credentials * is a method of that name.",
        fix: "add the method to Access-Control-Allow-Methods, in upper case, and write it so in the page",
    },
    RuleInfo {
        id: "header-not-allowed",
        title: "a request header is not listed",
        step: "CORS-preflight fetch, step 7.7",
        explanation: "Every header the page sets beyond a few simple ones must be listed. A content type such as \
                      application/json makes content-type one of them. With credentials * is a header of that name.",
        fix: "add the names to Access-Control-Allow-Headers",
    },
    RuleInfo {
        id: "redirect-credentials",
        title: "a redirect to a URL with user name or password",
        step: "HTTP-redirect fetch, step 10",
        explanation: "A cross-origin redirect may not lead to a URL with a user name or a password in it.",
        fix: "leave the user information out of Location",
    },
    RuleInfo {
        id: "disallowed-by-mode",
        title: "the page asked for same-origin only",
        step: "main fetch, step 12",
        explanation: "The page made the request with mode: 'same-origin' to another origin. Nothing was sent.",
        fix: "leave the mode out, or call a URL of the page's own origin",
    },
    RuleInfo {
        id: "scheme-disabled",
        title: "the URL's scheme takes no part in CORS",
        step: "main fetch, step 12",
        explanation: "Scripts can read cross-origin answers over http and https only. Pages opened from file: or an \
                      app's own scheme meet this often.",
        fix: "serve the resource over https",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::Rule;

    #[test]
    fn every_rule_has_its_words_in_the_order_of_the_standard() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids, Rule::IDS);
    }

    #[test]
    fn steps_are_those_the_rules_give() {
        for rule in [Rule::AllowOriginMissing, Rule::PreflightStatus { status: 404 }, Rule::SchemeDisabled] {
            assert_eq!(RuleInfo::of(rule.id()).map(|info| info.step), Some(rule.step()));
        }
    }
}
