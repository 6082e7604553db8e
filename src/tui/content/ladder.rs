//! The exchange as a ladder: page on the left, server on the right, time downwards.
//!
//! Owns the drawing in characters. What was sent, answered and marked is the report's.

use super::Page;
use crate::report::view::{Finding, LadderKind, LadderMark, LadderRow, split_url};
use crate::report::{sanitize, words};
use crate::tui::doc::{self, Doc, Row};
use crate::tui::theme::Ink;

/// Columns of the margin that holds the marks.
const MARGIN: usize = 4;

struct Rails<'a> {
    page: Page<'a>,
    /// Columns between the rails.
    inner: usize,
}

impl Rails<'_> {
    /// Marked margin, rail, text, rail.
    fn row(&self, mark: LadderMark, left: &str, ink: Ink, text: &str, right: &str) -> Row {
        let look = self.page.look;
        let (symbol, paint) = match mark {
            LadderMark::Fail => (look.pick("✗", "x"), Ink::Fail),
            LadderMark::Warn => ("!", Ink::Doubt),
            LadderMark::None => (" ", Ink::Plain),
        };
        Row::of(paint, &format!(" {symbol}"))
            .pad_to(MARGIN)
            .with(Ink::Dim, left)
            .with(ink, text)
            .pad_to(MARGIN + 1 + self.inner)
            .with(Ink::Dim, right)
    }

    fn text(&self, doc: &mut Doc, mark: LadderMark, ink: Ink, indent: usize, text: &str) {
        let (look, bar) = (self.page.look, self.page.look.bar());
        for (index, line) in doc::rows(text, self.inner.saturating_sub(indent + 1), look).into_iter().enumerate() {
            let mark = if index == 0 { mark } else { LadderMark::None };
            doc.push(self.row(mark, bar, ink, &format!("{:indent$}{line}", ""), bar));
        }
    }

    /// A request or status line with time and place at the right, then its arrow.
    fn message(&self, doc: &mut Doc, row: &LadderRow) {
        let look = self.page.look;
        let when = [row.time.clone(), row.place.map(|place| words::place(place, self.page.inputs))];
        let when = when.into_iter().flatten().collect::<Vec<_>>().join("  ");
        let when = sanitize::line(&when);
        let (text, room) = (sanitize::line(&row.text), self.inner.saturating_sub(4));
        let ink = if row.mark == LadderMark::Fail { Ink::Fail } else { Ink::Strong };
        if sanitize::width(&text) + sanitize::width(&when) + 2 <= room {
            let gap = room - sanitize::width(&text) - sanitize::width(&when);
            let mut line = self.row(row.mark, look.bar(), ink, &format!("  {text}"), "");
            // Time and place are not what is read first.
            line.0.retain(|(_, text)| !text.is_empty());
            let start = MARGIN + 3 + sanitize::width(&text) + gap;
            let mut line = trim(line).pad_to(start).with(Ink::Dim, &when).pad_to(MARGIN + 1 + self.inner);
            line.0.push((Ink::Dim, look.bar().to_owned()));
            doc.push(line);
        } else {
            self.text(doc, row.mark, ink, 2, &row.text);
            self.text(doc, LadderMark::None, Ink::Dim, 2, &when);
        }
        let dashes = look.dash().repeat(self.inner.saturating_sub(1));
        doc.push(if row.kind == LadderKind::Request {
            self.row(
                LadderMark::None,
                look.pick("├", "+"),
                Ink::Dim,
                &format!("{dashes}{}", look.pick("▶", ">")),
                look.bar(),
            )
        } else {
            self.row(
                LadderMark::None,
                look.bar(),
                Ink::Dim,
                &format!("{}{dashes}", look.pick("◀", "<")),
                look.pick("┤", "+"),
            )
        });
    }

    /// The request the browser did not send: its line crossed out, an arrow that ends midway.
    fn never(&self, doc: &mut Doc, row: &LadderRow, finding: &Finding) {
        let look = self.page.look;
        // What was not sent is the judged hop, wherever the page had called.
        let path = split_url(&finding.url).1;
        let path = if path.is_empty() { "/" } else { path };
        self.text(doc, LadderMark::None, Ink::Plain, 0, "");
        let request = format!("{} {path}", finding.method);
        let request = sanitize::line(&request);
        let request = sanitize::truncate(&request, self.inner.saturating_sub(4), look.ellipsis());
        let mut line = self.row(LadderMark::None, look.bar(), Ink::Plain, "  ", "");
        line = trim(line).pad_to(MARGIN + 3).with(Ink::Struck, &request).pad_to(MARGIN + 1 + self.inner);
        line.0.push((Ink::Dim, look.bar().to_owned()));
        doc.push(line);
        let half = look.pick("╌", "-").repeat(self.inner / 2);
        let stop = Row::of(Ink::Plain, "").pad_to(MARGIN).with(Ink::Dim, look.pick("├", "+")).with(Ink::Dim, &half);
        let mut stop = stop.with(Ink::Fail, look.pick("╳", "X")).pad_to(MARGIN + 1 + self.inner);
        stop.0.push((Ink::Dim, look.bar().to_owned()));
        doc.push(stop);
        self.text(doc, row.mark, Ink::Plain, 2, &row.text);
    }
}

/// Without the blanks at the end.
fn trim(mut row: Row) -> Row {
    while row.0.last().is_some_and(|(_, text)| text.trim().is_empty()) {
        row.0.pop();
    }
    row
}

/// The ladder of a finding.
pub fn ladder(finding: &Finding, page: Page<'_>) -> Doc {
    let rails = Rails { page, inner: page.columns.saturating_sub(MARGIN + 3).clamp(12, 140) };
    let mut doc = Doc::new();
    let server = match &finding.server {
        Some(server) => format!("server {server}"),
        None => format!("server {}", split_url(&finding.url).0),
    };
    let origin = finding.page.as_deref().unwrap_or(&finding.origin);
    let (left, right) = (sanitize::line(origin), sanitize::line(&server));
    let end = MARGIN + 2 + rails.inner;
    let head = Row::default().pad_to(MARGIN).with(Ink::Label, "page ").with(Ink::Plain, &left);
    if head.width() + sanitize::width(&right) + 2 <= end {
        doc.push(head.pad_to(end.saturating_sub(sanitize::width(&right))).with(Ink::Plain, &right));
    } else {
        doc.push(head);
        doc.push(Row::default().pad_to(end.saturating_sub(sanitize::width(&right))).with(Ink::Plain, &right));
    }
    let told = finding.ladder.iter().filter(|row| row.kind == LadderKind::Request).count() > 1;
    for hop in finding.redirects.iter().filter(|_| !told) {
        let text = format!("{} {}  {}", hop.method, hop.url, hop.status);
        rails.text(&mut doc, LadderMark::None, Ink::Dim, 2, &text);
    }
    if finding.ladder.is_empty() {
        rails.text(&mut doc, LadderMark::None, Ink::Dim, 2, "this capture shows nothing of the exchange itself");
    }
    for row in &finding.ladder {
        match row.kind {
            LadderKind::Request | LadderKind::Response => rails.message(&mut doc, row),
            LadderKind::Header => {
                let ink = match row.mark {
                    LadderMark::Fail => Ink::Fail,
                    LadderMark::Warn => Ink::Doubt,
                    LadderMark::None => Ink::Plain,
                };
                rails.text(&mut doc, row.mark, ink, 4, &row.text);
            }
            LadderKind::NeverSent => rails.never(&mut doc, row, finding),
            LadderKind::Event => {
                let when = row.time.as_deref().map(|time| format!("{time}  ")).unwrap_or_default();
                rails.text(&mut doc, row.mark, Ink::Doubt, 2, &format!("{when}{}", row.text));
            }
        }
    }
    let rest: Vec<&str> =
        finding.also.iter().map(|also| if also.text.is_empty() { also.rule.as_str() } else { &also.text }).collect();
    if !rest.is_empty() {
        doc.push(Row::default());
        doc::labelled(&mut doc, "also", Ink::Doubt, &rest.join("; "), page.columns, page.look);
    }
    doc
}
