//! HTTP/2 connections as scripts of frames.

use super::frame::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PRIORITY_FLAG, PUSH_PROMISE, RST_STREAM,
    SETTINGS,
};
use super::test_frames::{block, frame, literals};
use crate::exchange::{Exchange, HttpVersion, NoResponse, Place, Side, Value};
use crate::http::sniff::PREFACE;
use crate::http::testing::Script;
use crate::http::{Close, Limits, Protocol};

/// The events of each exchange in the words that reports have for them.
fn said(exchanges: &[Exchange]) -> Vec<String> {
    exchanges
        .iter()
        .map(|exchange| crate::diagnosis::event::words(&exchange.note.events, None).bare().to_owned())
        .collect()
}

fn script() -> Script {
    Script::new(Protocol::Http2).client(PREFACE)
}

fn request(path: &str) -> Vec<u8> {
    block(&[
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "shop.test"),
        (":path", path),
        ("origin", "https://a.test"),
    ])
}

fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &request(path))
}

fn status(stream: u32, flags: u8, status: &str) -> Vec<u8> {
    frame(HEADERS, flags | END_HEADERS, stream, &block(&[(":status", status), ("server", "x")]))
}

#[test]
fn requests_and_answers_are_joined_by_stream() {
    let done = script().client([get(1, "/a"), get(3, "/b")].concat());
    let done = done.server([status(3, END_STREAM, "204"), status(1, 0, "500")].concat());
    let done = done.server(frame(DATA, 0, 1, b"oh ")).server(frame(DATA, END_STREAM, 1, b"no")).finish();
    assert_eq!(done.lines(), ["GET https://shop.test/b -> 204", "GET https://shop.test/a -> 500"]);
    let slow = &done.out[1];
    assert_eq!(slow.place, Place::Frame { input: 0, frame: 2, stream: 0 });
    assert_eq!(slow.response_place, Some(Place::Frame { input: 0, frame: 3, stream: 0 }));
    assert_eq!(slow.request.headers.get_str("origin").as_deref(), Some("https://a.test"));
    assert_eq!((slow.request.version, slow.request.body_len), (HttpVersion::Http2, Some(0)));
    let body = &slow.head().unwrap().body;
    assert_eq!((body.len, body.complete, body.excerpt.as_deref()), (Some(5), Some(true), Some("oh no")));
}

#[test]
fn padding_priority_continuation_and_trailers_are_understood() {
    let fields = request("/a");
    let (first, second) = fields.split_at(20);
    let head = [&[4][..], &[0, 0, 0, 0, 200], first, &[0; 4]].concat();
    let done = script()
        .client(frame(HEADERS, PADDED | PRIORITY_FLAG, 1, &head))
        .client(frame(CONTINUATION, 0, 1, &second[..5]))
        .client(frame(CONTINUATION, END_HEADERS, 1, &second[5..]))
        .client(frame(DATA, PADDED, 1, b"\x03body...").as_slice())
        .client(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block(&[("check", "1")])))
        .server(status(1, 0, "103"))
        .server(status(1, 0, "404"))
        .server(frame(DATA, PADDED, 1, b"\x02gone..").as_slice())
        .server(frame(0x42, 0xff, 1, b"an extension"))
        .server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block(&[("grpc-status", "0")])))
        .finish();
    assert_eq!(done.lines(), ["GET https://shop.test/a -> 404"]);
    let exchange = &done.out[0];
    assert_eq!(exchange.request.body_len, Some(4));
    let head = exchange.head().unwrap();
    assert_eq!((head.body.len, head.body.excerpt.as_deref()), (Some(4), Some("gone")));
    assert!(!head.headers.has("grpc-status"));
}

#[test]
fn a_reset_stream_says_by_whom_and_with_which_code() {
    let reset = |code: u32| frame(RST_STREAM, 0, 1, &code.to_be_bytes());
    let open = || script().client(get(1, "/a"));
    let cases: [(Script, NoResponse, &str); 4] = [
        (
            open().server(reset(7)),
            NoResponse::Reset,
            "RST_STREAM REFUSED_STREAM from the server 100 ms after the request",
        ),
        (open().client(reset(8)), NoResponse::Aborted, "RST_STREAM CANCEL from the client 100 ms after the request"),
        (
            open().wait(15).client(reset(8)),
            NoResponse::TimedOut,
            "no answer in 1.60 s, then RST_STREAM CANCEL from the client",
        ),
        (
            open().server(reset(99)),
            NoResponse::Reset,
            "RST_STREAM (unknown code) from the server 100 ms after the request",
        ),
    ];
    for (script, reason, event) in cases {
        let done = script.finish();
        assert_eq!((done.reasons(), said(&done.out)), (vec![&reason], vec![event.to_owned()]));
    }
    let late = open().server(status(1, 0, "200")).server(frame(DATA, 0, 1, b"x")).server(reset(2)).finish();
    assert_eq!(late.out[0].head().unwrap().body.complete, Some(false));
    assert_eq!(said(&late.out), ["RST_STREAM INTERNAL_ERROR from the server in the middle of the body"]);
}

#[test]
fn goaway_ends_the_streams_it_leaves_out() {
    let goaway = [1_u32.to_be_bytes(), 11_u32.to_be_bytes()].concat();
    let done = script().client([get(1, "/a"), get(3, "/b")].concat()).server(frame(GOAWAY, 0, 0, &goaway));
    let done = done.server(status(1, END_STREAM, "200")).finish();
    assert_eq!(done.lines(), ["GET https://shop.test/b -> Closed", "GET https://shop.test/a -> 200"]);
    assert_eq!(
        said(&done.out)[0],
        "GOAWAY ENHANCE_YOUR_CALM from the server 100 ms after the request, without this stream"
    );
}

#[test]
fn endings_of_the_connection_end_its_streams() {
    for (close, reason) in [(Close::Fin, NoResponse::Closed), (Close::Reset, NoResponse::Reset)] {
        let done = script().client([get(1, "/a"), get(3, "/b")].concat()).server(status(3, 0, "200"));
        let done = done.close(Side::Server, close).finish();
        assert_eq!(done.lines()[0], format!("GET https://shop.test/a -> {reason:?}"));
        assert_eq!(done.out[1].head().unwrap().body.complete, Some(false));
    }
    let hanging = script().client(get(1, "/a")).wait(20).finish();
    assert_eq!(hanging.reasons(), [&NoResponse::Cut], "a capture that ends proves no time-out");
}

#[test]
fn a_promised_request_and_its_response_are_an_exchange() {
    let promise = [&2_u32.to_be_bytes()[..], &request("/style.css")].concat();
    let done = script().client(get(1, "/")).server(frame(PUSH_PROMISE, END_HEADERS, 1, &promise));
    let done = done.server([status(1, END_STREAM, "200"), status(2, END_STREAM, "200")].concat()).finish();
    assert_eq!(done.lines(), ["GET https://shop.test/ -> 200", "GET https://shop.test/style.css -> 200"]);
    assert_eq!(said(&done.out), ["", "pushed by the server"]);
}

#[test]
fn connect_and_extended_connect_have_a_url() {
    let plain = block(&[(":method", "CONNECT"), (":authority", "shop.test:443")]);
    let extended = block(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":authority", "shop.test"),
        (":path", "/chat"),
    ]);
    let done = script()
        .client([frame(HEADERS, END_HEADERS, 1, &plain), frame(HEADERS, END_HEADERS, 3, &extended)].concat())
        .server([status(1, 0, "200"), status(3, 0, "200"), frame(DATA, 0, 3, b"\x81\x02hi")].concat())
        .finish();
    assert_eq!(done.lines(), ["CONNECT https://shop.test/ -> 200", "CONNECT https://shop.test/chat -> 200"]);
}

#[test]
fn a_connection_without_its_beginning_is_read_as_far_as_its_table_allows() {
    // `be` to `c1` stand for entries of the lost beginning.
    let known =
        literals(0x40, &[(":method", "PUT"), (":path", "/b"), (":scheme", "https"), (":authority", "shop.test")]);
    let done = Script::new(Protocol::Http2)
        .begins_late(Side::Client)
        .client(frame(HEADERS, END_HEADERS | END_STREAM, 7, &[&known[..], &[0xc2]].concat()))
        .client(frame(HEADERS, END_HEADERS | END_STREAM, 9, &[0xbf, 0xbe, 0xc1, 0xc5]))
        .client(frame(HEADERS, END_HEADERS | END_STREAM, 11, &known))
        .server(frame(HEADERS, END_HEADERS | END_STREAM, 7, &[0x88, 0xbe, 0x54, 0x01, b'*']))
        .server(frame(HEADERS, END_HEADERS, 11, &[0xc0]))
        .server(frame(DATA, END_STREAM, 11, b"x"))
        .finish();
    assert_eq!(done.lines(), ["PUT https://shop.test/b -> 200", "PUT https://shop.test/b -> Undecodable"]);
    let request = &done.out[0].request.headers;
    assert_eq!(request.iter().map(|line| line.value).collect::<Vec<_>>(), [Value::Lost]);
    assert!(request.is_incomplete());
    let answer = &done.out[0].head().unwrap().headers;
    assert_eq!(answer.get_str("access-control-allow-origin").as_deref(), Some("*"));
    assert!(answer.is_incomplete());
    let notes = done.conversation.notes();
    // Stream 9 names its path by a lost entry.
    assert_eq!((notes.unreadable_requests, notes.lost_fields), (1, 4));
}

#[test]
fn frames_are_found_again_after_a_hole() {
    let body = vec![b'x'; 3000];
    let done =
        script().client(get(1, "/a")).server(status(1, 0, "200")).server(&frame(DATA, END_STREAM, 1, &body)[..1000]);
    // Within a body: nothing is lost but bytes of it.
    let done = done.gap(Side::Server, Some(2009)).client(get(3, "/b")).server(status(3, END_STREAM, "201"));
    assert_eq!(done.lines(), ["GET https://shop.test/a -> 200", "GET https://shop.test/b -> 201"]);
    // Beyond it: the next frame is looked for.
    let done = done.client(get(5, "/c")).gap(Side::Server, Some(500));
    let done = done.server([b"tail of something".to_vec(), status(5, END_STREAM, "202")].concat());
    assert_eq!(done.lines()[2], "GET https://shop.test/c -> 202");
    assert_eq!(done.conversation.notes().resyncs, 1);
}

#[test]
fn a_response_in_a_hole_is_a_gap() {
    let done = script().client([get(1, "/a"), get(3, "/b")].concat()).gap(Side::Server, Some(500));
    let done = done.server([frame(DATA, END_STREAM, 1, b"x"), status(3, END_STREAM, "202")].concat()).finish();
    assert_eq!(done.lines(), ["GET https://shop.test/a -> Gap { missing: 500 }", "GET https://shop.test/b -> 202"]);
}

#[test]
fn after_a_lost_header_block_older_entries_are_not_trusted() {
    let done = script().client(get(1, "/a")).server(frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        &block(&[(":status", "299")]),
    ));
    let done = done.client([get(3, "/b"), get(5, "/c")].concat()).gap(Side::Server, Some(40));
    // `be` was 299 before the hole; an entry may have been added in it.
    let lost = frame(HEADERS, END_HEADERS | END_STREAM, 3, &[0xbe]);
    let done = done.server([lost, status(5, END_STREAM, "204")].concat()).finish();
    assert_eq!(done.lines()[1..], ["GET https://shop.test/b -> Gap { missing: 40 }", "GET https://shop.test/c -> 204"]);
}

#[test]
fn an_answer_captured_before_its_request_belongs_to_it() {
    let done = script()
        .server([status(1, 0, "404"), frame(DATA, END_STREAM, 1, b"no")].concat())
        .client(get(1, "/a"))
        .finish();
    assert_eq!(done.lines(), ["GET https://shop.test/a -> 404"]);
}

#[test]
fn http2_with_prior_knowledge_is_recognised_on_an_http1_connection() {
    let start = [PREFACE, &get(1, "/a")].concat();
    let done = Script::new(Protocol::Http1).client(&start[..7]).client(&start[7..30]).client(&start[30..]);
    let done = done.server(status(1, END_STREAM, "200")).finish();
    assert_eq!(done.lines(), ["GET https://shop.test/a -> 200"]);
}

#[test]
fn an_h2c_upgrade_answers_the_request_on_stream_1() {
    // HTTP2-Settings: HEADER_TABLE_SIZE 8192.
    let ask = "GET /a HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
               HTTP2-Settings: AAEAACAA\r\n\r\n";
    let agree = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let server = [agree.as_bytes(), &frame(SETTINGS, 0, 0, &[]), &status(1, 0, "200")].concat();
    let done = Script::new(Protocol::Http1).client(ask).server(server);
    let done = done.client([PREFACE, &frame(SETTINGS, 0, 0, &[]), &get(3, "/b")].concat());
    let done = done.server([frame(DATA, END_STREAM, 1, b"x"), status(3, END_STREAM, "404")].concat()).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200", "GET https://shop.test/b -> 404"]);
    assert_eq!(done.out[0].head().unwrap().version, HttpVersion::Http2);
}

#[test]
fn more_streams_than_are_followed_settle_the_oldest() {
    let limits = Limits { h2_streams: 2, ..Limits::default() };
    let requests: Vec<u8> = (0..3).flat_map(|number| get(number * 2 + 1, "/a")).collect();
    let done = Script::with(Protocol::Http2, &limits).client([PREFACE, &requests].concat());
    assert_eq!(done.reasons(), [&NoResponse::Cut]);
    assert_eq!((done.conversation.waiting(), done.conversation.notes().beyond_streams), (2, 1));
}

#[test]
fn a_header_block_larger_than_the_limit_keeps_its_first_fields() {
    let limits = Limits { head_bytes: 300, ..Limits::default() };
    let long = block(&[("x-long", &"v".repeat(120))]);
    let mut bytes = [PREFACE, &frame(HEADERS, END_STREAM, 1, &request("/a"))].concat();
    for _ in 0..1000 {
        bytes.extend(frame(CONTINUATION, 0, 1, &long));
    }
    bytes.extend(frame(CONTINUATION, END_HEADERS, 1, &long));
    // One frame that alone is too large.
    let large = [&block(&[(":status", "403")])[..], &long.repeat(100)].concat();
    let done = Script::with(Protocol::Http2, &limits)
        .client(bytes)
        .server(frame(HEADERS, END_STREAM | END_HEADERS, 1, &large))
        .finish();
    assert_eq!(done.lines(), ["GET https://shop.test/a -> 403"]);
    assert!(done.out[0].request.headers.is_incomplete() && done.out[0].head().unwrap().headers.is_incomplete());
    assert_eq!(done.conversation.notes().oversized_heads, 2);
}

#[test]
fn a_small_block_that_stands_for_a_large_list_is_cut_short() {
    let limits = Limits { head_bytes: 4000, ..Limits::default() };
    let bomb = [&request("/a")[..], &block(&[("x-bomb", &"v".repeat(120))]), &[0xbe; 3000]].concat();
    let done = Script::with(Protocol::Http2, &limits)
        .client([PREFACE, &frame(HEADERS, END_STREAM | END_HEADERS, 1, &bomb)].concat());
    let done = done.server(status(1, END_STREAM, "200")).finish();
    assert!(done.out[0].request.headers.len() < 40);
    assert!(done.out[0].request.headers.is_incomplete());
}

#[test]
fn a_table_larger_than_the_limit_is_counted() {
    let limits = Limits { hpack_table_bytes: 100, ..Limits::default() };
    // Size update to 4096.
    let head = [&[0x3f, 0xe1, 0x1f][..], &request("/a")].concat();
    let done = Script::with(Protocol::Http2, &limits)
        .client([PREFACE, &frame(HEADERS, END_STREAM | END_HEADERS, 1, &head)].concat());
    assert_eq!(done.conversation.notes().beyond_table, 1);
    assert_eq!(done.conversation.waiting(), 1);
}

#[test]
fn what_is_held_is_counted_and_given_back() {
    let done = script().client([get(1, "/a"), get(3, "/b")].concat());
    let waiting = done.conversation.held_bytes();
    assert!(waiting > 400, "{waiting}");
    let done = done.server([status(1, 0, "500"), frame(DATA, 0, 1, &[b'x'; 3000])].concat());
    assert!(done.conversation.held_bytes() > waiting + 3000);
    let done = done.server([frame(DATA, END_STREAM, 1, b""), status(3, END_STREAM, "204")].concat());
    // What is left are the two tables.
    assert!(done.conversation.held_bytes() < waiting, "{}", done.conversation.held_bytes());
}
