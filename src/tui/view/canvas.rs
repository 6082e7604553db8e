//! Rows of text onto a terminal's cells.
//!
//! Owns styles: eight basic colours, bold, dim and reverse; never a background. Clips everything
//! to the buffer.

use crate::report::sanitize;
use crate::tui::doc::Row;
use crate::tui::theme::{Ink, Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// A buffer and a look.
pub(super) struct Canvas<'a> {
    pub(super) buf: &'a mut Buffer,
    pub(super) look: Look,
}

/// How an emphasis looks.
pub(super) fn style(ink: Ink, look: Look) -> Style {
    let style = Style::new();
    let (color, modifier) = match ink {
        Ink::Plain => (None, Modifier::empty()),
        Ink::Strong => (None, Modifier::BOLD),
        Ink::Dim => (None, Modifier::DIM),
        Ink::Fail => (Some(Color::Red), Modifier::empty()),
        Ink::Doubt => (Some(Color::Yellow), Modifier::empty()),
        Ink::Pass => (Some(Color::Green), Modifier::empty()),
        Ink::Label => (Some(Color::Cyan), Modifier::empty()),
        Ink::Struck => (None, Modifier::CROSSED_OUT.union(Modifier::DIM)),
    };
    match color {
        Some(color) if look.color => style.fg(color).add_modifier(modifier),
        _ => style.add_modifier(modifier),
    }
}

impl Canvas<'_> {
    /// Writes a row at the top left of an area; returns the column behind it.
    pub(super) fn row(&mut self, area: Rect, row: &Row) -> u16 {
        self.styled(area, row, |style| style)
    }

    /// Writes a row in reverse over the whole width of an area.
    pub(super) fn reversed(&mut self, area: Rect, row: &Row) {
        let area = Rect { height: 1, ..area }.intersection(self.buf.area);
        self.styled(area, row, |style| style);
        self.buf.set_style(area, Style::new().add_modifier(Modifier::REVERSED));
    }

    fn styled(&mut self, area: Rect, row: &Row, change: impl Fn(Style) -> Style) -> u16 {
        let area = area.intersection(self.buf.area);
        let mut x = area.x;
        if area.height == 0 {
            return x;
        }
        for (ink, text) in &row.0 {
            let room = usize::from(area.right().saturating_sub(x));
            if room == 0 {
                break;
            }
            (x, _) = self.buf.set_stringn(x, area.y, text, room, change(style(*ink, self.look)));
        }
        x
    }

    /// Writes a row at the right end of an area.
    pub(super) fn right(&mut self, area: Rect, row: &Row) {
        let width = u16::try_from(row.width()).unwrap_or(u16::MAX).min(area.width);
        self.row(Rect { x: area.right().saturating_sub(width), width, ..area }, row);
    }

    /// Writes rows from `from` on, one below the other.
    pub(super) fn doc(&mut self, area: Rect, doc: &[Row], from: usize) {
        for (row, y) in doc.iter().skip(from).zip(area.y..area.bottom()) {
            self.row(Rect { y, height: 1, ..area }, row);
        }
    }

    /// Fills a line with a rule.
    pub(super) fn rule(&mut self, area: Rect) {
        let rule = self.look.dash().repeat(usize::from(area.width));
        self.row(Rect { height: 1, ..area }, &Row::of(Ink::Dim, &rule));
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// Empties a box, draws its frame and title, and returns what is inside.
    pub(super) fn frame(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buf.area);
        self.clear(area);
        let look = self.look;
        let inner = usize::from(area.width).saturating_sub(2);
        let (tl, tr, bl, br) = (look.pick("╭", "+"), look.pick("╮", "+"), look.pick("╰", "+"), look.pick("╯", "+"));
        let title = sanitize::truncate(title, inner.saturating_sub(3), look.ellipsis()).into_owned();
        let rest = inner.saturating_sub(sanitize::width(&title) + 3);
        let top = Row::of(Ink::Dim, &format!("{tl}{} ", look.dash()))
            .with(Ink::Strong, &title)
            .with(Ink::Dim, &format!(" {}{tr}", look.dash().repeat(rest)));
        self.row(area, &top);
        for y in area.y.saturating_add(1)..area.bottom().saturating_sub(1) {
            self.row(Rect { y, height: 1, ..area }, &Row::of(Ink::Dim, look.bar()));
            self.right(Rect { y, height: 1, ..area }, &Row::of(Ink::Dim, look.bar()));
        }
        let last = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        self.row(last, &Row::of(Ink::Dim, &format!("{bl}{}{br}", look.dash().repeat(inner))));
        Rect::new(
            area.x.saturating_add(1),
            area.y.saturating_add(1),
            area.width.saturating_sub(2),
            area.height.saturating_sub(2),
        )
    }
}
