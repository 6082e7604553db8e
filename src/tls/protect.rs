//! Opening protected records, each with its tag or MAC verified: keys, nonces, AEAD ciphers.
//!
//! CBC has a file of its own. Does not know which key belongs to which record; the session keeps keys and sequence numbers.

use super::Version;
use super::cbc::Cbc;
use super::kdf::{expand_label, prf};
use super::keylog::Secret;
use super::suite::{Bulk, Suite};
use aes::{Aes128, Aes256};
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;
use std::fmt;
use std::ops::Range;

/// Content types of records (RFC 8446 §5.1).
pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

/// A record header as it stands on the wire: content type, version, length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header(pub(super) [u8; 5]);

impl Header {
    pub(super) fn kind(self) -> u8 {
        self.0[0]
    }

    /// Length of the payload in bytes.
    pub(super) fn len(self) -> usize {
        usize::from(u16::from_be_bytes([self.0[3], self.0[4]]))
    }
}

/// A record's content: its type and where in the payload it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) kind: u8,
    pub(super) content: Range<usize>,
}

/// The read state of one direction under one key.
pub(super) enum Opener {
    Aead { cipher: Aead, nonce: Nonce },
    Cbc(Box<Cbc>),
}

/// How a record's nonce is made.
pub(super) enum Nonce {
    /// Sequence number XORed onto the IV; the content type is inside (RFC 8446 §5.2, §5.3).
    Tls13([u8; 12]),
    /// Sequence number XORed onto the IV (RFC 7905 §2).
    Xored([u8; 12]),
    /// Four bytes of salt, eight in the record (RFC 5288 §3).
    Explicit([u8; 4]),
}

/// AEAD ciphers. Boxed: an AES-256-GCM key schedule takes more than 500 bytes.
pub(super) enum Aead {
    Aes128Gcm(Box<Aes128Gcm>),
    Aes256Gcm(Box<Aes256Gcm>),
    ChaCha20Poly1305(Box<ChaCha20Poly1305>),
    Aes128Ccm(Box<Ccm<Aes128, U16, U12>>),
    Aes256Ccm(Box<Ccm<Aes256, U16, U12>>),
    Aes128Ccm8(Box<Ccm<Aes128, U8, U12>>),
    Aes256Ccm8(Box<Ccm<Aes256, U8, U12>>),
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

impl Opener {
    /// From a TLS 1.3 traffic secret (RFC 8446 §7.3).
    pub(super) fn tls13(suite: Suite, secret: &Secret) -> Option<Self> {
        let mut key = [0; 32];
        let key = key.get_mut(..suite.bulk.key_len())?;
        expand_label(suite.hash, secret.as_bytes(), "key", key)?;
        let mut iv = [0; 12];
        expand_label(suite.hash, secret.as_bytes(), "iv", &mut iv)?;
        Some(Self::Aead { cipher: Aead::new(suite.bulk, key)?, nonce: Nonce::Tls13(iv) })
    }

    /// Key expansion of TLS 1.2 and before (RFC 5246 §6.3): the client's or the server's keys.
    pub(super) fn tls12(suite: Suite, parameters: &Parameters<'_>, of_client: bool) -> Option<Self> {
        let Parameters { version, master, client_random, server_random, encrypt_then_mac } = *parameters;
        let (mac_len, iv_len) = match suite.bulk {
            Bulk::Cbc { mac, .. } if version == Version::Tls10 => (mac.len(), 16),
            Bulk::Cbc { mac, .. } => (mac.len(), 0),
            Bulk::ChaCha20Poly1305 => (0, 12),
            _ => (0, 4),
        };
        let key_len = suite.bulk.key_len();
        // Two MAC keys of at most 48 bytes, two keys of at most 32, two IVs of at most 16.
        let mut block = [0; 2 * (48 + 32 + 16)];
        let block = block.get_mut(..2 * (mac_len + key_len + iv_len))?;
        prf(version, suite.hash, master, &[b"key expansion", server_random, client_random], block);
        let mut rest = &*block;
        let mut part = |len: usize| -> Option<&[u8]> {
            let (client, tail) = rest.split_at_checked(len)?;
            let (server, tail) = tail.split_at_checked(len)?;
            rest = tail;
            Some(if of_client { client } else { server })
        };
        let (mac_key, key, iv) = (part(mac_len)?, part(key_len)?, part(iv_len)?);
        let nonce = match suite.bulk {
            Bulk::Cbc { mac, .. } => {
                let cbc = Cbc::new(key, mac, mac_key, iv, encrypt_then_mac)?;
                return Some(Self::Cbc(Box::new(cbc)));
            }
            Bulk::ChaCha20Poly1305 => Nonce::Xored(iv.try_into().ok()?),
            _ => Nonce::Explicit(iv.try_into().ok()?),
        };
        Some(Self::Aead { cipher: Aead::new(suite.bulk, key)?, nonce })
    }

    /// Opens a record in place; `None` when it does not verify under this key and sequence number.
    /// The payload is then no longer what it was, unless [`Self::keeps_failed`] says so.
    pub(super) fn open(&mut self, sequence: u64, header: Header, payload: &mut [u8]) -> Option<Opened> {
        match self {
            Self::Aead { cipher, nonce } => open_aead(cipher, nonce, sequence, header, payload),
            Self::Cbc(cbc) => cbc.open(sequence, header, payload),
        }
    }

    /// Whether a payload that failed is left as it was: the tag is checked first.
    pub(super) fn keeps_failed(&self) -> bool {
        matches!(self, Self::Aead { cipher: Aead::Aes128Gcm(_) | Aead::Aes256Gcm(_) | Aead::ChaCha20Poly1305(_), .. })
    }

    /// Forgets what carried over from the record before, which a hole swallowed.
    pub(super) fn interrupted(&mut self) {
        if let Self::Cbc(cbc) = self {
            cbc.interrupted();
        }
    }

    /// Goes on after a record that failed under every number tried.
    pub(super) fn pass_over(&mut self) {
        if let Self::Cbc(cbc) = self {
            cbc.pass_over();
        }
    }

    /// Whether the next record only serves to open the one after it.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self, Self::Cbc(cbc) if cbc.is_interrupted())
    }
}

/// What the keys of TLS 1.2 and before follow from.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'a> {
    pub(super) version: Version,
    pub(super) master: &'a [u8],
    pub(super) client_random: &'a [u8; 32],
    pub(super) server_random: &'a [u8; 32],
    pub(super) encrypt_then_mac: bool,
}

/// One arm per cipher of `Aead`, all alike.
macro_rules! each_aead {
    ($cipher:expr, $inner:ident => $body:expr) => {
        match $cipher {
            Aead::Aes128Gcm($inner) => $body,
            Aead::Aes256Gcm($inner) => $body,
            Aead::ChaCha20Poly1305($inner) => $body,
            Aead::Aes128Ccm($inner) => $body,
            Aead::Aes256Ccm($inner) => $body,
            Aead::Aes128Ccm8($inner) => $body,
            Aead::Aes256Ccm8($inner) => $body,
        }
    };
}

impl Aead {
    fn new(bulk: Bulk, key: &[u8]) -> Option<Self> {
        fn keyed<C: KeyInit>(key: &[u8]) -> Option<Box<C>> {
            C::new_from_slice(key).ok().map(Box::new)
        }
        Some(match bulk {
            Bulk::Aes128Gcm => Self::Aes128Gcm(keyed(key)?),
            Bulk::Aes256Gcm => Self::Aes256Gcm(keyed(key)?),
            Bulk::ChaCha20Poly1305 => Self::ChaCha20Poly1305(keyed(key)?),
            Bulk::Aes128Ccm => Self::Aes128Ccm(keyed(key)?),
            Bulk::Aes256Ccm => Self::Aes256Ccm(keyed(key)?),
            Bulk::Aes128Ccm8 => Self::Aes128Ccm8(keyed(key)?),
            Bulk::Aes256Ccm8 => Self::Aes256Ccm8(keyed(key)?),
            Bulk::Cbc { .. } => return None,
        })
    }

    fn tag_len(&self) -> usize {
        match self {
            Self::Aes128Ccm8(_) | Self::Aes256Ccm8(_) => 8,
            _ => 16,
        }
    }

    fn decrypt(&self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8], tag: &[u8]) -> bool {
        each_aead!(self, cipher => cipher.decrypt_in_place_detached(nonce.into(), aad, text, tag.into()).is_ok())
    }
}

fn open_aead(cipher: &Aead, nonce: &Nonce, sequence: u64, header: Header, payload: &mut [u8]) -> Option<Opened> {
    let (explicit_len, iv) = match nonce {
        Nonce::Tls13(iv) | Nonce::Xored(iv) => (0, xored(*iv, sequence)),
        Nonce::Explicit(salt) => {
            let mut iv = [0; 12];
            iv[..4].copy_from_slice(salt);
            iv[4..].copy_from_slice(payload.get(..8)?);
            (8, iv)
        }
    };
    let text_len = payload.len().checked_sub(explicit_len)?.checked_sub(cipher.tag_len())?;
    let (text, tag) = payload.get_mut(explicit_len..)?.split_at_mut_checked(text_len)?;
    if let Nonce::Tls13(_) = nonce {
        if !cipher.decrypt(&iv, &header.0, text, tag) {
            return None;
        }
        // The content type is the last byte that is not zero (RFC 8446 §5.4).
        let end = text.iter().rposition(|byte| *byte != 0)?;
        return Some(Opened { kind: *text.get(end)?, content: 0..end });
    }
    let aad = mac_prefix(sequence, header, text_len);
    cipher
        .decrypt(&iv, &aad, text, tag)
        .then(|| Opened { kind: header.kind(), content: explicit_len..explicit_len + text_len })
}

fn xored(mut iv: [u8; 12], sequence: u64) -> [u8; 12] {
    for (byte, mask) in iv[4..].iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= mask;
    }
    iv
}

/// What is authenticated besides the text in TLS 1.2 and before (RFC 5246 §6.2.3).
pub(super) fn mac_prefix(sequence: u64, header: Header, len: usize) -> [u8; 13] {
    let mut prefix = [0; 13];
    prefix[..8].copy_from_slice(&sequence.to_be_bytes());
    prefix[8..11].copy_from_slice(&header.0[..3]);
    prefix[11..].copy_from_slice(&u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes());
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn open(keyed: &mut Opener, sequence: u64, record: &str) -> Option<(u8, Vec<u8>)> {
        let mut record = hex(record);
        let (header, payload) = record.split_at_mut(5);
        let opened = keyed.open(sequence, Header((&*header).try_into().unwrap()), payload)?;
        Some((opened.kind, payload[opened.content].to_vec()))
    }

    /// RFC 8448 §3: application data of both sides and the client's close_notify.
    #[test]
    fn records_of_the_traces_of_rfc_8448_open() {
        let suite = Suite::of(0x1301, Version::Tls13).unwrap();
        let opener = |secret: &str| Opener::tls13(suite, &Secret::new(&hex(secret)).unwrap()).unwrap();
        let numbers: Vec<u8> = (0..50).collect();
        let mut client = opener("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
        let data = "17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f
             2b 98 19 a8 a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6
             3a ee bb 21 69 49 15 e4";
        let alert = "17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3";
        assert_eq!(open(&mut client, 0, data), Some((APPLICATION_DATA, numbers.clone())));
        assert_eq!(open(&mut client, 1, alert), Some((ALERT, vec![1, 0])));
        assert_eq!(open(&mut client, 2, alert), None, "under another sequence number");
        let mut server = opener("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
        let data = "17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc 32 25 d0 5f 82 aa 1b 36
             e3 0e fa f9 7d 90 e6 df fc 60 2d cb 50 1a 59 a8 fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54
             0d d0 32 e1 67 c2 95 5d";
        assert_eq!(open(&mut server, 1, data), Some((APPLICATION_DATA, numbers)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_without_a_panic(payload in proptest::collection::vec(any::<u8>(), 0..200), number in 0..8usize, version in 0..3usize, etm in any::<bool>()) {
            let suite = [0xc02f, 0xcca8, 0xc013, 0xc028, 0xc09c, 0xc0a0, 0x1301, 0x1303][number];
            let version = if suite < 0x2000 { Version::Tls13 } else { [Version::Tls12, Version::Tls10, Version::Tls11][version] };
            let Some(suite) = Suite::of(suite, version) else { return Ok(()) };
            let opener = if version == Version::Tls13 {
                Opener::tls13(suite, &Secret::new(&[1; 32]).unwrap())
            } else {
                let parameters = Parameters { version, master: &[1; 48], client_random: &[2; 32], server_random: &[3; 32], encrypt_then_mac: etm };
                Opener::tls12(suite, &parameters, true)
            };
            let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
            let mut copy = payload.clone();
            let opened = opener.unwrap().open(0, Header([23, 3, 3, length[0], length[1]]), &mut copy);
            prop_assert_eq!(opened, None);
        }
    }
}
