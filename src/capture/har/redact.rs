//! A copy of a HAR without secrets that is still good for analysis.
//!
//! Owns the two passes over the file (find the secrets, then write), the new file and the check of
//! what was written. What is kept and what is masked stands in `rules`. Works entry by entry, so
//! memory stays bounded and a damaged HAR becomes a sound one.

mod rules;
mod secrets;

use super::split::{Batch, Kind};
use super::{Feed, repair};
use crate::capture::input::{self, ReadError, Source};
use crate::capture::{InputKind, Limits};
use rules::Rules;
use secrets::Secrets;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// What was masked, by kind: `cookies`, `authorization`, `headers`, `query values`, `bodies` …
pub type Counts = BTreeMap<&'static str, u64>;

/// What a redaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// Entries written.
    pub entries: u64,
    /// Entries that could not be read and are not in the copy.
    pub left_out: u64,
    /// What was masked or dropped.
    pub counts: Counts,
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
    /// The file is read twice, which standard input cannot be.
    #[error("standard input cannot be redacted, since the file is read twice; name a file")]
    Stdin,
    /// There is a file of that name.
    #[error("{path}: exists; name another output file")]
    Exists {
        /// The output.
        path: String,
    },
    /// The copy cannot be written.
    #[error("{path}: cannot be written: {source}")]
    Write {
        /// The output.
        path: String,
        /// The system's words.
        source: io::Error,
    },
    /// The check found a secret in the copy, which was removed again.
    #[error("{path}: not kept, because a secret was still in it at byte {offset}; please report this")]
    SecretRemains {
        /// The output.
        path: String,
        /// Where in it.
        offset: u64,
    },
}

/// Writes a redacted copy of a HAR to a new file that only its owner can read, and checks it.
pub fn redact(source: &Source, out: &Path, limits: &Limits) -> Result<Redacted, RedactError> {
    if source.is_stdin() {
        return Err(RedactError::Stdin);
    }
    let name = out.display().to_string();
    if out.exists() {
        return Err(RedactError::Exists { path: name });
    }
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => RedactError::Exists { path: name.clone() },
        _ => RedactError::Write { path: name.clone(), source: error },
    };
    let copier = Copier { source, limits, salt: Salt::random() };
    let (survey, secrets) = copier.survey()?;
    // Created only now: an unreadable input leaves no empty file behind.
    let file = create(out).map_err(failed)?;
    let written = copier.write(file, &survey, &secrets, &failed);
    let checked = written.and_then(|done| match find_secret(out, &secrets).map_err(failed)? {
        None => Ok(done),
        Some(offset) => Err(RedactError::SecretRemains { path: name.clone(), offset }),
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

/// Keys the hashes in the masks, at random for each run: short values cannot be guessed from them.
#[derive(Debug, Clone, Copy)]
struct Salt([u8; 16]);

impl Salt {
    fn random() -> Self {
        let state = RandomState::new();
        let halves = (u128::from(state.hash_one(1_u8)) << 64) | u128::from(state.hash_one(2_u8));
        Self(halves.to_le_bytes())
    }
}

/// What the first pass learnt.
#[derive(Default)]
struct Survey {
    creator: Option<Value>,
    browser: Option<Value>,
    pages: Vec<Value>,
    counts: Counts,
}

struct Copier<'a> {
    source: &'a Source,
    limits: &'a Limits,
    salt: Salt,
}

impl Copier<'_> {
    /// Goes through the file piece by piece.
    fn pieces(&self, mut each: impl FnMut(Kind, Option<Value>) -> Result<(), RedactError>) -> Result<(), RedactError> {
        let opened = input::open(self.source, self.limits)?;
        if opened.kind != InputKind::Har {
            return Err(RedactError::NotHar { path: self.source.path.clone() });
        }
        let mut feed = Feed::new(opened.reader, self.limits);
        feed.splitter.keep_idle();
        let mut batch = Batch::default();
        while !feed.ended() {
            batch.clear();
            feed.fill(&mut batch);
            for piece in &batch.pieces {
                let bytes = batch.bytes(piece);
                let parsed =
                    serde_json::from_slice(bytes).or_else(|_| serde_json::from_slice(&repair::repaired(bytes)));
                each(piece.kind, parsed.ok())?;
            }
        }
        if !feed.splitter.looks_like_har() {
            return Err(ReadError::NotHar { path: self.source.path.clone(), what: feed.what_instead() }.into());
        }
        Ok(())
    }

    /// First pass: the secrets, the counts, and what stands around the entries.
    fn survey(&self) -> Result<(Survey, Secrets), RedactError> {
        let mut survey = Survey::default();
        let mut secrets = Secrets::default();
        let nothing = Secrets::default();
        let mut rules = Rules::new(self.salt, &nothing);
        self.pieces(|kind, value| {
            let Some(value) = value else { return Ok(()) };
            match kind {
                Kind::Entry => {
                    secrets.collect(&value);
                    rules.entry(value);
                }
                Kind::Page if survey.pages.len() < self.limits.har_pages => survey.pages.push(rules.page(&value)),
                Kind::Page => {}
                Kind::Creator => survey.creator = Some(value),
                Kind::Browser => survey.browser = Some(value),
            }
            Ok(())
        })?;
        survey.counts = rules.counts;
        Ok((survey, secrets))
    }

    /// Second pass: writes the copy.
    fn write(
        &self,
        file: File,
        survey: &Survey,
        secrets: &Secrets,
        failed: &impl Fn(io::Error) -> RedactError,
    ) -> Result<Redacted, RedactError> {
        let mut out = BufWriter::new(file);
        let mut done = Redacted::default();
        let mut rules = Rules::new(self.salt, secrets);
        write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{},", tool(survey.creator.as_ref(), &survey.counts))
            .map_err(failed)?;
        if let Some(browser) = &survey.browser {
            write!(out, "\"browser\":{},", plain_tool(browser)).map_err(failed)?;
        }
        write!(out, "\"pages\":{},\"entries\":[", Value::from(survey.pages.clone())).map_err(failed)?;
        self.pieces(|kind, value| {
            if kind != Kind::Entry {
                return Ok(());
            }
            let Some(value) = value else {
                done.left_out += 1;
                return Ok(());
            };
            let comma = if done.entries == 0 { "\n" } else { ",\n" };
            done.entries += 1;
            write!(out, "{comma}{}", rules.entry(value)).map_err(failed)
        })?;
        out.write_all(b"\n]}}\n").map_err(failed)?;
        out.flush().map_err(failed)?;
        done.counts = rules.counts;
        Ok(done)
    }
}

/// The creator with the note of what was done; a note of an earlier redaction stays when there was
/// nothing left to do, so that redacting twice gives the same bytes.
fn tool(creator: Option<&Value>, counts: &Counts) -> Value {
    const MARK: &str = "redacted by whycors: ";
    let earlier = creator.and_then(|creator| creator["comment"].as_str()).filter(|note| note.starts_with(MARK));
    let note = match earlier {
        Some(earlier) if counts.is_empty() => earlier.to_owned(),
        _ => {
            let list: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
            format!("{MARK}{}", if list.is_empty() { "nothing to mask".to_owned() } else { list.join(", ") })
        }
    };
    let mut tool = plain_tool(creator.unwrap_or(&Value::Null));
    tool["comment"] = note.into();
    tool
}

fn plain_tool(tool: &Value) -> Value {
    json!({ "name": tool["name"].as_str().unwrap_or_default(), "version": tool["version"].as_str().unwrap_or_default() })
}

/// Reads the copy back and looks for any of the secrets; the offset of the first one found.
fn find_secret(path: &Path, secrets: &Secrets) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    let overlap = secrets.longest().saturating_sub(1);
    let mut window = Vec::new();
    let mut base = 0_u64;
    loop {
        let read = Read::by_ref(&mut file).take(1 << 20).read_to_end(&mut window)?;
        if let Some((start, _)) = secrets.find(&window, 0) {
            return Ok(Some(base + start as u64));
        }
        if read == 0 {
            return Ok(None);
        }
        let keep = window.len().saturating_sub(overlap);
        window.drain(..keep);
        base += keep as u64;
    }
}

#[cfg(test)]
mod tests;
