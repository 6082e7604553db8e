//! The HAR reader against everything that files in the wild do to it, one test a line of this list.
//!
//! | what | test |
//! |---|---|
//! | UTF-8 byte order mark | `a_utf8_byte_order_mark_is_passed_over` |
//! | UTF-16 LE and BE | `utf16_of_either_order_reads_like_utf8` |
//! | gzip | `a_gzip_reads_like_the_plain_file` |
//! | zlib (`.zhar`) | `a_zlib_file_reads_like_the_plain_file` |
//! | zstd | `a_zstd_file_reads_like_the_plain_file` |
//! | zip with one HAR, zip with bodies beside it | `a_zip_is_read_through_to_its_har` |
//! | JSONP | `a_jsonp_wrapper_is_passed_over` |
//! | leading text, Markdown fence | `text_and_a_fence_around_the_json_are_passed_over` |
//! | truncated tail | `a_cut_file_keeps_its_whole_entries_and_names_the_byte` |
//! | lost head | `a_file_without_its_head_yields_the_entries_it_has` |
//! | two documents concatenated | `documents_one_after_another_are_read_as_one_list` |
//! | NaN, Infinity, -0 | `numbers_that_json_does_not_know_do_not_cost_the_entry` |
//! | lone surrogates, raw control characters | `lone_surrogates_and_raw_control_characters_are_mended` |
//! | no `log`, bare array, list of HARs | `the_log_wrapper_may_be_missing` |
//! | version missing, 1.1, 1.3, number | `any_version_or_none_is_read` |
//! | `pages` missing or null | `pages_may_be_missing_or_null_or_name_the_page` |
//! | entries null or no object | `elements_that_are_no_object_are_counted_and_named` |
//! | headers null, object, pairs, no value | `headers_come_in_any_shape` |
//! | header value number or null | `header_values_may_be_numbers_or_null` |
//! | duplicate names | `repeated_header_lines_stay_separate_and_in_order` |
//! | newline- and comma-merged values | `newline_merged_values_come_apart_and_comma_merged_ones_stay` |
//! | header-name case, trailing space | `header_names_keep_their_case_and_lose_outer_blanks` |
//! | status 0, -1, null, "200", 999 | `odd_statuses_are_a_response_or_a_reason` |
//! | statusText with a reason | `the_status_text_is_kept` |
//! | method lower case | `the_method_is_kept_as_it_is` |
//! | URLs of every kind | `urls_are_kept_as_they_are_without_fragment` |
//! | startedDateTime in every form | `time_stamps_of_every_form_are_read` |
//! | entries out of order | `entries_keep_the_order_of_the_file` |
//! | queryString missing | `fields_nobody_needs_may_be_missing` |
//! | content.text base64 | `only_excerpts_of_preflights_and_failures_are_kept` |
//! | cookies with quotes | `cookies_with_quotes_are_a_secret_like_any_other` |
//! | `_initiator` as text | `an_initiator_is_an_object_or_a_text` |
//! | more than 100,000 entries | `a_hundred_thousand_entries_are_read` |
//! | file beyond 1 GB | `a_gigabyte_of_body_passes_through` |
//! | depth bombs | `depth_bombs_are_refused_in_one_remark` |
//! | missing comma, garbage, unclosed entry | `damage_in_the_middle_costs_what_it_touches` |

use crate::har_support;

use har_support::{A, B, BASE, Seen, entry, get, log, one, pairs, read, read_with, request_lines};
use std::io::{Cursor, Read, Write as _};
use whycors::capture::{Limits, Source, har, input};
use whycors::exchange::{CaptureTime, NoResponse, Place, Presence};

fn place(index: u32) -> Place {
    Place::Entry { input: 0, index }
}

#[test]
fn a_utf8_byte_order_mark_is_passed_over() {
    assert_eq!(read([b"\xef\xbb\xbf", log(&[get(A)]).as_bytes()].concat()).urls(), [A]);
}

#[test]
fn utf16_of_either_order_reads_like_utf8() {
    let text = format!("\u{feff}{}", log(&[get(A), get(B)]));
    assert_eq!(read(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).urls(), [A, B]);
    assert_eq!(read(text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()).urls(), [A, B]);
}

#[test]
fn a_gzip_reads_like_the_plain_file() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(log(&[get(A), get(B)]).as_bytes()).unwrap();
    assert_eq!(read(gzip.finish().unwrap()).urls(), [A, B]);
}

#[test]
fn a_zlib_file_reads_like_the_plain_file() {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(log(&[get(A), get(B)]).as_bytes()).unwrap();
    assert_eq!(read(zlib.finish().unwrap()).urls(), [A, B]);
}

#[test]
fn a_zstd_file_reads_like_the_plain_file() {
    let plain = log(&[get(A), get(B)]);
    let fastest = ruzstd::encoding::CompressionLevel::Fastest;
    assert_eq!(read(ruzstd::encoding::compress_to_vec(plain.as_bytes(), fastest)).urls(), [A, B]);
}

#[test]
fn a_zip_is_read_through_to_its_har() {
    for bodies in [&[][..], &[("1a2b.json", "{\"secret\":1}"), ("3c4d.js", "alert(1)")][..]] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
        let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for (name, body) in bodies {
            zip.start_file(*name, deflated).unwrap();
            zip.write_all(body.as_bytes()).unwrap();
        }
        zip.start_file("har.har", deflated).unwrap();
        zip.write_all(log(&[get(A)]).as_bytes()).unwrap();
        zip.finish().unwrap();
        let source = Source { index: 3, path: file.path().to_str().unwrap().to_owned() };
        let mut seen = Seen::default();
        let opened = input::open(&source, &Limits::default()).unwrap();
        let summary = har::read(opened, &source, &Limits::default(), &mut seen).unwrap();
        assert_eq!((seen.urls(), summary.path), (vec![A], source.path));
        assert_eq!(seen.only().place, Place::Entry { input: 3, index: 0 });
    }
}

#[test]
fn a_jsonp_wrapper_is_passed_over() {
    let seen = read(format!("/* harp */ onInputData({});\n", log(&[get(A), get(B)])));
    assert_eq!((seen.urls(), seen.remarks.len()), (vec![A, B], 0));
}

#[test]
fn text_and_a_fence_around_the_json_are_passed_over() {
    let seen = read(format!("Hi, here {{is}} the \"file\":\n```json\n{}\n```\nBye \"x", log(&[get(A)])));
    assert_eq!((seen.urls(), seen.remarks.len()), (vec![A], 0));
}

#[test]
fn a_cut_file_keeps_its_whole_entries_and_names_the_byte() {
    let whole = log(&[get(A), get(B), get("https://a.test/3")]);
    let third = whole.find("https://a.test/3").unwrap();
    let seen = read(&whole.as_bytes()[..third]);
    assert_eq!(seen.urls(), [A, B]);
    let remark = seen.remark("file-truncated");
    assert!(remark.text.contains("inside entry 2") && remark.text.contains(&format!("byte {third};")), "{remark:?}");
    assert_eq!(remark.places, [place(2)]);
    let between = read(&whole.as_bytes()[..whole.len() - 3]);
    assert_eq!((between.urls().len(), between.remark("file-truncated").places.len()), (3, 0));
    let ends: Vec<_> = [A, B, "https://a.test/3"]
        .iter()
        .map(|url| whole.find(&get(url)).map(|start| start + get(url).len()).unwrap())
        .collect();
    for cut in 0..whole.len() {
        let (seen, _) = read_with(&whole.as_bytes()[..cut], &Limits::default());
        assert_eq!(seen.exchanges.len(), ends.iter().filter(|end| **end <= cut).count(), "cut at {cut}");
    }
}

#[test]
fn a_file_without_its_head_yields_the_entries_it_has() {
    let whole = log(&[get("https://a.test/0"), get(A), get(B)]);
    for start in [whole.find("headers").unwrap() + 3, whole.find("2026").unwrap()] {
        let tail = &whole[start..];
        let seen = read(tail);
        assert_eq!(seen.urls(), [A, B]);
        let first = tail.find(&get(A)).unwrap();
        let remark = seen.remark("file-damaged");
        assert!(remark.text.contains(&format!("byte {first};")), "{remark:?}");
        assert!(remark.text.contains("2 entries were recovered"), "{remark:?}");
    }
    assert_eq!(read(&whole[3..]).urls().len(), 3);
}

#[test]
fn documents_one_after_another_are_read_as_one_list() {
    let seen = read(format!("{}\n{}", log(&[get(A)]), log(&[get(B)])));
    assert_eq!((seen.urls(), seen.remarks.len()), (vec![A, B], 0));
    assert_eq!(seen.exchanges[1].place, place(1));
}

#[test]
fn numbers_that_json_does_not_know_do_not_cost_the_entry() {
    let odd = get(A).replace(r#""time":5"#, r#""time":NaN,"_a":Infinity,"_b":-Infinity,"_c":-0"#);
    let seen = read(log(&[odd, get(B)]));
    assert_eq!((seen.urls(), seen.remarks.len()), (vec![A, B], 0));
    assert_eq!(seen.exchanges[0].completed, None);
}

#[test]
fn lone_surrogates_and_raw_control_characters_are_mended() {
    let request =
        "\"headers\":[{\"name\":\"Via\",\"value\":\"a\\ud800b\"},{\"name\":\"Server\",\"value\":\"c\td\u{1}e\"}]";
    let seen = one(request, r#""status":200"#);
    assert_eq!(request_lines(seen.only()), pairs(&[("Via", "a\u{fffd}b"), ("Server", "c\td\u{fffd}e")]));
}

#[test]
fn the_log_wrapper_may_be_missing() {
    let list = format!("[{},{}]", get(A), get(B));
    for text in [
        list.clone(),
        format!("  {{\"entries\":{list}}}"),
        format!("{{\"data\":{{\"log\":{{\"entries\":{list}}}}}}}"),
        format!("[{}]", log(&[get(A), get(B)])),
    ] {
        let seen = read(text.clone());
        assert_eq!((seen.urls(), seen.remarks.len()), (vec![A, B], 0), "{text}");
    }
}

#[test]
fn any_version_or_none_is_read() {
    for version in [r#""version":"1.1","#, r#""version":"1.3","#, r#""version":1.2,"#, r#""version":null,"#, ""] {
        assert_eq!(read(format!(r#"{{"log":{{{version}"entries":[{}]}}}}"#, get(A))).urls(), [A]);
    }
}

#[test]
fn pages_may_be_missing_or_null_or_name_the_page() {
    let page_with = |pages: &str| {
        let entry = get(A).replacen('{', r#"{"pageref":"page_1","#, 1);
        let seen = read(format!(r#"{{"log":{{{pages}"entries":[{entry}]}}}}"#));
        seen.only().note.page.clone()
    };
    assert_eq!(page_with(""), None);
    assert_eq!(page_with(r#""pages":null,"#), None);
    assert_eq!(page_with(r#""pages":[{"id":"page_1","title":"Shop"}],"#), None);
    let titled = r#""pages":[null,{"id":"page_1","title":"https://a.test/p","pageTimings":{"onLoad":[1]}}],"#;
    assert_eq!(page_with(titled).as_deref(), Some("https://a.test/p"));
}

#[test]
fn elements_that_are_no_object_are_counted_and_named() {
    let odd = ["null".into(), get(A), "7".into(), "\"x\"".into(), "[1]".into(), get(B), "{}".into()];
    let seen = read(log(&odd));
    assert_eq!(seen.urls(), [A, B]);
    let places: Vec<_> = seen.exchanges.iter().map(|exchange| exchange.place).collect();
    assert_eq!(places, [place(1), place(5)]);
    let remark = seen.remark("entry-unreadable");
    assert_eq!(remark.count, 5);
    assert_eq!(remark.places, [place(0), place(2), place(3), place(4), place(6)]);
    assert!(remark.text.contains("entry 0 at byte"), "{remark:?}");
}

#[test]
fn headers_come_in_any_shape() {
    for headers in [
        r#"[{"name":"Age","value":"1"},{"value":"2","name":"Via"}]"#,
        r#"[["Age","1"],["Via","2"]]"#,
        r#"{"Age":"1","Via":["2"]}"#,
        r#"["Age: 1","Via: 2"]"#,
        r#"[null,{"name":"Age","value":"1"},7,{"name":"Via","value":"2"},{"value":"x"},{}]"#,
    ] {
        let seen = one(&format!(r#""headers":{headers}"#), r#""status":200"#);
        assert_eq!(request_lines(seen.only()), pairs(&[("Age", "1"), ("Via", "2")]), "{headers}");
    }
    for headers in ["null", "[]", "7", "\"x\"", "true"] {
        let seen = one(&format!(r#""headers":{headers}"#), r#""status":200"#);
        assert!(seen.only().request.headers.is_empty());
    }
    let seen = one(r#""headers":[{"name":"Age"}]"#, r#""status":200"#);
    assert_eq!(request_lines(seen.only()), pairs(&[("Age", "")]));
}

#[test]
fn header_values_may_be_numbers_or_null() {
    let headers = r#""headers":[{"name":"Age","value":600},{"name":"Via","value":null},{"name":"TE","value":{}}]"#;
    assert_eq!(
        request_lines(one(headers, r#""status":200"#).only()),
        pairs(&[("Age", "600"), ("Via", ""), ("TE", "")])
    );
}

#[test]
fn repeated_header_lines_stay_separate_and_in_order() {
    let headers =
        r#""headers":[{"name":"Vary","value":"A"},{"name":"Server","value":"1"},{"name":"vary","value":"A"}]"#;
    assert_eq!(
        request_lines(one(headers, r#""status":200"#).only()),
        pairs(&[("Vary", "A"), ("Server", "1"), ("vary", "A")])
    );
}

#[test]
fn newline_merged_values_come_apart_and_comma_merged_ones_stay() {
    let headers =
        r#""headers":[{"name":"Age","value":"1\n2\r\n3"},{"name":"Via","value":"1,2"},{"name":"TE","value":"1, 2"}]"#;
    assert_eq!(
        request_lines(one(headers, r#""status":200"#).only()),
        pairs(&[("Age", "1"), ("Age", "2"), ("Age", "3"), ("Via", "1,2"), ("TE", "1, 2")])
    );
}

#[test]
fn header_names_keep_their_case_and_lose_outer_blanks() {
    let headers = r#""headers":[{"name":"X-Request-ID ","value":" v "},{"name":":path","value":"/"}]"#;
    assert_eq!(request_lines(one(headers, r#""status":200"#).only()), pairs(&[("X-Request-ID", "v")]));
}

#[test]
fn odd_statuses_are_a_response_or_a_reason() {
    let response = |status: &str| {
        let seen = one(r#""method":"GET""#, &format!(r#""status":{status}"#));
        seen.only().response.clone().map(|head| head.status)
    };
    assert_eq!(response("\"200\""), Ok(200));
    assert_eq!(response("999"), Ok(999));
    assert_eq!(response("200.0"), Ok(200));
    for status in ["0", "-1", "null", "\"\"", "\"(failed)\"", "{}", "99999", "12007", "1e400"] {
        assert_eq!(response(status), Err(NoResponse::Unrecorded), "{status}");
    }
    let failed = |error: &str| {
        let seen = one(r#""method":"GET""#, &format!(r#""status":0,"_error":"{error}""#));
        seen.only().response.clone().err()
    };
    for (error, reason) in [
        ("net::ERR_NAME_NOT_RESOLVED", NoResponse::Refused),
        ("net::ERR_CONNECTION_REFUSED", NoResponse::Refused),
        ("net::ERR_CONNECTION_RESET", NoResponse::Reset),
        ("net::ERR_EMPTY_RESPONSE", NoResponse::Closed),
        ("net::ERR_CONNECTION_TIMED_OUT", NoResponse::Refused),
        ("net::ERR_TIMED_OUT", NoResponse::TimedOut),
        ("net::ERR_CERT_AUTHORITY_INVALID", NoResponse::TlsFailure),
        ("net::ERR_SSL_PROTOCOL_ERROR", NoResponse::TlsFailure),
        ("net::ERR_ABORTED", NoResponse::Aborted),
        ("net::ERR_INVALID_HTTP_RESPONSE", NoResponse::InvalidHttp),
        ("net::ERR_FAILED", NoResponse::Blocked),
        ("net::ERR_BLOCKED_BY_CLIENT", NoResponse::Blocked),
        ("Unable to resolve host: a.test", NoResponse::Refused),
        ("Load cannot be completed due to access control checks", NoResponse::Blocked),
        ("Client disconnected", NoResponse::Closed),
    ] {
        assert_eq!(failed(error), Some(reason), "{error}");
    }
    let answered = one(r#""method":"GET""#, r#""status":200,"_error":"net::ERR_FAILED""#);
    assert!(answered.only().response.is_ok());
    assert_eq!(answered.only().note.error.as_ref().map(ToString::to_string).as_deref(), Some("net::ERR_FAILED"));
    let missing = read(log(&[format!(r#"{{{BASE},"request":{{"url":"{A}"}}}}"#)]));
    assert_eq!(missing.only().response, Err(NoResponse::Unrecorded));
}

#[test]
fn the_status_text_is_kept() {
    let seen = one(r#""method":"OPTIONS""#, r#""status":403,"statusText":"CORS Rejected - Invalid origin""#);
    assert_eq!(&*seen.only().head().unwrap().reason, "CORS Rejected - Invalid origin");
}

#[test]
fn the_method_is_kept_as_it_is() {
    assert_eq!(&*one(r#""method":"patch""#, r#""status":200"#).only().request.method, "patch");
}

#[test]
fn urls_are_kept_as_they_are_without_fragment() {
    let urls = [
        "/relative?q=1",
        "//a.test/x",
        "data:text/plain,hi",
        "blob:https://a.test/1",
        "chrome-extension://abc/x.js",
        "ws://a.test/s",
        "https://u:p@a.test/",
        "https://b\u{fc}cher.test/",
        "https://a.test./",
        "https://a.test:443/x",
    ];
    let mut entries: Vec<_> = urls.iter().map(|url| get(&format!("{url}#top"))).collect();
    entries.push(get(&format!("data:text/html,{}", "x".repeat(300_000))));
    let seen = read(log(&entries));
    assert_eq!(seen.urls()[..urls.len()], urls);
    assert!(seen.urls().last().unwrap().starts_with("data:text/html,xxx"));
    assert_eq!(seen.remarks, []);
}

#[test]
fn time_stamps_of_every_form_are_read() {
    let started = |json: &str| {
        let text = get(A).replace(r#""2026-11-24T02:45:10Z""#, json);
        read(log(&[text])).only().started.map(CaptureTime::nanos)
    };
    let second = 1_795_488_310_000_000_000;
    for json in [
        "\"2026-11-24T02:45:10.0000000Z\"",
        "\"2026-11-23T21:45:10-05:00\"",
        "\"2026-11-24T02:45:10\"",
        "1795488310",
        "1795488310000",
        "\"1795488310000\"",
        "\"11/24/2026, 2:45:10 AM\"",
    ] {
        assert_eq!(started(json), Some(second), "{json}");
    }
    assert_eq!(started("\"2026-11-24T02:45:10.123456789Z\""), Some(second + 123_456_789));
    for json in ["\"\"", "null", "{}", "\"yesterday\""] {
        assert_eq!(started(json), None, "{json}");
    }
}

#[test]
fn entries_keep_the_order_of_the_file() {
    let at = |url: &str, second: u32| get(url).replace("02:45:10", &format!("02:45:{second}"));
    let seen = read(log(&[at(A, 30), at(B, 20)]));
    assert_eq!(seen.urls(), [A, B]);
    assert!(seen.exchanges[0].started > seen.exchanges[1].started);
}

#[test]
fn fields_nobody_needs_may_be_missing() {
    let seen = read(r#"{"log":{"entries":[{"request":{"url":"https://a.test/1"}}]}}"#);
    let exchange = seen.only();
    assert_eq!((&*exchange.request.url, &*exchange.request.method), (A, ""));
    assert_eq!((exchange.started, exchange.server.as_deref()), (None, None));
}

#[test]
fn only_excerpts_of_preflights_and_failures_are_kept() {
    let excerpt = |method: &str, status: u16, content: &str| {
        let response = format!(r#""status":{status},"content":{{"size":9,{content}}}"#);
        let seen = one(&format!(r#""method":"{method}""#), &response);
        seen.only().head().unwrap().body.excerpt.as_deref().map(str::to_owned)
    };
    assert_eq!(excerpt("GET", 403, r#""text":"PGh0bWw+","encoding":"base64""#).as_deref(), Some("<html>"));
    assert_eq!(excerpt("OPTIONS", 204, r#""text":"a\nb""#).as_deref(), Some("a\nb"));
    assert_eq!(excerpt("GET", 200, r#""text":"secret""#), None);
    let long = excerpt("GET", 500, &format!(r#""text":"{}""#, "ab\\u00e9".repeat(100_000))).unwrap();
    assert!(long.starts_with("abéabé") && long.len() > 1000 && long.len() <= 4096, "{}", long.len());
}

#[test]
fn cookies_with_quotes_are_a_secret_like_any_other() {
    let seen = one(
        r#""headers":[{"name":"Cookie","value":"a=\"x y\"; b=2"}]"#,
        r#""status":200,"headers":[{"name":"Set-Cookie","value":"c=3; Path=/"}]"#,
    );
    assert!(!format!("{:?}", seen.exchanges).contains("x y"));
    assert!(matches!(seen.only().request.headers.presence("cookie"), Presence::Present(_)));
    let remark = seen.remark("secrets-inside");
    assert!(remark.text.contains("still holds 3 cookies; "), "{remark:?}");
}

#[test]
fn an_initiator_is_an_object_or_a_text() {
    let caller = |initiator: &str| {
        let seen = read(log(&[get(A).replacen('{', &format!("{{{initiator},"), 1)]));
        let initiator = seen.only().note.initiator.clone()?;
        Some((initiator.url.to_string(), initiator.line, initiator.function.map(String::from)))
    };
    let frame = r#""stack":{"callFrames":[{"functionName":"save","url":"https://a.test/a.js","lineNumber":12}]}"#;
    let expected = Some(("https://a.test/a.js".to_owned(), Some(13), Some("save".to_owned())));
    assert_eq!(caller(&format!(r#""_initiator":{{"type":"script",{frame}}}"#)), expected);
    let escaped = format!(r#"{{"type":"script",{frame}}}"#).replace('"', "\\\"");
    assert_eq!(caller(&format!(r#""_initiator":"{escaped}""#)), expected);
    let plain = r#""_initiator":"https://a.test/a.js","_initiator_line":13,"_initiator_function_name":"save""#;
    assert_eq!(caller(plain), expected);
    assert_eq!(caller(r#""_initiator":null"#), None);
    assert_eq!(caller(r#""_initiator":{"type":"other"}"#), None);
}

#[test]
fn a_hundred_thousand_entries_are_read() {
    let entries = vec![r#"{"request":{"url":"/"}}"#; 100_001].join(",");
    let seen = read(format!("[{entries}]"));
    assert_eq!(seen.exchanges.len(), 100_001);
    assert!((0..).zip(&seen.exchanges).all(|(index, exchange)| exchange.place == place(index)));
}

#[test]
fn a_gigabyte_of_body_passes_through() {
    let head = r#"{"log":{"entries":[{"request":{"method":"POST","url":"/1","postData":{"text":""#;
    let tail = format!(r#""}}}},"response":{{"status":200}}}},{}]}}}}"#, get(B));
    let text = Cursor::new(head).chain(std::io::repeat(b'x').take(1 << 30)).chain(Cursor::new(tail));
    let mut seen = Seen::default();
    let opened = input::open_reader("-", text, &Limits::default()).unwrap();
    har::read(opened, &Source { index: 0, path: "-".into() }, &Limits::default(), &mut seen).unwrap();
    assert_eq!((seen.urls(), seen.remarks.len()), (vec!["/1", B], 0));
}

#[test]
fn depth_bombs_are_refused_in_one_remark() {
    let deep = format!("{{\"_x\":{}1{},", "[".repeat(5000), "]".repeat(5000));
    let seen = read(log(&[get(A), get("https://a.test/x").replacen('{', &deep, 1), get(B)]));
    assert_eq!(seen.urls(), [A, B]);
    assert_eq!(seen.remark("limit-reached").places, [place(1)]);
    for bomb in ["[".repeat(2_000_000), "{\"a\":".repeat(400_000), "{\"log\":".repeat(400_000)] {
        let (seen, result) = read_with(bomb, &Limits::default());
        assert!(seen.exchanges.is_empty());
        assert!(result.is_err() || !seen.remarks.is_empty());
    }
}

#[test]
fn damage_in_the_middle_costs_what_it_touches() {
    let three =
        |between: &str, second: &str| format!(r#"{{"log":{{"entries":[{}{between}{second},{}]}}}}"#, get(A), get(B));
    let x = get("https://a.test/x");
    let missing_comma = read(three(" ", &x));
    assert_eq!((missing_comma.urls().len(), missing_comma.remarks.len()), (3, 0));
    let inside = read(three(",", &x.replace("},\"response\"", "} \"response\"")));
    assert_eq!((inside.urls().len(), inside.remarks.len()), (3, 0));
    let lost_quote = read(three(",", &x.replacen("\"method\"", "method\"", 1)));
    assert_eq!(lost_quote.urls(), [A, B]);
    assert_eq!(lost_quote.remark("file-damaged").places, [place(1)]);
    let unclosed = read(three(",", &x[..x.len() - 2]));
    assert_eq!(unclosed.urls(), [A, B]);
    assert_eq!(unclosed.remark("file-damaged").places, [place(1)]);
    let stray = read(three(",", &format!("<b>oops \"</b>{x}")));
    assert!(stray.urls().contains(&A) && stray.urls().contains(&B), "{:?}", stray.remarks);
    assert_eq!(stray.remark("file-damaged").count, 1);
}

#[test]
fn entry_is_read_whole_with_every_part_in_its_place() {
    let seen = read(log(&[entry(r#""method":"PUT","httpVersion":"h2","bodySize":7"#, r#""status":204"#)]));
    let exchange = seen.only();
    assert_eq!((exchange.request.body_len, exchange.note.tls), (Some(7), true));
    assert_eq!(exchange.completed.unwrap().since(exchange.started.unwrap()).as_millis(), 5);
}
