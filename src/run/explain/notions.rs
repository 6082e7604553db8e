//! Short pages on the words of the subject itself: preflight, OPTIONS, credentials, no-cors.
//!
//! Owns these words alone. They name no failure; each page leads to the ids that do.

use super::line;
use crate::report::text::explain::Explanation;

/// A word of the subject.
struct Notion {
    id: &'static str,
    title: &'static str,
    /// As people type it: lower case, without punctuation.
    typed: &'static [&'static str],
    text: &'static str,
    /// What `whycors explain` knows of it.
    see: &'static [&'static str],
}

const NOTIONS: &[Notion] = &[
    Notion {
        id: "preflight",
        title: "the question before the request",
        typed: &["preflight", "corspreflight", "preflightrequest", "options", "optionsrequest"],
        text: "An OPTIONS request that the browser itself sends, with Origin and Access-Control-Request-Method, before a \
               request with another method than GET, HEAD or POST, or with headers that a form cannot send \
               (Authorization, Content-Type: application/json). It carries no cookie and no Authorization, so no login \
               check may stand before it. The answer must have a 2xx status, no redirect, and the Access-Control-Allow \
               lines for origin, method and headers; else the request is never sent.",
        see: &[
            "no-options-handler",
            "options-without-cors",
            "auth-before-cors",
            "preflight-redirect",
            "preflight-bad-status",
            "Access-Control-Max-Age",
        ],
    },
    Notion {
        id: "credentials",
        title: "cookies and logins of the browser",
        typed: &["credentials", "credentialsmode", "credentialsinclude", "withcredentials", "cookies"],
        text: "A page asks with credentials by fetch(url, {credentials: 'include'}) or xhr.withCredentials = true: the \
               browser then adds cookies, client certificates and its own Authorization. Access-Control-Allow-Origin must \
               then be the page's origin itself, Access-Control-Allow-Credentials must be true, on the preflight's answer \
               and on the request's, and \"*\" stands for nothing. An Authorization header that the script sets is no \
               credential in this sense. No header on the wire says which mode was used.",
        see: &["wildcard-with-credentials", "allow-credentials-missing", "Access-Control-Allow-Credentials"],
    },
    Notion {
        id: "no-cors",
        title: "a request without CORS",
        typed: &["nocors", "modenocors", "opaque", "opaqueresponse"],
        text: "With fetch(url, {mode: 'no-cors'}), and for images, scripts and styles without crossorigin, the browser asks \
               no server's leave and the page may read nothing of the answer: status 0, no body (an opaque response). It \
               hides the error and mends nothing; a page that needs the answer needs mode cors and a server that allows \
               it. CORP, COEP and ORB may still withhold such an answer.",
        see: &["resource-policy", "Access-Control-Allow-Origin"],
    },
];

/// The page on a word of the subject, when `what` is one and nothing else.
pub(super) fn page(what: &str) -> Option<Explanation> {
    if what.len() > 64 {
        return None;
    }
    let typed: String =
        what.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    let notion = NOTIONS.iter().find(|notion| notion.typed.contains(&typed.as_str()))?;
    Some(Explanation {
        id: notion.id.to_owned(),
        title: notion.title.to_owned(),
        paragraphs: vec![notion.text.to_owned()],
        lines: vec![line("see also", format!("whycors explain {}", notion.see.join(", ")))],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::explain::{Recognised, recognise};

    #[test]
    fn every_reference_of_a_page_is_itself_explained() {
        for id in NOTIONS.iter().flat_map(|notion| notion.see) {
            assert!(matches!(recognise(id), Recognised::Known(_)), "{id}");
        }
    }

    #[test]
    fn no_word_hides_what_is_recognised_otherwise() {
        for typed in NOTIONS.iter().flat_map(|notion| notion.typed) {
            assert!(matches!(recognise(typed), Recognised::Unknown { .. }), "{typed}");
        }
    }

    #[test]
    fn words_are_known_in_any_case_and_punctuation_and_within_a_sentence_not() {
        for (what, id) in [
            ("OPTIONS", "preflight"),
            ("no-cors", "no-cors"),
            ("credentials: 'include'", "credentials"),
            ("withCredentials", "credentials"),
        ] {
            assert_eq!(page(what).unwrap().id, id, "{what}");
        }
        assert!(page("the preflight failed").is_none());
        assert!(page("").is_none());
    }
}
