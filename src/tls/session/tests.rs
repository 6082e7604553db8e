use super::*;
use crate::exchange::Place;

/// What a session said, in words.
fn said(event: &Event<'_>) -> String {
    match event {
        Event::ClientHello { server_name, alpn, .. } => format!("client hello {server_name:?} {alpn:?}"),
        Event::ServerHello { version, cipher, .. } => format!("server hello {} {cipher}", version.name()),
        Event::Alpn { protocol, .. } => format!("alpn {protocol}"),
        Event::Plaintext { from, bytes, .. } => format!("{from:?}: {}", bytes.escape_ascii()),
        Event::Gap { from, .. } => format!("gap of {from:?}"),
        Event::Alert { from, fatal, alert, .. } => format!("alert of {from:?} {} {fatal}", alert.name()),
        Event::NeedKeys => "need keys".to_owned(),
        Event::Stopped { why } => format!("stopped {}", why.id()),
    }
}

fn mark(frame: u64) -> Mark {
    Mark { place: Place::Frame { input: 0, frame, stream: 0 }, time: None }
}

fn run(pieces: &[(Side, &[u8])]) -> Vec<String> {
    let limits = Limits::default();
    let (keys, mut session, mut events) = (KeyLog::new(&limits), Session::new(&limits), Vec::new());
    for (frame, (from, bytes)) in (1..).zip(pieces) {
        session.data(*from, bytes, mark(frame), &keys, &mut |event| events.push(said(&event)));
    }
    session.finish(&keys, &mut |event| events.push(said(&event)));
    events
}

#[test]
fn a_connection_whose_beginning_is_missing_says_so() {
    let record = [23, 3, 3, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(run(&[(Side::Server, &record), (Side::Client, &record)]), ["stopped client-hello-missing"]);
    assert_eq!(run(&[(Side::Server, &record)]), ["stopped client-hello-missing"]);
}

#[test]
fn an_alert_in_clear_is_named_also_after_reading_stopped() {
    let alert = [21, 3, 3, 0, 2, 2, 48];
    assert_eq!(run(&[(Side::Client, &alert)]), ["alert of Client unknown_ca true"]);
    let late = [&[23, 3, 3, 0, 1, 0][..], &alert].concat();
    let both = ["stopped client-hello-missing", "alert of Client unknown_ca true"];
    assert_eq!(run(&[(Side::Client, &late)]), both);
    assert_eq!(run(&[(Side::Client, &late[..6]), (Side::Client, &alert)]), both);
}

#[test]
fn bytes_that_are_no_records_are_refused() {
    assert_eq!(run(&[(Side::Client, b"GET / HTTP/1.1\r\n\r\n")]), ["stopped not-tls"]);
}
