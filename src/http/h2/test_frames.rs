//! Frames and header blocks for tests.

/// A frame.
pub(in crate::http) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A block of literals that are added to the table.
pub(in crate::http) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    literals(0x40, fields)
}

/// A block of literals whose first byte is `first`, none longer than 126 bytes.
pub(in crate::http) fn literals(first: u8, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(first);
        for part in [name, value] {
            assert!(part.len() < 127);
            block.push(u8::try_from(part.len()).unwrap());
            block.extend_from_slice(part.as_bytes());
        }
    }
    block
}
