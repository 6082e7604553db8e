//! `whycors explain`: one page on a cause, a browser's error name or a pasted message.
//!
//! Owns what stands on the page. Recognising the text is `diagnosis::explain`'s business, the words
//! on causes are the cause table's, the layout is the text report's.

use crate::cli::Exit;
use crate::cors::{Engine, Stage};
use crate::diagnosis::explain::{Known, Other, Recognised, Subject, recognise};
use crate::diagnosis::rules::RuleInfo;
use crate::diagnosis::table::{CAUSES, CauseInfo};
use crate::report::style::Style;
use crate::report::text::explain::{Explanation, write};
use crate::report::view::Line;
use std::io;

/// Prints the page; an error that names the nearest known texts when nothing is recognised.
pub(super) fn explain(what: &str, style: Style) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        !what.trim().is_empty(),
        "nothing to explain; give a cause id, an error name or a whole console message"
    );
    let known = match recognise(what) {
        Recognised::Known(known) => known,
        Recognised::Unknown { nearest } if nearest.is_empty() => {
            anyhow::bail!("not recognised: {what}; give a cause id, an error name or a whole console message")
        }
        Recognised::Unknown { nearest } => {
            anyhow::bail!("not recognised: {what}; did you mean {}?", nearest.join(", "))
        }
    };
    write(&pages(&known), style, &mut io::stdout().lock())?;
    Ok(Exit::Nothing)
}

/// The page for what was recognised, and one for each cause that commonly stands behind it.
fn pages(known: &Known) -> Vec<Explanation> {
    let mut pages = Vec::new();
    match known.subject {
        Subject::Rule(ids) => pages.extend(ids.iter().filter_map(|id| Some(rule(RuleInfo::of(id)?, known)))),
        Subject::Cause(id) => pages.extend(CAUSES.iter().find(|cause| cause.id == id).map(cause)),
        Subject::Other(other) => pages.push(words(other, known)),
    }
    let candidates = known.subject.candidates(known.stage);
    pages.extend(candidates.iter().filter_map(|id| CAUSES.iter().find(|cause| cause.id == *id)).map(cause));
    pages
}

fn line(label: &str, text: impl Into<String>) -> Line {
    Line { label: label.to_owned(), text: text.into() }
}

fn rule(info: &RuleInfo, known: &Known) -> Explanation {
    let mut lines = Vec::new();
    for stage in [Stage::Preflight, Stage::Actual] {
        if known.stage.is_none_or(|known| known == stage) {
            lines.extend(info.chromium(stage).map(|name| line("Chrome", name)));
        }
    }
    lines.dedup();
    lines.extend(info.firefox.map(|name| line("Firefox", name)));
    lines.extend(info.webkit.map(|text| line("Safari", text)));
    lines.push(line("step", info.step));
    lines.extend(known.origin.as_deref().map(|origin| line("page", origin)));
    lines.extend(known.url.as_deref().map(|url| line("url", url)));
    lines.extend(known.value.as_deref().map(|value| line("value", value)));
    lines.push(line("fix", info.fix));
    let likely: Vec<&str> = known.subject.candidates(known.stage).to_vec();
    if !likely.is_empty() {
        lines.push(line("likely", likely.join(", ")));
    }
    Explanation {
        id: info.id.to_owned(),
        title: info.title.to_owned(),
        paragraphs: vec![info.explanation.to_owned()],
        lines,
    }
}

fn cause(cause: &CauseInfo) -> Explanation {
    let lines = vec![line("proven by", cause.proven_by)];
    Explanation {
        id: cause.id.to_owned(),
        title: cause.titles.join(" · "),
        paragraphs: vec![cause.explanation.to_owned()],
        lines,
    }
}

/// Words that stand for no rule by themselves: what they do and do not say.
fn words(other: Other, known: &Known) -> Explanation {
    let engine = known.engine.map(Engine::id).unwrap_or_default();
    let (id, title, paragraph) = match other {
        Other::DidNotSucceed => (
            "CORSDidNotSucceed2",
            "the connection failed",
            "Firefox prints this for a connection that failed: refused, reset, a name that does not resolve, a \
             certificate it does not trust. No CORS rule was reached, although the text says CORS.",
        ),
        Other::AccessControlLine => (
            "access control checks",
            "says only that the page got nothing",
            "Safari prints this line after CORS refusals and after network errors alike. The line before it names the \
             reason; alone it is no evidence of CORS.",
        ),
        Other::LoadFailed => (
            "net::ERR_FAILED",
            "the browser gave up",
            "This stands beside every CORS refusal and beside many other failures. Look for the line that begins with \
             \"Access to\" in the same console.",
        ),
        Other::ScriptError => (
            "TypeError",
            "what the page's script sees",
            "Scripts are told nothing about the reason, on purpose. The console of the browser has it, in a line of \
             its own.",
        ),
        Other::NoReason => (
            "no reason given",
            "a CORS message without a reason",
            "The text speaks of CORS and gives no reason. Ask for the whole line, or for a HAR of the same moment.",
        ),
        Other::Disabled => (
            "CORSDisabled",
            "CORS is switched off in this browser",
            "The preference content.cors.disable is set in this Firefox: every cross-origin request in cors mode \
             fails. The server cannot change that.",
        ),
        Other::AuthorizationWarning => (
            "CORSAllowHeaderFromPreflightDeprecation",
            "a warning, not a failure",
            "The request passed. The server answers Access-Control-Allow-Headers: * and the page sends Authorization, \
             which the standard wants listed by name; browsers still let it through and say that they may stop.",
        ),
    };
    let mut lines = Vec::new();
    if !engine.is_empty() {
        lines.push(line("browser", engine));
    }
    let likely: Vec<&str> = known.subject.candidates(known.stage).to_vec();
    if !likely.is_empty() {
        lines.push(line("likely", likely.join(", ")));
    }
    Explanation { id: id.to_owned(), title: title.to_owned(), paragraphs: vec![paragraph.to_owned()], lines }
}
