//! JSON and NDJSON, schema version 1 (`tests/schema.json`).
//!
//! Owns writing. Strings are exact, but every hidden character is written as an escape: the text
//! stays the same for a parser, and a terminal that shows the file is not driven by it.

use super::view::{Finding, Input, Remark, Report, SCHEMA_VERSION, Summary, Tool};
use super::{Options, sanitize};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, Write};

/// Writes the report as one indented object, findings in order of `number`.
pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_streamed(report, options.shown(report).into_iter(), || &report.remarks, out)
}

/// The same with findings that are made as they are written, in order of `number`; the remarks are asked for
/// behind the last one. Those of the report itself are not looked at.
pub fn write_streamed<R: Serialize>(
    report: &Report,
    findings: impl Iterator<Item = impl Serialize>,
    remarks: impl FnOnce() -> R,
    out: &mut dyn Write,
) -> io::Result<()> {
    let whole = Whole {
        schema_version: SCHEMA_VERSION,
        tool: &report.tool,
        inputs: &report.inputs,
        summary: &report.summary,
        findings: Streamed(RefCell::new(findings)),
        remarks: Late(Cell::new(Some(remarks))),
    };
    // Many writes of a few bytes each: they are to be cheap.
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let mut serializer = Serializer::with_formatter(&mut out, Safe(PrettyFormatter::new()));
    whole.serialize(&mut serializer)?;
    writeln!(out)?;
    out.flush()
}

#[derive(Serialize)]
struct Whole<'a, F: Serialize, R: Serialize> {
    schema_version: u32,
    tool: &'a Tool,
    inputs: &'a [Input],
    summary: &'a Summary,
    findings: F,
    remarks: R,
}

/// A sequence that is written while it is made.
struct Streamed<I>(RefCell<I>);

impl<I: Iterator<Item = impl Serialize>> Serialize for Streamed<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
}

/// A value that is made when its turn has come.
struct Late<F>(Cell<Option<F>>);

impl<F: FnOnce() -> R, R: Serialize> Serialize for Late<F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.take().map(|make| make()).serialize(serializer)
    }
}

/// Writes findings as they are settled: a header line, one line a finding, a last line with the
/// summary and the remarks. Each line is flushed, so that a reader of a pipe sees it at once. What
/// later facts change is written again: the last line of a number is the finding that JSON has.
#[derive(Debug)]
pub struct Lines<W> {
    out: W,
    /// Digest of the last line of each number.
    written: HashMap<u32, u64>,
    digest: RandomState,
}

#[derive(Serialize)]
struct First<'a> {
    schema_version: u32,
    tool: &'a Tool,
    inputs: &'a [Input],
}

#[derive(Serialize)]
struct Last<'a> {
    inputs: &'a [Input],
    summary: &'a Summary,
    remarks: &'a [Remark],
}

impl<W: Write> Lines<W> {
    /// Writes the header line. Counts of inputs that are still to be read are 0.
    pub fn start(out: W, tool: &Tool, inputs: &[Input]) -> io::Result<Self> {
        let mut lines = Self { out, written: HashMap::new(), digest: RandomState::new() };
        lines.line(&First { schema_version: SCHEMA_VERSION, tool, inputs })?;
        Ok(lines)
    }

    /// Writes a finding, unless the last line of its number says the same.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let line = bytes(finding)?;
        let digest = self.digest.hash_one(&line);
        if self.written.insert(finding.number, digest) == Some(digest) {
            return Ok(());
        }
        self.write(&line)
    }

    /// Writes the last line, with the inputs as they turned out.
    pub fn finish(mut self, inputs: &[Input], summary: &Summary, remarks: &[Remark]) -> io::Result<()> {
        self.line(&Last { inputs, summary, remarks })
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.write(&bytes(value)?)
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.out.write_all(line)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

fn bytes(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut line, Safe(CompactFormatter)))?;
    Ok(line)
}

/// Writes a whole report as NDJSON.
pub fn write_lines(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::start(out, &report.tool, &report.inputs)?;
    for finding in options.shown(report) {
        lines.finding(finding)?;
    }
    lines.finish(&report.inputs, &report.summary, &report.remarks)
}

/// A formatter that escapes what [`sanitize::is_hidden`] names; serde_json itself escapes C0 only.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly every fragment is plain text.
        if fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut clean = 0usize;
        for (at, c) in fragment.char_indices().filter(|(_, c)| sanitize::is_hidden(*c)) {
            writer.write_all(fragment.get(clean..at).unwrap_or_default().as_bytes())?;
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            clean = at + c.len_utf8();
        }
        writer.write_all(fragment.get(clean..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{SAMPLES, sample};

    fn json(report: &Report, options: &Options) -> String {
        let mut out = Vec::new();
        write(report, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_reads_back_as_the_same_report() {
        for name in SAMPLES {
            let report = sample(name);
            let options = Options { all: true, ..Options::default() };
            let back: Report = serde_json::from_str(&json(&report, &options)).unwrap();
            assert_eq!(back, report, "{name}");
        }
    }

    #[test]
    fn hidden_characters_are_escapes_in_the_file_and_themselves_for_a_parser() {
        let mut report = Report::default();
        report.tool.name = "\u{9b}a\u{202e}b\u{e0041}c\u{1b}".to_owned();
        let text = json(&report, &Options::default());
        assert!(text.contains(r"\u009ba\u202eb\udb40\udc41c\u001b"), "{text}");
        assert!(!text.chars().any(|c| c != '\n' && sanitize::is_hidden(c)));
        let back: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(back.tool.name, report.tool.name);
    }

    #[test]
    fn passes_are_written_only_when_asked_for() {
        let report = sample("cr-ok");
        assert!(!json(&report, &Options::default()).contains("\"verdict\": \"pass\""));
        assert!(json(&report, &Options { all: true, ..Options::default() }).contains("\"verdict\": \"pass\""));
    }

    #[test]
    fn lines_are_a_header_then_findings_then_the_summary() {
        let report = sample("two-tabs");
        let mut out = Vec::new();
        write_lines(&report, &Options::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[0]["schema_version"], 1);
        assert_eq!(lines[0]["inputs"][0]["path"], "two-tabs.har");
        assert_eq!(lines[1]["number"], 1);
        assert_eq!(lines[6]["summary"]["failed"], 5);
        assert_eq!(lines[6]["remarks"][0]["id"], "preflight-not-cached");
    }
}
