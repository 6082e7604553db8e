//! The answer when nothing failed: what passed, or why there was nothing to judge.
//!
//! Owns which losses and failed connections keep "no failure" from being good news. Rendering is the
//! formats' business.

use super::passed;
use super::view::{Remark, RemarkFault, Report, Verdict};
use super::words::{self, counted, not_judged};
use crate::diagnosis::{ALL_FAILED, FAILED};
use std::fmt::Write as _;

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
    /// The headline names the answers that would fail with credentials.
    pub names_open: bool,
}

const ASK: &str = "If the customer still sees an error, it is not in this file. Ask for a HAR with \"Preserve log\" on, \
recorded from before the click until the error shows, exported without a filter; and for the red console line as text.";

const ASK_HIDDEN: &str = "Ask for the red console line as text and for a HAR from Chrome, Edge or Firefox, recorded with \
\"Preserve log\" on from before the click until the error shows; or for a packet capture.";

const ASK_CONNECTION: &str = "If the failing call goes to that server, look there first: is it running, reachable and \
listening on that port? No header helps. Browsers print a CORS sentence for such failures, too.";

const ASK_OUTSIDE: &str = "If one of these is the failing call, its error says why, and no CORS header helps. If not, ask for a \
HAR with \"Preserve log\" on, recorded from before the click until the error shows, exported without a filter; and for the red \
console line as text.";

const ASK_CERTIFICATE: &str = "If the failing call goes to that server, look at its certificate first: its dates, its \
names, who issued it, and whether the client knows the issuer. No header helps. Browsers print a CORS sentence for such \
failures, too.";

const ASK_MODE: &str = "If the customer sees an error, ask whether the page includes credentials in these calls \
(credentials: \"include\", withCredentials), or for the red console line as text. With credentials the answers must name \
the origin and carry Access-Control-Allow-Credentials: true.";

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
        "one-direction",
        "only one direction of some connections was captured, and what decides may stand in the other",
        "Capture where both directions pass: on the client, or on the server itself.",
    ),
    (
        "link-unsupported",
        "packets of a link type that is not read were passed over, and the error may stand in them",
        "Capture on an Ethernet or IP interface by its name; or ask for a HAR.",
    ),
    (
        "packets-not-read",
        "packets in encapsulations that are not read were passed over, and the error may stand in them",
        "Capture on the client or the server itself, where packets are not wrapped; or ask for a HAR.",
    ),
    (
        "fragments-dropped",
        "parts of IP datagrams are missing from the capture, and what decides may stand in them",
        "Capture again, nearer to the server or with a larger capture buffer (-B).",
    ),
    (
        "tls-closed",
        "connections without keys were not read, and the error may stand in them",
        "Capture again with SSLKEYLOGFILE set before the browser starts, and give that file with --keylog; or ask for a HAR.",
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
    let open = open_by_mode(report).filter(|_| hidden.is_none() && loss.is_none());
    let mut lines = Vec::new();
    let mut verdict = Verdict::Undecided;
    let found = if summary.cors_requests == 0 {
        nothing_to_judge(report, nothing_read)
    } else {
        let requests = counted(summary.cors_requests, "cross-origin request", "cross-origin requests");
        let requests = format!("{requests}{}", passed::between(summary));
        let all = match summary.cors_requests {
            1 => "it passed",
            2 => "both passed",
            _ => "all passed",
        };
        lines.push(("asked", passed::preflights(report)));
        if let Some(text) = passed::with_credentials(report) {
            lines.push(("with", text));
        }
        lines.push(("answers", passed::answers(report, http_errors(report))));
        match (hidden, loss) {
            (Some(input), _) => format!(
                "{requests}, {all}; but that proves nothing: {} leaves failed requests out of its file",
                input.recorder.as_deref().unwrap_or("this recorder")
            ),
            (None, Some(_)) => format!("No CORS failure in what was read. {requests}, {all}"),
            (None, None) => {
                if let Some(Remark { text, .. }) = open {
                    format!("No failure is certain; {text}. {requests}, {all} without credentials")
                } else {
                    verdict = Verdict::Pass;
                    format!("No CORS failure. {requests}, {all}")
                }
            }
        }
    };
    let mut headline = match leading {
        Some(remark) if remark.id == ALL_FAILED => {
            verdict = Verdict::Undecided;
            format!("{}. No CORS rule was reached", capitalised(&remark.text))
        }
        Some(remark) if remark.id == FAILED => {
            let exchanges = counted(summary.exchanges, "exchange", "exchanges");
            format!("{}. CORS judges none of the {exchanges} in the file", remark.text)
        }
        Some(remark) if remark.id == CONNECTIONS_FAILED => {
            verdict = Verdict::Undecided;
            let at = match remark.places.as_slice() {
                [] => String::new(),
                places => format!(" ({})", words::places(places, 3, &report.inputs)),
            };
            let rest = if summary.exchanges == 0 { String::new() } else { format!(". Apart from that: {found}") };
            format!("{}{at}. No CORS rule was reached there{rest}", remark.text)
        }
        _ => found,
    };
    if let (Some((_, means, _)), true) = (loss, summary.exchanges > 0) {
        let _ = write!(headline, "; but {means}");
    }
    headline.push('.');
    if summary.cors_requests == 0 && summary.exchanges > 0 && leading.is_none() && loss.is_none() && hidden.is_none() {
        let nothing = if report.inputs.iter().any(|input| input.packets > 0) {
            "send no packets"
        } else {
            "often leave no entry, and those that still waited when the file was saved leave none"
        };
        let _ = write!(
            headline,
            " Requests that the browser itself stops (mixed content, CSP, HSTS, local network, mode same-origin) {nothing}."
        );
    }
    if let Some(not_judged) = not_judged(summary) {
        lines.push(("skipped", format!("not judged: {not_judged}")));
    }
    let ask = match (leading, hidden, loss) {
        _ if nothing_read => None,
        (Some(remark), ..) if remark.fault == Some(RemarkFault::ServerCertificate) => Some(ASK_CERTIFICATE),
        (Some(remark), ..) if remark.id == CONNECTIONS_FAILED => Some(ASK_CONNECTION),
        (Some(remark), ..) if remark.id == ALL_FAILED => Some(ASK_CONNECTION),
        (Some(remark), ..) if remark.id == FAILED => Some(ASK_OUTSIDE),
        (Some(_), ..) => None,
        (None, Some(_), _) => Some(ASK_HIDDEN),
        (None, None, Some((_, _, ask))) => Some(*ask),
        (None, None, None) if open.is_some() => Some(ASK_MODE),
        (None, None, None) => Some(ASK),
    };
    Some(Clean { verdict, headline, lines, ask, names_open: open.is_some() })
}

/// A sentence of ours at the beginning of a line.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The remark on HTTP errors that passed, with an example.
fn http_errors(report: &Report) -> Option<&Remark> {
    report.remarks.iter().find(|remark| remark.id == "http-error-readable")
}

/// Why there is nothing to judge, from the strongest fact down. Without a full stop.
fn nothing_to_judge(report: &Report, nothing_read: bool) -> String {
    let exchanges = report.summary.exchanges;
    let packets: u64 = report.inputs.iter().map(|input| input.packets).sum();
    let said_by_itself = [CONNECTIONS_FAILED, ALL_FAILED, FAILED];
    let leading = leading_remark(report).filter(|remark| !said_by_itself.contains(&&*remark.id));
    match leading {
        Some(remark) => format!("Nothing to judge: {}", remark.text),
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

/// The remark on answers that pass in one credentials mode only, where nothing tells the mode.
fn open_by_mode(report: &Report) -> Option<&Remark> {
    report.remarks.iter().find(|remark| remark.id == "wildcard-breaks-credentials")
}

/// The remarks to list: those that nothing above them says already.
pub fn remarks(report: &Report) -> Vec<&Remark> {
    let leading = leading_remark(report);
    let answers = http_errors(report).filter(|_| clean(report).is_some_and(|clean| !clean.lines.is_empty()));
    let open =
        open_by_mode(report).filter(|_| leading.is_none() && clean(report).is_some_and(|clean| clean.names_open));
    let said = |remark: &Remark| [leading, answers, open].into_iter().flatten().any(|said| std::ptr::eq(said, remark));
    report.remarks.iter().filter(|remark| !said(remark)).collect()
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
    find(ALL_FAILED)
        .or_else(|| find(CONNECTIONS_FAILED))
        .or_else(|| find(FAILED).filter(|_| summary.cors_requests == 0))
        .or_else(|| ["tls-closed", "quic-not-read"].into_iter().filter(|_| summary.exchanges == 0).find_map(find))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;
    use crate::report::view::Input;

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
        Remark { fault: None, words: None, id: id.to_owned(), count: 1, text: text.to_owned(), places: Vec::new() }
    }

    #[test]
    fn without_cross_origin_requests_it_says_what_never_shows() {
        let mut report = Report::default();
        report.summary.exchanges = 5;
        report.inputs.push(Input { packets: 50, ..Input::default() });
        let headline = clean(&report).expect("nothing failed").headline;
        assert!(headline.ends_with("mode same-origin) send no packets."), "{headline}");
        // A recorder that leaves every failed request out is the stronger reason.
        report.inputs[0] = Input { hides: vec!["failures".to_owned()], ..Input::default() };
        let headline = clean(&report).expect("nothing failed").headline;
        assert!(!headline.contains("often leave no entry"), "{headline}");
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
        let said = clean(&report).expect("nothing failed").lines;
        assert_eq!(said.last().map(|line| &line.1), Some(&report.remarks[0].text));
        assert_eq!(remarks(&report), Vec::<&Remark>::new());
    }
}
