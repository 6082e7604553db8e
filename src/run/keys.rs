//! TLS keys for packet captures: those named, and those that lie beside a capture.

use super::Event;
use crate::capture::{Limits, Opened, Source};
use crate::tls::KeyLog;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More than this is no key log.
const LARGEST: u64 = 256 << 20;

/// Reads the named key logs, then those found beside the captures; says on standard error which
/// were found.
pub(super) fn collect(
    named: &[PathBuf],
    captures: &[(Source, Opened)],
    limits: &Limits,
    errors: &mut Vec<String>,
    listener: &mut dyn FnMut(Event),
) -> KeyLog {
    let mut keys = KeyLog::new(&limits.into());
    for path in named {
        match read(path) {
            Ok(text) => add(&mut keys, path, &text, listener),
            Err(error) => errors.push(format!("{}: cannot read the key log: {error}; check --keylog", path.display())),
        }
    }
    if named.is_empty() {
        for path in beside(captures) {
            if let Ok(text) = read(&path) {
                listener(Event::Notice(format!("using the TLS keys in {}", path.display())));
                add(&mut keys, &path, &text, listener);
            }
        }
    }
    keys
}

fn add(keys: &mut KeyLog, path: &Path, text: &[u8], listener: &mut dyn FnMut(Event)) {
    let before = keys.quic_lines();
    let broken = keys.add(text);
    let quic = keys.quic_lines() - before;
    if quic > 0 {
        let what = if quic == 1 { "1 key is" } else { &format!("{quic} keys are") };
        listener(Event::Notice(format!(
            "{}: {what} of QUIC (HTTP/3), which is not read; capture again with HTTP/3 disabled in the browser",
            path.display()
        )));
    }
    if broken.count > 0 {
        let what = match broken.count {
            1 => "1 line is no key log line".to_owned(),
            count => format!("{count} lines are no key log lines"),
        };
        let (path, first) = (path.display(), broken.first_line.unwrap_or_default());
        listener(Event::Notice(format!("{path}: {what} (line {first}); passed over")));
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut text)?;
    Ok(text)
}

/// `NAME.keys`, `NAME.keylog` and `sslkeylog.log` in the capture's folder.
fn beside(captures: &[(Source, Opened)]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for (source, _) in captures.iter().filter(|(source, _)| !source.is_stdin()) {
        let path = Path::new(&source.path);
        let named = ["keys", "keylog"].map(|extension| path.with_extension(extension));
        for candidate in named.into_iter().chain([path.with_file_name("sslkeylog.log")]) {
            if candidate.is_file() && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
    }
    found
}
