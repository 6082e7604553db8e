//! Handshake messages: reassembly from records, and the few of which something is needed.
//!
//! Owns ClientHello, ServerHello and EncryptedExtensions as far as an onlooker needs them.

/// Handshake message types (RFC 8446 §4).
pub(super) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;
pub(super) const END_OF_EARLY_DATA: u8 = 5;
pub(super) const ENCRYPTED_EXTENSIONS: u8 = 8;
pub(super) const FINISHED: u8 = 20;
pub(super) const KEY_UPDATE: u8 = 24;

/// The random of a HelloRetryRequest: SHA-256 of that name (RFC 8446 §4.1.3).
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const ENCRYPT_THEN_MAC: u16 = 22;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

/// Puts handshake messages together from the content of records.
///
/// Messages of no interest (certificates above all) are passed over without being stored.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    header: [u8; 4],
    /// Bytes of `header` that are there, 0 to 4.
    have: usize,
    /// Bytes of the current message's body still to come; 0 when between messages.
    remaining: usize,
    body: Vec<u8>,
    /// A hole swallowed a message boundary: nothing more can be read under this key.
    lost: bool,
}

/// A complete message. The body is empty for messages of no interest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

/// A message of interest that is longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Assembler {
    /// Takes bytes off `input` up to the end of the next message; `None` when it is used up.
    pub(super) fn next(&mut self, input: &mut &[u8], limit: usize) -> Option<Result<Message, TooLong>> {
        if self.lost {
            *input = &[];
            return None;
        }
        while self.have < 4 {
            let (first, rest) = input.split_first()?;
            *self.header.get_mut(self.have)? = *first;
            self.have += 1;
            *input = rest;
            if self.have == 4 {
                let [_, high, middle, low] = self.header;
                self.remaining = (usize::from(high) << 16) | (usize::from(middle) << 8) | usize::from(low);
                if self.remaining > limit && self.is_wanted() {
                    return Some(Err(TooLong));
                }
            }
        }
        let (part, rest) = input.split_at(self.remaining.min(input.len()));
        *input = rest;
        self.remaining -= part.len();
        if self.is_wanted() {
            self.body.extend_from_slice(part);
        }
        if self.remaining > 0 {
            return None;
        }
        self.have = 0;
        Some(Ok(Message { kind: self.header[0], body: std::mem::take(&mut self.body) }))
    }

    /// A record with this much content is missing.
    pub(super) fn lose(&mut self, len: usize) {
        if self.have == 4 && self.remaining > len && !self.is_wanted() {
            self.remaining -= len;
        } else {
            self.lost = true;
            self.body = Vec::new();
        }
    }

    /// After a hole: messages of an established connection are short and begin with their record.
    pub(super) fn resume(&mut self) {
        if self.lost {
            *self = Self::default();
        }
    }

    fn is_wanted(&self) -> bool {
        matches!(self.header[0], CLIENT_HELLO | SERVER_HELLO | ENCRYPTED_EXTENSIONS | KEY_UPDATE)
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.body.capacity()
    }
}

/// What is needed of a ClientHello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientHello {
    pub(super) random: [u8; 32],
    pub(super) server_name: Option<String>,
    pub(super) alpn: Vec<String>,
    pub(super) early_data: bool,
}

/// What is needed of a ServerHello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerHello {
    pub(super) random: [u8; 32],
    pub(super) version: u16,
    pub(super) suite: u16,
    pub(super) compression: u8,
    pub(super) alpn: Option<String>,
    pub(super) encrypt_then_mac: bool,
}

impl ServerHello {
    pub(super) fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST
    }
}

/// What is needed of EncryptedExtensions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct EncryptedExtensions {
    pub(super) alpn: Option<String>,
    pub(super) early_data: bool,
}

impl ClientHello {
    /// RFC 8446 §4.1.2, RFC 5246 §7.4.1.2.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        reader.take(2)?;
        let random = reader.take(32)?.try_into().ok()?;
        reader.vector8()?; // session id
        reader.vector16()?; // cipher suites
        reader.vector8()?; // compression methods
        let mut hello = Self { random, server_name: None, alpn: Vec::new(), early_data: false };
        for (kind, mut data) in reader.extensions() {
            match kind {
                SERVER_NAME => hello.server_name = server_name(data),
                ALPN => {
                    let mut names = data.vector16().unwrap_or(Reader(&[]));
                    while let Some(name) = names.vector8() {
                        hello.alpn.push(String::from_utf8_lossy(name.0).into_owned());
                    }
                }
                EARLY_DATA => hello.early_data = true,
                _ => {}
            }
        }
        Some(hello)
    }
}

impl ServerHello {
    /// RFC 8446 §4.1.3, RFC 5246 §7.4.1.3.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let version = reader.number16()?;
        let random = reader.take(32)?.try_into().ok()?;
        reader.vector8()?; // session id
        let suite = reader.number16()?;
        let compression = *reader.take(1)?.first()?;
        let mut hello = Self { random, version, suite, compression, alpn: None, encrypt_then_mac: false };
        for (kind, mut data) in reader.extensions() {
            match kind {
                ALPN => hello.alpn = chosen_protocol(data),
                ENCRYPT_THEN_MAC => hello.encrypt_then_mac = true,
                SUPPORTED_VERSIONS => hello.version = data.number16().unwrap_or(version),
                _ => {}
            }
        }
        Some(hello)
    }
}

impl EncryptedExtensions {
    /// RFC 8446 §4.3.1.
    pub(super) fn parse(body: &[u8]) -> Self {
        let mut found = Self::default();
        for (kind, data) in Reader(body).extensions() {
            match kind {
                ALPN => found.alpn = chosen_protocol(data),
                EARLY_DATA => found.early_data = true,
                _ => {}
            }
        }
        found
    }
}

/// The first host name of RFC 6066 §3.
fn server_name(mut data: Reader<'_>) -> Option<String> {
    let mut list = data.vector16()?;
    while let Some(kind) = list.take(1) {
        let name = list.vector16()?;
        if kind == [0] {
            return Some(String::from_utf8_lossy(name.0).into_owned());
        }
    }
    None
}

fn chosen_protocol(mut data: Reader<'_>) -> Option<String> {
    let name = data.vector16()?.vector8()?;
    Some(String::from_utf8_lossy(name.0).into_owned())
}

/// Bytes being read from the front.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn vector8(&mut self) -> Option<Self> {
        let len = usize::from(*self.take(1)?.first()?);
        self.take(len).map(Reader)
    }

    fn vector16(&mut self) -> Option<Self> {
        let len = usize::from(self.number16()?);
        self.take(len).map(Reader)
    }

    /// The extensions at the end of a message, up to the first one that is cut off.
    fn extensions(mut self) -> impl Iterator<Item = (u16, Reader<'a>)> {
        let mut list = self.vector16().unwrap_or(Reader(&[]));
        std::iter::from_fn(move || Some((list.number16()?, list.vector16()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(assembler: &mut Assembler, mut input: &[u8]) -> Vec<(u8, usize)> {
        let mut found = Vec::new();
        while let Some(message) = assembler.next(&mut input, 100) {
            let message = message.unwrap();
            found.push((message.kind, message.body.len()));
        }
        found
    }

    #[test]
    fn messages_are_put_together_from_any_pieces() {
        let bytes = [&[FINISHED, 0, 0, 3, 1, 2, 3][..], &[KEY_UPDATE, 0, 0, 1, 0], &[14, 0, 0, 0]].concat();
        let all = [(FINISHED, 0), (KEY_UPDATE, 1), (14, 0)];
        assert_eq!(messages(&mut Assembler::default(), &bytes), all);
        let mut assembler = Assembler::default();
        let one_by_one: Vec<_> = bytes.chunks(1).flat_map(|byte| messages(&mut assembler, byte)).collect();
        assert_eq!(one_by_one, all);
    }

    #[test]
    fn a_hole_inside_a_certificate_does_no_harm_and_elsewhere_ends_the_reading() {
        let mut assembler = Assembler::default();
        assert_eq!(messages(&mut assembler, &[11, 0, 0, 20, 1, 2]), []);
        assembler.lose(10);
        assert_eq!(messages(&mut assembler, &[0, 0, 0, 0, 0, 0, 0, 0, FINISHED, 0, 0, 0]), [(11, 0), (FINISHED, 0)]);
        assembler.lose(10);
        assert_eq!(messages(&mut assembler, &[FINISHED, 0, 0, 0]), []);
    }

    #[test]
    fn a_message_of_interest_beyond_the_limit_is_refused() {
        let mut input = &[CLIENT_HELLO, 0, 0, 101][..];
        assert_eq!(Assembler::default().next(&mut input, 100), Some(Err(TooLong)));
    }

    #[test]
    fn extensions_are_read_up_to_a_cut() {
        // ALPN h2, early_data, then an extension whose length runs past the end.
        let body = [0, 15, 0, 16, 0, 5, 0, 3, 2, b'h', b'2', 0, 42, 0, 0, 0, 9, 0, 7];
        let found = EncryptedExtensions::parse(&body[..]);
        assert_eq!(found, EncryptedExtensions { alpn: Some("h2".into()), early_data: true });
        assert_eq!(ClientHello::parse(&body), None);
        assert_eq!(ServerHello::parse(&[]), None);
    }
}
