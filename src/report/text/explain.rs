//! A page that explains something in general: a cause, a rule, a console message.
//!
//! Owns its layout. What is explained comes from the tables of diagnosis.

use super::wrap;
use crate::report::sanitize;
use crate::report::style::{Paint, Style};
use crate::report::view::Line;
use std::borrow::Cow;
use std::io::{self, Write};

/// What `whycors explain` shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Id: `no-options-handler`, `PreflightMissingAllowOriginHeader`.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// Paragraphs, each one line.
    pub paragraphs: Vec<String>,
    /// Labelled lines: `rule`, `cause`, `fix`, `do not` … A text may span lines.
    pub lines: Vec<Line>,
}

/// Writes explanations, one after the other.
pub fn write(explanations: &[Explanation], style: Style, out: &mut dyn Write) -> io::Result<()> {
    for (index, explanation) in explanations.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let id = plain(style, &explanation.id);
        let id = sanitize::line(&id);
        let title = plain(style, &explanation.title);
        let title = sanitize::line(&title);
        writeln!(out, "{}  {title}", style.paint(Paint::Strong, &id))?;
        for paragraph in &explanation.paragraphs {
            wrap::paragraph(out, style, 2, &plain(style, paragraph))?;
        }
        let mut before = "";
        for line in &explanation.lines {
            // Equal labels one after the other are one list.
            let label = if before == line.label { "" } else { line.label.as_str() };
            before = &line.label;
            wrap::labelled_lines(out, style, label, &plain(style, &line.text))?;
        }
    }
    Ok(())
}

/// The pages' own words without the signs that ASCII lacks.
fn plain(style: Style, text: &str) -> Cow<'_, str> {
    if !style.ascii || text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('…', "...").replace(" · ", ", ").replace(['‘', '’'], "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_a_heading_paragraphs_and_labelled_lines() {
        let line = |label: &str, text: &str| Line { label: label.to_owned(), text: text.to_owned() };
        let explanation = Explanation {
            id: "no-options-handler".to_owned(),
            title: "OPTIONS not handled".to_owned(),
            paragraphs: vec![
                "The server has no answer to OPTIONS on this URL, so the browser does not send the request.".to_owned(),
            ],
            lines: vec![line("fix", "answer OPTIONS with 204"), line("fix", "or route it"), line("rule", "a\nb")],
        };
        let mut out = Vec::new();
        write(&[explanation], Style::default(), &mut out).unwrap();
        let expected = "\
no-options-handler  OPTIONS not handled
  The server has no answer to OPTIONS on this URL, so the browser does not send
  the request.
  fix      answer OPTIONS with 204
           or route it
  rule     a
           b
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
