//! Judging pairs: what a capture proves, and every reason for doubt.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use crate::exchanges;

use exchanges::{HIDES_PREFLIGHTS, Recorded, browser, speaker, wire};
use whycors::cors::{Engine, Rule, Stage};
use whycors::diagnosis::{Certainty, Doubt, Failure, Judged, ServerFacts, Verdict, console, diagnose, judge};
use whycors::exchange::{Exchange, NoResponse};
use whycors::pairing::{Bounds, Mode, Pairer};

const PAGE: &str = "https://app.example";
const API: &str = "https://api.example/v1/orders";

/// The verdict on the only (or last) pair of a capture.
fn judged(exchanges: Vec<Exchange>) -> Judged {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    judge(pairer.settled().pop().unwrap(), None)
}

fn doubt(exchanges: Vec<Exchange>) -> Doubt {
    match judged(exchanges).verdict {
        Verdict::Undecided { doubt, .. } => doubt,
        other => panic!("{other:?}"),
    }
}

fn rule(exchanges: Vec<Exchange>) -> (Stage, Rule) {
    match judged(exchanges).verdict {
        Verdict::Fail(Failure::Rule { stage, rule }) => (stage, rule),
        other => panic!("{other:?}"),
    }
}

/// A simple GET on the wire, answered 200.
fn get() -> Recorded {
    wire(0).actual("GET", API, PAGE, &[]).tls().at(0).took(10).status(200)
}

#[test]
fn a_preflight_that_fails_stops_the_request() {
    let found = rule(vec![wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(405).build()]);
    assert_eq!(found, (Stage::Preflight, Rule::AllowOriginMissing));
}

#[test]
fn later_failures_are_listed_beside_the_one_the_browser_names() {
    let judged = judged(vec![wire(0).preflight("PUT", API, PAGE, "x-a").at(0).took(5).status(405).build()]);
    let also: Vec<&str> = judged.also.iter().map(Rule::id).collect();
    assert_eq!(also, ["preflight-status", "method-not-allowed", "header-not-allowed"]);
}

#[test]
fn what_passes_without_credentials_passes_where_nothing_tells_the_mode() {
    let credentials = |value| get().allow("*").header("access-control-allow-credentials", value).build();
    // Allow-Credentials is the server's word and no sign of the mode.
    for answer in [get().allow("*").build(), get().allow(PAGE).build(), credentials("true"), credentials("false")] {
        let judged = judged(vec![answer]);
        assert_eq!((judged.verdict, judged.pair.credentials.mode), (Verdict::Pass, Mode::Unknown));
    }
    let with_cookie = get().header_in("cookie", "sid=1").allow(PAGE).build();
    assert_eq!(rule(vec![with_cookie]), (Stage::Actual, Rule::AllowCredentials { value: None }));
}

/// A preflight on the wire that passes without credentials and fails with them, over at 5 ms.
fn hanging() -> Recorded {
    wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow(PAGE).methods("PUT")
}

/// The same by a browser.
fn hanging_in_chrome() -> Exchange {
    hanging().header_in("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36").build()
}

#[test]
fn a_preflight_that_nothing_follows_was_refused_where_the_capture_goes_on_and_a_browser_asked() {
    let later = |at| wire(1).actual("GET", "https://api.example/other", PAGE, &[]).at(at).took(1).status(200).build();
    let paired = |preflight| {
        let mut pairer = Pairer::new(Bounds::default());
        for exchange in [preflight, later(900)] {
            pairer.add(exchange);
        }
        pairer.finish();
        pairer.settled().into_iter().find(|pair| pair.preflight().is_some()).unwrap()
    };
    let pair = paired(hanging_in_chrome());
    assert_eq!((pair.credentials.mode, pair.credentials.certain), (Mode::Include, false));
    let verdict = judge(pair, None).verdict;
    let rule = Rule::AllowCredentials { value: None };
    assert_eq!(verdict, Verdict::Fail(Failure::Rule { stage: Stage::Preflight, rule }));
    // Whoever tries a server out sends a preflight alone, and at the capture's end there was no time for a request.
    assert_eq!(paired(hanging().build()).credentials.mode, Mode::Unknown);
    assert_eq!(doubt(vec![hanging_in_chrome()]), Doubt::CredentialsUnknown);
}

#[test]
fn a_browsers_file_lists_what_was_refused_so_a_lone_preflight_is_no_refusal() {
    let lone = browser(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow(PAGE).methods("PUT").build();
    let later = browser(1).actual("GET", "https://api.example/o", PAGE, &[]).at(9000).took(1).status(200).allow("*");
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in [lone, later.build()] {
        pairer.add(exchange);
    }
    pairer.finish();
    assert!(pairer.settled().iter().all(|pair| pair.credentials.mode != Mode::Include));
}

#[test]
fn where_two_rules_may_have_refused_both_are_named() {
    // Refused in either mode: by the credentials rule first, if they were included.
    let preflight = || wire(0).preflight("PUT", API, PAGE, "x-z").at(0).took(5).status(204).allow(PAGE).methods("PUT");
    let open = judged(vec![preflight().build()]);
    assert_eq!(open.rule().map(|(_, rule)| rule.id()), Some("header-not-allowed"));
    assert_eq!(open.rule_with_credentials(Engine::Chromium), Some(Rule::AllowCredentials { value: None }));
    let [chromium, ..] = console::console(&open);
    let chromium = chromium.unwrap();
    let sentences = chromium.bare();
    assert!(sentences.contains("Request header field x-z is not allowed"), "{sentences}");
    assert!(sentences.contains("must be 'true' when the request's credentials mode is 'include'"), "{sentences}");
    let told = diagnose(&open, &ServerFacts::default());
    assert_eq!(told.certainty, Certainty::Likely);
    // One rule in both modes is certain.
    let allowed = preflight().header("access-control-allow-credentials", "true").build();
    let certain = judged(vec![allowed]);
    assert_eq!(certain.rule_with_credentials(Engine::Chromium), None);
    assert_eq!(diagnose(&certain, &ServerFacts::default()).certainty, Certainty::Certain);
}

#[test]
fn a_workers_request_is_not_blamed_on_credentials() {
    let mut refused =
        browser(0).actual("PUT", API, PAGE, &[]).provisional().at(0).took(30).failed(NoResponse::Blocked).build();
    let preflight = browser(1).preflight("PUT", API, PAGE, "").at(1).took(20).status(204).allow("*").methods("PUT");
    refused.note.outside_pages = true;
    assert_eq!(doubt(vec![refused, preflight.build()]), Doubt::ExporterHides);
}

#[test]
fn what_fails_in_either_mode_fails_by_the_rule_of_a_request_without_credentials() {
    let preflight = wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).status(204).allow("*").build();
    assert_eq!(rule(vec![preflight]), (Stage::Preflight, Rule::MethodNotAllowed { method: "PUT".to_owned() }));
}

#[test]
fn a_request_on_the_wire_settles_its_preflight_even_without_an_answer() {
    let preflight = wire(0).preflight("PUT", API, PAGE, "x-a").tls().at(0).took(5).status(204);
    let preflight = preflight.allow(PAGE).methods("PUT").header("access-control-allow-headers", "*").build();
    let closed = wire(1).actual("PUT", API, PAGE, &["x-a"]).tls().at(6).took(5).failed(NoResponse::Closed).build();
    assert_eq!(
        judged(vec![preflight, closed]).verdict,
        Verdict::Fail(Failure::Network { stage: Stage::Actual, what: NoResponse::Closed })
    );
}

#[test]
fn a_redirect_to_a_url_with_a_user_fails_with_credentials_and_without() {
    let location = "https://u:p@api.example/x";
    for allowed in [PAGE, "*"] {
        let hop = wire(0).actual("GET", API, PAGE, &[]).tls().at(0).took(5).status(302);
        let hop = hop.allow(allowed).header("location", location).build();
        assert_eq!(rule(vec![hop]), (Stage::Redirect, Rule::RedirectCredentials { location: location.to_owned() }));
    }
}

#[test]
fn what_a_browser_delivered_was_not_refused() {
    let delivered = browser(0).actual("GET", API, PAGE, &[]).at(0).took(10).status(200).build();
    assert_eq!(judged(vec![delivered]).verdict, Verdict::Pass);
}

#[test]
fn a_hop_behind_a_proxy_alone_is_never_called_failing() {
    let inner = wire(0).actual("GET", "http://backend/x", PAGE, &[]).header_in("x-forwarded-for", "1.2.3.4");
    assert_eq!(doubt(vec![inner.at(0).took(5).status(200).build()]), Doubt::BehindProxy);
    // No browser lets a page of https call http: TLS ended in front of this hop.
    let clear = wire(0).actual("GET", "http://backend/x", PAGE, &[]).at(0).took(5).status(200).build();
    assert_eq!(doubt(vec![clear]), Doubt::BehindProxy);
}

#[test]
fn a_form_that_was_maybe_submitted_plainly_is_open() {
    let form = wire(0)
        .actual("POST", "http://api.example/x", "http://app.example", &[])
        .header_in("content-type", "text/plain")
        .header_in("accept", "text/html,*/*")
        .at(0)
        .took(5)
        .status(200)
        .build();
    assert_eq!(doubt(vec![form]), Doubt::MaybeForm);
    // As recorded from navigator.sendBeacon() to a server without TLS.
    let beacon = wire(0)
        .actual("POST", "http://api.example/x", "http://app.example", &[])
        .header_in("content-type", "text/plain;charset=UTF-8")
        .header_in("accept", "*/*")
        .at(0)
        .took(5)
        .status(204)
        .build();
    assert_eq!(doubt(vec![beacon]), Doubt::MaybeForm);
}

#[test]
fn lost_answers_are_open_and_broken_connections_are_not() {
    let cut = |why| wire(0).preflight("PUT", API, PAGE, "").at(0).took(5).failed(why).build();
    assert_eq!(doubt(vec![cut(NoResponse::Cut)]), Doubt::CaptureCut);
    assert_eq!(doubt(vec![cut(NoResponse::Gap { missing: 9 })]), Doubt::CaptureCut);
    assert_eq!(doubt(vec![cut(NoResponse::Undecodable)]), Doubt::Undecodable);
    assert_eq!(doubt(vec![cut(NoResponse::Aborted)]), Doubt::Aborted);
    let reset = judged(vec![cut(NoResponse::Reset)]).verdict;
    assert_eq!(reset, Verdict::Fail(Failure::Network { stage: Stage::Preflight, what: NoResponse::Reset }));
}

#[test]
fn exporters_that_hide_what_decides_leave_it_open() {
    let hidden =
        |why| Recorded::new(&HIDES_PREFLIGHTS, 0).actual("PUT", API, PAGE, &[]).at(0).took(5).failed(why).build();
    assert_eq!(doubt(vec![hidden(NoResponse::Unrecorded)]), Doubt::ExporterHides);
    assert_eq!(doubt(vec![hidden(NoResponse::Blocked)]), Doubt::ExporterHides);
}

#[test]
fn a_block_that_the_headers_do_not_explain_is_open() {
    let refused = browser(0).actual("PUT", API, PAGE, &[]).provisional().at(0).took(30).failed(NoResponse::Blocked);
    let preflight = browser(1).preflight("PUT", API, PAGE, "").at(1).took(20).status(204).allow(PAGE);
    let credentials = preflight.header("access-control-allow-credentials", "true").methods("PUT");
    assert_eq!(doubt(vec![refused.build(), credentials.build()]), Doubt::BlockedUnexplained);
}

#[test]
fn an_allow_origin_that_somebody_removed_is_open() {
    let mut exchange = get().build();
    exchange.response.as_mut().unwrap().headers.push_redacted(b"access-control-allow-origin");
    assert_eq!(doubt(vec![exchange]), Doubt::HeaderUnreadable);
}

#[test]
fn a_redirect_to_a_url_with_a_password_is_refused() {
    let redirect = browser(0)
        .actual("GET", API, PAGE, &[])
        .at(0)
        .took(5)
        .status(302)
        .allow(PAGE)
        .header("access-control-allow-credentials", "true")
        .header("location", "//u:p@other.example/");
    let mut redirect = redirect.build();
    redirect.note.error = Some(speaker("net::ERR_FAILED"));
    let (stage, rule) = rule(vec![redirect]);
    assert_eq!((stage, rule.id()), (Stage::Redirect, "redirect-credentials"));
}

#[test]
fn an_error_after_the_head_is_a_cut_body_only_when_it_ends_one() {
    let failed = |error: &str| {
        let mut exchange = browser(0).actual("GET", API, PAGE, &[]).at(0).took(5).status(200).allow("*").build();
        exchange.note.error = Some(speaker(error));
        judged(vec![exchange]).verdict
    };
    assert_eq!(failed("net::ERR_CONTENT_LENGTH_MISMATCH"), Verdict::Fail(Failure::BodyCut));
    assert_eq!(failed("net::ERR_TOO_MANY_REDIRECTS"), Verdict::Fail(Failure::TooManyRedirects));
    let named = failed("net::ERR_CACHE_OPERATION_NOT_SUPPORTED");
    assert!(matches!(named, Verdict::Fail(Failure::NetError { stage: Stage::Actual, .. })), "{named:?}");
    let passes = |r: Recorded| r.allow(PAGE).header("access-control-allow-credentials", "true");
    let refused = judged(answered(200, "net::ERR_FAILED", passes)).verdict;
    assert!(matches!(refused, Verdict::Undecided { doubt: Doubt::BlockedUnexplained, .. }), "{refused:?}");
}

/// An answer of a browser's file after which this error stands.
fn answered(status: u16, error: &str, edit: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let mut exchange = edit(browser(0).actual("GET", API, PAGE, &[]).at(0).took(5).status(status)).build();
    exchange.note.error = Some(speaker(error));
    vec![exchange]
}

#[test]
fn only_err_failed_is_a_refusal_of_an_answer() {
    for status in [200, 202, 404, 500] {
        // Cancelled, or of no use to the element, after the head had come and passed: with the header or without.
        assert_eq!(judged(answered(status, "net::ERR_ABORTED", |r| r)).verdict, Verdict::Pass, "{status}");
        assert_eq!(judged(answered(status, "net::ERR_ABORTED", |r| r.allow("*"))).verdict, Verdict::Pass, "{status}");
    }
    assert_eq!(rule(answered(200, "net::ERR_FAILED", |r| r)), (Stage::Actual, Rule::AllowOriginMissing));
    let unsafe_redirect = |r: Recorded| r.allow(PAGE).header("location", "data:text/plain,hi");
    let named = judged(answered(302, "net::ERR_UNSAFE_REDIRECT", unsafe_redirect)).verdict;
    assert!(matches!(named, Verdict::Fail(Failure::NetError { stage: Stage::Redirect, .. })), "{named:?}");
}

#[test]
fn a_page_of_https_is_not_led_to_http() {
    let to = |location: &'static str| move |r: Recorded| r.allow(PAGE).header("location", location);
    let aborted = |location| judged(answered(302, "net::ERR_ABORTED", to(location))).verdict;
    assert_eq!(aborted("http://api.example/v2"), Verdict::Fail(Failure::Browser { error: None }));
    for elsewhere in ["http://localhost:3000/v2", "/v2", "https://other.example/v2"] {
        assert!(matches!(aborted(elsewhere), Verdict::Undecided { doubt: Doubt::Aborted, .. }), "{elsewhere}");
    }
    // The redirect's own check comes first.
    let refused = rule(answered(302, "net::ERR_FAILED", |r| r.header("location", "http://api.example/v2")));
    assert_eq!(refused, (Stage::Redirect, Rule::AllowOriginMissing));
}

#[test]
fn a_request_cancelled_while_its_preflight_was_under_way_did_not_pass() {
    let preflight = browser(1).preflight("PUT", API, PAGE, "").at(1).took(4).status(204).allow(PAGE).methods("PUT");
    let put = |provisional: bool| {
        let put = browser(0).actual("PUT", API, PAGE, &[]).at(0).took(9).status(200).allow(PAGE);
        let mut put = if provisional { put.provisional() } else { put }.build();
        put.note.error = Some(speaker("net::ERR_ABORTED"));
        put
    };
    assert_eq!(doubt(vec![put(true), preflight.build()]), Doubt::Aborted);
    let preflight = browser(1).preflight("PUT", API, PAGE, "").at(1).took(4).status(204).allow(PAGE).methods("PUT");
    assert_eq!(judged(vec![put(false), preflight.build()]).verdict, Verdict::Pass);
}

#[test]
fn twenty_redirects_are_followed_and_no_more() {
    let hop = |number: u64| {
        let url = format!("https://api.example/{number}");
        let next = format!("https://api.example/{}", number + 1);
        let hop = wire(u32::try_from(number).unwrap()).actual("GET", &url, PAGE, &[]).tls();
        hop.at(i64::try_from(number * 10).unwrap()).took(5).status(302).allow(PAGE).header("location", &next).build()
    };
    let all = |count: u64| {
        let mut pairer = Pairer::new(Bounds::default());
        (0..count).for_each(|number| pairer.add(hop(number)));
        pairer.finish();
        let judged = pairer.settled().into_iter().map(|pair| judge(pair, None).verdict);
        judged.filter(|verdict| *verdict == Verdict::Fail(Failure::TooManyRedirects)).count()
    };
    assert_eq!((all(20), all(21)), (0, 1));
}

#[test]
fn a_byte_outside_ascii_makes_an_origin_invalid() {
    let rule = rule(answered(200, "net::ERR_FAILED", |r| r.allow("https://b\u{fc}cher.example")));
    assert_eq!((rule.1.id(), rule.1.parameter().as_deref()), ("allow-origin-invalid", Some("")));
}

#[test]
fn the_preflight_belongs_to_the_service_workers_own_fetch() {
    let mut page = browser(0).actual("PUT", API, PAGE, &[]).at(0).took(40).status(200).build();
    page.note.service_worker = true;
    let own = browser(1).actual("PUT", API, PAGE, &[]).at(3).took(30).status(200).allow(PAGE).build();
    let preflight =
        browser(2).preflight("PUT", API, PAGE, "").at(4).took(10).status(204).allow(PAGE).methods("PUT").build();
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in [page, own, preflight] {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged: Vec<Judged> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
    let with_preflight = judged.iter().find(|judged| judged.pair.preflight().is_some()).unwrap();
    assert!(!with_preflight.pair.actual().unwrap().note.service_worker);
    assert!(judged.iter().all(|judged| judged.verdict == Verdict::Pass));
}

#[test]
fn mixed_content_is_blocked_before_anything_is_sent() {
    let mut mixed = browser(0).actual("GET", "http://api.example/", PAGE, &[]).provisional().at(0).took(1).build();
    mixed.response = Err(NoResponse::Unrecorded);
    mixed.note.error = None;
    assert_eq!(judged(vec![mixed]).verdict, Verdict::Fail(Failure::Browser { error: None }));
}
