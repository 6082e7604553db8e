//! A copy of a HAR without secrets that is still good for analysis.
//!
//! Owns the flow. The input is read once, from front to back, and may be a pipe: each entry is
//! reduced to what an analysis needs (`members`) and its secrets are masked, and the result waits in
//! a temporary file without a name. Once the whole file is known, its secrets are looked for in all
//! that was kept, the copy is written, read back and checked. Memory stays bounded, and a damaged
//! HAR becomes a sound one.

mod entry;
mod headers;
mod json;
mod mask;
mod members;
mod secrets;
mod values;
mod words;

use super::Feed;
use super::split::{AtEnd, Batch, Kind, What};
use crate::capture::input::{self, ReadError, Source};
use crate::capture::{InputKind, Limits, Remark};
use entry::{Copyist, Page};
use mask::Salt;
pub(super) use mask::is_value_mask;
use secrets::{Collected, Finder};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

/// What was masked or dropped, by kind: `cookies`, `authorization`, `headers`, `query values`,
/// `bodies` …
pub type Counts = BTreeMap<&'static str, u64>;

/// What a redaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// Entries written.
    pub entries: u64,
    /// Entries that could not be read, or not to their end, and are not in the copy.
    pub left_out: u64,
    /// What was masked or dropped.
    pub counts: Counts,
    /// For want of memory some secrets were masked where they stand and not looked for elsewhere.
    pub too_many_secrets: bool,
    /// Why reading stopped before the end of the input.
    pub trouble: Option<Remark>,
}

/// Why there is no redacted copy.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The input cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is a packet capture.
    #[error("{path}: is a packet capture; only HARs can be redacted")]
    NotHar {
        /// As given.
        path: String,
    },
    /// The copy is checked after it is written, which standard output does not allow.
    #[error("-o -: the copy is read back and checked, so it needs a file; name one")]
    StandardOutput,
    /// There is a file of that name.
    #[error("{path}: exists; name another output file")]
    Exists {
        /// The output.
        path: String,
    },
    /// The copy cannot be written.
    #[error("{path}: cannot be written")]
    Write {
        /// The output.
        path: String,
        /// The system's words.
        source: io::Error,
    },
    /// The check found a secret in the copy, which was removed again.
    #[error("{path}: not kept, because a secret was still in it on line {line}; please report this")]
    SecretRemains {
        /// The output.
        path: String,
        /// Where in it.
        line: u64,
    },
}

/// Writes a redacted copy of a HAR to a new file that only its owner can read, and checks it.
pub fn redact(source: &Source, out: &Path, limits: &Limits) -> Result<Redacted, RedactError> {
    let name = out.display().to_string();
    if name == "-" {
        return Err(RedactError::StandardOutput);
    }
    if out.exists() {
        return Err(RedactError::Exists { path: name });
    }
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => RedactError::Exists { path: name.clone() },
        _ => RedactError::Write { path: name.clone(), source: error },
    };
    let salt = Salt::random();
    // Beside the copy: there is room for one, and its reader may read the other.
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let spool = tempfile::tempfile_in(folder).map_err(failed)?;
    let (read, collected) = Reading::of(source, limits, salt, spool, &failed)?;
    let too_many_secrets = collected.is_full();
    let finder = collected.finder(&members::fixed_words());
    // Created only now: an unreadable input leaves no empty file behind.
    let file = create(out).map_err(failed)?;
    let written = read.write(file, salt, &finder).map_err(failed);
    let checked = written.and_then(|done| match secret_line(out, &finder).map_err(failed)? {
        None => Ok(Redacted { too_many_secrets, ..done }),
        Some(line) => Err(RedactError::SecretRemains { path: name.clone(), line }),
    });
    if checked.is_err() {
        // Nothing more can be done if this fails too; the first error is the one to tell.
        let _ = std::fs::remove_file(out);
    }
    checked
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The input as it was read: what stands around the entries, and the entries, one a line.
struct Reading {
    creator: Option<Vec<u8>>,
    browser: Option<Vec<u8>>,
    pages: Vec<Page>,
    entries: File,
    done: Redacted,
}

impl Reading {
    fn of(
        source: &Source,
        limits: &Limits,
        salt: Salt,
        spool: File,
        failed: &impl Fn(io::Error) -> RedactError,
    ) -> Result<(Self, Collected), RedactError> {
        let opened = input::open(source, limits)?;
        if opened.kind != InputKind::Har {
            return Err(RedactError::NotHar { path: source.path.clone() });
        }
        let mut feed = Feed::new(opened.reader, limits);
        feed.splitter.keep_idle();
        let nothing = Finder::default();
        let mut copyist = Copyist::new(salt, &nothing);
        let mut entries = BufWriter::new(spool);
        let (mut creator, mut browser, mut pages) = (None, None, Vec::new());
        let mut done = Redacted::default();
        let (mut batch, mut line) = (Batch::default(), Vec::new());
        while !feed.ended() {
            batch.clear();
            feed.fill(&mut batch);
            done.left_out += batch.damage.iter().filter(|damage| costs_entry(damage.what, damage.index)).count() as u64;
            for piece in &batch.pieces {
                let bytes = batch.bytes(piece);
                match piece.kind {
                    Kind::Entry => {
                        line.clear();
                        // A longer line would not be read again.
                        if copyist.entry(bytes, &mut line) && line.len() <= limits.har_entry_bytes {
                            line.push(b'\n');
                            entries.write_all(&line).map_err(failed)?;
                            done.entries += 1;
                        } else {
                            done.left_out += 1;
                        }
                    }
                    Kind::Page if pages.len() < limits.har_pages => pages.extend(copyist.keep_page(bytes)),
                    Kind::Page => {}
                    Kind::Creator => creator = Some(bytes.to_vec()),
                    Kind::Browser => browser = Some(bytes.to_vec()),
                }
            }
        }
        if let Some(error) = &feed.trouble {
            done.trouble = Some(input::trouble(error, source.index, feed.splitter.offset()));
        } else if !feed.splitter.looks_like_har() {
            return Err(ReadError::NotHar { path: source.path.clone(), what: feed.what_instead() }.into());
        }
        done.left_out += u64::from(matches!(feed.splitter.at_end(), AtEnd::InEntry(_)));
        done.counts = copyist.counts;
        let mut entries = entries.into_inner().map_err(|error| failed(error.into_error()))?;
        entries.rewind().map_err(failed)?;
        Ok((Self { creator, browser, pages, entries, done }, copyist.collected))
    }

    /// Writes the copy, one entry a line.
    fn write(mut self, file: File, salt: Salt, finder: &Finder) -> io::Result<Redacted> {
        let mut copyist = Copyist::new(salt, finder);
        copyist.counts = std::mem::take(&mut self.done.counts);
        let mut pages = Vec::new();
        for (at, page) in self.pages.iter().enumerate() {
            pages.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
            copyist.page(page, &mut pages);
        }
        let mut out = BufWriter::new(file);
        let mut head = b"{\"log\":{\"version\":\"1.2\",\"creator\":".to_vec();
        let note = note(self.creator.as_deref(), &copyist.counts);
        copyist.tool(self.creator.as_deref(), Some(&note), &mut head);
        if let Some(browser) = &self.browser {
            head.extend_from_slice(b",\"browser\":");
            copyist.tool(Some(browser), None, &mut head);
        }
        head.extend_from_slice(b",\"pages\":[");
        out.write_all(&head)?;
        out.write_all(&pages)?;
        out.write_all(b"],\"entries\":[")?;
        let mut lines = BufReader::new(self.entries);
        let (mut line, mut again, mut comma) = (String::new(), Vec::new(), &b"\n"[..]);
        while lines.read_line(&mut line)? > 0 {
            let entry = line.trim_end_matches('\n');
            out.write_all(comma)?;
            comma = b",\n";
            if finder.find(entry, 0).is_some() {
                again.clear();
                copyist.entry(entry.as_bytes(), &mut again);
                out.write_all(&again)?;
            } else {
                out.write_all(entry.as_bytes())?;
            }
            line.clear();
        }
        out.write_all(b"\n]}}\n")?;
        out.flush()?;
        self.done.counts = copyist.counts;
        Ok(self.done)
    }
}

/// Whether damage cost an entry, rather than a part of one or of what stands around.
fn costs_entry(what: What, index: Option<u32>) -> bool {
    index.is_some() && matches!(what, What::NotAnObject | What::Garbled | What::TooLarge | What::TooDeep)
}

/// The note of what was done; that of an earlier redaction stays when there was nothing left to do,
/// so that redacting twice gives the same bytes.
fn note(creator: Option<&[u8]>, counts: &Counts) -> String {
    const MARK: &str = "redacted by whycors: ";
    const NOTHING: &str = "nothing to mask";
    let list: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    if !list.is_empty() {
        return format!("{MARK}{}", list.join(", "));
    }
    let object = creator.and_then(json::object).unwrap_or_default();
    let earlier = json::Members::of(&object).get("comment").and_then(json::string).unwrap_or_default().into_owned();
    let is_item = |item: &str| {
        item.strip_suffix(')').and_then(|item| item.split_once(" (")).is_some_and(|(kind, count)| {
            KINDS.contains(&kind) && count.len() <= 20 && count.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    match earlier.strip_prefix(MARK) {
        Some(items) if items.split(", ").all(is_item) => earlier,
        _ => format!("{MARK}{NOTHING}"),
    }
}

/// What is counted.
const KINDS: &[&str] = &[
    "URL user info",
    "authorization",
    "bodies",
    "cookies",
    "headers",
    "names",
    "other members",
    "other occurrences",
    "other texts",
    "page titles",
    "path segments",
    "query values",
    "referers",
    "server addresses",
];

/// Reads the copy back and looks for any of the secrets; the first line behind the head, which holds
/// words of this program only, that has one.
fn secret_line(path: &Path, finder: &Finder) -> io::Result<Option<u64>> {
    let mut lines = BufReader::new(File::open(path)?);
    let mut line = String::new();
    let mut number = 0_u64;
    while lines.read_line(&mut line)? > 0 {
        number += 1;
        if number > 1 && finder.find(&line, 0).is_some() {
            return Ok(Some(number));
        }
        line.clear();
    }
    Ok(None)
}

#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
