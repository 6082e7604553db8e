//! Link types and tunnels around one exchange: read, or counted by kind, never silent.

use crate::wire_packets as packets;

use packets::{PLAIN, Packet, fixture, packets_of, pcap_of, read};

/// A preflight that is answered 405, behind each header.
#[test]
fn an_exchange_is_read_behind_every_link_type_and_in_every_tunnel() {
    for name in [
        "link-chdlc104",
        "link-nflog239",
        "link-pktap258",
        "link-pppdir166",
        "tun-cisco-cmd-8909",
        "tun-erspan2",
        "tun-erspan3",
        "tun-gre-ip",
        "tun-gre-udp4754",
        "tun-gtpu2152",
        "tun-snap",
        "tun-tzsp37008",
        "tun-vxlan4789",
        "tun-vxlan8472",
    ] {
        let got = read(&fixture(&format!("taps/{name}.pcap")));
        let statuses: Vec<_> = got.exchanges.iter().map(|exchange| exchange.head().map(|head| head.status)).collect();
        assert_eq!(statuses, [Some(405)], "{name}");
        assert_eq!(got.remark_ids(), [""; 0], "{name}");
    }
}

fn rewritten(packets: &[Packet], change: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<Packet> {
    let one = |packet: &Packet| {
        let made = change(&packet.data).into_iter();
        made.map(|data| Packet { original: u32::try_from(data.len()).expect("short"), data, ..packet.clone() })
            .collect::<Vec<_>>()
    };
    packets.iter().flat_map(one).collect()
}

/// An IPv4 packet behind the Ethernet header of `frame`.
fn ipv4(frame: &[u8], protocol: u8, id: u16, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + payload.len()).expect("short").to_be_bytes();
    let (id, fragment) = (id.to_be_bytes(), fragment.to_be_bytes());
    let [high, low] = total;
    let head = [0x45, 0, high, low, id[0], id[1], fragment[0], fragment[1], 64, protocol, 0, 0];
    [&frame[..14], &head, &[10, 99, 0, 1, 10, 99, 0, 2], payload].concat()
}

#[test]
fn a_tunnel_whose_packets_were_fragmented_is_opened() {
    let plain = packets_of(&fixture("taps/both-sides-pass.pcap"));
    let id = std::cell::Cell::new(0);
    let in_fragments = rewritten(&plain, |frame| {
        id.set(id.get() + 1);
        let header = [0x99, 0x99, 0x12, 0xb5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 5, 0];
        let datagram = [&header, frame].concat();
        let (first, second) = datagram.split_at(32);
        vec![ipv4(frame, 17, id.get(), 0x2000, first), ipv4(frame, 17, id.get(), 32 / 8, second)]
    });
    let (got, whole) = (read(&pcap_of(&in_fragments, PLAIN)), read(&pcap_of(&plain, PLAIN)));
    assert_eq!((got.exchanges.len(), whole.exchanges.len()), (2, 2));
    for (got, whole) in got.exchanges.iter().zip(&whole.exchanges) {
        assert_eq!(got.head().map(|head| head.status), whole.head().map(|head| head.status));
    }
}

#[test]
fn what_is_not_unwrapped_is_counted_by_kind() {
    let plain = packets_of(&fixture("taps/both-sides-pass.pcap"));
    let count = plain.len();
    let with_type = |ethertype: [u8; 2]| {
        rewritten(&plain, |frame| vec![[&frame[..12], &ethertype, &[0; 4], &frame[14..]].concat()])
    };
    let in_ip = |protocol: u8, header: &[u8]| {
        rewritten(&plain, |frame| vec![ipv4(frame, protocol, 1, 0, &[header, &frame[14..]].concat())])
    };
    let kinds = [
        (with_type([0x22, 0xf3]), "packets of EtherType 0x22f3 (TRILL)"),
        (with_type([0x12, 0x34]), "packets of EtherType 0x1234"),
        (in_ip(50, &[0, 0, 1, 0]), "packets of IP protocol 50 (IPsec ESP)"),
        (in_ip(47, &[0x40, 0, 8, 0]), "GRE packets with a header of a form that is not known"),
        (in_ip(17, &[0x9c, 0x40, 0x11, 0x94, 0, 0, 0, 0, 9, 9, 9, 9]), "packets of UDP port 4500 (IPsec ESP)"),
    ];
    for (made, words) in kinds {
        let got = read(&pcap_of(&made, PLAIN));
        assert!(got.exchanges.is_empty(), "{words}");
        let remark = got.remark("packets-not-read");
        assert_eq!(remark.count, u64::try_from(count).expect("few"), "{words}");
        assert!(remark.text.starts_with(&format!("{count} {words} not read: ")), "{}", remark.text);
    }
    // Protocols that carry no packets are none of them.
    for ethertype in [[0x08, 0x06], [0x88, 0xcc], [0x88, 0x8e]] {
        assert_eq!(read(&pcap_of(&with_type(ethertype), PLAIN)).remark_ids(), [""; 0]);
    }
}
