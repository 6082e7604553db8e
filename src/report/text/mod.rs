//! The text report: what a support engineer reads in a terminal.
//!
//! First what was read and the counts; with more than three answers then one line a group, worst
//! first; then the full answer to every group; remarks last. Owns the layout of the page; one
//! answer is `answer`, line breaking `wrap`.

pub(super) mod answer;
pub mod explain;
mod wrap;

use super::list_line::ListLine;
use super::order::{self, Group, Section};
use super::source::{Findings, HeldFindings};
use super::style::{Paint, Style};
use super::view::Report;
use super::{Options, sanitize, words};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Answers that need no list in front of them.
const MAX_WITHOUT_LIST: usize = 3;

/// Inputs named one by one.
const MAX_INPUTS: usize = 12;

/// Writes the text report.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_from(report, &HeldFindings::shown(report, options), options, out)
}

/// The same with findings that are had one at a time; those of the report are not looked at.
pub fn write_from(report: &Report, shown: &dyn Findings, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let style = options.style;
    inputs(report, style, out)?;
    if let Some(clean) = crate::report::clean::clean(report) {
        let symbol = style.symbol(clean.verdict);
        for (index, line) in
            wrap::wrap(&sanitize::line(&clean.headline), style.width.saturating_sub(2)).iter().enumerate()
        {
            if index == 0 {
                writeln!(out, "{} {line}", style.paint(Style::verdict(clean.verdict), symbol))?;
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
        summary(report, shown, style, out)?;
    }
    if let Some(note) = options.filter_note(shown) {
        wrap::paragraph(out, style, 0, &note)?;
    }
    let groups = order::groups(shown.facts());
    let answers: Vec<&Group> = groups.iter().filter(|group| group.section != Section::Passed).collect();
    let passes = groups.len() > answers.len();
    if answers.len() > MAX_WITHOUT_LIST || passes {
        writeln!(out)?;
        list(shown, &groups, style, out)?;
    }
    answer::write_all(report, shown, answers.into_iter(), style, out)?;
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

fn summary(report: &Report, shown: &dyn Findings, style: Style, out: &mut dyn Write) -> io::Result<()> {
    wrap::paragraph(out, style, 0, &words::counts(report, shown.seen_again().as_deref()))?;
    if let Some(not_judged) = words::not_judged(&report.summary) {
        wrap::paragraph(out, style, 0, &format!("not judged: {not_judged}"))?;
    }
    Ok(())
}

/// One line a group, under the heading of its section.
fn list(findings: &dyn Findings, groups: &[Group], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<Listed<'_>> = groups.iter().filter_map(|group| Listed::of(findings, group)).collect();
    let widest = |of: fn(&Listed<'_>) -> usize, most: usize| lines.iter().map(of).max().unwrap_or(0).min(most);
    let columns = Columns {
        number: widest(|line| line.number().len(), 8),
        count: widest(|line| line.count().len(), 8),
        method: widest(|line| sanitize::width(line.line.parts()[0]), 8),
        title: widest(|line| sanitize::width(line.line.parts()[1]), 36),
    };
    let mut section = None;
    for line in &lines {
        if section != Some(line.group.section) {
            section = Some(line.group.section);
            writeln!(out, "{}", style.paint(Paint::Strong, line.group.section.title()))?;
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

/// A group in the list. There may be many, so it is small.
struct Listed<'a> {
    group: &'a Group,
    line: Cow<'a, ListLine>,
}

impl<'a> Listed<'a> {
    fn of(findings: &'a dyn Findings, group: &'a Group) -> Option<Self> {
        Some(Self { group, line: findings.line(group.first())? })
    }

    fn number(&self) -> String {
        format!("#{}", self.line.number)
    }

    fn count(&self) -> String {
        match self.group.count() {
            0 | 1 => String::new(),
            count => format!("{count}x"),
        }
    }

    fn write(&self, columns: &Columns, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let more = style.ellipsis();
        let symbol = style.symbol(self.line.verdict);
        let mut head = format!("{} ", sanitize::pad(&self.number(), columns.number, more));
        if columns.count > 0 {
            let _ = write!(head, "{:>width$} ", self.count(), width = columns.count);
        }
        let [method, title, address, brief] = self.line.parts();
        let mut address = Cow::Borrowed(address);
        let others = self.group.rows.len().saturating_sub(1);
        if others > 0 {
            let _ = write!(address.to_mut(), " +{others}");
        }
        head.push_str(&sanitize::pad(method, columns.method, more));
        head.push(' ');
        let title = sanitize::pad(title, columns.title, more);
        let used = 4 + sanitize::width(&head) + columns.title + 2;
        let room = style.width.saturating_sub(used).max(16);
        write!(out, "  {} {head}{title}  ", style.paint(Style::verdict(self.line.verdict), symbol))?;
        // Wide enough for the deciding bytes beside the address: what decides is worth more than
        // the end of a long address.
        if room >= 60 && !brief.is_empty() {
            let columns = room / 2 - 2;
            let brief = sanitize::truncate(brief, room - columns - 2, more);
            writeln!(out, "{}  {brief}", sanitize::pad(&address, columns, more))
        } else {
            writeln!(out, "{}", sanitize::truncate(&address, room, more))
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
        let mut text = remark.text.clone();
        if !places.is_empty() {
            let more = if remark.places.len() > 3 || remark.count > 3 { style.ellipsis() } else { "" };
            let _ = write!(text, " ({}{}{more})", places.join(", "), if more.is_empty() { "" } else { " " });
        }
        wrap::labelled(out, style, if index == 0 { "remarks" } else { "" }, &text)?;
    }
    Ok(())
}
