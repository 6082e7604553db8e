//! The full answer to one group of findings: what happened, why, what to change, how to check.
//!
//! Owns the order of the labelled lines. Empty lines are left out, never filled.

use super::wrap::{INDENT, labelled, labelled_lines, paragraph, verbatim, verbatim_at};
use crate::report::order::{Group, Key};
use crate::report::sanitize;
use crate::report::shared::{Compared, RowWords, Shared};
use crate::report::source::Findings;
use crate::report::style::{Paint, Style};
use crate::report::view::{CalledBy, Finding, Report};
use crate::report::words;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Rows of a group that are listed one by one.
const MAX_ROWS: usize = 10;

/// Labels of `lines` that say what to do now: they stand behind the cause.
const AFTER_CAUSE: &[&str] = &["now", "decide"];

/// Writes the answers to groups, in order. `findings` is what the groups' indices point into.
pub(super) fn write_all<'a>(
    report: &Report,
    findings: &dyn Findings,
    groups: impl Iterator<Item = &'a Group>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    // One cause on many servers is one answer: the others refer to it.
    let mut said: HashMap<Key, u32> = HashMap::new();
    let mut compared = Compared::default();
    for group in groups {
        let Some(mut shared) = Shared::of(findings, group) else { continue };
        compared.once(&mut shared);
        let finding = shared.first();
        let told = Told { report, findings, group, shared: &shared, style };
        writeln!(out)?;
        heading(&told, out)?;
        let Some(facts) = findings.facts().get(group.first()) else { continue };
        match said.entry(facts.answer) {
            Entry::Occupied(earlier) => brief(&told, *earlier.get(), out)?,
            Entry::Vacant(new) => {
                new.insert(finding.number);
                full(&told, out)?;
            }
        }
    }
    Ok(())
}

/// What an answer is written from.
#[derive(Clone, Copy)]
struct Told<'a> {
    report: &'a Report,
    findings: &'a dyn Findings,
    group: &'a Group,
    shared: &'a Shared<'a>,
    style: Style,
}

/// An answer that was given before: what differs, and where the rest stands.
fn brief(told: &Told<'_>, earlier: u32, out: &mut dyn Write) -> io::Result<()> {
    let Told { shared, style, .. } = *told;
    let request = if shared.several() { "other requests" } else { "another request" };
    let text = format!("As #{earlier}: the same cause and the same change, for {request}.");
    paragraph(out, style, 2, &text)?;
    lines(told, false, out)?;
    requests(told, out)?;
    console(shared.first(), style, out)?;
    cause(told, out)?;
    whereabouts(told, out)?;
    works(told, out)
}

/// The lines of the dispute, those before the cause or those after it.
fn lines(told: &Told<'_>, after_cause: bool, out: &mut dyn Write) -> io::Result<()> {
    let lines = told.shared.first().lines.iter();
    for line in lines.filter(|line| AFTER_CAUSE.contains(&line.label.as_str()) == after_cause) {
        labelled_lines(out, told.style, &line.label, &told.shared.line(line))?;
    }
    Ok(())
}

fn cause(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (Some(cause), Some(text)) = (&told.shared.first().cause, told.shared.cause()) else { return Ok(()) };
    labelled(out, told.style, "cause", &format!("{}: {text}", words::certainty(cause.certainty)))
}

/// Addresses, and where to look in the server's log.
fn whereabouts(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Told { report, shared, style, .. } = *told;
    let mark = if shared.several() { format!("#{}: ", shared.first().number) } else { String::new() };
    if let Some(place) = words::location(shared.first(), &report.inputs) {
        labelled(out, style, "where", &format!("{mark}{place}"))?;
    }
    if let Some(log) = &shared.first().log {
        labelled(out, style, "log", &format!("{mark}{log}"))?;
    }
    Ok(())
}

/// A request of the same page and server that passed.
fn works(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(works) = told.shared.works() else { return Ok(()) };
    let place = words::place(works.place, &told.report.inputs);
    let text = format!("the same page may call {} {} ({place}): compare the two", works.method, works.url);
    labelled(out, told.style, "works", &text)
}

fn full(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Told { report, shared, style, .. } = *told;
    let finding = shared.first();
    paragraph(out, style, 2, &shared.headline())?;
    lines(told, false, out)?;
    requests(told, out)?;
    for hop in words::untold_hops(finding) {
        let place = words::place(hop.place, &report.inputs);
        labelled(out, style, "via", &format!("{} {} answered {} ({place})", hop.method, hop.url, hop.status))?;
    }
    console(finding, style, out)?;
    if let Some(rule) = shared.rule() {
        labelled(out, style, "rule", &rule)?;
    }
    cause(told, out)?;
    if let Some(cause) = finding.cause.as_ref().filter(|cause| !cause.candidates.is_empty()) {
        labelled(out, style, "", &format!("candidates: {}", cause.candidates.join(", ")))?;
    }
    for (index, stack) in finding.stack.iter().enumerate() {
        let name = words::layer(stack);
        let quote = if stack.is_line { "\"" } else { "" };
        let text = format!("{}{name}: {quote}{}{quote}", shared.mark_of_stack(), stack.because);
        labelled(out, style, if index == 0 { "server" } else { "" }, &text)?;
    }
    for (index, text) in shared.also().iter().enumerate() {
        labelled(out, style, if index == 0 { "also" } else { "" }, text)?;
    }
    lines(told, true, out)?;
    if let Some(by) = shared.called_by() {
        labelled(out, style, "called", &called_by(by))?;
    }
    whereabouts(told, out)?;
    fixes(told, out)?;
    if let Some(verify) = &finding.verify {
        verbatim(out, style, "verify", &verify.curl)?;
        if !verify.expect.is_empty() {
            labelled(out, style, "", &format!("expect {}", verify.expect))?;
        }
    }
    works(told, out)?;
    if let Some(same) = words::same_as(finding) {
        labelled(out, style, "same as", &same)?;
    }
    if let Some(doubt) = &finding.doubt {
        if !doubt.is_headline {
            labelled(out, style, "missing", &doubt.text)?;
        }
        // The request to the customer is to be copied, commands in it too.
        for (index, line) in doubt.ask.lines().enumerate() {
            let label = if index == 0 { "ask for" } else { "" };
            if line.trim_start().starts_with("curl ") {
                verbatim(out, style, label, line)?;
            } else {
                labelled(out, style, label, line)?;
            }
        }
    }
    Ok(())
}

/// The requests of a group, when it holds more than the one in its heading.
fn requests(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Told { report, findings, group, style, .. } = *told;
    if group.count() <= 1 {
        return Ok(());
    }
    for (index, row) in group.rows.iter().take(MAX_ROWS).enumerate() {
        let Some(words) = RowWords::of(findings, row, &report.inputs) else { continue };
        let count = if row.count() > 1 { format!("{}x ", row.count()) } else { String::new() };
        let text = format!("{count}{} {} ({})", words.method, words.url, words.details());
        labelled(out, style, if index == 0 { "requests" } else { "" }, &text)?;
    }
    let more = group.rows.len().saturating_sub(MAX_ROWS);
    if more > 0 {
        labelled(out, style, "", &format!("and {more} more"))?;
    }
    Ok(())
}

/// What the customer saw, ready to be compared with what the customer pasted.
fn console(finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some((_, sentences)) = words::console(finding) else { return Ok(()) };
    for (index, sentence) in sentences.lines().enumerate() {
        verbatim(out, style, if index == 0 { "console" } else { "or" }, sentence)?;
    }
    Ok(())
}

/// `✗ #1 CORS  POST https://…          no-options-handler`: the id at the right edge where it fits.
fn heading(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Told { group, shared, style, .. } = *told;
    let finding = shared.first();
    let symbol = style.symbol(finding.verdict);
    let (what, url) = shared.request();
    let mut request = sanitize::line(&what).into_owned();
    if let Some(url) = url {
        let many = if group.count() > 1 { format!("{}x ", group.count()) } else { String::new() };
        let url = sanitize::line(url);
        request = format!("{many}{request} {}", sanitize::truncate(&url, 2048, style.ellipsis()));
    }
    let text = format!("#{} {}  {request}", finding.number, words::nature(finding));
    let used = sanitize::width(symbol) + 1 + sanitize::width(&text);
    let needed = |label: &str| used + 2 + sanitize::width(label);
    let label = words::label(finding);
    let label = sanitize::line(&label);
    write!(out, "{} {}", style.paint(Style::verdict(finding.verdict), symbol), style.paint(Paint::Strong, &text))?;
    if label.is_empty() {
        return writeln!(out);
    }
    if needed(&label) > style.width {
        writeln!(out)?;
        let indent = style.width.saturating_sub(sanitize::width(&label));
        return writeln!(out, "{:indent$}{label}", "");
    }
    let gap = style.width.saturating_sub(used + sanitize::width(&label));
    writeln!(out, "{:gap$}{label}", "")
}

fn called_by(by: &CalledBy) -> String {
    let mut text = by.url.clone();
    if let Some(line) = by.line {
        let _ = write!(text, ", line {line}");
    }
    if let Some(function) = by.function.as_deref().filter(|function| !function.is_empty()) {
        let _ = write!(text, ", function {function}");
    }
    text
}

/// Fixes, each with its configuration lines; what not to do; how far the proof reaches, once.
fn fixes(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Told { shared, style, .. } = *told;
    let fixes = &shared.first().fixes;
    let labels = words::fix_labels(fixes);
    for (index, (fix, label)) in fixes.iter().zip(&labels).enumerate() {
        labelled(out, style, &label.text(), &shared.fix(index))?;
        for line in sanitize::lines(&fix.text).filter(|line| !line.is_empty()) {
            verbatim_at(out, style, INDENT + 2, &line)?;
        }
        if let Some(do_not) = &fix.do_not {
            labelled(out, style, "do not", do_not)?;
        }
    }
    // Each proof once; with the number of its fix where the fixes differ in it, and none left out then.
    let mut said: Vec<(usize, String)> = Vec::new();
    let proofs: Vec<String> = (0..fixes.len()).map(|index| shared.proof(index)).collect();
    let equal = proofs.windows(2).all(|pair| pair.first() == pair.last());
    for (proof, label) in proofs.into_iter().zip(&labels) {
        let earlier = said.iter().find(|(_, said)| *said == proof).map(|(number, _)| *number);
        let after = if label.only { String::new() } else { format!(" {}", label.number) };
        match earlier {
            _ if proof.is_empty() => {}
            None if label.alternative => labelled(out, style, "or", &proof)?,
            None => labelled(out, style, &format!("proof{}", if equal { "" } else { &after }), &proof)?,
            Some(earlier) if !equal && !label.alternative => {
                labelled(out, style, &format!("proof{after}"), &format!("as for fix {earlier}"))?;
            }
            Some(_) => {}
        }
        said.push((label.number, proof));
    }
    Ok(())
}
