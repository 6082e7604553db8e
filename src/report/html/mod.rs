//! HTML: one self-contained file without scripts, links out or anything fetched.
//!
//! Printable, readable without colour and by a screen reader, dark and light. Owns the page and its
//! list; one answer is `answer`. Markup is written by `maud`, which closes every element and escapes every
//! text; `shown` and `shown_lines` make hidden characters of a capture visible as well. A content security
//! policy stands behind that.

mod answer;

use super::order::{self, Group};
use super::sanitize;
use super::shared::{Compared, Shared};
use super::source::{Findings, HeldFindings};
use super::view::{Report, Verdict};
use super::{Options, words};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::io::{self, Write};

const CSS: &str = include_str!("report.css");

/// Writes the page, section by section.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_from(report, &HeldFindings::shown(report, options), options, out)
}

/// The same with findings that are had one at a time; those of the report are not looked at.
pub fn write_from(report: &Report, shown: &dyn Findings, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let groups = order::groups(shown.facts());
    put(out, &html! { (DOCTYPE) "\n" })?;
    out.write_all(b"<html lang=\"en\">\n")?;
    put(out, &head(report))?;
    out.write_all(b"<body>\n<main>\n")?;
    put(out, &top(report, shown))?;
    if let Some(note) = options.filter_note(shown) {
        put(out, &html! { p { (shown_lines(&note)) } "\n" })?;
    }
    if groups.len() > 1 {
        put(out, &list(shown, &groups))?;
    }
    let mut compared = Compared::default();
    for group in &groups {
        if let Some(mut shared) = Shared::of(shown, group).filter(|shared| shared.first().verdict != Verdict::Pass) {
            compared.once(&mut shared);
            put(out, &answer::section(report, shown, group, &shared))?;
        }
    }
    put(out, &remarks(report))?;
    out.write_all(b"</main>\n")?;
    put(out, &foot(report))?;
    out.write_all(b"</body>\n</html>\n")
}

fn put(out: &mut dyn Write, markup: &Markup) -> io::Result<()> {
    out.write_all(markup.0.as_bytes())
}

/// Text that is one line by contract: what is hidden in it shows.
fn shown(text: &str) -> Markup {
    PreEscaped(sanitize::html(&sanitize::line(text)))
}

/// Text that may have lines, which stay lines.
fn shown_lines(text: &str) -> Markup {
    PreEscaped(sanitize::html(text))
}

fn title(report: &Report) -> String {
    match report.inputs.as_slice() {
        [] => "CORS report".to_owned(),
        [input] => format!("CORS report: {}", input.path),
        [input, rest @ ..] => format!("CORS report: {} and {} more", input.path, rest.len()),
    }
}

fn head(report: &Report) -> Markup {
    html! {
        head {
            "\n" meta charset="utf-8";
            "\n" meta name="viewport" content="width=device-width, initial-scale=1";
            "\n" meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
            "\n" meta name="referrer" content="no-referrer";
            "\n" title { (shown_lines(&title(report))) }
            "\n" style { "\n" (PreEscaped(CSS)) }
            "\n"
        }
        "\n"
    }
}

fn top(report: &Report, findings: &dyn Findings) -> Markup {
    html! {
        h1 { (shown_lines(&title(report))) } "\n"
        @if let Some(clean) = crate::report::clean::clean(report) {
            p class=(clean.verdict.id()) {
                strong { (symbol(clean.verdict)) " " (shown_lines(&clean.headline)) }
            }
            "\n"
            @if !clean.lines.is_empty() {
                ul {
                    "\n"
                    @for (label, text) in &clean.lines {
                        li { (shown_lines(label)) ": " (shown_lines(text)) } "\n"
                    }
                }
                "\n"
            }
            @if let Some(ask) = clean.ask {
                p { (ask) } "\n"
            }
        } @else {
            p { strong { (shown_lines(&words::counts(report, findings.seen_again().as_deref()))) } } "\n"
            @if let Some(not_judged) = words::not_judged(&report.summary) {
                p { "Not judged: " (shown_lines(&not_judged)) } "\n"
            }
        }
        ul {
            "\n"
            @for input in &report.inputs {
                li { code { (shown_lines(&input.path)) } " " (shown_lines(&words::input(input))) } "\n"
            }
        }
        "\n"
    }
}

/// Symbol and, for a reader who does not see it, the word.
fn symbol(verdict: Verdict) -> Markup {
    let (symbol, word) = match verdict {
        Verdict::Fail => ("✗", "failed"),
        Verdict::Undecided => ("?", "not decided"),
        Verdict::Pass => ("✓", "passed"),
    };
    html! { span role="img" aria-label=(word) { (symbol) } }
}

fn list(findings: &dyn Findings, groups: &[Group]) -> Markup {
    html! {
        nav aria-label="Findings" {
            "\n"
            table {
                "\n"
                thead {
                    "\n"
                    tr {
                        @for name in ["#", "Count", "Why", "Request", "Kind"] {
                            th scope="col" { (name) }
                        }
                    }
                    "\n"
                }
                "\n"
                @for section in groups.chunk_by(|a, b| a.section == b.section) {
                    tbody {
                        "\n"
                        @if let Some(first) = section.first() {
                            tr { th scope="rowgroup" colspan="5" { (first.section.title()) } } "\n"
                        }
                        @for (group, shared) in section.iter().filter_map(|group| Some((group, Shared::of(findings, group)?))) {
                            (list_row(group, &shared)) "\n"
                        }
                    }
                    "\n"
                }
            }
            "\n"
        }
        "\n"
    }
}

fn list_row(group: &Group, shared: &Shared<'_>) -> Markup {
    let finding = shared.first();
    let number = finding.number;
    html! {
        tr {
            td class="n" {
                @if finding.verdict == Verdict::Pass {
                    (number)
                } @else {
                    a href={ "#f" (number) } { (number) }
                }
            }
            td class="n" { (group.count()) }
            td class=(finding.verdict.id()) { (symbol(finding.verdict)) " " (shown(finding.title())) }
            td { (answer::request(shared)) }
            td { (words::nature(finding)) }
        }
    }
}

fn remarks(report: &Report) -> Markup {
    let remarks = crate::report::clean::remarks(report);
    html! {
        @if !remarks.is_empty() {
            section {
                "\n" h2 { "Remarks" } "\n"
                ul {
                    "\n"
                    @for remark in &remarks {
                        li { (shown(&remark.text)) } "\n"
                    }
                }
                "\n"
            }
            "\n"
        }
    }
}

fn foot(report: &Report) -> Markup {
    html! {
        footer class="soft" {
            "\n" p { (shown_lines(&report.tool.name)) " " (shown_lines(&report.tool.version)) } "\n"
        }
        "\n"
    }
}
