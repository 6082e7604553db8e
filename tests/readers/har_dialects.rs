//! What each exporter's file means, on small entries in the shape it writes.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use crate::har_support;

use har_support::{BASE, Seen, read, read_with};
use proptest::prelude::*;
use whycors::capture::{Limits, har};
use whycors::exchange::{NoResponse, Presence};

/// A HAR of this creator with these entries as they are.
fn by(creator: &str, entries: &str) -> String {
    format!(r#"{{"log":{{"creator":{{"name":"{creator}","version":"9.1"}},"entries":[{entries}]}}}}"#)
}

/// The creator DevTools writes.
const CHROME: &str = "WebInspector";
const AGENT: &str = r#"{"name":"User-Agent","value":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"}"#;

/// An entry with these header lists.
fn with_headers(request: &str, response: &str) -> String {
    format!(
        r#"{{{BASE},"request":{{"method":"POST","url":"https://api.test/","httpVersion":"h2","headers":[{request}]}},"response":{{"status":200,"headers":[{response}]}}}}"#
    )
}

fn presence(seen: &Seen, name: &str) -> &'static str {
    let exchange = &seen.exchanges[0];
    let headers = if name == "set-cookie" { &exchange.head().unwrap().headers } else { &exchange.request.headers };
    match headers.presence(name) {
        Presence::Present(_) => "present",
        Presence::Redacted => "redacted",
        Presence::Absent => "absent",
        Presence::Unknown => "unknown",
    }
}

#[test]
fn in_devtools_files_absent_credentials_are_unknown_and_other_headers_absent() {
    let seen = read(by(CHROME, &with_headers(AGENT, "")));
    for name in ["cookie", "authorization", "set-cookie"] {
        assert_eq!(presence(&seen, name), "unknown", "{name}");
    }
    assert_eq!(presence(&seen, "origin"), "absent");
    let seen = read(by("Firefox", &with_headers("", "")));
    for name in ["cookie", "authorization", "set-cookie"] {
        assert_eq!(presence(&seen, name), "absent", "{name}");
    }
}

#[test]
fn a_request_that_never_left_has_provisional_headers_only() {
    let unsent = |creator: &str, version: &str, status: i32, error: &str| {
        let entry = format!(
            r#"{{{BASE},"request":{{"method":"PUT","url":"https://api.test/","httpVersion":"{version}","headers":[{AGENT}]}},"response":{{"status":{status},{error},"headers":[]}}}}"#
        );
        let seen = read(by(creator, &entry));
        (seen.only().request.headers.is_incomplete(), seen.only().response.clone().err())
    };
    assert_eq!(unsent(CHROME, "", 0, r#""_error":"net::ERR_FAILED""#), (true, Some(NoResponse::Blocked)));
    assert_eq!(unsent(CHROME, "http/2.0", 0, r#""_error":"net::ERR_ABORTED""#), (false, Some(NoResponse::Aborted)));
    let playwright = unsent("Playwright", "HTTP/1.1", -1, r#""_failureText":"net::ERR_CONNECTION_REFUSED""#);
    assert_eq!(playwright, (true, Some(NoResponse::Refused)));
    assert_eq!(unsent("Firefox", "", 0, r#""_x":1"#), (false, Some(NoResponse::Unrecorded)));
}

#[test]
fn values_somebody_removed_are_redacted_and_not_values() {
    for value in [
        "[authorization redacted]",
        "[redacted]",
        "REDACTED",
        "<redacted>",
        "Bearer [redacted]",
        "Bearer ***",
        "eyJhbGciOi.eyJzdWIi.redacted",
        "***",
        "xxxxxxxx",
        "[FILTERED]",
        "",
        "[redacted:len=12:h=ab12cd34]",
    ] {
        let header = format!(r#"{{"name":"Authorization","value":"{value}"}}"#);
        assert_eq!(presence(&read(by("Tool", &with_headers(&header, ""))), "authorization"), "redacted", "{value}");
    }
    for (value, expected) in [
        ("[origin redacted]", "redacted"),
        ("[REMOVED]", "redacted"),
        ("https://redacted.test", "present"),
        ("*", "present"),
        ("", "present"),
    ] {
        let header = format!(r#"{{"name":"Origin","value":"{value}"}}"#);
        assert_eq!(presence(&read(by("Tool", &with_headers(&header, ""))), "origin"), expected, "{value}");
    }
}

#[test]
fn shape_names_the_dialect_when_the_creator_comes_late_or_never() {
    let entry = |fields: &str| with_headers("", "").replacen('{', &format!("{{{fields},"), 1);
    for (fields, id) in [
        (r#""_initiator":{"type":"other"},"_priority":"High""#, "chrome-devtools"),
        (r#""_securityState":"secure""#, "firefox"),
        (r#""_fetchType":"Network Load""#, "safari"),
        (r#""_frameref":"frame@1""#, "playwright"),
        (r#""_initiator_type":"script","_priority":"High""#, "chrome-har"),
        (r#""_charlesStatus":"COMPLETE""#, "charles"),
        (r#""_load_ms":12"#, "webpagetest"),
        (r#""_other":1"#, "generic"),
    ] {
        let (seen, summary) = read_with(format!("[{}]", entry(fields)), &Limits::default());
        assert_eq!(summary.unwrap().dialect, Some(id), "{fields}");
        assert_eq!(seen.only().recorder.id, id);
    }
    let late = format!(r#"{{"log":{{"entries":[{}],"creator":{{"name":"Firefox"}}}}}}"#, entry(r#""_other":1"#));
    assert_eq!(read_with(late, &Limits::default()).1.unwrap().dialect, Some("firefox"));
}

#[test]
fn the_summary_names_browser_and_version() {
    let label = |creator: &str, headers: &str| {
        read_with(by(creator, &with_headers(headers, "")), &Limits::default()).1.unwrap().recorder.unwrap()
    };
    assert_eq!(label(CHROME, AGENT), "Chrome 156");
    assert_eq!(label(CHROME, ""), "Chrome DevTools");
    assert_eq!(label("Charles Proxy", AGENT), "Charles 9.1");
}

#[test]
fn firefox_extras_that_were_never_sent_are_left_out() {
    let request = r#"{"name":"Origin","value":"https://a.test"},{"name":"Content-Disposition","value":"form-data; name=\"f\""},{"name":"Content-Type","value":"text/plain"}"#;
    let response = r#"{"name":"X-Firefox-Spdy","value":"h2"},{"name":"server","value":"x"}"#;
    let seen = read(by("Firefox", &with_headers(request, response)));
    assert_eq!(seen.only().request.headers.len(), 1);
    assert_eq!(seen.only().head().unwrap().headers.len(), 1);
}

#[test]
fn chrome_har_repeats_provisional_headers_and_the_reader_does_not() {
    let request = r#"{"name":"Content-Type","value":"text/plain"},{"name":"Origin","value":"https://a.test"},{"name":"content-type","value":"text/plain"}"#;
    assert_eq!(read(by("chrome-har", &with_headers(request, ""))).only().request.headers.len(), 2);
    assert_eq!(read(by("Charles Proxy", &with_headers(request, ""))).only().request.headers.len(), 3);
}

#[test]
fn the_server_is_an_address_with_a_port_only_where_the_exporter_gives_one() {
    let server = |creator: &str, fields: &str| {
        let entry = with_headers("", "").replacen('{', &format!("{{{fields},"), 1);
        read(by(creator, &entry)).only().server.as_deref().map(str::to_owned)
    };
    let v4 = r#""serverIPAddress":"192.0.2.1","connection":"443""#;
    assert_eq!(server(CHROME, v4).as_deref(), Some("192.0.2.1"));
    assert_eq!(server(CHROME, &format!(r#"{v4},"_connectionId":"959""#)).as_deref(), Some("192.0.2.1:443"));
    assert_eq!(server("Firefox", v4).as_deref(), Some("192.0.2.1:443"));
    assert_eq!(
        server("Playwright", r#""serverIPAddress":"[2001:db8::1]","_serverPort":8443"#).as_deref(),
        Some("[2001:db8::1]:8443")
    );
    assert_eq!(server("Tool", r#""serverIPAddress":"[::1]""#).as_deref(), Some("::1"));
    assert_eq!(server("Tool", r#""serverIPAddress":"""#), None);
}

#[test]
fn remarks_say_what_the_file_as_a_whole_cannot_show() {
    let ids = |har: String| read(har).remarks.iter().map(|remark| remark.id).collect::<Vec<_>>();
    let preflight = |headers: &str| with_headers(headers, "").replace("POST", "OPTIONS");
    let asks = r#"{"name":"access-control-request-headers","value":"authorization,content-type"}"#;
    let post = with_headers("", "");
    assert_eq!(ids(by(CHROME, &format!("{post},{}", preflight(asks)))), ["sanitised-export"]);
    assert_eq!(ids(by(CHROME, &post)), [""; 0]);
    let shown = with_headers(r#"{"name":"authorization","value":"Bearer abc"}"#, "");
    assert_eq!(ids(by(CHROME, &format!("{shown},{}", preflight(asks)))), ["secrets-inside"]);
    assert_eq!(ids(by(CHROME, &preflight(""))), ["only-preflights"]);
    assert_eq!(ids(by("Playwright", &post)), ["no-preflights-by-nature"]);
    assert_eq!(ids(by("WebKit Web Inspector", &post)), ["no-preflights-by-nature"]);
    assert_eq!(ids(by("Tool", "")), [""; 0]);
}

#[test]
fn files_that_are_no_har_are_refused_and_a_har_without_entries_is_not() {
    let error = |text: &str| read_with(text, &Limits::default()).1.unwrap_err().to_string();
    assert!(error("{\"a\":[1,2]}").contains("is JSON, but no HAR"));
    assert!(error("hello world").contains("is text, but no HAR"));
    assert_eq!(read_with(by("Tool", ""), &Limits::default()).1.unwrap().exchanges, 0);
}

#[test]
fn every_bound_of_the_reader_is_reached_and_said() {
    let long = |bytes: usize| with_headers(&format!(r#"{{"name":"Via","value":"{}"}}"#, "v".repeat(bytes)), "");
    let many = with_headers(&vec![r#"{"name":"X","value":"0123456789"}"#; 40].join(","), "");
    let plain = with_headers("", "");
    let small = Limits {
        har_entry_bytes: 600,
        head_bytes: 200,
        json_depth: 6,
        har_string_bytes: 2000,
        har_pages: 1,
        ..Limits::default()
    };
    let limit = |entry: &str, words: &str, kept: usize| {
        let (seen, _) = read_with(by("Tool", &format!("{entry},{plain}")), &small);
        assert_eq!(seen.exchanges.len(), kept, "{words}");
        assert!(seen.remark("limit-reached").text.contains(words), "{:?}", seen.remarks);
    };
    limit(&many, "too large", 1);
    limit(&long(300), "too many header bytes", 2);
    limit(&plain.replacen('{', "{\"_x\":[[[[[[1]]]]]],", 1), "nested too deeply", 1);
    let (seen, _) = read_with(by("Tool", &long(3000)), &Limits { har_string_bytes: 2000, ..Limits::default() });
    assert!(seen.remark("limit-reached").text.contains("too long"));
    assert_eq!(seen.only().request.headers.get("via").map(|value| value.len()), Some(2000));
    let pages = r#""pages":[{"id":"a","title":"https://a.test/"},{"id":"b","title":"https://b.test/"}],"entries""#;
    let entry = plain.replacen('{', r#"{"pageref":"b","#, 1);
    let text = by("Tool", &entry).replace("\"entries\"", pages);
    let (seen, _) = read_with(text.clone(), &small);
    assert_eq!(seen.only().note.page, None);
    assert!(seen.remark("limit-reached").text.contains("1 page"), "{:?}", seen.remarks);
    assert!(read(text).only().note.page.is_some());
}

#[test]
fn results_do_not_depend_on_how_many_threads_parse() {
    let entries: Vec<_> =
        (0..500).map(|number| with_headers("", "").replace("api.test", &format!("h{number}.test"))).collect();
    let text = by("Tool", &entries.join(","));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let small = Limits { batch_bytes: 4096, ..Limits::default() };
        let seen = pool.install(|| read_with(text.clone(), &small).0);
        seen.exchanges.iter().map(|exchange| exchange.request.url.to_string()).collect::<Vec<_>>()
    };
    let one = with(1);
    assert_eq!(one.len(), 500);
    assert_eq!((with(2), with(8)), (one.clone(), one));
}

#[test]
fn the_table_of_exporters_has_a_row_for_each() {
    let table = har::dialects::table_markdown();
    assert!(table.contains("| Playwright | never | listed | net error name | kept | told |"), "{table}");
    assert!(table.contains("| WebKit Web Inspector | never | never | a text | merged | told |"), "{table}");
}

/// A HAR with something of everything, to be damaged.
fn sample() -> Vec<u8> {
    let cookie = r#"{"name":"Cookie","value":"a=\"1\"; b=é😀"},{"name":"X","value":"\u00e9\n2"}"#;
    let body = r#"{"status":404,"content":{"text":"PGh0bWw+","encoding":"base64"},"#;
    let rich = with_headers(cookie, cookie).replace("{\"status\":200,", body);
    let chrome = rich.replacen('{', r#"{"_initiator":{"type":"script","stack":{"callFrames":[{"url":"https://a.test/a.js","lineNumber":1}]}},"timings":{"a":[1,{}]},"#, 1);
    by(CHROME, &format!("{rich},{chrome},null,{}", with_headers(AGENT, ""))).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_with(bytes, &Limits::default());
    }

    #[test]
    fn any_soup_of_json_is_survived(parts in proptest::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d800", "\"log\"", "\"entries\"", "\"request\"", "\"url\"", "\"x\"", "null", "1e999",
        "\"startedDateTime\"", "{\"startedDateTime\":", "{\"log\":", "\"headers\"", "NaN", "\u{1}", "é", "\"timings\":{", "\"pages\":[",
    ]), 0..200)) {
        let (_, _) = read_with(parts.concat(), &Limits { har_entry_bytes: 300, json_depth: 8, batch_bytes: 64, ..Limits::default() });
    }

    #[test]
    fn any_damage_to_a_har_is_survived_and_never_invents_entries(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12),
    ) {
        let mut bytes = sample();
        for (at, byte, kind) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let (seen, _) = read_with(bytes, &Limits::default());
        prop_assert!(seen.exchanges.len() <= 3 + 3);
    }

    #[test]
    fn how_the_file_arrives_does_not_matter(size in 1..50_usize) {
        let whole = read(sample());
        let mut seen = Seen::default();
        let slow = Trickle { bytes: sample(), at: 0, size };
        let opened = whycors::capture::input::open_reader("-", slow, &Limits::default()).unwrap();
        let source = whycors::capture::Source { index: 0, path: "-".into() };
        har::read(opened, &source, &Limits::default(), &mut seen).unwrap();
        prop_assert_eq!(format!("{:?}", seen.exchanges), format!("{:?}", whole.exchanges));
        prop_assert_eq!(seen.remarks, whole.remarks);
    }
}

/// Hands out a few bytes at a time.
struct Trickle {
    bytes: Vec<u8>,
    at: usize,
    size: usize,
}

impl std::io::Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(buffer.len()).min(self.bytes.len() - self.at);
        buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[test]
fn a_question_mark_with_the_headers_of_a_preflight_is_options() {
    let of = |headers: &str| {
        let entry = format!(
            r#"{{{BASE},"request":{{"method":"?","url":"https://api.test/","headers":[{headers}]}},"response":{{"status":400,"headers":[]}}}}"#
        );
        read(by("Splash", &entry)).only().request.method.to_string()
    };
    let origin = r#"{"name":"Origin","value":"https://app.test"}"#;
    let method = r#"{"name":"Access-Control-Request-Method","value":"PUT"}"#;
    assert_eq!(of(&format!("{origin},{method}")), "OPTIONS");
    assert_eq!((of(origin), of(method)), ("?".to_owned(), "?".to_owned()));
}

#[test]
fn a_request_of_no_page_is_told_from_one_of_a_page() {
    let file = |pages: &str, rest: &str| {
        let entry = format!(
            r#"{{{BASE}{rest},"_resourceType":"fetch","request":{{"method":"GET","url":"https://api.test/","headers":[{AGENT}]}},"response":{{"status":200,"headers":[]}}}}"#
        );
        let log = format!(
            r#"{{"log":{{"creator":{{"name":"{CHROME}","version":"1"}},"pages":[{pages}],"entries":[{entry}]}}}}"#
        );
        let seen = read(log);
        let note = &seen.only().note;
        (note.outside_pages, note.page.as_deref().map(str::to_owned), note.provisional)
    };
    let page = |id: &str, url: &str| format!(r#"{{"id":"{id}","title":"{url}"}}"#);
    let app = page("page_1", "https://app.test/a");
    let url = || Some("https://app.test/a".to_owned());
    // Nothing of what goes out on the wire is listed: provisional headers, though it was answered.
    assert_eq!(file(&app, r#","pageref":"page_1""#), (false, url(), true));
    // A worker's: the page's origin is that of all pages, where they have one.
    assert_eq!(file(&app, ""), (true, url(), true));
    assert_eq!(file(&format!("{app},{}", page("page_2", "https://app.test/b")), ""), (true, url(), true));
    assert_eq!(file(&format!("{app},{}", page("page_2", "https://b.test/")), ""), (true, None, true));
    assert_eq!(file("", ""), (false, None, true));
}
