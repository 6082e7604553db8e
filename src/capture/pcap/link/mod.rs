//! Link layers to network packets: from the first byte of a frame to the first byte of IP.
//!
//! Owns the link types that are read and the names of those that are not, tags and labels in front of IP. VLAN and
//! tunnel ids are kept as the packet's domain, so that equal addresses in two VLANs stay apart. Does not read IP.

use super::unread::Unread;
use super::wireless;

/// Why a frame carries no IP packet that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPacket {
    /// The link type is not read.
    Unsupported(u16),
    /// It may carry one, which is not unwrapped.
    Unread(Unread),
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

/// What bytes in front of IP begin with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layer {
    Ethernet,
    /// What this EtherType says.
    Type(u16),
    /// IEEE 802.2, with SNAP or without.
    Llc,
    Ppp,
    Pppoe,
    Mpls,
    /// Network service header (RFC 8300).
    Nsh,
    Ip,
}

/// What stands behind a layer.
enum Behind<'a> {
    Packet(Network<'a>),
    Layer(Layer, &'a [u8], u32),
}

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
/// Transparent Ethernet bridging: an Ethernet frame inside GRE or Geneve.
const ETHERTYPE_BRIDGED: u16 = 0x6558;
/// An EtherType field up to this is the length of an 802.3 frame.
const LENGTHS: u16 = 1500;
/// Tags, labels and headers in front of one IP packet that are opened.
const LAYERS: usize = 16;
/// Attribute of a netfilter log message that holds the packet.
const NFLOG_PAYLOAD: u16 = 9;

/// Finds the IP packet in a frame of this link type.
pub(crate) fn decode(link: u16, frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    match link {
        // PPI and PKTAP name the link type of what they carry.
        192 => carried(u32_le(frame, 4)?, frame, usize::from(u16_le(frame, 2)?)),
        258 => carried(u32_le(frame, 8)?, frame, u32_le(frame, 0)? as usize),
        // A private type, which old versions of macOS write PKTAP as.
        149 if is_pktap(frame) => decode(258, frame),
        _ => single(link, frame),
    }
}

fn carried(link: u32, frame: &[u8], header: usize) -> Result<Network<'_>, NoPacket> {
    let link = u16::try_from(link).map_err(|_| NoPacket::Cut)?;
    single(link, tail(frame, header)?)
}

fn is_pktap(frame: &[u8]) -> bool {
    // Length of the header, and the type of a record that holds a packet.
    matches!((u32_le(frame, 0), u32_le(frame, 4)), (Ok(108..=512), Ok(1)))
}

fn single(link: u16, frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    let open = |layer, at| unwrap(layer, tail(frame, at)?, 0);
    match link {
        // NULL (host byte order of whoever wrote it) and LOOP (network byte order).
        0 | 108 => null(frame),
        1 => open(Layer::Ethernet, 0),
        // Raw IP: the value registered, and what BSDs, OpenBSD and old libpcap wrote for it.
        101 | 12 | 14 | 228 | 229 => open(Layer::Ip, 0),
        // PPP with and without the HDLC-like framing; PPP over Ethernet without its Ethernet.
        9 | 50 => open(Layer::Ppp, 0),
        51 => open(Layer::Pppoe, 0),
        // PPP behind a byte for the direction; pppd puts that in the place of the address.
        204 => open(Layer::Ppp, 1),
        166 => open(Layer::Ppp, if frame.get(1) == Some(&0x03) { 2 } else { 1 }),
        // Cisco HDLC: address and control, then an EtherType.
        104 => open(Layer::Type(u16_at(frame, 2)?), 4),
        105 => wireless::frame(frame),
        127 => wireless::radiotap(frame),
        // OpenBSD's packet filter log and its IPsec interface.
        117 => open(Layer::Ip, usize::from(*frame.first().ok_or(NoPacket::Cut)?).next_multiple_of(4)),
        109 => open(Layer::Ip, 12),
        113 => cooked(frame, 14, 16),
        276 => cooked(frame, 0, 20),
        239 => nflog(frame),
        other => Err(NoPacket::Unsupported(other)),
    }
}

/// Opens layer by layer what stands in front of an IP packet.
pub(crate) fn unwrap(layer: Layer, bytes: &[u8], domain: u32) -> Result<Network<'_>, NoPacket> {
    let (mut layer, mut bytes, mut domain) = (layer, bytes, domain);
    for _ in 0..LAYERS {
        match open(layer, bytes, domain)? {
            Behind::Packet(network) => return Ok(network),
            Behind::Layer(next, rest, tagged) => (layer, bytes, domain) = (next, rest, tagged),
        }
    }
    Err(NoPacket::Unread(Unread::Layers))
}

fn open(layer: Layer, bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    match layer {
        Layer::Ethernet => Ok(Behind::Layer(Layer::Type(u16_at(bytes, 12)?), tail(bytes, 14)?, domain)),
        Layer::Type(ethertype) => by_ethertype(ethertype, bytes, domain),
        Layer::Llc => llc(bytes, domain),
        Layer::Ppp => ppp(bytes, domain),
        Layer::Pppoe => {
            // Version and type 1, code 0: session data.
            if bytes.get(..2).ok_or(NoPacket::Cut)? != [0x11, 0x00] {
                return Err(NoPacket::Other);
            }
            Ok(Behind::Layer(Layer::Ppp, tail(bytes, 6)?, domain))
        }
        Layer::Mpls => mpls(bytes, domain),
        Layer::Nsh => nsh(bytes, domain),
        Layer::Ip => match bytes.first().map(|byte| byte >> 4) {
            Some(4 | 6) => Ok(Behind::Packet(Network { bytes, domain })),
            Some(_) => Err(NoPacket::Other),
            None => Err(NoPacket::Cut),
        },
    }
}

/// What follows an EtherType: IP, or tags and labels before it.
fn by_ethertype(ethertype: u16, bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    let layer = |layer, at, domain| Ok(Behind::Layer(layer, tail(bytes, at)?, domain));
    match ethertype {
        ETHERTYPE_IPV4 | ETHERTYPE_IPV6 => layer(Layer::Ip, 0, domain),
        // 802.1Q, 802.1ad, and the tag that QinQ used before it had a number.
        0x8100 | 0x88a8 | 0x9100 => {
            // Id 0 is no VLAN: the tag holds a priority only.
            let id = u16_at(bytes, 0)? & 0x0fff;
            let domain = if id == 0 { domain } else { fold(domain, u32::from(id)) };
            layer(Layer::Type(u16_at(bytes, 2)?), 4, domain)
        }
        // 802.1ah: a service id of 24 bits, then the customer's frame.
        0x88e7 => layer(Layer::Ethernet, 4, fold(domain, u32_at(bytes, 0)? & 0x00ff_ffff)),
        // Cisco metadata: version, length in units of four bytes, options.
        0x8909 => {
            let at = 2 + 4 * usize::from(*bytes.get(1).ok_or(NoPacket::Cut)?);
            layer(Layer::Type(u16_at(bytes, at)?), at + 2, domain)
        }
        // VN-Tag and high-availability seamless redundancy: four bytes, then an EtherType.
        0x8926 | 0x892f => layer(Layer::Type(u16_at(bytes, 4)?), 6, domain),
        0x88e5 => {
            // Encrypted or changed: only a frame that is merely signed can be read.
            let control = *bytes.first().ok_or(NoPacket::Cut)?;
            if control & 0x0c != 0 {
                return Err(NoPacket::Unread(Unread::EtherType(ethertype)));
            }
            let at = if control & 0x20 == 0 { 6 } else { 14 };
            layer(Layer::Type(u16_at(bytes, at)?), at + 2, domain)
        }
        0x894f => layer(Layer::Nsh, 0, domain),
        0x8864 => layer(Layer::Pppoe, 0, domain),
        0x880b => layer(Layer::Ppp, 0, domain),
        0x8847 | 0x8848 => layer(Layer::Mpls, 0, domain),
        ETHERTYPE_BRIDGED => layer(Layer::Ethernet, 0, domain),
        0..=LENGTHS => layer(Layer::Llc, 0, domain),
        _ if Unread::is_no_carrier(ethertype) => Err(NoPacket::Other),
        _ => Err(NoPacket::Unread(Unread::EtherType(ethertype))),
    }
}

/// Folds one more tag into a domain; the order of tags matters.
pub(crate) fn fold(domain: u32, tag: u32) -> u32 {
    domain.wrapping_add(1).wrapping_mul(0x9e37_79b1) ^ tag
}

fn null(frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    let family: [u8; 4] = frame.get(..4).and_then(|b| b.try_into().ok()).ok_or(NoPacket::Cut)?;
    // The byte order is the writer's: AF_INET is 2 everywhere, AF_INET6 differs between systems.
    match u32::from_le_bytes(family).min(u32::from_be_bytes(family)) {
        2 | 10 | 24 | 28 | 30 => unwrap(Layer::Ip, tail(frame, 4)?, 0),
        _ => Err(NoPacket::Other),
    }
}

/// Linux cooked capture v1 (protocol at 14, payload at 16) and v2 (0 and 20).
fn cooked(frame: &[u8], protocol_at: usize, payload_at: usize) -> Result<Network<'_>, NoPacket> {
    // Numbers below the EtherTypes are Linux' own: 4 is 802.2.
    let layer = match u16_at(frame, protocol_at)? {
        4 => Layer::Llc,
        0..=LENGTHS => return Err(NoPacket::Other),
        ethertype => Layer::Type(ethertype),
    };
    unwrap(layer, tail(frame, payload_at)?, 0)
}

/// Netfilter log: family, version, resource, then attributes in the byte order of whoever wrote them.
fn nflog(frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    let mut attributes = tail(frame, 4)?;
    while !attributes.is_empty() {
        let (little, big) = (u16_le(attributes, 0)?, u16_at(attributes, 0)?);
        let is_little = usize::from(little) <= attributes.len() && little >= 4;
        let length = usize::from(if is_little { little } else { big });
        let kind = if is_little { u16_le(attributes, 2)? } else { u16_at(attributes, 2)? };
        if length < 4 {
            return Err(NoPacket::Cut);
        }
        if kind & 0x7fff == NFLOG_PAYLOAD {
            let end = length.min(attributes.len());
            return unwrap(Layer::Ip, attributes.get(4..end).ok_or(NoPacket::Cut)?, 0);
        }
        attributes = attributes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Err(NoPacket::Other)
}

/// IEEE 802.2: SNAP names an EtherType; 6 is IP itself. Others (spanning tree, NetBIOS, IPX) carry none.
fn llc(bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    match *bytes.get(..3).ok_or(NoPacket::Cut)? {
        [0xaa, 0xaa, 0x03] => match *bytes.get(3..6).ok_or(NoPacket::Cut)? {
            [0, 0, 0 | 0xf8] => Ok(Behind::Layer(Layer::Type(u16_at(bytes, 6)?), tail(bytes, 8)?, domain)),
            _ => Err(NoPacket::Other),
        },
        [0x06, 0x06, 0x03] => Ok(Behind::Layer(Layer::Ip, tail(bytes, 3)?, domain)),
        _ => Err(NoPacket::Other),
    }
}

fn ppp(bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    let bytes = bytes.strip_prefix(&[0xff, 0x03]).unwrap_or(bytes);
    // Protocol field compression sends one byte for 0x0021 and 0x0057.
    let (layer, at) = match (bytes.first(), bytes.get(1)) {
        (Some(0x21 | 0x57), _) => (Layer::Ip, 1),
        (Some(0x00), Some(0x21 | 0x57)) => (Layer::Ip, 2),
        (Some(0x02), Some(0x81 | 0x83)) => (Layer::Mpls, 2),
        // Compressed, encrypted or spread over several links.
        (Some(0xfd | 0x53 | 0x3d), _) | (Some(0x00), Some(0xfd | 0x53 | 0x3d)) => {
            return Err(NoPacket::Unread(Unread::Ppp));
        }
        (Some(_), _) => return Err(NoPacket::Other),
        (None, _) => return Err(NoPacket::Cut),
    };
    Ok(Behind::Layer(layer, tail(bytes, at)?, domain))
}

/// Labels up to the bottom of the stack. What follows is named by nothing but its first nibble:
/// 4 or 6 for IP, 0 for a pseudowire's control word before Ethernet.
fn mpls(bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    let mut bytes = bytes;
    loop {
        let bottom = bytes.get(2).ok_or(NoPacket::Cut)? & 1 == 1;
        bytes = tail(bytes, 4)?;
        if bottom {
            break;
        }
    }
    match bytes.first().map(|byte| byte >> 4) {
        Some(0) => Ok(Behind::Layer(Layer::Ethernet, tail(bytes, 4)?, domain)),
        _ => Ok(Behind::Layer(Layer::Ip, bytes, domain)),
    }
}

/// The length stands in units of four bytes, the next protocol in the fourth byte. The path differs by direction and
/// keeps no networks apart.
fn nsh(bytes: &[u8], domain: u32) -> Result<Behind<'_>, NoPacket> {
    let length = usize::from(bytes.get(1).ok_or(NoPacket::Cut)? & 0x3f) * 4;
    let layer = next_protocol(*bytes.get(3).ok_or(NoPacket::Cut)?).ok_or(NoPacket::Other)?;
    Ok(Behind::Layer(layer, tail(bytes, length.max(8))?, domain))
}

/// The numbers that NSH and VXLAN-GPE share.
pub(crate) fn next_protocol(number: u8) -> Option<Layer> {
    Some(match number {
        1 | 2 => Layer::Ip,
        3 => Layer::Ethernet,
        4 => Layer::Nsh,
        5 => Layer::Mpls,
        _ => return None,
    })
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, NoPacket> {
    chunk(bytes, at).map(u16::from_be_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, NoPacket> {
    chunk(bytes, at).map(u32::from_be_bytes)
}

pub(super) fn u16_le(bytes: &[u8], at: usize) -> Result<u16, NoPacket> {
    chunk(bytes, at).map(u16::from_le_bytes)
}

fn u32_le(bytes: &[u8], at: usize) -> Result<u32, NoPacket> {
    chunk(bytes, at).map(u32::from_le_bytes)
}

fn chunk<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], NoPacket> {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or(NoPacket::Cut)
}

pub(super) fn tail(bytes: &[u8], at: usize) -> Result<&[u8], NoPacket> {
    bytes.get(at..).ok_or(NoPacket::Cut)
}

/// Name of a link type that is not read, for the remark about it.
pub(crate) fn name(link: u16) -> Option<&'static str> {
    Some(match link {
        119 => "802.11 with Prism header",
        163 => "802.11 with AVS header",
        6 => "Token Ring",
        10 => "FDDI",
        107 => "Frame Relay",
        147..=162 => "private use",
        187 | 201 => "Bluetooth HCI",
        189 | 220 => "USB",
        195 | 215 | 230 => "802.15.4",
        227 => "CAN bus",
        253 => "netlink",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
