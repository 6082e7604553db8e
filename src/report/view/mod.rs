//! The serialisable picture of an analysis: what every format and the terminal UI show.
//!
//! This is the JSON contract, schema version 1: fields may be added, never renamed or removed.
//! Every string here is already masked (secrets) but may hold control characters from the
//! capture: whoever writes to a terminal sanitises. Owns shapes only; no rendering.

mod ids;
mod parts;
mod passes;

pub use ids::{Certainty, Engine, LadderKind, LadderMark, Link, Nature, Party, Stage, StepOutcome, Verdict};
pub use parts::{
    ActualView, AlsoView, CalledBy, Cause, Change, Credentials, Doubt, Engines, Evidence, Fix, Hop, LadderRow, Line,
    Place, PreflightView, Remark, RemarkFault, RuleView, Stack, Step, Verify, Works,
};

pub use passes::{Passes, ReadableError, Reused, StatusCount, WithCredentials};

use crate::secrets::Roles;
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
    /// What this recorder leaves out by its nature: `failures`, `preflights`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hides: Vec<String>,
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
    /// Pairs that passed by an earlier preflight's result.
    #[serde(default)]
    pub preflights_reused: u64,
    /// Pairs that passed with credentials.
    #[serde(default)]
    pub with_credentials: u64,
    /// What those that passed show; None when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<Box<Passes>>,
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
    /// Order of settling, 1-based, the same in every format; what passed comes behind all that did not.
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
    /// The exact console sentences. Where the capture does not tell `fetch()` from `XMLHttpRequest`,
    /// both wordings stand, one a line.
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
    /// What of the request the headline repeats.
    #[serde(skip)]
    pub headline_roles: Roles,
    /// A digest of the words of the answer without the names of its request; `None` for a finding that was read back.
    #[serde(skip)]
    pub answer: Option<u128>,
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

/// What the summary counts of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its verdict.
    pub verdict: Verdict,
    /// What kind of fault.
    pub nature: Nature,
    /// The answer is an HTTP error.
    pub readable_error: bool,
    /// An earlier preflight's result was used.
    pub reused: bool,
    /// Sent with credentials.
    pub with_credentials: bool,
}

impl Counted {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self {
            verdict: finding.verdict,
            nature: finding.nature,
            readable_error: finding
                .actual
                .as_ref()
                .and_then(|actual| actual.status)
                .is_some_and(|status| status >= 400),
            reused: finding.link == Link::Cached,
            with_credentials: finding.credentials.mode == "include",
        }
    }
}

impl Summary {
    /// Counts so many pairs: verdict, nature, and whether the page could read an HTTP error.
    pub fn add(&mut self, counted: Counted, pairs: u64) {
        self.cors_requests = self.cors_requests.saturating_add(pairs);
        let count = |counter: &mut u64| *counter = counter.saturating_add(pairs);
        match counted.verdict {
            Verdict::Pass => {
                count(&mut self.passed);
                if counted.readable_error {
                    count(&mut self.http_errors_readable);
                }
                if counted.reused {
                    count(&mut self.preflights_reused);
                }
                if counted.with_credentials {
                    count(&mut self.with_credentials);
                }
            }
            Verdict::Undecided => count(&mut self.undecided),
            Verdict::Fail => {
                count(&mut self.failed);
                count(match counted.nature {
                    Nature::Cors => &mut self.failed_cors,
                    Nature::SideEffect => &mut self.failed_side_effect,
                    Nature::NotCors => &mut self.failed_not_cors,
                });
            }
        }
    }
}

impl Finding {
    /// The method the page called with: that of the first hop where the request was redirected.
    pub fn called_method(&self) -> &str {
        self.redirects.first().map_or(&self.method, |hop| &hop.method)
    }

    /// The URL the page called: that of the first hop where the request was redirected.
    pub fn called_url(&self) -> &str {
        self.redirects.first().map_or(&self.url, |hop| &hop.url)
    }

    /// Host and port of the called URL, as written; the whole URL when it has no authority.
    pub fn host(&self) -> &str {
        split_url(self.called_url()).0
    }

    /// Path, query and fragment of the called URL; empty when there is none.
    pub fn path(&self) -> &str {
        split_url(self.called_url()).1
    }

    /// Method and URL of every hop, the called one first, the judged one last.
    pub fn hops(&self) -> impl Iterator<Item = (&str, &str)> {
        let earlier = self.redirects.iter().map(|hop| (hop.method.as_str(), hop.url.as_str()));
        earlier.chain(std::iter::once((self.method.as_str(), self.url.as_str())))
    }

    /// Title for lists: the cause's, else the doubt's, else the rule's name, else the verdict.
    pub fn title(&self) -> &str {
        let rule = self.rule.as_ref().and_then(|rule| rule.chromium.as_deref());
        match (&self.cause, &self.doubt) {
            (Some(cause), _) if !cause.title.is_empty() => &cause.title,
            (_, Some(doubt)) if !doubt.title.is_empty() => &doubt.title,
            (_, Some(doubt)) => &doubt.id,
            (Some(cause), None) => &cause.id,
            (None, None) => match self.verdict {
                Verdict::Pass => "passed",
                Verdict::Fail => rule.unwrap_or("failed"),
                Verdict::Undecided => rule.unwrap_or("not decided"),
            },
        }
    }

    /// The cause's id, else the doubt's, else nothing.
    pub fn label(&self) -> &str {
        match (&self.cause, &self.doubt) {
            (Some(cause), _) => &cause.id,
            (None, Some(doubt)) => &doubt.id,
            (None, None) => "",
        }
    }

    /// Where to look first: the actual request, else the preflight, else the first evidence.
    pub fn place(&self) -> Option<Place> {
        let actual = self.actual.as_ref().map(|actual| actual.place);
        let preflight = self.preflight.as_ref().map(|preflight| preflight.place);
        actual.or(preflight).or_else(|| self.evidence.first().map(|evidence| evidence.place))
    }

    /// The status that counts: the actual's, else the preflight's.
    pub fn status(&self) -> Option<u16> {
        let actual = self.actual.as_ref().and_then(|actual| actual.status);
        actual.or_else(|| self.preflight.as_ref().and_then(|preflight| preflight.status))
    }
}

/// Authority of a URL without user info, and the rest.
pub fn split_url(url: &str) -> (&str, &str) {
    let Some((_, rest)) = url.split_once("://") else { return (url, "") };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    (authority.rsplit_once('@').map_or(authority, |(_, host)| host), path)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;

    #[test]
    fn counting_findings_gives_the_summary_of_the_samples() {
        for name in ["st-405-bare", "mx-lna", "cr-ok", "two-inputs", "nw-hang-abort"] {
            let report = sample(name);
            let mut summary = Summary {
                exchanges: report.summary.exchanges,
                preflights: report.summary.preflights,
                not_judged: report.summary.not_judged.clone(),
                passes: report.summary.passes.clone(),
                ..Summary::default()
            };
            report.findings.iter().for_each(|finding| summary.add(Counted::of(finding), 1));
            assert_eq!(summary, report.summary, "{name}");
        }
    }

    #[test]
    fn a_redirected_request_goes_by_what_the_page_called() {
        let mut finding =
            Finding { method: "GET".into(), url: "https://login.example/sso".into(), ..Finding::default() };
        assert_eq!((finding.called_method(), finding.host()), ("GET", "login.example"));
        for (method, url) in [("POST", "https://api.example/c?d"), ("GET", "https://next.example/")] {
            finding.redirects.push(Hop { method: method.into(), url: url.into(), ..Hop::default() });
        }
        assert_eq!((finding.called_method(), finding.host(), finding.path()), ("POST", "api.example", "/c?d"));
        assert_eq!(finding.hops().map(|(method, _)| method).collect::<Vec<_>>(), ["POST", "GET", "GET"]);
    }

    #[test]
    fn host_and_path_leave_user_info_out() {
        let finding = |url: &str| Finding { url: url.to_owned(), ..Finding::default() };
        assert_eq!(finding("https://u:p@a.example:8443/x?y").host(), "a.example:8443");
        assert_eq!(finding("https://a.example/x?y#z").path(), "/x?y#z");
        assert_eq!(finding("https://a.example?y").path(), "?y");
        assert_eq!(finding("about:blank").host(), "about:blank");
    }
}
