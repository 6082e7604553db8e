//! Packets as taps give them: one direction only, connections that begin or end in the middle, keep-alive probes.
//!
//! What a tap did not see is told as that, never as something that happened.

use crate::synthetic::{frame, pcap_header, record};
use crate::wire_packets as packets;

use packets::{Read, fixture, read};
use std::collections::BTreeMap;
use whycors::exchange::NoResponse;

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

fn tap(name: &str) -> Read {
    read(&fixture(&format!("taps/{name}.pcap")))
}

fn statuses(got: &Read) -> Vec<Option<u16>> {
    got.exchanges.iter().map(|exchange| exchange.head().map(|head| head.status)).collect()
}

#[test]
fn keep_alive_probes_before_the_first_message_are_no_bytes_and_hide_none() {
    for name in [
        "full-with-ka",
        "ka-twice-45s",
        "ka1byte-once-then-15s",
        "midstream-keepalive0-first",
        "midstream-keepalive1-first",
        "midstream-server-keepalive0-first",
    ] {
        let got = tap(name);
        assert_eq!(statuses(&got), [Some(405), Some(405)], "{name}");
        assert_eq!(got.remark_ids(), [""; 0], "{name}");
    }
}

#[test]
fn one_direction_alone_proves_no_missing_answer() {
    for name in ["client-side-only", "requests-only"] {
        let got = tap(name);
        assert_eq!(got.exchanges.len(), 2, "{name}");
        for exchange in &got.exchanges {
            assert!(matches!(exchange.response, Err(NoResponse::Gap { .. })), "{name}: {:?}", exchange.response);
        }
        assert_eq!(got.remark_ids(), ["one-direction"], "{name}");
        assert!(got.remark("one-direction").text.starts_with("only one direction of 1 connection was captured"));
    }
    assert_eq!(statuses(&tap("both-sides-pass")), [Some(204), Some(200)]);
}

#[test]
fn a_capture_that_stops_proves_no_time_out() {
    for name in ["capture-stops-while-waiting", "cut-after-09s"] {
        let got = tap(name);
        assert_eq!(
            got.exchanges.iter().map(|exchange| &exchange.response).collect::<Vec<_>>(),
            [&Err(NoResponse::Cut)]
        );
        assert_eq!(got.remark_ids(), [""; 0], "{name}");
    }
}

#[test]
fn what_follows_a_reset_that_its_ends_ignored_is_read_and_said() {
    let got = tap("rst-then-data");
    assert_eq!(statuses(&got), [Some(405), Some(405)]);
    assert_eq!(got.remark_ids(), ["after-reset"]);
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://o\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Segments of one connection: milliseconds, whether the client sends, sequence number, acknowledgement, flags, bytes.
type Sent<'a> = (u64, bool, u32, u32, u8, &'a [u8]);

fn connection(sent: &[Sent<'_>]) -> Vec<u8> {
    let mut out = pcap_header();
    for (millis, client, seq, ack, flags, bytes) in sent {
        let (one, two) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let data = if *client {
            frame(one, two, 4000, 8080, *seq, *ack, *flags, bytes)
        } else {
            frame(two, one, 8080, 4000, *seq, *ack, *flags, bytes)
        };
        out.extend(record(millis * 1000, &data));
    }
    out
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("short")
}

#[test]
fn bytes_behind_an_end_that_was_only_assumed_are_read() {
    let (asked, answered) = (1000 + length(GET), 5000 + length(OK));
    // A second client's byte is acknowledged that the capture does not have: a FIN, as it seems for two seconds.
    let got = read(&connection(&[
        (0, true, 1000, 5000, ACK, GET),
        (10, false, 5000, asked, ACK, OK),
        (20, false, answered, asked + 1, ACK, b""),
        (2000, false, answered, asked + 1, ACK, b""),
        (2010, true, asked + 1, answered, ACK, GET),
        (2020, false, answered, asked + 1 + length(GET), ACK, OK),
    ]));
    assert_eq!(statuses(&got), [Some(200), Some(200)]);
}

#[test]
fn a_client_that_goes_away_in_a_one_sided_capture_cancels_nothing() {
    for flags in [FIN | ACK, RST | ACK, RST] {
        let got = read(&connection(&[
            (0, true, 999, 0, SYN, b""),
            (10, true, 1000, 5000, ACK, GET),
            (5000, true, 1000 + length(GET), 5000, flags, b""),
        ]));
        assert!(matches!(got.exchanges[0].response, Err(NoResponse::Gap { .. })), "{:?}", got.exchanges[0].response);
        assert_eq!(got.remark_ids(), ["one-direction"]);
    }
}

#[test]
fn one_unanswered_syn_needs_a_capture_that_shows_answers_and_repeated_ones_do_not() {
    let syn = |millis| (millis, true, 999, 0, SYN, &b""[..]);
    let later = |port: u16, millis: u64| {
        let data = frame([10, 0, 0, 1], [10, 0, 0, 9], port, 80, 7, 7, ACK, b"x");
        record(millis * 1000, &data)
    };
    let alone = [connection(&[syn(0)]), later(4100, 3000)].concat();
    assert_eq!(read(&alone).remark_ids(), ["one-direction"]);
    let back = record(3_000_100, &frame([10, 0, 0, 9], [10, 0, 0, 1], 80, 4100, 7, 8, ACK, b"y"));
    assert_eq!(read(&[alone, back].concat()).remark_ids(), ["connections-failed"]);
    assert_eq!(read(&connection(&[syn(0), syn(1000)])).remark_ids(), ["connections-failed"]);
}

/// Every recorded capture in clear, filtered to one direction: nothing is called missing or cancelled.
#[test]
fn one_direction_of_recorded_captures_gives_no_failure_of_the_network() {
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for name in ["busy-clear.pcap", "refused.pcap"] {
        let packets = packets::packets_of(&fixture(name));
        for to_server in [true, false] {
            let half: Vec<_> =
                packets.iter().filter(|packet| is_to_server(&packet.data) == to_server).cloned().collect();
            let got = read(&packets::pcap_of(&half, packets::PLAIN));
            for exchange in &got.exchanges {
                assert!(
                    matches!(exchange.response, Err(NoResponse::Gap { .. } | NoResponse::Cut)),
                    "{name}: {:?}",
                    exchange.response
                );
            }
            let failed = got.remarks.iter().filter(|remark| remark.id == "connections-failed").count();
            assert_eq!(failed, 0, "{name} {:?}", got.remarks);
            *kept.entry(name).or_default() += half.len();
        }
        assert_eq!(kept[name], packets.len());
    }
}

/// By the ports of TCP over IPv4 on the loopback of Linux (Ethernet, 20 bytes of IP): the lower one serves.
fn is_to_server(frame: &[u8]) -> bool {
    let port = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    port(34) > port(36)
}

// ---- tags ----

#[test]
fn directions_in_different_vlans_networks_and_keys_are_one_connection() {
    let names =
        ["asym-gre-key", "asym-vlan-10-none", "asym-vlan-none-10", "asym-vxlan-none", "asym-vxlan-vni", "sym-vlan-10"];
    for name in names {
        let got = tap(name);
        assert_eq!(statuses(&got), [Some(204), Some(200)], "{name}");
        assert_eq!(got.remark_ids(), [""; 0], "{name}");
    }
}

/// The packets of a capture, the client's with one VLAN tag and the server's with another; `None` is no tag.
fn tagged(packets: &[packets::Packet], client: Option<u16>, server: Option<u16>) -> Vec<packets::Packet> {
    let tag = |packet: &packets::Packet| {
        let id = if is_to_server(&packet.data) { client } else { server };
        let mut data = packet.data[..12].to_vec();
        data.extend(id.into_iter().flat_map(|id| [[0x81, 0x00], id.to_be_bytes()].concat()));
        data.extend_from_slice(&packet.data[12..]);
        packets::Packet { original: u32::try_from(data.len()).expect("short"), data, ..packet.clone() }
    };
    packets.iter().map(tag).collect()
}

#[test]
fn recorded_captures_read_the_same_whatever_tags_their_directions_carry() {
    let plain = packets::packets_of(&fixture("busy-clear.pcap"));
    let lines = read(&packets::pcap_of(&plain, packets::PLAIN)).lines();
    for (client, server) in
        [(Some(10), None), (None, Some(10)), (Some(10), Some(20)), (Some(0), None), (Some(0), Some(7))]
    {
        let got = read(&packets::pcap_of(&tagged(&plain, client, server), packets::PLAIN));
        assert_eq!(got.lines(), lines, "{client:?} {server:?}");
    }
}

#[test]
fn two_networks_with_equal_addresses_stay_apart() {
    let plain = packets::packets_of(&fixture("taps/both-sides-pass.pcap"));
    let mut other = plain.clone();
    for packet in &mut other {
        // The other network's server refuses: what is mixed up shows.
        if let Some(at) = packet.data.windows(8).position(|bytes| bytes == b"1.1 204 ") {
            packet.data[at..at + 8].copy_from_slice(b"1.1 403 ");
        }
    }
    let (one, two) = (tagged(&plain, Some(10), Some(10)), tagged(&other, Some(20), Some(20)));
    let mixed: Vec<_> = one.iter().zip(&two).flat_map(|(one, two)| [one.clone(), two.clone()]).collect();
    let mut found = statuses(&read(&packets::pcap_of(&mixed, packets::PLAIN)));
    found.sort_unstable();
    assert_eq!(found, [Some(200), Some(200), Some(204), Some(403)]);
    // Each with a pair of tags of its own, and other sequence numbers.
    let shifted: Vec<_> = other
        .iter()
        .map(|packet| {
            let mut packet = packet.clone();
            for at in [38, 42] {
                packet.data[at] ^= 0x40;
            }
            packet
        })
        .collect();
    let (one, two) = (tagged(&plain, Some(10), Some(11)), tagged(&shifted, Some(20), Some(21)));
    let mixed: Vec<_> = one.iter().zip(&two).flat_map(|(one, two)| [one.clone(), two.clone()]).collect();
    let mut found = statuses(&read(&packets::pcap_of(&mixed, packets::PLAIN)));
    found.sort_unstable();
    assert_eq!(found, [Some(200), Some(200), Some(204), Some(403)]);
}
