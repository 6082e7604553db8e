//! What holds for any bytes and any way they are cut into packets.

use super::h2;
use super::testing::{Script, line};
use super::{Close, Protocol, fuzz};
use crate::exchange::{Exchange, Side};
use proptest::prelude::*;
use std::fmt::Write;

/// Turns of a real-looking HTTP/1 connection.
fn http1() -> Vec<(Side, Vec<u8>)> {
    use Side::{Client, Server};
    let turns: [(Side, &str); 14] = [
        (
            Client,
            "OPTIONS /v1 HTTP/1.1\r\nHost: api.test\r\nOrigin: https://a.test\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
        ),
        (Server, "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://a.test\r\nVary: a,\r\n b\r\n\r\n"),
        (Client, "PUT /v1 HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"),
        (Server, "HTTP/1.1 100 Continue\r\n\r\n"),
        (Client, "4;x=y\r\nGET \r\n10\r\n/ HTTP/1.1\r\n\r\n..\r\n0\r\nTrailer: 1\r\n\r\n"),
        (Server, "HTTP/1.1 500 Oops\nTransfer-Encoding: chunked\nBad line\n\n5\nHTTP/\n0\n\n"),
        (Client, "\r\nHEAD /h HTTP/1.1\r\nHost: api.test\r\n\r\nGET /1 HTTP/1.1\r\nHost: api.test\r\n\r\n"),
        (
            Server,
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nHTTP/1.1 200",
        ),
        (Client, "GET /ws HTTP/1.1\r\nHost: api.test\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        (Server, "HTTP/1.1 403 Forbidden\r\nContent-Encoding: identity\r\nContent-Length: 4, 4\r\n\r\nnope"),
        (Client, "GET /2 HTTP/1.1\r\nHost: api.test\r\n\r\n"),
        (
            Server,
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /3\r\nContent-Length: 0\r\n\r\n",
        ),
        (Client, "GET /3 HTTP/1.0\r\n\r\n"),
        (Server, "HTTP/1.0 200 OK\r\n\r\nuntil the end"),
    ];
    turns.map(|(side, text)| (side, text.as_bytes().to_vec())).to_vec()
}

/// The same for HTTP/2.
fn http2() -> Vec<(Side, Vec<u8>)> {
    use h2::test_frames::{block, frame};
    let head = |fields: &[(&str, &str)]| block(fields);
    let ask = |stream: u32, path: &str| {
        let fields = [(":method", "OPTIONS"), (":scheme", "https"), (":authority", "api.test"), (":path", path)];
        frame(1, 5, stream, &head(&fields))
    };
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let padded = [&[3][..], &head(&[(":status", "403"), ("access-control-allow-origin", "*")]), &[0; 3]].concat();
    let whole = head(&[(":status", "403"), ("access-control-allow-origin", "*")]);
    let (left, right) = whole.split_at(9);
    vec![
        (Side::Client, [preface, frame(4, 0, 0, &[0, 1, 0, 0, 32, 0]), ask(1, "/a"), ask(3, "/b")].concat()),
        (
            Side::Server,
            [frame(4, 0, 0, &[]), frame(4, 1, 0, &[]), frame(1, 4, 3, &head(&[(":status", "103")]))].concat(),
        ),
        (Side::Server, [frame(1, 0x4 | 0x8, 3, &padded), frame(0, 0x8, 3, b"\x02no..")].concat()),
        (Side::Client, [frame(8, 0, 0, &[0, 0, 1, 0]), ask(5, "/c"), frame(6, 0, 0, &[0; 8])].concat()),
        (Side::Server, [frame(0, 1, 3, b" way"), frame(1, 0, 1, left), frame(9, 4, 1, right)].concat()),
        (
            Side::Server,
            [frame(3, 0, 5, &[0, 0, 0, 7]), frame(0, 0, 1, &[b'x'; 300]), frame(1, 5, 1, &head(&[("t", "1")]))]
                .concat(),
        ),
    ]
}

/// Everything of the exchanges that does not depend on packets.
fn picture(out: &[Exchange]) -> String {
    let mut text = String::new();
    for exchange in out {
        let _ = writeln!(text, "{} {:?} {:?}", line(exchange), exchange.request.body_len, exchange.request.headers);
        if let Some(head) = exchange.head() {
            let _ = writeln!(text, "  {:?} {:?} {:?}", head.reason, head.headers, head.body);
        }
    }
    text
}

fn play(protocol: Protocol, turns: &[(Side, Vec<u8>)], cuts: &[usize]) -> String {
    let mut script = Script::new(protocol);
    let mut cuts = cuts.iter().cycle();
    for (side, bytes) in turns {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let at = cuts.next().copied().unwrap_or(usize::MAX).clamp(1, rest.len());
            let (part, after) = rest.split_at(at);
            script = script.data(*side, part);
            rest = after;
        }
    }
    let done = script.close(Side::Server, Close::Fin).finish();
    picture(&done.out)
}

#[test]
fn the_streams_of_these_tests_hold_what_they_seem_to_hold() {
    let methods = |text: String| {
        text.lines()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split(" Some").next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        methods(play(Protocol::Http1, &http1(), &[])),
        [
            "OPTIONS http://api.test/v1 -> 204",
            "PUT http://api.test/v1 -> 500",
            "HEAD http://api.test/h -> 200",
            "GET http://api.test/1 -> 404",
            "GET http://api.test/ws -> 403",
            "GET http://api.test/2 -> 302",
            "GET http://192.0.2.2/3 -> 200",
        ]
    );
    assert_eq!(
        methods(play(Protocol::Http2, &http2(), &[])),
        [
            "OPTIONS https://api.test/b -> 403",
            "OPTIONS https://api.test/c -> Reset",
            "OPTIONS https://api.test/a -> 403"
        ]
    );
}

#[test]
fn byte_by_byte_gives_the_same_exchanges() {
    assert_eq!(play(Protocol::Http1, &http1(), &[1]), play(Protocol::Http1, &http1(), &[]));
    assert_eq!(play(Protocol::Http2, &http2(), &[1]), play(Protocol::Http2, &http2(), &[]));
}

/// One step of a script: mostly data of a real stream, sometimes anything.
fn step() -> impl Strategy<Value = Vec<u8>> {
    let real: Vec<Vec<u8>> = http1().into_iter().chain(http2()).map(|(_, bytes)| bytes).collect();
    let real = (prop::sample::select(real), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let real = real.prop_map(|(bytes, start, len)| {
        let rest = &bytes[start.index(bytes.len())..];
        rest[..=len.index(rest.len())].to_vec()
    });
    let bytes = prop_oneof![4 => real, 1 => prop::collection::vec(any::<u8>(), 0..60)];
    let data = (0..2_u8, bytes).prop_map(|(side, mut bytes)| {
        bytes.truncate(255);
        [&[side, u8::try_from(bytes.len()).unwrap_or(u8::MAX)], bytes.as_slice()].concat()
    });
    prop_oneof![6 => data, 1 => (200..240_u8, any::<u8>()).prop_map(|(what, length)| vec![what, length])]
}

proptest! {
    #[test]
    fn any_cut_of_an_http1_stream_gives_the_same_exchanges(cuts in prop::collection::vec(1..80_usize, 1..40)) {
        prop_assert_eq!(play(Protocol::Http1, &http1(), &cuts), play(Protocol::Http1, &http1(), &[]));
    }

    #[test]
    fn any_cut_of_an_http2_stream_gives_the_same_exchanges(cuts in prop::collection::vec(1..80_usize, 1..40)) {
        prop_assert_eq!(play(Protocol::Http2, &http2(), &cuts), play(Protocol::Http2, &http2(), &[]));
    }

    #[test]
    fn any_bytes_are_survived_within_limits(script in prop::collection::vec(any::<u8>(), 0..600)) {
        fuzz::conversation(&script);
    }

    #[test]
    fn pieces_of_real_streams_in_any_order_are_survived(protocol in 0..4_u8, steps in prop::collection::vec(step(), 0..40)) {
        fuzz::conversation(&[&[protocol], steps.concat().as_slice()].concat());
    }
}
