//! HTML: one self-contained file without scripts, links out or anything fetched.
//!
//! Printable, readable without colour and by a screen reader, dark and light. Owns the page and its
//! list; one answer is `answer`. Everything of a capture is escaped by [`sanitize::html`], and a
//! content security policy stands behind that.

mod answer;

use super::order::{self, Group};
use super::sanitize::{self, html};
use super::shared::{Compared, Shared};
use super::view::{Finding, Report, Verdict};
use super::{Options, words};
use std::io::{self, Write};

const CSS: &str = include_str!("report.css");

/// Writes the page.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = options.shown(report);
    let groups = order::groups(&shown);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n<main>\n",
        html(&title(report))
    )?;
    head(report, out)?;
    if let Some(note) = options.filter_note(report, shown.len()) {
        writeln!(out, "<p>{}</p>", html(&note))?;
    }
    if groups.len() > 1 {
        list(&shown, &groups, out)?;
    }
    let mut compared = Compared::default();
    for group in &groups {
        if let Some(mut shared) = Shared::of(&shown, group).filter(|shared| shared.first().verdict != Verdict::Pass) {
            compared.once(&mut shared);
            answer::write(report, &shown, group, &shared, out)?;
        }
    }
    remarks(report, out)?;
    writeln!(
        out,
        "</main>\n<footer class=\"soft\">\n<p>{} {}</p>\n</footer>\n</body>\n</html>",
        html(&report.tool.name),
        html(&report.tool.version)
    )
}

fn title(report: &Report) -> String {
    match report.inputs.as_slice() {
        [] => "CORS report".to_owned(),
        [input] => format!("CORS report: {}", input.path),
        [input, rest @ ..] => format!("CORS report: {} and {} more", input.path, rest.len()),
    }
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1>{}</h1>", html(&title(report)))?;
    if let Some(clean) = crate::report::clean::clean(report) {
        let class = clean.verdict.id();
        writeln!(out, "<p class=\"{class}\"><strong>{} {}</strong></p>", symbol(clean.verdict), html(&clean.headline))?;
        if !clean.lines.is_empty() {
            writeln!(out, "<ul>")?;
            for (label, text) in &clean.lines {
                writeln!(out, "<li>{}: {}</li>", html(label), html(text))?;
            }
            writeln!(out, "</ul>")?;
        }
        if let Some(ask) = clean.ask {
            writeln!(out, "<p>{}</p>", html(ask))?;
        }
    } else {
        writeln!(out, "<p><strong>{}</strong></p>", html(&words::counts(report)))?;
        if let Some(not_judged) = words::not_judged(&report.summary) {
            writeln!(out, "<p>Not judged: {}</p>", html(&not_judged))?;
        }
    }
    writeln!(out, "<ul>")?;
    for input in &report.inputs {
        writeln!(out, "<li><code>{}</code> {}</li>", html(&input.path), html(&words::input(input)))?;
    }
    writeln!(out, "</ul>")
}

/// Symbol and, for a reader who does not see it, the word.
fn symbol(verdict: Verdict) -> String {
    let (symbol, word) = match verdict {
        Verdict::Fail => ("✗", "failed"),
        Verdict::Undecided => ("?", "not decided"),
        Verdict::Pass => ("✓", "passed"),
    };
    format!("<span role=\"img\" aria-label=\"{word}\">{symbol}</span>")
}

fn list(findings: &[Finding], groups: &[Group], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<nav aria-label=\"Findings\">\n<table>\n<thead>\n<tr><th scope=\"col\">#</th><th scope=\"col\">Count</th>\
         <th scope=\"col\">Why</th><th scope=\"col\">Request</th><th scope=\"col\">Kind</th></tr>\n</thead>"
    )?;
    let mut section = None;
    for group in groups {
        let Some(shared) = Shared::of(findings, group) else { continue };
        let finding = shared.first();
        if section != Some(group.section) {
            if section.is_some() {
                writeln!(out, "</tbody>")?;
            }
            section = Some(group.section);
            writeln!(
                out,
                "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"5\">{}</th></tr>",
                html(group.section.title())
            )?;
        }
        let number = finding.number;
        let target = match finding.verdict {
            Verdict::Pass => number.to_string(),
            _ => format!("<a href=\"#f{number}\">{number}</a>"),
        };
        writeln!(
            out,
            "<tr><td class=\"n\">{target}</td><td class=\"n\">{}</td><td class=\"{}\">{} {}</td><td>{}</td><td>{}</td></tr>",
            group.count(),
            finding.verdict.id(),
            symbol(finding.verdict),
            html(&sanitize::line(finding.title())),
            answer::request(&shared),
            words::nature(finding),
        )?;
    }
    if section.is_some() {
        writeln!(out, "</tbody>")?;
    }
    writeln!(out, "</table>\n</nav>")
}

fn remarks(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let remarks = crate::report::clean::remarks(report);
    if remarks.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section>\n<h2>Remarks</h2>\n<ul>")?;
    for remark in remarks {
        writeln!(out, "<li>{}</li>", html(&sanitize::line(&remark.text)))?;
    }
    writeln!(out, "</ul>\n</section>")
}
