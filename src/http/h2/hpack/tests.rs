//! HPACK against RFC 7541 Appendix C, the public story corpus, and lost beginnings.

use super::huffman::tests::encode as huffman;
use super::{DecodeError, Decoder, Field};
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;

type Lines = Vec<(String, String)>;

/// Decoded fields as text, `?` for what was lost.
fn lines(decoder: &mut Decoder, block: &[u8]) -> Result<Lines, DecodeError> {
    let text = |part: Option<&[u8]>| part.map_or("?".to_owned(), |part| String::from_utf8_lossy(part).into_owned());
    let mut lines = Vec::new();
    decoder.decode(block, |field: Field<'_>| lines.push((text(field.name), text(field.value))))?;
    Ok(lines)
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// Decodes the blocks of one example of Appendix C and compares fields and the table's size.
fn example(table_bytes: usize, blocks: &[(&str, &str, usize)]) {
    let mut decoder = Decoder::new(64 << 10);
    decoder.table.resize(table_bytes);
    for (wire, expected, size) in blocks {
        let fields = lines(&mut decoder, &hex(wire)).unwrap();
        let expected: Lines = expected
            .lines()
            .filter_map(|line| {
                let (name, value) = line.trim().split_once(" = ")?;
                Some((name.to_owned(), value.to_owned()))
            })
            .collect();
        assert_eq!(fields, expected);
        assert_eq!(decoder.table.size(), *size);
    }
}

#[test]
fn appendix_c_2_literals() {
    example(
        4096,
        &[("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key = custom-header", 55)],
    );
    example(4096, &[("040c 2f73 616d 706c 652f 7061 7468", ":path = /sample/path", 0)]);
    example(4096, &[("1008 7061 7373 776f 7264 0673 6563 7265 74", "password = secret", 0)]);
    example(4096, &[("82", ":method = GET", 0)]);
}

const REQUEST_1: &str = ":method = GET
    :scheme = http
    :path = /
    :authority = www.example.com";
const REQUEST_2: &str = ":method = GET
    :scheme = http
    :path = /
    :authority = www.example.com
    cache-control = no-cache";
const REQUEST_3: &str = ":method = GET
    :scheme = https
    :path = /index.html
    :authority = www.example.com
    custom-key = custom-value";

#[test]
fn appendix_c_3_and_c_4_requests_without_and_with_huffman() {
    example(
        4096,
        &[
            ("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", REQUEST_1, 57),
            ("8286 84be 5808 6e6f 2d63 6163 6865", REQUEST_2, 110),
            ("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", REQUEST_3, 164),
        ],
    );
    example(
        4096,
        &[
            ("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", REQUEST_1, 57),
            ("8286 84be 5886 a8eb 1064 9cbf", REQUEST_2, 110),
            ("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", REQUEST_3, 164),
        ],
    );
}

const RESPONSE_1: &str = ":status = 302
    cache-control = private
    date = Mon, 21 Oct 2013 20:13:21 GMT
    location = https://www.example.com";
const RESPONSE_2: &str = ":status = 307
    cache-control = private
    date = Mon, 21 Oct 2013 20:13:21 GMT
    location = https://www.example.com";
const RESPONSE_3: &str = ":status = 200
    cache-control = private
    date = Mon, 21 Oct 2013 20:13:22 GMT
    location = https://www.example.com
    content-encoding = gzip
    set-cookie = foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

#[test]
fn appendix_c_5_and_c_6_responses_with_eviction() {
    example(
        256,
        &[
            (
                "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
                 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
                RESPONSE_1,
                222,
            ),
            ("4803 3330 37c1 c0bf", RESPONSE_2, 222),
            (
                "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
                 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
                 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
                RESPONSE_3,
                215,
            ),
        ],
    );
    example(
        256,
        &[
            (
                "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
                 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
                RESPONSE_1,
                222,
            ),
            ("4883 640e ffc1 c0bf", RESPONSE_2, 222),
            (
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
                 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
                RESPONSE_3,
                215,
            ),
        ],
    );
}

/// Replays a story; all its blocks share one decoder.
fn replay(name: &str, cases: impl Iterator<Item = (String, Lines)>) {
    let mut decoder = Decoder::new(64 << 10);
    for (number, (wire, expected)) in cases.enumerate() {
        assert_eq!(lines(&mut decoder, &hex(&wire)).unwrap(), expected, "{name}, case {number}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn stories_of_fourteen_other_encoders_are_decoded() {
    let stories = include_str!("../../../../tests/hpack/stories.ndjson");
    for story in stories.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let cases = story["cases"].as_array().unwrap().iter().map(|case| {
            let fields = case[1].as_array().unwrap().iter().map(|field| (text(&field[0]), text(&field[1])));
            (text(&case[0]), fields.collect())
        });
        replay(&text(&story["name"]), cases);
    }
    assert_eq!(stories.lines().count(), 28);
}

/// The whole corpus, where it is at hand.
#[test]
fn all_stories_of_the_corpus_named_in_the_environment_are_decoded() {
    let Some(folder) = std::env::var_os("WHYCORS_HPACK_STORIES") else { return };
    let mut stories = 0;
    for encoder in Path::new(&folder).read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        for path in encoder.read_dir().into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let story: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let cases = story["cases"].as_array().unwrap().iter().map(|case| {
                let fields = case["headers"].as_array().unwrap().iter();
                let fields = fields.flat_map(|field| field.as_object().unwrap().iter());
                (text(&case["wire"]), fields.map(|(name, value)| (name.clone(), text(value))).collect())
            });
            replay(&path.display().to_string(), cases);
            stories += 1;
        }
    }
    println!("{stories} stories");
    assert!(stories > 0);
}

#[test]
fn after_a_lost_beginning_unknown_entries_are_placeholders_and_new_ones_are_read() {
    let mut whole = Decoder::new(64 << 10);
    lines(&mut whole, &hex("4803 3330 3258 0770 7269 7661 7465")).unwrap();
    let mut late = Decoder::new(64 << 10);
    late.lose();
    // A new entry, two entries of the lost beginning, the new one again.
    let block = hex("4001 6101 31 bf c0 be");
    let expected = |lost: [(&str, &str); 2]| {
        let all = [("a", "1"), lost[0], lost[1], ("a", "1")];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    };
    assert_eq!(lines(&mut whole, &block), Ok(expected([("cache-control", "private"), (":status", "302")])));
    assert_eq!(lines(&mut late, &block), Ok(expected([("?", "?"), ("?", "?")])));
}

#[test]
fn an_entry_whose_name_was_lost_keeps_its_position_and_is_never_guessed() {
    let mut late = Decoder::new(64 << 10);
    late.lose();
    // Literal with the name of lost entry 70, then `a: 1`; now 62 is `a: 1` and 63 the nameless.
    assert_eq!(lines(&mut late, &hex("7f07 0176 4001 6101 31")).unwrap()[0], ("?".into(), "v".into()));
    assert_eq!(lines(&mut late, &hex("be bf")).unwrap(), [("a".into(), "1".into()), ("?".into(), "?".into())]);
}

#[test]
fn a_size_update_evicts_and_one_beyond_the_limit_is_counted() {
    let mut decoder = Decoder::new(4096);
    lines(&mut decoder, &hex("4001 6101 31")).unwrap();
    assert_eq!(decoder.table.len(), 1);
    lines(&mut decoder, &hex("20")).unwrap();
    assert_eq!((decoder.table.len(), decoder.table.size()), (0, 0));
    // 65536 = 31 + 65505.
    lines(&mut decoder, &hex("3f e1 ff 03")).unwrap();
    assert_eq!((decoder.take_beyond_limit(), decoder.take_beyond_limit()), (1, 0));
    for _ in 0..1000 {
        lines(&mut decoder, &hex("4001 6101 31")).unwrap();
    }
    assert!(decoder.table.size() <= 4096);
}

#[test]
fn damaged_blocks_are_errors() {
    for (wire, error) in [
        ("3f", DecodeError::Truncated),
        ("40", DecodeError::Truncated),
        ("0005 6162", DecodeError::Truncated),
        ("80", DecodeError::IndexZero),
        ("ff ff ff ff ff ff ff", DecodeError::Integer),
        ("0081 00 00", DecodeError::Huffman),
    ] {
        assert_eq!(lines(&mut Decoder::new(4096), &hex(wire)), Err(error), "{wire}");
    }
}

/// A field as an encoder may write it.
fn write(block: &mut Vec<u8>, name: &[u8], value: &[u8], indexed: bool, coded: bool) {
    block.push(if indexed { 0x40 } else { 0x10 });
    for part in [name, value] {
        let bytes = if coded { huffman(part) } else { part.to_vec() };
        let flag = if coded { 0x80 } else { 0 };
        assert!(bytes.len() < 127, "one length byte");
        block.push(flag | u8::try_from(bytes.len()).unwrap());
        block.extend_from_slice(&bytes);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_or_refused(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8)) {
        let mut decoder = Decoder::new(512);
        for block in blocks {
            let _ = decoder.decode(&block, |_| {});
            prop_assert!(decoder.table.size() <= 512);
        }
    }

    #[test]
    fn literals_come_back_as_written(
        fields in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..20), prop::collection::vec(any::<u8>(), 0..30), any::<bool>(), any::<bool>()), 0..20)
    ) {
        let mut block = Vec::new();
        for (name, value, indexed, coded) in &fields {
            write(&mut block, name, value, *indexed, *coded);
        }
        let mut decoded = Vec::new();
        let mut decoder = Decoder::new(4096);
        decoder.decode(&block, |field| decoded.push((field.name.unwrap().to_vec(), field.value.unwrap().to_vec()))).unwrap();
        let expected: Vec<_> = fields.iter().map(|(name, value, ..)| (name.clone(), value.clone())).collect();
        prop_assert_eq!(decoded, expected);
    }

    /// Whatever is known after a lost beginning is what a decoder that saw everything knows.
    #[test]
    fn a_late_decoder_never_says_anything_else_than_a_complete_one(
        inserts in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..40), prop::collection::vec(any::<u8>(), 0..80)), 1..200),
        start in 0..200_usize,
        looks in prop::collection::vec(62..130_u8, 0..20),
    ) {
        let mut whole = Decoder::new(4096);
        let mut late = Decoder::new(64 << 10);
        late.lose();
        for (number, (name, value)) in inserts.iter().enumerate() {
            let mut block = Vec::new();
            write(&mut block, name, value, true, false);
            whole.decode(&block, |_| {}).unwrap();
            if number >= start {
                late.decode(&block, |_| {}).unwrap();
            }
        }
        for index in looks {
            let truth = whole.table.get(usize::from(index)).unwrap();
            let seen = late.table.get(usize::from(index)).unwrap();
            // What the encoder has evicted it does not refer to.
            if let (Some(_), Some(name)) = (truth.name, seen.name) {
                prop_assert_eq!(Some(name), truth.name);
                prop_assert_eq!(seen.value, truth.value);
            }
        }
    }
}
