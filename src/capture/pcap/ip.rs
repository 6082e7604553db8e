//! IP packets to transport payloads: both versions, extension headers.
//!
//! Owns what is a fragment and what a snapshot length cut off. Does not put fragments together, opens no tunnels and does
//! not read TCP.

use super::link::{Network, NoPacket};
use etherparse::{LaxIpSlice, LaxIpv4Slice, LaxIpv6Slice};
use std::net::IpAddr;

/// IP protocol number of TCP.
pub(crate) const TCP: u8 = 6;
/// IP protocol number of UDP.
pub(crate) const UDP: u8 = 17;

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
}
