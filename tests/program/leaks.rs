//! Secrets of a capture in places where a sentence quotes them: whatever is cut, nothing shows.

use std::path::Path;
use std::process::Command;

const SECRET: &str = "q7Zp2Lw9Xk4Vb8Nt3Hc6Rm1D";
const FORMATS: [&str; 4] = ["text", "markdown", "html", "json"];

/// A HAR of a preflight for POST `url`, answered with these status and headers.
fn har(url: &str, status: u16, headers: &[(&str, &str)]) -> String {
    let pairs = |headers: &[(&str, &str)]| {
        headers.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect::<Vec<_>>()
    };
    let asked = [
        ("Origin", "https://app.shop.test"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let entry =
        |method: &str, request: &[(&str, &str)], status: u16, response: &[(&str, &str)], error: Option<&str>| {
            let mut entry = serde_json::json!({
                "startedDateTime": "2026-11-24T02:45:10.000Z",
                "time": 5,
                "request": {"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": pairs(request)},
                "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": pairs(response)},
            });
            if let Some(error) = error {
                entry["response"]["_error"] = error.into();
            }
            entry
        };
    let sent = [("Origin", "https://app.shop.test"), ("Content-Type", "application/json")];
    let entries =
        [entry("POST", &sent, 0, &[], Some("net::ERR_FAILED")), entry("OPTIONS", &asked, status, headers, None)];
    serde_json::json!({"log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [],
        "entries": entries,
    }})
    .to_string()
}

/// What every format prints of a HAR.
fn printed(name: &str, har: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, har).expect("a file of this test");
    let print = |format: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_whycors")).arg("--format").arg(format).arg(&path).output();
        let out = out.expect("the program runs");
        String::from_utf8(out.stdout).expect("reports are UTF-8")
    };
    FORMATS.map(print).to_vec()
}

/// The first piece of the secret that a text shows.
fn shown(text: &str, secret: &str) -> Option<String> {
    // Line ends of wrapped text must hide nothing.
    let text: String = text.split_whitespace().collect();
    let pieces = (0..=secret.len() - 5).filter_map(|at| secret.get(at..at + 5));
    pieces.into_iter().find(|piece| text.contains(piece)).map(ToOwned::to_owned)
}

#[test]
fn a_location_that_is_cut_shows_no_piece_of_its_secret_and_one_name_for_it() {
    for before in (0..130).step_by(7) {
        let filler = "ab/".repeat(before / 3);
        let location = format!("https://cdn.shop.test/{filler}cb?page=2&code={SECRET}&next=%2F");
        let har = har("https://api.shop.test/v1/orders", 302, &[("Location", &location)]);
        for text in printed("location.har", &har) {
            assert!(text.contains("preflight-redirect"), "{text}");
            assert_eq!(shown(&text, SECRET), None, "{before}: {text}");
            assert!(!text.contains("code-2"), "{before}: {text}");
        }
    }
}

#[test]
fn a_secret_in_a_path_shows_in_no_format() {
    for secret in ["SECRETPATHabcdef0123456789abcdef0123456789", "tkt77731zqxw84512kqvbnmh", SECRET] {
        let url = format!("https://api.shop.test/v1/reset/{secret}");
        for text in printed("path.har", &har(&url, 405, &[("Allow", "GET, POST")])) {
            assert!(text.contains("/v1/reset/id-1"), "{text}");
            assert_eq!(shown(&text, secret), None, "{text}");
        }
    }
}

#[test]
fn a_long_value_of_any_quoted_header_shows_no_piece_of_a_token() {
    let value = format!("{} Bearer {SECRET}", "word ".repeat(20));
    for name in ["Server", "Allow", "Via", "WWW-Authenticate", "Access-Control-Allow-Origin"] {
        for text in printed("header.har", &har("https://api.shop.test/v1/orders", 405, &[(name, &value)])) {
            assert_eq!(shown(&text, SECRET), None, "{name}: {text}");
        }
    }
}
