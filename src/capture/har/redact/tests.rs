//! What of an entry stays in a redacted copy, and what goes.

use super::mask::is_mask;
use super::*;
use crate::stacks::{self, Sign};
use serde_json::{Value, json};

pub(super) fn redacted(har: &str) -> (String, Redacted) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.har"), folder.path().join("out.har"));
    std::fs::write(&from, har).unwrap();
    let source = Source { index: 0, path: from.to_str().unwrap().to_owned() };
    let done = redact(&source, &to, &Limits::default()).unwrap();
    (std::fs::read_to_string(to).unwrap(), done)
}

/// A HAR of one entry with these request headers, response headers and further members.
fn har_with(request: &Value, response: &Value, members: &str) -> String {
    format!(
        r#"{{"log":{{"creator":{{"name":"WebInspector","version":"537.36"}},"entries":[{{"startedDateTime":"2026-11-24T02:45:10Z","time":5,{members}"request":{{"method":"GET","url":"https://api.test/x","httpVersion":"h2","headers":{request}}},"response":{{"status":200,"statusText":"OK","headers":{response},"content":{{"size":1,"mimeType":"text/plain"}}}}}}]}}}}"#
    )
}

fn header(name: &str, value: &str) -> Value {
    json!([{"name": name, "value": value}])
}

/// The entry of a redacted HAR of one entry.
fn entry_of(har: &str) -> Value {
    let (text, _) = redacted(har);
    serde_json::from_str::<Value>(&text).unwrap()["log"]["entries"][0].clone()
}

/// The value of the only response header.
fn response_value(name: &str, value: &str) -> String {
    let entry = entry_of(&har_with(&json!([]), &header(name, value), ""));
    entry["response"]["headers"][0]["value"].as_str().unwrap().to_owned()
}

pub(super) const HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},
"pages":[{"id":"page_1","title":"https://app.test/p?code=Zq81kkPwx0","startedDateTime":"2026-11-24T02:45:10Z","pageTimings":{}}],
"entries":[{"startedDateTime":"2026-11-24T02:45:10Z","time":5,"pageref":"page_1","serverIPAddress":"10.0.0.7","_x":"private thing",
"_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"save","url":"https://app.test/a.js?v=Zq81kkPwx0","lineNumber":12}]}},
"request":{"method":"POST","url":"https://u:Pw99Pw99@api.test/v1/users/anna@mail.test/8f14e45fceea167a5a36dedd4bea2543?token=Tok3nTok3n&page=2#frag","httpVersion":"h2",
 "headers":[{"name":"Cookie","value":"sid=S3cretS3cret; theme=dark"},{"name":"Authorization","value":"Bearer aaaa1111bbbb"},{"name":"Origin","value":"https://app.test"},
 {"name":"X-Custom","value":"whatever"},{"name":"Referer","value":"https://app.test/?code=Zq81kkPwx0"},{"name":"User-Agent","value":"UA S3cretS3cret"}],
 "cookies":[{"name":"sid","value":"S3cretS3cret"}],"queryString":[{"name":"token","value":"Tok3nTok3n"}],
 "postData":{"mimeType":"application/json","text":"{\"pw\":\"hunter2hunter2\"}"}},
"response":{"status":200,"statusText":"OK","headers":[{"name":"Access-Control-Allow-Origin","value":"https://app.test"},{"name":"Set-Cookie","value":"sid=N3wS3cret9; Path=/"},
 {"name":"Location","value":"https://api.test/x?state=St4teSt4te"}],
 "content":{"size":9,"mimeType":"text/plain","text":"hunter2hunter2"},"redirectURL":""},"timings":{"wait":3}}]}}"#;

#[test]
fn secrets_bodies_and_private_fields_go_and_the_facts_of_cors_stay() {
    let (text, done) = redacted(HAR);
    for secret in [
        "Zq81kkPwx0",
        "Pw99Pw99",
        "anna@mail",
        "8f14e45f",
        "Tok3nTok3n",
        "S3cretS3cret",
        "dark",
        "aaaa1111bbbb",
        "whatever",
        "hunter2",
        "N3wS3cret9",
        "St4teSt4te",
        "10.0.0.7",
        "private thing",
        "frag",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let value: Value = serde_json::from_str(&text).unwrap();
    let entry = &value["log"]["entries"][0];
    let response = entry["response"]["headers"].as_array().unwrap();
    assert_eq!(response[0], json!({"name": "Access-Control-Allow-Origin", "value": "https://app.test"}));
    assert_eq!(entry["request"]["headers"][2]["value"], "https://app.test");
    assert_eq!(entry["timings"]["wait"], 3);
    assert_eq!(entry["_initiator"]["stack"]["callFrames"][0]["lineNumber"], 12);
    assert!(entry["request"]["url"].as_str().unwrap().starts_with("https://api.test/v1/users/[redacted:len=14:h="));
    assert!(is_mask(entry["request"]["headers"][0]["value"].as_str().unwrap()));
    assert_eq!((done.entries, done.left_out, done.counts["bodies"], done.counts["cookies"]), (1, 0, 2, 2));
    let note = value["log"]["creator"]["comment"].as_str().unwrap();
    assert!(
        note.starts_with("redacted by whycors: URL user info (1), authorization (1), bodies (2), cookies (2)"),
        "{note}"
    );
}

#[test]
fn equal_values_stay_equal_and_others_differ() {
    let (text, _) = redacted(HAR);
    let value: Value = serde_json::from_str(&text).unwrap();
    let after = |text: &Value, mark: &str| text.as_str().unwrap().split_once(mark).unwrap().1.to_owned();
    let page = after(&value["log"]["pages"][0]["title"], "code=");
    let frame = &value["log"]["entries"][0]["_initiator"]["stack"]["callFrames"][0]["url"];
    assert!(is_mask(&page));
    assert_eq!(after(frame, "?v="), page);
}

#[test]
fn numbers_stay_to_the_letter_and_unknown_members_go_whatever_their_type() {
    let members = r#""_monotonicTime":1.10,"_initiator_line":1E+05,"_serverPort":8443,"_load_ms":"12.50","_n":4111111111111111,"_b":true,"_a":[4111111111111112],"_o":{"k":4111111111111113},"_s":"x9","#;
    let har = har_with(&json!([]), &json!([]), members).replace(
        "\"time\":5",
        "\"time\":0.10000000000000000001,\"timings\":{\"wait\":-0.0,\"receive\":12345678901234567890123}",
    );
    let (text, done) = redacted(&har);
    for kept in [
        r#""_monotonicTime":1.10,"#,
        r#""_initiator_line":1E+05,"#,
        r#""_serverPort":8443,"#,
        r#""_load_ms":"12.50","#,
        r#""time":0.10000000000000000001,"#,
        r#"{"wait":-0.0,"receive":12345678901234567890123}"#,
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    for gone in ["_n\"", "_b\"", "_a\"", "_o\"", "_s\"", "411111111111111", "x9"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert_eq!(done.counts["other members"], 5);
}

#[test]
fn what_is_in_the_way_of_a_value_goes_with_it() {
    let url = "https://api.test/a;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9;v=hunter2hunter/bot110201543:AAHdqTcvCH1vGWJx/getMe";
    let har = har_with(
        &json!([
            {"name": "Origin", "value": "https://u:Pw99Pw98@app.test"},
            {"name": "Referer", "value": "https://app.test/reset/correcthorse?x=1"},
            {"name": "Content-Type", "value": "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"},
            {"name": "X-8wz78g6M8hgPw88w", "value": "1"},
        ]),
        &json!([{"name": "WWW-Authenticate", "value": "Digest realm=\"api\", nonce=\"c2VjcmV0c2VjcmV0\""}]),
        r#""_error":"connect to https://u:Pw99Pw97@api.test/x failed for jane (10.0.0.7:8080)","#,
    )
    .replace("https://api.test/x\",\"httpVersion", &format!("{url}?8wz78g6M8hgPw77w=1\",\"httpVersion"))
    .replace("\"OK\"", "\"OK hunter2hunter2\"")
    .replace("\"text/plain\"", "\"text/plain; boundary=x9x9x9x9x9\"");
    let (text, _) = redacted(&har);
    for secret in [
        "0A1B2C3D",
        "hunter2",
        "AAHdqTcv",
        "Pw99Pw9",
        "correcthorse",
        "7MA4YWxk",
        "8wz78g6M8hgPw88w",
        "8wz78g6M8hgPw77w",
        "c2VjcmV0",
        "jane",
        "10.0.0.7",
        "x9x9x9",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let entry = &serde_json::from_str::<Value>(&text).unwrap()["log"]["entries"][0];
    assert_eq!(entry["request"]["headers"][0]["value"], "https://app.test");
    assert_eq!(entry["request"]["headers"][1]["value"], "https://app.test/");
    assert!(entry["_error"].as_str().unwrap().starts_with("connect to https://api.test/x failed for [redacted:len=4"));
    let name = entry["request"]["headers"][3]["name"].as_str().unwrap();
    assert!(name.starts_with("redacted-18-") && is_mask(name), "{name}");
}

#[test]
fn a_name_that_is_a_token_is_the_same_in_the_header_and_in_the_lists_of_names() {
    let har = har_with(
        &json!([
            {"name": "X-8wz78g6M8hgPw88w", "value": "1"},
            {"name": "Access-Control-Request-Headers", "value": "content-type, x-8wz78g6m8hgpw88w"},
        ]),
        &header("Access-Control-Allow-Headers", "Content-Type,X-8WZ78G6M8HGPW88W"),
        "",
    );
    let entry = entry_of(&har);
    let name = entry["request"]["headers"][0]["name"].as_str().unwrap();
    assert_eq!(entry["request"]["headers"][1]["value"], format!("content-type, {name}"));
    assert_eq!(entry["response"]["headers"][0]["value"], format!("Content-Type,{name}"));
}

#[test]
fn who_set_a_cookie_or_a_credential_stays_to_be_seen() {
    let cookie = response_value("Set-Cookie", "JSESSIONID=\"S3cretS3cret\"; Domain=a.test; Path=/");
    let mask = cookie.strip_prefix("JSESSIONID=").unwrap();
    assert!(is_mask(mask), "{cookie}");
    let entry = entry_of(&har_with(&header("Authorization", "Basic dXNlcjpwYXNzd29yZA=="), &json!([]), ""));
    let value = entry["request"]["headers"][0]["value"].as_str().unwrap();
    assert!(is_mask(value.strip_prefix("Basic ").unwrap()), "{value}");
    let entry = entry_of(&har_with(&header("Authorization", "hunter2 dXNlcjpwYXNzd29yZA=="), &json!([]), ""));
    assert!(is_mask(entry["request"]["headers"][0]["value"].as_str().unwrap()));
}

#[test]
fn headers_in_every_shape_become_names_and_values() {
    for shape in [
        json!([{"name": "Vary", "value": "Origin"}, {"name": "X-Custom", "value": "whatever"}]),
        json!([["Vary", "Origin"], ["X-Custom", "whatever"]]),
        json!(["Vary: Origin", "X-Custom: whatever"]),
        json!({"Vary": ["Origin"], "X-Custom": "whatever"}),
        json!([{"Name": "Vary", "Value": "Origin"}, {"key": "X-Custom", "value": "whatever"}, {"name": ":path", "value": "/x"}]),
    ] {
        let entry = entry_of(&har_with(&json!([]), &shape, ""));
        let headers = entry["response"]["headers"].as_array().unwrap();
        assert_eq!(headers.len(), 2, "{shape}");
        assert_eq!(headers[0], json!({"name": "Vary", "value": "Origin"}), "{shape}");
        assert_eq!(headers[1]["name"], "X-Custom");
        assert!(is_mask(headers[1]["value"].as_str().unwrap()), "{shape}");
    }
}

#[test]
fn a_request_id_and_a_listed_value_stay() {
    for (name, value) in [
        ("X-Request-Id", "7f2c1a9e0d4b4c7f9f3d1c2b3a495867"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("Server", "nginx/1.22.1"),
        ("Access-Control-Allow-Origin", "https://app.test, https://b.test"),
        ("Access-Control-Max-Age", "31536000"),
        ("x-rack-cors", "miss; no-origin"),
        ("Content-Security-Policy", "default-src 'none'"),
    ] {
        assert_eq!(response_value(name, value), value, "{name}");
    }
}

#[test]
fn what_a_body_is_stays_and_nothing_else_of_its_type() {
    for (written, kept) in [
        ("text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("text/html;charset=02750315", "text/html"),
        ("application/vnd.api+json; profile=hunter2; charset=\"UTF-8\"", "application/vnd.api+json; charset=\"UTF-8\""),
        ("multipart/form-data; boundary=x9x9x9x9", "multipart/form-data"),
    ] {
        let har = har_with(&json!([]), &json!([]), "").replace("\"text/plain\"", &json!(written).to_string());
        assert_eq!(entry_of(&har)["response"]["content"]["mimeType"], kept);
    }
    let har = har_with(&json!([]), &json!([]), "").replace("text/plain", "hunter2/text");
    assert!(is_mask(entry_of(&har)["response"]["content"]["mimeType"].as_str().unwrap()));
}

#[test]
fn a_removed_value_of_cors_is_still_a_wrong_value() {
    let value = response_value("Access-Control-Allow-Origin", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl");
    assert!(value.starts_with("redacted-") && is_mask(&value), "{value}");
}

#[test]
fn every_reason_a_failure_is_known_by_survives() {
    for error in [
        "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep",
        "NS_ERROR_NET_RESET",
        "Origin https://app.test is not allowed by Access-Control-Allow-Origin. Status code: 500",
        "Request header field X-Tenant is not allowed by Access-Control-Allow-Headers.",
        "Method PURGE is not allowed by Access-Control-Allow-Methods.",
        "Preflight response is not successful. Status code: 405",
        "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
        "Cross-origin redirection to https://b.test/login denied by Cross-Origin Resource Sharing policy: Origin https://app.test is not allowed by Access-Control-Allow-Origin.",
        "connection timed out",
        "certificate verify failed",
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
    ] {
        let entry = entry_of(&har_with(&json!([]), &json!([]), &format!("\"_error\":{},", json!(error))));
        assert_eq!(entry["_error"], error);
    }
}

#[test]
fn a_finding_reads_the_same_credentials_from_a_copy() {
    let har = har_with(
        &json!([{"name": "Cookie", "value": "sid=S3cretS3cret"}, {"name": "Authorization", "value": "Basic dXNlcjpwdw=="}]),
        &header("Set-Cookie", "laravel_session=S3cretS3cret"),
        "",
    )
    .replace("WebInspector", "Charles");
    let (text, _) = redacted(&har);
    let mut seen = Exchanges::default();
    crate::capture::har::read_bytes(text.into_bytes(), &Limits::default(), &mut seen).unwrap();
    let exchange = &seen.0[0];
    assert_eq!(exchange.request.headers.secret("authorization").unwrap().scheme.as_deref(), Some("Basic"));
    assert!(exchange.request.headers.has("cookie"));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(response.headers.secret("set-cookie").unwrap().names, [Box::from("laravel_session")]);
    assert!(!seen.1.iter().any(|remark| remark.id == "secrets-inside"), "{:?}", seen.1);
}

/// Every sign of every product, without what joins them.
fn signs() -> Vec<Sign> {
    fn parts(sign: &Sign, found: &mut Vec<Sign>) {
        match *sign {
            Sign::All(signs) | Sign::Any(signs) => signs.iter().for_each(|sign| parts(sign, found)),
            Sign::Not(sign) | Sign::Likely(sign) => parts(sign, found),
            single => found.push(single),
        }
    }
    let mut found = Vec::new();
    stacks::all().for_each(|stack| stack.signs.iter().for_each(|sign| parts(sign, &mut found)));
    found
}

/// What a copy is good for: the product is recognised by the same answer, before and after.
#[test]
fn every_sign_of_a_product_in_a_header_survives() {
    // Of some only the name is read.
    let read: Vec<(&str, Option<&str>)> = signs()
        .into_iter()
        .filter_map(|sign| match sign {
            Sign::Starts(name, value) | Sign::Contains(name, value) | Sign::Is(name, value) => {
                Some((name, Some(value)))
            }
            Sign::Has(name) => Some((name, None)),
            _ => None,
        })
        .collect();
    assert!(read.len() > 60, "{}", read.len());
    let list: Vec<Value> =
        read.iter().map(|(name, value)| json!({"name": name, "value": value.unwrap_or("1")})).collect();
    let entry = entry_of(&har_with(&json!([]), &json!(list), ""));
    for (at, (name, value)) in read.iter().enumerate() {
        let kept = &entry["response"]["headers"][at];
        assert_eq!(kept["name"], *name);
        if let Some(value) = value {
            assert_eq!(kept["value"], value.trim(), "{name}");
        }
    }
}

#[test]
fn the_cookies_reasons_and_ids_that_tell_something_survive() {
    let (mut cookies, mut reasons) = (0, 0);
    for sign in signs() {
        if let Sign::Cookie(name) = sign {
            let value = response_value("Set-Cookie", &format!("{name}=x; Path=/"));
            assert!(value.starts_with(&format!("{name}=[redacted")), "{value}");
            cookies += 1;
        }
        if let Sign::Reason(reason) = sign {
            let har = har_with(&json!([]), &json!([]), "").replace("\"OK\"", &json!(reason).to_string());
            assert_eq!(entry_of(&har)["response"]["statusText"], reason);
            reasons += 1;
        }
    }
    assert!(cookies > 4 && reasons > 0, "{cookies} {reasons}");
    for name in crate::secrets::headers::REQUEST_IDS {
        for value in
            ["8d1b2c36-0b1a-4b43-9a3d-8f1a6b5d7d0e", "Zx1yqF2zDoEFk3Q=", "12-3456-0 0NNN RT(1700000000 0) q(0 -1 -1 0)"]
        {
            assert_eq!(response_value(name, value), value, "{name}");
        }
    }
}

#[derive(Default)]
struct Exchanges(Vec<crate::exchange::Exchange>, Vec<Remark>);

impl crate::capture::Sink for Exchanges {
    fn exchanges(&mut self, batch: Vec<crate::exchange::Exchange>) -> std::ops::ControlFlow<()> {
        self.0.extend(batch);
        std::ops::ControlFlow::Continue(())
    }
    fn remark(&mut self, remark: Remark) {
        self.1.push(remark);
    }
    fn progress(&mut self, _: crate::capture::Progress) {}
}
