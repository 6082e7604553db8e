//! `--console TEXT|FILE`: the message the customer pasted.
//!
//! Owns only where the text comes from. What a message means is diagnosis.

use crate::report::sanitize;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Longest text that is taken for console messages, in bytes; a whole console fits.
const LONGEST: u64 = 1 << 20;

/// Longest name of a file that is looked for, in bytes.
const LONGEST_NAME: usize = 1024;

/// Endings of files in which people keep what they copied from a console.
const ENDINGS: &[&str] = &[".txt", ".log", ".md", ".json", ".har", ".html", ".csv", ".out"];

/// The text of `--console`: what `-` (standard input) or the file of that name holds, else the
/// argument itself. An error is one line for the user: a name of no file is not taken for a message.
pub fn text(argument: &str) -> Result<String, String> {
    if argument == "-" {
        return read(io::stdin().lock(), "standard input");
    }
    let name = sanitize::line(argument);
    // A message is no path: most are longer than a name may be, and asking is harmless.
    let path = Path::new(argument);
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            Err(format!("--console {name}: a directory; name a file, or paste the message"))
        }
        // Also a pipe, as of `<(pbpaste)`.
        Ok(_) => match File::open(path) {
            Ok(file) => read(file, &name),
            Err(error) => Err(format!("--console {name}: cannot be read: {error}; paste the message instead")),
        },
        Err(_) if names_a_file(argument) => {
            Err(format!("--console {name}: no such file; name one that exists, or paste the whole red line in quotes"))
        }
        Err(_) => Ok(argument.to_owned()),
    }
}

fn read(from: impl Read, name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("--console {name}: cannot be read: {error}; paste the message instead"))?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("--console {name}: too long for a console message; paste the red line itself"));
    }
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').trim().to_owned())
}

/// Whether somebody meant a file: no sentence, no URL, and written like a path.
fn names_a_file(argument: &str) -> bool {
    if argument.len() > LONGEST_NAME || argument.contains("://") || argument.contains('\n') {
        return false;
    }
    let lower = argument.to_ascii_lowercase();
    let bare = !argument.contains(char::is_whitespace);
    ENDINGS.iter().any(|ending| lower.ends_with(ending)) || (bare && argument.contains(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_a_sentence_is_the_message() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console.txt");
        std::fs::write(&path, "\u{feff}Access to fetch at 'x'\n").unwrap();
        assert_eq!(text(path.to_str().unwrap()).unwrap(), "Access to fetch at 'x'");
        for message in [
            "Access to fetch at 'https://a.example/' from origin …",
            "Fetch API cannot load https://a.example/notes.txt",
            "net::ERR_FAILED",
            "TypeError: Load failed",
            "[Error] Preflight response is not successful. Status code: 405 (app.js, line 0)",
            "",
        ] {
            assert_eq!(text(message).unwrap(), message);
        }
    }

    #[test]
    fn a_name_of_no_file_is_no_message() {
        for name in ["nofile.txt", "no such/console.LOG", "./console", "~/Desktop/console", "C:\\Users\\me\\error"] {
            let error = text(name).unwrap_err();
            assert!(error.starts_with(&format!("--console {name}: no such file; ")), "{error}");
        }
        let directory = tempfile::tempdir().unwrap();
        let name = directory.path().to_str().unwrap();
        assert!(text(name).unwrap_err().starts_with(&format!("--console {name}: a directory; ")));
    }

    #[test]
    fn a_file_longer_than_any_console_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("long");
        std::fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        assert_eq!(text(path.to_str().unwrap()).unwrap().len(), 1 << 20);
        std::fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
        assert!(text(path.to_str().unwrap()).unwrap_err().contains(": too long for a console message; "));
    }
}
