//! whycors: why did the browser block this request, and what must change?
//!
//! A capture (a HAR, or packets) is read once, front to back, in bounded memory. It becomes
//! exchanges, exchanges become pairs of preflight and request, pairs are judged as the Fetch
//! Standard does, diagnosed and shown:
//!
//! ```text
//! bytes ─▶ capture ─▶ Exchange ─▶ pairing ─▶ Pair ─▶ diagnosis ─▶ Finding ─▶ report
//!          har, pcap              asks cors          judge, cause,           └▶ tui
//!          http, tls                                 fix with proof
//! ```
//!
//! | module | owns |
//! |---|---|
//! | [`secrets`] | what may be shown of a capture: allow lists, and the masker of reports |
//! | [`exchange`] | the nouns: exchanges, headers without secrets, origins, places, times |
//! | [`paste`] | texts that people paste: validated values, one writer a language, curl lines |
//! | [`http`] | byte streams of one connection to messages: HTTP/1.x, HTTP/2 |
//! | [`tls`] | records to plaintext, given a key log |
//! | [`capture`] | any file to exchanges: HAR dialects, packets, compression |
//! | [`cors`] | the Fetch Standard's CORS protocol, step by step, as pure functions |
//! | [`pairing`] | which exchanges belong together |
//! | [`browsers`] | what browsers print, and what their words mean |
//! | [`stacks`] | server software: how it shows, and how it is configured |
//! | [`diagnosis`] | verdict, root cause, evidence, fixes with proof, console sentences |
//! | [`report`] | text, Markdown, JSON, HTML |
//! | [`tui`] | the terminal UI |
//! | [`cli`], [`run`] | arguments, and the pipeline wired once |
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use whycors::capture::Source;
//! use whycors::run::{Request, analyse};
//!
//! let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/options-405/capture.har").to_owned();
//! let request = Request { sources: vec![Source { index: 0, path }], ..Request::default() };
//! let outcome = analyse(&request, &AtomicBool::new(false), &mut |_event| {});
//! let finding = &outcome.report.findings[0];
//! assert_eq!(finding.method, "POST");
//! assert_eq!(finding.preflight.as_ref().and_then(|preflight| preflight.status), Some(405));
//! let rule = finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref());
//! assert_eq!(rule, Some("PreflightMissingAllowOriginHeader"));
//! ```

pub mod browsers;
pub mod capture;
pub mod cli;
pub mod cors;
pub mod diagnosis;
pub mod exchange;
pub mod http;
pub mod pairing;
pub mod paste;
pub mod report;
pub mod run;
pub mod secrets;
pub mod stacks;
pub mod tls;
pub mod tui;
