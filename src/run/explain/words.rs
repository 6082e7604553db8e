//! Pages on words that stand for no rule and no cause by themselves.
//!
//! Owns what such words do and do not say, and which line of which console to ask for. What may be
//! behind them is ranked in `diagnosis::explain`.

use super::{line, list};
use crate::cors::Engine;
use crate::diagnosis::explain::{Known, Other, Suspect};
use crate::report::text::explain::Explanation;
use crate::report::view::Line;

/// The page on `other`.
pub(super) fn page(other: Other, known: &Known) -> Explanation {
    let (id, title, said) = about(other, known);
    let mut paragraph = said.to_owned();
    let suspects = other.suspects(known.status);
    let words = |suspects: &'static [Suspect]| suspects.iter().map(|it| (it.id, it.words));
    let mut lines: Vec<Line> =
        list("CORS", words(suspects.cors)).chain(list("not CORS", words(suspects.not_cors))).collect();
    let suspected = !lines.is_empty();
    if suspected {
        paragraph.push_str(" Behind it may be, most frequent first:");
    }
    if asks(other) {
        lines.extend(line_to_ask_for(known.engine));
        lines.push(line("then", then(known.engine)));
    }
    if suspected {
        lines.push(line("see also", "whycors explain ID, with an id of the list"));
    }
    Explanation { id: id.to_owned(), title: title.to_owned(), paragraphs: vec![paragraph], lines }
}

fn asks(other: Other) -> bool {
    matches!(
        other,
        Other::StatusZero | Other::ScriptError | Other::LoadFailed | Other::AccessControlLine | Other::NoReason
    )
}

/// What a browser's words for a page's script are worth.
macro_rules! scripts_only {
    ($browser:literal) => {
        concat!(
            $browser,
            " gives these words to a page's script for every request that failed, whether CORS refused the answer or \
             no answer came. Scripts are told no more, on purpose: the reason stands in the browser's console, in a \
             line of its own."
        )
    };
}

fn about(other: Other, known: &Known) -> (&'static str, &'static str, &'static str) {
    match (other, known.engine) {
        (Other::ScriptError, Some(Engine::Chromium)) => {
            ("TypeError: Failed to fetch", "says only that a request failed", scripts_only!("Chrome"))
        }
        (Other::ScriptError, Some(Engine::Firefox)) => (
            "TypeError: NetworkError when attempting to fetch resource.",
            "says only that a request failed",
            scripts_only!("Firefox"),
        ),
        (Other::ScriptError, Some(Engine::WebKit)) => {
            ("TypeError: Load failed", "says only that a request failed", scripts_only!("Safari"))
        }
        (Other::ScriptError, None) => (
            "Network Error",
            "says only that a request failed",
            "Libraries such as axios say this of every request that failed, whether CORS refused the answer or no \
             answer came. Scripts are told no more, on purpose: the reason stands in the browser's console, in a \
             line of its own.",
        ),
        (Other::LoadFailed, Some(Engine::Chromium)) if known.status.is_some() => (
            "net::ERR_FAILED with a status",
            "the answer came and was kept from the page",
            "The status says that the server answered the request itself, so neither the network nor the preflight \
             failed: most likely CORS refused the answer. The reason stands in a line of its own.",
        ),
        (Other::LoadFailed, Some(Engine::Chromium)) => (
            "net::ERR_FAILED",
            "says only that the browser gave up",
            "Chrome prints this beside every CORS refusal, and beside some other failures. Connections that fail \
             mostly have a name of their own (net::ERR_CONNECTION_REFUSED), so that CORS is the likelier reason.",
        ),
        (Other::LoadFailed, _) => (
            "Failed to load resource",
            "says only that a request failed",
            "Chrome and Safari begin many lines with these words; the reason follows them or stands in the line \
             before. Alone they say nothing about CORS.",
        ),
        (Other::AccessControlLine, _) => (
            "due to access control checks",
            "says only that the page got nothing",
            "Safari prints this line after a CORS refusal, and also after a preflight that met a network error. The \
             line before it names the reason; this one alone is no evidence of CORS.",
        ),
        (Other::DidNotSucceed, _) => (
            "CORSDidNotSucceed2",
            "the connection failed",
            "Firefox prints this for a connection that failed: refused, reset, a name that does not resolve, a \
             certificate it does not trust. No CORS rule was reached, although the text says CORS. Right after \
             another CORS message on the same URL it adds nothing to that one.",
        ),
        (Other::NoReason, _) => (
            "no reason given",
            "a CORS message without a reason",
            "The text speaks of CORS and gives no reason; the whole line has it.",
        ),
        (Other::StatusZero, _) => (
            "status 0",
            "no answer that the page may see",
            "No HTTP status. XMLHttpRequest, browsers' recordings and many libraries show it where no answer came, \
             and also where one came and CORS kept it from the page.",
        ),
        (Other::Disabled, _) => (
            "CORSDisabled",
            "CORS is switched off in this browser",
            "The preference content.cors.disable is set in this Firefox: every cross-origin request in cors mode \
             fails. The server cannot change that; the preference can be reset in about:config.",
        ),
        (Other::AuthorizationWarning, _) => (
            "CORSAllowHeaderFromPreflightDeprecation",
            "a warning, not a failure",
            "The request passed. The server answers Access-Control-Allow-Headers: * and the page sends Authorization, \
             which the standard wants listed by name; browsers still let it through and say that they may stop.",
        ),
    }
}

/// Which line names the reason, and where it stands.
fn line_to_ask_for(engine: Option<Engine>) -> Vec<Line> {
    let chrome = [
        line(
            "ask for",
            "the whole red line that says \"has been blocked by CORS policy\"; if there is none, the red line with \
             another net::ERR_… name",
        ),
        line(
            "find it",
            "F12 (macOS: Option+Command+J), tab Console, nothing in the filter box, level Errors on; then repeat the \
             request",
        ),
    ];
    let firefox = [
        line("ask for", "the whole line that begins with \"Cross-Origin Request Blocked\", with its (Reason: …)"),
        line(
            "find it",
            "Ctrl+Shift+K (macOS: Option+Command+K), nothing in the filter box, Errors on; then repeat the request",
        ),
    ];
    let safari = [
        line("ask for", "the line before \"… due to access control checks\""),
        line(
            "find it",
            "Option+Command+C, tab Console; first turn on Settings, Advanced, \"Show features for web developers\"; \
             then repeat the request",
        ),
    ];
    let named = |name: &str, lines: [Line; 2]| lines.map(|it| line(&it.label, format!("{name}: {}", it.text)));
    match engine {
        Some(Engine::Chromium) => chrome.into(),
        Some(Engine::Firefox) => firefox.into(),
        Some(Engine::WebKit) => safari.into(),
        None => {
            let mut lines =
                [named("Chrome, Edge", chrome), named("Firefox", firefox), named("Safari", safari)].concat();
            // Stable: what to ask for, then where it is found.
            lines.sort_by(|a, b| a.label.cmp(&b.label));
            lines
        }
    }
}

fn then(engine: Option<Engine>) -> &'static str {
    match engine {
        Some(Engine::WebKit) => {
            "whycors explain \"THE LINE\"; a HAR of Safari leaves failed requests out, one of Chrome or Firefox has them"
        }
        _ => "whycors explain \"THE LINE\", or with a HAR of the same moment: whycors FILE.har --console \"THE LINE\"",
    }
}
