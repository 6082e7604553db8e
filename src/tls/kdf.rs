//! Key derivation: TLS 1.3's HKDF labels and the PRF of the versions before.

use super::Version;
use super::keylog::Secret;
use super::suite::Hash;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1); `None` when the secret has not the
/// length of the hash.
pub(super) fn expand_label(hash: Hash, secret: &[u8], label: &str, out: &mut [u8]) -> Option<()> {
    if secret.len() != hash.len() {
        return None;
    }
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_len = [u8::try_from(label.len().checked_add(6)?).ok()?];
    let info: [&[u8]; 5] = [&length, &label_len, b"tls13 ", label.as_bytes(), &[0]];
    match hash {
        Hash::Sha256 => hkdf::Hkdf::<Sha256>::from_prk(secret).ok()?.expand_multi_info(&info, out).ok(),
        Hash::Sha384 => hkdf::Hkdf::<Sha384>::from_prk(secret).ok()?.expand_multi_info(&info, out).ok(),
    }
}

/// The next application traffic secret after a KeyUpdate (RFC 8446 §7.2).
pub(super) fn next_traffic_secret(hash: Hash, secret: &Secret) -> Option<Secret> {
    let mut next = [0; 48];
    let next = next.get_mut(..hash.len())?;
    expand_label(hash, secret.as_bytes(), "traffic upd", next)?;
    Secret::new(next)
}

/// The PRF: RFC 5246 §5 for TLS 1.2, RFC 2246 §5 before. Fills `out`.
pub(super) fn prf(version: Version, hash: Hash, secret: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    if version >= Version::Tls12 {
        match hash {
            Hash::Sha256 => p_hash::<Hmac<Sha256>>(secret, seed, out),
            Hash::Sha384 => p_hash::<Hmac<Sha384>>(secret, seed, out),
        }
        return;
    }
    // Both halves share the middle byte of a secret of odd length.
    let half = secret.len().div_ceil(2);
    let first = secret.get(..half).unwrap_or_default();
    let second = secret.get(secret.len().saturating_sub(half)..).unwrap_or_default();
    p_hash::<Hmac<Md5>>(first, seed, out);
    p_hash::<Hmac<Sha1>>(second, seed, out);
}

/// P_hash, XORed onto `out`.
fn p_hash<M: Mac + KeyInit + Clone>(secret: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    let Ok(keyed) = <M as Mac>::new_from_slice(secret) else { return };
    let with_seed = |mut mac: M| {
        for part in seed {
            mac.update(part);
        }
        mac.finalize().into_bytes()
    };
    let mut a = with_seed(keyed.clone());
    for chunk in out.chunks_mut(M::output_size()) {
        let block = with_seed(keyed.clone().chain_update(&a));
        for (byte, mask) in chunk.iter_mut().zip(block) {
            *byte ^= mask;
        }
        a = keyed.clone().chain_update(&a).finalize().into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// RFC 8448 §3: the server's handshake traffic secret and the key and IV made of it.
    #[test]
    fn labels_expand_as_in_the_traces_of_rfc_8448() {
        let secret =
            hex("b6 7b 7d 69 0c c1 6c 4e 75 e5 42 13 cb 2d 37 b4 e9 c9 12 bc de d9 10 5d 42 be fd 59 d3 91 ad 38");
        let mut key = [0; 16];
        expand_label(Hash::Sha256, &secret, "key", &mut key).unwrap();
        assert_eq!(key[..], hex("3f ce 51 60 09 c2 17 27 d0 f2 e4 e8 6e e4 03 bc"));
        let mut iv = [0; 12];
        expand_label(Hash::Sha256, &secret, "iv", &mut iv).unwrap();
        assert_eq!(iv[..], hex("5d 31 3e b2 67 12 76 ee 13 00 0b 30"));
        assert!(expand_label(Hash::Sha384, &secret, "iv", &mut iv).is_none());
    }

    /// The widely circulated P_SHA256 vector of the IETF TLS list (2009).
    #[test]
    fn the_prf_of_tls_1_2_meets_its_published_vector() {
        let secret = hex("9b be 43 6b a9 40 f0 17 b1 76 52 84 9a 71 db 35");
        let seed = hex("a0 ba 9f 93 6c da 31 18 27 a6 f7 96 ff d5 19 8c");
        let mut out = [0; 100];
        prf(Version::Tls12, Hash::Sha256, &secret, &[b"test label", &seed], &mut out);
        assert_eq!(out[..16], hex("e3 f2 29 ba 72 7b e1 7b 8d 12 26 20 55 7c d4 53"));
        assert_eq!(out[84..], hex("22 ee 42 c5 a7 2e 5a 51 10 ff f7 01 87 34 7b 66"));
    }
}
