//! The Fetch Standard, step by step: one row for each step and each boundary of what a response must
//! satisfy. The request's side stands in `fetch_request.rs`.

use proptest::prelude::*;
use whycors::browsers::rule_name;
use whycors::cors::{
    CorsRequest, Engine, Extracted, Rule, Stage, StepOutcome, authorization_covered_by_wildcard, cors_check, covers,
    extract_list, normalize_method, preflight_check,
};
use whycors::exchange::{Body, Headers, HttpVersion, Origin, ResponseHead};

const PAGE: &str = "https://shop.example";
const ACAO: &str = "Access-Control-Allow-Origin";
const ACAC: &str = "Access-Control-Allow-Credentials";
const ACAM: &str = "Access-Control-Allow-Methods";
const ACAH: &str = "Access-Control-Allow-Headers";

type Lines = &'static [(&'static str, &'static str)];

fn answer(status: u16, headers: Headers) -> ResponseHead {
    ResponseHead { status, reason: "".into(), version: HttpVersion::Http11, headers, body: Body::default() }
}

fn head(status: u16, lines: &[(&str, &str)]) -> ResponseHead {
    answer(status, Headers::from_pairs(lines.iter().copied()))
}

/// The ids of all failing rules of a preflight, in the engine's order.
fn preflight_failures(
    engine: Engine,
    method: &str,
    names: &[&str],
    include_credentials: bool,
    response: &ResponseHead,
) -> Vec<&'static str> {
    let origin = Origin::from_header(PAGE);
    let unsafe_headers: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let request = CorsRequest { origin: &origin, method, unsafe_headers: &unsafe_headers, include_credentials };
    preflight_check(engine, &request, response).failures().map(Rule::id).collect()
}

fn check_failures(origin: &str, include_credentials: bool, response: &ResponseHead) -> Vec<Rule> {
    let origin = Origin::from_header(origin);
    let request = CorsRequest { origin: &origin, method: "GET", unsafe_headers: &[], include_credentials };
    cors_check(&request, response).failures().cloned().collect()
}

/// One row of the CORS check: the response's lines, whether credentials are included, the failing rules.
struct CheckRow {
    step: &'static str,
    origin: &'static str,
    lines: Lines,
    include: bool,
    expect: &'static [&'static str],
}

const fn row(step: &'static str, lines: Lines, include: bool, expect: &'static [&'static str]) -> CheckRow {
    CheckRow { step, origin: PAGE, lines, include, expect }
}

const CHECK_ROWS: &[CheckRow] = &[
    row("2: absent", &[], false, &["allow-origin-missing"]),
    row(
        "2: absent, with credentials the other header is missing too",
        &[],
        true,
        &["allow-origin-missing", "allow-credentials"],
    ),
    row("2: an empty value is not absent", &[(ACAO, "")], false, &["allow-origin-invalid"]),
    row("3: the wildcard", &[(ACAO, "*")], false, &[]),
    row("3: the name in any case", &[("aCCess-control-ALLOW-origin", "*")], false, &[]),
    row("3: the wildcard with credentials", &[(ACAO, "*"), (ACAC, "true")], true, &["wildcard-with-credentials"]),
    row("3: the wildcard twice is no wildcard", &[(ACAO, "*"), (ACAO, "*")], false, &["allow-origin-multiple"]),
    row("4: equal", &[(ACAO, PAGE)], false, &[]),
    row("4: outer blanks are not part of a value", &[(ACAO, "\t https://shop.example \t")], false, &[]),
    row("4: trailing slash", &[(ACAO, "https://shop.example/")], false, &["allow-origin-mismatch"]),
    row("4: upper case", &[(ACAO, "https://Shop.example")], false, &["allow-origin-mismatch"]),
    row("4: default port", &[(ACAO, "https://shop.example:443")], false, &["allow-origin-mismatch"]),
    row("4: other scheme", &[(ACAO, "http://shop.example")], false, &["allow-origin-mismatch"]),
    row("4: subdomain pattern", &[(ACAO, "https://*.example")], false, &["allow-origin-mismatch"]),
    row("4: null for a real origin", &[(ACAO, "null")], false, &["allow-origin-mismatch"]),
    row("4: host and port read as a URL with a scheme", &[(ACAO, "localhost:3000")], false, &["allow-origin-mismatch"]),
    row("4: no scheme", &[(ACAO, "shop.example")], false, &["allow-origin-invalid"]),
    row("4: a word", &[(ACAO, "true")], false, &["allow-origin-invalid"]),
    row("4: two lines, equal", &[(ACAO, PAGE), (ACAO, PAGE)], false, &["allow-origin-multiple"]),
    row("4: list with a comma", &[(ACAO, "https://shop.example,https://b.example")], false, &["allow-origin-multiple"]),
    row("4: list with a space", &[(ACAO, "https://shop.example https://b.example")], false, &["allow-origin-multiple"]),
    row("4: trailing comma", &[(ACAO, "https://shop.example,")], false, &["allow-origin-multiple"]),
    CheckRow {
        step: "4: null for an opaque origin",
        origin: "null",
        lines: &[(ACAO, "null")],
        include: false,
        expect: &[],
    },
    CheckRow {
        step: "4: Null is not null",
        origin: "null",
        lines: &[(ACAO, "Null")],
        include: false,
        expect: &["allow-origin-invalid"],
    },
    row("5: without credentials the second header does not matter", &[(ACAO, PAGE), (ACAC, "no")], false, &[]),
    row("6: absent", &[(ACAO, PAGE)], true, &["allow-credentials"]),
    row("7: true", &[(ACAO, PAGE), (ACAC, "true")], true, &[]),
    row("7: blanks around", &[(ACAO, PAGE), (ACAC, " true ")], true, &[]),
    row("8: True", &[(ACAO, PAGE), (ACAC, "True")], true, &["allow-credentials"]),
    row("8: empty", &[(ACAO, PAGE), (ACAC, "")], true, &["allow-credentials"]),
    row("8: two lines", &[(ACAO, PAGE), (ACAC, "true"), (ACAC, "true")], true, &["allow-credentials"]),
    row("4 and 8: everything wrong is told", &[(ACAO, "*")], true, &["wildcard-with-credentials", "allow-credentials"]),
];

#[test]
fn the_cors_check_takes_every_step() {
    for row in CHECK_ROWS {
        let found = check_failures(row.origin, row.include, &head(200, row.lines));
        assert_eq!(found.iter().map(Rule::id).collect::<Vec<_>>(), row.expect, "step {}", row.step);
    }
}

/// One row of the preflight's answer, as Chromium takes it.
struct PreflightRow {
    step: &'static str,
    method: &'static str,
    names: &'static [&'static str],
    include: bool,
    status: u16,
    lines: Lines,
    expect: &'static [&'static str],
}

const fn asks(
    step: &'static str,
    method: &'static str,
    names: &'static [&'static str],
    lines: Lines,
    expect: &'static [&'static str],
) -> PreflightRow {
    PreflightRow { step, method, names, include: false, status: 204, lines, expect }
}

const OK: (&str, &str) = (ACAO, PAGE);
const YES: (&str, &str) = (ACAC, "true");

const PREFLIGHT_ROWS: &[PreflightRow] = &[
    PreflightRow { status: 199, ..asks("7: below ok", "GET", &[], &[OK], &["preflight-status"]) },
    PreflightRow { status: 200, ..asks("7: first ok", "GET", &[], &[OK], &[]) },
    PreflightRow { status: 299, ..asks("7: last ok", "GET", &[], &[OK], &[]) },
    PreflightRow { status: 300, ..asks("7: above ok", "GET", &[], &[OK], &["preflight-status"]) },
    PreflightRow {
        status: 405,
        ..asks("7: CORS check and status are both told", "GET", &[], &[], &["allow-origin-missing", "preflight-status"])
    },
    PreflightRow {
        status: 301,
        ..asks("7: a redirect ends the list", "PUT", &["x-a"], &[("Location", "/v1/")], &["preflight-redirect"])
    },
    PreflightRow {
        status: 308,
        ..asks("7: a redirect status without Location is a bad status", "GET", &[], &[OK], &["preflight-status"])
    },
    PreflightRow {
        status: 302,
        ..asks("7: an empty Location is none", "GET", &[], &[OK, ("Location", "")], &["preflight-status"])
    },
    PreflightRow {
        status: 304,
        ..asks("7: 304 is no redirect", "GET", &[], &[OK, ("Location", "/")], &["preflight-status"])
    },
    asks("7.3: a list separated by blanks", "PUT", &[], &[OK, (ACAM, "GET PUT")], &["allow-methods-invalid"]),
    asks("7.3: quotes", "PUT", &[], &[OK, (ACAM, "\"PUT\"")], &["allow-methods-invalid"]),
    asks("7.3: an unused list must parse too", "GET", &[], &[OK, (ACAM, "GET; PUT")], &["allow-methods-invalid"]),
    asks("7.3: semicolons", "GET", &["x-a"], &[OK, (ACAH, "X-A; X-B")], &["allow-headers-invalid"]),
    asks(
        "7.3: both lists are told",
        "PUT",
        &["x-a"],
        &[OK, (ACAM, "PUT:"), (ACAH, "X A")],
        &["allow-methods-invalid", "allow-headers-invalid"],
    ),
    asks("7.3: empty items are legal", "PUT", &[], &[OK, (ACAM, ",GET,, PUT ,")], &[]),
    asks("7.3: lines combine", "PUT", &[], &[OK, (ACAM, "GET"), (ACAM, "PUT")], &[]),
    asks("7.5: absent means none", "PUT", &[], &[OK], &["method-not-allowed"]),
    asks("7.5: an empty list too", "PUT", &[], &[OK, (ACAM, "")], &["method-not-allowed"]),
    asks("7.5: POST is safelisted", "POST", &[], &[OK], &[]),
    asks("7.5: HEAD is safelisted", "HEAD", &[], &[OK, (ACAM, "PUT")], &[]),
    asks("7.5: methods are case-sensitive", "PATCH", &[], &[OK, (ACAM, "patch")], &["method-not-allowed"]),
    asks("7.5: the same the other way", "patch", &[], &[OK, (ACAM, "PATCH")], &["method-not-allowed"]),
    asks("7.5: wildcard", "PUT", &[], &[OK, (ACAM, "*")], &[]),
    PreflightRow {
        include: true,
        ..asks("7.5: no wildcard with credentials", "PUT", &[], &[OK, YES, (ACAM, "*")], &["method-not-allowed"])
    },
    PreflightRow {
        include: true,
        ..asks("7.5: with credentials it is a method of that name", "*", &[], &[OK, YES, (ACAM, "*")], &[])
    },
    asks("7.7: absent", "GET", &["x-a"], &[OK], &["header-not-allowed"]),
    asks("7.7: any case", "GET", &["x-a"], &[OK, (ACAH, "X-A")], &[]),
    asks("7.7: wildcard", "GET", &["x-a"], &[OK, (ACAH, "*")], &[]),
    asks("7.6: engines let the wildcard cover Authorization", "GET", &["authorization"], &[OK, (ACAH, "*")], &[]),
    PreflightRow {
        include: true,
        ..asks("7.7: no wildcard with credentials", "GET", &["x-a"], &[OK, YES, (ACAH, "*")], &["header-not-allowed"])
    },
    asks("7.5 and 7.7: both are told", "PUT", &["x-a"], &[OK], &["method-not-allowed", "header-not-allowed"]),
];

#[test]
fn the_preflight_takes_every_step() {
    for row in PREFLIGHT_ROWS {
        let response = head(row.status, row.lines);
        let found = preflight_failures(Engine::Chromium, row.method, row.names, row.include, &response);
        assert_eq!(found, row.expect, "step {}", row.step);
    }
}

#[test]
fn every_rule_has_a_row_and_its_own_id() {
    let mut seen: Vec<&str> = CHECK_ROWS.iter().flat_map(|row| row.expect).copied().collect();
    seen.extend(PREFLIGHT_ROWS.iter().flat_map(|row| row.expect));
    // These three are decided before or between responses; their rows are tests of their own below.
    seen.extend(["redirect-credentials", "disallowed-by-mode", "scheme-disabled"]);
    for id in Rule::IDS {
        assert!(seen.contains(&id), "{id} has no row");
    }
    assert!(seen.iter().all(|id| Rule::IDS.contains(id)));
}

#[test]
fn engines_take_the_steps_in_their_own_order() {
    let bad = head(405, &[(ACAM, "GET"), (ACAH, "X A")]);
    let failures = |engine| preflight_failures(engine, "PUT", &["x-a"], false, &bad);
    assert_eq!(
        failures(Engine::Chromium),
        ["allow-origin-missing", "preflight-status", "allow-headers-invalid", "method-not-allowed"]
    );
    assert_eq!(
        failures(Engine::Firefox),
        ["allow-origin-missing", "preflight-status", "method-not-allowed", "allow-headers-invalid"]
    );
    assert_eq!(
        failures(Engine::WebKit),
        ["preflight-status", "allow-origin-missing", "allow-headers-invalid", "method-not-allowed"]
    );
    let redirect = head(302, &[("Location", "https://login.example/")]);
    let failures = |engine| preflight_failures(engine, "PUT", &[], false, &redirect);
    assert_eq!(failures(Engine::Chromium), ["preflight-redirect"]);
    assert_eq!(failures(Engine::Firefox), ["allow-origin-missing", "preflight-redirect"]);
    assert_eq!(failures(Engine::WebKit), ["preflight-redirect"]);
}

#[test]
fn rules_carry_each_engines_name_and_parameter() {
    let missing = Rule::AllowOriginMissing;
    assert_eq!(rule_name(Engine::Chromium, &missing, Stage::Preflight), Some("PreflightMissingAllowOriginHeader"));
    assert_eq!(rule_name(Engine::Chromium, &missing, Stage::Redirect), Some("MissingAllowOriginHeader"));
    assert_eq!(rule_name(Engine::Firefox, &missing, Stage::Actual), Some("CORSMissingAllowOrigin2"));
    assert_eq!(rule_name(Engine::WebKit, &missing, Stage::Actual), Some("origin-not-allowed"));
    assert_eq!(missing.step(), "CORS check, step 2");

    let refused = preflight_refused(&["authorization", "x-trace"]);
    assert_eq!(rule_name(Engine::Chromium, &refused, Stage::Preflight), Some("HeaderDisallowedByPreflightResponse"));
    assert_eq!(refused.parameter().as_deref(), Some("authorization"));
    assert_eq!(refused, Rule::HeaderNotAllowed { names: vec!["authorization".into(), "x-trace".into()] });

    let absent = check_failures(PAGE, true, &head(200, &[(ACAO, PAGE)]));
    assert_eq!(absent, [Rule::AllowCredentials { value: None }]);
    assert_eq!(absent[0].parameter().as_deref(), Some(""));
}

fn preflight_refused(names: &[&str]) -> Rule {
    let origin = Origin::from_header(PAGE);
    let unsafe_headers: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let request =
        CorsRequest { origin: &origin, method: "GET", unsafe_headers: &unsafe_headers, include_credentials: false };
    let steps = preflight_check(Engine::Chromium, &request, &head(204, &[OK, (ACAH, "X-Other")]));
    steps.first_failure().cloned().expect("a refused header")
}

#[test]
fn firefox_counts_lines_only_in_its_own_spelling() {
    let firefox =
        |response: &ResponseHead| rule_name(Engine::Firefox, &check_failures(PAGE, false, response)[0], Stage::Actual);
    let two = [(ACAO, PAGE), (ACAO, "https://b.example")];
    assert_eq!(firefox(&head(200, &two)), Some("CORSMultipleAllowOriginNotAllowed"));
    assert_eq!(firefox(&head(200, &[(ACAO, "https://a.example, *")])), Some("CORSAllowOriginNotMatchingOrigin"));
    let lower = [("access-control-allow-origin", PAGE), ("access-control-allow-origin", PAGE)];
    assert_eq!(firefox(&head(200, &lower)), Some("CORSAllowOriginNotMatchingOrigin"));
    let h2 = ResponseHead { version: HttpVersion::Http2, ..head(200, &two) };
    assert_eq!(firefox(&h2), Some("CORSAllowOriginNotMatchingOrigin"));
}

#[test]
fn webkit_speaks_of_several_origins_only_where_there_is_a_comma() {
    let webkit =
        |value| rule_name(Engine::WebKit, &check_failures(PAGE, false, &head(200, &[(ACAO, value)]))[0], Stage::Actual);
    assert_eq!(webkit("https://a.example,"), Some("more-than-one-origin"));
    assert_eq!(webkit("https://a.example https://b.example"), Some("origin-not-allowed"));
}

#[test]
fn what_the_capture_hides_is_unreadable_and_never_guessed() {
    let origin = Origin::from_header(PAGE);
    let names = ["x-a".to_owned()];
    let request = CorsRequest { origin: &origin, method: "PUT", unsafe_headers: &names, include_credentials: true };

    let mut hidden = Headers::new();
    hidden.push_redacted(b"Access-Control-Allow-Origin");
    let steps = cors_check(&request, &answer(200, hidden));
    assert_eq!(steps.first_unreadable(), Some("access-control-allow-origin"));
    assert_eq!(steps.first_failure(), Some(&Rule::AllowCredentials { value: None }));
    assert!(!steps.passed());

    let mut partial = Headers::from_pairs([OK, YES, (ACAM, "PUT")]);
    partial.mark_incomplete();
    let steps = preflight_check(Engine::Chromium, &request, &answer(204, partial));
    assert_eq!(steps.first_unreadable(), Some("access-control-allow-headers"));
    assert_eq!((steps.first_failure(), steps.passed()), (None, false));

    // A failure that comes first settles the rule, whatever is hidden later.
    let mut later = Headers::from_pairs([(ACAO, "*")]);
    later.mark_unknown("access-control-allow-methods");
    let steps = preflight_check(Engine::Chromium, &request, &answer(204, later));
    assert_eq!(steps.first_failure(), Some(&Rule::WildcardWithCredentials));
    assert_eq!(steps.first_unreadable(), None);
    assert!(steps.iter().any(|step| step.outcome == StepOutcome::Unreadable("access-control-allow-methods")));
}

#[test]
fn a_list_is_absent_invalid_or_values_which_may_be_none() {
    let list = |value: &str| extract_list(&Headers::from_pairs([(ACAM, value)]), ACAM);
    assert_eq!(extract_list(&Headers::new(), ACAM), Some(Extracted::Absent));
    assert_eq!(list(""), Some(Extracted::Values(vec![])));
    assert_eq!(list(" GET ,\tpatch,"), Some(Extracted::Values(vec!["GET".into(), "patch".into()])));
    assert_eq!(list("GET, P UT, x:y"), Some(Extracted::Invalid { item: "P UT".into() }));
    let mut hidden = Headers::new();
    hidden.push_lost(ACAM.as_bytes());
    assert_eq!(extract_list(&hidden, ACAM), None);
}

#[test]
fn authorization_under_a_wildcard_is_told_apart_from_being_named() {
    let origin = Origin::from_header(PAGE);
    let names = ["authorization".to_owned()];
    let request = CorsRequest { origin: &origin, method: "GET", unsafe_headers: &names, include_credentials: false };
    let covered = |value| authorization_covered_by_wildcard(&request, &head(204, &[OK, (ACAH, value)]));
    assert!(covered("*") && !covered("*, Authorization") && !covered("X-A"));
}

fn any_headers() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    let name = prop_oneof![
        Just(ACAO.as_bytes().to_vec()),
        Just(ACAC.as_bytes().to_vec()),
        Just(ACAM.as_bytes().to_vec()),
        Just(ACAH.as_bytes().to_vec()),
        Just(b"location".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    let value = prop_oneof![
        Just(PAGE.as_bytes().to_vec()),
        Just(b"*".to_vec()),
        Just(b"true".to_vec()),
        Just(b"PUT, x-a".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec((name, value), 0..8)
}

proptest! {
    #[test]
    fn no_bytes_make_a_check_panic_and_verdicts_agree(
        pairs in any_headers(),
        status in any::<u16>(),
        method in "[A-Za-z*]{0,8}".prop_map(|method| normalize_method(&method)),
        include in any::<bool>(),
    ) {
        let origin = Origin::from_header(PAGE);
        let names = ["x-a".to_owned(), "x-b".to_owned()];
        let request = CorsRequest { origin: &origin, method: &method, unsafe_headers: &names, include_credentials: include };
        let response = answer(status, Headers::from_pairs(pairs));
        let check = cors_check(&request, &response);
        prop_assert_eq!(check.passed(), check.first_failure().is_none());
        let verdicts = Engine::all().map(|engine| preflight_check(engine, &request, &response).passed());
        // Engines differ in the order of the steps, never in the verdict.
        prop_assert_eq!(verdicts, [verdicts[0]; 3]);
        prop_assert!(!verdicts[0] || check.passed());
        for engine in Engine::all() {
            let _ = covers(engine, &response, true, &method, &names, include);
        }
    }
}
