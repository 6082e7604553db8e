//! What may carry IP packets and is not unwrapped: kinds and their words.
//!
//! Owns which EtherTypes and protocols carry none, so that they need not be counted. Reads no packet.

use std::fmt::Write as _;

/// A kind of packet whose content is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unread {
    EtherType(u16),
    IpProtocol(u8),
    /// UDP to or from this port.
    Udp(u16),
    /// GRE with a header of a form that is not read.
    Gre,
    /// PPP that is compressed, encrypted or spread over several links.
    Ppp,
    /// 802.11 frames that are encrypted.
    WirelessEncrypted,
    /// 802.11 frames that hold several packets or parts of one.
    WirelessAggregate,
    /// More tags and labels in each other than are opened.
    Layers,
    /// Kinds beyond the limit.
    Others,
}

impl Unread {
    /// Whether this EtherType is known to carry no IP packets.
    pub(super) fn is_no_carrier(ethertype: u16) -> bool {
        matches!(
            ethertype,
            // ARP and its relatives, wake-up, AppleTalk, IPX, LAN tests.
            0x0806 | 0x8035 | 0x0842 | 0x809b | 0x80f3 | 0x8137 | 0x9000
            // Link aggregation, PPPoE discovery, 802.1X, LLDP, time, OAM, topology, stream reservation.
            | 0x8808 | 0x8809 | 0x8863 | 0x888e | 0x88c7 | 0x88cc | 0x88d9 | 0x88f5 | 0x88f6 | 0x88f7 | 0x8902 | 0x22ea
            // Power line, vendors' probes for loops and neighbours, storage, fieldbuses.
            | 0x887b | 0x88e1 | 0x8912 | 0x893a | 0x8899 | 0x8874 | 0x88bf | 0x9003 | 0x8906 | 0x8914 | 0x88a2 | 0x88a4
            | 0x8892 | 0x88b8 | 0x88ba | 0x88e3 | 0x88fb
        )
    }

    /// Packets of this kind, as a noun phrase behind their number.
    pub(super) fn words(self, count: u64) -> String {
        let s = if count == 1 { "" } else { "s" };
        let mut out = format!("{count} ");
        let written = match self {
            Self::EtherType(number) => {
                write!(out, "packet{s} of EtherType 0x{number:04x}{}", named(ethertype_name(number)))
            }
            Self::IpProtocol(number) => {
                write!(out, "packet{s} of IP protocol {number}{}", named(protocol_name(number)))
            }
            Self::Udp(port) => write!(out, "packet{s} of UDP port {port}{}", named(port_name(port))),
            Self::Gre => write!(out, "GRE packet{s} with a header of a form that is not known"),
            Self::Ppp => write!(out, "PPP packet{s} that are compressed, encrypted or split"),
            Self::WirelessEncrypted => write!(out, "encrypted 802.11 frame{s}"),
            Self::WirelessAggregate => write!(out, "802.11 frame{s} that hold several packets, or a part of one"),
            Self::Layers => write!(out, "packet{s} behind too many tags and labels"),
            Self::Others => write!(out, "packet{s} of other kinds"),
        };
        debug_assert!(written.is_ok());
        out
    }
}

fn named(name: Option<&str>) -> String {
    name.map(|name| format!(" ({name})")).unwrap_or_default()
}

fn ethertype_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x22f3 => "TRILL",
        0x8903 => "FabricPath",
        0x88e5 => "MACsec, encrypted",
        0x883e => "WCCP",
        0x88be | 0x22eb => "ERSPAN",
        0x88dc => "WSMP",
        _ => return None,
    })
}

fn protocol_name(number: u8) -> Option<&'static str> {
    Some(match number {
        50 => "IPsec ESP",
        55 => "minimal encapsulation",
        108 => "IPComp",
        115 => "L2TPv3",
        _ => return None,
    })
}

fn port_name(port: u16) -> Option<&'static str> {
    Some(match port {
        1194 => "OpenVPN",
        1701 => "L2TP",
        4500 => "IPsec ESP",
        4755 => "GRE in DTLS",
        5246 | 5247 => "CAPWAP",
        51820 => "WireGuard",
        _ => return None,
    })
}
