//! The answer to one group as a section of the page.
//!
//! Owns its order, which is that of the text report, with evidence, ladder and steps added.

use super::symbol;
use crate::report::markdown::unknown;
use crate::report::order::Group;
use crate::report::sanitize::{self, html};
use crate::report::shared::{RowWords, Shared};
use crate::report::view::{Engine, Finding, LadderMark, Report, StepOutcome};
use crate::report::words;
use std::io::{self, Write};

/// Requests of a group that are listed one by one.
const MAX_ROWS: usize = 50;

pub(super) fn write(
    report: &Report,
    findings: &[Finding],
    group: &Group,
    shared: &Shared<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = shared.first();
    let number = finding.number;
    let count =
        if group.count() > 1 && !shared.several() { format!("{} times ", group.count()) } else { String::new() };
    writeln!(
        out,
        "<section id=\"f{number}\" aria-labelledby=\"h{number}\">\n<h2 id=\"h{number}\"><span class=\"id\">{}</span>\
         <span class=\"{}\">{} #{number} {}</span> {count}{}</h2>",
        one(&words::label(finding)),
        finding.verdict.id(),
        symbol(finding.verdict),
        words::nature(finding),
        request(shared),
    )?;
    let headline = shared.headline();
    if !headline.is_empty() {
        writeln!(out, "<p><strong>{}</strong></p>", one(&headline))?;
    }
    facts(report, findings, group, shared, out)?;
    console(finding, out)?;
    if let (Some(cause), Some(text)) = (&finding.cause, shared.cause()) {
        let certainty = words::certainty(cause.certainty);
        writeln!(out, "<h3>Cause</h3>\n<p>{certainty}: {}</p>", one(&text))?;
    }
    if !finding.also.is_empty() {
        writeln!(out, "<h3>Would fail next</h3>\n<ul>")?;
        for also in shared.also() {
            writeln!(out, "<li>{}</li>", one(&also))?;
        }
        writeln!(out, "</ul>")?;
    }
    fixes(shared, out)?;
    if let Some(verify) = &finding.verify {
        writeln!(out, "<h3>How to verify</h3>\n<pre>{}</pre>", one(&verify.curl))?;
        if !verify.expect.is_empty() {
            writeln!(out, "<p>Expect {}</p>", one(&verify.expect))?;
        }
    }
    let unknown = unknown(shared);
    if !unknown.is_empty() {
        writeln!(out, "<h3>What could not be known</h3>\n<ul>")?;
        for text in unknown {
            writeln!(out, "<li>{}</li>", one(&text))?;
        }
        writeln!(out, "</ul>")?;
    }
    if let Some(doubt) = finding.doubt.as_ref().filter(|doubt| !doubt.ask.is_empty()) {
        writeln!(out, "<h3>Please send</h3>\n<pre>{}</pre>", html(&doubt.ask))?;
    }
    let of = if shared.several() { format!(" of #{number}") } else { String::new() };
    evidence(report, finding, &of, out)?;
    ladder(report, finding, &of, out)?;
    steps(finding, out)?;
    writeln!(out, "</section>")
}

/// `POST` and the URL, or `5 requests to 2 servers`.
pub(super) fn request(shared: &Shared<'_>) -> String {
    match shared.request() {
        (method, Some(url)) => format!("{} <code>{}</code>", one(&method), one(url)),
        (requests, None) => one(&requests),
    }
}

/// Text that is one line by contract.
fn one(text: &str) -> String {
    html(&sanitize::line(text))
}

/// Lines that are alternatives stay lines.
fn each(text: &str) -> String {
    sanitize::lines(text).map(|line| html(&line)).collect::<Vec<_>>().join("\n")
}

fn row(out: &mut dyn Write, label: &str, cell: &str) -> io::Result<()> {
    writeln!(out, "<tr><th scope=\"row\">{}</th><td>{cell}</td></tr>", one(label))
}

fn facts(
    report: &Report,
    findings: &[Finding],
    group: &Group,
    shared: &Shared<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = shared.first();
    let mark = if shared.several() { format!("#{}: ", finding.number) } else { String::new() };
    writeln!(out, "<table>\n<tbody>")?;
    for line in &finding.lines {
        row(out, &line.label, &html(&shared.line(line)).replace('\n', "<br>"))?;
    }
    for hop in words::untold_hops(finding) {
        let place = words::place(hop.place, &report.inputs);
        row(out, "redirected by", &one(&format!("{} {} answered {} ({place})", hop.method, hop.url, hop.status)))?;
    }
    if let Some(rule) = shared.rule() {
        row(out, "rule", &one(&rule))?;
    }
    for stack in &finding.stack {
        let name = format!("{}{}", shared.mark_of_stack(), words::layer(stack));
        row(out, "server", &format!("{}: <code>{}</code>", one(&name), one(&stack.because)))?;
    }
    if let Some(by) = shared.called_by() {
        let line = by.line.map_or_else(String::new, |line| format!(", line {line}"));
        let function = by.function.as_deref().filter(|function| !function.is_empty());
        let function = function.map_or_else(String::new, |function| format!(", function {}", one(function)));
        row(out, "called by", &format!("{}{line}{function}", one(&by.url)))?;
    }
    if let Some(place) = words::location(finding, &report.inputs) {
        row(out, "where", &one(&format!("{mark}{place}")))?;
    }
    if let Some(log) = &finding.log {
        row(out, "in the log", &one(&format!("{mark}{log}")))?;
    }
    if let Some(works) = shared.works() {
        let place = words::place(works.place, &report.inputs);
        row(out, "works", &one(&format!("{} {} ({place})", works.method, works.url)))?;
    }
    if let Some(same) = words::same_as(finding) {
        row(out, "same as", &one(&same))?;
    }
    if group.count() > 1 {
        for folded in group.rows.iter().take(MAX_ROWS) {
            let Some(words) = RowWords::of(findings, folded, &report.inputs) else { continue };
            let text = format!("{} {} ({})", words.method, words.url, words.details());
            row(out, &words::counted(folded.count(), "time", "times"), &one(&text))?;
        }
        let more = group.rows.len().saturating_sub(MAX_ROWS);
        if more > 0 {
            row(out, "", &format!("and {more} more"))?;
        }
    }
    writeln!(out, "</tbody>\n</table>")
}

/// The judged engine's sentence first, the others' behind it: a ticket may quote any of them.
fn console(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Some((first, sentence)) = words::console(finding) else { return Ok(()) };
    writeln!(out, "<h3>What the user saw ({} console)</h3>\n<pre>{}</pre>", words::browser(first), each(sentence))?;
    for engine in Engine::ALL.iter().copied().filter(|engine| *engine != first) {
        if let Some(sentence) = finding.console.get(engine) {
            writeln!(out, "<p class=\"soft\">{} says:</p>\n<pre>{}</pre>", words::browser(engine), each(sentence))?;
        }
    }
    Ok(())
}

fn fixes(shared: &Shared<'_>, out: &mut dyn Write) -> io::Result<()> {
    let fixes = &shared.first().fixes;
    if fixes.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h3>Fix</h3>\n<ol>")?;
    for (index, fix) in fixes.iter().enumerate() {
        let title = one(&shared.fix(index));
        match (index, fix.alternative_to) {
            (0, _) => write!(out, "<li>{title}")?,
            (_, None) => write!(out, "</li>\n<li>{title}")?,
            (_, Some(_)) => write!(out, "\n<p>or {title}</p>")?,
        }
        if !fix.text.is_empty() {
            write!(out, "\n<pre>{}</pre>", html(&fix.text))?;
        }
        if let Some(do_not) = &fix.do_not {
            write!(out, "\n<p><strong>Do not</strong> {}</p>", one(do_not))?;
        }
        let proof = shared.proof(index);
        if !proof.is_empty() {
            write!(out, "\n<p class=\"soft\">Proof: {}</p>", one(&proof))?;
        }
    }
    writeln!(out, "</li>\n</ol>")
}

fn evidence(report: &Report, finding: &Finding, of: &str, out: &mut dyn Write) -> io::Result<()> {
    if finding.evidence.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details open>\n<summary>Evidence{of}</summary>\n<ul>")?;
    for evidence in &finding.evidence {
        let side = evidence.side.replace('-', " ");
        let place = words::place(evidence.place, &report.inputs);
        writeln!(out, "<li>{}, {}: <code>{}</code></li>", one(&side), one(&place), one(&evidence.what))?;
    }
    writeln!(out, "</ul>\n</details>")
}

fn ladder(report: &Report, finding: &Finding, of: &str, out: &mut dyn Write) -> io::Result<()> {
    if finding.ladder.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details open>\n<summary>Exchange{of}</summary>\n<table class=\"ladder\">\n<tbody>")?;
    for row in &finding.ladder {
        let mark = match row.mark {
            LadderMark::None => "",
            LadderMark::Fail => "<span class=\"fail\" role=\"img\" aria-label=\"failed\">✗</span>",
            LadderMark::Warn => "<span class=\"undecided\" role=\"img\" aria-label=\"would fail next\">!</span>",
        };
        let place = row.place.map_or_else(String::new, |place| words::place(place, &report.inputs));
        writeln!(
            out,
            "<tr class=\"{}\"><td>{mark}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            row.kind.id(),
            one(&row.text),
            one(row.time.as_deref().unwrap_or_default()),
            one(&place)
        )?;
    }
    writeln!(out, "</tbody>\n</table>\n</details>")
}

fn steps(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    if finding.steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details open>\n<summary>Steps of the Fetch Standard</summary>\n<ul>")?;
    for step in &finding.steps {
        let (class, symbol) = match step.outcome {
            StepOutcome::Passed => ("pass", "✓"),
            StepOutcome::Failed => ("fail", "✗"),
            StepOutcome::Unreadable => ("undecided", "?"),
            StepOutcome::Skipped => ("soft", "–"),
        };
        writeln!(
            out,
            "<li><span class=\"{class}\">{symbol} {}</span> {}, {}: {}</li>",
            step.outcome.id(),
            one(&step.on),
            one(&step.step),
            one(&step.says)
        )?;
    }
    writeln!(out, "</ul>\n</details>")
}
