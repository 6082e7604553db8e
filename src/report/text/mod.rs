//! The text report: what a support engineer reads in a terminal.
//!
//! First what was read and the counts; with more than three answers then one line a group, worst
//! first; then the full answer to every group; remarks last. Owns the layout of the page; one
//! answer is `answer`, line breaking `wrap`.

pub(super) mod answer;
pub mod explain;
mod wrap;

use super::order::{self, Group, Section};
use super::style::{Paint, Style};
use super::view::{Certainty, Finding, Report};
use super::{Options, sanitize, words};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Answers that need no list in front of them.
const MAX_WITHOUT_LIST: usize = 3;

/// Inputs named one by one.
const MAX_INPUTS: usize = 12;

/// Writes the text report.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let style = options.style;
    inputs(report, style, out)?;
    if let Some(clean) = crate::report::clean::clean(report) {
        let symbol = style.symbol(clean.verdict);
        let finding = Finding { verdict: clean.verdict, ..Finding::default() };
        for (index, line) in
            wrap::wrap(&sanitize::line(&clean.headline), style.width.saturating_sub(2)).iter().enumerate()
        {
            if index == 0 {
                writeln!(out, "{} {line}", style.paint(Style::verdict(&finding), symbol))?;
            } else {
                writeln!(out, "  {line}")?;
            }
        }
        for (label, text) in &clean.lines {
            wrap::labelled(out, style, label, text)?;
        }
        if let Some(ask) = clean.ask {
            wrap::paragraph(out, style, 2, ask)?;
        }
    } else {
        summary(report, style, out)?;
    }
    let shown = options.shown(report);
    if let Some(note) = options.filter_note(report, shown.len()) {
        wrap::paragraph(out, style, 0, &note)?;
    }
    let groups = order::groups(&shown);
    let answers: Vec<&Group> = groups.iter().filter(|group| group.section != Section::Passed).collect();
    let passes = groups.len() > answers.len();
    if answers.len() > MAX_WITHOUT_LIST || passes {
        writeln!(out)?;
        list(&shown, &groups, style, out)?;
    }
    answer::write_all(report, &shown, answers.into_iter(), style, out)?;
    remarks(report, style, out)
}

fn inputs(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for input in report.inputs.iter().take(MAX_INPUTS) {
        let path = sanitize::line(&input.path);
        let text = format!("{path}  {}", sanitize::line(&words::input(input)));
        for (index, line) in wrap::wrap(&text, style.width.saturating_sub(2)).iter().enumerate() {
            match (index, line.strip_prefix(&*path)) {
                (0, Some(rest)) => writeln!(out, "{}{rest}", style.paint(Paint::Strong, &path))?,
                (0, None) => writeln!(out, "{line}")?,
                _ => writeln!(out, "  {line}")?,
            }
        }
    }
    let more = report.inputs.len().saturating_sub(MAX_INPUTS);
    if more > 0 {
        writeln!(out, "and {more} more inputs")?;
    }
    Ok(())
}

fn summary(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    wrap::paragraph(out, style, 0, &words::counts(report))?;
    if let Some(not_judged) = words::not_judged(&report.summary) {
        wrap::paragraph(out, style, 0, &format!("not judged: {not_judged}"))?;
    }
    Ok(())
}

/// One line a group, under the heading of its section.
fn list(findings: &[Finding], groups: &[Group], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<Listed<'_>> = groups.iter().filter_map(|group| Listed::of(findings, group)).collect();
    let widest = |of: fn(&Listed<'_>) -> usize, most: usize| lines.iter().map(of).max().unwrap_or(0).min(most);
    let columns = Columns {
        number: widest(|line| line.number.len(), 8),
        count: widest(|line| line.count.len(), 8),
        method: widest(|line| sanitize::width(&line.method), 8),
        title: widest(|line| sanitize::width(&line.title), 36),
    };
    let mut section = None;
    for line in &lines {
        if section != Some(line.section) {
            section = Some(line.section);
            writeln!(out, "{}", style.paint(Paint::Strong, line.section.title()))?;
        }
        line.write(&columns, style, out)?;
    }
    Ok(())
}

struct Columns {
    number: usize,
    count: usize,
    method: usize,
    title: usize,
}

/// A line of the list, made harmless.
struct Listed<'a> {
    section: Section,
    finding: &'a Finding,
    number: String,
    count: String,
    method: String,
    title: String,
    address: String,
    brief: String,
}

impl<'a> Listed<'a> {
    fn of(findings: &'a [Finding], group: &Group) -> Option<Self> {
        let finding = findings.get(group.first())?;
        let others = group.rows.len().saturating_sub(1);
        let mut address = format!("{}{}", finding.host(), finding.path());
        if others > 0 {
            let _ = write!(address, " +{others}");
        }
        let brief = finding.cause.as_ref().map_or_else(String::new, |cause| match cause.certainty {
            Certainty::Unknown => cause.brief.clone(),
            sure if cause.brief.is_empty() => words::certainty(sure).to_owned(),
            sure => format!("{}: {}", words::certainty(sure), cause.brief),
        });
        Some(Self {
            section: group.section,
            finding,
            number: format!("#{}", finding.number),
            count: if group.count() > 1 { format!("{}x", group.count()) } else { String::new() },
            method: sanitize::line(finding.called_method()).into_owned(),
            title: sanitize::line(finding.title()).into_owned(),
            address: sanitize::line(&address).into_owned(),
            brief: sanitize::line(&brief).into_owned(),
        })
    }

    fn write(&self, columns: &Columns, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let more = style.ellipsis();
        let symbol = style.symbol(self.finding.verdict);
        let mut head = format!("{} ", sanitize::pad(&self.number, columns.number, more));
        if columns.count > 0 {
            let _ = write!(head, "{:>width$} ", self.count, width = columns.count);
        }
        head.push_str(&sanitize::pad(&self.method, columns.method, more));
        head.push(' ');
        let title = sanitize::pad(&self.title, columns.title, more);
        let used = 4 + sanitize::width(&head) + columns.title + 2;
        let room = style.width.saturating_sub(used).max(16);
        write!(out, "  {} {head}{title}  ", style.paint(Style::verdict(self.finding), symbol))?;
        // Wide enough for the deciding bytes beside the address: what decides is worth more than
        // the end of a long address.
        if room >= 60 && !self.brief.is_empty() {
            let address = room / 2 - 2;
            let brief = sanitize::truncate(&self.brief, room - address - 2, more);
            writeln!(out, "{}  {brief}", sanitize::pad(&self.address, address, more))
        } else {
            writeln!(out, "{}", sanitize::truncate(&self.address, room, more))
        }
    }
}

/// Remarks, one paragraph each.
fn remarks(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let remarks = crate::report::clean::remarks(report);
    if !remarks.is_empty() {
        writeln!(out)?;
    }
    for (index, remark) in remarks.iter().enumerate() {
        let places: Vec<String> =
            remark.places.iter().take(3).map(|place| words::place(*place, &report.inputs)).collect();
        let mut text = remark.text.trim_end_matches('.').to_owned();
        if !places.is_empty() {
            let more = if remark.places.len() > 3 || remark.count > 3 { style.ellipsis() } else { "" };
            let _ = write!(text, " ({}{}{more})", places.join(", "), if more.is_empty() { "" } else { " " });
        }
        wrap::labelled(out, style, if index == 0 { "remarks" } else { "" }, &text)?;
    }
    Ok(())
}
