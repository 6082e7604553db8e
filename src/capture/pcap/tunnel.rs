//! Tunnels: from a datagram to the network packet that it carries.
//!
//! Owns which tunnels are opened, and the kinds that are only counted (IPsec, VPNs, L2TPv3, CAPWAP). Ids that keep
//! networks apart are folded into the packet's domain.

use super::ip::{Datagram, UDP};
use super::link::{self, Layer, Network, NoPacket, fold, tail, u16_at, u32_at, unwrap};
use super::unread::Unread;

const IPV4_IN_IP: u8 = 4;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
const ESP: u8 = 50;
const ETHER_IN_IP: u8 = 97;
const L2TPV3: u8 = 115;
const MPLS_IN_IP: u8 = 137;
/// Ethernet behind a segment routing header (RFC 8986).
const ETHERNET: u8 = 143;

const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
const BRIDGED: u16 = 0x6558;

/// The packet that a tunnel carries in this datagram; `None` when it is no tunnel.
pub(super) fn inner<'a>(datagram: &Datagram<'a>) -> Option<Result<Network<'a>, NoPacket>> {
    match datagram.protocol {
        UDP => in_udp(datagram),
        number => in_ip(number, datagram.payload, datagram.domain),
    }
}

fn in_ip(protocol: u8, payload: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let open = |layer, at| Some(tail(payload, at).and_then(|rest| unwrap(layer, rest, domain)));
    match protocol {
        IPV4_IN_IP | IPV6_IN_IP => open(Layer::Ip, 0),
        GRE => Some(gre(payload, domain)),
        ETHER_IN_IP => open(Layer::Ethernet, 2),
        ETHERNET => open(Layer::Ethernet, 0),
        MPLS_IN_IP => open(Layer::Mpls, 0),
        // Minimal encapsulation and compressed payloads besides.
        ESP | L2TPV3 | 55 | 108 => Some(Err(NoPacket::Unread(Unread::IpProtocol(protocol)))),
        _ => None,
    }
}

fn in_udp<'a>(datagram: &Datagram<'a>) -> Option<Result<Network<'a>, NoPacket>> {
    let (source, destination) = (u16_at(datagram.payload, 0).ok()?, u16_at(datagram.payload, 2).ok()?);
    let (bytes, domain) = (datagram.payload.get(8..)?, datagram.domain);
    let unread = |port| Some(Err(NoPacket::Unread(Unread::Udp(port))));
    match destination {
        // VXLAN, its port before it had one (and OTV's), and VXLAN-GPE.
        4789 | 8472 | 4790 => vxlan(bytes, domain),
        6081 => geneve(bytes, domain),
        2152 => gtp(bytes, domain),
        4754 => Some(gre(bytes, domain)),
        6635 => Some(unwrap(Layer::Mpls, bytes, domain)),
        6080 => gue(bytes, domain),
        37008 => tzsp(bytes, domain),
        1701 => l2tp(bytes, domain),
        4755 => unread(4755),
        5247 => unread(5247),
        _ => match [source, destination] {
            // A marker of zeros is key exchange, a single byte keeps the translation alive.
            [4500, _] | [_, 4500] if bytes.len() > 8 && !bytes.starts_with(&[0; 4]) => unread(4500),
            [51820, _] | [_, 51820] if matches!(bytes, [1..=4, 0, 0, 0, ..]) => unread(51820),
            [1194, _] | [_, 1194] => unread(1194),
            _ => None,
        },
    }
}

/// RFC 2784, 2890 and, for version 1, 2637: optional checksum, key and numbers before the payload.
fn gre(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let flags = u16_at(bytes, 0)?;
    let protocol = u16_at(bytes, 2)?;
    let version = flags & 0x0007;
    // Source routes are deprecated and have no length of their own.
    if version > 1 || flags & 0x4000 != 0 {
        return Err(NoPacket::Unread(Unread::Gre));
    }
    let mut at = if flags & 0x8000 == 0 { 4 } else { 8 };
    let mut domain = domain;
    if flags & 0x2000 != 0 {
        // Version 1 has a length and the call's number here, which differs by direction.
        domain = if version == 1 { domain } else { fold(domain, u32_at(bytes, at)?) };
        at += 4;
    }
    let is_numbered = flags & 0x1000 != 0;
    at += if is_numbered { 4 } else { 0 };
    at += if version == 1 && flags & 0x0080 != 0 { 4 } else { 0 };
    let rest = tail(bytes, at)?;
    match protocol {
        // An acknowledgement or a keep-alive without payload.
        _ if rest.is_empty() => Err(NoPacket::Other),
        0 => Err(NoPacket::Other),
        ERSPAN if !is_numbered => unwrap(Layer::Ethernet, rest, domain),
        ERSPAN => erspan(rest, 8, domain),
        ERSPAN_III => {
            let has_platform = u32_at(rest, 8)? & 1 == 1;
            erspan(rest, if has_platform { 20 } else { 12 }, domain)
        }
        _ => unwrap(Layer::Type(protocol), rest, domain),
    }
}

/// Types II and III begin with a version and the VLAN of the frame, whose tag was taken off. The session says which
/// mirror saw the frame: it keeps no networks apart.
fn erspan(bytes: &[u8], header: usize, domain: u32) -> Result<Network<'_>, NoPacket> {
    let first = u16_at(bytes, 0)?;
    let vlan = first & 0x0fff;
    let domain = if vlan == 0 { domain } else { fold(domain, u32::from(vlan)) };
    match (first >> 12, header) {
        (1, 8) => unwrap(Layer::Ethernet, tail(bytes, 8)?, domain),
        (2, 12..) => {
            // The frame type: Ethernet, or IP without it.
            let layer = match (u32_at(bytes, 8)? >> 10) & 0x1f {
                0 => Layer::Ethernet,
                2 => Layer::Ip,
                _ => return Err(NoPacket::Unread(Unread::EtherType(ERSPAN_III))),
            };
            unwrap(layer, tail(bytes, header)?, domain)
        }
        _ => Err(NoPacket::Unread(Unread::EtherType(ERSPAN))),
    }
}

/// RFC 7348: eight bytes with the network identifier, then Ethernet; the generic protocol extension names what follows.
fn vxlan(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let [flags, _, _, next, ..] = *bytes else { return None };
    if flags & 0x08 == 0 {
        return None;
    }
    let layer = if flags & 0x04 == 0 { Layer::Ethernet } else { link::next_protocol(next)? };
    Some(tagged(bytes, 8, layer, domain))
}

/// RFC 8926: eight bytes and options, then what the protocol type says.
fn geneve(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let first = *bytes.first()?;
    if first >> 6 != 0 {
        return None;
    }
    let options = usize::from(first & 0x3f) * 4;
    let layer = match u16_at(bytes, 2).ok()? {
        BRIDGED => Layer::Ethernet,
        protocol => Layer::Type(protocol),
    };
    Some(tagged(bytes, 8 + options, layer, domain))
}

/// A header whose bytes 4 to 6 are the number of a network.
fn tagged(bytes: &[u8], header: usize, layer: Layer, domain: u32) -> Result<Network<'_>, NoPacket> {
    let network = u32_at(bytes, 4)? >> 8;
    unwrap(layer, tail(bytes, header)?, fold(domain, network))
}

/// 3GPP TS 29.281: user data behind the endpoint's id and a chain of extension headers.
fn gtp(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let [flags, kind, ..] = *bytes else { return None };
    // Version 1 with user data; echoes and errors are no tunnel.
    if flags & 0xf0 != 0x30 || kind != 0xff {
        return None;
    }
    Some(gtp_payload(bytes, flags).and_then(|rest| unwrap(Layer::Ip, rest, fold(domain, u32_at(bytes, 4)?))))
}

fn gtp_payload(bytes: &[u8], flags: u8) -> Result<&[u8], NoPacket> {
    let has_options = matches!(flags & 0x07, 1..);
    if !has_options {
        return tail(bytes, 8);
    }
    let (mut at, mut next) = (12, if flags & 0x04 == 0 { 0 } else { *bytes.get(11).ok_or(NoPacket::Cut)? });
    while next != 0 {
        let length = usize::from(*bytes.get(at).ok_or(NoPacket::Cut)?) * 4;
        if length == 0 {
            return Err(NoPacket::Cut);
        }
        at += length;
        next = *bytes.get(at - 1).ok_or(NoPacket::Cut)?;
    }
    tail(bytes, at)
}

/// Generic UDP encapsulation: version 0 names an IP protocol, version 1 is IP itself.
fn gue(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let [first, protocol, ..] = *bytes else { return None };
    match first >> 6 {
        0 if first & 0x20 == 0 => {
            let header = 4 + 4 * usize::from(first & 0x1f);
            match bytes.get(header..) {
                Some(rest) => in_ip(protocol, rest, domain),
                None => Some(Err(NoPacket::Cut)),
            }
        }
        1 => Some(unwrap(Layer::Ip, bytes, domain)),
        _ => None,
    }
}

/// TaZmen Sniffer Protocol: version 1, type, what is carried, then fields up to the one that ends them.
fn tzsp(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let [1, 0 | 1, high, low, ..] = *bytes else { return None };
    Some(tzsp_payload(bytes).and_then(|rest| match u16::from_be_bytes([high, low]) {
        1 => unwrap(Layer::Ethernet, rest, domain),
        0x12 => super::wireless::frame(rest),
        _ => Err(NoPacket::Unread(Unread::Udp(37008))),
    }))
}

fn tzsp_payload(bytes: &[u8]) -> Result<&[u8], NoPacket> {
    let mut at = 4;
    loop {
        match *bytes.get(at).ok_or(NoPacket::Cut)? {
            0 => at += 1,
            1 => return tail(bytes, at + 1),
            _ => at += 2 + usize::from(*bytes.get(at + 1).ok_or(NoPacket::Cut)?),
        }
    }
}

/// RFC 2661: data messages hold PPP. The ids differ by direction and are no network's.
fn l2tp(bytes: &[u8], domain: u32) -> Option<Result<Network<'_>, NoPacket>> {
    let flags = u16_at(bytes, 0).ok()?;
    match (flags & 0x8000, flags & 0x000f) {
        (0, 2) => {}
        (0, 3) => return Some(Err(NoPacket::Unread(Unread::Udp(1701)))),
        _ => return None,
    }
    let mut at = if flags & 0x4000 == 0 { 6 } else { 8 };
    at += if flags & 0x0800 == 0 { 0 } else { 4 };
    if flags & 0x0200 != 0 {
        at += 2 + usize::from(u16_at(bytes, at).ok()?);
    }
    Some(tail(bytes, at).and_then(|rest| unwrap(Layer::Ppp, rest, domain)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    const PACKET: [u8; 3] = [0x45, 0xaa, 0xbb];

    fn found(protocol: u8, payload: &[u8]) -> Option<Result<(Vec<u8>, u32), NoPacket>> {
        let address = IpAddr::from([10, 0, 0, 1]);
        let datagram = Datagram {
            source: address,
            destination: address,
            protocol,
            payload,
            missing: 0,
            domain: 0,
            fragment: None,
        };
        inner(&datagram).map(|found| found.map(|network| (network.bytes.to_vec(), network.domain)))
    }

    fn udp(port: u16, header: &[u8]) -> Vec<u8> {
        [&[0x99, 0x99][..], &port.to_be_bytes(), &[0; 4], header].concat()
    }

    fn ethernet() -> Vec<u8> {
        [&[0; 12][..], &[8, 0]].concat()
    }

    #[test]
    fn every_tunnel_is_opened_up_to_its_packet() {
        let frame = ethernet();
        let on_frame = |header: &[u8]| [header, &frame].concat();
        let headers: Vec<(u8, Vec<u8>)> = vec![
            (4, vec![]),
            (41, vec![]),
            (97, on_frame(&[0x30, 0])),
            (143, frame.clone()),
            (137, vec![0, 0, 1, 64]),
            (GRE, vec![0, 0, 8, 0]),
            (GRE, vec![0x80, 0, 8, 0, 1, 2, 3, 4]),
            (GRE, vec![0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21]),
            (GRE, on_frame(&[0, 0, 0x65, 0x58])),
            (GRE, on_frame(&[0, 0, 0x88, 0xbe])),
            (GRE, on_frame(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 7, 0, 0, 0, 0])),
            (GRE, on_frame(&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 7, 1, 2, 3, 4, 0, 0, 0, 0])),
            (
                GRE,
                on_frame(
                    &[&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 7, 1, 2, 3, 4, 0, 0, 0, 1][..], &[0; 8]].concat(),
                ),
            ),
            (GRE, vec![0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 7, 1, 2, 3, 4, 0, 0, 8, 0]),
            (UDP, udp(4789, &on_frame(&[8, 0, 0, 0, 0, 0, 0, 0]))),
            (UDP, udp(8472, &on_frame(&[8, 0, 0, 0, 0, 0, 0, 0]))),
            (UDP, udp(4790, &[0x0c, 0, 0, 1, 0, 0, 0, 0])),
            (UDP, udp(4790, &[0x0c, 0, 0, 4, 0, 0, 0, 0, 0x0f, 0xc2, 2, 1, 0, 0, 9, 0xff])),
            (UDP, udp(6081, &on_frame(&[1, 0, 0x65, 0x58, 0, 0, 0, 0, 1, 2, 3, 4]))),
            (UDP, udp(2152, &[0x30, 0xff, 0, 3, 0, 0, 0, 9])),
            (UDP, udp(2152, &[0x34, 0xff, 0, 11, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 9, 0])),
            (UDP, udp(4754, &[0, 0, 8, 0])),
            (UDP, udp(6635, &[0, 0, 1, 64])),
            (UDP, udp(6080, &[1, 4, 0, 0, 1, 2, 3, 4])),
            (UDP, udp(6080, &[])),
            (UDP, udp(37008, &on_frame(&[1, 0, 0, 1, 0, 10, 1, 0xd0, 1]))),
            (UDP, udp(1701, &[0x40, 2, 0, 9, 0, 1, 0, 2, 0xff, 3, 0, 0x21])),
            (UDP, udp(1701, &[0x0a, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 9, 0, 0x21])),
        ];
        for (protocol, header) in headers {
            let whole = [header.as_slice(), &PACKET].concat();
            let packet = found(protocol, &whole).map(|found| found.map(|(bytes, _)| bytes));
            assert_eq!(packet, Some(Ok(PACKET.to_vec())), "{protocol} {header:02x?}");
            // Cut anywhere it is survived.
            for end in 0..header.len() {
                let _ = found(protocol, &header[..end]);
            }
        }
    }

    #[test]
    fn ids_keep_networks_apart() {
        let vxlan = |id: u8| udp(4789, &[&[8, 0, 0, 0, 0, 0, id, 0][..], &ethernet(), &PACKET].concat());
        let erspan = |vlan: u8, session: u8| {
            let header = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, vlan, 0, session, 0, 0, 0, 0];
            [&header[..], &ethernet(), &PACKET].concat()
        };
        let gre = [&[0x20, 0, 8, 0, 0, 0, 0, 5][..], &PACKET].concat();
        let all = [(UDP, vxlan(1)), (UDP, vxlan(2)), (GRE, gre), (GRE, erspan(0, 1)), (GRE, erspan(9, 1))];
        let domains: std::collections::HashSet<u32> =
            all.iter().map(|(protocol, bytes)| found(*protocol, bytes).unwrap().unwrap().1).collect();
        assert_eq!(domains.len(), all.len());
        assert_eq!(found(GRE, &erspan(9, 1)), found(GRE, &erspan(9, 2)), "two mirrors of one VLAN");
    }

    #[test]
    fn what_is_not_opened_is_named_and_what_is_no_tunnel_is_none() {
        let unread = |kind| Some(Err(NoPacket::Unread(kind)));
        assert_eq!(found(ESP, &[1; 40]), unread(Unread::IpProtocol(50)));
        assert_eq!(found(GRE, &[0, 2, 8, 0]), unread(Unread::Gre));
        assert_eq!(found(GRE, &[0, 0, 0x88, 0x3e, 1]), unread(Unread::EtherType(0x883e)));
        assert_eq!(found(UDP, &udp(4500, &[1; 40])), unread(Unread::Udp(4500)));
        assert_eq!(found(UDP, &udp(51820, &[4, 0, 0, 0, 9])), unread(Unread::Udp(51820)));
        assert_eq!(found(UDP, &udp(4500, &[0xff])), None, "keep-alive");
        assert_eq!(found(UDP, &udp(53, &[1; 40])), None);
        assert_eq!(found(UDP, &udp(2152, &[0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0])), None, "an echo");
        assert_eq!(found(GRE, &[0, 0, 0, 0]), Some(Err(NoPacket::Other)), "a keep-alive of GRE");
        assert_eq!(found(6, &[1; 40]), None);
    }
}
