//! `whycors explain`: one page on a cause, a browser's error name or a pasted message.
//!
//! Owns what stands on the page. Recognising the text is `diagnosis::explain`'s business, the words
//! on causes are the cause table's, the layout is the text report's.

mod words;

use crate::cli::Exit;
use crate::cors::Stage;
use crate::diagnosis::explain::{Known, Recognised, Subject, candidates, recognise};
use crate::diagnosis::rules::RuleInfo;
use crate::diagnosis::table::{CauseInfo, info};
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
    match known.subject {
        Subject::Rule(ids) => rules(ids, known),
        Subject::Cause(id) => info(id).map(cause).into_iter().collect(),
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
    pages.extend(behind.into_iter().filter_map(info).map(cause));
    pages
}

fn line(label: &str, text: impl Into<String>) -> Line {
    Line { label: label.to_owned(), text: text.into() }
}

/// A title without the letters that stand for values.
fn spoken(title: &str) -> String {
    let words: Vec<&str> = title.split(' ').map(|word| if matches!(word, "X" | "N") { "…" } else { word }).collect();
    words.join(" ").replace("(N)", "(…)")
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

fn cause(cause: &CauseInfo) -> Explanation {
    let lines = vec![line("proof", cause.proven_by)];
    Explanation {
        id: cause.id.to_owned(),
        title: cause.titles.iter().map(|title| spoken(title)).collect::<Vec<_>>().join(" · "),
        paragraphs: vec![cause.explanation.to_owned()],
        lines,
    }
}
