//! Frames of every link type, and what stands in front of IP.

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
    let plain = [
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
        (113, [&[0; 14][..], &[0, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat()),
        (1, ether(&[0, 11, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0])),
        (1, ether(&[0x89, 0x09, 1, 1, 0, 1, 0, 10, 8, 0])),
        (1, ether(&[0x89, 0x26, 0, 0, 0, 7, 8, 0])),
        (1, ether(&[0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0])),
        (1, ether(&[0x89, 0x4f, 0x0f, 0xc2, 2, 1, 0, 0, 9, 0xff])),
        (104, vec![0x0f, 0, 8, 0]),
        (166, vec![1, 3, 0, 0x21]),
        (204, vec![1, 0xff, 3, 0, 0x21]),
        (204, vec![0, 0x21]),
        (117, [&[61, 2, 0, 0][..], &[0; 60]].concat()),
        (109, vec![0; 12]),
        (239, vec![2, 0, 0, 0, 8, 0, 10, 0, 1, 2, 3, 4, 7, 0, 9, 0]),
        (239, vec![2, 0, 0, 0, 0, 8, 0, 10, 1, 2, 3, 4, 0, 7, 0, 9]),
        (192, [&[0, 0, 8, 0, 1, 0, 0, 0][..], &ether(&[8, 0])].concat()),
        (258, [&[12, 0, 0, 0, 1, 0, 0, 0, 101, 0, 0, 0][..]].concat()),
        (127, [&[0, 0, 8, 0, 0, 0, 0, 0, 0x08, 0x01][..], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat()),
        (105, [&[0x88, 0x02][..], &[0; 24], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat()),
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
    let mut deep = ether(&[]);
    deep.extend([0x88, 0xe7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].repeat(5_000));
    assert_eq!(decode(1, &deep), Err(NoPacket::Unread(Unread::Layers)));
    assert_eq!(found(1, &ether(&[0x22, 0xf3])), Err(NoPacket::Unread(Unread::EtherType(0x22f3))));
    assert_eq!(found(1, &ether(&[0, 9, 0x42, 0x42, 3])), Err(NoPacket::Other), "spanning tree");
    assert_eq!(found(9, &[0, 0xfd]), Err(NoPacket::Unread(Unread::Ppp)));
    assert_eq!(decode(1, &[0; 13]), Err(NoPacket::Cut));
    assert_eq!(decode(1, &ether(&[0x81, 0, 0])), Err(NoPacket::Cut));
    assert_eq!(found(163, &[]), Err(NoPacket::Unsupported(163)));
    assert_eq!(name(163), Some("802.11 with AVS header"));
}
