//! Phrases that every format shares: counts, places, times, certainty.
//!
//! Owns wording that does not depend on the format. Escaping is the caller's.

use super::view::{Certainty, Engine, Finding, Input, Nature, Place, Remark, Report, Stack, Summary, Verdict};
use std::fmt::Write as _;

/// `48211` → `48,211`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 entry`, `2 entries`.
pub fn counted(n: impl TryInto<u64>, one: &str, many: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// What kind of fault, in the words of a heading.
pub fn nature(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.nature) {
        (Verdict::Pass, _) => "passed",
        (Verdict::Undecided, _) => "not decided",
        (Verdict::Fail, Nature::Cors) => "CORS",
        (Verdict::Fail, Nature::SideEffect) => "side effect",
        (Verdict::Fail, Nature::NotCors) => "not CORS",
    }
}

/// The cause's id with its kind: `actual-redirect (login)`.
pub fn label(finding: &Finding) -> String {
    let id = finding.label();
    match finding.cause.as_ref().and_then(|cause| cause.detail.get("kind")?.as_str()) {
        Some(kind) if kind.len() <= 24 && finding.label() != kind => format!("{id} ({kind})"),
        _ => id.to_owned(),
    }
}

/// A layer's name, with `likely` where its sign does not name it: `Flask, likely` for Werkzeug's header.
pub fn layer(stack: &Stack) -> String {
    let name = if stack.name.is_empty() { &stack.id } else { &stack.name };
    let because = stack.because.to_lowercase();
    let named = name.split(' ').filter(|word| word.len() > 3).any(|word| because.contains(&word.to_lowercase()));
    if named { name.clone() } else { format!("{name}, likely") }
}

/// How sure, in front of a cause's text.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Unknown => "cannot be told",
    }
}

/// Name of an engine's browser.
pub fn browser(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => "Chrome",
        Engine::Firefox => "Firefox",
        Engine::Webkit => "Safari",
    }
}

/// The console sentence to show first: the judged engine's, else another's with its browser named.
pub fn console(finding: &Finding) -> Option<(Engine, &str)> {
    let judged = finding.judged_as;
    let others = Engine::ALL.iter().copied().filter(|engine| *engine != judged);
    std::iter::once(judged).chain(others).find_map(|engine| Some((engine, finding.console.get(engine).as_deref()?)))
}

/// The rule in the judged engine's words and the standard's step.
pub fn rule(finding: &Finding) -> Option<String> {
    let rule = finding.rule.as_ref()?;
    let names = [(Engine::Chromium, &rule.chromium), (Engine::Firefox, &rule.firefox), (Engine::Webkit, &rule.webkit)];
    let judged = names.iter().find(|(engine, _)| *engine == finding.judged_as).and_then(|(_, name)| name.as_deref());
    let name = judged.or_else(|| names.iter().find_map(|(_, name)| name.as_deref()));
    Some(match name {
        Some(name) if rule.step.is_empty() => name.to_owned(),
        Some(name) => format!("{name} ({})", rule.step),
        None => rule.step.clone(),
    })
}

/// `entry 6`, `frame 8812`; with the file in front when there are several.
pub fn place(place: Place, inputs: &[Input]) -> String {
    let mut out = String::new();
    if inputs.len() > 1
        && let Some(input) = usize::try_from(place.input).ok().and_then(|index| inputs.get(index))
    {
        let _ = write!(out, "{} ", input.path);
    }
    match (place.entry, place.frame) {
        (Some(entry), _) => {
            let _ = write!(out, "entry {entry}");
        }
        (None, Some(frame)) => {
            let _ = write!(out, "frame {frame}");
        }
        (None, None) => out.push_str("no place"),
    }
    out
}

/// Where a finding stands, as far as the cause's text does not say it anyway: the file when there
/// are several, and for packets the addresses. None when there is nothing to add.
pub fn location(finding: &Finding, inputs: &[Input]) -> Option<String> {
    let addresses = match (&finding.client, &finding.server) {
        (Some(client), Some(server)) => Some(format!("{client} to {server}")),
        (Some(client), None) => Some(format!("from {client}")),
        _ => None,
    };
    let place = finding.place().filter(|_| inputs.len() > 1 || addresses.is_some()).map(|at| place(at, inputs));
    match (place, addresses) {
        (Some(place), Some(addresses)) => Some(format!("{place}, {addresses}")),
        (place, addresses) => place.or(addresses),
    }
}

/// Time of day of an RFC 3339 UTC time; the text itself when it is none.
pub fn clock(time: &str) -> &str {
    time.split_once('T').map_or(time, |(_, clock)| clock.trim_end_matches('Z'))
}

/// `2026-11-24 03:00:01 to 03:00:02 UTC`, to the second.
fn span(from: &str, to: &str) -> String {
    let seconds = |time: &str| clock(time).split('.').next().unwrap_or_default().to_owned();
    let day = |time: &str| time.split('T').next().unwrap_or_default().to_owned();
    if day(from) == day(to) {
        format!("{} {} to {} UTC", day(from), seconds(from), seconds(to))
    } else {
        format!("{} {} to {} {} UTC", day(from), seconds(from), day(to), seconds(to))
    }
}

/// What one input is: recorder, size, time, page.
pub fn input(input: &Input) -> String {
    if let Some(error) = &input.error {
        // The path stands in front already.
        let reason = error.strip_prefix(input.path.as_str()).and_then(|rest| rest.strip_prefix(": "));
        return format!("not read: {}", reason.unwrap_or(error));
    }
    let mut parts = Vec::new();
    if let Some(recorder) = &input.recorder {
        parts.push(recorder.clone());
    }
    if input.kind.as_deref().is_some_and(|kind| kind.starts_with("pcap")) {
        parts.push(counted(input.packets, "packet", "packets"));
        parts.push(counted(input.exchanges, "exchange", "exchanges"));
    } else if input.kind.as_deref() == Some("har") {
        parts.push(counted(input.exchanges, "entry", "entries"));
    } else {
        parts.push(counted(input.exchanges, "exchange", "exchanges"));
    }
    if let (Some(from), Some(to)) = (&input.from, &input.to) {
        parts.push(span(from, to));
    }
    if let Some(page) = &input.page {
        parts.push(format!("page {page}"));
    }
    parts.join(", ")
}

/// `26 cross-origin requests: 12 blocked by CORS, …`.
pub fn summary(summary: &Summary) -> String {
    let mut parts = Vec::new();
    let other = summary.failed_side_effect.saturating_add(summary.failed_not_cors);
    let cors = summary.failed.saturating_sub(other);
    for (count, words) in [
        (cors, "blocked by CORS"),
        (other, "failed for other reasons"),
        (summary.undecided, "not decided"),
        (summary.passed, "passed"),
    ] {
        if count > 0 {
            parts.push(format!("{} {words}", number(count)));
        }
    }
    let total = counted(summary.cors_requests, "cross-origin request", "cross-origin requests");
    if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) }
}

/// What was not judged, with its reasons; None when everything was.
pub fn not_judged(summary: &Summary) -> Option<String> {
    if summary.not_judged.is_empty() {
        return None;
    }
    let parts: Vec<String> =
        summary.not_judged.iter().map(|count| format!("{} ({})", number(count.count), count.id)).collect();
    Some(parts.join(", "))
}

/// The outcome of an analysis that shows no failure.
#[derive(Debug, PartialEq, Eq)]
pub struct Clean {
    /// Whether the absence of failures can be believed.
    pub verdict: Verdict,
    /// One sentence.
    pub headline: String,
    /// Labelled lines.
    pub lines: Vec<(&'static str, String)>,
    /// What to ask the customer for, where the headline does not say it.
    pub ask: Option<&'static str>,
}

const ASK: &str = "If the customer still sees an error, it is not in this file. Ask for a HAR with \"Preserve log\" on, \
recorded from before the click until the error shows, exported without a filter; and for the red console line as text.";

const ASK_HIDDEN: &str = "Ask for the red console line as text and for a HAR from Chrome, Edge or Firefox, recorded with \
\"Preserve log\" on from before the click until the error shows; or for a packet capture.";

const ASK_CONNECTION: &str = "If the failing call goes to that server, look there first: is it running, reachable and \
listening on that port? No header helps. Browsers print a CORS sentence for such failures, too.";

/// Remarks that say that a part of the input was not seen: id, what that means for the result, and
/// what to ask for. The strongest comes first.
const LOSSES: &[(&str, &str, &str)] = &[
    (
        "file-truncated",
        "the file is cut off, and the error may stand behind the cut",
        "Ask for the file once more: its end is missing.",
    ),
    (
        "file-damaged",
        "parts of the file could not be read, and the error may stand there",
        "Ask for the file once more: it is damaged.",
    ),
    (
        "entry-unreadable",
        "parts of the file could not be read, and the error may stand there",
        "Ask for the file once more, exported by the browser itself: some of its entries are damaged.",
    ),
    (
        "packets-cut",
        "packets were cut short, and what decides may stand in the part that is missing",
        "Capture again with whole packets (-s 0).",
    ),
    (
        "gaps",
        "packets are missing from the capture, and what decides may stand in them",
        "Capture again, nearer to the server or with a larger capture buffer (-B).",
    ),
    (
        "tls-closed",
        "connections without keys were not read, and the error may stand in them",
        "Capture again with SSLKEYLOGFILE set and give the file with --keylog; or ask for a HAR.",
    ),
    (
        "tls-not-read",
        "some TLS connections were not read, and the error may stand in them",
        "Start the capture before the browser, with SSLKEYLOGFILE set; or ask for a HAR.",
    ),
    (
        "quic-not-read",
        "HTTP/3 connections were not read, and the error may stand in them",
        "Capture again with HTTP/3 disabled in the browser; or ask for a HAR.",
    ),
];

/// What to say when nothing failed; None when something did or could not be decided.
pub fn clean(report: &Report) -> Option<Clean> {
    let summary = &report.summary;
    if summary.failed > 0 || summary.undecided > 0 {
        return None;
    }
    let hidden = report.inputs.iter().find(|input| input.hides.iter().any(|what| what == "failures"));
    let leading = leading_remark(report);
    let nothing_read = !report.inputs.is_empty() && report.inputs.iter().all(|input| input.error.is_some());
    let loss = LOSSES.iter().find(|(id, ..)| report.remarks.iter().any(|remark| remark.id == *id));
    // What the headline is about anyway is no further loss.
    let loss = loss.filter(|(id, ..)| !nothing_read && leading.is_none_or(|remark| remark.id != *id));
    let mut lines = Vec::new();
    let mut verdict = Verdict::Undecided;
    let found = if summary.cors_requests == 0 {
        nothing_to_judge(report, nothing_read)
    } else {
        let requests = counted(summary.cors_requests, "cross-origin request", "cross-origin requests");
        let all = match summary.cors_requests {
            1 => "it passed",
            2 => "both passed",
            _ => "all passed",
        };
        let preflights = match summary.preflights {
            0 => "no preflight in the file".to_owned(),
            n => counted(n, "preflight", "preflights"),
        };
        lines.push(("answers", answers(report)));
        if summary.preflights_reused > 0 {
            let requests = counted(summary.preflights_reused, "request", "requests");
            lines.push(("reused", format!("{requests} went out on the result of an earlier preflight")));
        }
        if summary.with_credentials > 0 {
            let requests = counted(summary.with_credentials, "request", "requests");
            let names = "the server names the origin and allows credentials";
            lines.push(("cookies", format!("{requests} included credentials: {names}")));
        }
        match (hidden, loss) {
            (Some(input), _) => format!(
                "{requests}, {all} ({preflights}); but that proves nothing: {} leaves failed requests out of its file",
                input.recorder.as_deref().unwrap_or("this recorder")
            ),
            (None, Some(_)) => format!("No CORS failure in what was read. {requests}, {all} ({preflights})"),
            (None, None) => {
                verdict = Verdict::Pass;
                format!("No CORS failure. {requests}, {all} ({preflights})")
            }
        }
    };
    let mut headline = match leading {
        Some(remark) if remark.id == CONNECTIONS_FAILED => {
            verdict = Verdict::Undecided;
            let failed = remark.text.trim_end_matches('.');
            let rest = if summary.exchanges == 0 { String::new() } else { format!(" Apart from that: {found}") };
            format!("{failed}. No CORS rule was reached there.{rest}")
        }
        _ => found,
    };
    if let (Some((_, means, _)), true) = (loss, summary.exchanges > 0) {
        let _ = write!(headline, "; but {means}");
    }
    if !headline.ends_with('.') {
        headline.push('.');
    }
    if let Some(not_judged) = not_judged(summary) {
        lines.push(("skipped", format!("not judged: {not_judged}")));
    }
    let ask = match (leading, hidden, loss) {
        _ if nothing_read => None,
        (Some(remark), ..) if remark.id == CONNECTIONS_FAILED => Some(ASK_CONNECTION),
        (Some(_), ..) => None,
        (None, Some(_), _) => Some(ASK_HIDDEN),
        (None, None, Some((_, _, ask))) => Some(*ask),
        (None, None, None) => Some(ASK),
    };
    Some(Clean { verdict, headline, lines, ask })
}

/// The HTTP errors among the answers that passed: the page could read them.
fn answers(report: &Report) -> String {
    match (report.summary.http_errors_readable, http_errors(report)) {
        (0, _) => "no HTTP error among the cross-origin requests".to_owned(),
        (_, Some(remark)) => remark.text.clone(),
        (1, None) => "1 HTTP error: the page could read it. It is not CORS".to_owned(),
        (n, None) => format!("{} HTTP errors: the page could read them. They are not CORS", number(n)),
    }
}

/// The remark on HTTP errors that passed, with an example.
fn http_errors(report: &Report) -> Option<&Remark> {
    report.remarks.iter().find(|remark| remark.id == "http-error-readable")
}

/// Why there is nothing to judge, from the strongest fact down. Without a full stop.
fn nothing_to_judge(report: &Report, nothing_read: bool) -> String {
    let exchanges = report.summary.exchanges;
    let packets: u64 = report.inputs.iter().map(|input| input.packets).sum();
    let leading = leading_remark(report).filter(|remark| remark.id != CONNECTIONS_FAILED);
    match leading {
        Some(remark) => format!("Nothing to judge: {}", remark.text.trim_end_matches('.')),
        _ if nothing_read => "Nothing to judge: no input could be read".to_owned(),
        _ if exchanges == 0 && packets > 0 => {
            format!("Nothing to judge: no HTTP request could be read from {}", counted(packets, "packet", "packets"))
        }
        _ if exchanges == 0 => "Nothing to judge: the input holds no requests".to_owned(),
        _ => format!(
            "Nothing to judge: {} read, none of them a cross-origin request that CORS applies to",
            counted(exchanges, "exchange was", "exchanges were")
        ),
    }
}

/// The remarks to list: those that nothing above them says already.
pub fn remarks(report: &Report) -> Vec<&Remark> {
    let leading = leading_remark(report);
    let answers = http_errors(report).filter(|_| clean(report).is_some_and(|clean| !clean.lines.is_empty()));
    let said = |remark: &Remark| [leading, answers].into_iter().flatten().any(|said| std::ptr::eq(said, remark));
    report.remarks.iter().filter(|remark| !said(remark)).collect()
}

/// `#2 #7`: findings of other inputs that are the same event; None when there are none.
pub fn same_as(finding: &Finding) -> Option<String> {
    let numbers: Vec<String> = finding.same_as.iter().map(|number| format!("#{number}")).collect();
    (!numbers.is_empty()).then(|| format!("{}: the same event in another input", numbers.join(" ")))
}

/// Id of the remark on connections that failed before a request could be read on them.
const CONNECTIONS_FAILED: &str = "connections-failed";

/// The remark that is the answer when nothing failed: connections that failed, or, where nothing at
/// all was read, why not.
pub fn leading_remark(report: &Report) -> Option<&Remark> {
    let summary = &report.summary;
    if summary.failed > 0 || summary.undecided > 0 {
        return None;
    }
    let find = |id: &str| report.remarks.iter().find(|remark| remark.id == id);
    find(CONNECTIONS_FAILED)
        .or_else(|| ["tls-closed", "quic-not-read"].into_iter().filter(|_| summary.exchanges == 0).find_map(find))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 7, 999, 1000, 48_211, 1_234_567].map(number), ["0", "7", "999", "1,000", "48,211", "1,234,567"]);
    }

    #[test]
    fn a_layer_is_likely_unless_its_sign_names_it() {
        let stack = |name: &str, because: &str| {
            layer(&Stack { id: "x".to_owned(), name: name.to_owned(), because: because.to_owned() })
        };
        assert_eq!(stack("nginx", "server: nginx/1.22.1"), "nginx");
        assert_eq!(stack("Flask", "Server: Werkzeug/3.1.9"), "Flask, likely");
        assert_eq!(stack("", "no name"), "x, likely");
    }

    #[test]
    fn the_summary_tells_cors_from_other_failures() {
        assert_eq!(
            summary(&sample("busy-clear").summary),
            "26 cross-origin requests: 12 blocked by CORS, 2 failed for other reasons, 1 not decided, 11 passed"
        );
    }

    #[test]
    fn a_recorder_that_hides_failures_proves_nothing_by_their_absence() {
        let mut report = sample("cr-ok");
        assert_eq!(clean(&report).map(|clean| clean.verdict), Some(Verdict::Pass));
        report.inputs[0].hides = vec!["failures".to_owned()];
        report.inputs[0].recorder = Some("Safari".to_owned());
        let clean = clean(&report).expect("nothing failed");
        assert_eq!(clean.verdict, Verdict::Undecided);
        assert!(clean.headline.ends_with("that proves nothing: Safari leaves failed requests out of its file."));
    }

    #[test]
    fn an_input_without_readable_requests_is_nothing_to_judge_and_says_why() {
        let clean = clean(&sample("nothing-to-judge")).expect("nothing failed");
        assert_eq!(clean.verdict, Verdict::Undecided);
        assert!(clean.headline.starts_with("Nothing to judge: 212 TLS connections"), "{}", clean.headline);
    }

    fn remark(id: &str, text: &str) -> Remark {
        Remark { id: id.to_owned(), count: 1, text: text.to_owned(), places: Vec::new() }
    }

    #[test]
    fn a_connection_that_failed_leads_and_is_no_missing_error() {
        let refused = remark("connections-failed", "1 connection to 192.0.2.7:443: refused");
        let mut report =
            Report { remarks: vec![refused.clone(), remark("connections-failed", "another")], ..Report::default() };
        report.inputs.push(Input { packets: 42, ..Input::default() });
        let said = clean(&report).expect("nothing failed");
        assert_eq!(said.headline, "1 connection to 192.0.2.7:443: refused. No CORS rule was reached there.");
        assert_eq!(said.ask, Some(ASK_CONNECTION));
        assert_eq!(remarks(&report).len(), 1);
        report.summary.exchanges = 5;
        let said = clean(&report).expect("nothing failed");
        assert!(said.headline.starts_with("1 connection to 192.0.2.7:443: refused. "), "{}", said.headline);
        assert!(
            said.headline.contains("Apart from that: Nothing to judge: 5 exchanges were read"),
            "{}",
            said.headline
        );
        // Beside a failure that can be shown it is a remark like others.
        report.summary.failed = 1;
        assert_eq!((clean(&report), remarks(&report).len()), (None, 2));
    }

    #[test]
    fn what_was_not_seen_is_not_called_absent() {
        for (id, means, ask) in LOSSES {
            for name in ["cr-ok", "nothing-to-judge"] {
                let mut report = sample(name);
                report.summary.exchanges = 44;
                report.remarks = vec![remark(id, "x")];
                let clean = clean(&report).expect("nothing failed");
                assert_eq!(clean.verdict, Verdict::Undecided, "{id}");
                assert!(clean.headline.ends_with(&format!("; but {means}.")), "{}", clean.headline);
                assert_eq!(clean.ask, Some(*ask), "{id}");
            }
        }
    }

    #[test]
    fn inputs_that_could_not_be_read_are_no_reason_to_ask_for_another_recording() {
        let mut report = Report::default();
        report.inputs.push(Input { error: Some("x: is empty".to_owned()), ..Input::default() });
        let clean = clean(&report).expect("nothing failed");
        assert_eq!((clean.headline.as_str(), clean.ask), ("Nothing to judge: no input could be read.", None));
    }

    #[test]
    fn the_http_error_that_passed_is_named_once() {
        let mut report = sample("cr-ok");
        report.summary.http_errors_readable = 1;
        report.remarks = vec![remark("http-error-readable", "1 answer passed with an HTTP error (500 on POST /x)")];
        assert_eq!(clean(&report).expect("nothing failed").lines[0].1, report.remarks[0].text);
        assert_eq!(remarks(&report), Vec::<&Remark>::new());
    }
}
