//! The command line: arguments, exit codes, what the terminal allows, man page and completions.
//!
//! Owns parsing and wording of usage errors (one line, `whycors: …`). Runs nothing.

mod args;
mod at;
mod console;
mod exit;
mod generate;
mod terminal;

pub use args::{Args, Browser, Color, Command, Format, Generate, Look};
pub use at::At;
pub use console::text as console_text;
pub use exit::{EXIT_CODES, Exit};
pub use generate::write as generate;
pub use terminal::Environment;

use crate::report::sanitize;
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::path::Path;

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Help or version, for standard output; the exit code is 0.
    Said(String),
    /// A usage error, one line without prefix, for standard error; the exit code is 2.
    Usage(String),
}

/// Parses arguments, the first of which is the program's name.
pub fn parse<I, T>(arguments: I) -> Result<Args, Stop>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let mut args = Args::try_parse_from(arguments).map_err(|error| stop(&error))?;
    if let Some(Command::Explain { what, look }) = &mut args.command {
        // A message may look like options, so that they end up behind it.
        while what.len() > 1 && what.last().is_some_and(|word| word == "--ascii") {
            what.pop();
            look.ascii = true;
        }
    }
    let standard_inputs = args.files.iter().filter(|file| file.as_path() == Path::new("-")).count();
    if let Some(command) = misspelt_command(&args) {
        return Err(Stop::Usage(command));
    }
    if let Some(input) = overwritten_input(&args) {
        let name = sanitize::line(&input);
        return Err(Stop::Usage(format!("{name}: is an input and would be overwritten; choose another --output")));
    }
    let message = usize::from(args.console.as_deref() == Some("-"));
    if standard_inputs.saturating_add(message) > 1 {
        return Err(Stop::Usage("- (standard input) can be read only once".to_owned()));
    }
    Ok(args)
}

/// A first argument that names no file and looks like a command.
fn misspelt_command(args: &Args) -> Option<String> {
    let first = args.files.first()?;
    if first.exists() {
        return None;
    }
    let name = first.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    let meant = match name {
        "help" => "whycors --help",
        "version" => "whycors --version",
        _ if strsim::damerau_levenshtein(name, "explain") <= 2 => "whycors explain WHAT",
        _ if strsim::damerau_levenshtein(name, "redact") <= 2 => "whycors redact IN -o OUT",
        _ => return None,
    };
    Some(format!("{}: no such file; did you mean {meant}?", sanitize::line(name)))
}

/// The input that `--output` names, whatever the spelling of its path.
fn overwritten_input(args: &Args) -> Option<String> {
    let output = args.output.as_ref()?.canonicalize().ok().filter(|path| path.is_file())?;
    let read = args.files.iter().chain(&args.keylog);
    let input = read.into_iter().find(|path| path.canonicalize().is_ok_and(|path| path == output))?;
    Some(input.to_string_lossy().into_owned())
}

const NO_FILE: &str = "no file given; name a HAR or a packet capture, as in whycors customer.har (see --help)";
const NOTHING_TO_EXPLAIN: &str =
    "nothing to explain; give an error, a cause, a header or a status, as in whycors explain 405";

fn stop(error: &clap::Error) -> Stop {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::MissingRequiredArgument if text.contains("<FILE>") => Stop::Usage(NO_FILE.to_owned()),
        ErrorKind::MissingRequiredArgument if text.contains("<WHAT>") => Stop::Usage(NOTHING_TO_EXPLAIN.to_owned()),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Said(text),
        _ => Stop::Usage(one_line(&text)),
    }
}

/// clap's message in one line: its first paragraph and its tips, without the usage.
fn one_line(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if paragraph.starts_with("Usage:") || paragraph.starts_with("For more information") {
            continue;
        }
        let words: Vec<&str> = paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let line = words.join(" ");
        if !line.is_empty() {
            parts.push(line.strip_prefix("error: ").unwrap_or(&line).to_owned());
        }
    }
    let line = parts.join("; ");
    format!("{} (see --help)", sanitize::line(line.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::Engine;
    use clap::CommandFactory;
    use std::path::PathBuf;

    fn parsed(arguments: &[&str]) -> Args {
        parse(std::iter::once("whycors").chain(arguments.iter().copied())).unwrap()
    }

    fn usage(arguments: &[&str]) -> String {
        match parse(std::iter::once("whycors").chain(arguments.iter().copied())) {
            Err(Stop::Usage(line)) => {
                assert!(!line.contains('\n'), "{line}");
                line
            }
            other => format!("not a usage error: {other:?}"),
        }
    }

    #[test]
    fn the_argument_table_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn options_may_stand_before_and_behind_files() {
        let args = parsed(&["--format", "json", "a.har", "b.pcap", "--keylog", "k1", "--keylog", "k2", "--all", "-"]);
        assert_eq!(args.files, [PathBuf::from("a.har"), PathBuf::from("b.pcap"), PathBuf::from("-")]);
        assert_eq!(args.format, Some(Format::Json));
        assert_eq!(args.keylog.len(), 2);
        assert!(args.all && !args.strict && args.command.is_none());
        assert_eq!(args.browser.engine(), None);
        assert_eq!(parsed(&["a", "--browser", "webkit"]).browser.engine(), Some(Engine::Webkit));
    }

    #[test]
    fn commands_share_the_first_position_with_files() {
        let Some(Command::Explain { what, .. }) = parsed(&["explain", "allow-origin-missing"]).command else {
            unreachable!("explain is a command")
        };
        assert_eq!(what, ["allow-origin-missing"]);
        let Some(Command::Redact { input, output }) = parsed(&["redact", "a.har", "-o", "b.har"]).command else {
            unreachable!("redact is a command")
        };
        assert_eq!((input, output), (PathBuf::from("a.har"), PathBuf::from("b.har")));
        assert_eq!(parsed(&["./explain"]).files, [PathBuf::from("./explain")]);
    }

    #[test]
    fn a_console_message_may_be_pasted_without_quotes_and_may_look_like_an_option() {
        let Some(Command::Explain { what, .. }) = parsed(&["explain", "No", "header", "is", "present"]).command else {
            unreachable!("explain is a command")
        };
        assert_eq!(what.join(" "), "No header is present");
        assert_eq!(
            parsed(&["a.har", "--console", "-x Access to fetch"]).console.as_deref(),
            Some("-x Access to fetch")
        );
    }

    #[test]
    fn ascii_may_stand_behind_what_is_explained() {
        let Some(Command::Explain { what, look }) = parsed(&["explain", "405", "--ascii"]).command else {
            unreachable!("explain is a command")
        };
        assert_eq!((what, look.ascii), (vec!["405".to_owned()], true));
    }

    #[test]
    fn a_filter_may_begin_with_an_exclusion_and_has_no_unknown_keys() {
        assert!(!parsed(&["a.har", "--filter", "-party:third"]).filter.is_empty());
        assert!(parsed(&["a.har"]).filter.is_empty());
        let line = usage(&["a.har", "--filter", "staus:302"]);
        assert!(line.contains("no key 'staus'; the keys are cause, rule"), "{line}");
    }

    #[test]
    fn usage_errors_are_one_line_that_names_the_argument() {
        assert_eq!(
            usage(&[]),
            "no file given; name a HAR or a packet capture, as in whycors customer.har (see --help)"
        );
        assert!(usage(&["--colour", "a"]).contains("'--colour'"), "{}", usage(&["--colour", "a"]));
        assert!(usage(&["--format", "xml", "a"]).contains("markdown"), "{}", usage(&["--format", "xml", "a"]));
        assert!(usage(&["redact", "a.har"]).contains("--output <OUT>"), "{}", usage(&["redact", "a.har"]));
        assert!(usage(&["explain"]).contains("as in whycors explain 405"), "{}", usage(&["explain"]));
        for threads in ["0", "257", "-1", "many", ""] {
            let line = usage(&["a", &format!("--threads={threads}")]);
            assert!(line.contains("a number from 1 to 256"), "{line}");
        }
        assert!(usage(&["--at", "noon", "a"]).contains("10:02:11"), "{}", usage(&["--at", "noon", "a"]));
        assert!(usage(&["-", "-"]).contains("only once"), "{}", usage(&["-", "-"]));
        assert!(!usage(&["--x\u{1b}[31m"]).contains('\u{1b}'));
    }

    #[test]
    fn values_are_taken_in_any_letter_case_and_by_their_common_names() {
        assert_eq!(parsed(&["a", "--format", "JSON"]).format, Some(Format::Json));
        assert_eq!(parsed(&["a", "--format", "md"]).format, Some(Format::Markdown));
        assert_eq!(parsed(&["a", "--format", "jsonl"]).format, Some(Format::Ndjson));
        for (name, engine) in [("Chrome", Engine::Chromium), ("edge", Engine::Chromium), ("safari", Engine::Webkit)] {
            assert_eq!(parsed(&["a", "--browser", name]).browser.engine(), Some(engine));
        }
    }

    #[test]
    fn a_misspelt_command_is_no_file() {
        for (name, meant) in [
            ("explan", "whycors explain WHAT"),
            ("redcat", "whycors redact IN -o OUT"),
            ("help", "whycors --help"),
            ("version", "whycors --version"),
        ] {
            assert_eq!(usage(&[name, "405"]), format!("{name}: no such file; did you mean {meant}?"));
        }
        assert_eq!(parsed(&["./explan"]).files, [PathBuf::from("./explan")]);
    }

    #[test]
    fn the_output_is_none_of_the_inputs() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let (har, elsewhere) = (path("a.har"), path("b.har"));
        std::fs::write(&har, "{}").unwrap();
        let same = format!("{}/./a.har", directory.path().display());
        for output in [&har, &same] {
            let line = usage(&[&har, "-o", output]);
            assert_eq!(line, format!("{har}: is an input and would be overwritten; choose another --output"));
        }
        assert!(usage(&["x.pcap", "--keylog", &har, "-o", &har]).contains("is an input"));
        assert_eq!(parsed(&[&har, "-o", &elsewhere]).output, Some(PathBuf::from(elsewhere)));
    }

    #[test]
    fn generate_needs_no_file_and_stands_alone() {
        assert_eq!(parsed(&["--generate", "man"]).generate, Some(Generate::Man));
        assert_eq!(parsed(&["--generate", "complete-powershell"]).generate, Some(Generate::CompletePowerShell));
        assert!(usage(&["--generate", "man", "a.har"]).contains("--generate"));
    }

    #[test]
    fn help_and_version_are_no_errors() {
        for flag in ["--help", "-h", "--version", "-V"] {
            assert!(matches!(parse(["whycors", flag]), Err(Stop::Said(_))), "{flag}");
        }
    }

    #[test]
    fn help_shows_the_examples_and_they_parse() {
        let Err(Stop::Said(help)) = parse(["whycors", "--help"]) else { unreachable!("help is said") };
        for example in args::EXAMPLES {
            assert!(help.contains(example), "{example}");
            let command = example.split(" | ").last().unwrap();
            assert!(parse(command.split(' ').map(|word| word.trim_matches('\''))).is_ok() || command.contains('\''));
        }
    }

    #[test]
    fn help_lists_the_exit_codes_of_the_table() {
        let Err(Stop::Said(help)) = parse(["whycors", "--help"]) else { unreachable!("help is said") };
        for (exit, meaning) in EXIT_CODES {
            let line = help.lines().find(|line| line.trim_start().starts_with(&format!("{} ", exit.code())));
            assert!(line.is_some_and(|line| line.contains(meaning)), "{exit:?}");
        }
    }
}
