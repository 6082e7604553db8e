//! Recognising what people paste.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use whycors::browsers::{Blocked, Reason, RequestKind, console, rule_name};
use whycors::cors::{Engine, Rule, Stage};
use whycors::diagnosis::Cause;
use whycors::diagnosis::explain::{
    Known, MAX_NEAREST, Other, Recognised, Subject, Suspect, candidates, recognise, recognise_each,
};

fn known(text: &str) -> Known {
    match recognise(text) {
        Recognised::Known(known) => *known,
        Recognised::Unknown { nearest } => unreachable!("not recognised: {text:?}, nearest {nearest:?}"),
    }
}

fn rules(text: &str) -> Vec<&'static str> {
    match known(text).subject {
        Subject::Rule(ids) => ids.to_vec(),
        other => unreachable!("{text:?} is {other:?}"),
    }
}

/// The recordings of `tests/answers/messages.rs`: what the browser said, and the rule behind it.
fn recorded() -> Vec<Value> {
    serde_json::from_str(include_str!("../messages/recorded.json")).expect("the recordings are JSON")
}

#[test]
fn every_recorded_message_leads_back_to_its_rule_url_and_origin() {
    let mut checked = 0;
    for row in recorded() {
        let Some(rule) = row["reason"]["rule"]["id"].as_str() else { continue };
        let engine = row["engine"].as_str().unwrap();
        // A same-origin request of Safari names no reason.
        if rule == "disallowed-by-mode" && engine == "webkit" {
            continue;
        }
        let lines: Vec<&str> = row["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let found = recognise_each(&lines.join("\n"));
        assert_eq!(found.len(), 1, "{row}\n{found:#?}");
        let found = &found[0];
        let Subject::Rule(ids) = found.subject else { panic!("{row}\n{found:?}") };
        // Firefox's words for a list in one line, and WebKit's for most of Allow-Origin, are shared.
        assert!(ids.contains(&rule), "{rule} is not in {ids:?}: {row}");
        assert_eq!(found.engine.map(Engine::id), Some(engine), "{row}");
        let webkit_sentence_alone = engine == "webkit" && lines.len() == 1;
        if !webkit_sentence_alone {
            assert_eq!(found.url.as_deref(), row["url"].as_str(), "{row}");
        }
        if engine == "chromium" {
            assert_eq!(found.origin.as_deref(), row["page_origin"].as_str());
            assert_eq!(found.first_url.as_deref(), row["first_url"].as_str());
            assert_eq!(found.kind.map(RequestKind::id), row["kind"].as_str());
            if rule != "disallowed-by-mode" {
                assert_eq!(found.stage.map(Stage::id), row["reason"]["stage"].as_str(), "{row}");
            }
        }
        checked += 1;
    }
    assert!(checked > 200, "{checked}");
}

#[test]
fn values_methods_headers_and_status_are_taken_out() {
    let value = |text: &str| known(text).value.unwrap();
    let chromium = "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by \
                    CORS policy: The 'Access-Control-Allow-Origin' header has a value 'https://app.example/' that is \
                    not equal to the supplied origin. Have the server send the header with a valid value.";
    assert_eq!(value(chromium), "https://app.example/");
    assert_eq!(value("Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response."), "PATCH");
    assert_eq!(value("Request header field X-Trace is not allowed by Access-Control-Allow-Headers."), "X-Trace");
    assert_eq!(
        value("Header Access-Control-Allow-Methods has an invalid value: GET; PUT (app.js, line 0)"),
        "GET; PUT"
    );
    let safari = known("Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 405");
    assert_eq!((safari.origin.as_deref(), safari.status), (Some("https://app.example"), Some(405)));
    assert_eq!(
        safari.subject,
        Subject::Rule(&["allow-origin-missing", "allow-origin-mismatch", "allow-origin-invalid"])
    );
}

#[test]
fn firefoxs_does_not_match_is_told_apart_by_its_value() {
    let firefox = |value: &str| {
        rules(&format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
             https://api.example/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)."
        ))
    };
    assert_eq!(firefox("https://b.example"), ["allow-origin-mismatch"]);
    assert_eq!(firefox("*, https://app.example"), ["allow-origin-multiple"]);
    assert_eq!(firefox("app.example"), ["allow-origin-invalid"]);
}

#[test]
fn older_wordings_are_recognised() {
    for (text, id) in [
        // Chrome 134: a hint on no-cors.
        (
            "Access to fetch at 'http://127.0.0.1:8000/m/' from origin 'http://localhost:8080' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
            "allow-origin-missing",
        ),
        // Chrome before 68.
        (
            "Failed to load http://a.example/x: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://b.example' is therefore not allowed access. The response had HTTP status code 405.",
            "allow-origin-missing",
        ),
        (
            "XMLHttpRequest cannot load http://a.example/x. Response for preflight has invalid HTTP status code 405",
            "preflight-status",
        ),
        (
            "Fetch API cannot load http://a.example/x. Response for preflight is invalid (redirect)",
            "preflight-redirect",
        ),
        (
            "XMLHttpRequest cannot load http://a.example/x. A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true. Origin 'http://b.example' is therefore not allowed access.",
            "wildcard-with-credentials",
        ),
        (
            "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is ''. It must be 'true' to allow credentials. Origin 'http://b.example' is therefore not allowed access.",
            "allow-credentials",
        ),
        (
            "Cross origin requests are only supported for protocol schemes: http, data, chrome, chrome-extension, https.",
            "scheme-disabled",
        ),
        (
            "Redirect from 'https://a.example/' to 'https://b.example/' has been blocked by CORS policy: Request requires preflight, which is disallowed to follow cross-origin redirect. Redirect is not allowed for a preflight request.",
            "preflight-redirect",
        ),
        // Firefox before 79, straight quotes.
        (
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://a.example/. (Reason: CORS header 'Access-Control-Allow-Origin' missing).",
            "allow-origin-missing",
        ),
        ("(Reason: CORS preflight channel did not succeed)", "preflight-status"),
        (
            "Reason: missing token ‘x-token’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel",
            "header-not-allowed",
        ),
        // Safari before 16.
        ("[Error] Origin http://127.0.0.1:8080 is not allowed by Access-Control-Allow-Origin.", "allow-origin-missing"),
        ("[Error] Preflight response is not successful", "preflight-status"),
        (
            "[Error] Failed to load resource: Preflight response is not successful. Status code: 301 (orders, line 0)",
            "preflight-redirect",
        ),
        (
            "Cross-origin redirection to http://www.example.com/ denied by Cross-Origin Resource Sharing policy: Origin null is not allowed by Access-Control-Allow-Origin.",
            "allow-origin-missing",
        ),
    ] {
        assert_eq!(rules(text)[0], id, "{text}");
    }
}

#[test]
fn what_surrounds_a_message_does_not_matter() {
    let text = "hi, since this morning we get\n\n(index):12 Access to fetch at 'https://api.example/x'\n from origin \
                'https://app.example' has been\nblocked by CORS policy: No 'Access-Control-Allow-Origin'\nheader is \
                present on the requested resource.\napp.js:3 TypeError: Failed to fetch\n";
    let found = known(text);
    assert_eq!(found.subject, Subject::Rule(&["allow-origin-missing"]));
    assert_eq!(found.url.as_deref(), Some("https://api.example/x"));
    assert_eq!((found.origin.as_deref(), found.stage), (Some("https://app.example"), Some(Stage::Actual)));
}

#[test]
fn a_whole_console_gives_its_messages_in_order() {
    let text = "[Error] Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200\n\
                [Error] Fetch API cannot load https://api.example/a due to access control checks.\n\
                [Error] Failed to load resource: Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200 (a, line 0)\n\
                [Error] Preflight response is not successful. Status code: 405\n\
                [Error] XMLHttpRequest cannot load https://api.example/b due to access control checks.\n";
    let found = recognise_each(text);
    let urls: Vec<_> = found.iter().map(|known| known.url.as_deref()).collect();
    assert_eq!(urls, [Some("https://api.example/a"), Some("https://api.example/b")]);
    assert_eq!(found[1].kind, Some(RequestKind::Xhr));
}

#[test]
fn names_are_recognised_in_any_usual_spelling() {
    for (text, id, stage) in [
        ("PreflightMissingAllowOriginHeader", "allow-origin-missing", Some(Stage::Preflight)),
        ("kPreflightMissingAllowOriginHeader", "allow-origin-missing", Some(Stage::Preflight)),
        ("network::mojom::CorsError::kAllowOriginMismatch", "allow-origin-mismatch", Some(Stage::Actual)),
        ("CORSMissingAllowOrigin2", "allow-origin-missing", None),
        ("corsmissingalloworigin", "allow-origin-missing", None),
        ("CORSPreflightDidNotSucceed3", "preflight-status", Some(Stage::Preflight)),
        ("acao-multiple", "allow-origin-multiple", None),
        ("acac-missing", "allow-credentials", None),
        ("ACAH missing", "header-not-allowed", None),
        ("preflight-status", "preflight-status", None),
        ("ERR_INVALID_REDIRECT", "preflight-redirect", None),
        ("acao-wildcard", "wildcard-with-credentials", None),
        ("acao-invalid", "allow-origin-invalid", None),
        ("acam-missing", "method-not-allowed", None),
        ("acam-invalid", "allow-methods-invalid", None),
        ("acah-invalid", "allow-headers-invalid", None),
        ("CORS Missing Allow Origin", "allow-origin-missing", None),
    ] {
        assert_eq!((rules(text)[0], known(text).stage), (id, stage), "{text}");
    }
    assert_eq!(known("no-options-handler").subject, Subject::Cause("no-options-handler"));
    assert_eq!(known("net::ERR_CERT_AUTHORITY_INVALID").subject, Subject::Cause("tls-failure"));
    assert_eq!(known("err_connection_refused").subject, Subject::Cause("server-unreachable"));
}

fn every_rule() -> [Rule; 15] {
    let (value, location) = ("https://b.example".to_owned(), "https://u:p@c.example/".to_owned());
    [
        Rule::AllowOriginMissing,
        Rule::AllowOriginMultiple { value: format!("{value}, *"), lines: 2, firefox_lines: 2 },
        Rule::AllowOriginInvalid { value: "b.example".to_owned() },
        Rule::AllowOriginMismatch { value },
        Rule::WildcardWithCredentials,
        Rule::AllowCredentials { value: None },
        Rule::PreflightRedirect { status: 301, location: location.clone() },
        Rule::PreflightStatus { status: 405 },
        Rule::AllowMethodsInvalid { value: "GET; PUT".to_owned(), item: "GET; PUT".to_owned() },
        Rule::AllowHeadersInvalid { value: "a b".to_owned(), item: "a b".to_owned() },
        Rule::MethodNotAllowed { method: "PUT".to_owned() },
        Rule::HeaderNotAllowed { names: vec!["x-a".to_owned()] },
        Rule::RedirectCredentials { location },
        Rule::DisallowedByMode,
        Rule::SchemeDisabled,
    ]
}

const KINDS: [RequestKind; 12] = [
    RequestKind::Fetch,
    RequestKind::Xhr,
    RequestKind::EventSource,
    RequestKind::Image,
    RequestKind::Script,
    RequestKind::Stylesheet,
    RequestKind::Font,
    RequestKind::Audio,
    RequestKind::Video,
    RequestKind::Manifest,
    RequestKind::TextTrack,
    RequestKind::Beacon,
];

/// Safari says no more of a request that may go to the page's own origin only.
fn names_no_reason(line: &str) -> bool {
    line.ends_with(" cannot load https://api.example/x.")
}

#[test]
fn every_sentence_that_is_printed_is_recognised_as_what_it_was_printed_for() {
    let rules = every_rule();
    let mut reasons: Vec<(Reason<'_>, Option<&str>)> = Vec::new();
    for rule in &rules {
        for stage in [Stage::Preflight, Stage::Actual, Stage::Redirect] {
            for status in [None, Some(200), Some(301), Some(405)] {
                reasons.push((Reason::Refused { rule, stage, status }, Some(rule.id())));
            }
        }
    }
    for preflight in [false, true] {
        reasons.push((Reason::Network { error: None, preflight }, None));
        reasons.push((Reason::Network { error: Some("net::ERR_CONNECTION_RESET"), preflight }, None));
    }
    reasons.push((Reason::LocalNetwork { space: "loopback" }, None));
    reasons.push((Reason::MixedContent { page: "https://app.example/" }, None));
    let (mut lines, mut unknown) = (0, BTreeSet::new());
    for (reason, rule) in reasons {
        for first_url in [None, Some("https://api.example/first")] {
            let blocked = Blocked {
                reason,
                page_origin: "https://app.example",
                request_origin: "https://app.example",
                url: "https://api.example/x",
                first_url,
                location: first_url.map(|_| "https://api.example/x"),
                header: None,
            };
            for engine in Engine::all() {
                for wording in KINDS.iter().flat_map(|kind| console(engine, &blocked, &[*kind])) {
                    for (at, line) in wording.lines.iter().enumerate() {
                        lines += 1;
                        let line = line.bare();
                        let Recognised::Known(known) = recognise(line) else {
                            unknown.insert(line.to_owned());
                            continue;
                        };
                        assert!(known.engine.is_none_or(|whose| whose == engine), "{engine:?}: {line}");
                        match (rule, known.subject) {
                            (Some(rule), Subject::Rule(ids)) => assert!(ids.contains(&rule), "{rule} {ids:?}: {line}"),
                            // The line that follows names no reason.
                            (Some(rule), subject) => {
                                assert!(at > 0 && matches!(subject, Subject::Other(_)), "{rule} {subject:?}: {line}");
                            }
                            (None, subject) => assert!(!matches!(subject, Subject::Rule(_)), "{subject:?}: {line}"),
                        }
                    }
                }
            }
        }
    }
    assert!(lines > 5000, "{lines}");
    unknown.retain(|line| !names_no_reason(line));
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn every_rule_cause_and_engine_name_explains_itself() {
    for id in Rule::IDS.into_iter().chain(Cause::all_ids()) {
        assert!(matches!(recognise(id), Recognised::Known(_)), "{id}");
    }
    let every_rule = every_rule();
    assert_eq!(every_rule.each_ref().map(Rule::id), Rule::IDS);
    for rule in &every_rule {
        for stage in [Stage::Preflight, Stage::Actual] {
            let found = rules(rule_name(Engine::Chromium, rule, stage).unwrap());
            assert!(found.contains(&rule.id()), "{} {found:?}", rule.id());
        }
        if let Some(key) = rule_name(Engine::Firefox, rule, Stage::Actual) {
            assert!(rules(key).contains(&rule.id()), "{key}");
        }
        let known_causes: Vec<&str> = Cause::all_ids().collect();
        for stage in [None, Some(Stage::Preflight), Some(Stage::Actual), Some(Stage::Redirect)] {
            let ids = candidates(rule.id(), stage);
            assert!(ids.iter().all(|id| known_causes.contains(id)), "{ids:?}");
        }
    }
}

#[test]
fn words_that_prove_no_rule_say_so() {
    let other = |text| known(text).subject;
    assert_eq!(
        other("Fetch API cannot load https://api.example/ due to access control checks."),
        Subject::Other(Other::AccessControlLine)
    );
    assert_eq!(other("TypeError: Failed to fetch"), Subject::Other(Other::ScriptError));
    assert_eq!(other("AxiosError: Network Error"), Subject::Other(Other::ScriptError));
    assert_eq!(
        other(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/. (Reason: CORS request did not succeed). Status code: (null)."
        ),
        Subject::Other(Other::DidNotSucceed)
    );
    assert_eq!(other("GET https://api.example/ net::ERR_FAILED"), Subject::Other(Other::LoadFailed));
    assert_eq!(
        other(
            "Access to fetch at 'https://api.example/' from origin 'https://app.example' has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space."
        ),
        Subject::Cause("blocked-before-network")
    );
}

#[test]
fn words_for_any_failure_name_refusals_and_failures_of_the_network_alike() {
    let ids = |text: &str| {
        let known = known(text);
        let Subject::Other(other) = known.subject else { panic!("{text}: {known:?}") };
        let suspects = other.suspects(known.status);
        let of = |suspects: &[Suspect]| suspects.iter().map(|it| it.id).collect::<Vec<_>>();
        (of(suspects.cors), of(suspects.not_cors))
    };
    for text in [
        "TypeError: Failed to fetch",
        "Uncaught (in promise) TypeError: Failed to fetch at save (app.js:12)",
        "TypeError: NetworkError when attempting to fetch resource.",
        "NetworkError when attempting to fetch resource.",
        "TypeError: Load failed",
        "Load failed",
        "AxiosError: Network Error",
        "GET https://api.example/ net::ERR_FAILED",
        "net::ERR_FAILED",
        "ERR_FAILED",
        "Failed to load resource: net::ERR_FAILED",
        "Fetch API cannot load https://api.example/ due to access control checks.",
        "XMLHttpRequest cannot load https://api.example/ due to access control checks.",
    ] {
        let (cors, not_cors) = ids(text);
        assert_eq!(cors[0], "allow-origin-missing", "{text}");
        assert!(cors.contains(&"no-options-handler") && cors.contains(&"header-not-allowed"), "{text}");
        assert_eq!(not_cors[0], "server-unreachable", "{text}");
        assert!(not_cors.contains(&"tls-failure") && not_cors.contains(&"connection-reset"), "{text}");
    }
    // A status says that an answer came: no failure of the network, and not the preflight's.
    for (status, first) in [(200, "allow-origin-missing"), (500, "error-response-without-cors")] {
        let (cors, not_cors) = ids(&format!("POST https://api.example/ net::ERR_FAILED {status} (whatever)"));
        assert_eq!((cors[0], not_cors.len()), (first, 0));
        assert!(!cors.contains(&"no-options-handler"));
    }
    // Firefox's words for a connection that failed are no CORS refusal, although they say CORS.
    let (cors, not_cors) = ids("(Reason: CORS request did not succeed). Status code: (null).");
    assert_eq!((cors.len(), not_cors[0]), (0, "server-unreachable"));
}

#[test]
fn headers_are_known_by_name_by_short_form_and_in_a_pasted_line() {
    for (short, name) in [
        ("acao", "Access-Control-Allow-Origin"),
        ("acac", "Access-Control-Allow-Credentials"),
        ("acam", "Access-Control-Allow-Methods"),
        ("acah", "Access-Control-Allow-Headers"),
        ("acma", "Access-Control-Max-Age"),
        ("aceh", "Access-Control-Expose-Headers"),
        ("acrm", "Access-Control-Request-Method"),
        ("acrh", "Access-Control-Request-Headers"),
    ] {
        for text in [short, &short.to_uppercase(), name, &name.to_lowercase(), &format!(" {name}:")] {
            assert_eq!(known(text).subject, Subject::Header(name), "{text}");
        }
    }
    for name in ["Origin", "Vary", "Authorization", "Content-Type", "Cross-Origin-Resource-Policy"] {
        assert_eq!(known(name).subject, Subject::Header(name));
    }
    let line = known("< access-control-allow-origin: https://app.example/");
    assert_eq!(line.subject, Subject::Header("Access-Control-Allow-Origin"));
    assert_eq!(line.value.as_deref(), Some("https://app.example/"));
}

#[test]
fn statuses_are_known_alone_with_their_name_and_in_chromes_line() {
    for status in
        [200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 415, 429, 500, 501, 502, 503, 504]
    {
        let found = known(&status.to_string());
        let Subject::Status(id) = found.subject else { panic!("{status}: {found:?}") };
        assert_eq!((id, found.status), (status.to_string().as_str(), Some(status)));
    }
    for (text, id) in [
        ("418", "4xx"),
        ("305", "3xx"),
        ("3xx", "3xx"),
        ("HTTP/1.1 405 Method Not Allowed", "405"),
        ("HTTP 503", "503"),
        ("OPTIONS 401", "401"),
        ("GET https://api.example/x 404 (Not Found)", "404"),
        ("Failed to load resource: the server responded with a status of 500 (Internal Server Error)", "500"),
        ("app.js:3 Failed to load resource: the server responded with a status of 429 ()", "429"),
    ] {
        assert_eq!(known(text).subject, Subject::Status(id), "{text}");
    }
    assert_eq!(known("0").subject, Subject::Other(Other::StatusZero));
    // A status in a sentence that says more is only a detail of it.
    assert_eq!(rules("Preflight response is not successful. Status code: 405")[0], "preflight-status");
    assert_eq!(
        known("POST https://api.example/x net::ERR_FAILED 403 (Forbidden)").subject,
        Subject::Other(Other::LoadFailed)
    );
}

#[test]
fn words_of_the_network_panels_are_known() {
    for (text, subject) in [
        ("CORS error", Subject::Other(Other::NoReason)),
        ("NS_ERROR_DOM_BAD_URI", Subject::Other(Other::NoReason)),
        ("(canceled)", Subject::Cause("request-aborted")),
        ("(blocked:mixed-content)", Subject::Cause("blocked-before-network")),
        ("(failed) net::ERR_CONNECTION_REFUSED", Subject::Cause("server-unreachable")),
        ("SEC_ERROR_UNKNOWN_ISSUER", Subject::Cause("tls-failure")),
        ("NS_ERROR_NET_RESET", Subject::Cause("connection-reset")),
    ] {
        assert_eq!(known(text).subject, subject, "{text}");
    }
}

#[test]
fn unknown_text_is_answered_with_the_nearest_names() {
    let nearest = |text: &str| match recognise(text) {
        Recognised::Unknown { nearest } => nearest,
        Recognised::Known(known) => panic!("{text}: {known:?}"),
    };
    assert_eq!(nearest("alow-origin-mising")[0], "allow-origin-missing");
    assert_eq!(nearest("PreflightMisingAllowOriginHeadr")[0], "PreflightMissingAllowOriginHeader");
    assert!(nearest("xyzzy").is_empty() && nearest("").is_empty() && nearest("  \u{200b}").is_empty());
    assert_eq!(nearest("acao-mising")[0], "acao-missing");
    assert_eq!(nearest("acma-whatever"), ["acma"]);
    assert!(nearest("acam-whatever").iter().all(|name| name.starts_with("acam")));
    assert_eq!(nearest("Acces-Control-Alow-Methods")[0], "Access-Control-Allow-Methods");
    assert_eq!(nearest("redirect")[..2], ["preflight-redirect", "actual-redirect"]);
    assert!(nearest("999").is_empty() && nearest("x").is_empty());
    let long = "it says that request header field x-trace would not be allowed by the access-control-allow-headers of the preflight";
    assert_eq!(nearest(long)[0], "header-not-allowed");
    assert!(nearest(long).len() <= MAX_NEAREST);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,300}", at in 0usize..400, glue in "[‘’'\\n {}]{0,4}") {
        let _ = recognise(&text);
        let sentence = "Access to fetch at 'https://a.example/' (redirected from 'https://b.example/') from origin 'https://c.example' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value '";
        let cut = sentence.get(..at.min(sentence.len())).unwrap_or(sentence);
        let _ = recognise_each(&format!("{cut}{glue}{text}{cut}"));
    }
}
