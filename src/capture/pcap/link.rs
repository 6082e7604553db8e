//! Link layers to network packets: from the first byte of a frame to the first byte of IP.
//!
//! Owns the link types that are read and the names of those that are not. VLAN and tunnel ids are
//! kept as the packet's domain, so that equal addresses in two VLANs stay apart. Does not read IP.

/// Why a frame carries no IP packet that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPacket {
    /// The link type is not read.
    Unsupported(u16),
    /// A frame of another protocol (ARP, LLDP, STP …).
    Other,
    /// The frame ends inside its link header.
    Cut,
}

/// A network packet inside a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network<'a> {
    /// From the first byte of the IP header on; may be followed by padding.
    pub(crate) bytes: &'a [u8],
    /// VLAN and tunnel ids folded into one number; 0 without any.
    pub(crate) domain: u32,
}

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
/// Transparent Ethernet bridging: an Ethernet frame inside GRE or Geneve.
pub(crate) const ETHERTYPE_BRIDGED: u16 = 0x6558;

/// Finds the IP packet in a frame of this link type.
pub(crate) fn decode(link: u16, frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    match link {
        // NULL (host byte order of whoever wrote it) and LOOP (network byte order).
        0 | 108 => null(frame),
        1 => ethernet(frame, 0),
        // Raw IP: the value registered, and what BSDs, OpenBSD and old libpcap wrote for it.
        101 | 12 | 14 | 228 | 229 => raw(frame, 0),
        // PPP with and without the HDLC-like framing; PPP over Ethernet without its Ethernet.
        9 => ppp(frame, 0),
        50 => ppp(frame.strip_prefix(&[0xff, 0x03]).unwrap_or(frame), 0),
        51 => pppoe(frame, 0),
        113 => cooked(frame, 14, 16),
        276 => cooked(frame, 0, 20),
        other => Err(NoPacket::Unsupported(other)),
    }
}

/// An Ethernet frame, also one that a tunnel carries.
pub(crate) fn ethernet(frame: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let ethertype = u16_at(frame, 12)?;
    by_ethertype(ethertype, tail(frame, 14)?, domain)
}

/// What follows an EtherType: IP, or tags and labels before it.
pub(crate) fn by_ethertype(ethertype: u16, bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let (mut ethertype, mut bytes, mut domain) = (ethertype, bytes, domain);
    loop {
        match ethertype {
            ETHERTYPE_IPV4 | ETHERTYPE_IPV6 => return raw(bytes, domain),
            // 802.1Q, 802.1ad, and the tag that QinQ used before it had a number.
            0x8100 | 0x88a8 | 0x9100 => {
                // Id 0 is no VLAN: the tag holds a priority only.
                let id = u16_at(bytes, 0)? & 0x0fff;
                domain = if id == 0 { domain } else { fold(domain, u32::from(id)) };
                ethertype = u16_at(bytes, 2)?;
                bytes = tail(bytes, 4)?;
            }
            0x8864 => return pppoe(bytes, domain),
            0x8847 | 0x8848 => return mpls(bytes, domain),
            _ => return Err(NoPacket::Other),
        }
    }
}

/// Folds one more tag into a domain; the order of tags matters.
pub(crate) fn fold(domain: u32, tag: u32) -> u32 {
    domain.wrapping_add(1).wrapping_mul(0x9e37_79b1) ^ tag
}

fn raw(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    match bytes.first().map(|byte| byte >> 4) {
        Some(4 | 6) => Ok(Network { bytes, domain }),
        Some(_) => Err(NoPacket::Other),
        None => Err(NoPacket::Cut),
    }
}

fn null(frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    let family: [u8; 4] = frame.get(..4).and_then(|b| b.try_into().ok()).ok_or(NoPacket::Cut)?;
    // The byte order is the writer's: AF_INET is 2 everywhere, AF_INET6 differs between systems.
    match u32::from_le_bytes(family).min(u32::from_be_bytes(family)) {
        2 | 10 | 24 | 28 | 30 => raw(tail(frame, 4)?, 0),
        _ => Err(NoPacket::Other),
    }
}

/// Linux cooked capture v1 (protocol at 14, payload at 16) and v2 (0 and 20).
fn cooked(frame: &[u8], protocol_at: usize, payload_at: usize) -> Result<Network<'_>, NoPacket> {
    let ethertype = u16_at(frame, protocol_at)?;
    by_ethertype(ethertype, tail(frame, payload_at)?, 0)
}

fn pppoe(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    // Version and type 1, code 0: session data.
    if bytes.get(..2).ok_or(NoPacket::Cut)? != [0x11, 0x00] {
        return Err(NoPacket::Other);
    }
    ppp(tail(bytes, 6)?, domain)
}

fn ppp(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let bytes = bytes.strip_prefix(&[0xff, 0x03]).unwrap_or(bytes);
    // Protocol field compression sends one byte for 0x0021 and 0x0057.
    match (bytes.first(), bytes.get(1)) {
        (Some(0x21 | 0x57), _) => raw(tail(bytes, 1)?, domain),
        (Some(0x00), Some(0x21 | 0x57)) => raw(tail(bytes, 2)?, domain),
        (Some(0x02), Some(0x81 | 0x83)) => mpls(tail(bytes, 2)?, domain),
        (Some(_), _) => Err(NoPacket::Other),
        (None, _) => Err(NoPacket::Cut),
    }
}

/// Labels up to the bottom of the stack. What follows is named by nothing but its first nibble:
/// 4 or 6 for IP, 0 for a pseudowire's control word before Ethernet.
fn mpls(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let mut bytes = bytes;
    loop {
        let bottom = bytes.get(2).ok_or(NoPacket::Cut)? & 1 == 1;
        bytes = tail(bytes, 4)?;
        if bottom {
            break;
        }
    }
    match bytes.first().map(|byte| byte >> 4) {
        Some(0) => ethernet(tail(bytes, 4)?, domain),
        _ => raw(bytes, domain),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, NoPacket> {
    let two = bytes.get(at..at.saturating_add(2)).and_then(|two| <[u8; 2]>::try_from(two).ok());
    two.map(u16::from_be_bytes).ok_or(NoPacket::Cut)
}

fn tail(bytes: &[u8], at: usize) -> Result<&[u8], NoPacket> {
    bytes.get(at..).ok_or(NoPacket::Cut)
}

/// Name of a link type that is not read, for the remark about it.
pub(crate) fn name(link: u16) -> Option<&'static str> {
    Some(match link {
        105 => "802.11 wireless LAN",
        119 => "802.11 with Prism header",
        127 => "802.11 with radiotap header",
        163 => "802.11 with AVS header",
        192 => "Per-Packet Information, mostly 802.11",
        6 => "Token Ring",
        10 => "FDDI",
        107 => "Frame Relay",
        147..=162 => "private use",
        187 | 201 => "Bluetooth HCI",
        189 | 220 => "USB",
        195 | 215 | 230 => "802.15.4",
        227 => "CAN bus",
        239 => "netfilter log",
        253 => "netlink",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: [u8; 3] = [0x45, 0xaa, 0xbb];

    fn found(link: u16, before: &[u8]) -> Result<(Vec<u8>, u32), NoPacket> {
        let frame = [before, &IP].concat();
        decode(link, &frame).map(|network| (network.bytes.to_vec(), network.domain))
    }

    fn ether(rest: &[u8]) -> Vec<u8> {
        [&[0; 12][..], rest].concat()
    }

    #[test]
    fn every_link_header_is_passed_over() {
        let plain: [(u16, Vec<u8>); 11] = [
            (1, ether(&[0x08, 0x00])),
            (1, ether(&[0x88, 0x64, 0x11, 0, 0, 9, 0, 5, 0x00, 0x21])),
            (1, ether(&[0x88, 0x47, 0, 1, 0, 64, 0, 2, 0x01, 64])),
            (0, vec![2, 0, 0, 0]),
            (0, vec![0, 0, 0, 30]),
            (108, vec![0, 0, 0, 2]),
            (101, vec![]),
            (228, vec![]),
            (9, vec![0xff, 0x03, 0x21]),
            (113, [&[0; 14][..], &[0x08, 0x00]].concat()),
            (276, [&[0x08, 0x00][..], &[0; 18]].concat()),
        ];
        for (link, before) in plain {
            assert_eq!(found(link, &before), Ok((IP.to_vec(), 0)), "link type {link}");
        }
    }

    #[test]
    fn vlans_keep_equal_addresses_apart_and_the_order_of_tags_counts() {
        let domain = |tags: &[u8]| found(1, &ether(tags)).unwrap().1;
        let one = domain(&[0x81, 0, 0x20, 7, 0x08, 0]);
        let other = domain(&[0x81, 0, 0, 8, 0x08, 0]);
        let same_with_another_priority = domain(&[0x81, 0, 0xe0, 7, 0x08, 0]);
        let twice = domain(&[0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0x08, 0]);
        let reversed = domain(&[0x88, 0xa8, 0, 8, 0x81, 0, 0, 7, 0x08, 0]);
        assert_eq!(one, same_with_another_priority);
        let all = std::collections::HashSet::from([0, one, other, twice, reversed]);
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn other_protocols_cut_headers_and_unknown_links_are_told_apart() {
        assert_eq!(found(1, &ether(&[0x08, 0x06])), Err(NoPacket::Other));
        assert_eq!(decode(1, &[0; 13]), Err(NoPacket::Cut));
        assert_eq!(decode(1, &ether(&[0x81, 0, 0])), Err(NoPacket::Cut));
        assert_eq!(found(127, &[]), Err(NoPacket::Unsupported(127)));
        assert_eq!(name(127), Some("802.11 with radiotap header"));
    }
}
