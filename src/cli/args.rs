//! The command line as clap sees it.
//!
//! Owns names, defaults and help texts. What a terminal allows is decided in `terminal`.

use super::at::At;
use crate::report::filter::{Filter, KEYS};
use crate::report::view::Engine;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Why did the browser block this request, and what must change?
///
/// Reads HAR files and packet captures (pcap, pcapng; also gz, zst, zip) and finds the cross-origin
/// requests that failed: the rule that the browser enforced, why the server answered so, and the
/// change that fixes it.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "whycors",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    override_usage = USAGE,
    after_help = AFTER_HELP,
    after_long_help = AFTER_LONG_HELP
)]
#[non_exhaustive]
pub struct Args {
    /// What to do instead of an analysis.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// HAR files and packet captures; `-` reads standard input
    ///
    /// Several files are one analysis. A file named like a command is given as `./explain`.
    #[arg(value_name = "FILE", required_unless_present = "generate")]
    pub files: Vec<PathBuf>,

    /// Format of the result [default: tui on a terminal, text elsewhere]
    #[arg(long, short, value_enum, value_name = "FORMAT", ignore_case = true)]
    pub format: Option<Format>,

    /// Write the result to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Show only findings that match, as in `cause:auth host:api -party:third`
    ///
    /// Words are joined by "and": a plain word is a substring of what a list shows, `#3` is the
    /// finding of that number, `key:value` looks in one field (cause, rule, nature, origin, host,
    /// page, party, method, status, stage, verdict), `a,b` means either, `-word` or `!word`
    /// excludes, quotes keep blanks.
    #[arg(long, value_name = "EXPR", value_parser = filter, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub filter: Filter,

    /// Show requests that passed, too, and each of very many alike
    #[arg(long)]
    pub all: bool,

    /// The message the customer pasted from the console, or a file that holds it
    ///
    /// Selects the request it speaks of, and settles which browser and which rule it was. `-` reads
    /// standard input.
    #[arg(long, value_name = "TEXT|FILE", allow_hyphen_values = true)]
    pub console: Option<String>,

    /// When the customer saw the error, in UTC: `10:02`, `10:02:11`, `2026-11-24T10:02:11Z`
    #[arg(long, value_name = "TIME")]
    pub at: Option<At>,

    /// TLS keys of a packet capture, in the format of SSLKEYLOGFILE; may be repeated
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    pub keylog: Vec<PathBuf>,

    /// Browser whose order of checks is used
    #[arg(long, value_enum, value_name = "BROWSER", default_value_t, ignore_case = true)]
    pub browser: Browser,

    /// Treat undecided requests as failing ones in the exit code
    #[arg(long)]
    pub strict: bool,

    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<u16>,

    /// Colour and symbols.
    #[command(flatten)]
    pub look: Look,

    /// Write the man page or a completion script to standard output
    #[arg(long, value_enum, value_name = "WHAT", exclusive = true)]
    pub generate: Option<Generate>,
}

/// Colour and symbols.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Look {
    /// When to use colour
    ///
    /// `auto` means on a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE asks for
    /// colour in a pipe.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, ignore_case = true)]
    pub color: Color,

    /// Use ASCII symbols only
    #[arg(long)]
    pub ascii: bool,
}

/// Commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Explain a console message, an error name, a cause, a header or a status
    Explain {
        /// A cause id, a browser's error name, a header (or `acao`), a status, or the text of a console message
        #[arg(value_name = "WHAT", required = true, allow_hyphen_values = true)]
        what: Vec<String>,
        /// Colour and symbols.
        #[command(flatten)]
        look: Look,
    },
    /// Copy a HAR with only what an analysis needs; all other values are masked
    ///
    /// Masks keep length and a salted hash, so equal values stay recognisable as equal. A secret that is a plain word
    /// where nobody expects one, and host names, stay: look at the copy before you pass it on.
    Redact {
        /// The HAR to copy
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// Where to write the copy; an existing file is not overwritten
        #[arg(long, short, value_name = "OUT", required = true)]
        output: PathBuf,
    },
}

/// Format of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Interactive, in the terminal
    Tui,
    /// For reading
    Text,
    /// For a ticket
    #[value(alias = "md")]
    Markdown,
    /// One object, see the schema
    Json,
    /// One finding a line, as it is found
    #[value(alias = "jsonl")]
    Ndjson,
    /// One self-contained page
    Html,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Browser whose order of checks is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Browser {
    /// The one that made the requests, by its User-Agent
    #[default]
    Auto,
    /// Chrome, Edge, Opera and kin
    #[value(aliases = ["chrome", "edge", "opera"])]
    Chromium,
    /// Firefox
    Firefox,
    /// Safari
    #[value(alias = "safari")]
    Webkit,
}

impl Browser {
    /// The engine that was asked for; None for `auto`.
    pub fn engine(self) -> Option<Engine> {
        match self {
            Self::Auto => None,
            Self::Chromium => Some(Engine::Chromium),
            Self::Firefox => Some(Engine::Firefox),
            Self::Webkit => Some(Engine::Webkit),
        }
    }
}

/// What `--generate` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Generate {
    /// The man page.
    Man,
    /// Completions for bash.
    CompleteBash,
    /// Completions for zsh.
    CompleteZsh,
    /// Completions for fish.
    CompleteFish,
    /// Completions for PowerShell.
    #[value(name = "complete-powershell")]
    CompletePowerShell,
}

/// The forms of the command.
pub(super) const USAGE: &str = "\
whycors [OPTIONS] FILE...
       whycors explain WHAT
       whycors redact IN -o OUT
       whycors --generate WHAT";

/// Commands worth knowing.
pub(super) const EXAMPLES: &[&str] = &[
    "whycors customer.har",
    "whycors edge.pcapng --keylog keys.log --format markdown",
    "whycors customer.har --filter 'nature:cors status:4xx'",
    "tcpdump -w - port 8080 | whycors -",
    "whycors explain PreflightMissingAllowOriginHeader",
];

const AFTER_HELP: &str =
    "Exit codes: 0 nothing failing, 1 a request failed, 2 usage or unreadable input, 130 interrupted";

const AFTER_LONG_HELP: &str = "\
Examples:
  whycors customer.har
  whycors edge.pcapng --keylog keys.log --format markdown
  whycors customer.har --filter 'nature:cors status:4xx'
  tcpdump -w - port 8080 | whycors -
  whycors explain PreflightMissingAllowOriginHeader

Exit codes:
  0    nothing failing
  1    at least one request failed (with --strict also: was not decided)
  2    usage, or an input that could not be read (the others are reported)
  130  interrupted";

/// A filter whose keys all exist.
fn filter(expression: &str) -> Result<Filter, String> {
    let filter = Filter::parse(expression);
    match filter.unknown_key() {
        Some(key) => {
            let keys: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
            Err(format!("no key '{key}'; the keys are {}", keys.join(", ")))
        }
        None => match filter.unknown_status() {
            Some(value) => Err(format!("no status '{value}'; write 302, 4xx or none")),
            None => Ok(filter),
        },
    }
}

/// A number of threads.
fn threads(text: &str) -> Result<u16, String> {
    text.parse().ok().filter(|count| (1..=256).contains(count)).ok_or_else(|| "not a number from 1 to 256".to_owned())
}
