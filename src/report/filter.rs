//! The filter language of `--filter` and the terminal UI.
//!
//! An expression is words separated by blanks; a finding must match every word. `key:value` looks
//! in one field, `#3` is the finding of that number, any other word is a substring of what a list
//! shows. `-word` and `!word` exclude, quotes keep blanks, `a,b` after a key means either. Nothing
//! is an error, since a filter is also evaluated while it is being typed: an unknown key is an
//! ordinary substring (`https://…` has a colon too), and [`Filter::unknown_key`] names it.
//!
//! Keys decide on what the capture has, not on what is shown of it. Closed sets (cause, rule, nature, party, stage,
//! status, verdict) hold nothing secret and match from their beginning or in part. What anybody may have written
//! (origin, page, host, method) matches in part only where all of it is shown as it is; where a mask would stand it
//! matches as a whole and not otherwise, so that nobody finds out a secret one character after the other. Free words
//! search what is shown, for the same reason.

use super::list_row::ListRow;
use super::mask::Masker;
use super::view::Finding;
use std::borrow::Cow;
use std::cell::OnceCell;
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

    /// Whether a finding matches every word. The finding itself is asked for only where its row does not tell.
    pub fn matches<'f>(&self, row: &ListRow, finding: impl Fn() -> Option<Cow<'f, Finding>>) -> bool {
        let whole = OnceCell::new();
        let searched = |text: &str| {
            in_columns(row, text)
                || whole.get_or_init(|| finding().map_or_else(String::new, |finding| shown(&finding))).contains(text)
        };
        self.words.iter().all(|word| word.test.holds(row, &searched) != word.negated)
    }

    /// Whether a word looks into what is shown beside the columns of a list, so that findings have to be made.
    pub fn is_free(&self) -> bool {
        self.words.iter().any(|word| matches!(word.test, Test::Substring(_)))
    }

    /// Whether whatever matches this one matches the other, too, as far as the texts tell.
    pub fn narrows(&self, other: &Self) -> bool {
        let implies = |own: &Word, wide: &Word| match (&own.test, &wide.test) {
            (Test::Substring(own_text), Test::Substring(part)) if !own.negated && !wide.negated => {
                own_text.contains(part.as_str())
            }
            _ => own == wide,
        };
        other.words.iter().all(|wide| self.words.iter().any(|own| implies(own, wide)))
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
    fn holds(&self, row: &ListRow, searched: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Number(number) => row.number == *number,
            Self::Substring(text) => searched(text),
            Self::Field(key, alternatives) => alternatives.iter().any(|value| field_holds(row, key, value)),
        }
    }
}

fn field_holds(row: &ListRow, key: &str, value: &str) -> bool {
    match key {
        "cause" => row.label().contains(value),
        "rule" => row.rules().any(|name| name.to_lowercase().contains(value)),
        // Closed sets match from their beginning, so that `not` means not-cors and `cors` only cors.
        "nature" => row.nature().id().starts_with(value),
        "party" => row.party().id().starts_with(value),
        "stage" => row.stage().id().starts_with(value),
        "verdict" => row.verdict().id().starts_with(value),
        "origin" => open_holds(row.origin(), value, |origin| origin.contains(value), address_is_shown),
        "page" => open_holds(row.page(), value, |page| page.contains(value), address_is_shown),
        "host" => row.hops().any(|(_, host)| {
            open_holds(host, value, |host| host.contains(value), |host| address_is_shown(&format!("http://{host}")))
        }),
        "method" => row.hops().any(|(method, _)| {
            open_holds(method, value, |method| method.starts_with(value), |method| Masker::new().text(method) == method)
        }),
        "status" => row.statuses().any(|status| status_holds(status, value)),
        _ => false,
    }
}

/// Whether a value that anybody may have written is the one looked for: in part where it is shown, else as a whole.
fn open_holds(captured: &str, value: &str, found: impl Fn(&str) -> bool, is_shown: impl Fn(&str) -> bool) -> bool {
    let lower = captured.to_lowercase();
    lower == value || (found(&lower) && is_shown(captured))
}

/// Whether an address is shown as it is.
fn address_is_shown(address: &str) -> bool {
    let mut masker = Masker::new();
    let url = masker.own_url(address);
    url == address && masker.text(address) == address
}

/// Whether the columns of a list show a text; what they show stands in [`shown`], too.
fn in_columns(row: &ListRow, text: &str) -> bool {
    [row.title(), row.label(), row.method(), row.target()].iter().any(|column| column.to_lowercase().contains(text))
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
    use crate::report::list_row::{Asked, ListRows};
    use crate::report::tests::sample;
    use crate::report::view::Finding;

    fn holds(expression: &str, finding: &Finding, captured: &Finding) -> bool {
        let row = ListRows::default().row(finding, &Asked::of(captured));
        Filter::parse(expression).matches(&row, || Some(Cow::Borrowed(finding)))
    }

    fn matching(expression: &str) -> Vec<u32> {
        let findings = sample("busy-clear").findings;
        findings.iter().filter(|finding| holds(expression, finding, finding)).map(|finding| finding.number).collect()
    }

    #[test]
    fn a_masked_value_matches_as_a_whole_and_tells_nothing_of_its_parts() {
        let secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJlLW9mLWl0";
        let captured = Finding {
            method: secret.to_owned(),
            url: format!("https://u:{secret}@api.example:{secret}/"),
            origin: format!("https://app.example:{secret}"),
            ..Finding::default()
        };
        let mut masked = captured.clone();
        Masker::new().finding(&mut masked, None);
        assert!(!format!("{masked:?}").contains("eyJ"), "{masked:?}");
        for key in ["method", "host", "origin", "page"] {
            for part in ["e", "ey", "eyj", "api.example:e", "https://app.example:ey", "sig", "example"] {
                assert!(!holds(&format!("{key}:{part}"), &masked, &captured), "{key}:{part}");
            }
        }
        let whole = [("method", secret.to_owned()), ("host", format!("api.example:{secret}"))];
        for (key, value) in
            whole.iter().chain(&[("origin", captured.origin.clone()), ("page", captured.origin.clone())])
        {
            assert!(holds(&format!("{key}:{value}"), &masked, &captured), "{key}");
        }
        assert!(!holds("eyj", &masked, &captured), "free words search what is shown");
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
