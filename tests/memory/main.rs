//! How much memory is kept of a finding while an analysis runs, in bytes that the allocator gave out.
//!
//! A binary of its own: what other tests allocate would be counted, too.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use cap::Cap;
use std::alloc::System;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use whycors::capture::{Limits, Progress, Remark, Sink, Source, har, input};
use whycors::diagnosis::{Judged, Verdict, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// What a judged pair may take that is kept until the end.
const MOST: usize = 4 << 10;

const PAIRS: usize = 500;

/// Keeps failing and undecided pairs as an analysis does.
struct Keep {
    pairer: Pairer,
    kept: Vec<Judged>,
}

impl Keep {
    fn settle(&mut self) {
        for pair in self.pairer.settled() {
            let mut judged = judge(pair, None);
            if judged.verdict != Verdict::Pass {
                judged.shrink();
                self.kept.push(judged);
            }
        }
    }
}

impl Sink for Keep {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        for exchange in batch {
            self.pairer.add(exchange);
        }
        self.settle();
        ControlFlow::Continue(())
    }

    fn remark(&mut self, remark: Remark) {
        panic!("{}", remark.text);
    }

    fn progress(&mut self, _: Progress) {}
}

fn headers(lines: &[(&str, &str)]) -> String {
    let lines = lines.iter().map(|(name, value)| format!(r#"{{"name":"{name}","value":"{value}"}}"#));
    lines.collect::<Vec<_>>().join(",")
}

/// A Chrome HAR of POSTs, each with a header that its preflight does not allow.
fn capture() -> String {
    const AGENT: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
    let usual = [("User-Agent", AGENT), ("Accept", "*/*"), ("Accept-Language", "de-DE,de;q=0.9")];
    let usual = [&usual[..], &[("Sec-Fetch-Mode", "cors"), ("Referer", "https://app.shop.test/")]].concat();
    let mut entries = Vec::new();
    for index in 0..PAIRS {
        let url = format!("https://api.shop.test/v1/items/{index}?page=3");
        let own = format!("x-feature-{index}");
        let asked = format!("content-type,{own}");
        let origin = ("Origin", "https://app.shop.test");
        let request = [&[origin, ("Content-Type", "application/json"), (&own, "1")], &usual[..]].concat();
        let preflight = [
            &[origin, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", &asked)],
            &usual[..],
        ]
        .concat();
        let answer = [
            ("server", "nginx/1.24.0"),
            ("date", "Tue, 24 Nov 2026 10:00:00 GMT"),
            ("strict-transport-security", "max-age=31536000"),
            ("vary", "Origin"),
            ("access-control-allow-origin", "https://app.shop.test"),
            ("access-control-allow-methods", "GET, POST"),
            ("access-control-allow-headers", "content-type"),
        ];
        let entry = |method: &str, kind: &str, request: &str, response: &str, error: &str| {
            format!(
                r#"{{"startedDateTime":"2026-11-24T10:00:{:02}.000Z","time":12.5,"_resourceType":"{kind}",{error}
"_initiator":{{"type":"script","stack":{{"callFrames":[{{"functionName":"load","url":"https://app.shop.test/main.js","lineNumber":41}}]}}}},
"request":{{"method":"{method}","url":"{url}","httpVersion":"h2","headers":[{request}]}},"response":{response},"timings":{{}}}}"#,
                index % 60
            )
        };
        let none = r#"{"status":0,"statusText":"","headers":[],"content":{}}"#;
        let refused = format!(r#"{{"status":204,"statusText":"","headers":[{}],"content":{{}}}}"#, headers(&answer));
        entries.push(entry("POST", "fetch", &headers(&request), none, r#""_error":"net::ERR_FAILED","#));
        entries.push(entry("OPTIONS", "preflight", &headers(&preflight), &refused, ""));
    }
    let creator = r#"{"name":"WebInspector","version":"537.36"}"#;
    let mut text = String::new();
    write!(text, r#"{{"log":{{"version":"1.2","creator":{creator},"entries":[{}]}}}}"#, entries.join(",")).unwrap();
    text
}

#[test]
fn a_kept_finding_takes_at_most_four_kilobytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), capture()).unwrap();
    let source = Source { index: 0, path: file.path().to_str().unwrap().to_owned() };
    let limits = Limits::default();
    let mut keep = Keep { pairer: Pairer::new(Bounds::default()), kept: Vec::new() };
    let opened = input::open(&source, &limits).unwrap();
    har::read(opened, &source, &limits, &mut keep).unwrap();
    keep.pairer.finish();
    keep.settle();
    let Keep { pairer, mut kept } = keep;
    drop(pairer);
    assert_eq!(kept.len(), PAIRS);
    kept.shrink_to_fit();
    let with = ALLOCATOR.allocated();
    drop(kept);
    let each = (with - ALLOCATOR.allocated()) / PAIRS;
    assert!((1 << 9..=MOST).contains(&each), "{each} bytes");
}
