//! Opening records of AES-CBC suites, with HMAC over plaintext or ciphertext.

use super::protect::{Header, Opened, mac_prefix};
use super::suite::MacHash;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use aes::{Aes128, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

const BLOCK: usize = 16;

/// AES-CBC with HMAC.
pub(super) struct Cbc {
    key: CbcKey,
    mac: CbcMac,
    /// MAC over the ciphertext (RFC 7366) instead of the plaintext.
    encrypt_then_mac: bool,
    /// TLS 1.0: the last ciphertext block is the next IV. Later versions carry an IV in each
    /// record.
    chain: Option<Chain>,
}

/// IVs of TLS 1.0.
struct Chain {
    /// Of the next record; `None` after a hole.
    iv: Option<[u8; BLOCK]>,
    /// The last ciphertext block of the record last tried.
    last: Option<[u8; BLOCK]>,
}

enum CbcKey {
    Aes128([u8; 16]),
    Aes256([u8; 32]),
}

enum CbcMac {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
}

impl Cbc {
    /// `iv` is empty but for TLS 1.0.
    pub(super) fn new(key: &[u8], mac: MacHash, mac_key: &[u8], iv: &[u8], encrypt_then_mac: bool) -> Option<Self> {
        let chain = if iv.is_empty() { None } else { Some(Chain { iv: Some(iv.try_into().ok()?), last: None }) };
        Some(Self { key: CbcKey::new(key)?, mac: CbcMac::new(mac, mac_key)?, encrypt_then_mac, chain })
    }

    /// Forgets the IV, which a hole swallowed.
    pub(super) fn interrupted(&mut self) {
        if let Some(chain) = &mut self.chain {
            chain.iv = None;
        }
    }

    /// Takes the IV that follows from the record last tried.
    pub(super) fn pass_over(&mut self) {
        if let Some(chain) = &mut self.chain {
            chain.iv = chain.last;
        }
    }

    /// Whether the IV of the next record is not known.
    pub(super) fn is_interrupted(&self) -> bool {
        self.chain.as_ref().is_some_and(|chain| chain.iv.is_none())
    }

    /// Opens a record in place; `None` when it does not verify.
    pub(super) fn open(&mut self, sequence: u64, header: Header, payload: &mut [u8]) -> Option<Opened> {
        let opened = self.verified(sequence, header, payload)?;
        if let Some(chain) = &mut self.chain {
            chain.iv = chain.last;
        }
        Some(opened)
    }

    fn verified(&mut self, sequence: u64, header: Header, payload: &mut [u8]) -> Option<Opened> {
        let mut end = payload.len();
        if self.encrypt_then_mac {
            end = end.checked_sub(self.mac.len())?;
            let (ciphertext, tag) = payload.split_at_checked(end)?;
            if !self.mac.verifies([&mac_prefix(sequence, header, end), ciphertext], tag) {
                return None;
            }
        }
        let start = if self.chain.is_some() { 0 } else { BLOCK };
        let iv = match &mut self.chain {
            Some(chain) => {
                chain.last = payload.get(end.checked_sub(BLOCK)?..end)?.try_into().ok();
                chain.iv?
            }
            None => payload.get(..BLOCK)?.try_into().ok()?,
        };
        let blocks = payload.get_mut(start..end)?;
        if blocks.is_empty() || !self.key.decrypt(&iv, blocks) {
            return None;
        }
        let padding = usize::from(*blocks.last()?);
        let text_len = blocks.len().checked_sub(padding + 1)?;
        if blocks.get(text_len..)?.iter().any(|byte| usize::from(*byte) != padding) {
            return None;
        }
        if self.encrypt_then_mac {
            return Some(Opened { kind: header.kind(), content: start..start + text_len });
        }
        let content_len = text_len.checked_sub(self.mac.len())?;
        let (content, tag) = blocks.get(..text_len)?.split_at_checked(content_len)?;
        self.mac
            .verifies([&mac_prefix(sequence, header, content_len), content], tag)
            .then(|| Opened { kind: header.kind(), content: start..start + content_len })
    }
}

impl CbcKey {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Some(Self::Aes128(key.try_into().ok()?)),
            32 => Some(Self::Aes256(key.try_into().ok()?)),
            _ => None,
        }
    }

    fn decrypt(&self, iv: &[u8; BLOCK], blocks: &mut [u8]) -> bool {
        use aes::cipher::block_padding::NoPadding;
        match self {
            Self::Aes128(key) => {
                cbc::Decryptor::<Aes128>::new(key.into(), iv.into()).decrypt_padded_mut::<NoPadding>(blocks).is_ok()
            }
            Self::Aes256(key) => {
                cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_padded_mut::<NoPadding>(blocks).is_ok()
            }
        }
    }
}

impl CbcMac {
    fn new(hash: MacHash, key: &[u8]) -> Option<Self> {
        Some(match hash {
            MacHash::Sha1 => Self::Sha1(Mac::new_from_slice(key).ok()?),
            MacHash::Sha256 => Self::Sha256(Mac::new_from_slice(key).ok()?),
            MacHash::Sha384 => Self::Sha384(Mac::new_from_slice(key).ok()?),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Sha1(_) => 20,
            Self::Sha256(_) => 32,
            Self::Sha384(_) => 48,
        }
    }

    fn verifies(&self, parts: [&[u8]; 2], tag: &[u8]) -> bool {
        fn check<M: Mac + Clone>(keyed: &M, parts: [&[u8]; 2], tag: &[u8]) -> bool {
            keyed.clone().chain_update(parts[0]).chain_update(parts[1]).verify_slice(tag).is_ok()
        }
        match self {
            Self::Sha1(mac) => check(mac, parts, tag),
            Self::Sha256(mac) => check(mac, parts, tag),
            Self::Sha384(mac) => check(mac, parts, tag),
        }
    }
}
