//! Answers with odd heads, recorded with Chromium and served to Firefox as well: what both took, what none did, and what
//! only one of them did.

use crate::wire_packets as packets;

use packets::{fixture, read};
use std::collections::BTreeMap;
use whycors::exchange::NoResponse;

/// Answers that Chromium took and Firefox did not, or the reverse.
const DISPUTED: &[u32] = &[7, 8, 9, 13, 14, 15, 16, 20, 21, 22, 26, 30];
/// Answers that neither took for HTTP: junk in front, a NUL in a value, lengths and targets that differ, no head at all.
/// (The one with two Access-Control-Allow-Origin lines is read: CORS refused it.)
const REFUSED: &[u32] = &[25, 27, 42, 49, 51];

#[test]
fn odd_heads_are_read_as_browsers_read_them() {
    let got = read(&fixture("heads/odd-answers-chromium.pcap"));
    let mut seen = BTreeMap::new();
    for exchange in &got.exchanges {
        let Some((_, number)) = exchange.request.url.rsplit_once("/v/") else { continue };
        let number: u32 = number.parse().expect("a number");
        let answer = match &exchange.response {
            Ok(_) => "taken",
            Err(NoResponse::InvalidHttp) => "refused",
            Err(NoResponse::Undecodable) => "disputed",
            Err(_) => "other",
        };
        seen.insert(number, answer);
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), (0..52).collect::<Vec<_>>());
    for (number, answer) in seen {
        let right = match number {
            number if DISPUTED.contains(&number) => "disputed",
            number if REFUSED.contains(&number) => "refused",
            _ => "taken",
        };
        assert_eq!(answer, right, "/v/{number}");
    }
}
