//! The dialogue as scripts: who sent what, and the exchanges that came of it.

use crate::exchange::{Alert, Exchange, HttpVersion, NoResponse, Place, Side};
use crate::http::testing::{Script, line};
use crate::http::{Close, Limits, Protocol, Successor};

/// The events of each exchange in the words that reports have for them.
fn said(exchanges: &[Exchange]) -> Vec<String> {
    exchanges
        .iter()
        .map(|exchange| crate::diagnosis::event::words(&exchange.note.events, None).bare().to_owned())
        .collect()
}

fn script() -> Script {
    Script::new(Protocol::Http1)
}

const GET: &str = "GET /a HTTP/1.1\r\nHost: shop.test\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: shop.test\r\n\r\n")
}

fn answer(status: u16) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok")
}

#[test]
fn a_request_and_its_answer_are_an_exchange_with_places_and_times() {
    let done = script().client("GET /a HTTP/1.1\r\nHo").client("st: Shop.test\r\nTE: 1\r\n\r\n");
    let done =
        done.server("HTTP/1.1 403 No").server(" way\r\nContent-Length: 4\r\n\r\n").server("st").server("op").finish();
    let exchange = &done.out[0];
    assert_eq!(line(exchange), "GET http://shop.test/a -> 403");
    assert_eq!(exchange.place, Place::Frame { input: 0, frame: 1, stream: 0 });
    assert_eq!(exchange.response_place, Some(Place::Frame { input: 0, frame: 4, stream: 0 }));
    assert_eq!(exchange.started.unwrap().nanos(), 100_000_000);
    assert_eq!(exchange.completed.unwrap().nanos(), 400_000_000);
    assert_eq!(exchange.server.as_deref(), Some("192.0.2.2:80"));
    assert_eq!(exchange.request.headers.get_str("te").as_deref(), Some("1"));
    assert_eq!(exchange.request.body_len, Some(0));
    let head = exchange.head().unwrap();
    assert_eq!((&*head.reason, head.version), ("No way", HttpVersion::Http11));
    assert_eq!((head.body.len, head.body.complete, head.body.excerpt.as_deref()), (Some(4), Some(true), Some("stop")));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let done = script().client([get("/1"), get("/2"), get("/3")].concat()).server([answer(201), answer(202)].concat());
    let done = done.server(answer(203)).finish();
    assert_eq!(
        done.lines(),
        ["GET http://shop.test/1 -> 201", "GET http://shop.test/2 -> 202", "GET http://shop.test/3 -> 203"]
    );
}

#[test]
fn heads_without_a_body_are_followed_by_the_next_head() {
    for (method, first) in [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 500\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 204 X\r\n\r\n"),
    ] {
        let done = script().client(format!("{method} /a HTTP/1.1\r\nHost: shop.test\r\n\r\n")).server(first);
        let done = done.client(get("/b")).server(answer(299)).finish();
        assert_eq!(done.lines()[1], "GET http://shop.test/b -> 299", "{first}");
        assert_eq!(done.out[0].head().unwrap().body.len, Some(0));
    }
}

#[test]
fn request_bodies_are_skipped_and_counted() {
    let done = script()
        .client("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 9\r\n\r\nGET / HTT")
        .client("PUT /b HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: 1\r\n\r\n")
        .client(get("/c"))
        .server([answer(201), answer(202), answer(203)].concat())
        .finish();
    let lengths: Vec<_> = done.out.iter().map(|exchange| exchange.request.body_len).collect();
    assert_eq!(lengths, [Some(9), Some(5), Some(0)]);
    assert_eq!(done.lines()[2], "GET http://shop.test/c -> 203");
}

#[test]
fn a_body_without_length_lasts_until_the_server_closes() {
    let page = "HTTP/1.0 500 Oops\r\n\r\nsome HTTP/1.1 200 OK text";
    let done = script().client(GET).server(page).close(Side::Server, Close::Fin).finish();
    let head = done.out[0].head().unwrap();
    assert_eq!((head.version, head.body.complete), (HttpVersion::Http10, Some(true)));
    assert_eq!(head.body.excerpt.as_deref(), Some("some HTTP/1.1 200 OK text"));
    let reset = script().client(GET).server(page).close(Side::Server, Close::Reset).finish();
    assert_eq!(reset.out[0].head().unwrap().body.complete, Some(false));
    assert_eq!(said(&reset.out), ["RST from the server in the middle of the body"]);
}

#[test]
fn a_body_shorter_than_promised_was_cut_short() {
    for close in [Close::Fin, Close::Reset, Close::Alert(Alert(80))] {
        let done = script().client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12");
        let done = done.close(Side::Server, close).finish();
        let body = &done.out[0].head().unwrap().body;
        assert_eq!((body.len, body.complete), (Some(2), Some(false)));
    }
    let open = script().client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12").finish();
    assert_eq!(open.out[0].head().unwrap().body.complete, None);
    assert_eq!(said(&open.out), ["the capture ends in the middle of the body"]);
}

#[test]
fn what_came_instead_of_an_answer_is_told_apart() {
    let cases: [(Script, NoResponse, &str); 10] = [
        (
            script().client(GET).close(Side::Server, Close::Fin),
            NoResponse::Closed,
            "FIN from the server 100 ms after the request",
        ),
        (
            script().client(GET).close(Side::Server, Close::Reset),
            NoResponse::Reset,
            "RST from the server 100 ms after the request",
        ),
        (
            script().client(GET).server("HTTP/1.1 20").close(Side::Server, Close::Reset),
            NoResponse::Reset,
            "RST from the server 200 ms after the request, in the middle of the response head",
        ),
        (
            script().client(GET).wait(15).close(Side::Client, Close::Fin).wait(2).close(Side::Server, Close::Fin),
            NoResponse::TimedOut,
            "no answer in 1.60 s, then the client closed",
        ),
        (
            script().client(GET).wait(15).close(Side::Client, Close::Reset),
            NoResponse::TimedOut,
            "no answer in 1.60 s, then the client reset the connection",
        ),
        (
            script().client(GET).close(Side::Client, Close::Reset),
            NoResponse::Aborted,
            "the client reset the connection 100 ms after the request, before an answer",
        ),
        (
            script().client(GET).close(Side::Client, Close::Alert(Alert(42))),
            NoResponse::TlsFailure,
            "TLS alert bad_certificate from the client 100 ms after the request",
        ),
        (script().client(GET).wait(3), NoResponse::Cut, "the capture ends 400 ms after the request"),
        (script().client(GET).wait(30), NoResponse::Cut, "no answer in 3.10 s, then the capture ends"),
        (
            script().client(GET).server(b"\x16\x03\x01garbage\r\n\r\n").close(Side::Server, Close::Fin),
            NoResponse::InvalidHttp,
            "what the server sent is not HTTP: it starts as a handshake of TLS does",
        ),
    ];
    for (script, reason, event) in cases {
        let done = script.finish();
        assert_eq!(done.reasons(), [&reason], "{event}");
        assert_eq!(said(&done.out), [event]);
        assert!(done.out[0].note.event_place().is_some());
    }
}

#[test]
fn a_client_that_only_stopped_sending_still_gets_its_answer() {
    let done = script().client(GET).close(Side::Client, Close::Fin).server(OK).close(Side::Server, Close::Fin).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200"]);
}

#[test]
fn close_notify_is_a_close_like_any_other() {
    let done = script().client(GET).close(Side::Server, Close::Alert(Alert::CLOSE_NOTIFY)).finish();
    assert_eq!(done.reasons(), [&NoResponse::Closed]);
}

#[test]
fn a_head_that_one_browser_takes_is_not_decided_and_one_that_none_takes_is_no_http() {
    let after = |head: &str| {
        let head = format!("{head}\r\n\r\n");
        script().client(GET).server(head.as_str()).client(get("/b")).server(OK).finish().lines()
    };
    let lines =
        |first: &str| [format!("GET http://shop.test/a -> {first}"), "GET http://shop.test/b -> 200".to_owned()];
    let empty = "Content-Length: 0";
    assert_eq!(after(&format!("HTTP/1.1 abc\r\n{empty}")), lines("Undecodable"));
    assert_eq!(after(&format!("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin : *\r\n{empty}")), lines("Undecodable"));
    assert_eq!(after(&format!("HTTP/1.1 200 OK\r\nLocation: /a\r\nLocation: /b\r\n{empty}")), lines("InvalidHttp"));
    assert_eq!(after(&format!("HTTP/1.1 200 OK\r\nX: a\0b\r\n{empty}")), lines("InvalidHttp"));
    assert_eq!(after(&format!("HTTP/2.0 202 OK\r\n{empty}")), lines("202"));
    assert_eq!(after(&format!("xxHTTP/1.1 202 OK\r\n{empty}")), lines("202"));
    assert_eq!(after("SSH-2.0-x"), lines("InvalidHttp"));
}

#[test]
fn a_granted_connect_hands_over_the_bytes_of_the_tunnel() {
    let mut done = script()
        .client("CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n")
        .client("\x16early")
        .server("HTTP/1.1 200 Connection established\r\n\r\n\x16server")
        .client("late");
    assert_eq!(done.lines(), ["CONNECT https://shop.test/ -> 200"]);
    let takeover = done.conversation.takeover().unwrap();
    assert_eq!(takeover.into, Successor::Tunnel("shop.test:443".into()));
    assert_eq!(
        (takeover.client_bytes.as_slice(), takeover.server_bytes.as_slice()),
        (b"\x16earlylate".as_slice(), b"\x16server".as_slice())
    );
    assert!(takeover.client_mark.is_some() && takeover.server_mark.is_some());
    assert!(done.conversation.takeover().is_none());
}

#[test]
fn a_refused_connect_goes_on_as_http() {
    let done = script()
        .client("CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n")
        .client("CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n")
        .server("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
        .server("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n")
        .client(GET)
        .server(OK)
        .finish();
    let expected =
        ["CONNECT https://shop.test/ -> 407", "CONNECT https://shop.test/ -> 502", "GET http://shop.test/a -> 200"];
    assert_eq!(done.lines(), expected);
}

#[test]
fn an_upgrade_ends_the_dialogue_and_a_refused_one_does_not() {
    let ask = "GET /ws HTTP/1.1\r\nHost: shop.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let mut done =
        script().client(ask).server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x01\x02hi");
    assert_eq!(done.lines(), ["GET http://shop.test/ws -> 101"]);
    assert_eq!(done.conversation.takeover().unwrap().into, Successor::Upgraded("websocket".into()));
    let refused = script().client([ask, GET].concat()).server([answer(426), answer(200)].concat()).finish();
    assert_eq!(refused.lines(), ["GET http://shop.test/ws -> 426", "GET http://shop.test/a -> 200"]);
}

#[test]
fn a_hole_inside_a_body_costs_nothing() {
    let done = script().client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n1234567890");
    let done = done.gap(Side::Server, Some(80)).client(get("/b")).server(answer(201)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200", "GET http://shop.test/b -> 201"]);
    assert_eq!(done.out[0].head().unwrap().body.complete, Some(true));
}

#[test]
fn a_lost_response_is_a_gap_and_the_next_one_is_not_taken_for_it() {
    let done = script().client(GET).gap(Side::Server, Some(400)).client(get("/b"));
    let done = done.server(["tail of a body\r\n", &answer(201)].concat()).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> Gap { missing: 400 }", "GET http://shop.test/b -> 201"]);
    // The same when the hole is only noticed after the next request.
    let done = script().client(GET).client(get("/b")).wait(1).gap(Side::Server, Some(400)).finish();
    assert_eq!(done.reasons(), [&NoResponse::Gap { missing: 400 }, &NoResponse::Gap { missing: 400 }]);
}

#[test]
fn after_a_hole_pipelined_requests_are_not_guessed_at() {
    let done =
        script().client([get("/1"), get("/2")].concat()).gap(Side::Server, Some(400)).server(answer(201)).finish();
    assert_eq!(done.reasons(), [&NoResponse::Gap { missing: 400 }, &NoResponse::Gap { missing: 400 }]);
    assert_eq!(done.conversation.notes().orphan_responses, 1);
}

#[test]
fn heads_that_a_hole_cuts_keep_the_lines_before_it() {
    let done =
        script().client("OPTIONS /a HTTP/1.1\r\nHost: shop.test\r\nOrigin: https://sh").gap(Side::Client, Some(200));
    let done = done.server("HTTP/1.1 403 No\r\nServer: x\r\nContent-Length: 500\r\nAcc").gap(Side::Server, Some(300));
    let done = done.client(get("/b")).server(answer(201)).finish();
    assert_eq!(done.lines(), ["OPTIONS http://shop.test/a -> 403", "GET http://shop.test/b -> 201"]);
    let cut = &done.out[0];
    assert!(cut.request.headers.is_incomplete() && !cut.request.headers.has("origin"));
    let head = cut.head().unwrap();
    assert_eq!(head.headers.get_str("server").as_deref(), Some("x"));
    assert!(head.headers.is_incomplete());
    assert_eq!(
        said(&done.out)[0],
        "bytes of the request head are missing from the capture; bytes of the response head are missing from the \
         capture; bytes of the body are missing from the capture"
    );
}

#[test]
fn a_hole_of_unknown_size_breaks_off_the_body_it_is_in() {
    let done = script().client(GET).server("HTTP/1.1 404 No\r\nContent-Length: 9000\r\n\r\npage");
    let done = done.gap(Side::Server, None).server("rest of the page").client(get("/b")).server(answer(201)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 404", "GET http://shop.test/b -> 201"]);
    let body = &done.out[0].head().unwrap().body;
    assert_eq!((body.complete, body.excerpt.as_deref()), (None, Some("page")));
}

#[test]
fn a_lost_request_does_not_shift_the_answers() {
    let done = script().client(GET).server(answer(201)).gap(Side::Client, Some(60)).server(answer(500));
    let done = done.client(get("/c")).server(answer(203)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 201", "GET http://shop.test/c -> 203"]);
    assert_eq!(done.conversation.notes().orphan_responses, 1);
}

#[test]
fn where_an_answer_and_the_next_request_are_both_lost_the_next_answer_is_nobodys() {
    let done = script().client(GET).gap(Side::Server, Some(300)).gap(Side::Client, Some(200));
    let done = done.server(answer(500)).client(get("/c")).server(answer(204)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> Gap { missing: 300 }", "GET http://shop.test/c -> 204"]);
    assert_eq!(done.conversation.notes().orphan_responses, 1);
}

#[test]
fn a_capture_that_starts_in_the_middle_drops_the_first_answer() {
    let done = script()
        .begins_late(Side::Client)
        .server(["body tail\n", &answer(500)].concat())
        .client(GET)
        .server(OK)
        .finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200"]);
    assert_eq!(done.conversation.notes().orphan_responses, 1);
}

#[test]
fn a_capture_that_starts_within_a_body_does_not_call_it_an_answer() {
    let done = script().begins_late(Side::Client).client(GET).server("body tail").server(OK).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200"]);
}

#[test]
fn an_answer_captured_before_its_request_belongs_to_it() {
    let done = script().server(answer(201)).client(GET).client(get("/b")).server(answer(202)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 201", "GET http://shop.test/b -> 202"]);
}

#[test]
fn bytes_beyond_the_promised_body_are_not_an_answer_to_the_next_request() {
    let done = script().client(GET).server([OK, "excess"].concat()).client(get("/b")).server(answer(201)).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200", "GET http://shop.test/b -> 201"]);
}

#[test]
fn a_head_larger_than_the_limit_keeps_its_first_lines() {
    let limits = Limits { head_bytes: 256, ..Limits::default() };
    let long = "x".repeat(10_000);
    let head = format!("HTTP/1.1 403 No\r\nAge: 1\r\nLong: {long}\r\nContent-Length: 2\r\n\r\nok");
    let whole =
        Script::with(Protocol::Http1, &limits).client(GET).server(&head).client(get("/b")).server(answer(201)).finish();
    let mut drip = Script::with(Protocol::Http1, &limits).client(GET);
    for byte in head.as_bytes() {
        drip = drip.server([*byte]);
    }
    let drip = drip.client(get("/b")).server(answer(201)).finish();
    for done in [whole, drip] {
        assert_eq!(done.lines(), ["GET http://shop.test/a -> 403", "GET http://shop.test/b -> 201"]);
        let headers = &done.out[0].head().unwrap().headers;
        assert_eq!(headers.get_str("age").as_deref(), Some("1"));
        assert!(headers.is_incomplete());
        assert_eq!(done.conversation.notes().oversized_heads, 1);
    }
}

#[test]
fn a_hundred_megabytes_without_a_line_end_are_bounded() {
    let block = vec![b'a'; 1 << 20];
    let mut done = script().client("GET /");
    for _ in 0..100 {
        done = done.client(&block);
    }
    let done = done.client("\r\n\r\n").client(GET).server(OK).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200"]);
}

#[test]
fn requests_beyond_the_pipeline_limit_are_counted_and_do_not_shift_answers() {
    let limits = Limits { pipeline: 2, ..Limits::default() };
    let requests: String = (0..4).map(|index| get(&format!("/{index}"))).collect();
    let answers: String = (200..204).map(answer).collect();
    let done =
        Script::with(Protocol::Http1, &limits).client(requests).server(answers).client(get("/5")).server(answer(205));
    let done = done.finish();
    let expected = ["GET http://shop.test/0 -> 200", "GET http://shop.test/1 -> 201", "GET http://shop.test/5 -> 205"];
    assert_eq!(done.lines(), expected);
    assert_eq!(done.conversation.notes().beyond_pipeline, 2);
}

#[test]
fn the_excerpt_stops_at_its_limit() {
    let limits = Limits { excerpt_bytes: 5, ..Limits::default() };
    let done = Script::with(Protocol::Http1, &limits).client(GET);
    let done = done
        .server("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        .server("6\r\ndefghi\r\n0\r\n\r\n")
        .finish();
    let body = &done.out[0].head().unwrap().body;
    assert_eq!((body.excerpt.as_deref(), body.len, body.complete), (Some("abcde"), Some(9), Some(true)));
}

#[test]
fn an_unreadable_request_is_counted_and_the_next_one_read() {
    let done = script().client("GET / HTTP/3.7\r\nHost: x\r\n\r\n").client(GET).server(OK).finish();
    assert_eq!(done.lines(), ["GET http://shop.test/a -> 200"]);
    assert_eq!(done.conversation.notes().unreadable_requests, 1);
}

#[test]
fn what_is_held_is_counted_and_given_back() {
    let done =
        script().client([get("/1"), get("/2")].concat()).client("GET /3 HTTP/1.1\r\nLong: ").client("x".repeat(2000));
    assert!(done.conversation.held_bytes() > 2200);
    let done = done.client("\r\n\r\n").server([answer(201), answer(202), answer(203)].concat());
    assert_eq!(done.conversation.held_bytes(), 0);
}
