//! What the surroundings allow: colour, symbols, width, the default format.
//!
//! Owns the decisions as pure functions of an [`Environment`]; only [`Environment::of_process`]
//! looks at the process.

use super::args::{Color, Format, Look};
use crate::report::style::Style;
use std::io::IsTerminal;

/// What the decisions depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Columns of that terminal.
    pub columns: Option<u16>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and neither empty nor `0`.
    pub force_color: bool,
    /// `TERM`.
    pub term: Option<String>,
    /// The locale that decides about characters: `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    pub locale: Option<String>,
}

/// Columns of a report that goes to no terminal.
const PIPED_COLUMNS: usize = 80;

impl Environment {
    /// The surroundings of this process.
    pub fn of_process() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let stdout_is_terminal = std::io::stdout().is_terminal();
        Self {
            stdout_is_terminal,
            columns: if stdout_is_terminal {
                ratatui::crossterm::terminal::size().ok().map(|(columns, _)| columns)
            } else {
                None
            },
            no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            term: set("TERM"),
            locale: set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")),
        }
    }

    fn dumb(&self) -> bool {
        self.term.as_deref() == Some("dumb")
    }

    /// Whether to write colour to standard output (`to_file`: to a file instead).
    ///
    /// `--color` decides first, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
    pub fn color(&self, when: Color, to_file: bool) -> bool {
        match when {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if self.no_color || to_file => false,
            Color::Auto if self.force_color => true,
            Color::Auto => self.stdout_is_terminal && !self.dumb(),
        }
    }

    /// Whether to use ASCII symbols: on request, or on a terminal whose locale names another
    /// charset than UTF-8. An unset locale says nothing, and what is piped does not depend on it.
    pub fn ascii(&self, asked: bool) -> bool {
        let other = self.locale.as_ref().is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            !locale.contains("utf-8") && !locale.contains("utf8")
        });
        asked || (self.stdout_is_terminal && other && !cfg!(windows))
    }

    /// The look of a text report.
    pub fn style(&self, look: &Look, to_file: bool) -> Style {
        let columns = if to_file { None } else { self.columns };
        Style {
            color: self.color(look.color, to_file),
            ascii: self.ascii(look.ascii),
            // A line longer than this is hard to follow, whatever the terminal's width.
            width: columns.map_or(PIPED_COLUMNS, |columns| usize::from(columns).clamp(40, 140)),
        }
    }

    /// The format to use. An error is one line for the user.
    pub fn format(&self, asked: Option<Format>, to_file: bool) -> Result<Format, String> {
        let interactive = self.stdout_is_terminal && !to_file && !self.dumb();
        match asked {
            Some(Format::Tui) if to_file => Err("--format tui writes no file; use another format with --output".into()),
            Some(Format::Tui) if !interactive => Err("--format tui needs a terminal; use --format text".into()),
            Some(format) => Ok(format),
            None if interactive => Ok(Format::Tui),
            None => Ok(Format::Text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal() -> Environment {
        Environment {
            stdout_is_terminal: true,
            columns: Some(100),
            term: Some("xterm-256color".to_owned()),
            locale: Some("en_GB.UTF-8".to_owned()),
            ..Environment::default()
        }
    }

    #[test]
    fn the_flag_decides_before_the_environment() {
        let no_color = Environment { no_color: true, ..terminal() };
        assert!(no_color.color(Color::Always, false));
        assert!(!no_color.color(Color::Auto, false));
        assert!(!Environment { force_color: true, ..terminal() }.color(Color::Never, false));
    }

    #[test]
    fn colour_is_for_terminals_unless_forced() {
        assert!(terminal().color(Color::Auto, false));
        assert!(!terminal().color(Color::Auto, true));
        assert!(!Environment::default().color(Color::Auto, false));
        let forced = Environment { force_color: true, ..Environment::default() };
        assert!(forced.color(Color::Auto, false));
        assert!(!Environment { no_color: true, ..forced }.color(Color::Auto, false));
        assert!(!Environment { term: Some("dumb".to_owned()), ..terminal() }.color(Color::Auto, false));
    }

    #[test]
    fn symbols_follow_the_locale_of_a_terminal_only() {
        assert!(!terminal().ascii(false));
        assert!(terminal().ascii(true));
        let posix = Environment { locale: Some("C".to_owned()), ..terminal() };
        assert_eq!(posix.ascii(false), !cfg!(windows));
        assert!(!Environment { stdout_is_terminal: false, ..posix }.ascii(false));
        assert!(!Environment { locale: None, ..terminal() }.ascii(false));
    }

    #[test]
    fn a_terminal_gets_the_interactive_view_and_a_pipe_gets_text() {
        assert_eq!(terminal().format(None, false), Ok(Format::Tui));
        assert_eq!(terminal().format(None, true), Ok(Format::Text));
        assert_eq!(Environment::default().format(None, false), Ok(Format::Text));
        assert_eq!(Environment::default().format(Some(Format::Json), false), Ok(Format::Json));
        assert!(Environment::default().format(Some(Format::Tui), false).is_err());
        assert!(terminal().format(Some(Format::Tui), true).is_err());
        let dumb = Environment { term: Some("dumb".to_owned()), ..terminal() };
        assert_eq!(dumb.format(None, false), Ok(Format::Text));
    }

    #[test]
    fn a_piped_report_has_eighty_columns_and_a_terminal_its_own() {
        let look = Look::default();
        assert_eq!(Environment::default().style(&look, false).width, 80);
        assert_eq!(terminal().style(&look, false).width, 100);
        assert_eq!(terminal().style(&look, true).width, 80);
        assert_eq!(Environment { columns: Some(0), ..terminal() }.style(&look, false).width, 40);
    }
}
