//! A small matcher: literal text with named gaps, found anywhere in a text.
//!
//! Owns nothing of what the patterns mean.

/// What the gaps of a pattern held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Captures {
    pairs: Vec<(&'static str, String)>,
}

impl Captures {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }
}

/// The longest value a gap may hold, in bytes; URLs may be long, whole pages are no values.
const LONGEST_VALUE: usize = 8 * 1024;

/// How often the first literal is tried again where the rest does not follow.
const TRIES: usize = 8;

/// Finds `pattern` in `text`: literals in order, each `{name}` taking what stands between them.
/// Answers where it begins.
///
/// A pattern begins with a literal. A gap at its end takes what goes up to the next blank.
pub(super) fn find(text: &str, pattern: &'static str) -> Option<(usize, Captures)> {
    let (first, rest) = split(pattern);
    text.match_indices(first).take(TRIES).find_map(|(begin, _)| {
        let captures = captures(text.get(begin.checked_add(first.len())?..)?, rest)?;
        Some((begin, captures))
    })
}

fn captures(mut tail: &str, mut rest: Option<(&'static str, &'static str)>) -> Option<Captures> {
    let mut captures = Captures::default();
    while let Some((name, after)) = rest {
        let (literal, next) = split(after);
        let len = if literal.is_empty() { tail.find(' ').unwrap_or(tail.len()) } else { tail.find(literal)? };
        if len > LONGEST_VALUE {
            return None;
        }
        captures.pairs.push((name, tail.get(..len)?.to_owned()));
        tail = tail.get(len.checked_add(literal.len())?..)?;
        rest = next;
    }
    Some(captures)
}

/// A literal, and the gap behind it: its name and what follows.
fn split(pattern: &'static str) -> (&'static str, Option<(&'static str, &'static str)>) {
    let Some((literal, rest)) = pattern.split_once('{') else { return (pattern, None) };
    match rest.split_once('}') {
        Some((name, after)) => (literal, Some((name, after))),
        None => (pattern, None),
    }
}

/// One line, single blanks, straight quotes: what copying and chat programs change.
pub(super) fn normalised(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.trim().chars() {
        let char = match char {
            '‘' | '’' | '‚' | '‛' | '´' => '\'',
            '“' | '”' | '„' => '"',
            _ if char.is_whitespace() => ' ',
            _ => char,
        };
        if char != ' ' || !line.ends_with(' ') {
            line.push(char);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_take_what_stands_between_literals() {
        let (at, captures) = find("xx value 'a b' end", "value '{v}' end").unwrap();
        assert_eq!((at, captures.get("v").as_deref()), (3, Some("a b")));
        assert_eq!(
            find("load https://a.example/x due", "load {url}").unwrap().1.get("url").unwrap(),
            "https://a.example/x"
        );
        assert!(find("value 'a", "value '{v}' end").is_none());
        assert_eq!(find("plain", "plain").unwrap().0, 0);
    }

    #[test]
    fn quotes_and_blanks_of_copied_text_do_not_matter() {
        assert_eq!(normalised(" a\n\t b ‘c’ “d” "), "a b 'c' \"d\"");
    }
}
