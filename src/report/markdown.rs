//! Markdown, ready to paste into a ticket.
//!
//! Summary, a table of what was asked and what was allowed, the sentence the user saw, cause, fix,
//! how to verify, what could not be known. Everything of a capture is escaped or stands in code
//! ([`sanitize`]): it makes no markup, no link and no mention.

use super::order::{self, Group, Section};
use super::sanitize::{self, markdown as prose, markdown_block as block, markdown_cell as cell, markdown_code as code};
use super::shared::{Compared, RowWords, Shared};
use super::source::{Findings, HeldFindings};
use super::view::{Nature, Report, Verdict};
use super::words::FixLabel;
use super::{Options, words};
use std::io::{self, Write};

/// Requests of a group that are listed one by one.
const MAX_ROWS: usize = 20;

/// Writes the report.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_from(report, &HeldFindings::shown(report, options), options, out)
}

/// The same with findings that are had one at a time; those of the report are not looked at.
pub fn write_from(report: &Report, shown: &dyn Findings, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if let Some(clean) = crate::report::clean::clean(report) {
        writeln!(out, "**{} {}**", symbol(clean.verdict), prose(&clean.headline))?;
        if !clean.lines.is_empty() {
            writeln!(out)?;
        }
        for (label, text) in &clean.lines {
            writeln!(out, "- {}: {}", prose(label), prose(text))?;
        }
        if let Some(ask) = clean.ask {
            writeln!(out, "\n{}", prose(ask))?;
        }
    } else {
        writeln!(out, "**{}**", prose(&words::counts(report, shown.seen_again().as_deref())))?;
        if let Some(not_judged) = words::not_judged(&report.summary) {
            writeln!(out, "\nNot judged: {}", prose(&not_judged))?;
        }
    }
    writeln!(out)?;
    for input in &report.inputs {
        writeln!(out, "- {}: {}", code(&input.path), prose(&words::input(input)))?;
    }
    if let Some(note) = options.filter_note(shown) {
        writeln!(out, "\n{}", prose(&note))?;
    }
    let groups = order::groups(shown.facts());
    if groups.len() > 1 {
        list(shown, &groups, out)?;
    }
    let mut compared = Compared::default();
    for group in groups.iter().filter(|group| group.section != Section::Passed) {
        if let Some(mut shared) = Shared::of(shown, group) {
            compared.once(&mut shared);
            answer(report, shown, group, &shared, out)?;
        }
    }
    remarks(report, out)
}

fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "✗",
        Verdict::Undecided => "?",
        Verdict::Pass => "✓",
    }
}

fn list(findings: &dyn Findings, groups: &[Group], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n| # | Count | Request | Why | Kind |\n|--:|--:|---|---|---|")?;
    for group in groups {
        let Some(shared) = Shared::of(findings, group) else { continue };
        let finding = shared.first();
        writeln!(
            out,
            "| {} | {} | {} | {} {} | {} |",
            finding.number,
            group.count(),
            cell(&request(&shared)),
            symbol(finding.verdict),
            cell(&prose(finding.title())),
            words::nature(finding),
        )?;
    }
    Ok(())
}

/// `POST` and the URL, or `5 requests to 2 servers`.
fn request(shared: &Shared<'_>) -> String {
    match shared.request() {
        (method, Some(url)) => format!("{} {}", prose(&method), code(url)),
        (requests, None) => prose(&requests),
    }
}

fn answer(
    report: &Report,
    findings: &dyn Findings,
    group: &Group,
    shared: &Shared<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = shared.first();
    let repeated = group.count() > 1 && !shared.several();
    let count = if repeated { format!(", {} times", group.count()) } else { String::new() };
    writeln!(
        out,
        "\n## {} Finding {} ({}{count}): {}\n",
        symbol(finding.verdict),
        finding.number,
        words::nature(finding),
        request(shared),
    )?;
    let headline = shared.headline();
    if !headline.is_empty() {
        writeln!(out, "{}\n", prose(&headline))?;
    }
    let mark = if shared.several() { format!("#{}: ", finding.number) } else { String::new() };
    writeln!(out, "| | |\n|---|---|")?;
    for line in &finding.lines {
        let lines: Vec<String> = sanitize::lines(&shared.line(line)).map(|line| prose(&line)).collect();
        pair(out, &line.label, &lines.join("\n"))?;
    }
    for hop in words::untold_hops(finding) {
        let place = words::place(hop.place, &report.inputs);
        let text = format!("{} {} answered {} ({place})", hop.method, hop.url, hop.status);
        pair(out, "redirected by", &prose(&text))?;
    }
    if let Some(rule) = shared.rule() {
        pair(out, "rule", &prose(&rule))?;
    }
    for stack in &finding.stack {
        let name = format!("{}{}", shared.mark_of_stack(), words::layer(stack));
        pair(out, "server", &format!("{}: {}", prose(&name), code(&stack.because)))?;
    }
    if let Some(by) = shared.called_by() {
        let line = by.line.map_or_else(String::new, |line| format!(", line {line}"));
        let function = by.function.as_deref().filter(|function| !function.is_empty());
        let function = function.map_or_else(String::new, |function| format!(", function {}", code(function)));
        pair(out, "called by", &format!("{}{line}{function}", code(&by.url)))?;
    }
    if let Some(place) = words::location(finding, &report.inputs) {
        pair(out, "where", &prose(&format!("{mark}{place}")))?;
    }
    if let Some(log) = &finding.log {
        pair(out, "in the log", &prose(&format!("{mark}{log}")))?;
    }
    if let Some(same) = words::same_as(finding) {
        pair(out, "same as", &prose(&same))?;
    }
    if group.count() > 1 {
        requests(report, findings, group, out)?;
    }
    if let Some((engine, sentence)) = words::console(finding) {
        write!(out, "\n**What the user saw** ({} console)\n\n{}", words::browser(engine), block(sentence, "text"))?;
    }
    if let (Some(cause), Some(text)) = (&finding.cause, shared.cause()) {
        writeln!(
            out,
            "\n**Cause**: {} ({}): {}",
            code(&words::label(finding)),
            words::certainty(cause.certainty),
            prose(&text)
        )?;
    }
    if !finding.evidence.is_empty() {
        let of = if shared.several() { format!(" of #{}", finding.number) } else { String::new() };
        writeln!(out, "\n**Evidence**{}\n", prose(&of))?;
        for evidence in &finding.evidence {
            let side = evidence.side.replace('-', " ");
            let place = words::place(evidence.place, &report.inputs);
            writeln!(out, "- {}, {}: {}", prose(&side), prose(&place), code(&evidence.what))?;
        }
    }
    if !finding.also.is_empty() {
        writeln!(out, "\n**Would fail next**\n")?;
        for also in shared.also() {
            writeln!(out, "- {}", prose(&also))?;
        }
    }
    fixes(shared, out)?;
    if let Some(verify) = &finding.verify {
        write!(out, "\n**How to verify**\n\n{}", one_line_block(&verify.curl, "sh"))?;
        if !verify.expect.is_empty() {
            writeln!(out, "\nExpect {}", prose(&verify.expect))?;
        }
    }
    if let Some(works) = shared.works() {
        let place = words::place(works.place, &report.inputs);
        let text = format!("the same page may call {} {} ({place})", works.method, works.url);
        writeln!(out, "\n**Works**: {}", prose(&text))?;
    }
    let unknown = unknown(shared);
    if !unknown.is_empty() {
        writeln!(out, "\n**What could not be known**\n")?;
        for text in unknown {
            writeln!(out, "- {}", prose(&text))?;
        }
    }
    if let Some(doubt) = finding.doubt.as_ref().filter(|doubt| !doubt.ask.is_empty()) {
        write!(out, "\n**Please send**\n\n{}", block(&doubt.ask, "text"))?;
    }
    Ok(())
}

/// A sentence or command is one line; a newline in it would pose as another.
fn one_line_block(text: &str, language: &str) -> String {
    block(&sanitize::line(text), language)
}

/// A row of a table of two columns.
fn pair(out: &mut dyn Write, label: &str, value: &str) -> io::Result<()> {
    writeln!(out, "| {} | {} |", cell(&prose(label)), cell(value))
}

fn requests(report: &Report, findings: &dyn Findings, group: &Group, out: &mut dyn Write) -> io::Result<()> {
    for row in group.rows.iter().take(MAX_ROWS) {
        let Some(words) = RowWords::of(findings, row, &report.inputs) else { continue };
        let text = format!("{} {}, {}", prose(&words.method), code(&words.url), prose(&words.details()));
        pair(out, &words::counted(row.count(), "time", "times"), &text)?;
    }
    let more = group.rows.len().saturating_sub(MAX_ROWS);
    if more > 0 {
        writeln!(out, "| | and {more} more |")?;
    }
    Ok(())
}

fn fixes(shared: &Shared<'_>, out: &mut dyn Write) -> io::Result<()> {
    let fixes = &shared.first().fixes;
    if fixes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**Fix**")?;
    for (index, (fix, label)) in fixes.iter().zip(words::fix_labels(fixes)).enumerate() {
        let before = match label {
            FixLabel { alternative: true, .. } => "or ".to_owned(),
            FixLabel { only: true, .. } => String::new(),
            FixLabel { number, .. } => format!("{number}. "),
        };
        writeln!(out, "\n{before}{}", prose(&shared.fix(index)))?;
        if !fix.text.is_empty() {
            write!(out, "\n{}", block(&fix.text, ""))?;
        }
        if let Some(do_not) = &fix.do_not {
            writeln!(out, "\nDo not {}", prose(do_not))?;
        }
    }
    let mut said: Vec<String> = Vec::new();
    for proof in (0..fixes.len()).map(|index| shared.proof(index)).filter(|proof| !proof.is_empty()) {
        if !said.contains(&proof) {
            writeln!(out, "\nProof: {}", prose(&proof))?;
            said.push(proof);
        }
    }
    Ok(())
}

/// What this capture leaves open about a finding.
pub(super) fn unknown(shared: &Shared<'_>) -> Vec<String> {
    let finding = shared.first();
    let mut unknown = Vec::new();
    if let Some(doubt) = &finding.doubt {
        unknown.push(doubt.text.clone());
    }
    if let Some(cause) = finding.cause.as_ref().filter(|cause| !cause.candidates.is_empty()) {
        unknown.push(format!("which of these it was: {}", cause.candidates.join(", ")));
    }
    let sent = finding.actual.as_ref().map_or(Some(true), |actual| actual.sent);
    if sent == Some(false) && finding.verdict == Verdict::Fail && finding.nature == Nature::Cors {
        unknown.push(if shared.several() {
            "the answers to these requests: they were never sent".to_owned()
        } else {
            format!("the answer to {}: it was never sent", finding.method)
        });
    }
    if finding.credentials.mode == "unknown" && finding.verdict == Verdict::Undecided {
        unknown.push(format!("whether credentials were included: {}", finding.credentials.because));
    }
    unknown
}

fn remarks(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let remarks = crate::report::clean::remarks(report);
    if !remarks.is_empty() {
        writeln!(out, "\n## Remarks\n")?;
    }
    for remark in remarks {
        writeln!(out, "- {}", prose(&remark.text))?;
    }
    Ok(())
}
