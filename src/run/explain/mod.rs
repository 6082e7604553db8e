//! `whycors explain`: one page on a cause, a browser's error name or a pasted message.
//!
//! Owns what stands on the page. Recognising the text is `diagnosis::explain`'s business, the words
//! on causes are the causes' files', the layout is the text report's.

mod notions;
mod terms;
mod words;

use crate::cli::Exit;
use crate::cors::{Engine, Stage};
use crate::diagnosis::causes::{self, Title, doc};
use crate::diagnosis::explain::{HeaderInfo, Known, Recognised, StatusInfo, Subject, candidates, recognise};
use crate::diagnosis::rules::RuleInfo;
use crate::report::sanitize;
use crate::report::style::Style;
use crate::report::text::explain::{Explanation, write};
use crate::report::view::Line;
use std::io;
use std::path::Path;

/// What can be explained.
const ACCEPTED: &str =
    "give a cause id, an error name, a header, a status or a whole console message, as in whycors explain 405";

/// Columns of an unknown text that are repeated.
const LONGEST_ECHO: usize = 80;

/// Prints the page; an error that names the nearest known texts when nothing is recognised.
///
/// What was pasted holds addresses, and the page is pasted on: it is masked before it is looked at.
pub(super) fn explain(what: &str, style: Style) -> anyhow::Result<Exit> {
    anyhow::ensure!(!what.trim().is_empty(), "nothing to explain; {ACCEPTED}");
    let (given, masked) = (what, crate::secrets::foreign(what));
    let what = masked.as_str();
    if let Some(page) = notions::page(what) {
        write(&[page], style, &mut io::stdout().lock())?;
        return Ok(Exit::Nothing);
    }
    let known = match recognise(what) {
        Recognised::Known(known) => known,
        Recognised::Unknown { nearest } => {
            anyhow::ensure!(
                !Path::new(given).is_file(),
                "{given}: is a file; give the message itself, or analyse a capture with whycors {given}"
            );
            let what = sanitize::truncate(what, LONGEST_ECHO, "…");
            anyhow::ensure!(!nearest.is_empty(), "not recognised: {what}; {ACCEPTED}");
            anyhow::bail!("not recognised: {what}; did you mean {}?", nearest.join(", "))
        }
    };
    write(&pages(&known), style, &mut io::stdout().lock())?;
    Ok(Exit::Nothing)
}

/// The page for what was recognised, and one for each cause that commonly stands behind it.
fn pages(known: &Known) -> Vec<Explanation> {
    match known.subject {
        Subject::Rule(ids) => rules(ids, known),
        Subject::Cause(id) => doc(id).map(cause).into_iter().collect(),
        Subject::Header(name) => HeaderInfo::of(name).map(|it| terms::header(it, known)).into_iter().collect(),
        Subject::Status(id) => StatusInfo::by_id(id).map(|it| terms::status(it, known)).into_iter().collect(),
        Subject::Other(other) => vec![words::page(other, known)],
    }
}

fn rules(ids: &[&'static str], known: &Known) -> Vec<Explanation> {
    let mut pages: Vec<Explanation> = ids.iter().filter_map(|id| Some(rule(RuleInfo::of(id)?, known))).collect();
    let mut behind: Vec<&str> = Vec::new();
    for id in ids {
        for cause in candidates(id, known.stage) {
            // A cause of the same name says what the rule's page says.
            if !ids.contains(cause) && !behind.contains(cause) {
                behind.push(cause);
            }
        }
    }
    pages.extend(behind.into_iter().filter_map(doc).map(cause));
    pages
}

fn line(label: &str, text: impl Into<String>) -> Line {
    Line { label: label.to_owned(), text: text.into() }
}

/// Widest id of a cause or rule, so that the words of a list stand below each other.
const ID_WIDTH: usize = 28;
/// Columns for the words on an id, on a page of 80.
const WORDS_WIDTH: usize = 41;

/// Ids with a few words on each.
fn list(
    label: &'static str,
    items: impl Iterator<Item = (&'static str, impl AsRef<str>)>,
) -> impl Iterator<Item = Line> {
    items.map(move |(id, words)| {
        let mut rows: Vec<String> = Vec::new();
        for word in words.as_ref().split(' ') {
            match rows.last_mut() {
                Some(row) if row.chars().count().saturating_add(word.chars().count()) < WORDS_WIDTH => {
                    row.push(' ');
                    row.push_str(word);
                }
                _ => rows.push(word.to_owned()),
            }
        }
        line(label, format!("{id:ID_WIDTH$}{}", rows.join(&format!("\n{:ID_WIDTH$}", ""))))
    })
}

fn rule(info: &RuleInfo, known: &Known) -> Explanation {
    let mut lines = Vec::new();
    for stage in [Stage::Preflight, Stage::Actual] {
        if known.stage.is_none_or(|known| known == stage) {
            lines.extend(info.said_by(Engine::Chromium, stage).map(|name| line("Chrome", name)));
        }
    }
    lines.dedup();
    lines.extend(info.said_by(Engine::Firefox, Stage::Actual).map(|name| line("Firefox", name)));
    lines.extend(info.said_by(Engine::WebKit, Stage::Actual).map(|text| line("Safari", text)));
    lines.push(line("step", info.step));
    lines.extend(known.origin.as_deref().map(|origin| line("page", origin)));
    lines.extend(known.url.as_deref().map(|url| line("url", url)));
    lines.extend(known.value.as_deref().map(|value| line("value", value)));
    lines.push(line("fix", info.fix));
    let likely = candidates(info.id, known.stage);
    if likely.iter().any(|id| *id != info.id) {
        lines.push(line("likely", likely.join(", ")));
    }
    Explanation {
        id: info.id.to_owned(),
        title: info.title.to_owned(),
        paragraphs: vec![info.explanation.to_owned()],
        lines,
    }
}

fn cause(cause: &causes::CauseInfo) -> Explanation {
    let mut lines = vec![line("proof", cause.proven_by), line("fix", cause.fix)];
    lines.extend((!cause.do_not.is_empty()).then(|| line("do not", cause.do_not)));
    Explanation {
        id: cause.id.to_owned(),
        title: cause.titles.iter().map(Title::spoken).collect::<Vec<_>>().join(" · "),
        paragraphs: vec![cause.explanation.to_owned()],
        lines,
    }
}
