//! Pages beside the findings: remarks, inputs, help, and what stands for an empty list.
//!
//! Owns their layout; the sentences about a clean report are the report's.

use super::Page;
use crate::report::view::Report;
use crate::report::words;
use crate::tui::action::TABLE;
use crate::tui::doc::{self, Doc, Row};
use crate::tui::theme::{self, Ink, Look};

/// Places named of one remark.
const PLACES: usize = 6;

/// Facts that are no failures.
pub fn remarks(report: &Report, page: Page<'_>) -> Doc {
    let mut doc = Doc::new();
    if report.remarks.is_empty() {
        doc.push(Row::of(Ink::Dim, " no remarks"));
    }
    for remark in &report.remarks {
        let count = if remark.count > 1 { format!("  {}", words::number(remark.count)) } else { String::new() };
        doc::heading(&mut doc, &format!("{}{count}", remark.id));
        doc::indented(&mut doc, 3, Ink::Plain, &remark.text, page.columns, page.look);
        let mut places: Vec<String> =
            remark.places.iter().take(PLACES).map(|place| words::place(*place, page.inputs)).collect();
        if remark.places.len() > PLACES {
            places.push(page.look.pick("…", "...").to_owned());
        }
        doc::indented(&mut doc, 3, Ink::Dim, &places.join(", "), page.columns, page.look);
    }
    doc
}

/// Every input, then the counts.
/// `read` is how many exchanges were read so far, while the reading goes on.
pub fn inputs(report: &Report, read: Option<u64>, page: Page<'_>) -> Doc {
    let Page { columns, look, .. } = page;
    let mut doc = Doc::new();
    for input in &report.inputs {
        doc::heading(&mut doc, &input.path);
        let ink = if input.error.is_some() { Ink::Fail } else { Ink::Plain };
        let known = read.is_none() || input.kind.is_some() || input.error.is_some();
        let text = if known { words::input(input) } else { "not read to its end yet".to_owned() };
        doc::indented(&mut doc, 3, ink, &text, columns, look);
        let kind = [input.kind.as_deref(), input.dialect.as_deref()];
        let kind: Vec<&str> = kind.into_iter().flatten().collect();
        if !kind.is_empty() {
            doc::indented(&mut doc, 3, Ink::Dim, &format!("read as {}", kind.join(", ")), columns, look);
        }
        if !input.hides.is_empty() {
            let text = format!("this recorder leaves out {}", input.hides.join(" and "));
            doc::indented(&mut doc, 3, Ink::Doubt, &text, columns, look);
        }
    }
    doc::heading(&mut doc, "counts");
    let summary = &report.summary;
    let mut line = |count: u64, text: &str| {
        let number = words::number(count);
        doc.push(
            Row::default()
                .pad_to(13usize.saturating_sub(number.len()))
                .with(Ink::Strong, &number)
                .with(Ink::Plain, &format!("  {text}")),
        );
    };
    if let Some(read) = read {
        line(read, "exchanges so far; the other counts follow when all is read");
        return doc;
    }
    line(summary.exchanges, "exchanges");
    line(summary.preflights, "preflights");
    line(summary.cors_requests, "cross-origin requests judged");
    let parts = [
        (summary.failed_cors, "blocked by CORS"),
        (summary.failed_side_effect, "failed elsewhere, hidden by a CORS message"),
        (summary.failed_not_cors, "failed, not CORS"),
        (summary.undecided, "not decided"),
        (summary.passed, "passed"),
        (summary.http_errors_readable, "of these HTTP errors that the page could read"),
    ];
    for (count, text) in parts.into_iter().filter(|(count, _)| *count > 0) {
        line(count, text);
    }
    for count in &summary.not_judged {
        line(count.count, &format!("not judged: {}", count.id));
    }
    let closed = report.remarks.iter().filter(|remark| remark.id.starts_with("tls-") || remark.id.starts_with("quic-"));
    for (index, remark) in closed.enumerate() {
        if index == 0 {
            doc::heading(&mut doc, "closed to this analysis");
        }
        doc::indented(&mut doc, 3, Ink::Doubt, &remark.text, columns, look);
    }
    doc
}

/// What stands in place of the list when nothing failed.
pub fn clean(report: &Report, page: Page<'_>) -> Option<Doc> {
    let Page { columns, look, inputs } = page;
    let clean = crate::report::clean::clean(report)?;
    let mut doc = vec![Row::default()];
    let symbol = look.verdict(clean.verdict);
    for (index, text) in doc::rows(&clean.headline, columns.saturating_sub(6), look).into_iter().enumerate() {
        let head = if index == 0 { format!("   {symbol} ") } else { "     ".to_owned() };
        doc.push(Row::of(theme::ink(clean.verdict), &head).with(Ink::Strong, &text));
    }
    for (label, text) in &clean.lines {
        doc.push(Row::default());
        doc::labelled(&mut doc, &format!("   {label}"), Ink::Plain, text, columns, look);
    }
    if let Some(ask) = clean.ask {
        doc.push(Row::default());
        doc::indented(&mut doc, 5, Ink::Plain, ask, columns.saturating_sub(3), look);
    }
    for input in report.inputs.iter().filter(|input| input.error.is_some()) {
        doc.push(Row::default());
        let text = format!("{}: {}", input.path, words::input(input));
        doc::indented(&mut doc, 5, Ink::Fail, &text, columns.saturating_sub(3), look);
    }
    // The remark that is the headline is not said twice.
    for remark in crate::report::clean::remarks(report) {
        doc.push(Row::default());
        let mut places: Vec<String> = remark.places.iter().take(2).map(|place| words::place(*place, inputs)).collect();
        places.retain(|place| place != "no place");
        let places = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
        let text = format!("{}{places}", remark.text);
        for (index, line) in doc::rows(&text, columns.saturating_sub(8), look).into_iter().enumerate() {
            let head = if index == 0 { "   ! " } else { "     " };
            doc.push(Row::of(Ink::Doubt, head).with(Ink::Plain, &line));
        }
    }
    Some(doc)
}

/// Every key.
pub fn help(columns: usize, look: Look) -> Doc {
    let mut doc = Doc::new();
    let widest = 22.min(columns / 2);
    for binding in TABLE {
        let keys = doc::wrap(&binding.label_in(look.ascii), widest);
        let texts = doc::rows(binding.help, columns.saturating_sub(widest + 4), look);
        for index in 0..keys.len().max(texts.len()) {
            let at = |list: &[String]| list.get(index).cloned().unwrap_or_default();
            doc.push(
                Row::of(Ink::Plain, " ").with(Ink::Label, &at(&keys)).pad_to(widest + 3).with(Ink::Plain, &at(&texts)),
            );
        }
    }
    doc::heading(&mut doc, "Filter words");
    for (key, text) in crate::report::filter::KEYS {
        let head = Row::of(Ink::Plain, " ").with(Ink::Label, &format!("{key}:")).pad_to(widest + 3);
        for (index, line) in doc::rows(text, columns.saturating_sub(widest + 4), look).into_iter().enumerate() {
            let row = if index == 0 { head.clone() } else { Row::default().pad_to(widest + 3) };
            doc.push(row.with(Ink::Plain, &line));
        }
    }
    doc::heading(&mut doc, "Marks");
    let marks = [
        (look.pick("✗", "x"), Ink::Fail, "failed"),
        ("?", Ink::Doubt, "this capture cannot decide"),
        (look.pick("✓", "+"), Ink::Pass, "passed"),
        ("!", Ink::Doubt, "would fail next, or to be looked at"),
    ];
    for (symbol, ink, text) in marks {
        doc.push(Row::of(Ink::Plain, " ").with(ink, symbol).pad_to(widest + 3).with(Ink::Plain, text));
    }
    doc
}
