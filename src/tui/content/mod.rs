//! What panes and pages say, as rows of text.
//!
//! Owns the words around the report's own words and their order. Pure: a finding and a width in,
//! rows out, so that drawing and scrolling agree on how long a page is.

mod ladder;
mod pages;
mod tabs;

pub use ladder::ladder;
pub use pages::{clean, help, inputs, remarks};

use super::doc::{self, Doc, Row};
use super::state::{Screen, State, Tab};
use super::theme::{self, Ink, Look};
use crate::report::view::{Certainty, Finding, Input};
use crate::report::{sanitize, words};
use std::fmt::Write as _;

/// Columns from which the why pane ends with the ladder.
const LADDER_TOO: u16 = 140;

/// What stands for a finding that is held as a row only.
pub(super) const LATER: &str = "this finding is told in full once reading has ended";

/// Where a text goes.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Columns to fill.
    pub columns: usize,
    /// Symbols.
    pub look: Look,
    /// For naming places.
    pub inputs: &'a [Input],
}

/// The text that scrolls on the current screen; None when there is none.
pub fn current(state: &State, columns: usize) -> Option<Doc> {
    let page = Page { columns, look: state.look, inputs: &state.report.inputs };
    match state.screen {
        Screen::List => {
            state.selected_row()?;
            let Some(finding) = state.selected() else { return Some(later()) };
            let mut doc = why(&finding, page);
            if state.size.0 >= LADDER_TOO {
                doc.push(Row::default());
                doc.extend(ladder(&finding, page));
            }
            Some(doc)
        }
        Screen::Detail { tab, .. } => {
            state.selected_row()?;
            Some(state.selected().map_or_else(later, |finding| detail(&finding, tab, page)))
        }
        Screen::Groups(_) => None,
        Screen::Remarks { .. } => Some(remarks(&state.report, page)),
        Screen::Inputs { .. } => {
            let read = state.reading().map(|progress| progress.exchanges);
            Some(inputs(&state.report, read, page))
        }
    }
}

fn later() -> Doc {
    vec![Row::of(Ink::Dim, &format!(" {LATER}"))]
}

/// Why a finding failed and what to do, the most useful first.
pub fn why(finding: &Finding, page: Page<'_>) -> Doc {
    let Page { columns, look, inputs } = page;
    let mut doc = headline(finding, page);
    // A neighbour that works is for later; the fix belongs on the first screen.
    let (later, first): (Vec<_>, Vec<_>) = finding.lines.iter().partition(|line| line.label == "works");
    for line in first {
        doc::labelled(&mut doc, &line.label, Ink::Plain, &line.text, columns, look);
    }
    if let Some(doubt) = &finding.doubt {
        doc::labelled(&mut doc, "missing", Ink::Doubt, &doubt.text, columns, look);
    }
    cause(&mut doc, finding, page);
    for (fix, label) in finding.fixes.iter().zip(words::fix_labels(&finding.fixes)) {
        doc::labelled(&mut doc, &label.text(), Ink::Strong, &fix.title, columns, look);
        if !fix.text.is_empty() {
            doc::indented(&mut doc, doc::LABEL + 2, Ink::Plain, &fix.text, columns, look);
        }
        if let Some(text) = &fix.do_not {
            doc::labelled(&mut doc, "do not", Ink::Doubt, text, columns, look);
        }
        if !fix.proof.is_empty() {
            doc::labelled(&mut doc, "proof", Ink::Plain, &fix.proof, columns, look);
        }
    }
    if let Some(doubt) = &finding.doubt
        && !doubt.ask.is_empty()
    {
        doc::labelled(&mut doc, "ask for", Ink::Strong, &doubt.ask, columns, look);
    }
    also(&mut doc, finding, page);
    for line in &later {
        doc::labelled(&mut doc, &line.label, Ink::Plain, &line.text, columns, look);
    }
    if let Some((_, text)) = words::console(finding) {
        let text = sanitize::line(text.lines().next().unwrap_or_default());
        let text = sanitize::truncate(&text, columns.saturating_sub(doc::LABEL), look.ellipsis());
        doc::labelled(&mut doc, "console", Ink::Dim, &text, columns, look);
    }
    place(&mut doc, finding, page);
    if let Some(works) = finding.works.as_ref().filter(|_| later.is_empty()) {
        let text = format!("{} {} ({}): compare", works.method, works.url, words::place(works.place, inputs));
        doc::labelled(&mut doc, "works", Ink::Plain, &text, columns, look);
    }
    doc
}

/// The symbol, the kind of fault when it is no plain CORS failure, and the sentence.
fn headline(finding: &Finding, page: Page<'_>) -> Doc {
    let sentence = if finding.headline.is_empty() { finding.title() } else { &finding.headline };
    let symbol = page.look.verdict(finding.verdict);
    let mut doc = Doc::new();
    for (index, text) in doc::rows(sentence, page.columns.saturating_sub(3), page.look).into_iter().enumerate() {
        let head = if index == 0 { format!(" {symbol} ") } else { "   ".to_owned() };
        doc.push(Row::of(theme::ink(finding.verdict), &head).with(Ink::Strong, &text));
    }
    doc
}

fn cause(doc: &mut Doc, finding: &Finding, page: Page<'_>) {
    let Some(cause) = &finding.cause else { return };
    let sure = words::certainty(cause.certainty);
    let mut text = if cause.text.is_empty() { sure.to_owned() } else { format!("{sure}: {}", cause.text) };
    if !cause.candidates.is_empty() {
        text.push_str(if cause.certainty == Certainty::Unknown { ". Candidates: " } else { ". Also possible: " });
        text.push_str(&cause.candidates.join("; "));
    }
    doc::labelled(doc, "cause", Ink::Plain, &text, page.columns, page.look);
}

fn also(doc: &mut Doc, finding: &Finding, page: Page<'_>) {
    let rest: Vec<&str> =
        finding.also.iter().map(|also| if also.text.is_empty() { also.rule.as_str() } else { &also.text }).collect();
    if !rest.is_empty() {
        doc::labelled(doc, "also", Ink::Doubt, &rest.join("; "), page.columns, page.look);
    }
}

fn place(doc: &mut Doc, finding: &Finding, page: Page<'_>) {
    if let Some(at) = finding.place() {
        let mut text = words::place(at, page.inputs);
        if let Some(server) = &finding.server {
            let _ = write!(text, ", server {server}");
        }
        doc::labelled(doc, "where", Ink::Plain, &text, page.columns, page.look);
    }
    if let Some(rule) = words::rule(finding) {
        doc::labelled(doc, "rule", Ink::Plain, &rule, page.columns, page.look);
    }
}

/// One tab of a finding.
pub fn detail(finding: &Finding, tab: Tab, page: Page<'_>) -> Doc {
    match tab {
        Tab::Exchange => ladder(finding, page),
        Tab::Evidence => tabs::evidence(finding, page),
        Tab::Steps => tabs::steps(finding, page),
        Tab::Fix => tabs::fix(finding, page),
        Tab::Console => tabs::console(finding, page),
    }
}
