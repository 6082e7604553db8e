//! Tests of opening inputs.

use super::*;
use std::io::Write;

const HAR: &str = r#"{"log":{"version":"1.2","entries":[]}}"#;

fn text_of(bytes: &[u8]) -> String {
    let mut opened = open_reader("test", Cursor::new(bytes.to_vec()), &Limits::default()).unwrap();
    assert_eq!(opened.kind, InputKind::Har);
    let mut text = String::new();
    opened.reader.read_to_string(&mut text).unwrap();
    text
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn zip_of(members: &[(&str, &[u8])], method: zip::CompressionMethod) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut writer = zip::ZipWriter::new(file.reopen().unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
    file
}

fn source(path: &Path) -> Source {
    Source { index: 0, path: path.to_str().unwrap().to_owned() }
}

#[test]
fn packet_files_are_known_by_their_first_four_bytes() {
    for (magic, kind) in [
        ([0xd4, 0xc3, 0xb2, 0xa1], InputKind::Pcap),
        ([0xa1, 0xb2, 0xc3, 0xd4], InputKind::Pcap),
        ([0x4d, 0x3c, 0xb2, 0xa1], InputKind::Pcap),
        ([0xa1, 0xb2, 0x3c, 0x4d], InputKind::Pcap),
        ([0x0a, 0x0d, 0x0d, 0x0a], InputKind::Pcapng),
    ] {
        let opened = open_reader("x", Cursor::new([&magic[..], &[0; 20]].concat()), &Limits::default()).unwrap();
        assert_eq!(opened.kind, kind);
        let opened = open_reader("x", Cursor::new(gzip(&[&magic[..], &[0; 20]].concat())), &Limits::default()).unwrap();
        assert_eq!(opened.kind, kind);
    }
}

#[test]
fn text_arrives_as_utf8_without_byte_order_mark_whatever_it_was() {
    let sixteen = |little: bool, bom: bool| -> Vec<u8> {
        let text = format!("{}{HAR}é😀", if bom { "\u{feff}" } else { "" });
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    assert_eq!(text_of(HAR.as_bytes()), HAR);
    assert_eq!(text_of(&[b"\xef\xbb\xbf", HAR.as_bytes()].concat()), HAR);
    for (little, bom) in [(true, true), (true, false), (false, true), (false, false)] {
        assert_eq!(text_of(&sixteen(little, bom)), format!("{HAR}é😀"));
    }
}

#[test]
fn a_surrogate_pair_across_two_blocks_of_utf16_stays_one_character() {
    let text = format!("\u{feff}{}{}", "[", "😀".repeat(70_000));
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text_of(&bytes), text.trim_start_matches('\u{feff}'));
}

#[test]
fn compressed_files_are_read_through_also_when_nested_or_in_several_pieces() {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(HAR.as_bytes()).unwrap();
    assert_eq!(text_of(&zlib.finish().unwrap()), HAR);
    assert_eq!(text_of(&gzip(HAR.as_bytes())), HAR);
    assert_eq!(text_of(&gzip(&gzip(HAR.as_bytes()))), HAR);
    assert_eq!(text_of(&[gzip(b"{\"log\":"), gzip(b"{}}")].concat()), "{\"log\":{}}");
    assert_eq!(text_of(&zstd(HAR.as_bytes())), HAR);
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    assert_eq!(text_of(&[zstd(b"{\"log\":"), skippable.to_vec(), zstd(b"{}}")].concat()), "{\"log\":{}}");
}

#[test]
fn the_one_har_of_a_zip_is_read_and_other_members_are_passed_over() {
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let members: &[(&str, &[u8])] =
            &[("__MACOSX/._a.har", b"\0"), ("ab12.png", b"\x89PNG"), ("logs/a.har", HAR.as_bytes())];
        let file = zip_of(members, method);
        let mut opened = open(&source(file.path()), &Limits::default()).unwrap();
        let mut text = String::new();
        opened.reader.read_to_string(&mut text).unwrap();
        assert_eq!((opened.kind, text.as_str()), (InputKind::Har, HAR));
        assert_eq!(opened.size, Some(opened.read_so_far()));
    }
}

#[test]
fn zips_that_cannot_be_read_say_why() {
    let error = |members: &[(&str, &[u8])]| {
        let file = zip_of(members, zip::CompressionMethod::Stored);
        open(&source(file.path()), &Limits::default()).unwrap_err().to_string()
    };
    assert!(error(&[("a.txt", b"x")]).contains("no .har"));
    assert!(error(&[("a.har", b"{}"), ("b.har", b"{}")]).contains("holds 2 captures (a.har and others)"));
    let piped = open_reader("-", Cursor::new(b"PK\x03\x04....".to_vec()), &Limits::default()).unwrap_err();
    assert!(piped.to_string().contains("unzip -p"), "{piped}");
}

#[test]
fn files_that_are_no_capture_are_refused_in_one_line() {
    let refused = |bytes: &[u8]| {
        let error = open_reader("f", Cursor::new(bytes.to_vec()), &Limits::default()).unwrap_err().to_string();
        assert!(!error.contains('\n'));
        error
    };
    assert!(refused(b"").contains("is empty"));
    assert!(refused(&gzip(b"")).contains("once decompressed"));
    assert!(refused(b"\x89PNG\r\n\x1a\n....").contains("screenshot"));
    assert!(refused(b"<!DOCTYPE html><html>").contains("web page"));
    assert!(refused(b"\x01\x02\0\0\x05abc").contains("binary data"));
    assert!(refused(b"snoop\0\0\0\0\0\0\x02").contains("editcap"));
    let four_times = gzip(&gzip(&gzip(&gzip(HAR.as_bytes()))));
    assert!(refused(&four_times).contains("more than three times"));
}

#[test]
fn a_missing_file_a_directory_and_a_forbidden_file_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let error = |path: &Path| open(&source(path), &Limits::default()).unwrap_err().to_string();
    assert!(error(&directory.path().join("none.har")).contains("no such file"));
    assert!(error(directory.path()).contains("is a directory"));
    let denied = ReadError::opening("f", io::ErrorKind::PermissionDenied.into()).to_string();
    assert!(denied.contains("permission denied"));
}

#[test]
fn the_decompression_ratio_is_bounded_and_reaching_it_is_a_remark() {
    let bomb = gzip(&vec![b' '; 8 << 20]);
    let limits = Limits { inflate_ratio: 2, ..Limits::default() };
    let mut opened = open_reader("f", Cursor::new(bomb), &limits).unwrap();
    let error = io::copy(&mut opened.reader, &mut io::sink()).unwrap_err();
    assert_eq!(trouble(&error, 0, 1 << 20).id, "limit-reached");
}

#[test]
fn a_zstd_frame_that_wants_a_huge_window_is_refused_before_memory_is_taken() {
    let windowed: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0, 0, 0, 0];
    let single_segment: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x04, 0, 0, 0];
    for frame in [windowed, single_segment] {
        let error = open_reader("f", Cursor::new(frame.to_vec()), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("window is too large"), "{error}");
    }
}

#[test]
fn a_gzip_that_was_cut_yields_what_was_there_and_an_error_that_becomes_a_remark() {
    let whole = gzip(format!("{HAR}{}", "x".repeat(100)).as_bytes());
    let mut opened = open_reader("f", Cursor::new(whole[..whole.len() - 12].to_vec()), &Limits::default()).unwrap();
    let error = io::copy(&mut opened.reader, &mut io::sink()).unwrap_err();
    assert_eq!(trouble(&error, 0, 40).id, "file-truncated");
}
