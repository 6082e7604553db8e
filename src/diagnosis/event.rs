//! Words for events of connections and captures, and for how long somebody waited.
//!
//! Owns the sentences; every fact in them comes from an [`Event`]. Decides nothing.

use crate::exchange::{End, Event, Message, Part, SILENCE, Side, What};
use crate::secrets::prose;
use crate::secrets::{Captured, Decimal, Hexadecimal, Prose};
use std::time::Duration;

/// What happened, joined by `; `. The server goes by its address when there is one.
pub fn words(events: &[Event], server: Option<&str>) -> Prose {
    Prose::joined(events.iter().map(|event| of(&event.what, server)), "; ")
}

fn of(what: &What, server: Option<&str>) -> Prose {
    let silent = |waited: Option<Duration>| waited.filter(|waited| *waited >= SILENCE);
    match what {
        What::Ended { by, how, during: Part::Body, .. } => {
            prose!("{} from {}{}", end(*how), from(*by, server), under_way(Part::Body))
        }
        What::Ended { by: Side::Client, how, waited, during } if !matches!(how, End::Alert(_)) => {
            let stream = matches!(how, End::StreamReset(_));
            let did = if *how == End::Reset { "reset the connection" } else { "closed" };
            let words = match silent(*waited) {
                Some(waited) if stream => prose!("{}, then {} from the client", no_answer(waited), end(*how)),
                Some(waited) => prose!("{}, then the client {}", no_answer(waited), did),
                None if stream => prose!("{} from the client{}", end(*how), after(*waited)),
                None => prose!("the client {}{}, before an answer", did, after(*waited)),
            };
            prose!("{}{}", words, under_way(*during))
        }
        What::Ended { by, how, waited, during } => {
            let without = if matches!(how, End::GoAway(_)) { ", without this stream" } else { "" };
            prose!("{} from {}{}{}{}", end(*how), from(*by, server), after(*waited), without, under_way(*during))
        }
        What::CaptureEnds { during: Part::Body, .. } => prose!("the capture ends{}", under_way(Part::Body)),
        What::CaptureEnds { waited, during } => {
            let words = if let Some(waited) = silent(*waited) {
                prose!("{}, then the capture ends", no_answer(waited))
            } else {
                prose!("the capture ends{}", after(*waited))
            };
            prose!("{}{}", words, under_way(*during))
        }
        What::NotFollowed { during: Part::Body, .. } => {
            "the connection was not followed any longer, in the middle of the body".into()
        }
        What::NotFollowed { waited, during } => {
            let words = if let Some(waited) = waited.filter(|waited| waited.as_secs() >= 30) {
                prose!("{}; the connection was not followed any longer", no_answer(waited))
            } else {
                prose!("the connection was not followed any longer{}", after(*waited))
            };
            prose!("{}{}", words, under_way(*during))
        }
        What::TooManyStreams => "more streams are open than are followed".into(),
        What::ResponseMissing { bytes: 0 } => {
            "bytes are missing from the capture where the response would stand".into()
        }
        What::ResponseMissing { bytes } => {
            prose!("{} bytes are missing from the capture where the response would stand", bytes)
        }
        What::StatusLost => "the status is in a header table whose beginning was not captured".into(),
        What::NotHttp { starts } => {
            prose!("what the server sent is not HTTP: it starts {}", beginning(starts))
        }
        What::LinesContradict { name } => {
            prose!("the answer has two {} lines that differ, which browsers take for no answer", name)
        }
        What::NulInHead => "a header value of the answer holds a NUL, which browsers take for no answer".into(),
        What::HeadDisputed => {
            "the head of the answer is not valid HTTP: one browser takes it and another does not".into()
        }
        What::Pushed => "pushed by the server".into(),
        What::BodyHole => "bytes of the body are missing from the capture".into(),
        What::BadChunks => "the chunked coding of the body is broken".into(),
        What::LinesLeftOut { of, lines: 1 } => {
            prose!("1 line of the {} head is not HTTP and was left out", message(*of))
        }
        What::LinesLeftOut { of, lines } => {
            prose!("{} lines of the {} head are not HTTP and were left out", lines, message(*of))
        }
        What::HeadTooLarge { of } => prose!("the {} head is larger than what is read of one", message(*of)),
        What::HeadHole { of } => prose!("bytes of the {} head are missing from the capture", message(*of)),
    }
}

/// How bytes that are no HTTP begin: as those of a protocol do, which proves no more than that, else the first
/// four. More of them may be anybody's.
fn beginning(bytes: &[u8]) -> Prose {
    const GREETINGS: &[(&[u8], &str)] = &[
        (b"SSH-", "as SSH does"),
        (b"RFB ", "as VNC (RFB) does"),
        (b"220 ", "as FTP and SMTP do"),
        (b"220-", "as FTP and SMTP do"),
        (b"* OK ", "as IMAP does"),
        (b"+OK", "as an answer of POP3 or Redis does"),
        (b"-ERR", "as an error of POP3 or Redis does"),
        (b"\x16\x03", "as a handshake of TLS does"),
        (b"\x15\x03", "as an alert of TLS does"),
    ];
    if let Some((_, name)) = GREETINGS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return (*name).into();
    }
    prose!("with the bytes {}", Prose::joined(bytes.iter().take(4).copied().map(Hexadecimal), " "))
}

fn end(how: End) -> Prose {
    match how {
        End::Fin => "FIN".into(),
        End::Reset => "RST".into(),
        End::Alert(alert) => prose!("TLS alert {}", alert.name()),
        End::StreamReset(code) => prose!("RST_STREAM {}", code),
        End::GoAway(code) => prose!("GOAWAY {}", code),
    }
}

fn from(by: Side, server: Option<&str>) -> Prose {
    match (by, server) {
        (Side::Client, _) => "the client".into(),
        (Side::Server, Some(server)) => Captured::text(server).into(),
        (Side::Server, None) => "the server".into(),
    }
}

fn after(waited: Option<Duration>) -> Prose {
    waited.map_or_else(Prose::new, |waited| prose!(" {} after the request", duration(waited)))
}

fn no_answer(waited: Duration) -> Prose {
    prose!("no answer in {}", duration(waited))
}

fn under_way(during: Part) -> &'static str {
    match during {
        Part::Waiting => "",
        Part::ResponseHead => ", in the middle of the response head",
        Part::Body => " in the middle of the body",
    }
}

fn message(of: Message) -> &'static str {
    match of {
        Message::Request => "request",
        Message::Response => "response",
    }
}

/// A duration with two or three figures: `0.9 ms`, `312 ms`, `1.67 s`, `75 s`.
pub(super) fn duration(duration: Duration) -> Prose {
    let micros = duration.as_micros();
    let seconds = duration.as_secs_f64();
    match micros {
        0..100 => prose!("{} µs", micros),
        100..9_950 => prose!("{} ms", Decimal(seconds * 1e3, 1)),
        9_950..999_500 => prose!("{} ms", Decimal(seconds * 1e3, 0)),
        999_500..9_995_000 => prose!("{} s", Decimal(seconds, 2)),
        _ => prose!("{} s", Decimal(seconds, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Alert;

    #[test]
    fn durations_have_two_or_three_figures() {
        for (micros, words) in [
            (0, "0 µs"),
            (87, "87 µs"),
            (900, "0.9 ms"),
            (9_949, "9.9 ms"),
            (9_950, "10 ms"),
            (312_400, "312 ms"),
            (999_499, "999 ms"),
            (1_670_000, "1.67 s"),
            (75_300_000, "75 s"),
        ] {
            assert_eq!(duration(Duration::from_micros(micros)).bare(), words);
        }
    }

    fn said(by: Side, how: End, millis: u64, during: Part) -> String {
        let what = What::Ended { by, how, waited: Some(Duration::from_millis(millis)), during };
        words(&[Event { what, place: None }], Some("192.0.2.7:443")).bare().to_owned()
    }

    #[test]
    fn who_ended_it_how_and_when() {
        let alert = End::Alert(Alert(116));
        for (words, by, how, millis, during) in [
            ("RST from 192.0.2.7:443 10 ms after the request", Side::Server, End::Reset, 10, Part::Waiting),
            (
                "FIN from 192.0.2.7:443 10 ms after the request, in the middle of the response head",
                Side::Server,
                End::Fin,
                10,
                Part::ResponseHead,
            ),
            ("RST from 192.0.2.7:443 in the middle of the body", Side::Server, End::Reset, 10, Part::Body),
            (
                "TLS alert certificate_required from 192.0.2.7:443 10 ms after the request",
                Side::Server,
                alert,
                10,
                Part::Waiting,
            ),
            ("no answer in 2.00 s, then the client closed", Side::Client, End::Fin, 2000, Part::Waiting),
            (
                "the client reset the connection 10 ms after the request, before an answer",
                Side::Client,
                End::Reset,
                10,
                Part::Waiting,
            ),
            (
                "no answer in 2.00 s, then RST_STREAM CANCEL from the client",
                Side::Client,
                End::StreamReset("CANCEL"),
                2000,
                Part::Waiting,
            ),
            (
                "GOAWAY NO_ERROR from 192.0.2.7:443 10 ms after the request, without this stream",
                Side::Server,
                End::GoAway("NO_ERROR"),
                10,
                Part::Waiting,
            ),
        ] {
            assert_eq!(said(by, how, millis, during), words);
        }
    }
}
