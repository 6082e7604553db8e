//! Tests of redaction.

use super::rules::is_mask;
use super::*;
use proptest::prelude::*;

fn redacted(har: &str) -> (String, Redacted) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.har"), folder.path().join("out.har"));
    std::fs::write(&from, har).unwrap();
    let source = Source { index: 0, path: from.to_str().unwrap().to_owned() };
    let done = redact(&source, &to, &Limits::default()).unwrap();
    (std::fs::read_to_string(to).unwrap(), done)
}

const HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},
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
fn redacting_twice_gives_the_same_bytes() {
    let (once, _) = redacted(HAR);
    let (twice, done) = redacted(&once);
    assert_eq!(once, twice);
    assert_eq!(done.counts, Counts::new());
}

#[test]
fn equal_values_stay_equal_and_others_differ() {
    let (text, _) = redacted(HAR);
    let value: Value = serde_json::from_str(&text).unwrap();
    let page = value["log"]["pages"][0]["title"].as_str().unwrap().split_once("code=").unwrap().1.to_owned();
    let referer = &value["log"]["entries"][0]["request"]["headers"][4]["value"];
    assert!(is_mask(&page));
    assert_eq!(referer.as_str().unwrap().split_once("code=").unwrap().1, page);
}

#[test]
fn a_redacted_file_is_new_private_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.har"), folder.path().join("out.har"));
    std::fs::write(&from, HAR).unwrap();
    let source = Source { index: 0, path: from.to_str().unwrap().to_owned() };
    redact(&source, &to, &Limits::default()).unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = redact(&source, &to, &Limits::default()).unwrap_err();
    assert!(again.to_string().contains("exists; name another"), "{again}");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "just text").unwrap();
    let nowhere = folder.path().join("none.har");
    let source = Source { index: 0, path: text.to_str().unwrap().to_owned() };
    assert!(redact(&source, &nowhere, &Limits::default()).is_err() && !nowhere.exists());
}

#[test]
fn a_damaged_har_becomes_a_sound_one() {
    let (text, done) = redacted(&format!("{},{{\"request\":{{\"url\":\"x", &HAR[..HAR.len() - 3]));
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    assert_eq!(done.entries, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]
    #[test]
    fn no_secret_of_eight_characters_survives_wherever_else_it_stands(
        secret in "[A-Za-z]{3}[0-9][A-Za-z0-9+/_.~-]{4,40}",
        place in 0..9_usize,
    ) {
        let mut slots = vec![String::new(); 9];
        slots[place].clone_from(&secret);
        let har = json!({"log": {"entries": [{
            "_error": format!("failed {}", slots[0]), "_resourceType": slots[1], "connection": slots[2],
            "request": {"method": "GET", "url": format!("https://a.test/x/{}/y?q={}", slots[3], slots[4]),
                "headers": [{"name": "Authorization", "value": format!("Bearer {secret}")},
                    {"name": "Origin", "value": format!("https://a.test{}", slots[5])}, {"name": "User-Agent", "value": slots[6]}]},
            "response": {"status": 200, "statusText": slots[7], "headers": [{"name": "X-Other", "value": slots[8]}],
                "content": {"text": secret}}}]}});
        let (text, _) = redacted(&har.to_string());
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        prop_assert!(!text.contains(&secret), "{text}");
        let (twice, _) = redacted(&text);
        prop_assert_eq!(text, twice);
    }
}
