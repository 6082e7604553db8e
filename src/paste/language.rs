//! The languages that texts are pasted into, and how a value is written in each.
//!
//! Owns which writer a language has. The writers themselves are in `writers`, one a family.

use super::writers::{code, config, data, regex, shell};

/// What a pasted text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// A POSIX shell.
    Shell,
    /// nginx.conf.
    Nginx,
    /// httpd.conf, without formats.
    Apache,
    /// The value of Apache's `Header` directive, where `%` begins a format.
    ApacheHeader,
    /// Caddyfile.
    Caddy,
    /// haproxy.cfg.
    Haproxy,
    /// Varnish.
    Vcl,
    /// JSON.
    Json,
    /// JSON as one single-quoted word of a shell.
    JsonInShell,
    /// YAML.
    Yaml,
    /// XML: element text and attributes.
    Xml,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python.
    Python,
    /// PHP.
    Php,
    /// Ruby.
    Ruby,
    /// Java.
    Java,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// C#.
    CSharp,
    /// `name = value` lines: .properties and INI files, parameters of filters.
    Properties,
    /// A header line, `Name: value`.
    Header,
    /// A field of a form, or words around values.
    Prose,
}

/// What stands around a value in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Nothing: a word of its own.
    Bare,
    /// Single quotes.
    Single,
    /// Double quotes.
    Double,
    /// Python's `r"…"`, in which nothing is escaped.
    Raw,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 22] = [
        Self::Shell,
        Self::Nginx,
        Self::Apache,
        Self::ApacheHeader,
        Self::Caddy,
        Self::Haproxy,
        Self::Vcl,
        Self::Json,
        Self::JsonInShell,
        Self::Yaml,
        Self::Xml,
        Self::JavaScript,
        Self::Python,
        Self::Php,
        Self::Ruby,
        Self::Java,
        Self::Go,
        Self::Rust,
        Self::CSharp,
        Self::Properties,
        Self::Header,
        Self::Prose,
    ];

    /// What of a value stands between quotes that are there already; `None` when the language has no way to say it
    /// there.
    pub(super) fn inside(self, quote: Quote, raw: &str) -> Option<String> {
        match (self, quote) {
            (Self::JavaScript | Self::Python | Self::Php | Self::Ruby, Quote::Single)
            | (
                Self::JavaScript
                | Self::Python
                | Self::Php
                | Self::Ruby
                | Self::Java
                | Self::Go
                | Self::Rust
                | Self::CSharp,
                Quote::Double,
            ) => code::inside(self, quote, raw),
            (Self::Python, Quote::Raw) => code::inside_raw(raw),
            (Self::Json, Quote::Double) => data::json(raw),
            (Self::JsonInShell, Quote::Double) => data::json(raw).map(|json| shell::inside_single(&json)),
            (Self::Yaml, Quote::Double) => data::yaml(raw),
            (Self::Xml, Quote::Bare | Quote::Double) => data::xml(raw),
            (Self::Shell, Quote::Double) => shell::inside_double(raw),
            (Self::Nginx, Quote::Double) => config::nginx(raw),
            (Self::Apache, Quote::Double) => config::apache(raw),
            (Self::ApacheHeader, Quote::Double) => config::apache_header(raw),
            (Self::Caddy, Quote::Double) => config::caddy(raw),
            (Self::Haproxy, Quote::Double) => config::haproxy(raw),
            (Self::Vcl, Quote::Double) => config::vcl(raw),
            (Self::Prose, Quote::Single | Quote::Double) => config::prose(raw),
            (Self::Header, Quote::Bare) => config::line(raw),
            (Self::Properties, Quote::Bare) => config::properties(raw),
            (Self::Prose, Quote::Bare) => config::prose(raw),
            _ => None,
        }
    }

    /// A value as a word of its own: bare where that is safe, else quoted. `None` where the language has no such
    /// words (code has literals), or cannot say it.
    pub(super) fn word(self, raw: &str) -> Option<String> {
        match self {
            Self::Shell => shell::word(raw),
            Self::Nginx | Self::Apache | Self::ApacheHeader | Self::Caddy | Self::Haproxy if config::is_word(raw) => {
                Some(raw.to_owned())
            }
            Self::Nginx | Self::Apache | Self::ApacheHeader | Self::Caddy | Self::Haproxy => {
                self.inside(Quote::Double, raw).map(|inside| format!("\"{inside}\""))
            }
            Self::Yaml => data::yaml_scalar(raw),
            // Items of %w[] and %i[].
            Self::Ruby => config::is_word(raw).then(|| raw.to_owned()),
            Self::Xml | Self::Header | Self::Properties | Self::Prose => self.inside(Quote::Bare, raw),
            _ => None,
        }
    }

    /// A value with its quotes.
    pub(super) fn quoted(self, quote: Quote, raw: &str) -> Option<String> {
        let mark = match quote {
            Quote::Bare => return self.word(raw),
            Quote::Single => '\'',
            Quote::Double => '"',
            Quote::Raw => return None,
        };
        self.inside(quote, raw).map(|inside| format!("{mark}{inside}{mark}"))
    }

    /// A regular expression that fits a value alone, between quotes that are there already.
    pub(super) fn pattern(self, quote: Quote, raw: &str) -> Option<String> {
        // Bare it would end at its first mark.
        if quote == Quote::Bare {
            return None;
        }
        let pattern = regex(raw)?;
        match self {
            // A backslash escapes itself and the quote there, and no quote is in a pattern.
            Self::Apache => (!pattern.contains("\\\\")).then_some(pattern),
            _ => self.inside(quote, &pattern),
        }
    }

    /// Whether a backslash is a backslash between these quotes.
    pub(super) fn keeps_backslashes(self, quote: Quote) -> bool {
        matches!((self, quote), (Self::Vcl, Quote::Double) | (Self::Python, Quote::Raw))
    }
}
