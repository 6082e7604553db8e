//! The PROXY protocol (HAProxy, versions 1 and 2): the real client's address in front of a stream.
//!
//! Owns recognition and length of the header. What follows it is sniffed again by the caller.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const V2_SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// Longest header of version 1, with its line end.
const V1_LONGEST: usize = 107;

/// What stands at the start of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// Too few bytes to tell.
    NeedMore,
    /// No PROXY header.
    None,
    /// A header of this length; the client's address unless it is a health check.
    Present(usize, Option<SocketAddr>),
}

/// Reads a PROXY header.
pub(super) fn header(bytes: &[u8]) -> Header {
    if bytes.starts_with(V2_SIGNATURE) {
        return version_2(bytes);
    }
    if bytes.starts_with(b"PROXY ") {
        return version_1(bytes);
    }
    let begun = !bytes.is_empty() && (V2_SIGNATURE.starts_with(bytes) || b"PROXY ".starts_with(bytes));
    if begun { Header::NeedMore } else { Header::None }
}

/// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n`.
fn version_1(bytes: &[u8]) -> Header {
    let window = bytes.get(..V1_LONGEST).unwrap_or(bytes);
    let Some(end) = memchr::memmem::find(window, b"\r\n") else {
        return if bytes.len() >= V1_LONGEST { Header::None } else { Header::NeedMore };
    };
    let line = std::str::from_utf8(window.get(..end).unwrap_or_default()).unwrap_or_default();
    let mut words = line.split(' ').skip(1);
    let family = words.next();
    let (source, _, port) = (words.next(), words.next(), words.next());
    let address = source.and_then(|word| word.parse::<IpAddr>().ok());
    let port = port.and_then(|word| word.parse::<u16>().ok());
    match (family, address, port) {
        (Some("TCP4" | "TCP6"), Some(address), Some(port)) => {
            Header::Present(end + 2, Some(SocketAddr::new(address, port)))
        }
        (Some("UNKNOWN"), ..) => Header::Present(end + 2, None),
        _ => Header::None,
    }
}

/// Signature, version and command, family and transport, length, addresses, further values.
fn version_2(bytes: &[u8]) -> Header {
    let Some([command, family, high, low]) = bytes.get(12..16).and_then(|head| <[u8; 4]>::try_from(head).ok()) else {
        return Header::NeedMore;
    };
    if command >> 4 != 2 {
        return Header::None;
    }
    let length = usize::from(u16::from_be_bytes([high, low]));
    let Some(body) = bytes.get(16..16 + length) else { return Header::NeedMore };
    let client = match (command & 0x0f, family >> 4) {
        (1, 1) => v4(body),
        (1, 2) => v6(body),
        _ => None,
    };
    Header::Present(16 + length, client)
}

fn v4(body: &[u8]) -> Option<SocketAddr> {
    let address: [u8; 4] = body.get(..4)?.try_into().ok()?;
    let port: [u8; 2] = body.get(8..10)?.try_into().ok()?;
    Some(SocketAddr::new(Ipv4Addr::from(address).into(), u16::from_be_bytes(port)))
}

fn v6(body: &[u8]) -> Option<SocketAddr> {
    let address: [u8; 16] = body.get(..16)?.try_into().ok()?;
    let port: [u8; 2] = body.get(32..34)?.try_into().ok()?;
    Some(SocketAddr::new(Ipv6Addr::from(address).into(), u16::from_be_bytes(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_gives_the_client_and_its_length() {
        let line = b"PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET /";
        assert_eq!(header(line), Header::Present(45, Some("192.0.2.1:56324".parse().unwrap())));
        assert_eq!(header(&line[..20]), Header::NeedMore);
        assert_eq!(header(b"PROXY UNKNOWN\r\n"), Header::Present(15, None));
        assert_eq!(header(b"PROXY /a HTTP/1.1\r\n"), Header::None);
    }

    #[test]
    fn version_2_gives_the_client_for_both_families_and_none_for_health_checks() {
        let v4 = [V2_SIGNATURE, &[0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x34, 1, 187]].concat();
        assert_eq!(header(&v4), Header::Present(28, Some("192.0.2.1:4660".parse().unwrap())));
        assert_eq!(header(&v4[..27]), Header::NeedMore);
        let mut v6 = [V2_SIGNATURE, &[0x21, 0x21, 0, 36]].concat();
        v6.extend([0; 15]);
        v6.push(1);
        v6.extend([0; 16]);
        v6.extend([0, 80, 1, 187]);
        assert_eq!(header(&v6), Header::Present(52, Some("[::1]:80".parse().unwrap())));
        let local = [V2_SIGNATURE, &[0x20, 0x00, 0, 0]].concat();
        assert_eq!(header(&local), Header::Present(16, None));
        assert_eq!(header(b"\r\n\r\n"), Header::NeedMore);
        assert_eq!(header(b"\r\nGET / HTTP/1.1"), Header::None);
    }
}
