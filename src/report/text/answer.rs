//! The full answer to one group of findings: what happened, why, what to change, how to check.
//!
//! Owns the order of the labelled lines. Empty lines are left out, never filled.

use super::wrap::{INDENT, labelled, labelled_lines, paragraph, verbatim, verbatim_at};
use crate::report::order::{Group, Row};
use crate::report::sanitize;
use crate::report::style::{Paint, Style};
use crate::report::view::{CalledBy, Finding, Fix, Report, split_url};
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
    findings: &'a [Finding],
    groups: impl Iterator<Item = &'a Group>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    // One cause on many servers is one answer: the others refer to it.
    let mut said: HashMap<Answer<'a>, u32> = HashMap::new();
    for group in groups {
        let Some(finding) = findings.get(group.first()) else { continue };
        writeln!(out)?;
        heading(finding, group, style, out)?;
        match said.entry(Answer::of(finding)) {
            Entry::Occupied(earlier) => brief(report, findings, group, finding, *earlier.get(), style, out)?,
            Entry::Vacant(new) => {
                new.insert(finding.number);
                full(report, findings, group, finding, style, out)?;
            }
        }
    }
    Ok(())
}

/// What must be equal for an answer to be that of an earlier group, word for word.
#[derive(PartialEq, Eq, Hash)]
struct Answer<'a> {
    label: &'a str,
    title: &'a str,
    headline: &'a str,
    fixes: Vec<(String, &'a str)>,
    also: Vec<&'a str>,
    stack: Vec<&'a str>,
    asked: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            label: finding.label(),
            title: finding.title(),
            headline: &finding.headline,
            fixes: finding.fixes.iter().map(|fix| (unaddressed(&fix.title, finding), fix.text.as_str())).collect(),
            also: finding.also.iter().map(|also| also.rule.as_str()).collect(),
            stack: finding.stack.iter().map(|stack| stack.id.as_str()).collect(),
            asked: finding.doubt.as_ref().map(|doubt| doubt.ask.as_str()),
        }
    }
}

/// A fix's title without the names of this request: one cause on two servers has one fix.
fn unaddressed(title: &str, finding: &Finding) -> String {
    let names = finding.hops().flat_map(|(method, url)| {
        let (host, path) = split_url(url);
        [host, path.split(['?', '#']).next().unwrap_or_default(), method]
    });
    names.filter(|name| name.len() > 1).fold(title.to_owned(), |title, name| title.replace(name, "…"))
}

/// An answer that was given before: what differs, and where the rest stands.
fn brief(
    report: &Report,
    findings: &[Finding],
    group: &Group,
    finding: &Finding,
    earlier: u32,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    paragraph(out, style, 2, &format!("As #{earlier}: the same cause and the same change, for another request."))?;
    for line in finding.lines.iter().filter(|line| !AFTER_CAUSE.contains(&line.label.as_str())) {
        labelled_lines(out, style, &line.label, &line.text)?;
    }
    requests(report, findings, group, style, out)?;
    console(finding, style, out)?;
    if let Some(cause) = &finding.cause {
        labelled(out, style, "cause", &format!("{}: {}", words::certainty(cause.certainty), cause.text))?;
    }
    if let Some(place) = words::location(finding, &report.inputs) {
        labelled(out, style, "where", &place)?;
    }
    if let Some(log) = &finding.log {
        labelled(out, style, "log", log)?;
    }
    works(report, finding, style, out)
}

/// A request of the same page and server that passed.
fn works(report: &Report, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(works) = &finding.works else { return Ok(()) };
    let place = words::place(works.place, &report.inputs);
    let text = format!("the same page may call {} {} ({place}): compare the two", works.method, works.url);
    labelled(out, style, "works", &text)
}

fn full(
    report: &Report,
    findings: &[Finding],
    group: &Group,
    finding: &Finding,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    paragraph(out, style, 2, &finding.headline)?;
    for line in finding.lines.iter().filter(|line| !AFTER_CAUSE.contains(&line.label.as_str())) {
        labelled_lines(out, style, &line.label, &line.text)?;
    }
    requests(report, findings, group, style, out)?;
    for hop in words::untold_hops(finding) {
        let place = words::place(hop.place, &report.inputs);
        labelled(out, style, "via", &format!("{} {} answered {} ({place})", hop.method, hop.url, hop.status))?;
    }
    console(finding, style, out)?;
    if let Some(rule) = words::rule(finding) {
        labelled(out, style, "rule", &rule)?;
    }
    if let Some(cause) = &finding.cause {
        labelled(out, style, "cause", &format!("{}: {}", words::certainty(cause.certainty), cause.text))?;
        if !cause.candidates.is_empty() {
            labelled(out, style, "", &format!("candidates: {}", cause.candidates.join(", ")))?;
        }
    }
    for (index, stack) in finding.stack.iter().enumerate() {
        let name = words::layer(stack);
        let quote = if stack.because.contains('"') { "" } else { "\"" };
        let text = format!("{name}: {quote}{}{quote}", stack.because);
        labelled(out, style, if index == 0 { "server" } else { "" }, &text)?;
    }
    for (index, also) in finding.also.iter().enumerate() {
        let text = if also.text.is_empty() { &also.rule } else { &also.text };
        labelled(out, style, if index == 0 { "also" } else { "" }, text)?;
    }
    for line in finding.lines.iter().filter(|line| AFTER_CAUSE.contains(&line.label.as_str())) {
        labelled_lines(out, style, &line.label, &line.text)?;
    }
    if let Some(by) = &finding.called_by {
        labelled(out, style, "called", &called_by(by))?;
    }
    if let Some(place) = words::location(finding, &report.inputs) {
        labelled(out, style, "where", &place)?;
    }
    if let Some(log) = &finding.log {
        labelled(out, style, "log", log)?;
    }
    fixes(&finding.fixes, style, out)?;
    if let Some(verify) = &finding.verify {
        verbatim(out, style, "verify", &verify.curl)?;
        if !verify.expect.is_empty() {
            labelled(out, style, "", &format!("expect {}", verify.expect))?;
        }
    }
    works(report, finding, style, out)?;
    if let Some(same) = words::same_as(finding) {
        labelled(out, style, "same as", &same)?;
    }
    if let Some(doubt) = &finding.doubt {
        if !finding.headline.contains(doubt.text.trim_end_matches('.')) {
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
fn requests(report: &Report, findings: &[Finding], group: &Group, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if group.count() <= 1 {
        return Ok(());
    }
    for (index, row) in group.rows.iter().take(MAX_ROWS).enumerate() {
        labelled(out, style, if index == 0 { "requests" } else { "" }, &row_line(report, findings, row))?;
    }
    let more = group.rows.len().saturating_sub(MAX_ROWS);
    if more > 0 {
        labelled(out, style, "", &format!("and {more} more"))?;
    }
    Ok(())
}

/// What the customer saw, ready to be compared with what the customer pasted.
fn console(finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some((engine, sentences)) = words::console(finding) else { return Ok(()) };
    let browser = (engine != finding.judged_as).then(|| words::browser(engine));
    for (index, sentence) in sentences.lines().enumerate() {
        let label = if index == 0 { "console" } else { "or" };
        match browser {
            Some(browser) => verbatim(out, style, label, &format!("{browser}: {sentence}"))?,
            None => verbatim(out, style, label, sentence)?,
        }
    }
    Ok(())
}

/// `✗ #1 CORS  POST https://…          no-options-handler`: the id at the right edge where it fits.
fn heading(finding: &Finding, group: &Group, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let symbol = style.symbol(finding.verdict);
    let many = if group.count() > 1 { format!("{}x ", group.count()) } else { String::new() };
    let url = sanitize::line(finding.called_url());
    let url = sanitize::truncate(&url, 2048, style.ellipsis());
    let method = sanitize::line(finding.called_method());
    let text = format!("#{} {}  {many}{method} {url}", finding.number, words::nature(finding));
    let used = sanitize::width(symbol) + 1 + sanitize::width(&text);
    let needed = |label: &str| used + 2 + sanitize::width(label);
    let full = words::label(finding);
    let full = sanitize::line(&full);
    // The kind is a help, the id a name: where only one fits, it is the id.
    let id = sanitize::line(finding.label());
    let label = if needed(&full) > style.width && needed(&id) <= style.width { id } else { full };
    write!(out, "{} {}", style.paint(Style::verdict(finding), symbol), style.paint(Paint::Strong, &text))?;
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

/// A row of a group: `3x POST https://… (#2 #4 #5, 02:47:43.677 to 02:47:44.153 UTC)`.
fn row_line(report: &Report, findings: &[Finding], row: &Row) -> String {
    let Some(finding) = findings.get(row.first()) else { return String::new() };
    let all = row.all.iter().filter_map(|&index| findings.get(index));
    let numbers: Vec<String> = all.clone().take(5).map(|finding| format!("#{}", finding.number)).collect();
    let more = if row.count() > 5 { format!(" and {} more", row.count() - 5) } else { String::new() };
    let times: Vec<&str> = all.filter_map(|finding| finding.started.as_deref()).collect();
    let time = match (times.iter().min(), times.iter().max()) {
        (Some(first), Some(last)) if first != last => {
            format!(", {} to {} UTC", words::clock(first), words::clock(last))
        }
        (Some(first), _) => format!(", {} UTC", words::clock(first)),
        _ => String::new(),
    };
    let place = match (row.count(), finding.place()) {
        (1, Some(place)) => format!(", {}", words::place(place, &report.inputs)),
        _ => String::new(),
    };
    let count = if row.count() > 1 { format!("{}x ", row.count()) } else { String::new() };
    format!("{count}{} {} ({}{more}{place}{time})", finding.called_method(), finding.called_url(), numbers.join(" "))
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
fn fixes(fixes: &[Fix], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let labels = words::fix_labels(fixes);
    for (fix, (_, label)) in fixes.iter().zip(&labels) {
        labelled(out, style, label, &fix.title)?;
        for line in sanitize::lines(&fix.text).filter(|line| !line.is_empty()) {
            verbatim_at(out, style, INDENT + 2, &line)?;
        }
        if let Some(do_not) = &fix.do_not {
            labelled(out, style, "do not", do_not)?;
        }
    }
    // Each proof once; with the number of its fix where the fixes differ in it, and none left out then.
    let mut said: Vec<(usize, String)> = Vec::new();
    let equal = fixes.iter().map(proof).all(|one| fixes.first().map(proof).as_ref() == Some(&one));
    for (fix, (number, label)) in fixes.iter().zip(&labels) {
        let proof = proof(fix);
        let earlier = said.iter().find(|(_, said)| *said == proof).map(|(number, _)| *number);
        match (label.strip_prefix("fix"), earlier) {
            _ if proof.is_empty() => {}
            (Some(after), None) => {
                labelled(out, style, &format!("proof{}", if equal { "" } else { after }), &proof)?;
            }
            (Some(after), Some(earlier)) if !equal => {
                labelled(out, style, &format!("proof{after}"), &format!("as for fix {earlier}"))?;
            }
            (None, None) => labelled(out, style, "or", &proof)?,
            (_, Some(_)) => {}
        }
        said.push((*number, proof));
    }
    Ok(())
}

/// How far a fix is proven, in words even where the finding brings none.
pub(in crate::report) fn proof(fix: &Fix) -> String {
    match (&fix.proof, fix.proven.as_slice(), &fix.why_not_proven) {
        (proof, _, _) if !proof.is_empty() => proof.clone(),
        (_, [], Some(why)) => format!("none: {why}"),
        (_, [], None) => String::new(),
        (_, proven, _) => format!("judged again with this change, it passes: {}", proven.join(" and ")),
    }
}
