//! Cipher suites: what a number stands for and whether it can be opened.

use super::Version;
use tls_parser::{TlsCipherEnc, TlsCipherEncMode, TlsCipherMac, TlsCipherSuite, TlsPRF};

/// A cipher suite that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) bulk: Bulk,
    /// Hash of the key schedule; of TLS 1.2's PRF.
    pub(super) hash: Hash,
}

/// Record protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bulk {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    Aes128Ccm,
    Aes256Ccm,
    Aes128Ccm8,
    Aes256Ccm8,
    /// AES-CBC with HMAC.
    Cbc {
        /// Key length in bytes.
        key: usize,
        mac: MacHash,
    },
}

/// Hash of a key schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
}

impl Hash {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// Hash of a CBC suite's HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MacHash {
    Sha1,
    Sha256,
    Sha384,
}

impl MacHash {
    /// Length of tag and key in bytes.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

impl Bulk {
    /// Key length in bytes.
    pub(super) fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 | Self::Aes256Ccm | Self::Aes256Ccm8 => 32,
            Self::Cbc { key, .. } => key,
        }
    }
}

/// The suites of TLS 1.3.
const TLS13: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

impl Suite {
    /// The suite of this number; `None` when it cannot be opened in this version.
    pub(super) fn of(number: u16, version: Version) -> Option<Self> {
        let suite = TlsCipherSuite::from_id(number)?;
        if (version == Version::Tls13) != TLS13.contains(&number) {
            return None;
        }
        let key = match suite.enc_size {
            128 => 16,
            256 => 32,
            _ => return None,
        };
        let short_tag = suite.name.contains("_CCM_8");
        let bulk = match (&suite.enc, &suite.enc_mode, key) {
            (TlsCipherEnc::Chacha20_Poly1305, ..) => Bulk::ChaCha20Poly1305,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Gcm, 16) => Bulk::Aes128Gcm,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Gcm, _) => Bulk::Aes256Gcm,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Ccm, 16) if short_tag => Bulk::Aes128Ccm8,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Ccm, _) if short_tag => Bulk::Aes256Ccm8,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Ccm, 16) => Bulk::Aes128Ccm,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Ccm, _) => Bulk::Aes256Ccm,
            (TlsCipherEnc::Aes, TlsCipherEncMode::Cbc, key) => Bulk::Cbc {
                key,
                mac: match &suite.mac {
                    TlsCipherMac::HmacSha1 => MacHash::Sha1,
                    TlsCipherMac::HmacSha256 => MacHash::Sha256,
                    TlsCipherMac::HmacSha384 => MacHash::Sha384,
                    _ => return None,
                },
            },
            _ => return None,
        };
        // AEAD suites came with TLS 1.2 (RFC 5246 §6.2.3.3).
        if version < Version::Tls12 && !matches!(bulk, Bulk::Cbc { .. }) {
            return None;
        }
        let hash = if suite.prf == TlsPRF::Sha384 { Hash::Sha384 } else { Hash::Sha256 };
        Some(Self { bulk, hash })
    }
}

/// IANA name of a suite, `unknown` when not in the registry's copy.
pub(super) fn name(number: u16) -> &'static str {
    TlsCipherSuite::from_id(number).map_or("unknown", |suite| suite.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_their_protection() {
        let of = |number| Suite::of(number, Version::Tls12).map(|suite| (suite.bulk, suite.hash));
        assert_eq!(of(0xc02f), Some((Bulk::Aes128Gcm, Hash::Sha256)));
        assert_eq!(of(0xc030), Some((Bulk::Aes256Gcm, Hash::Sha384)));
        assert_eq!(of(0xcca8), Some((Bulk::ChaCha20Poly1305, Hash::Sha256)));
        assert_eq!(of(0xc013), Some((Bulk::Cbc { key: 16, mac: MacHash::Sha1 }, Hash::Sha256)));
        assert_eq!(of(0xc028), Some((Bulk::Cbc { key: 32, mac: MacHash::Sha384 }, Hash::Sha384)));
        assert_eq!(of(0xc09c), Some((Bulk::Aes128Ccm, Hash::Sha256)));
        assert_eq!(of(0xc0af), Some((Bulk::Aes256Ccm8, Hash::Sha256)));
        let tls13 = Suite::of(0x1302, Version::Tls13).unwrap();
        assert_eq!((tls13.bulk, tls13.hash), (Bulk::Aes256Gcm, Hash::Sha384));
    }

    #[test]
    fn other_ciphers_and_other_versions_suites_are_refused() {
        // 3DES, RC4, Camellia, NULL; a TLS 1.3 suite in TLS 1.2 and the other way; GCM in TLS 1.0.
        for number in [0x000a, 0x0005, 0x0041, 0x0001, 0x1301] {
            assert_eq!(Suite::of(number, Version::Tls12), None, "{number:#06x}");
        }
        assert_eq!(Suite::of(0xc02f, Version::Tls13), None);
        assert_eq!(Suite::of(0xc02f, Version::Tls10), None);
        assert_eq!(name(0x000a), "TLS_RSA_WITH_3DES_EDE_CBC_SHA");
    }
}
