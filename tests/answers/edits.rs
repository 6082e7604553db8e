//! Real files with one thing edited: what must not be said of network errors and of missing answers.

#![allow(clippy::unwrap_used, reason = "a test file")]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::{Certainty, Finding, Nature, Verdict};
use whycors::run::{Request, analyse};

/// The only finding of a scenario's Chrome file after one edit, as customers' files differ.
fn edited(scenario: &str, from: &str, to: &str) -> Finding {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real").join(scenario).join("chrome.har.gz");
    let mut har = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut har).unwrap();
    assert!(har.contains(from), "{scenario} holds {from}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(har.replace(from, to).as_bytes()).unwrap();
    let request = Request {
        sources: vec![Source { index: 0, path: file.path().to_string_lossy().into_owned() }],
        limits: Limits::default(),
        ..Request::default()
    };
    let mut report = analyse(&request, &AtomicBool::new(false), &mut |_| {}).report;
    assert_eq!(report.findings.len(), 1, "{scenario}");
    report.findings.remove(0)
}

#[test]
fn a_network_error_blames_only_whom_it_names() {
    // Error, words of the headline, who may not be sent to work.
    for (error, words, never) in [
        ("NETWORK_CHANGED", "network", "restart"),
        ("INTERNET_DISCONNECTED", "offline", "start or expose"),
        ("BAD_SSL_CLIENT_AUTH_CERT", "client certificate", "does not trust the server"),
        ("CONNECTION_TIMED_OUT", "connect", "time-outs of proxy and application"),
        ("TUNNEL_CONNECTION_FAILED", "proxy", "no CORS headers"),
        ("UNSAFE_PORT", "port", "add Access-Control"),
    ] {
        let finding = edited("sm-refused", "net::ERR_CONNECTION_REFUSED", &format!("net::ERR_{error}"));
        assert_eq!(finding.nature, Nature::NotCors, "{error}");
        let headline = finding.headline.to_lowercase();
        assert!(headline.contains(words), "{error}: {headline}");
        let fixes: Vec<_> = finding.fixes.iter().flat_map(|fix| [&*fix.title, &*fix.text]).collect();
        let fixes = fixes.join(" ");
        assert!(!fixes.contains(never) && !finding.headline.contains(never), "{error}: {fixes}");
    }
}

#[test]
fn nothing_is_said_to_pass_where_no_answer_is_in_the_file() {
    let finding = edited("sm-refused", "net::ERR_CONNECTION_REFUSED", "net::ERR_FAILED");
    let said = format!("{} {}", finding.headline, finding.doubt.map_or_else(String::new, |doubt| doubt.text));
    assert!(said.contains("No answer to this request is in the file") && !said.contains("would pass"), "{said}");
    assert!(said.contains("net::ERR_FAILED"), "{said}");
}

#[test]
fn an_error_with_a_name_of_its_own_is_that_failure() {
    for (error, cause) in [
        ("net::ERR_TOO_MANY_REDIRECTS", "too-many-redirects"),
        ("net::ERR_CACHE_MISS", "network-error"),
        ("net::ERR_INSUFFICIENT_RESOURCES", "network-error"),
    ] {
        let finding = edited("sm-refused", "net::ERR_CONNECTION_REFUSED", error);
        assert_eq!((finding.verdict, finding.nature), (Verdict::Fail, Nature::NotCors), "{error}");
        let found = finding.cause.unwrap();
        assert_eq!((&*found.id, found.certainty), (cause, Certainty::Certain), "{error}");
        assert!(finding.rule.is_none() && found.text.contains(error), "{}", found.text);
    }
}
