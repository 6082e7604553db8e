//! QUIC connections, recognised and counted but not read.

/// Ports of a UDP datagram that carries a client's first QUIC packet: a long header of type
/// Initial in a known version (RFC 9000 §17.2.2, RFC 9369 §3.2), padded as clients must
/// (RFC 9000 §14.1).
pub(super) fn client_initial(udp: &[u8]) -> Option<(u16, u16)> {
    let ports: &[u8; 4] = udp.first_chunk()?;
    let length = u16::from_be_bytes(udp.get(4..6)?.try_into().ok()?);
    let quic = udp.get(8..)?;
    let [first, v0, v1, v2, v3, id_length, ..] = *quic else { return None };
    let version = u32::from_be_bytes([v0, v1, v2, v3]);
    let initial = match version {
        1 | 0xff00_0000..=0xff00_00ff => 0,
        0x6b33_43cf => 1,
        _ => return None,
    };
    let is_initial = first & 0xc0 == 0xc0 && (first >> 4) & 3 == initial;
    let plausible = is_initial && id_length <= 20 && length >= 1200 + 8;
    let [s0, s1, d0, d1] = *ports;
    plausible.then_some((u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(first: u8, version: u32, length: u16) -> Vec<u8> {
        let mut udp = vec![0xc0, 0x01, 0x01, 0xbb];
        udp.extend(length.to_be_bytes());
        udp.extend([0, 0, first]);
        udp.extend(version.to_be_bytes());
        udp.extend([8, 0, 0]);
        udp
    }

    #[test]
    fn only_a_clients_first_packet_counts() {
        assert_eq!(client_initial(&datagram(0xc3, 1, 1208)), Some((49153, 443)));
        assert_eq!(client_initial(&datagram(0xd3, 0x6b33_43cf, 1258)), Some((49153, 443)));
        assert_eq!(client_initial(&datagram(0xe3, 1, 1208)), None, "a handshake packet");
        assert_eq!(client_initial(&datagram(0x43, 1, 1208)), None, "a short header");
        assert_eq!(client_initial(&datagram(0xc3, 1, 100)), None, "not padded");
        assert_eq!(client_initial(&datagram(0xc3, 7, 1208)), None, "no such version");
        assert_eq!(client_initial(b"\0\0"), None);
    }
}
