//! What a file is, by its first bytes.

use crate::capture::InputKind;

/// What the first bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Packets(InputKind),
    Gzip,
    Zlib,
    Zstd,
    Zip,
    Utf8Bom,
    Utf16 { little: bool, bom: bool },
    Text,
    Empty,
    Other(&'static str),
}

/// Files that people send by mistake, by their first bytes.
const OTHERS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image; ask for the HAR instead of a screenshot"),
    (b"\xff\xd8\xff", "a JPEG image; ask for the HAR instead of a screenshot"),
    (b"GIF8", "a GIF image; ask for the HAR instead of a screenshot"),
    (b"%PDF", "a PDF document; ask for the HAR itself"),
    (b"\x7fELF", "a program; name the capture itself"),
    (b"MZ", "a Windows program; name the capture itself"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x04\x22\x4d\x18", "an lz4 file; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"snoop\0\0\0", "a Solaris snoop capture; convert it with: editcap -F pcapng"),
    (b"GMBU", "a Microsoft Network Monitor capture; convert it with: editcap -F pcapng"),
    (b"RTSS", "a Microsoft Network Monitor capture; convert it with: editcap -F pcapng"),
    (b"TRSNIFF data", "a Sniffer capture; convert it with: editcap -F pcapng"),
    (b"XCP\0", "a NetXRay capture; convert it with: editcap -F pcapng"),
    (b"bplist00", "a binary property list; export as HAR instead"),
    (b"\xd0\xcf\x11\xe0", "an old Office document or mail; save the attached HAR first"),
];

pub(super) fn shape_of(head: &[u8]) -> Shape {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if head.is_empty() {
        return Shape::Empty;
    }
    if starts(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        return Shape::Packets(InputKind::Pcapng);
    }
    let classic: [[u8; 4]; 4] =
        [[0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d]];
    if classic.iter().any(|magic| starts(magic)) {
        return Shape::Packets(InputKind::Pcap);
    }
    if starts(&[0x1f, 0x8b]) {
        return Shape::Gzip;
    }
    if starts(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Shape::Zstd;
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Shape::Zip;
    }
    if is_zlib(head) {
        return Shape::Zlib;
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| starts(magic)) {
        return Shape::Other(what);
    }
    text_or_binary(head)
}

/// RFC 1950, 2.2: deflate with a 32 KiB window, and a check over both bytes.
fn is_zlib(head: &[u8]) -> bool {
    match head {
        [0x78, flags, ..] => matches!(flags, 0x01 | 0x5e | 0x9c | 0xda),
        _ => false,
    }
}

fn text_or_binary(head: &[u8]) -> Shape {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Shape::Utf8Bom,
        [0xff, 0xfe, ..] => return Shape::Utf16 { little: true, bom: true },
        [0xfe, 0xff, ..] => return Shape::Utf16 { little: false, bom: true },
        [b'{' | b'[', 0, next, 0, ..] if *next != 0 => return Shape::Utf16 { little: true, bom: false },
        [0, b'{' | b'[', 0, next, ..] if *next != 0 => return Shape::Utf16 { little: false, bom: false },
        _ => {}
    }
    let text = head.trim_ascii_start();
    let tag = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    if tag("<!doctype") || tag("<html") {
        return Shape::Other("a web page; download the HAR itself, not the page that shows it");
    }
    if tag("<?xml") || tag("<saz") {
        return Shape::Other("XML; export as HAR instead");
    }
    let control = head.iter().filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r')).count();
    if head.contains(&0) || control * 8 > head.len() {
        return Shape::Other("binary data; name the capture itself");
    }
    Shape::Text
}

/// Whether a zip member is a capture by its name. macOS puts a `__MACOSX/._name` beside every file.
pub(super) fn is_capture_name(name: &str) -> bool {
    const ENDS: &[&str] = &["har", "pcap", "pcapng", "cap"];
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if file.starts_with("._") {
        return false;
    }
    let lower = file.to_ascii_lowercase();
    let plain = lower.trim_end_matches(".gz").trim_end_matches(".zst");
    plain.rsplit_once('.').is_some_and(|(_, end)| ENDS.contains(&end))
}
