//! An entry point for fuzzing and property tests: bytes as a script of what a connection does.

use super::{Close, Context, Conversation, Finish, Limits, Protocol};
use crate::exchange::{CaptureTime, DuplicateLines, FailureMark, Listing, Mark, Place, Recorder, Side, Vantage};

static RECORDER: Recorder = Recorder {
    id: "fuzz",
    name: "fuzz",
    vantage: Vantage::Wire,
    preflights: Listing::Always,
    failures: Listing::Always,
    failure_mark: FailureMark::None,
    duplicates: DuplicateLines::Kept,
    marks_delivery: false,
};

/// Small bounds, so that short scripts reach them.
const LIMITS: Limits =
    Limits { head_bytes: 512, excerpt_bytes: 64, h2_streams: 4, hpack_table_bytes: 256, pipeline: 4 };

/// Plays a script and checks what must hold whatever the bytes are: no panic, no more exchanges
/// waiting than the limits allow, and none left after the end.
///
/// The first byte chooses the protocol. Then each step is a byte that says what happens and on
/// which side, a byte with a length, and for data that many bytes.
#[doc(hidden)]
pub fn conversation(script: &[u8]) {
    let Some((first, mut rest)) = script.split_first() else { return };
    let protocol = if first % 2 == 0 { Protocol::Http1 } else { Protocol::Http2 };
    let context = Context {
        client: None,
        server: None,
        tls: first & 2 != 0,
        server_name: None,
        tunneled: false,
        recorder: &RECORDER,
    };
    let mut conversation = Conversation::new(context, protocol, &LIMITS);
    let mut out = Vec::new();
    let mut frame = 0_u32;
    let mut mark = || {
        frame += 1;
        let time = Some(CaptureTime::from_nanos(i64::from(frame) * 10_000_000));
        Mark { place: Place::Frame { input: 0, frame: u64::from(frame), stream: 0 }, time }
    };
    while let [what, length, after @ ..] = rest {
        let from = if what & 1 == 0 { Side::Client } else { Side::Server };
        let length = usize::from(*length);
        rest = after;
        match what >> 1 {
            0..100 => {
                let (bytes, after) = rest.split_at(length.min(rest.len()));
                rest = after;
                conversation.data(from, bytes, mark(), &mut out);
            }
            100..105 => conversation.gap(from, Some(length as u64), mark(), &mut out),
            105..110 => conversation.gap(from, None, mark(), &mut out),
            110..113 => conversation.close(from, Close::Fin, mark(), &mut out),
            113..116 => conversation.close(from, Close::Reset, mark(), &mut out),
            116..118 => conversation.close(from, Close::Alert(crate::exchange::Alert(40)), mark(), &mut out),
            118 => conversation.begins_late(from),
            _ => drop(conversation.takeover()),
        }
        assert!(conversation.waiting() <= LIMITS.pipeline.max(LIMITS.h2_streams) + 1, "limits hold");
    }
    conversation.finish(mark(), Finish::CaptureEnd, &mut out);
    assert_eq!(conversation.waiting(), 0, "everything is settled");
    for exchange in &out {
        let status = exchange.head().map_or(200, |head| head.status);
        // Chromium reads what digits there are, none as 0; HTTP/2 has three of them.
        let lowest = if first % 2 == 0 { 0 } else { 100 };
        assert!((lowest..1000).contains(&status), "a status has at most three digits");
        assert!(exchange.request.url.contains("://") && !exchange.request.url.contains('#'), "URLs are absolute");
    }
}
