//! The layers that an answer names.
//!
//! Owns what is searched, and how a product with a package of its own is called.

use super::all;
use super::sign::{Body, Seen, Sign, seen};
use crate::exchange::ResponseHead;
use crate::secrets::Prose;
use crate::secrets::prose;

/// A recognised layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackHit {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The header line or the text it was recognised by.
    pub because: Prose,
    /// Whether that is one line of the answer as it stands.
    pub is_line: bool,
    /// Whether that names the product; otherwise it is likely.
    pub named: bool,
}

/// Bytes of the longest body of a success that is searched for signs.
const SHORT: usize = 1024;

/// The layers that a response names, outermost first.
pub fn detect(response: &ResponseHead) -> Vec<StackHit> {
    let written = response.body.excerpt.as_deref().unwrap_or_default();
    // Every sign in the body of a success is a short answer to OPTIONS; most bodies are the data of a 200.
    let data = (200..300).contains(&response.status) && written.len() > SHORT;
    let written = if data { "" } else { written };
    let body = Body::new(written);
    all()
        .filter_map(|stack| {
            let (sign, because) = stack.signs.iter().find_map(|sign| Some((sign, seen(sign, response, &body)?)))?;
            let package = stack.package.and_then(|package| Some((package, seen(&package.sign, response, &body)?)));
            // A package's sign does not name it, either.
            let named = package.is_none() && !matches!(sign, Sign::Likely(_));
            let Seen { words: because, is_line } = because;
            let (name, because, is_line) = match package {
                None => (stack.name, because, is_line),
                Some((package, sign)) if package.words.is_none() && sign.words == because => {
                    (package.name, because, is_line)
                }
                Some((package, sign)) => match package.words {
                    Some(words) => (package.name, prose!("\"{}\" and {}", because, words), false),
                    None => (package.name, prose!("{}; {}", because, sign.words), is_line),
                },
            };
            Some(StackHit { id: stack.id, name, because, is_line, named })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::secrets::headers::may_be_shown;
    use crate::stacks::{Sign, all};

    fn reads(sign: &Sign, found: &mut Vec<&'static str>) {
        match *sign {
            Sign::Starts(name, _) | Sign::Contains(name, _) | Sign::Is(name, _) => found.push(name),
            Sign::All(signs) | Sign::Any(signs) => signs.iter().for_each(|sign| reads(sign, found)),
            Sign::Not(sign) | Sign::Likely(sign) => reads(sign, found),
            Sign::Has(_) | Sign::Body(_) | Sign::Cookie(_) | Sign::Reason(_) | Sign::NoReason | Sign::Status(_) => {}
        }
    }

    #[test]
    fn every_value_that_a_sign_reads_is_kept() {
        let mut names = Vec::new();
        for stack in all() {
            stack.signs.iter().for_each(|sign| reads(sign, &mut names));
        }
        assert!(names.len() > 30);
        for name in names {
            assert!(may_be_shown(name.as_bytes()), "{name}");
        }
    }
}
