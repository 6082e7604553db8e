//! Whether letters could be a word: what people say has usual pairs of letters, and vowels.
//!
//! Owns the table of pairs. Knows no lists of words and replaces nothing.

/// Letters as people write them: lower case, Capitalised, UPPER, camelCase.
pub(super) fn is_word(letters: &str) -> bool {
    let bytes = letters.as_bytes();
    let mut start = 0;
    let mut humps = 0_usize;
    for at in 1..=bytes.len() {
        let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        let lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        // A hump ends before a capital that follows a small letter or starts one: `XMLHttp`, `getOrder`.
        let ends = at == bytes.len() || (upper(at) && (lower(at - 1) || lower(at + 1)));
        if ends {
            if !letters.get(start..at).is_some_and(is_spoken) {
                return false;
            }
            humps += 1;
            start = at;
        }
    }
    // Humps of random letters have one or two.
    humps == 1 || letters.len().saturating_mul(2) >= humps.saturating_mul(5)
}

/// Pairs of letters that are usual in English, French, German, Italian, Spanish and in the names of
/// web techniques: for each first letter the second ones.
const USUAL: [&str; 26] = [
    "bcdefghijklmnpqrstuvwxyz",
    "abefgiloprstuyz",
    "acdefghiklmopqrstuxy",
    "acdefghiklmnorsuy",
    "abcdefghijklmnopqrstuvwxyz",
    "aefgilorstu",
    "aeghilnorstuyz",
    "abcegiklmnopqrstuwy",
    "abcdefgjklmnopqrstuvz",
    "aeiopsuw",
    "aeilmnorstuy",
    "abcdefgiklmnopstuvyz",
    "abeijlmopqstuy",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz",
    "acdefghilmnoprstuwx",
    "lpstu",
    "abcdefghiklmnopqrstuvwyz",
    "abcdefghiklmnopqrstuvwxyz",
    "abcefghilmnoprstuwxyz",
    "abcdefghijklmnoprstvxz",
    "acegioprv",
    "aehiknoprsu",
    "ehilmpst",
    "aceilmnoprsu",
    "aeiotuwz",
];

/// Pairs of letters that are not usual; what is no letter makes none.
fn unusual_pairs(word: &str) -> usize {
    let pairs = word.as_bytes().windows(2);
    pairs
        .filter(|pair| match pair {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => !USUAL
                .get(usize::from(first.to_ascii_lowercase().saturating_sub(b'a')))
                .is_some_and(|seconds| seconds.contains(char::from(second.to_ascii_lowercase()))),
            _ => false,
        })
        .count()
}

/// Whether a word could be of a language: nearly all its pairs of letters are usual, and there are
/// vowels.
fn is_spoken(word: &str) -> bool {
    let pairs = word.len().saturating_sub(1);
    if word.len() < 5 {
        return true;
    }
    let unusual = unusual_pairs(word);
    let vowels = word.bytes().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    let few_vowels = word.len() >= 8 && vowels.saturating_mul(6) < word.len();
    word.len() <= 28 && !few_vowels && (unusual < 2 || unusual.saturating_mul(4) <= pairs)
}

/// Whether a long abbreviation could be said: enough vowels, and few pairs of letters that are unusual.
pub(super) fn is_speakable(run: &str) -> bool {
    let vowels = run.bytes().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    let pairs = run.len().saturating_sub(1);
    vowels.saturating_mul(6) >= run.len() && unusual_pairs(run).saturating_mul(4) <= pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_languages_and_techniques_are_words_and_random_letters_are_none() {
        for word in ["orders", "getOrderById", "XMLHttp", "Rechnungen", "szczegoly", "graphql", "HTTP"] {
            assert!(is_word(word), "{word}");
        }
        for random in ["qzvkxwjt", "XKQZP", "aBcDeFgH", "hjkbnplzdf"] {
            assert!(!is_word(random), "{random}");
        }
        assert!(is_speakable("lbfrontendconfiguration") && !is_speakable("gmbzoxhwnggdsvxqkxssxlw"));
    }
}
