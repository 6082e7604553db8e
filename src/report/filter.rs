//! The filter language of `--filter` and the terminal UI.
//!
//! An expression is words separated by blanks; a finding must match every word. `key:value` looks
//! in one field, `#3` is the finding of that number, any other word is a substring of what a list
//! shows. `-word` and `!word` exclude, quotes keep blanks, `a,b` after a key means either. Nothing
//! is an error, since a filter is also evaluated while it is being typed: an unknown key is an
//! ordinary substring (`https://…` has a colon too), and [`Filter::unknown_key`] names it.

use super::view::{Finding, split_url};
use std::fmt::Write as _;

/// Keys a word may start with, and what they look at.
pub const KEYS: &[(&str, &str)] = &[
    ("cause", "id of the root cause, or a part of it"),
    ("rule", "name of the failed rule in any engine"),
    ("nature", "cors, side-effect or not-cors"),
    ("origin", "the request's Origin"),
    ("host", "host of the URL or of an earlier hop"),
    ("page", "the page's origin"),
    ("party", "first (the page's own site) or third"),
    ("method", "method of the request or of an earlier hop"),
    ("status", "status of preflight or actual: 302, 4xx, none"),
    ("stage", "preflight, actual, redirect, network or before-network"),
    ("verdict", "fail, undecided or pass"),
];

/// A parsed filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    words: Vec<Word>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// Lower-case substring of what a list shows.
    Substring(String),
    Number(u32),
    /// A key of [`KEYS`] and lower-case alternatives.
    Field(&'static str, Vec<String>),
}

impl Filter {
    /// Parses an expression. The empty one matches everything.
    pub fn parse(expression: &str) -> Self {
        let words = split(expression).iter().filter_map(Word::parse).collect();
        Self { words, text: expression.to_owned() }
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether every finding matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a finding matches every word.
    pub fn matches(&self, finding: &Finding) -> bool {
        self.words.iter().all(|word| word.test.holds(finding) != word.negated)
    }

    /// A word that looks like `key:value` with a key that does not exist: probably a slip.
    pub fn unknown_key(&self) -> Option<&str> {
        self.words.iter().find_map(|word| match &word.test {
            Test::Substring(text) => {
                let (key, value) = text.split_once(':')?;
                let keyish = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphabetic());
                // `https://…` and `localhost:3000` are what people search for.
                let address = value.starts_with("//") || key == "localhost";
                (keyish && !address && !value.is_empty()).then_some(key)
            }
            Test::Number(_) | Test::Field(..) => None,
        })
    }

    /// A value of `status` that no status can have.
    pub fn unknown_status(&self) -> Option<&str> {
        self.words.iter().find_map(|word| match &word.test {
            Test::Field("status", values) => values.iter().map(String::as_str).find(|value| !is_status(value)),
            _ => None,
        })
    }
}

/// `302`, `4xx`, `40x`, `4`, `none` or `0`.
fn is_status(value: &str) -> bool {
    let digits = value.trim_end_matches('x');
    let begins = digits.starts_with(|first: char| ('1'..='9').contains(&first));
    matches!(value, "none" | "0") || (begins && value.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Word {
    fn parse(raw: &RawWord) -> Option<Self> {
        let RawWord { negated, quoted_from, .. } = *raw;
        let word = raw.text.to_lowercase();
        if word.is_empty() {
            return None;
        }
        // A quote at the start of a word makes all of it literal: "cause:x" searches for that text.
        let literal = quoted_from == Some(0);
        if !literal && let Some(number) = word.strip_prefix('#').and_then(|digits| digits.parse().ok()) {
            return Some(Self { negated, test: Test::Number(number) });
        }
        let field = word.split_once(':').filter(|_| !literal).and_then(|(key, value)| {
            let (key, _) = KEYS.iter().find(|(name, _)| *name == key)?;
            Some((*key, value))
        });
        let test = match field {
            // `cause:` while it is being typed narrows nothing yet.
            Some((_, "")) => return None,
            Some((key, value)) => Test::Field(
                key,
                value
                    .split(',')
                    .filter(|alternative| !alternative.is_empty())
                    .map(|alternative| if key == "cause" { long_form(alternative) } else { alternative.to_owned() })
                    .collect(),
            ),
            None => Test::Substring(word),
        };
        Some(Self { negated, test })
    }
}

/// `acao-missing` → `allow-origin-missing`: the short forms people use for the header names.
fn long_form(id: &str) -> String {
    for (short, long) in
        [("acao", "allow-origin"), ("acac", "allow-credentials"), ("acam", "allow-methods"), ("acah", "allow-headers")]
    {
        if let Some(rest) = id.strip_prefix(short)
            && (rest.is_empty() || rest.starts_with('-'))
        {
            return format!("{long}{rest}");
        }
    }
    id.to_owned()
}

impl Test {
    fn holds(&self, finding: &Finding) -> bool {
        match self {
            Self::Number(number) => finding.number == *number,
            Self::Substring(text) => shown(finding).contains(text.as_str()),
            Self::Field(key, alternatives) => alternatives.iter().any(|value| field_holds(finding, key, value)),
        }
    }
}

fn field_holds(finding: &Finding, key: &str, value: &str) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(value);
    match key {
        "cause" => contains(finding.label()),
        "rule" => finding.rule.as_ref().is_some_and(|rule| {
            [&rule.chromium, &rule.firefox, &rule.webkit].into_iter().flatten().any(|name| contains(name))
        }),
        // Closed sets match from their beginning, so that `not` means not-cors and `cors` only cors.
        "nature" => finding.nature.id().starts_with(value),
        "party" => finding.party.id().starts_with(value),
        "stage" => finding.stage.id().starts_with(value),
        "verdict" => finding.verdict.id().starts_with(value),
        "origin" => contains(&finding.origin),
        "page" => contains(finding.page.as_deref().unwrap_or(&finding.origin)),
        "host" => finding.hops().any(|(_, url)| contains(split_url(url).0)),
        "method" => finding.hops().any(|(method, _)| method.to_lowercase().starts_with(value)),
        "status" => {
            let preflight = finding.preflight.as_ref().map(|preflight| preflight.status);
            let actual = finding.actual.as_ref().map(|actual| actual.status);
            let hops = finding.redirects.iter().map(|hop| Some(hop.status));
            preflight.into_iter().chain(actual).chain(hops).any(|status| status_holds(status, value))
        }
        _ => false,
    }
}

/// `302`, `4xx`, `4` (the beginning of a status), `none` or `0` (no answer).
fn status_holds(status: Option<u16>, value: &str) -> bool {
    match status {
        Some(status) => {
            let value = value.trim_end_matches('x');
            !value.is_empty() && status.to_string().starts_with(value)
        }
        None => matches!(value, "none" | "0"),
    }
}

/// What a list shows of a finding, in lower case.
fn shown(finding: &Finding) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "#{} {} {} {} {} {}",
        finding.number,
        finding.title(),
        finding.label(),
        finding.origin,
        finding.headline,
        finding.started.as_deref().unwrap_or_default(),
    );
    for (method, url) in finding.hops() {
        let _ = write!(text, " {method} {url}");
    }
    if let Some(cause) = &finding.cause {
        let _ = write!(text, " {}", cause.brief);
    }
    if let Some(console) = finding.console.get(finding.judged_as) {
        let _ = write!(text, " {console}");
    }
    text.to_lowercase()
}

struct RawWord {
    negated: bool,
    text: String,
    /// Position in `text` at which the first quoted part begins.
    quoted_from: Option<usize>,
}

/// Splits at blanks outside quotes; a quote that is never closed runs to the end.
fn split(expression: &str) -> Vec<RawWord> {
    let mut words = Vec::new();
    let mut chars = expression.chars().peekable();
    while let Some(&next) = chars.peek() {
        if next.is_whitespace() {
            chars.next();
            continue;
        }
        let negated = matches!(next, '-' | '!');
        if negated {
            chars.next();
        }
        let mut word = RawWord { negated, text: String::new(), quoted_from: None };
        let mut quote = None;
        while let Some(&c) = chars.peek() {
            match quote {
                None if c.is_whitespace() => break,
                None if matches!(c, '"' | '\'') => {
                    quote = Some(c);
                    word.quoted_from.get_or_insert(word.text.len());
                }
                Some(open) if open == c => quote = None,
                _ => word.text.push(c),
            }
            chars.next();
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;

    fn matching(expression: &str) -> Vec<u32> {
        let filter = Filter::parse(expression);
        sample("busy-clear").findings.iter().filter(|f| filter.matches(f)).map(|f| f.number).collect()
    }

    #[test]
    fn a_plain_word_is_a_substring_of_what_a_list_shows() {
        assert_eq!(matching("checkout"), [3]);
        assert_eq!(matching("CHECKOUT"), [3]);
        assert_eq!(matching("firewall"), [4]);
        assert_eq!(matching("no such text"), Vec::<u32>::new());
        assert_eq!(matching("").len(), 15);
    }

    #[test]
    fn a_number_sign_selects_the_finding_of_that_number_only() {
        assert_eq!(matching("#1"), [1]);
    }

    #[test]
    fn words_are_joined_by_and_alternatives_by_comma() {
        assert_eq!(matching("cause:no-options status:404"), [1]);
        assert_eq!(matching("method:patch,delete"), [1, 9]);
    }

    #[test]
    fn every_key_looks_in_its_own_field() {
        assert_eq!(matching("cause:upstream-down"), [3]);
        assert_eq!(matching("rule:DisallowedRedirect"), [5]);
        assert_eq!(matching("nature:side"), [3]);
        assert_eq!(matching("nature:not"), [13, 14]);
        assert_eq!(matching("host:api.shop"), [5]);
        assert_eq!(matching("stage:actual"), [12, 15]);
        assert_eq!(matching("verdict:undecided"), [14]);
        assert_eq!(matching("status:5xx"), [2, 3]);
        assert_eq!(matching("status:none cause:reset"), [13]);
        assert_eq!(matching("party:third"), Vec::<u32>::new());
        assert_eq!(matching("origin:www.shop.test page:www").len(), 15);
    }

    #[test]
    fn minus_and_exclamation_mark_exclude() {
        assert_eq!(matching("nature:cors -host:plain"), [5]);
        assert_eq!(matching("!host:plain"), [5]);
    }

    #[test]
    fn quotes_keep_blanks_together_and_may_stay_open() {
        assert_eq!(matching("\"web page instead\""), [6]);
        assert_eq!(matching("'allowed origin differs: port"), [7]);
        assert_eq!(matching("cause:'no-options-handler'"), [1, 2]);
        assert_eq!(matching("\"cause:reset\""), Vec::<u32>::new());
    }

    #[test]
    fn short_forms_of_header_names_are_understood() {
        assert_eq!(matching("cause:acao-mismatch"), [7, 15]);
        assert_eq!(matching("cause:acac"), [11]);
    }

    #[test]
    fn a_half_typed_word_never_empties_the_list() {
        assert_eq!(matching("cause:").len(), 15);
        assert_eq!(matching("-").len(), 15);
        assert_eq!(matching("\"").len(), 15);
    }

    #[test]
    fn a_mistyped_key_is_named_and_an_address_is_not_mistaken_for_one() {
        assert_eq!(Filter::parse("staus:302").unknown_key(), Some("staus"));
        assert_eq!(Filter::parse("https://api").unknown_key(), None);
        assert_eq!(Filter::parse("localhost:3000").unknown_key(), None);
        assert_eq!(Filter::parse("status:302").unknown_key(), None);
    }

    #[test]
    fn a_status_that_cannot_be_one_is_named() {
        for wrong in ["abc", "40a", "4040", "xxx", "05"] {
            assert_eq!(Filter::parse(&format!("status:404,{wrong}")).unknown_status(), Some(wrong));
        }
        for right in ["404", "4xx", "40x", "4", "none", "0", "4xx,5xx", "4XX"] {
            assert_eq!(Filter::parse(&format!("status:{right}")).unknown_status(), None, "{right}");
        }
    }
}
