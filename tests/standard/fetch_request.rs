//! The Fetch Standard's request side: safelists, preflight cache, redirects and modes, one row for
//! each boundary.

use proptest::prelude::*;
use whycors::browsers::rule_name;
use whycors::cors::{
    Coverage, Engine, Hop, Mode, RedirectError, Rule, Stage, Tainting, access_control_request_headers, covers,
    is_forbidden_method, is_forbidden_request_header, is_safelisted_method, is_safelisted_request_header, max_age,
    needs_preflight, next_hop, normalize_method, response_tainting, unsafe_request_header_names,
    unsafe_request_header_names_in,
};
use whycors::exchange::{Body, Headers, HttpVersion, Origin, ResponseHead};

const PAGE: &str = "https://shop.example";

fn answer(headers: Headers) -> ResponseHead {
    ResponseHead { status: 204, reason: "".into(), version: HttpVersion::Http11, headers, body: Body::default() }
}

#[test]
fn safelisted_headers_have_a_length_and_bytes_that_may_stand_in_them() {
    let safe = |name: &str, value: &str| is_safelisted_request_header(name, value.as_bytes());
    assert!(safe("ACCEPT", &"a".repeat(128)) && !safe("accept", &"a".repeat(129)));
    assert!(safe("accept", "text/html\t,é") && !safe("accept", "a:b") && !safe("accept", "\x7f"));
    assert!(safe("accept-language", "de-CH, *;q=0.5") && !safe("accept-language", "de_CH"));
    assert!(safe("content-language", "en") && !safe("content-language", "\""));
    for good in ["text/plain", " Text/Plain;charset=utf-8", "multipart/form-data; boundary=x", "text/plain;"] {
        assert!(safe("content-type", good), "{good}");
    }
    for bad in ["application/json", "text/plain, text/html", "text/plain; a=\"b\"", "text", ""] {
        assert!(!safe("content-type", bad), "{bad}");
    }
    for good in ["bytes=0-", "bytes=0-9", "bytes=9-9", "bytes=00010-10"] {
        assert!(safe("range", good), "{good}");
    }
    for bad in ["bytes=-5", "bytes=0-1,3-4", "bytes= 0-1", "bytes=9-8", "bytes=", "Bytes=0-", "bytes=0"] {
        assert!(!safe("range", bad), "{bad}");
    }
    assert!(!safe("x-anything", "1"));
}

#[test]
fn unsafe_names_are_sorted_unique_and_grow_past_1024_bytes_of_safe_values() {
    let names = |headers: &[(&str, &str)]| unsafe_request_header_names(headers.iter().copied());
    assert_eq!(
        names(&[("X-B", "1"), ("Authorization", "Bearer t"), ("x-b", "2"), ("Accept", "*/*"), ("DNT", "1")]),
        ["authorization", "x-b"]
    );
    let long = "a".repeat(128);
    let mut headers: Vec<(&str, &str)> = vec![("accept", &long); 8];
    assert!(names(&headers).is_empty(), "1024 bytes are not more than 1024");
    headers.push(("accept-language", "d"));
    assert_eq!(names(&headers), ["accept", "accept-language"]);
    assert_eq!(access_control_request_headers(&names(&headers)).as_deref(), Some("accept,accept-language"));
    assert_eq!(access_control_request_headers(&[]), None);
    assert!(needs_preflight("PUT", [("accept", "*/*")]) && needs_preflight("GET", [("x-a", "")]));
    assert!(!needs_preflight("POST", [("content-type", "text/plain")]));
}

#[test]
fn chromium_never_asks_for_user_agent_and_client_hints() {
    let headers = [("User-Agent", "x"), ("Save-Data", "on"), ("DPR", "2"), ("X-A", "1")];
    assert_eq!(unsafe_request_header_names_in(Engine::Chromium, headers), ["x-a"]);
    assert_eq!(unsafe_request_header_names_in(Engine::WebKit, headers), ["dpr", "save-data", "user-agent", "x-a"]);
}

#[test]
fn forbidden_names_and_methods_cannot_be_set_by_a_script() {
    for name in ["Cookie", "host", "Sec-Fetch-Mode", "proxy-anything", "Set-Cookie", "DNT"] {
        assert!(is_forbidden_request_header(name, b""), "{name}");
    }
    assert!(is_forbidden_request_header("X-HTTP-Method-Override", b"GET, trace"));
    assert!(!is_forbidden_request_header("X-HTTP-Method-Override", b"PUT"));
    assert!(!is_forbidden_request_header("User-Agent", b"x") && !is_forbidden_request_header("secret", b"x"));
    assert!(is_forbidden_method("trace") && is_forbidden_method("CONNECT") && !is_forbidden_method("PATCH"));
    assert!(is_safelisted_method("HEAD") && !is_safelisted_method("head"));
    assert_eq!(["put", "Delete", "patch"].map(normalize_method), ["PUT", "DELETE", "patch"]);
}

#[test]
fn max_age_has_a_default_and_a_cap_in_each_engine() {
    let ages = |value: Option<&str>| Engine::all().map(|engine| max_age(engine, value.map(str::as_bytes)));
    assert_eq!(ages(None), [Some(5); 3]);
    assert_eq!(ages(Some("9223372036854775807")), [Some(7200), Some(86_400), Some(600)]);
    assert_eq!(ages(Some("9223372036854775808")), [Some(5), Some(86_400), Some(600)]);
    assert_eq!(ages(Some("600s")), [Some(5), None, Some(5)]);
    assert_eq!(ages(Some("-1")), [Some(0), None, Some(0)]);
    assert_eq!(ages(Some("+60")), [Some(60), None, Some(5)]);
    assert_eq!(ages(Some("+-60")), [Some(5), None, Some(5)]);
}

#[test]
fn a_cached_preflight_covers_what_its_lists_cover() {
    let preflight = answer(Headers::from_pairs([
        ("Access-Control-Allow-Origin", PAGE),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "*"),
    ]));
    let asks = |engine, method: &str, names: &[&str], include| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        covers(engine, &preflight, false, method, &names, include)
    };
    assert_eq!(asks(Engine::Chromium, "PUT", &["x-a"], false), Coverage::Covered);
    assert_eq!(asks(Engine::Chromium, "DELETE", &[], false), Coverage::NotCovered);
    assert_eq!(asks(Engine::Chromium, "PUT", &["authorization"], false), Coverage::NotCovered);
    assert_eq!(asks(Engine::WebKit, "PUT", &["authorization"], false), Coverage::Covered);
    assert_eq!(asks(Engine::Firefox, "PUT", &["x-a"], false), Coverage::NotCovered);
    assert_eq!(asks(Engine::Firefox, "HEAD", &[], false), Coverage::NotCovered);
    assert_eq!(asks(Engine::Chromium, "HEAD", &[], false), Coverage::Covered);
    assert_eq!(asks(Engine::Chromium, "PUT", &[], true), Coverage::NotCovered, "made without credentials");
    let mut hidden = Headers::new();
    hidden.mark_incomplete();
    let hidden = answer(hidden);
    assert_eq!(covers(Engine::Chromium, &hidden, true, "PUT", &[], true), Coverage::Unreadable);
    assert!(!Engine::Chromium.caches_preflight_of(&"u".repeat(1024)));
    assert!(
        Engine::Chromium.caches_preflight_of(&"u".repeat(1023))
            && Engine::WebKit.caches_preflight_of(&"u".repeat(1024))
    );
}

#[test]
fn a_redirect_changes_method_origin_and_authorization_as_the_standard_says() {
    let page = Origin::from_header(PAGE);
    let next = |url, method, status, location| {
        next_hop(&Hop { initiator: &page, origin: &page, url, method }, status, Some(location))
    };
    let own = "https://shop.example/a";
    let other = "https://api.example/a";

    // Step 12: 301 and 302 turn POST into GET, 303 turns all but GET and HEAD, 307 and 308 nothing.
    let method = |status, method| next(own, method, status, "/b").map(|hop| hop.method);
    assert_eq!(method(301, "POST"), Ok("GET".into()));
    assert_eq!(method(302, "PUT"), Ok("PUT".into()));
    assert_eq!(method(303, "PUT"), Ok("GET".into()));
    assert_eq!(method(303, "HEAD"), Ok("HEAD".into()));
    assert_eq!(method(307, "POST"), Ok("POST".into()));

    // Same origin to another: crosses, but the page is still at home: not tainted. Step 13 drops Authorization.
    let hop = next(own, "GET", 302, "https://api.example/b#top").unwrap();
    assert_eq!((hop.origin.as_str(), hop.url.as_str(), hop.drops_authorization), (PAGE, "https://api.example/b", true));
    // From another origin to a third, or home: tainted.
    assert!(next(other, "GET", 302, "https://cdn.example/").unwrap().origin.is_null());
    assert!(next(other, "GET", 302, "https://shop.example/").unwrap().origin.is_null());
    // Within another origin: not.
    assert_eq!(next(other, "GET", 302, "/b").unwrap().origin, page);
    // Once tainted, always.
    let tainted = Hop { initiator: &page, origin: &Origin::null(), url: own, method: "GET" };
    assert!(next_hop(&tainted, 302, Some("/b")).unwrap().origin.is_null());

    // Steps 4 to 6, 9 and 10.
    let hop = Hop { initiator: &page, origin: &page, url: own, method: "GET" };
    assert_eq!(next_hop(&hop, 302, None), Err(RedirectError::NoLocation));
    assert_eq!(next(own, "GET", 302, "https://"), Err(RedirectError::BadLocation));
    assert_eq!(next(own, "GET", 302, "ftp://shop.example/"), Err(RedirectError::BadLocation));
    assert!(matches!(next(own, "GET", 302, "https://u@api.example/"), Err(RedirectError::Credentials { .. })));
    assert!(matches!(next(other, "GET", 302, "https://:p@shop.example/"), Err(RedirectError::Credentials { .. })));
    assert!(next(own, "GET", 302, "https://u:p@shop.example/").is_ok(), "same origin all the way");
    assert!(next(own, "GET", 302, "https://@api.example/").is_ok(), "empty user information is none");
    let rule = Rule::RedirectCredentials { location: "https://u@api.example/".into() };
    assert_eq!(rule_name(Engine::Chromium, &rule, Stage::Redirect), Some("RedirectContainsCredentials"));
}

#[test]
fn mode_and_scheme_decide_before_anything_is_sent() {
    let page = Origin::from_header(PAGE);
    let own = "https://shop.example/a";
    let other = "http://shop.example/a";
    let tainting = |url, mode| response_tainting(&page, url, mode, Tainting::Basic);
    assert_eq!(tainting(own, Mode::Cors), Ok(Tainting::Basic));
    assert_eq!(tainting(other, Mode::Cors), Ok(Tainting::Cors));
    assert_eq!(tainting(other, Mode::NoCors), Ok(Tainting::Opaque));
    assert_eq!(tainting(other, Mode::SameOrigin), Err(Rule::DisallowedByMode));
    assert_eq!(tainting("ftp://shop.example/a", Mode::Cors), Err(Rule::SchemeDisabled));
    assert_eq!(tainting("data:,x", Mode::Cors), Ok(Tainting::Basic));
    assert_eq!(tainting(other, Mode::Navigate), Ok(Tainting::Basic));
    // A cross-origin redirect home stays under the CORS check.
    assert_eq!(response_tainting(&page, own, Mode::Cors, Tainting::Cors), Ok(Tainting::Cors));
    assert_eq!(response_tainting(&Origin::null(), own, Mode::Cors, Tainting::Basic), Ok(Tainting::Cors));
}

proptest! {
    #[test]
    fn no_bytes_make_the_request_side_panic(
        name in ".{0,20}",
        value in proptest::collection::vec(any::<u8>(), 0..200),
        location in ".{0,60}",
    ) {
        let names = unsafe_request_header_names([(name.as_str(), value.as_slice())]);
        prop_assert!(names.len() <= 1);
        for known in ["content-type", "range", "accept", "accept-language", "x-http-method"] {
            let _ = is_safelisted_request_header(known, &value);
            let _ = is_forbidden_request_header(known, &value);
        }
        for engine in Engine::all() {
            prop_assert!(max_age(engine, Some(&value)).is_none_or(|age| age <= engine.max_age_cap()));
        }
        let page = Origin::from_header(PAGE);
        let hop = Hop { initiator: &page, origin: &page, url: "https://api.example/", method: "POST" };
        let _ = next_hop(&hop, 302, Some(&location));
        let _ = response_tainting(&page, &location, Mode::Cors, Tainting::Basic);
    }
}
