//! Man page and completion scripts, written at run time from the argument table itself.

use super::args::{Args, EXAMPLES, Generate, USAGE};
use super::exit::EXIT_CODES;
use clap::CommandFactory;
use clap_complete::aot::Shell;
use std::io::{self, Write};

/// Writes what `--generate` asks for.
pub fn write(what: Generate, out: &mut dyn Write) -> io::Result<()> {
    let shell = match what {
        Generate::Man => return man(out),
        Generate::CompleteBash => Shell::Bash,
        Generate::CompleteZsh => Shell::Zsh,
        Generate::CompleteFish => Shell::Fish,
        Generate::CompletePowerShell => Shell::PowerShell,
    };
    // The generator panics on a write error, such as a closed pipe: it writes to memory first.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "whycors", &mut script);
    out.write_all(&script)
}

/// One page: the program, each command, exit codes, examples.
fn man(out: &mut dyn Write) -> io::Result<()> {
    let command = Args::command();
    let man = clap_mangen::Man::new(command.clone()).manual("User Commands");
    man.render_title(out)?;
    man.render_name_section(out)?;
    writeln!(out, ".SH SYNOPSIS")?;
    for (index, form) in USAGE.lines().enumerate() {
        if index > 0 {
            writeln!(out, ".br")?;
        }
        writeln!(out, "{}", roff(form.trim()))?;
    }
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    for command in command.get_subcommands() {
        let name = command.get_name();
        writeln!(out, ".SH \"WHYCORS {}\"", name.to_uppercase())?;
        if let Some(about) = command.get_about() {
            writeln!(out, "{}", roff(&about.to_string()))?;
        }
        let mut options = Vec::new();
        clap_mangen::Man::new(command.clone()).render_options_section(&mut options)?;
        let options = String::from_utf8_lossy(&options).replace(".SH OPTIONS\n", "");
        out.write_all(options.as_bytes())?;
    }
    writeln!(out, ".SH \"EXIT STATUS\"")?;
    for (exit, meaning) in EXIT_CODES {
        writeln!(out, ".TP\n\\fB{}\\fR\n{}", exit.code(), roff(meaning))?;
    }
    writeln!(out, ".SH EXAMPLES\n.nf")?;
    for example in EXAMPLES {
        writeln!(out, "{}", roff(example))?;
    }
    writeln!(out, ".fi")?;
    man.render_version_section(out)
}

/// Text that roff shows as it is.
fn roff(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(what: Generate) -> String {
        let mut out = Vec::new();
        write(what, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_man_page_names_every_option_and_command() {
        let page = generated(Generate::Man);
        for option in Args::command().get_arguments().filter_map(clap::Arg::get_long) {
            assert!(page.contains(&option.replace('-', "\\-")), "{option}");
        }
        for word in ["EXPLAIN", "REDACT", "EXIT STATUS", "NAME", "redact IN"] {
            assert!(page.contains(word), "{word}");
        }
    }

    #[test]
    fn completions_know_options_and_formats() {
        for shell in
            [Generate::CompleteBash, Generate::CompleteZsh, Generate::CompleteFish, Generate::CompletePowerShell]
        {
            let script = generated(shell);
            for word in ["keylog", "explain", "redact"] {
                assert!(script.contains(word), "{shell:?}: {word}");
            }
        }
        assert!(generated(Generate::CompleteBash).contains("tui text markdown json ndjson html"));
    }
}
