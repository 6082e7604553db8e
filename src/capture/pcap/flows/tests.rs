use super::*;
use std::net::IpAddr;

struct Bench {
    flows: Flows,
    left: Vec<Departure>,
}

impl Bench {
    fn new(limit: usize) -> Self {
        Self { flows: Flows::new(limit, 900), left: Vec::new() }
    }

    /// A packet from client port `port` (or back to it): flags as letters, `P` for payload.
    fn packet(&mut self, port: u16, back: bool, flags: &str, seq: u32, millis: i64) -> Route {
        let client = (IpAddr::from([10, 0, 0, 1]), port);
        let server = (IpAddr::from([10, 0, 0, 2]), 80);
        let (key, way) = if back { Key::of(server, client, 0) } else { Key::of(client, server, 0) };
        let bits = [("F", 1), ("S", 2), ("R", 4), ("A", 16)];
        let flags_byte = bits.iter().filter(|(letter, _)| flags.contains(letter)).map(|(_, bit)| bit).sum();
        let tcp = TcpHeader { source: 0, destination: 0, seq, ack: 0, flags: flags_byte, length: 20 };
        let time = Some(CaptureTime::from_nanos(millis * 1_000_000));
        let glance = Glance { input: 0, time, tcp, len: u32::from(flags.contains('P')) };
        self.flows.route(key, way, glance, &mut self.left)
    }
}

#[test]
fn both_directions_are_one_stream_and_numbers_follow_the_first_packet() {
    let mut bench = Bench::new(10);
    let first = bench.packet(1000, false, "S", 1, 0);
    let second = bench.packet(1001, false, "S", 1, 0);
    let answer = bench.packet(1000, true, "SA", 77, 1);
    assert_eq!((first.stream, second.stream, answer.stream), (0, 1, 0));
    assert_eq!((first.slot, first.shard), (answer.slot, answer.shard));
    assert_eq!((first.is_new, answer.is_new), (true, false));
}

#[test]
fn a_syn_with_another_number_or_after_the_end_is_a_new_stream() {
    let mut bench = Bench::new(10);
    bench.packet(1000, false, "S", 1, 0);
    assert_eq!(bench.packet(1000, false, "S", 1, 1000).stream, 0, "a repeated SYN");
    assert_eq!(bench.packet(1000, false, "S", 900, 1001).stream, 1, "another connection");
    bench.packet(1000, true, "RA", 0, 1002);
    assert_eq!(bench.packet(1000, false, "S", 900, 1003).stream, 2, "tried again after a reset");
    assert_eq!(bench.left.len(), 2);
}

#[test]
fn a_syn_shown_late_belongs_to_the_data_behind_it() {
    let mut bench = Bench::new(10);
    bench.packet(1000, false, "AP", 101, 0);
    assert_eq!(bench.packet(1000, false, "S", 100, 1).stream, 0);
    assert_eq!(bench.packet(1001, false, "AP", 101, 1).stream, 1);
    assert_eq!(bench.packet(1001, false, "S", 9_000_000, 2).stream, 2);
}

#[test]
fn a_full_table_lets_closed_then_half_open_connections_go_first() {
    let mut bench = Bench::new(3);
    bench.packet(1, false, "AP", 1, 0);
    bench.packet(2, false, "S", 1, 1);
    bench.packet(3, false, "AP", 1, 2);
    bench.packet(3, false, "R", 2, 3);
    bench.packet(4, false, "S", 1, 4);
    assert_eq!(bench.flows.dropped, 0, "the closed one went");
    for port in 5..100 {
        bench.packet(port, false, "S", 1, 5);
    }
    assert_eq!(bench.flows.dropped, 95, "the flood displaced itself");
    assert_eq!(bench.packet(1, false, "AP", 5, 6).stream, 0, "the connection with data is still there");
}

#[test]
fn idle_connections_are_forgotten_by_capture_time_and_their_slots_used_again() {
    let mut bench = Bench::new(1000);
    for port in 1..=500 {
        bench.packet(port, false, "AP", 1, 0);
    }
    for port in 501..=1000 {
        bench.packet(port, false, "AP", 1, 901_000);
    }
    assert_eq!(bench.left.len(), 500);
    assert_eq!(bench.flows.entries.len(), 500);
    assert!(bench.flows.slots.iter().map(|slots| slots.used).sum::<u32>() < 700);
}

#[test]
fn the_shards_are_used_evenly() {
    let mut used = [0_u32; SHARDS];
    for port in 0..6400 {
        let (key, _) = Key::of((IpAddr::from([10, 0, 0, 1]), port), (IpAddr::from([10, 0, 0, 2]), 443), 0);
        used[key.shard()] += 1;
    }
    assert!(used.iter().all(|count| (30..300).contains(count)), "{used:?}");
}
