//! Statements that would be wrong or harmful to quote to a customer, and must not come back.

#![allow(clippy::unwrap_used, reason = "a test file")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::filter::Filter;
use whycors::report::view::{Certainty, Finding, Nature, Report, Verdict};
use whycors::report::{Options, text};
use whycors::run::{Request, analyse};

fn report(scenario: &str, file: &str, with_keys: bool) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real").join(scenario);
    let keys: PathBuf = folder.join("keys.log");
    let request = Request {
        sources: vec![Source { index: 0, path: folder.join(file).to_string_lossy().into_owned() }],
        keylogs: if with_keys && keys.is_file() { vec![keys] } else { Vec::new() },
        limits: Limits::default(),
        ..Request::default()
    };
    analyse(&request, &AtomicBool::new(false), &mut |_| {}).report
}

fn text_of(report: &Report) -> String {
    let mut out = Vec::new();
    text::write(report, &Options::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The only finding of a scenario's Chrome file.
fn chrome(scenario: &str) -> Finding {
    let mut report = report(scenario, "chrome.har.gz", true);
    assert_eq!(report.findings.len(), 1, "{scenario}");
    report.findings.remove(0)
}

#[test]
fn a_redirected_request_goes_by_what_the_page_called() {
    let report = report("ac-redirect-cross", "chrome.har.gz", true);
    let finding = &report.findings[0];
    assert_eq!((finding.called_method(), finding.called_url()), ("POST", "https://api.shop.test/v7/c"));
    assert_eq!((&*finding.method, &*finding.url), ("GET", "https://login.shop.test/sso"));
    for (filter, matches) in [
        ("host:api.shop.test", true),
        ("method:POST", true),
        ("host:login.shop.test", true),
        ("method:GET", true),
        ("/v7/c", true),
        ("host:cdn.shop.test", false),
    ] {
        let options = Options { filter: Filter::parse(filter), ..Options::default() };
        assert_eq!(!options.shown(&report).is_empty(), matches, "{filter}");
    }
    let asked = finding.lines.iter().find(|line| line.label == "asked").unwrap();
    assert_eq!(asked.text, "POST, after a preflight that passed (entry 6, 204)");
}

#[test]
fn one_url_of_several_never_stands_for_all() {
    let text = text_of(&report("mx-img-crossorigin", "chrome.har.gz", true));
    let heading = text.lines().find(|line| line.starts_with("✗ #1")).unwrap();
    assert!(heading.contains("3 requests to cdn.shop.test") && !heading.contains("hero.png"), "{heading}");
    let fix = text.split("  fix  ").nth(1).unwrap().split("  proof").next().unwrap();
    assert!(!fix.contains("hero.png"), "{fix}");
    for entry in ["#1, entry 5", "#2, entry 6", "#3, entry 7"] {
        assert!(text.contains(entry), "{entry}");
    }
}

#[test]
fn a_clean_file_names_who_called_whom_and_what_came_back() {
    let text = text_of(&report("cr-ok", "chrome.har.gz", true)).replace("\n           ", " ").replace("\n  ", " ");
    for words in [
        "2 cross-origin requests from https://app.shop.test to https://api.shop.test, both passed",
        "1 preflight, passed (entry 6); kept 600 s and used again by entry 7",
        "a cookie went out on the request (entry 7); the server names the origin and allows credentials",
        "200, 200: no HTTP error",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = text_of(&report("ex-boom2", "chrome.har.gz", true)).replace("\n           ", " ");
    let error =
        "500 on POST https://node.shop.test/reflect/boom (entry 5): the page could read this error. It is not CORS";
    assert!(text.contains(error), "{text}");
}

#[test]
fn a_request_that_works_is_offered_once_and_was_really_read() {
    let report = report("busy-clear", "chrome.har.gz", true);
    let text = text_of(&report);
    for works in ["v5/two-lines-ok", "v9/e"] {
        assert_eq!(text.matches(&format!("may call POST http://plain.shop.test/{works}")).count(), 1, "{works}");
    }
    for finding in report.findings.iter().filter(|finding| finding.nature != Nature::Cors) {
        assert_eq!(finding.works, None, "#{}", finding.number);
    }
    // The first hop of a chain passes, and the page reads nothing there.
    assert!(chrome("ac-redirect-second-preflight").works.is_none());
}

#[test]
fn with_several_files_a_place_in_a_sentence_names_its_file() {
    let of = |scenario: &str| {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real").join(scenario).join("chrome.har.gz");
        path.to_string_lossy().into_owned()
    };
    let sources: Vec<Source> =
        (0..).zip(["cr-star", "nw-reset"]).map(|(index, name)| Source { index, path: of(name) }).collect();
    let request = Request { sources, ..Request::default() };
    let report = analyse(&request, &AtomicBool::new(false), &mut |_| {}).report;
    assert_eq!(report.findings.len(), 2);
    for (finding, scenario) in report.findings.iter().zip(["cr-star", "nw-reset"]) {
        let place = format!("{} entry 6", of(scenario));
        let cause = &finding.cause.as_ref().unwrap().text;
        assert!(cause.contains(&place), "{cause}");
    }
}

#[test]
fn a_connection_that_ended_names_the_frames_of_the_request_and_of_its_end() {
    for (scenario, cause, got) in [
        (
            "nw-reset",
            "OPTIONS arrived (frame 48); RST from 127.0.10.2:443 0.9 ms after the request (frame 49)",
            "nothing on the preflight: RST from 127.0.10.2:443 0.9 ms after the request (frame 49)",
        ),
        (
            "nw-hang-abort",
            "OPTIONS arrived (frame 50); no answer in 1.67 s, then the client closed (frame 52)",
            "nothing on the preflight: no answer in 1.67 s, then the client closed (frame 52)",
        ),
    ] {
        let report = report(scenario, "capture.pcap.gz", true);
        let finding = &report.findings[0];
        assert_eq!(finding.cause.as_ref().unwrap().text, cause);
        assert_eq!(finding.lines.iter().find(|line| line.label == "got").unwrap().text, got);
        let frames: Vec<Option<u64>> = finding.evidence.iter().map(|evidence| evidence.place.frame).collect();
        assert!(matches!(frames[..], [Some(request), Some(end)] if request < end), "{frames:?}");
    }
}

#[test]
fn inferred_credentials_name_the_refusal_they_rest_on() {
    let finding = chrome("cr-star");
    let text = &finding.cause.as_ref().unwrap().text;
    assert!(
        text.contains("the browser refused (entry 5, net::ERR_FAILED), and without credentials this preflight passes"),
        "{text}"
    );
    let refusal = finding.evidence.iter().find(|evidence| evidence.what == "net::ERR_FAILED").unwrap();
    assert_eq!(refusal.place.entry, Some(5));
}

#[test]
fn the_local_network_is_named_in_the_heading() {
    let text = text_of(&report("mx-lna", "chrome.har.gz", true));
    assert!(text.contains("blocked-before-network (local network)"), "{text}");
}

#[test]
fn preflights_that_failed_count_among_those_that_are_asked_before_every_call() {
    let report = report("two-tabs", "capture.pcap.gz", true);
    let remark = report.remarks.iter().find(|remark| remark.id == "max-age-zero").unwrap();
    assert_eq!(remark.count, 10);
}

#[test]
fn a_direct_call_is_verified_with_the_pages_own_origin() {
    let finding = chrome("ac-redirect-second-preflight");
    let verify = finding.verify.unwrap();
    assert!(verify.curl.contains("Origin: https://app.shop.test"), "{}", verify.curl);
    assert!(!verify.curl.contains("null") && !verify.expect.contains("null"), "{}", verify.expect);
}

#[test]
fn a_page_without_an_origin_is_told_to_get_one_first() {
    let finding = chrome("ao-origin-null");
    assert_eq!(finding.fixes[0].who, "page");
    assert!(finding.fixes[0].proven.is_empty());
    assert!(finding.fixes.iter().all(|fix| fix.do_not.as_deref().is_some_and(|text| text.contains("sandboxed"))));
}

#[test]
fn a_hop_behind_a_proxy_gets_no_fix_and_no_certainty() {
    let report = report("ng-both-hops-ok", "capture.pcap.gz", false);
    let finding = &report.findings[0];
    assert_eq!(finding.verdict, Verdict::Undecided);
    assert!(finding.fixes.is_empty());
    assert_eq!(finding.cause.as_ref().unwrap().certainty, Certainty::Likely);
    assert!(finding.headline.contains("hop behind a proxy"), "{}", finding.headline);
}

#[test]
fn credentials_are_a_fact_only_where_a_cookie_shows() {
    assert!(chrome("cr-star").headline.starts_with("The page probably asks"));
    let open = report("cr-star", "capture.pcap.gz", true);
    assert_eq!(open.findings[0].headline, "Not decided: this fails if the page asks with credentials.");
    assert_eq!(open.findings[0].cause.as_ref().unwrap().certainty, Certainty::Likely);
}

#[test]
fn a_header_fix_for_a_dead_backend_says_what_it_does_not_mend() {
    let finding = chrome("ng-dead");
    assert!(finding.fixes[0].title.contains("502"), "{}", finding.fixes[0].title);
    for fix in finding.fixes.iter().filter(|fix| !fix.proven.is_empty()) {
        assert!(fix.proof.contains("does not mend the 502"), "{}", fix.proof);
    }
}

#[test]
fn what_verifies_a_fix_does_not_hold_before_it() {
    for (scenario, line) in [
        ("ao-mismatch-port", "Access-Control-Allow-Origin: http://www.shop.test"),
        ("ah-malformed", "Access-Control-Allow-Headers: "),
        ("cr-acac-dup", "Access-Control-Allow-Credentials: true"),
        ("cr-actual-acac-missing", "Access-Control-Allow-Credentials: true"),
        ("st-404-json", "Access-Control-Allow-Methods: PATCH"),
        ("fl-auth", "Access-Control-Allow-Headers: authorization"),
        ("am-star-cred", "Access-Control-Allow-Methods: "),
    ] {
        let expect = chrome(scenario).verify.unwrap().expect;
        assert!(expect.contains(line), "{scenario}: {expect}");
    }
}

#[test]
fn a_browsers_count_of_a_failed_body_is_not_quoted() {
    let finding = chrome("ac-truncated");
    let text = &finding.cause.as_ref().unwrap().text;
    assert!(text.contains("fewer than 500 bytes"), "{text}");
}

#[test]
fn a_max_age_that_is_no_number_is_not_called_short() {
    let report = report("pc-bad-max-age", "chrome.har.gz", true);
    let ids: Vec<&str> = report.remarks.iter().map(|remark| &*remark.id).collect();
    assert!(ids.contains(&"preflight-not-cached") && !ids.contains(&"max-age-short"), "{ids:?}");
}

#[test]
fn a_list_of_origins_is_extended_and_not_replaced() {
    let finding = chrome("ng-map");
    assert!(finding.fixes[0].title.contains("add https://app.shop.test to its list"), "{}", finding.fixes[0].title);
    assert!(finding.fixes.iter().all(|fix| fix.stack != "nginx"));
}

#[test]
fn apache_answers_options_of_one_path_only() {
    let finding = chrome("ap-default");
    let apache = finding.fixes.iter().find(|fix| fix.stack == "apache").unwrap();
    assert!(apache.text.contains("RewriteCond %{REQUEST_URI} \"=/"), "{}", apache.text);
}

#[test]
fn a_frameworks_stock_page_for_403_is_no_login_check() {
    let report = report("fl-guard", "capture.pcap.gz", false);
    let finding = &report.findings[0];
    let cause = finding.cause.as_ref().unwrap();
    assert_eq!((&*cause.id, cause.certainty), ("preflight-bad-status", Certainty::Unknown));
    assert!(!cause.candidates.is_empty());
    assert!(cause.text.contains("Forbidden You don't have the permission"), "{}", cause.text);
    assert!(!cause.text.contains('<') && !finding.headline.contains("login"), "{}", cause.text);
    assert!(finding.fixes[0].text.starts_with("if request.method == \"OPTIONS\""), "{}", finding.fixes[0].text);
}

#[test]
fn words_of_a_body_are_quoted_as_they_stand() {
    for (scenario, words) in
        [("st-403-spring", "\"Invalid CORS request\""), ("waf-incapsula-200", "\"Incapsula incident\"")]
    {
        let report = report(scenario, "capture.pcap.gz", true);
        let cause = report.findings[0].cause.as_ref().unwrap();
        assert!(cause.text.contains(words), "{}", cause.text);
    }
}

#[test]
fn one_change_in_two_words_is_joined_by_or_and_proofs_skip_no_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real");
    let mut alternatives = 0;
    for folder in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if !folder.join("chrome.har.gz").is_file() {
            continue;
        }
        let mut report = report(&name, "chrome.har.gz", true);
        for finding in report.findings.drain(..).collect::<Vec<_>>() {
            for fix in &finding.fixes {
                assert!(!fix.title.starts_with("or "), "{name}: {}", fix.title);
                let Some(first) = fix.alternative_to else { continue };
                alternatives += 1;
                assert!(finding.fixes[first].alternative_to.is_none(), "{name}: {}", fix.title);
            }
            // Two proven changes of one response are the same change.
            let steps = finding.fixes.iter().filter(|fix| !fix.changes.is_empty() && fix.alternative_to.is_none());
            assert!(steps.count() < 2, "{name}: {:#?}", finding.fixes);
            report.findings.push(finding);
            let text = text_of(&report);
            let numbers = |label: &str| -> Vec<String> {
                let lines = text.lines().filter_map(|line| line.strip_prefix("  ")?.strip_prefix(label));
                lines.filter_map(|rest| rest.split(' ').next()).map(str::to_owned).collect()
            };
            let (fixes, proofs) = (numbers("fix "), numbers("proof "));
            let skips = proofs.iter().any(|number| !number.is_empty()) && fixes != proofs;
            assert!(!skips, "{name}: fixes {fixes:?}, proofs {proofs:?}");
            report.findings.clear();
        }
    }
    assert!(alternatives > 40, "{alternatives}");
}

#[test]
fn a_package_that_is_there_gets_one_more_item_and_keeps_the_others() {
    for (scenario, text) in [
        ("ex-list", "cors({ origin: […, 'https://app.shop.test'] })"),
        ("ex-methods", "cors({ methods: […, 'DELETE'] })"),
        ("fl-auth", "origins\": [\"http://www.shop.test\"]}})"),
    ] {
        let finding = chrome(scenario);
        let fix = &finding.fixes[0];
        assert!(fix.text.contains(text), "{scenario}: {}", fix.text);
        assert!(!fix.text.contains("POST"), "{scenario}: {}", fix.text);
    }
}

#[test]
fn another_sites_origin_is_kept_beside_the_new_one() {
    let report = report("mx-localhost", "chrome.har.gz", true);
    let fixes: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.cause.as_ref().is_some_and(|cause| cause.id == "allow-origin-mismatch"))
        .map(|finding| &*finding.fixes[0].title)
        .collect();
    assert!(!fixes.is_empty() && fixes.iter().all(|title| title.contains("add http://localhost:3000 to the list")));
}

#[test]
fn a_preflight_that_passes_in_one_mode_only_says_in_which() {
    let report = report("cr-star", "chrome-har.har.gz", true);
    assert!(report.findings[0].headline.starts_with("The preflight passes without credentials only; "));
}

#[test]
fn a_cached_copy_is_verified_with_the_request_that_failed() {
    assert!(chrome("cdn-cached-no-cors").verify.unwrap().curl.starts_with("curl -i -X OPTIONS "));
    let curl = chrome("ac-mismatch-cdn").verify.unwrap().curl;
    assert!(curl.contains("Authorization: ") && !curl.contains("OPTIONS"), "{curl}");
}

#[test]
fn an_origin_function_that_throws_is_told_to_say_no() {
    let report = report("ex-cberr", "capture.pcap.gz", true);
    let fix = report.findings[0].fixes.iter().find(|fix| fix.stack == "express").unwrap();
    assert!(fix.text.contains("done(null, […, 'https://app.shop.test'].includes(origin))"), "{}", fix.text);
}

#[test]
fn a_sentence_about_credentials_keeps_the_words_behind_them() {
    let headline = chrome("ah-malformed").headline;
    assert!(headline.starts_with("Access-Control-Allow-Headers is no list of names with commas"), "{headline}");
    assert!(
        headline.ends_with("names another rule first: Access-Control-Allow-Credentials is not true."),
        "{headline}"
    );
}

#[test]
fn a_method_of_no_renown_is_called_the_request() {
    let finding = chrome("ah-method-and-header");
    assert!(finding.headline.contains(", so the browser never sent the request."), "{}", finding.headline);
    assert!(finding.fixes[0].proof.contains("the request was never sent"), "{}", finding.fixes[0].proof);
}

#[test]
fn a_right_allow_origin_line_is_not_doubled_by_nginx() {
    let finding = chrome("ng-504");
    let fix = finding.fixes.iter().find(|fix| fix.stack == "nginx").unwrap();
    assert_eq!(fix.text.matches("Access-Control-Allow-Origin").count(), 1, "{}", fix.text);
}

#[test]
fn apache_sends_the_headers_on_one_path_only() {
    let finding = chrome("ap-limit");
    let fix = finding.fixes.iter().find(|fix| fix.stack == "apache").unwrap();
    assert!(fix.text.starts_with("<Location \"/limit/data.json\">\n    Header onsuccess unset "), "{}", fix.text);
}

#[test]
fn a_certain_word_stands_only_on_what_the_bytes_prove() {
    for (scenario, words, wrong) in [
        ("waf-cloudfront", "Allowed HTTP methods is GET, HEAD", "cause    certain"),
        ("st-404-json", "check the path first: send the PATCH itself", "candidates"),
        ("st-403-apigw", "the path or the stage is wrong", "cause    certain"),
        ("ng-dead", "is probably down, broke off or answered badly (502)", "cause    certain"),
        ("pc-bad-max-age", "with \"10 minutes\" in Access-Control-Max-Age", "without Access-Control-Max-Age"),
        ("ah-star-auth", "without Access-Control-Max-Age the browser keeps", "browsers will follow"),
        ("ng-recipe", "a cache may hand it to another site", "hand them"),
        ("sm-form-ok", "no preflight: none needed", "no preflight in the file"),
        ("busy-clear", "\"Server: Apache/2.4.57 (Debian)\" (on another answer", "(Debian) (on another"),
    ] {
        let text =
            text_of(&report(scenario, "chrome.har.gz", false)).replace("\n           ", " ").replace("\n  ", " ");
        assert!(text.contains(words), "{scenario}: {words}: {text}");
        assert!(!text.contains(wrong), "{scenario}: {wrong}: {text}");
    }
}

#[test]
fn a_redirect_to_the_pages_own_origin_needs_no_cors_there() {
    let finding = chrome("rd-host");
    let verify = finding.verify.unwrap();
    assert!(verify.curl.contains("-X DELETE") && !verify.curl.contains("Origin:"), "{}", verify.curl);
    assert!(!verify.expect.contains("Allow-Origin"), "{}", verify.expect);
}
