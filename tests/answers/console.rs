//! `--console` and `--at`: the customer's message and time select the finding and settle what it proves.

#![allow(clippy::unwrap_used, reason = "a test file")]

use serde_json::Value;
use std::process::Command;

/// The JSON report and what was said on standard error.
fn run(arguments: &[&str]) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_whycors"))
        .args(["--format", "json"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn urls(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().filter_map(|finding| finding["url"].as_str()).collect()
}

const LONG: &str = "samples/long-session/capture.har";

#[test]
fn a_whole_sentence_selects_its_request() {
    let sentence = "Access to fetch at 'http://plain.shop.test/v5/none' from origin 'http://www.shop.test' has been \
                    blocked by CORS policy: Request header field content-type is not allowed by \
                    Access-Control-Allow-Headers in preflight response.";
    let (report, said) = run(&["--console", sentence, LONG]);
    assert_eq!(urls(&report), ["http://plain.shop.test/v5/none"]);
    assert_eq!(said, "");
}

#[test]
fn a_sentence_without_a_url_selects_by_what_it_says() {
    let (report, _) = run(&["--console", "Preflight response is not successful. Status code: 404", LONG]);
    assert_eq!(urls(&report), ["http://plain.shop.test/v1/carts/9"]);
    let (report, said) = run(&[
        "--console",
        "Failed to load resource: net::ERR_CONNECTION_RESET",
        "samples/connection-reset/capture.har",
    ]);
    assert_eq!((urls(&report).len(), &*said), (1, ""));
}

#[test]
fn words_that_name_no_reason_select_nothing_and_say_so() {
    let (report, said) = run(&["--console", "Failed to load resource: net::ERR_FAILED", LONG]);
    assert_eq!(urls(&report).len(), 15);
    assert!(said.contains("names no reason"), "{said}");
}

#[test]
fn a_message_of_another_recording_is_called_that() {
    let sentence = "Access to fetch at 'https://other.example/' from origin 'https://page.example' has been blocked by \
                    CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    let (_, said) = run(&["--console", sentence, LONG]);
    assert!(said.contains("another recording"), "{said}");
}

#[test]
fn the_message_settles_the_credentials_mode_that_packets_leave_open() {
    let packets = "tests/captures/real/cr-star/capture.keys.pcapng.gz";
    let (open, _) = run(&[packets]);
    assert_eq!(open["findings"][0]["verdict"], "undecided");
    let sentence = "Access to fetch at 'https://api.shop.test/v6/a' from origin 'https://app.shop.test' has been \
                    blocked by CORS policy: Response to preflight request doesn't pass access control check: The value \
                    of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the \
                    request's credentials mode is 'include'.";
    let (settled, _) = run(&["--console", sentence, packets]);
    assert_eq!(settled["findings"][0]["verdict"], "fail");
    assert_eq!(settled["findings"][0]["credentials"]["mode"], "include");
    assert_eq!(settled["findings"][0]["rule"]["chromium"], "PreflightWildcardOriginNotAllowed");
    assert_eq!(settled["findings"][0]["cause"]["certainty"], "certain");
    assert_eq!(settled["findings"][0]["console"]["chromium"], sentence, "the wording that was pasted, no other");
    let headline = settled["findings"][0]["headline"].as_str().unwrap();
    assert!(headline.starts_with("The page asks with credentials"), "{headline}");
}

#[test]
fn a_message_that_the_recorded_answer_contradicts_gets_no_fix() {
    let sentence = "Access to fetch at 'https://api.shop.test/v10/b' from origin 'https://app.shop.test' has been \
                    blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    let packets =
        ["tests/captures/real/sm-form-ok/capture.pcap.gz", "--keylog", "tests/captures/real/sm-form-ok/keys.log"];
    let (report, said) = run(&[&["--console", sentence], &packets[..]].concat());
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
    assert!(said.contains("it may be another recording"), "{said}");
}

#[test]
fn firefox_s_warning_on_authorization_is_called_a_warning() {
    let warning = "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at \
                   https://api.shop.test/v5/star-auth soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the \
                   `Authorization` header is not covered. To include the `Authorization` header, it must be explicitly \
                   listed in CORS header `Access-Control-Allow-Headers`).";
    let (_, said) = run(&["--console", warning, LONG]);
    assert!(said.contains("is a warning"), "{said}");
}

#[test]
fn a_time_selects_the_nearest_and_one_outside_the_recording_says_so() {
    let (report, said) = run(&["--at", "2026-11-24T03:00:01.567Z", LONG]);
    assert!(urls(&report).contains(&"http://plain.shop.test/v1/carts/9"));
    assert_eq!(said, "");
    let (_, said) = run(&["--at", "10:02", LONG]);
    assert!(said.contains("nothing failed within five minutes"), "{said}");
}
