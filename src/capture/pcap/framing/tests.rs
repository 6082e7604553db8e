use super::*;

const LIMIT: usize = 1 << 20;

fn steps(file: &[u8]) -> Vec<Step> {
    let (mut framing, mut at) = Framing::open(&file[..24], LIMIT, 16).expect("a capture");
    let mut out = Vec::new();
    loop {
        let step = framing.step(file, at);
        match &step {
            Step::Packet(_, next) | Step::KeyLog(_, next) => at = *next,
            Step::Unfollowed(next) | Step::Skip(next) | Step::Damaged(next) => at = *next,
            Step::Need(_) | Step::Lost => {
                out.push(step);
                return out;
            }
        }
        out.push(step);
    }
}

fn pcap(magic: u32, big: bool, link: u32, frames: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let half = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut out = word(magic).to_vec();
    out.extend(half(2));
    out.extend(half(4));
    for n in [0, 0, 65535, link] {
        out.extend(word(n));
    }
    for (seconds, fraction, data) in frames {
        let len = u32::try_from(data.len()).unwrap();
        for n in [*seconds, *fraction, len, len + 7] {
            out.extend(word(n));
        }
        out.extend_from_slice(data);
    }
    out
}

#[test]
fn microseconds_and_nanoseconds_in_both_byte_orders_give_the_same_instant() {
    for big in [false, true] {
        for (magic, fraction) in [(0xa1b2_c3d4, 250_000), (0xa1b2_3c4d, 250_000_000)] {
            let file = pcap(magic, big, 101, &[(7, fraction, b"abc")]);
            let got = steps(&file);
            let Step::Packet(packet, _) = &got[0] else { panic!("{got:?}") };
            assert_eq!(packet.time, Some(CaptureTime::from_nanos(7_250_000_000)));
            assert_eq!((packet.link, packet.original), (101, 10));
            assert_eq!(&file[packet.data.clone()], b"abc");
        }
    }
}

#[test]
fn a_cut_last_packet_asks_for_exactly_what_is_missing() {
    let file = pcap(0xa1b2_c3d4, false, 1, &[(7, 0, b"abc"), (8, 0, b"defg")]);
    let got = steps(&file[..file.len() - 2]);
    assert!(matches!(got[..], [Step::Packet(..), Step::Need(20)]), "{got:?}");
}

#[test]
fn after_an_absurd_length_reading_goes_on_at_the_next_believable_record() {
    let mut file = pcap(0xa1b2_c3d4, false, 1, &[(1000, 0, &[1; 60])]);
    let broken = file.len();
    file.extend(
        pcap(0xa1b2_c3d4, false, 1, &[(1001, 0, &[2; 60]), (1002, 0, &[3; 60]), (1003, 0, &[4; 60])]).split_off(24),
    );
    file[broken + 8..broken + 12].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    let got = steps(&file);
    let good: Vec<u8> = got
        .iter()
        .filter_map(|step| if let Step::Packet(p, _) = step { Some(file[p.data.start]) } else { None })
        .collect();
    assert_eq!(good, [1, 3, 4]);
    assert!(got.iter().any(|step| matches!(step, Step::Damaged(_))));
}

fn block(kind: u32, body: &[u8], big: bool) -> Vec<u8> {
    let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut body = body.to_vec();
    body.resize(body.len().next_multiple_of(4), 0);
    let length = word(u32::try_from(body.len() + 12).unwrap());
    [&word(kind)[..], &length, &body, &length].concat()
}

fn section(big: bool, options: &[u8]) -> Vec<u8> {
    let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let half = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let header = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat();
    let description = [&half(1)[..], &half(0), &word(0), options].concat();
    [block(0x0a0d_0d0a, &header, big), block(1, &description, big)].concat()
}

fn enhanced(big: bool, interface: u32, ticks: u64, data: &[u8]) -> Vec<u8> {
    let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let len = u32::try_from(data.len()).unwrap();
    let high = u32::try_from(ticks >> 32).unwrap();
    let low = u32::try_from(ticks & 0xffff_ffff).unwrap();
    let head = [word(interface), word(high), word(low), word(len), word(len)].concat();
    block(6, &[&head[..], data].concat(), big)
}

#[test]
fn pcapng_sections_of_both_byte_orders_with_binary_resolution_and_offset() {
    // if_tsresol 2^-10, if_tsoffset 100 s, big-endian.
    let options = [&[0, 9, 0, 1, 0x8a, 0, 0, 0][..], &[0, 14, 0, 8], &100_i64.to_be_bytes(), &[0, 0, 0, 0]].concat();
    let file = [
        section(true, &options),
        enhanced(true, 0, 3 * 1024 + 512, b"one"),
        block(0x0bad_cafe, b"vendor", true),
        section(false, &[]),
        enhanced(false, 0, 5_000_001, b"two"),
        enhanced(false, 9, 5_000_001, b"no such interface"),
        block(3, &[&3_u32.to_le_bytes()[..], b"six"].concat(), false),
    ]
    .concat();
    let got = steps(&file);
    let packets: Vec<_> = got
        .iter()
        .filter_map(|step| if let Step::Packet(p, _) = step { Some((p.time, &file[p.data.clone()])) } else { None })
        .collect();
    assert_eq!(packets[0], (Some(CaptureTime::from_nanos(103_500_000_000)), &b"one"[..]));
    assert_eq!(packets[1], (Some(CaptureTime::from_nanos(5_000_001_000)), &b"two"[..]));
    assert_eq!(packets[2], (None, &b"six"[..]));
    assert_eq!(packets.len(), 3);
    assert_eq!(got.iter().filter(|step| matches!(step, Step::Damaged(_))).count(), 1);
}

#[test]
fn the_obsolete_packet_block_and_a_key_log_are_read() {
    let obsolete =
        [&[0, 0, 0, 0][..], &[0; 4], &7_u32.to_le_bytes(), &2_u32.to_le_bytes(), &2_u32.to_le_bytes(), b"hi"].concat();
    let secrets = [&TLS_KEY_LOG.to_le_bytes()[..], &5_u32.to_le_bytes(), b"# key"].concat();
    let file = [section(false, &[]), block(2, &obsolete, false), block(10, &secrets, false)].concat();
    let got = steps(&file);
    assert!(got.iter().any(|s| matches!(s, Step::Packet(p, _) if &file[p.data.clone()] == b"hi")), "{got:?}");
    assert!(got.iter().any(|s| matches!(s, Step::KeyLog(r, _) if &file[r.clone()] == b"# key")), "{got:?}");
}

#[test]
fn other_files_are_no_captures() {
    assert!(Framing::open(b"{\"log\":{\"entries\":[]}}..", LIMIT, 16).is_none());
    assert!(Framing::open(&[0; 24], LIMIT, 16).is_none());
    assert!(Framing::open(b"\xd4\xc3\xb2\xa1", LIMIT, 16).is_none());
}
