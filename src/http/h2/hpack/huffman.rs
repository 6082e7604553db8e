//! The Huffman code of HPACK (RFC 7541 §5.2 and Appendix B).
//!
//! The code is canonical: codes of one length follow each other in the order of their symbols, and
//! each length goes on where the shorter one ended. So the lengths are the whole table.

use super::DecodeError;

/// Code lengths in bits of the symbols 0 to 255 and EOS (RFC 7541 Appendix B).
#[rustfmt::skip]
const LENGTHS: [u8; SYMBOLS] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

const SYMBOLS: usize = 257;
const EOS: u16 = 256;
const LONGEST: usize = 30;
/// Codes up to this length are found in one look.
const QUICK: usize = 9;

/// The canonical code, per length.
struct Code {
    /// First code of each length.
    first: [u32; LONGEST + 1],
    /// How many codes have that length.
    count: [u32; LONGEST + 1],
    /// Index into `symbols` of the first code of that length.
    start: [u32; LONGEST + 1],
    /// Symbols by length, then by value.
    symbols: [u16; SYMBOLS],
    /// Symbol and length of the short code that 9 bits begin with; length 0: none does.
    quick: [(u8, u8); 1 << QUICK],
}

static CODE: Code = Code::new();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler, over constants"
)]
impl Code {
    const fn new() -> Self {
        let mut code = Self {
            first: [0; LONGEST + 1],
            count: [0; LONGEST + 1],
            start: [0; LONGEST + 1],
            symbols: [0; SYMBOLS],
            quick: [(0, 0); 1 << QUICK],
        };
        let mut placed = 0;
        let mut next = 0_u32;
        let mut len = 1;
        while len <= LONGEST {
            next <<= 1;
            code.first[len] = next;
            code.start[len] = placed as u32;
            let mut symbol = 0;
            while symbol < SYMBOLS {
                if LENGTHS[symbol] as usize == len {
                    code.symbols[placed] = symbol as u16;
                    code.count[len] += 1;
                    if len <= QUICK {
                        let mut entry = (next as usize) << (QUICK - len);
                        let end = (next as usize + 1) << (QUICK - len);
                        while entry < end {
                            code.quick[entry] = (symbol as u8, len as u8);
                            entry += 1;
                        }
                    }
                    placed += 1;
                    next += 1;
                }
                symbol += 1;
            }
            len += 1;
        }
        code
    }
}

impl Code {
    /// The symbol that 30 bits begin with, and the length of its code.
    fn find(&self, window: u32) -> Option<(u16, u32)> {
        match self.quick.get((window >> (LONGEST - QUICK)) as usize) {
            Some((symbol, len)) if *len > 0 => return Some((u16::from(*symbol), u32::from(*len))),
            _ => {}
        }
        let lengths = self.first.iter().zip(&self.count).zip(&self.start).zip(0_u32..).skip(QUICK + 1);
        for (((first, count), start), len) in lengths {
            let code = window >> (30 - len);
            let index = code.wrapping_sub(*first);
            if index < *count {
                return Some((*self.symbols.get(start.saturating_add(index) as usize)?, len));
            }
        }
        None
    }
}

/// Appends the decoded string to `out`.
pub(super) fn decode(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    const WINDOW: u64 = (1 << LONGEST) - 1;
    let mut input = bytes.iter();
    // The low `bits` bits of `held` are not decoded yet.
    let mut held = 0_u64;
    let mut bits = 0_u32;
    loop {
        while bits <= 56 {
            let Some(byte) = input.next() else { break };
            held = held << 8 | u64::from(*byte);
            bits += 8;
        }
        if bits == 0 {
            return Ok(());
        }
        // Missing bits are taken for ones, as padding is.
        let window = if bits >= 30 { held >> (bits - 30) } else { !(!held << (30 - bits)) & !(!0 << 30) };
        let window = u32::try_from(window & WINDOW).unwrap_or(u32::MAX);
        let found = CODE.find(window).filter(|(symbol, _)| *symbol != EOS);
        match found {
            Some((symbol, len)) if len <= bits => {
                out.push(u8::try_from(symbol).unwrap_or(u8::MAX));
                bits -= len;
            }
            // Padding: fewer than eight bits, all ones (RFC 7541 §5.2).
            _ if bits < 8 && held.trailing_ones() >= bits => return Ok(()),
            _ => return Err(DecodeError::Huffman),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The code of a symbol: its bits and their number.
    fn code_of(symbol: u16) -> (u32, u32) {
        let len = u32::from(LENGTHS[usize::from(symbol)]);
        let start = CODE.start[len as usize];
        let index = CODE.symbols.iter().skip(start as usize).position(|other| *other == symbol).unwrap();
        (CODE.first[len as usize] + u32::try_from(index).unwrap(), len)
    }

    /// The encoder, for tests only.
    pub(in super::super) fn encode(text: &[u8]) -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        for byte in text {
            let (code, len) = code_of(u16::from(*byte));
            bits.extend((0..len).rev().map(|bit| code >> bit & 1 == 1));
        }
        while !bits.len().is_multiple_of(8) {
            bits.push(true);
        }
        bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
    }

    fn decoded(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let mut out = Vec::new();
        decode(bytes, &mut out).map(|()| out)
    }

    #[test]
    fn codes_are_those_of_appendix_b() {
        // Symbol, code and length as printed in RFC 7541 Appendix B.
        for (symbol, code, len) in [
            (0, 0x1ff8, 13),
            (1, 0x007f_ffd8, 23),
            (9, 0x00ff_ffea, 24),
            (10, 0x3fff_fffc, 30),
            (13, 0x3fff_fffd, 30),
            (22, 0x3fff_fffe, 30),
            (u16::from(b' '), 0x14, 6),
            (u16::from(b'!'), 0x3f8, 10),
            (u16::from(b'*'), 0xf9, 8),
            (u16::from(b'0'), 0x0, 5),
            (u16::from(b':'), 0x5c, 7),
            (u16::from(b'<'), 0x7ffc, 15),
            (u16::from(b'A'), 0x21, 6),
            (u16::from(b'Z'), 0xfd, 8),
            (u16::from(b'\\'), 0x7fff0, 19),
            (u16::from(b'a'), 0x3, 5),
            (u16::from(b'z'), 0x7b, 7),
            (u16::from(b'~'), 0x1ffd, 13),
            (128, 0xfffe6, 20),
            (195, 0x7fff1, 19),
            (199, 0x01ff_ffec, 25),
            (255, 0x03ff_ffee, 26),
            (EOS, 0x3fff_ffff, 30),
        ] {
            assert_eq!(code_of(symbol), (code, len), "symbol {symbol}");
        }
    }

    #[test]
    fn every_symbol_is_decoded() {
        let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        assert_eq!(decoded(&encode(&all)), Ok(all));
    }

    #[test]
    fn padding_is_fewer_than_eight_ones() {
        assert_eq!(decoded(b""), Ok(vec![]));
        assert_eq!(decoded(&[0b0001_1111]), Ok(b"a".to_vec()));
        assert_eq!(decoded(&[0b0001_1110]), Err(DecodeError::Huffman));
        assert_eq!(decoded(&[0b0001_1111, 0xff]), Err(DecodeError::Huffman));
        assert_eq!(decoded(&[0xff]), Err(DecodeError::Huffman));
    }

    #[test]
    fn eos_is_refused() {
        assert_eq!(decoded(&[0xff, 0xff, 0xff, 0xff]), Err(DecodeError::Huffman));
    }
}
