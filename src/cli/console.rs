//! `--console TEXT|FILE`: the message the customer pasted.
//!
//! Owns only the question whether the argument is a file. What a message means is diagnosis.

use crate::report::sanitize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of a file of console text that are read. A console holds more; the message that matters is
/// pasted by a person.
const MAX_BYTES: u64 = 1 << 20;

/// The text of `--console`: the content of a file of that name, if there is one, else the argument
/// itself. An error is one line for the user.
pub fn text(argument: &str) -> Result<String, String> {
    let path = Path::new(argument);
    // A sentence is no path: most are longer than a file name may be, and asking is harmless.
    if !path.is_file() {
        return Ok(argument.to_owned());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .map_err(|error| format!("{}: {error}", sanitize::line(argument)))?;
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_anything_else_is_the_message() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console.txt");
        std::fs::write(&path, "\u{feff}Access to fetch at 'x'\n").unwrap();
        assert_eq!(text(path.to_str().unwrap()).unwrap(), "Access to fetch at 'x'");
        let sentence = "Access to fetch at 'https://a.example/' from origin …";
        assert_eq!(text(sentence).unwrap(), sentence);
        assert_eq!(text(directory.path().to_str().unwrap()).unwrap(), directory.path().to_str().unwrap());
        assert_eq!(text("").unwrap(), "");
    }

    #[test]
    fn a_long_file_is_read_up_to_the_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("long.txt");
        std::fs::write(&path, vec![b'x'; (1 << 20) + 10]).unwrap();
        assert_eq!(text(path.to_str().unwrap()).unwrap().len(), 1 << 20);
    }
}
