//! TCP reassembly as a property: whatever a capture does to the segments, the same bytes come out,
//! or a hole where bytes are missing, never other bytes.

#![allow(clippy::unwrap_used, reason = "test helpers outside of test functions")]

use proptest::prelude::*;
use whycors::capture::pcap::reassembly::{End, Reassembly, Receiver, Segment, Way};
use whycors::exchange::{CaptureTime, Mark, Place};

/// What came out of one direction.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Heard {
    /// Bytes, with `None` for each missing one.
    bytes: Vec<Option<u8>>,
    ends: Vec<bool>,
}

#[derive(Debug, Default)]
struct Ear {
    up: Heard,
    down: Heard,
    /// Directions in the order in which something came out of them.
    order: Vec<Way>,
}

impl Ear {
    fn of(&mut self, way: Way) -> &mut Heard {
        self.order.push(way);
        if way == Way::Up { &mut self.up } else { &mut self.down }
    }
}

impl Receiver for Ear {
    fn data(&mut self, way: Way, bytes: &[u8], _: Mark) {
        assert!(!bytes.is_empty(), "data is never empty");
        self.of(way).bytes.extend(bytes.iter().map(|byte| Some(*byte)));
    }

    fn gap(&mut self, way: Way, missing: u64, _: Mark) {
        assert!(missing > 0, "a hole is never empty");
        let missing = usize::try_from(missing).expect("holes of these tests are small");
        let heard = self.of(way);
        heard.bytes.resize(heard.bytes.len() + missing, None);
    }

    fn end(&mut self, way: Way, how: End, _: Mark) {
        self.of(way).ends.push(how == End::Fin);
    }

    fn resumed(&mut self, way: Way, _: Mark) {
        self.of(way).ends.pop();
    }
}

/// A segment of a script, by its place in the stream of its direction.
#[derive(Debug, Clone)]
struct Piece {
    way: Way,
    start: usize,
    bytes: Vec<u8>,
    fin: bool,
    cut: usize,
}

fn mark(frame: u64) -> Mark {
    let time = CaptureTime::from_nanos(i64::try_from(frame).unwrap() * 1_000_000);
    Mark { place: Place::Frame { input: 0, frame, stream: 0 }, time: Some(time) }
}

/// Plays pieces without acknowledgements, after a SYN with this initial sequence number.
fn play(isn: u32, pieces: &[Piece], limit: usize) -> Ear {
    let mut reassembly = Reassembly::new(limit);
    let mut ear = Ear::default();
    let mut frame = 1;
    for way in [Way::Up, Way::Down] {
        let syn =
            Segment { seq: isn, ack: None, syn: true, fin: false, rst: false, payload: b"", cut: 0, mark: mark(frame) };
        reassembly.push(way, &syn, &mut ear);
        frame += 1;
    }
    for piece in pieces {
        let seq = isn.wrapping_add(1).wrapping_add(u32::try_from(piece.start).unwrap());
        let captured = piece.bytes.len() - piece.cut.min(piece.bytes.len());
        let segment = Segment {
            seq,
            ack: None,
            syn: false,
            fin: piece.fin,
            rst: false,
            payload: &piece.bytes[..captured],
            cut: u32::try_from(piece.bytes.len() - captured).unwrap(),
            mark: mark(frame),
        };
        reassembly.push(piece.way, &segment, &mut ear);
        frame += 1;
        assert!(reassembly.stored_bytes() <= limit + 256, "the budget holds after every segment");
    }
    reassembly.flush(mark(frame), &mut ear);
    assert_eq!(reassembly.stored_bytes(), 0, "nothing stays behind");
    ear
}

/// Cuts a stream at the given places; every piece reaches `overlap` bytes into the next one.
fn pieces_of(way: Way, stream: &[u8], cuts: &[usize], overlap: usize) -> Vec<Piece> {
    let mut edges: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    edges.extend([0, stream.len()]);
    edges.sort_unstable();
    edges.dedup();
    edges
        .windows(2)
        .map(|edge| {
            let end = (edge[1] + overlap).min(stream.len());
            let fin = edge[1] == stream.len();
            Piece { way, start: edge[0], bytes: stream[edge[0]..end].to_vec(), fin, cut: 0 }
        })
        .collect()
}

/// Moves each piece by at most `window` places.
fn shuffle(pieces: &mut [Piece], moves: &[usize], window: usize) {
    let len = pieces.len();
    for (at, step) in moves.iter().enumerate().take(len) {
        pieces.swap(at, (at + step % window).min(len - 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    #[test]
    fn any_segmentation_order_repetition_and_overlap_gives_the_same_bytes(
        stream in prop::collection::vec(any::<u8>(), 1..600),
        cuts in prop::collection::vec(0_usize..600, 0..40),
        moves in prop::collection::vec(0_usize..8, 0..60),
        repeats in prop::collection::vec(0_usize..60, 0..20),
        overlap in 0_usize..30,
        // Near the end of the sequence space half of the time, so that it wraps.
        isn in prop_oneof![any::<u32>(), (u32::MAX - 700)..=u32::MAX],
    ) {
        let mut pieces = pieces_of(Way::Up, &stream, &cuts, overlap);
        for repeat in repeats {
            let copy = pieces[repeat % pieces.len()].clone();
            pieces.insert(repeat % (pieces.len() + 1), copy);
        }
        shuffle(&mut pieces, &moves, 8);
        let ear = play(isn, &pieces, 1 << 20);
        prop_assert_eq!(ear.up.bytes, stream.into_iter().map(Some).collect::<Vec<_>>());
        prop_assert_eq!(ear.up.ends, vec![true]);
    }

    #[test]
    fn missing_pieces_are_holes_and_a_small_budget_loses_bytes_but_never_makes_other_ones(
        stream in prop::collection::vec(any::<u8>(), 1..600),
        cuts in prop::collection::vec(0_usize..600, 1..40),
        lost in prop::collection::vec(any::<bool>(), 42),
        snap in prop::collection::vec(0_usize..20, 42),
        moves in prop::collection::vec(0_usize..40, 0..60),
        limit in prop_oneof![Just(0_usize), Just(300), Just(1 << 20)],
        isn in any::<u32>(),
    ) {
        let mut pieces = pieces_of(Way::Up, &stream, &cuts, 0);
        for (piece, cut) in pieces.iter_mut().zip(snap) {
            piece.cut = if cut < 10 { 0 } else { cut };
        }
        let mut kept: Vec<Piece> = pieces.into_iter().zip(lost).filter(|(_, lost)| !lost).map(|(piece, _)| piece).collect();
        shuffle(&mut kept, &moves, 40);
        let ear = play(isn, &kept, limit);
        prop_assert!(ear.up.bytes.len() <= stream.len());
        for (at, byte) in ear.up.bytes.iter().enumerate() {
            prop_assert!(byte.is_none() || *byte == Some(stream[at]), "byte {} is another one", at);
        }
        // With room for everything, every captured byte comes out.
        if limit == 1 << 20 {
            let captured: usize = kept.iter().map(|piece| piece.bytes.len() - piece.cut.min(piece.bytes.len())).sum();
            prop_assert_eq!(ear.up.bytes.iter().flatten().count(), captured);
        }
    }

    #[test]
    fn conflicting_copies_never_mix_within_what_was_first(
        first in prop::collection::vec(any::<u8>(), 64),
        second in prop::collection::vec(any::<u8>(), 64),
        spans in prop::collection::vec((0_usize..64, 1_usize..20, any::<bool>()), 1..40),
    ) {
        // Which copy of a byte arrives first decides; here that is worked out byte by byte.
        let mut expected: Vec<Option<u8>> = vec![None; 64];
        let mut pieces = Vec::new();
        for (start, len, other) in spans {
            let end = (start + len).min(64);
            let source = if other { &second } else { &first };
            for at in start..end {
                expected[at].get_or_insert(source[at]);
            }
            pieces.push(Piece { way: Way::Up, start, bytes: source[start..end].to_vec(), fin: false, cut: 0 });
        }
        let last = expected.iter().rposition(Option::is_some).unwrap();
        expected.truncate(last + 1);
        let ear = play(7, &pieces, 1 << 20);
        prop_assert_eq!(ear.up.bytes, expected);
    }

    #[test]
    fn any_segments_at_all_are_survived_within_the_budget(
        segments in prop::collection::vec(
            (any::<bool>(), any::<u32>(), any::<Option<u32>>(), 0_u8..32, 0_usize..50, 0_u32..100), 0..200),
    ) {
        let mut reassembly = Reassembly::new(4096);
        let mut ear = Total::default();
        let payload = [7_u8; 50];
        for (frame, (up, seq, ack, flags, len, cut)) in (1..).zip(segments) {
            let segment = Segment {
                seq: if flags & 0b1_0000 == 0 { seq } else { seq & 0xfff },
                ack: ack.map(|ack| if flags & 0b1_0000 == 0 { ack } else { ack & 0xfff }),
                syn: flags & 0b0_0011 == 0b0_0011,
                fin: flags & 0b0_1100 == 0b0_1100,
                rst: flags == 0b1_1111,
                payload: &payload[..len],
                cut: if flags & 0b0_1000 != 0 { cut } else { 0 },
                mark: mark(frame),
            };
            reassembly.push(if up { Way::Up } else { Way::Down }, &segment, &mut ear);
            prop_assert!(reassembly.stored_bytes() <= 2 * (4096 + 256));
        }
        reassembly.flush(mark(1000), &mut ear);
    }
}

#[derive(Default)]
struct Total(u64);

impl Receiver for Total {
    fn data(&mut self, _: Way, bytes: &[u8], _: Mark) {
        self.0 += bytes.len() as u64;
    }

    fn gap(&mut self, _: Way, missing: u64, _: Mark) {
        self.0 += missing;
    }

    fn end(&mut self, _: Way, _: End, _: Mark) {}

    fn resumed(&mut self, _: Way, _: Mark) {}
}

/// A dialogue with acknowledgements: requests of 10 bytes up, answers of 20 bytes down.
fn dialogue(exchanges: u32) -> Vec<(Way, u32, u32, usize)> {
    let mut out = Vec::new();
    for turn in 0..exchanges {
        out.push((Way::Up, 1 + turn * 10, 1 + turn * 20, 10));
        out.push((Way::Down, 1 + turn * 20, 11 + turn * 10, 20));
    }
    out
}

fn play_dialogue(script: &[(Way, u32, u32, usize)]) -> Ear {
    let mut reassembly = Reassembly::new(1 << 20);
    let mut ear = Ear::default();
    let payload = [b'.'; 20];
    for way in [Way::Up, Way::Down] {
        let syn = Segment { seq: 0, ack: None, syn: true, fin: false, rst: false, payload: b"", cut: 0, mark: mark(1) };
        reassembly.push(way, &syn, &mut ear);
    }
    for (frame, (way, seq, ack, len)) in (2..).zip(script) {
        let segment = Segment {
            seq: *seq,
            ack: Some(*ack),
            syn: false,
            fin: false,
            rst: false,
            payload: &payload[..*len],
            cut: 0,
            mark: mark(frame),
        };
        reassembly.push(*way, &segment, &mut ear);
    }
    reassembly.flush(mark(10_000), &mut ear);
    ear
}

#[test]
fn an_answer_never_overtakes_its_request() {
    let mut script = dialogue(20);
    // Every answer is shown before its request.
    for pair in script.chunks_mut(2) {
        pair.swap(0, 1);
    }
    let ear = play_dialogue(&script);
    assert_eq!(ear.order, [Way::Up, Way::Down].repeat(20));
}

#[test]
fn a_lost_request_is_a_hole_in_its_turn() {
    let mut script = dialogue(60);
    script.remove(20);
    let ear = play_dialogue(&script);
    assert_eq!(ear.order, [Way::Up, Way::Down].repeat(60), "the hole of request 11 comes before answer 11");
    assert_eq!(ear.up.bytes.iter().filter(|byte| byte.is_none()).count(), 10);
    assert_eq!(ear.down.bytes.iter().filter(|byte| byte.is_none()).count(), 0);
}

#[test]
fn a_hole_that_a_request_stands_in_the_middle_of_is_two() {
    // Answers 5 and 6 are lost and request 6 is there: it comes between their holes.
    let mut script = dialogue(60);
    script.remove(11);
    script.remove(9);
    let ear = play_dialogue(&script);
    assert_eq!(ear.order, [Way::Up, Way::Down].repeat(60));
    assert_eq!(ear.down.bytes.iter().filter(|byte| byte.is_none()).count(), 40);
}

#[test]
fn a_fresh_hole_is_waited_for_however_long_another_was() {
    // Answer 6 and a later one are lost: requests are stored behind both until the first hole is
    // given up. A request that is captured a little late just then is waited for all the same.
    for (lost, late) in (15..60).step_by(2).flat_map(|lost| (45..70).map(move |late| (lost, late))) {
        let mut script = dialogue(60);
        script.swap(late, late + 1);
        script.retain(|piece| ![(Way::Down, 101), (Way::Down, 1 + lost / 2 * 20)].contains(&(piece.0, piece.1)));
        let ear = play_dialogue(&script);
        assert_eq!(ear.up.bytes.iter().filter(|byte| byte.is_none()).count(), 0, "{lost} {late}");
        assert_eq!(ear.down.bytes.iter().filter(|byte| byte.is_none()).count(), 40, "{lost} {late}");
        assert_eq!(ear.order, [Way::Up, Way::Down].repeat(60), "{lost} {late}");
    }
}

#[test]
fn one_direction_alone_is_handed_on_as_it_comes() {
    let script: Vec<_> = dialogue(100).into_iter().filter(|(way, ..)| *way == Way::Down).collect();
    let mut reassembly = Reassembly::new(1 << 20);
    let mut ear = Ear::default();
    for (frame, (way, seq, ack, _)) in (1..).zip(script) {
        let segment = Segment {
            seq,
            ack: Some(ack),
            syn: false,
            fin: false,
            rst: false,
            payload: &[b'.'; 20],
            cut: 0,
            mark: mark(frame),
        };
        reassembly.push(way, &segment, &mut ear);
        // What the other side sent may only be late at first; then it is clear that it will not come.
        if !(2..50).contains(&frame) {
            assert_eq!(ear.down.bytes.len(), 20 * usize::try_from(frame).unwrap(), "nothing waits");
        }
    }
}

#[test]
fn a_reset_waits_for_the_bytes_before_it_and_ends_everything() {
    let mut reassembly = Reassembly::new(1 << 20);
    let mut ear = Ear::default();
    let segment = |seq, rst, payload, frame| Segment {
        seq,
        ack: None,
        syn: false,
        fin: false,
        rst,
        payload,
        cut: 0,
        mark: mark(frame),
    };
    reassembly.push(Way::Up, &segment(1, false, b"abc", 1), &mut ear);
    reassembly.push(Way::Up, &segment(7, true, b"", 2), &mut ear);
    assert_eq!(ear.up.ends.len(), 0, "three bytes are still to come");
    reassembly.push(Way::Up, &segment(4, false, b"def", 3), &mut ear);
    assert_eq!((ear.up.bytes.len(), &ear.up.ends[..]), (6, &[false][..]));
    reassembly.push(Way::Down, &segment(1, false, b"late", 4), &mut ear);
    assert!(reassembly.is_over() && ear.down.bytes.is_empty());
}

#[test]
fn an_acknowledged_fin_that_the_capture_lost_ends_its_direction() {
    let mut reassembly = Reassembly::new(1 << 20);
    let mut ear = Ear::default();
    let segment = |seq, ack, payload, frame| Segment {
        seq,
        ack: Some(ack),
        syn: false,
        fin: false,
        rst: false,
        payload,
        cut: 0,
        mark: mark(frame),
    };
    reassembly.push(Way::Up, &segment(1, 1, b"abc", 1), &mut ear);
    reassembly.push(Way::Down, &segment(1, 4, b"x", 2), &mut ear);
    reassembly.push(Way::Down, &segment(2, 5, b"", 3), &mut ear);
    assert!(ear.up.ends.is_empty(), "it may still come");
    reassembly.flush(mark(4), &mut ear);
    assert_eq!((ear.up.bytes.len(), &ear.up.ends[..]), (3, &[true][..]));
}

#[test]
fn keep_alive_probes_and_zero_windows_say_nothing() {
    let mut reassembly = Reassembly::new(1 << 20);
    let mut ear = Ear::default();
    let segment = |seq, payload, frame| Segment {
        seq,
        ack: Some(1),
        syn: false,
        fin: false,
        rst: false,
        payload,
        cut: 0,
        mark: mark(frame),
    };
    reassembly.push(Way::Up, &segment(100, b"hello", 1), &mut ear);
    reassembly.push(Way::Up, &segment(104, b"\0", 2), &mut ear);
    reassembly.push(Way::Up, &segment(104, b"", 3), &mut ear);
    reassembly.push(Way::Up, &segment(105, b"!", 4), &mut ear);
    let text: Vec<u8> = ear.up.bytes.into_iter().flatten().collect();
    assert_eq!(text, b"hello!");
}
