//! Key logs in the `SSLKEYLOGFILE` format (RFC 9850): lines of label, client random and secret.
//!
//! Owns parsing and lookup. Does not find files; secrets are never shown.

use super::Limits;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// Secrets by client random and label, at most `Limits::keylog_secrets` of them.
pub struct KeyLog {
    secrets: HashMap<(Label, [u8; 32]), Secret>,
    capacity: usize,
    generation: u64,
    rsa_lines: u64,
    quic_lines: u64,
    over_limit: u64,
}

/// Lines of one text that could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BrokenLines {
    /// How many.
    pub count: u64,
    /// Number of the first one, 1-based.
    pub first_line: Option<u64>,
}

/// Labels whose secrets are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    /// Master secret of TLS 1.2 and before.
    ClientRandom,
    ClientEarlyTraffic,
    ClientHandshakeTraffic,
    ServerHandshakeTraffic,
    /// First application traffic secrets; later ones follow from them (RFC 8446 §7.2).
    ClientTraffic0,
    ServerTraffic0,
}

impl Label {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"CLIENT_RANDOM" => Self::ClientRandom,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::ClientEarlyTraffic,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshakeTraffic,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshakeTraffic,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientTraffic0,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerTraffic0,
            _ => return None,
        })
    }
}

/// A secret of at most 48 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Secret {
    bytes: [u8; 48],
    len: u8,
}

impl Secret {
    /// Copies a secret; `None` when it is longer than 48 bytes.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self { bytes: [0; 48], len: u8::try_from(bytes.len()).ok()? };
        secret.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(secret)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len)
    }
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyLog({} secrets)", self.secrets.len())
    }
}

impl KeyLog {
    /// An empty log.
    pub fn new(limits: &Limits) -> Self {
        Self {
            secrets: HashMap::new(),
            capacity: limits.keylog_secrets,
            generation: 0,
            rsa_lines: 0,
            quic_lines: 0,
            over_limit: 0,
        }
    }

    /// Takes in a key log file or the content of a Decryption Secrets Block. A secret given twice
    /// is replaced. Comments, blank lines and labels without use here are no broken lines. What
    /// editors, shells and mails leave around a line (quotes, backslashes, CR, UTF-16) is no part of it.
    pub fn add(&mut self, text: &[u8]) -> BrokenLines {
        let mut broken = BrokenLines::default();
        let text = ascii(text);
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        // A CR ends a line where no LF does.
        let end = if text.contains(&b'\n') { b'\n' } else { b'\r' };
        for (number, line) in (1_u64..).zip(text.split(|byte| *byte == end)) {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if self.add_line(line).is_none() {
                broken.count += 1;
                broken.first_line.get_or_insert(number);
            }
        }
        broken
    }

    /// `None` when the line is broken.
    fn add_line(&mut self, line: &[u8]) -> Option<()> {
        let mut words = line.split(|byte| byte.is_ascii_whitespace() || !byte.is_ascii());
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        let mut first = None;
        // In front may stand a quote's mark or what a log puts before each line.
        let label = words.by_ref().find_map(|word| {
            first.get_or_insert(word);
            Label::of(name(word))
        });
        let Some(label) = label else {
            let first = name(first?);
            self.rsa_lines += u64::from(first == b"RSA");
            self.quic_lines += u64::from(first.starts_with(b"QUIC_"));
            // EXPORTER_SECRET, ECH_SECRET, CLIENT_TRAFFIC_SECRET_1 … and labels yet to come.
            let plain = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
            return (!first.is_empty() && first.iter().all(plain)).then_some(());
        };
        let (random, secret) = (words.next()?, words.next()?);
        let mut client_random = [0; 32];
        if unhex(random, &mut client_random)? != 32 {
            return None;
        }
        let mut bytes = [0; 48];
        let digits = secret.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (secret, behind) = secret.split_at_checked(digits)?;
        if behind.first().is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        let len = unhex(secret, &mut bytes)?;
        if !(len == 48 || (len == 32 && label != Label::ClientRandom)) {
            return None;
        }
        let secret = Secret::new(bytes.get(..len)?)?;
        let key = (label, client_random);
        if self.secrets.len() >= self.capacity && !self.secrets.contains_key(&key) {
            self.over_limit += 1;
            return Some(());
        }
        self.secrets.insert(key, secret);
        self.generation = self.generation.wrapping_add(1);
        Some(())
    }

    /// Whether there is no secret at all.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Secrets held.
    pub fn len(&self) -> usize {
        self.secrets.len()
    }

    /// `RSA` lines seen: they hold an encrypted premaster secret and are not used.
    pub fn rsa_lines(&self) -> u64 {
        self.rsa_lines
    }

    /// Lines seen whose labels are of QUIC, which is not read.
    pub fn quic_lines(&self) -> u64 {
        self.quic_lines
    }

    /// Secrets left out because `Limits::keylog_secrets` was reached.
    pub fn over_limit(&self) -> u64 {
        self.over_limit
    }

    /// Changes whenever a secret is added.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn secret(&self, label: Label, client_random: &[u8; 32]) -> Option<Secret> {
        self.secrets.get(&(label, *client_random)).copied()
    }
}

/// A word without the marks in front of it.
fn name(word: &[u8]) -> &[u8] {
    let marks = word.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    word.get(marks..).unwrap_or_default()
}

/// The text with one byte a character, when it is UTF-16 (with a mark in front, or with a zero beside its first letter).
fn ascii(text: &[u8]) -> Cow<'_, [u8]> {
    let is_little = match text {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        [first, 0, ..] if first.is_ascii_graphic() => true,
        [0, second, ..] if second.is_ascii_graphic() => false,
        _ => return Cow::Borrowed(text),
    };
    let unit = |pair: [u8; 2]| if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    // What is no ASCII is no part of a key log line.
    let byte = |pair: &[u8; 2]| u8::try_from(unit(*pair)).ok().filter(u8::is_ascii).unwrap_or(b' ');
    Cow::Owned(text.as_chunks().0.iter().map(byte).collect())
}

/// Decodes hexadecimal digits into `out`; `None` when malformed or too long.
fn unhex(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut pairs = text.chunks_exact(2);
    let mut len = 0;
    for pair in &mut pairs {
        let &[high, low] = pair else { return None };
        *out.get_mut(len)? = (digit(high)? << 4) | digit(low)?;
        len += 1;
    }
    pairs.remainder().is_empty().then_some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(byte: u8) -> String {
        format!("{byte:02x}").repeat(32)
    }

    #[test]
    fn labels_in_use_are_kept_and_others_ignored_without_complaint() {
        let mut keys = KeyLog::new(&Limits::default());
        let text = format!(
            "# comment\r\n\r\nCLIENT_RANDOM {r} {m}\r\nCLIENT_TRAFFIC_SECRET_0 {r} {s}\nEXPORTER_SECRET {r} {s}\nCLIENT_TRAFFIC_SECRET_1 {r} {s}\n",
            r = random(7),
            m = "0A".repeat(48),
            s = "0b".repeat(32),
        );
        assert_eq!(keys.add(text.as_bytes()), BrokenLines::default());
        assert_eq!(keys.len(), 2);
        let master = keys.secret(Label::ClientRandom, &[7; 32]).unwrap();
        assert_eq!(master.as_bytes(), [10; 48]);
        assert_eq!(keys.secret(Label::ClientTraffic0, &[7; 32]).unwrap().as_bytes(), [11; 32]);
        assert!(keys.secret(Label::ClientTraffic0, &[8; 32]).is_none());
    }

    #[test]
    fn broken_lines_are_counted_with_the_number_of_the_first() {
        let mut keys = KeyLog::new(&Limits::default());
        let text =
            format!("\nCLIENT_RANDOM {r} 00\n\x00\x01junk\nCLIENT_RANDOM {r}\nCLIENT_RANDOM xx yy\n", r = random(1));
        assert_eq!(keys.add(text.as_bytes()), BrokenLines { count: 4, first_line: Some(2) });
        assert!(keys.is_empty());
    }

    #[test]
    fn what_editors_and_shells_leave_around_a_line_is_no_part_of_it() {
        let line = format!("CLIENT_TRAFFIC_SECRET_0 {} {}", random(7), "0b".repeat(32));
        let utf16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}{line}\r\n").encode_utf16().flat_map(unit).collect()
        };
        let texts = [
            format!("{line}\\\n").into_bytes(),
            format!("\"{line}\",\n").into_bytes(),
            format!("> {line};\n").into_bytes(),
            format!(">{line}<br>\n").into_bytes(),
            format!("app_1 | {line} # pasted\n").into_bytes(),
            format!("{}\n", line.replace(' ', "\u{a0}")).into_bytes(),
            format!("# one\r{line}\r# three").into_bytes(),
            format!("\u{feff}{line}\n").into_bytes(),
            utf16(u16::to_le_bytes, "\u{feff}"),
            utf16(u16::to_be_bytes, "\u{feff}"),
            utf16(u16::to_le_bytes, ""),
            utf16(u16::to_be_bytes, ""),
        ];
        for text in texts {
            let mut keys = KeyLog::new(&Limits::default());
            assert_eq!(keys.add(&text), BrokenLines::default(), "{}", text.escape_ascii());
            let secret = keys.secret(Label::ClientTraffic0, &[7; 32]).expect("a key");
            assert_eq!(secret.as_bytes(), [11; 32]);
        }
        for broken in [format!("{line}0b"), format!("{line}x"), line[..line.len() - 1].to_owned()] {
            let mut keys = KeyLog::new(&Limits::default());
            assert_eq!(keys.add(broken.as_bytes()).count, 1, "{broken}");
            assert!(keys.is_empty());
        }
    }

    #[test]
    fn rsa_lines_are_counted_apart() {
        let mut keys = KeyLog::new(&Limits::default());
        assert_eq!(keys.add(b"RSA 0011223344556677 00112233").count, 0);
        assert_eq!(keys.add(b"QUIC_CLIENT_TRAFFIC_SECRET_0 0011 0011").count, 0);
        assert_eq!((keys.rsa_lines(), keys.quic_lines()), (1, 1));
    }

    #[test]
    fn the_number_of_secrets_is_bounded() {
        let mut keys = KeyLog::new(&Limits { keylog_secrets: 2, ..Limits::default() });
        for byte in 0..5 {
            keys.add(format!("CLIENT_RANDOM {} {}", random(byte), "00".repeat(48)).as_bytes());
        }
        assert_eq!((keys.len(), keys.over_limit()), (2, 3));
    }

    #[test]
    fn secrets_do_not_show() {
        let mut keys = KeyLog::new(&Limits::default());
        keys.add(format!("CLIENT_RANDOM {} {}", random(3), "ab".repeat(48)).as_bytes());
        let secret = keys.secret(Label::ClientRandom, &[3; 32]);
        assert_eq!(format!("{keys:?} {secret:?}"), "KeyLog(1 secrets) Some(Secret(48 bytes))");
    }
}
