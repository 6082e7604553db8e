//! Secrets made from a fixed seed, each with the place that it was planted in.
//!
//! Owns what a secret looks like. Where it is planted is `har.rs`'s and `places.rs`'s business.

/// What a secret is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mixed,
    Lower,
    Digits,
    Uuid,
    Hex,
    Base64,
    Jwt,
    /// Letters only, as a person would choose them: only its place or name tells that it is a secret.
    Word,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 8] =
        [Self::Mixed, Self::Lower, Self::Digits, Self::Uuid, Self::Hex, Self::Base64, Self::Jwt, Self::Word];
    /// Those that can be told by their looks in any text.
    pub(crate) const BY_SHAPE: [Self; 5] = [Self::Mixed, Self::Uuid, Self::Hex, Self::Base64, Self::Jwt];
    /// Those of which a header's or a parameter's name may consist.
    pub(crate) const NAMES: [Self; 3] = [Self::Mixed, Self::Hex, Self::Uuid];
}

/// One secret of a capture.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) text: String,
    /// Request header, query, path …
    pub(crate) place: &'static str,
    /// The name that stands before it there.
    pub(crate) name: String,
    /// A word counts as found only when all of it is there.
    pub(crate) whole: bool,
}

/// Makes secrets and remembers them.
#[derive(Debug)]
pub(crate) struct Garden {
    pub(crate) all: Vec<Planted>,
    state: u64,
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Syllables of no word that a report uses.
const SYLLABLES: [&str; 12] = ["zor", "quib", "vex", "mul", "jaf", "wyn", "kro", "plu", "gax", "nif", "hob", "dru"];

impl Garden {
    pub(crate) fn new(seed: u64) -> Self {
        Self { all: Vec::new(), state: seed }
    }

    /// splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("below n")
    }

    fn letters(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// A new secret, and where it goes.
    pub(crate) fn plant(&mut self, kind: Kind, place: &'static str, name: &str) -> String {
        let len = 8 + self.below(57);
        let text = match kind {
            // A digit among the letters, so that no secret is a word by chance.
            Kind::Mixed => format!("{}7{}", self.letters(MIXED, len / 2), self.letters(MIXED, len - len / 2 - 1)),
            Kind::Lower => format!("{}4{}", self.letters(LOWER, len / 2), self.letters(LOWER, len - len / 2 - 1)),
            Kind::Digits => self.letters(DIGITS, len.min(24)),
            Kind::Uuid => {
                let parts = [8, 4, 4, 4, 12].map(|len| self.letters(HEX, len));
                parts.join("-")
            }
            Kind::Hex => {
                let len = [32, 40, 64][self.below(3)];
                self.letters(HEX, len)
            }
            Kind::Base64 => {
                let len = len.max(20) / 4 * 4;
                format!("{}==", self.letters(BASE64, len - 2))
            }
            Kind::Jwt => {
                // The head is random as well, so that a piece belongs to one secret.
                let parts = [20, 24 + len / 2, 43].map(|len| self.letters(MIXED, len));
                format!("eyJ{}.eyJ{}.{}", parts[0], parts[1], parts[2])
            }
            Kind::Word => {
                let mut word = String::new();
                while word.len() < len.min(20) {
                    word.push_str(SYLLABLES[self.below(SYLLABLES.len())]);
                }
                let ending = self.letters(LETTERS, 3);
                word + &ending
            }
        };
        let whole = kind == Kind::Word;
        self.all.push(Planted { text: text.clone(), place, name: name.to_owned(), whole });
        text
    }

    /// A secret that is told by its looks: 20 characters and more where length is what tells.
    pub(crate) fn shaped(&mut self, round: usize, place: &'static str, name: &str) -> String {
        self.long(Kind::BY_SHAPE[round % Kind::BY_SHAPE.len()], place, name)
    }

    /// One of at least 20 characters.
    pub(crate) fn long(&mut self, kind: Kind, place: &'static str, name: &str) -> String {
        loop {
            let text = self.plant(kind, place, name);
            if text.len() >= 20 {
                return text;
            }
            self.all.pop();
        }
    }
}
