//! The pieces of a finding: preflight and actual, rule, cause, evidence, fixes, ladder, remarks.
//!
//! Owns shapes only, as they stand in JSON.

use super::{Certainty, Engine, LadderKind, LadderMark, StepOutcome};
use crate::paste::Curl;
use crate::secrets::{Prose, Roles};
use serde::{Deserialize, Serialize};

/// A value per engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engines<T> {
    /// Chromium.
    pub chromium: T,
    /// Firefox.
    pub firefox: T,
    /// WebKit.
    pub webkit: T,
}

impl<T> Engines<T> {
    /// The value of one engine.
    pub fn get(&self, engine: Engine) -> &T {
        match engine {
            Engine::Chromium => &self.chromium,
            Engine::Firefox => &self.firefox,
            Engine::Webkit => &self.webkit,
        }
    }
}

/// The inferred credentials mode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// `include`, `not-include` or `unknown`.
    pub mode: String,
    /// The evidence, in words.
    pub because: String,
}

/// A position: `entry`, or `frame` and `stream`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Index into `inputs`.
    pub input: u32,
    /// Index in `log.entries`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry: Option<u32>,
    /// Frame number, 1-based.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub frame: Option<u64>,
    /// TCP stream number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<u32>,
}

/// The preflight of a finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PreflightView {
    /// Status, null when unanswered.
    pub status: Option<u16>,
    /// Where the request stands.
    pub place: Place,
    /// Where the response stands, when elsewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_place: Option<Place>,
    /// RFC 3339 UTC time of the request.
    #[serde(default)]
    pub started: Option<String>,
    /// Milliseconds to the answer.
    #[serde(default)]
    pub took_ms: Option<f64>,
}

/// The actual request of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActualView {
    /// Whether it was sent; null when the file cannot tell.
    pub sent: Option<bool>,
    /// Status, null when unanswered or never sent.
    pub status: Option<u16>,
    /// Where the request stands.
    pub place: Place,
    /// Where the response stands, when elsewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_place: Option<Place>,
    /// The recorder's error text.
    #[serde(default)]
    pub error: Option<String>,
}

/// One hop of a redirect chain before the judged one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Method of that hop.
    pub method: String,
    /// URL of that hop, masked.
    pub url: String,
    /// Status.
    pub status: u16,
    /// Where.
    pub place: Place,
}

/// A rule, in each engine's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Chromium's error name.
    pub chromium: Option<String>,
    /// Firefox's key.
    pub firefox: Option<String>,
    /// Stable id of WebKit's sentence.
    pub webkit: Option<String>,
    /// Chromium's failed parameter.
    pub parameter: Option<String>,
    /// Section and step of the Fetch Standard.
    pub step: String,
}

/// The root cause.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Stable id.
    pub id: String,
    /// Title, at most 32 columns.
    pub title: String,
    /// One sentence on why, with the bytes it rests on.
    pub text: String,
    /// The deciding bytes in a few words, for lists: `"*" and the origin`.
    #[serde(default)]
    pub brief: String,
    /// Typed payload.
    pub detail: serde_json::Value,
    /// How sure.
    pub certainty: Certainty,
    /// Other explanations that remain, likeliest first.
    pub candidates: Vec<String>,
}

/// What keeps a finding undecided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Stable id.
    pub id: String,
    /// Title for lists, at most 32 columns; empty where a conditional cause has one.
    #[serde(default)]
    pub title: String,
    /// What is missing.
    pub text: String,
    /// What to ask the customer for, ready to paste.
    pub ask: String,
    /// A command whose output is as good, until the masker has written it below `ask`.
    #[serde(skip)]
    pub(in crate::report) command: Option<Curl>,
    /// Whether the headline is that text.
    #[serde(skip)]
    pub(in crate::report) is_headline: bool,
}

/// A rule that would fail next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlsoView {
    /// Chromium's error name.
    pub rule: String,
    /// In words, with values.
    #[serde(default)]
    pub text: String,
}

/// One piece of evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `preflight-request`, `preflight-response`, `actual-request`, `actual-response`, `redirect-response`,
    /// `inner-hop`, `other-exchange` or `connection`.
    pub side: String,
    /// Where.
    pub place: Place,
    /// The bytes, quoted.
    pub what: String,
}

/// A recognised layer of server software.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Stable id.
    pub id: String,
    /// Name for people.
    #[serde(default)]
    pub name: String,
    /// The header or text it was recognised by.
    pub because: String,
    /// Whether that names the product; otherwise the product is likely.
    #[serde(default)]
    pub named: bool,
    /// Whether `because` is a line of the answer, to be quoted, and no sentence about it; of one that was read back nobody knows.
    #[serde(skip)]
    pub is_line: bool,
}

/// A fix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Stack id, or `generic`.
    pub stack: String,
    /// `server`, `application`, `proxy`, `cdn`, `page`, `user`, `network`.
    pub who: String,
    /// One line.
    pub title: String,
    /// Configuration lines or actions, may span lines.
    pub text: String,
    /// What people commonly do wrong here.
    pub do_not: Option<String>,
    /// Header changes that were judged.
    pub changes: Vec<Change>,
    /// What was judged again and passed: `preflight`, `actual`.
    pub proven: Vec<String>,
    /// Why headers of one response cannot prove it.
    pub why_not_proven: Option<String>,
    /// How far the proof reaches, in words.
    #[serde(default)]
    pub proof: String,
    /// Index in `fixes` of the fix that this one takes the place of: one of them is enough.
    #[serde(default)]
    pub alternative_to: Option<usize>,
    /// What of the request the title repeats.
    #[serde(skip)]
    pub title_roles: Roles,
    /// What of the request the proof repeats.
    #[serde(skip)]
    pub proof_roles: Roles,
}

/// A change to a recorded response.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `preflight-response` or `actual-response`.
    pub on: String,
    /// New status, when it changes.
    pub status: Option<u16>,
    /// Header lines set (replacing all of that name).
    pub set: std::collections::BTreeMap<String, String>,
    /// Header names removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// How to check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verify {
    /// One line; secrets are placeholders.
    pub curl: String,
    /// What it must print.
    pub expect: String,
    /// The line in parts, until the masker has seen them and written it.
    #[serde(skip)]
    pub(in crate::report) command: Option<Curl>,
}

impl Verify {
    /// A command that is not written yet: masking comes before quoting.
    pub(in crate::report) fn of(command: Curl, expect: String) -> Self {
        Self { curl: String::new(), expect, command: Some(command) }
    }
}

/// A passing exchange nearby.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Works {
    /// Method.
    pub method: String,
    /// URL, masked.
    pub url: String,
    /// Where.
    pub place: Place,
}

/// The script position that issued the request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledBy {
    /// Script URL, masked.
    pub url: String,
    /// 1-based line.
    pub line: Option<u64>,
    /// Function name.
    pub function: Option<String>,
}

/// A labelled line of the dispute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `page`, `asked`, `allowed`, `got`, `needs`, `decide` …
    pub label: String,
    /// May span lines; continuation lines are aligned by the renderer.
    pub text: String,
}

/// One step of the standard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// `preflight` or `actual`.
    pub on: String,
    /// Section and number.
    pub step: String,
    /// A few of the step's words.
    pub says: String,
    /// How it went.
    pub outcome: StepOutcome,
}

/// One row of the ladder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderRow {
    /// What kind of row.
    pub kind: LadderKind,
    /// Text: a request line, a status line, a header line, or a sentence.
    pub text: String,
    /// Where.
    pub place: Option<Place>,
    /// Time of day in UTC with milliseconds, for requests; `+18 ms` for answers.
    pub time: Option<String>,
    /// Margin mark: `fail`, `warn` or nothing.
    pub mark: LadderMark,
}

/// A remark.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Stable id.
    pub id: String,
    /// How often.
    pub count: u64,
    /// One sentence without its full stop.
    pub text: String,
    /// First places.
    pub places: Vec<Place>,
    /// What the text is made of, until the masker has written it.
    #[serde(skip)]
    pub words: Option<Prose>,
    /// What is at fault, where that decides what to ask for; not in JSON, whose reader has the text.
    #[serde(skip)]
    pub fault: Option<RemarkFault>,
}

/// What a remark on failed connections found at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkFault {
    /// The browser does not trust the server's certificate.
    ServerCertificate,
}
