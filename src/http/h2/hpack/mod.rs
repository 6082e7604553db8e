//! HPACK (RFC 7541) as an onlooker decodes it: entries of a lost beginning become placeholders in
//! their position.
//!
//! Existing crates give up at the first unknown index. This one goes on, since everything that was
//! added to the table later stays readable.

mod huffman;
mod table;
#[cfg(test)]
mod tests;

pub(in crate::http) use table::Field;

use table::Table;

/// Why a header block could not be decoded further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::http) enum DecodeError {
    /// The block ends in the middle of a field.
    #[error("the header block ends in the middle of a field")]
    Truncated,
    /// An integer is larger than any that makes sense (RFC 7541 §5.1).
    #[error("an integer in the header block is too large")]
    Integer,
    /// A string is not in the Huffman code (RFC 7541 §5.2).
    #[error("a string in the header block is not in the Huffman code")]
    Huffman,
    /// Index 0 stands for nothing (RFC 7541 §6.1).
    #[error("index 0 in the header block")]
    IndexZero,
}

/// The decoder of one direction of a connection.
#[derive(Debug)]
pub(in crate::http) struct Decoder {
    table: Table,
    /// Times the encoder chose a larger table than is kept here.
    beyond_limit: u64,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Decoder {
    /// A decoder that keeps at most `limit` bytes in its table.
    pub(in crate::http) fn new(limit: usize) -> Self {
        Self { table: Table::new(limit), beyond_limit: 0, name: Vec::new(), value: Vec::new() }
    }

    /// Forgets the table, since a header block was lost.
    pub(in crate::http) fn lose(&mut self) {
        self.table.lose();
    }

    /// The encoder may use a table of this size from now on.
    pub(in crate::http) fn allow(&mut self, max: usize) {
        self.table.allow(max);
    }

    /// Times the encoder chose a larger table than is kept here, since the last call.
    pub(in crate::http) fn take_beyond_limit(&mut self) -> u64 {
        std::mem::take(&mut self.beyond_limit)
    }

    /// About how much memory the table holds, bytes.
    pub(in crate::http) fn held_bytes(&self) -> usize {
        self.table.size()
    }

    /// Decodes a whole header block and hands its fields to `sink`. After an error the table no
    /// longer agrees with the encoder's and is forgotten.
    pub(in crate::http) fn decode(&mut self, block: &[u8], mut sink: impl FnMut(Field<'_>)) -> Result<(), DecodeError> {
        let mut input = block;
        let outcome = self.fields(&mut input, &mut sink);
        if outcome.is_err() {
            self.lose();
        }
        // One large string does not cost memory for the rest of the connection.
        self.name.clear();
        self.name.shrink_to(256);
        self.value.clear();
        self.value.shrink_to(1024);
        outcome
    }

    fn fields(&mut self, input: &mut &[u8], sink: &mut impl FnMut(Field<'_>)) -> Result<(), DecodeError> {
        while let Some(first) = input.first() {
            match Representation::of(*first) {
                Representation::Indexed => {
                    let index = integer(input, 7)?;
                    sink(self.table.get(index).ok_or(DecodeError::IndexZero)?);
                }
                Representation::SizeUpdate => {
                    let max = integer(input, 5)?;
                    if !self.table.resize(max) {
                        self.beyond_limit += 1;
                    }
                }
                Representation::Literal { prefix, indexed } => {
                    let has_name = self.literal(input, prefix)?;
                    let field = Field { name: has_name.then_some(&*self.name), value: Some(&*self.value) };
                    sink(field);
                    if indexed {
                        self.table.insert(field);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads a literal into `name` and `value`. `false`: the name was lost.
    fn literal(&mut self, input: &mut &[u8], prefix: u32) -> Result<bool, DecodeError> {
        self.name.clear();
        self.value.clear();
        let mut has_name = true;
        match integer(input, prefix)? {
            0 => string(input, &mut self.name)?,
            index => match self.table.get(index).and_then(|field| field.name) {
                Some(name) => self.name.extend_from_slice(name),
                None => has_name = false,
            },
        }
        string(input, &mut self.value)?;
        Ok(has_name)
    }
}

/// How a field is represented (RFC 7541 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Representation {
    /// Indexed header field (§6.1).
    /// ```text
    ///   0   1   2   3   4   5   6   7
    /// +---+---+---+---+---+---+---+---+
    /// | 1 |        Index (7+)         |
    /// +---+---------------------------+
    /// ```
    Indexed,
    /// Literal header field: with incremental indexing (§6.2.1), without (§6.2.2), never (§6.2.3).
    /// ```text
    /// | 0 | 1 |      Index (6+)       |
    /// | 0 | 0 | 0 | 0 |  Index (4+)   |
    /// | 0 | 0 | 0 | 1 |  Index (4+)   |
    /// ```
    Literal { prefix: u32, indexed: bool },
    /// Dynamic table size update (§6.3).
    /// ```text
    /// | 0 | 0 | 1 |   Max size (5+)   |
    /// ```
    SizeUpdate,
}

impl Representation {
    fn of(first: u8) -> Self {
        match first {
            0x80.. => Self::Indexed,
            0x40.. => Self::Literal { prefix: 6, indexed: true },
            0x20.. => Self::SizeUpdate,
            _ => Self::Literal { prefix: 4, indexed: false },
        }
    }
}

/// An integer whose first `prefix` bits stand in the first byte (RFC 7541 §5.1). At most 2^28 and
/// a bit: nothing in a header block is larger.
fn integer(input: &mut &[u8], prefix: u32) -> Result<usize, DecodeError> {
    let mask = (1_u32 << prefix) - 1;
    let mut value = u32::from(next(input)?) & mask;
    if value < mask {
        return Ok(value as usize);
    }
    for shift in [0, 7, 14, 21] {
        let byte = next(input)?;
        value = value.saturating_add(u32::from(byte & 0x7F) << shift);
        if byte & 0x80 == 0 {
            return Ok(value as usize);
        }
    }
    Err(DecodeError::Integer)
}

/// A string (RFC 7541 §5.2), appended to `out`.
fn string(input: &mut &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let is_huffman = input.first().is_some_and(|first| first & 0x80 != 0);
    let len = integer(input, 7)?;
    let (bytes, rest) = input.split_at_checked(len).ok_or(DecodeError::Truncated)?;
    *input = rest;
    if is_huffman {
        huffman::decode(bytes, out)
    } else {
        out.extend_from_slice(bytes);
        Ok(())
    }
}

fn next(input: &mut &[u8]) -> Result<u8, DecodeError> {
    let (first, rest) = input.split_first().ok_or(DecodeError::Truncated)?;
    *input = rest;
    Ok(*first)
}
