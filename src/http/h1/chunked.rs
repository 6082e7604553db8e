//! The chunked transfer coding (RFC 9112 §7.1), skipped over without buffering.
//!
//! Extensions and trailer lines are passed over; lone LF is taken for a line end.

use memchr::memchr;

/// Where in a chunked body the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunked {
    /// In the digits of a chunk size.
    Size { value: u64, digits: u8 },
    /// Behind the digits, before the line end.
    Extension { value: u64 },
    /// In chunk data.
    Data { left: u64 },
    /// Between chunk data and the next size.
    DataEnd,
    /// At the beginning of a trailer line, or of the line that ends the body.
    TrailerStart,
    /// In a trailer line.
    TrailerLine,
    /// Behind a CR at the beginning of a line.
    TrailerCr,
}

/// What the next bytes of a chunked body are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// All bytes are used up.
    Starved,
    /// Body bytes.
    Data(&'a [u8]),
    /// The body is over; what follows is the next message.
    End,
    /// Not the chunked coding.
    Bad,
}

impl Chunked {
    pub(super) fn start() -> Self {
        Self::Size { value: 0, digits: 0 }
    }

    /// Takes the next piece off `input`.
    pub(super) fn next<'a>(&mut self, input: &mut &'a [u8]) -> Piece<'a> {
        while let Some((&byte, rest)) = input.split_first() {
            match *self {
                Self::Size { value, digits } => match char::from(byte).to_digit(16) {
                    Some(_) if digits >= 16 => return Piece::Bad,
                    Some(digit) => {
                        *self = Self::Size { value: value << 4 | u64::from(digit), digits: digits + 1 };
                        *input = rest;
                    }
                    None if digits == 0 || !matches!(byte, b';' | b' ' | b'\t' | b'\r' | b'\n') => return Piece::Bad,
                    None => *self = Self::Extension { value },
                },
                Self::Extension { value } => {
                    let Some(after) = behind_line(input) else { break };
                    *input = after;
                    *self = if value == 0 { Self::TrailerStart } else { Self::Data { left: value } };
                }
                Self::Data { left } => {
                    let take = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                    let (data, rest) = input.split_at(take);
                    *input = rest;
                    let left = left.saturating_sub(take as u64);
                    *self = if left == 0 { Self::DataEnd } else { Self::Data { left } };
                    return Piece::Data(data);
                }
                Self::DataEnd => {
                    match byte {
                        b'\r' => {}
                        b'\n' => *self = Self::start(),
                        _ => return Piece::Bad,
                    }
                    *input = rest;
                }
                Self::TrailerStart => {
                    *input = rest;
                    match byte {
                        b'\n' => return Piece::End,
                        b'\r' => *self = Self::TrailerCr,
                        _ => *self = Self::TrailerLine,
                    }
                }
                Self::TrailerLine => {
                    let Some(after) = behind_line(input) else { break };
                    *input = after;
                    *self = Self::TrailerStart;
                }
                Self::TrailerCr => {
                    *input = rest;
                    if byte == b'\n' {
                        return Piece::End;
                    }
                    *self = Self::TrailerLine;
                }
            }
        }
        *input = &[];
        Piece::Starved
    }

    /// Passes over `missing` lost bytes if they are all chunk data; `false` when they may not be.
    pub(super) fn skip(&mut self, missing: u64) -> bool {
        match self {
            Self::Data { left } if *left > missing => {
                *left -= missing;
                true
            }
            Self::Data { left } if *left == missing => {
                *self = Self::DataEnd;
                true
            }
            _ => false,
        }
    }
}

/// What follows the next LF.
fn behind_line(input: &[u8]) -> Option<&[u8]> {
    input.get(memchr(b'\n', input)? + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data, what was left over, and how it ended.
    fn read(parts: &[&[u8]]) -> (Vec<u8>, Vec<u8>, bool) {
        let mut chunked = Chunked::start();
        let mut data = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let mut input = *part;
            loop {
                match chunked.next(&mut input) {
                    Piece::Starved => break,
                    Piece::Data(piece) => data.extend_from_slice(piece),
                    end => {
                        let rest = parts.get(index + 1..).unwrap_or_default().concat();
                        return (data, [input, &rest].concat(), end == Piece::End);
                    }
                }
            }
        }
        (data, Vec::new(), false)
    }

    #[test]
    fn extensions_and_trailers_are_passed_over_at_any_split() {
        let wire = b"5;name=\"a;b\"\r\nhello\r\n0C \r\n, big world!\r\n0\r\nX-Check: 1\r\n\r\nHTTP/1.1 200 OK";
        for at in 0..wire.len() {
            let (data, rest, whole) = read(&[&wire[..at], &wire[at..]]);
            assert_eq!(
                (data.as_slice(), rest.as_slice(), whole),
                (b"hello, big world!".as_slice(), b"HTTP/1.1 200 OK".as_slice(), true)
            );
        }
    }

    #[test]
    fn lone_line_feeds_end_lines() {
        assert_eq!(read(&[b"2\nok\n0\n\nnext"]), (b"ok".to_vec(), b"next".to_vec(), true));
    }

    #[test]
    fn what_is_no_chunk_size_is_refused() {
        for wire in [b"xyz\r\n".as_slice(), b"\r\n", b"-1\r\n", b"1z\r\n", b"11112222333344445\r\n", b"2\r\nokay\r\n"] {
            let (_, _, whole) = read(&[wire]);
            assert!(!whole, "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn a_hole_within_one_chunk_keeps_the_framing() {
        let mut chunked = Chunked::start();
        let mut input = b"A\r\n123".as_slice();
        assert_eq!(chunked.next(&mut input), Piece::Data(b"123"));
        assert!(chunked.skip(7));
        let mut input = b"\r\n0\r\n\r\n".as_slice();
        assert_eq!(chunked.next(&mut input), Piece::End);
        assert!(!chunked.skip(1));
    }
}
