//! Small HARs built from text, and a sink that remembers everything.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::ops::ControlFlow;
use whycors::capture::{InputSummary, Limits, Progress, ReadError, Remark, Sink, har};
use whycors::exchange::{Exchange, Value};

/// What a reader handed over.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) remarks: Vec<Remark>,
}

impl Sink for Seen {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.exchanges.extend(batch);
        ControlFlow::Continue(())
    }
    fn remark(&mut self, remark: Remark) {
        self.remarks.push(remark);
    }
    fn progress(&mut self, _: Progress) {}
}

impl Seen {
    pub(crate) fn urls(&self) -> Vec<&str> {
        self.exchanges.iter().map(|exchange| &*exchange.request.url).collect()
    }

    pub(crate) fn remark(&self, id: &str) -> &Remark {
        let found = self.remarks.iter().find(|remark| remark.id == id);
        found.unwrap_or_else(|| panic!("no {id} in {:?}", self.remarks))
    }

    pub(crate) fn only(&self) -> &Exchange {
        assert_eq!(self.exchanges.len(), 1, "{:?}", self.remarks);
        &self.exchanges[0]
    }
}

pub(crate) fn read_with(bytes: impl Into<Vec<u8>>, limits: &Limits) -> (Seen, Result<InputSummary, ReadError>) {
    let mut seen = Seen::default();
    let summary = har::read_bytes(bytes.into(), limits, &mut seen);
    (seen, summary)
}

pub(crate) fn read(bytes: impl Into<Vec<u8>>) -> Seen {
    let (seen, summary) = read_with(bytes, &Limits::default());
    assert_eq!(summary.unwrap().exchanges, seen.exchanges.len() as u64);
    seen
}

pub(crate) const A: &str = "https://a.test/1";
pub(crate) const B: &str = "https://a.test/2";
/// The time fields of an entry.
pub(crate) const BASE: &str = r#""startedDateTime":"2026-11-24T02:45:10Z","time":5"#;

/// An entry with this URL.
pub(crate) fn get(url: &str) -> String {
    let request = format!(r#"{{"method":"GET","url":"{url}","headers":[]}}"#);
    format!(r#"{{{BASE},"request":{request},"response":{{"status":200,"headers":[]}}}}"#)
}

/// An entry with these fields in request and response.
pub(crate) fn entry(request: &str, response: &str) -> String {
    format!(r#"{{{BASE},"request":{{"url":"https://a.test/",{request}}},"response":{{{response}}}}}"#)
}

/// A HAR with these entries.
pub(crate) fn log(entries: &[String]) -> String {
    let creator = r#"{"name":"Tool","version":"1"}"#;
    format!(r#"{{"log":{{"version":"1.2","creator":{creator},"entries":[{}]}}}}"#, entries.join(","))
}

/// A HAR with one entry with these fields, read.
pub(crate) fn one(request: &str, response: &str) -> Seen {
    read(log(&[entry(request, response)]))
}

/// Request header lines as text; what is no text in the words of `Debug`.
pub(crate) fn request_lines(exchange: &Exchange) -> Vec<(String, String)> {
    let text = |value: Value<'_>| match value {
        Value::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        other => format!("{other:?}"),
    };
    let lines = exchange.request.headers.iter();
    lines.map(|line| (String::from_utf8(line.name.to_vec()).unwrap(), text(line.value))).collect()
}

pub(crate) fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
