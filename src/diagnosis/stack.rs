//! Server software recognised from response heads and error pages, layer by layer.
//!
//! Owns detection; `stack/table.rs` has the vocabulary of rows, the files beside it the rows.

mod applications;
mod front;
mod services;
mod table;

pub use table::{Checked, Layer, Package, Sign, Stack};

use super::cause::Scene;
use super::quote;
use crate::exchange::{HttpVersion, ResponseHead, Value};

/// A recognised layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackHit {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The header line or the text it was recognised by.
    pub because: String,
    /// Whether that names the product; otherwise it is likely.
    pub named: bool,
}

/// Bytes of the longest body of a success that is searched for signs.
const SHORT: usize = 1024;

/// Every product, outermost layers first.
pub fn all() -> impl Iterator<Item = &'static Stack> {
    [front::ROWS, applications::ROWS, services::ROWS].into_iter().flatten()
}

/// The layers that a response names, outermost first.
pub fn detect(response: &ResponseHead) -> Vec<StackHit> {
    let written = response.body.excerpt.as_deref().unwrap_or_default();
    // Every sign in the body of a success is a short answer to OPTIONS; most bodies are the data of a 200.
    let data = (200..300).contains(&response.status) && written.len() > SHORT;
    let written = if data { "" } else { written };
    let body = Body { written, lower: written.to_ascii_lowercase() };
    all()
        .filter_map(|stack| {
            let (sign, because) = stack.signs.iter().find_map(|sign| Some((sign, seen(sign, response, &body)?)))?;
            let package = stack.package.and_then(|package| Some((package, seen(&package.sign, response, &body)?)));
            // A package's sign does not name it, either.
            let named = package.is_none() && !matches!(sign, Sign::Likely(_));
            let (name, because) = match package {
                None => (stack.name, because),
                Some((package, sign)) if package.words.is_none() && sign == because => (package.name, because),
                Some((package, sign)) => match package.words {
                    Some(words) => (package.name, format!("\"{because}\" and {words}")),
                    None => (package.name, format!("{because}; {sign}")),
                },
            };
            Some(StackHit { id: stack.id, name, because, named })
        })
        .collect()
}

/// Whether this status usually is a page of nginx's own, when nginx stands in front: too large a body or URL, or
/// an application that is gone, busy or too slow. The application never saw the request, or never answered.
pub(super) fn nginx_answers_by_itself(status: u16) -> bool {
    matches!(status, 413 | 414 | 502..=504)
}

/// The layers that a pair's own answers name, the failing answer's first.
pub(super) fn of_pair(scene: &Scene<'_>) -> Vec<StackHit> {
    let mut hits: Vec<StackHit> = scene.response.map(detect).unwrap_or_default();
    for exchange in super::facts::exchanges(scene.pair) {
        for hit in exchange.head().map(detect).unwrap_or_default() {
            if hits.iter().all(|known| known.id != hit.id) {
                hits.push(hit);
            }
        }
    }
    hits
}

/// Layers that only other answers of the same server name: worth saying, not enough for a fix.
pub(super) fn of_server(scene: &Scene<'_>) -> Vec<StackHit> {
    let layers = scene.facts.layers(scene.pair).iter();
    layers
        .map(|hit| {
            let quote = if hit.because.contains('"') { "" } else { "\"" };
            let because = format!("{quote}{}{quote} (on another answer of this server)", hit.because);
            StackHit { because, ..hit.clone() }
        })
        .collect()
}

/// The table's entry of an id.
pub fn by_id(id: &str) -> Option<&'static Stack> {
    all().find(|stack| stack.id == id)
}

/// What is known of a body: as written, and in lower case at the same places.
struct Body<'a> {
    written: &'a str,
    lower: String,
}

impl Body<'_> {
    /// The words of a sign as they stand in the body.
    fn says(&self, part: &str) -> Option<String> {
        let start = self.lower.find(part)?;
        let words = self.written.get(start..start.saturating_add(part.len()))?;
        let longest = words.split('"').max_by_key(|piece| piece.len())?.trim();
        Some(format!("the body says \"{longest}\""))
    }
}

fn seen(sign: &Sign, response: &ResponseHead, body: &Body<'_>) -> Option<String> {
    let headers = &response.headers;
    let quoted = |name: &str| quote::header_lines(headers, name).into_iter().next();
    match sign {
        Sign::Has(name) => headers.has(name).then(|| quoted(name)).flatten(),
        Sign::Starts(name, part) => {
            headers.get_str(name).filter(|value| starts(value, part)).and_then(|_| quoted(name))
        }
        Sign::Is(name, whole) => headers.get_str(name).filter(|value| value == whole).and_then(|_| quoted(name)),
        Sign::Contains(name, part) => {
            headers.get_str(name).filter(|value| contains(value, part)).and_then(|_| quoted(name))
        }
        Sign::Body(part) => body.says(part),
        Sign::Cookie(start) => headers.lines("set-cookie").find_map(|line| match line.value {
            Value::Secret(secret) => secret
                .names
                .first()
                .filter(|name| name.to_ascii_lowercase().starts_with(start))
                .map(|name| format!("Set-Cookie: {name}=…")),
            _ => None,
        }),
        Sign::All(signs) => {
            let all: Option<Vec<String>> = signs.iter().map(|sign| seen(sign, response, body)).collect();
            all.map(|all| all.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; "))
        }
        Sign::Any(signs) => signs.iter().find_map(|sign| seen(sign, response, body)),
        Sign::Not(sign) => seen(sign, response, body).is_none().then(String::new),
        Sign::Likely(sign) => seen(sign, response, body),
        Sign::Status(status) => (response.status == *status).then(|| format!("status {status}")),
        Sign::NoReason => (response.version == HttpVersion::Http11 && response.reason.is_empty())
            .then(|| "no reason phrase".to_owned()),
        Sign::Reason(part) => {
            response.reason.to_ascii_lowercase().contains(part).then(|| format!("reason phrase \"{part}\""))
        }
    }
}

/// Letters' case aside.
fn starts(value: &str, part: &str) -> bool {
    value.as_bytes().get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
}

/// Letters' case aside; `part` is not empty.
fn contains(value: &str, part: &str) -> bool {
    value.as_bytes().windows(part.len().max(1)).any(|at| at.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::headers::may_be_shown;

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
