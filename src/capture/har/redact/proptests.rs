//! Properties of redaction over texts made to break its rules.

use super::Counts;
use super::tests::redacted;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Where a number is put, since a number of `serde_json` is none to the letter.
const NUMBER: &str = "<number>";

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

    #[test]
    fn a_copy_of_a_copy_is_the_same_to_the_byte(
        texts in proptest::collection::vec(odd(), 24),
        number in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
    ) {
        let header = |name: &str, at: usize| json!({"name": name, "value": texts[at]});
        let har = json!({"log": {
            "creator": {"name": texts[0], "version": texts[1], "comment": texts[2]},
            "pages": [{"id": texts[3], "title": format!("https://a.test/{}", texts[4])}],
            "entries": [{
                "startedDateTime": texts[5], "time": NUMBER, "_error": texts[6], "connection": texts[7], "pageref": texts[8],
                "_initiator": texts[9], "_priority": texts[10], "_x": NUMBER,
                "request": {"method": texts[11], "url": format!("https://a.test/{}", texts[12]), "httpVersion": texts[13],
                    "bodySize": NUMBER, "headers": [header("Cookie", 14), header("Origin", 15), header(&texts[16], 17),
                        header("User-Agent", 18), header("Access-Control-Request-Headers", 19)]},
                "response": {"status": NUMBER, "statusText": texts[20], "redirectURL": texts[21],
                    "headers": [header("Set-Cookie", 22), header("WWW-Authenticate", 23), header("Content-Type", 1)]},
            }],
        }});
        let har = har.to_string().replace(&format!("\"{NUMBER}\""), &number);
        let (once, _) = redacted(&har);
        prop_assert!(serde_json::from_str::<Value>(&once).is_ok(), "{once}");
        let (twice, done) = redacted(&once);
        prop_assert_eq!(once, twice);
        prop_assert_eq!(done.counts, Counts::new());
    }
}

/// Texts at the edges of every rule, alone and joined.
fn odd() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("token-1:59".to_owned()),
        Just("[redacted:len=5:h=0123abcd]".to_owned()),
        Just("[redacted:len=5:h=0123ABCD]".to_owned()),
        Just("[redacted:len=99".to_owned()),
        Just("redacted-12-0123abcd".to_owned()),
        Just("redacted-12-0123abc".to_owned()),
        Just("S3cretS3cret".to_owned()),
        Just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig".to_owned()),
        Just("Bearer ".to_owned()),
        Just("https://u:p@a.test/".to_owned()),
        Just("data:text/plain,".to_owned()),
        Just("realm=\"x\", nonce=\"".to_owned()),
        Just("; boundary=".to_owned()),
        Just("text/html".to_owned()),
        Just("{\"url\":1.10}".to_owned()),
        Just("2026-11-24T02:45:10Z".to_owned()),
        "[a-zA-Z0-9]{1,12}",
        "[/?&=#;:@%.,\\[\\]{}\"'\\\\ -]{1,3}",
        "\\PC{1,3}",
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}
