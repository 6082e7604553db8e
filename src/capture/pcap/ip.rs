//! IP packets to transport payloads: both versions, extension headers, and tunnels inside.
//!
//! Owns what is a fragment, what a snapshot length cut off, and which tunnels are opened (GRE,
//! VXLAN, Geneve, IP in IP). Does not put fragments together and does not read TCP.

use super::link::{self, Network, NoPacket};
use etherparse::{LaxIpSlice, LaxIpv4Slice, LaxIpv6Slice};
use std::net::IpAddr;

/// IP protocol number of TCP.
pub(crate) const TCP: u8 = 6;
/// IP protocol number of UDP.
pub(crate) const UDP: u8 = 17;
const IPV4_IN_IP: u8 = 4;
const IPV6_IN_IP: u8 = 41;
const GRE: u8 = 47;
const PORT_VXLAN: u16 = 4789;
const PORT_GENEVE: u16 = 6081;

/// The payload of one IP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Datagram<'a> {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// Protocol number of the payload.
    pub(crate) protocol: u8,
    /// The payload as far as it was captured.
    pub(crate) payload: &'a [u8],
    /// Bytes of the payload that the capture cut off.
    pub(crate) missing: u32,
    /// VLAN and tunnel ids, see [`Network::domain`].
    pub(crate) domain: u32,
    /// Set when this is a part of a datagram.
    pub(crate) fragment: Option<Fragment>,
}

/// Which part of a datagram a fragment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) id: u32,
    /// Byte offset in the datagram's payload.
    pub(crate) offset: u32,
    /// More fragments follow.
    pub(crate) more: bool,
}

/// Reads one IP packet.
pub(crate) fn decode(network: Network<'_>) -> Result<Datagram<'_>, NoPacket> {
    match LaxIpSlice::from_slice(network.bytes) {
        Ok((LaxIpSlice::Ipv4(slice), _)) => Ok(v4(&slice, network.domain)),
        Ok((LaxIpSlice::Ipv6(slice), _)) => v6(&slice, network),
        Err(_) => Err(NoPacket::Cut),
    }
}

fn v4<'a>(slice: &LaxIpv4Slice<'a>, domain: u32) -> Datagram<'a> {
    let header = slice.header();
    let payload = slice.payload();
    let before = payload.payload.as_ptr().addr().saturating_sub(header.slice().as_ptr().addr());
    let promised = usize::from(header.total_len()).saturating_sub(before);
    let fragment = header.is_fragmenting_payload().then(|| Fragment {
        id: u32::from(header.identification()),
        offset: u32::from(header.fragments_offset().value()) * 8,
        more: header.more_fragments(),
    });
    Datagram {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: payload.ip_number.0,
        payload: payload.payload,
        missing: missing(promised, payload.payload.len()),
        domain,
        fragment,
    }
}

fn v6<'a>(slice: &LaxIpv6Slice<'a>, network: Network<'a>) -> Result<Datagram<'a>, NoPacket> {
    let header = slice.header();
    let payload = slice.payload();
    let before = payload.payload.as_ptr().addr().saturating_sub(network.bytes.as_ptr().addr());
    // A jumbo payload says 0 here: then whatever was captured is all that is known.
    let promised = (usize::from(header.payload_length()) + 40).saturating_sub(before);
    let mut fragment = None;
    for extension in slice.extensions().clone() {
        if let etherparse::Ipv6ExtensionSlice::Fragment(part) = extension {
            let header = part.to_header();
            if header.is_fragmenting_payload() {
                let offset = u32::from(header.fragment_offset.value()) * 8;
                fragment = Some(Fragment { id: header.identification, offset, more: header.more_fragments });
            }
        }
    }
    if payload.fragmented && fragment.is_none() {
        return Err(NoPacket::Cut);
    }
    Ok(Datagram {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: payload.ip_number.0,
        payload: payload.payload,
        missing: missing(promised, payload.payload.len()),
        domain: network.domain,
        fragment,
    })
}

fn missing(promised: usize, present: usize) -> u32 {
    u32::try_from(promised.saturating_sub(present)).unwrap_or(0)
}

/// The packet that a tunnel carries in this datagram; `None` when it is no tunnel that is read.
pub(crate) fn inner<'a>(datagram: &Datagram<'a>) -> Option<Result<Network<'a>, NoPacket>> {
    let payload = datagram.payload;
    match datagram.protocol {
        IPV4_IN_IP | IPV6_IN_IP => Some(Ok(Network { bytes: payload, domain: datagram.domain })),
        GRE => Some(gre(payload, datagram.domain)),
        UDP => match (u16_at(payload, 2), payload.get(8..)) {
            (Some(PORT_VXLAN), Some(rest)) => Some(vxlan(rest, datagram.domain)),
            (Some(PORT_GENEVE), Some(rest)) => Some(geneve(rest, datagram.domain)),
            _ => None,
        },
        _ => None,
    }
}

/// RFC 2784 and 2890: optional checksum, key and sequence number before the payload.
fn gre(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let flags = u16_at(bytes, 0).ok_or(NoPacket::Cut)?;
    let protocol = u16_at(bytes, 2).ok_or(NoPacket::Cut)?;
    if flags & 0x0007 != 0 {
        return Err(NoPacket::Other);
    }
    let mut at = 4;
    at += if flags & 0x8000 == 0 { 0 } else { 4 };
    let mut domain = domain;
    if flags & 0x2000 != 0 {
        domain = link::fold(domain, u32_at(bytes, at).ok_or(NoPacket::Cut)?);
        at += 4;
    }
    at += if flags & 0x1000 == 0 { 0 } else { 4 };
    carried(protocol, bytes.get(at..).ok_or(NoPacket::Cut)?, domain)
}

/// RFC 7348: eight bytes with the network identifier, then Ethernet.
fn vxlan(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let flags = bytes.first().ok_or(NoPacket::Cut)?;
    if flags & 0x08 == 0 {
        return Err(NoPacket::Other);
    }
    let network = u32_at(bytes, 4).ok_or(NoPacket::Cut)? >> 8;
    link::ethernet(bytes.get(8..).ok_or(NoPacket::Cut)?, link::fold(domain, network))
}

/// RFC 8926: eight bytes and options, then what the protocol type says.
fn geneve(bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let first = *bytes.first().ok_or(NoPacket::Cut)?;
    if first >> 6 != 0 {
        return Err(NoPacket::Other);
    }
    let options = usize::from(first & 0x3f) * 4;
    let protocol = u16_at(bytes, 2).ok_or(NoPacket::Cut)?;
    let network = u32_at(bytes, 4).ok_or(NoPacket::Cut)? >> 8;
    carried(protocol, bytes.get(8 + options..).ok_or(NoPacket::Cut)?, link::fold(domain, network))
}

fn carried(protocol: u16, bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    if protocol == link::ETHERTYPE_BRIDGED {
        link::ethernet(bytes, domain)
    } else {
        link::by_ethertype(protocol, bytes, domain)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ipv4(protocol: u8, flags: u16, payload: &[u8]) -> Vec<u8> {
        let total = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
        let flags = flags.to_be_bytes();
        let head =
            [0x45, 0, total[0], total[1], 0, 9, flags[0], flags[1], 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        [&head[..], payload].concat()
    }

    fn read(bytes: &[u8]) -> Datagram<'_> {
        decode(Network { bytes, domain: 0 }).unwrap()
    }

    #[test]
    fn padding_after_the_datagram_is_no_payload_and_a_cut_is_counted() {
        let mut frame = ipv4(TCP, 0, b"payload");
        frame.extend([0; 9]);
        assert_eq!(read(&frame).payload, b"payload");
        let cut = ipv4(TCP, 0, b"payload");
        let datagram = read(&cut[..cut.len() - 3]);
        assert_eq!((datagram.payload, datagram.missing), (&b"payl"[..], 3));
        assert_eq!(datagram.source, IpAddr::from([10, 0, 0, 1]));
    }

    #[test]
    fn a_total_length_of_zero_is_what_segmentation_offload_leaves_and_means_everything() {
        let mut frame = ipv4(TCP, 0, b"large send");
        frame[2..4].copy_from_slice(&[0, 0]);
        assert_eq!((read(&frame).payload, read(&frame).missing), (&b"large send"[..], 0));
    }

    #[test]
    fn fragments_say_their_place() {
        let frame = ipv4(TCP, 0x2000 | 3, b"12345678");
        assert_eq!(read(&frame).fragment, Some(Fragment { id: 9, offset: 24, more: true }));
        assert_eq!(read(&ipv4(TCP, 0x4000, b"")).fragment, None);
    }

    fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
        let mut head = vec![0x60, 0, 0, 0, length[0], length[1], next, 64];
        head.extend([0xfd; 32]);
        head.extend_from_slice(payload);
        head
    }

    #[test]
    fn ipv6_extension_headers_are_passed_over_and_cuts_counted() {
        let hop_by_hop = [&[TCP, 0, 1, 4, 0, 0, 0, 0][..], b"segment"].concat();
        let frame = ipv6(0, &hop_by_hop);
        assert_eq!((read(&frame).payload, read(&frame).protocol), (&b"segment"[..], TCP));
        assert_eq!(
            (read(&frame[..frame.len() - 2]).payload, read(&frame[..frame.len() - 2]).missing),
            (&b"segme"[..], 2)
        );
        let part = [&[TCP, 0, 0, 0x11, 0, 0, 0, 7][..], b"12345678"].concat();
        assert_eq!(read(&ipv6(44, &part)).fragment, Some(Fragment { id: 7, offset: 16, more: true }));
    }

    #[test]
    fn tunnels_are_opened_and_their_ids_keep_networks_apart() {
        let carried = ipv4(TCP, 0, b"in");
        let ethernet = [&[0; 12][..], &[8, 0], &carried].concat();
        let udp = |port: u16, body: &[u8]| [&[0x99, 0x99][..], &port.to_be_bytes(), &[0; 4], body].concat();
        let vxlan = |id: u8| ipv4(UDP, 0, &udp(4789, &[&[8, 0, 0, 0, 0, 0, id, 0][..], &ethernet].concat()));
        let geneve = ipv4(UDP, 0, &udp(6081, &[&[1, 0, 0x65, 0x58, 0, 0, 7, 0][..], &[0; 4], &ethernet].concat()));
        let gre = ipv4(GRE, 0, &[&[0x30, 0, 8, 0, 0, 0, 0, 5, 0, 0, 0, 1][..], &carried].concat());
        let in_ip = ipv4(IPV4_IN_IP, 0, &carried);
        let mut domains = std::collections::HashSet::new();
        for outer in [vxlan(1), vxlan(2), geneve, gre, in_ip] {
            let datagram = read(&outer);
            let network = inner(&datagram).expect("a tunnel").expect("a packet");
            assert_eq!(network.bytes, carried);
            domains.insert(network.domain);
        }
        assert_eq!(domains.len(), 5);
        assert_eq!(inner(&read(&carried)), None);
    }
}
