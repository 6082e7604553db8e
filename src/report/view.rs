//! The serialisable picture of an analysis: what every format and the terminal UI show.
//!
//! This is the JSON contract, schema version 1: fields may be added, never renamed or removed.
//! Every string here is already masked (secrets) but may hold control characters from the
//! capture: whoever writes to a terminal sanitises. Owns shapes only; no rendering.

use serde::{Deserialize, Serialize};

/// Version of the JSON contract.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole analysis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program.
    pub tool: Tool,
    /// One per input, in the order given.
    pub inputs: Vec<Input>,
    /// Counts over all inputs.
    pub summary: Summary,
    /// Findings in order of `number`.
    pub findings: Vec<Finding>,
    /// Remarks: facts that are no failures.
    pub remarks: Vec<Remark>,
}

/// The program that made a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `whycors`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One input file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Path as given, `-` for standard input.
    pub path: String,
    /// `har`, `pcap`, `pcapng`, or null when it could not be read.
    pub kind: Option<String>,
    /// Id of the exporter's dialect, for HARs.
    pub dialect: Option<String>,
    /// Recorder for people: `Chrome 156`.
    pub recorder: Option<String>,
    /// Exchanges read.
    pub exchanges: u64,
    /// Packets read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub packets: u64,
    /// Why it could not be read, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// First and last capture time, RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last capture time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The page origin most requests come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// Counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Exchanges read.
    pub exchanges: u64,
    /// Preflights among them.
    pub preflights: u64,
    /// CORS requests (pairs).
    pub cors_requests: u64,
    /// Pairs that passed.
    pub passed: u64,
    /// Pairs that failed, for whatever reason.
    pub failed: u64,
    /// Pairs that this capture cannot decide.
    pub undecided: u64,
    /// Of the failed ones: refused by a CORS rule.
    #[serde(default)]
    pub failed_cors: u64,
    /// Of the failed ones: the fault is elsewhere, the CORS text only hides it.
    #[serde(default)]
    pub failed_side_effect: u64,
    /// Of the failed ones: not CORS at all.
    #[serde(default)]
    pub failed_not_cors: u64,
    /// Requests that were not judged, by reason id.
    pub not_judged: Vec<Count>,
    /// Statuses ≥ 400 of pairs that passed CORS.
    #[serde(default)]
    pub http_errors_readable: u64,
}

/// A count under an id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Kebab-case id.
    pub id: String,
    /// How many.
    pub count: u64,
}

/// What was found of one pair.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Order of settling, 1-based, the same in every format.
    pub number: u32,
    /// Verdict of `judged_as`.
    pub verdict: Verdict,
    /// What kind of fault.
    pub nature: Nature,
    /// Where it failed.
    pub stage: Stage,
    /// How the pair was put together.
    pub link: Link,
    /// Engine whose order of checks was used.
    pub judged_as: Engine,
    /// The request's origin, as the browser serialises it (may be `null`).
    pub origin: String,
    /// The page's origin when it differs from `origin` or is derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Method of the actual request.
    pub method: String,
    /// URL, masked.
    pub url: String,
    /// RFC 3339 UTC.
    pub started: Option<String>,
    /// Verdict by engine: `pass`, `fail`, `undecided`.
    pub engines: Engines<Verdict>,
    /// Inferred credentials mode.
    pub credentials: Credentials,
    /// The preflight, when the file has it.
    pub preflight: Option<PreflightView>,
    /// The actual request, when the file has it.
    pub actual: Option<ActualView>,
    /// Earlier hops of a redirect chain, first hop first.
    pub redirects: Vec<Hop>,
    /// Client address (packets).
    pub client: Option<String>,
    /// Server address.
    pub server: Option<String>,
    /// Request ids found in the response, by header name.
    pub request_ids: std::collections::BTreeMap<String, String>,
    /// The rule the browser enforced; null when none was reached or the pair passed.
    pub rule: Option<RuleView>,
    /// The root cause; null for passes and for undecided findings without a conditional cause.
    pub cause: Option<Cause>,
    /// Non-null exactly when undecided.
    pub doubt: Option<Doubt>,
    /// What else would fail once the rule is satisfied.
    pub also: Vec<AlsoView>,
    /// What the label rests on.
    pub evidence: Vec<Evidence>,
    /// Server software recognised, outermost first.
    pub stack: Vec<Stack>,
    /// What to change.
    pub fixes: Vec<Fix>,
    /// The exact console sentences.
    pub console: Engines<Option<String>>,
    /// A command that checks the fix.
    pub verify: Option<Verify>,
    /// The nearest passing exchange of the same page and server.
    pub works: Option<Works>,
    /// Who issued the request.
    pub called_by: Option<CalledBy>,
    /// Findings of other inputs that are the same event, by number.
    pub same_as: Vec<u32>,
    /// One sentence for the reader: what happened.
    #[serde(default)]
    pub headline: String,
    /// The dispute in labelled lines, in order: page, asked, allowed, got, needs …
    #[serde(default)]
    pub lines: Vec<Line>,
    /// The steps of the standard in the judged engine's order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// The exchange as a ladder, for the detail screen.
    #[serde(default)]
    pub ladder: Vec<LadderRow>,
    /// Whether the server belongs to the page's own site or to somebody else.
    #[serde(default)]
    pub party: Party,
    /// Where to look in the server's log: time, method, path, ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

macro_rules! closed {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $id:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $id)] $variant),+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The id that stands in JSON and in filters.
            pub fn id(self) -> &'static str { match self { $(Self::$variant => $id),+ } }
        }
    };
}

closed! {
    /// A verdict.
    Verdict {
        /// The browser refused it, or it failed on the way.
        #[default]
        Fail = "fail",
        /// This capture cannot prove it either way.
        Undecided = "undecided",
        /// The page got its answer.
        Pass = "pass",
    }
}
closed! {
    /// What kind of fault it is.
    Nature {
        /// A CORS rule refused.
        #[default]
        Cors = "cors",
        /// The fault is elsewhere; the CORS text only hides it.
        SideEffect = "side-effect",
        /// No CORS rule was reached.
        NotCors = "not-cors",
    }
}
closed! {
    /// Where a pair failed.
    Stage {
        /// On the preflight response.
        #[default]
        Preflight = "preflight",
        /// On the actual response.
        Actual = "actual",
        /// On a redirect of the actual request.
        Redirect = "redirect",
        /// On the way: no usable answer.
        Network = "network",
        /// In the browser, before anything was sent.
        BeforeNetwork = "before-network",
    }
}
closed! {
    /// Why preflight and actual belong together.
    Link {
        /// A preflight and its actual request.
        #[default]
        Paired = "paired",
        /// A preflight without an actual request in the file.
        PreflightOnly = "preflight-only",
        /// An actual request covered by an earlier preflight.
        Cached = "cached",
        /// An actual request that needs no preflight.
        Simple = "simple",
        /// An actual request that needed a preflight which the file does not have.
        Unexplained = "unexplained",
    }
}
closed! {
    /// A browser engine.
    Engine {
        /// Chrome, Edge, Opera …
        #[default]
        Chromium = "chromium",
        /// Firefox.
        Firefox = "firefox",
        /// Safari.
        Webkit = "webkit",
    }
}
closed! {
    /// How sure a cause is.
    Certainty {
        /// These bytes allow one explanation.
        #[default]
        Certain = "certain",
        /// A signature suggests it.
        Likely = "likely",
        /// Cannot be told; candidates are listed.
        Unknown = "unknown",
    }
}
closed! {
    /// Whose server it is, seen from the page.
    Party {
        /// Same registrable domain as the page.
        #[default]
        First = "first",
        /// Another site.
        Third = "third",
    }
}
closed! {
    /// The outcome of a step.
    StepOutcome {
        /// Passed.
        #[default]
        Passed = "passed",
        /// Failed.
        Failed = "failed",
        /// The deciding header cannot be read in this capture.
        Unreadable = "unreadable",
        /// Not reached, or not needed for this request.
        Skipped = "skipped",
    }
}

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
    /// What is missing.
    pub text: String,
    /// What to ask the customer for, ready to paste.
    pub ask: String,
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

closed! {
    /// Kind of a ladder row.
    LadderKind {
        /// Arrow from page to server.
        #[default]
        Request = "request",
        /// Arrow from server to page.
        Response = "response",
        /// Header line under an arrow.
        Header = "header",
        /// A request that was never sent.
        NeverSent = "never-sent",
        /// A connection event: reset, timeout …
        Event = "event",
    }
}
closed! {
    /// Mark in the margin.
    LadderMark {
        /// None.
        #[default]
        None = "none",
        /// The failing line.
        Fail = "fail",
        /// Would fail next.
        Warn = "warn",
    }
}

/// A remark.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Stable id.
    pub id: String,
    /// How often.
    pub count: u64,
    /// One sentence.
    pub text: String,
    /// First places.
    pub places: Vec<Place>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
