//! Names of errors, rules and causes, and the nearest of them to a misspelt one.

use super::{HEADERS, Known, MAX_NEAREST, Subject};
use crate::browsers::{self, Means};
use crate::cors::{Engine, Rule, Stage};
use crate::diagnosis::causes::CAUSES;

/// Short forms, which are nobody's words.
const SHORT: &[(&str, &[&str])] = &[
    ("acao-missing", &["allow-origin-missing"]),
    ("acao-multiple", &["allow-origin-multiple"]),
    ("acao-mismatch", &["allow-origin-mismatch"]),
    ("acao-invalid", &["allow-origin-invalid"]),
    ("acao-wildcard", &["wildcard-with-credentials"]),
    ("acao-star", &["wildcard-with-credentials"]),
    ("acao-duplicate", &["allow-origin-multiple"]),
    ("acao-null", &["allow-origin-mismatch"]),
    ("acao-slash", &["allow-origin-mismatch"]),
    ("acac-missing", &["allow-credentials"]),
    ("acac-invalid", &["allow-credentials"]),
    ("acam-invalid", &["allow-methods-invalid"]),
    ("acam-missing", &["method-not-allowed"]),
    ("acah-invalid", &["allow-headers-invalid"]),
    ("acah-missing", &["header-not-allowed"]),
    ("acam-method", &["method-not-allowed"]),
    ("acam-mismatch", &["method-not-allowed"]),
    ("acah-header", &["header-not-allowed"]),
    ("acah-mismatch", &["header-not-allowed"]),
    ("wildcard-credentials", &["wildcard-with-credentials"]),
];

/// Every name that is no cause id and no rule id.
fn names() -> impl Iterator<Item = (Option<Engine>, &'static str, Option<Stage>, Subject)> {
    let browsers = browsers::names().map(|(engine, name)| (engine, name.text, name.stage, Subject::of(name.means)));
    browsers.chain(SHORT.iter().map(|(text, rules)| (None, *text, None, Subject::Rule(rules))))
}

/// The rule ids that are no cause ids.
const RULES: &[(&str, &[&str])] = &[
    ("allow-credentials", &["allow-credentials"]),
    ("preflight-status", &["preflight-status"]),
    ("redirect-credentials", &["redirect-credentials"]),
    ("disallowed-by-mode", &["disallowed-by-mode"]),
    ("scheme-disabled", &["scheme-disabled"]),
];

/// What `text` is the name of.
pub(super) fn lookup(text: &str) -> Option<Known> {
    // `net::ERR_FAILED`, `network::mojom::CorsError::kAllowOriginMismatch`
    let wanted = folded(text.rsplit("::").next().unwrap_or(text));
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    // Some of Chromium's names differ from an id in spelling alone.
    if text.contains('-') || !text.contains(|char: char| char.is_ascii_uppercase()) {
        id(&wanted).or_else(|| name(&wanted))
    } else {
        name(&wanted).or_else(|| id(&wanted))
    }
}

fn id(wanted: &str) -> Option<Known> {
    if let Some(info) = CAUSES.iter().find(|info| folded(info.id) == wanted) {
        return Some(known(Subject::Cause(info.id), None, None));
    }
    let (_, ids) = RULES.iter().find(|(id, _)| folded(id) == wanted)?;
    Some(known(Subject::Rule(ids), None, None))
}

fn name(wanted: &str) -> Option<Known> {
    // Firefox counts revisions of a message behind its key.
    let without_revision = wanted.trim_end_matches(|char: char| char.is_ascii_digit());
    let (engine, _, stage, subject) = names().find(|(_, name, ..)| {
        let text = folded(name.trim_start_matches("net::"));
        // A family of net errors ends in `_`.
        let is = |wanted: &str| if name.ends_with('_') { wanted.starts_with(&text) } else { wanted == text };
        // Chromium's sources write `kName`.
        is(wanted) || is(without_revision) || wanted.strip_prefix('k').is_some_and(is)
    })?;
    Some(known(subject, engine, stage))
}

fn known(subject: Subject, engine: Option<Engine>, stage: Option<Stage>) -> Known {
    Known { engine, stage, ..Known::of(subject) }
}

/// Letters and digits in lower case: names are compared without regard to their punctuation.
fn folded(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// The known names nearest to `text`: misspelt ones, else those that hold it or begin as it does.
pub(super) fn nearest(text: &str) -> Vec<&'static str> {
    let wanted = folded(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut ranked = if wanted.len() <= 64 { by_letters(&wanted) } else { by_words(text) };
    ranked.sort_unstable();
    let mut names: Vec<&'static str> = Vec::new();
    for (_, name) in ranked {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(MAX_NEAREST);
    names
}

fn by_letters(wanted: &str) -> Vec<(usize, &'static str)> {
    let all = || {
        let headers = HEADERS.iter().flat_map(|header| [header.name, header.short]);
        let ids = CAUSES.iter().map(|info| info.id).chain(Rule::IDS);
        ids.chain(names().map(|(_, name, ..)| name)).chain(headers).filter(|name| !name.is_empty())
    };
    let misspelt: Vec<_> = all()
        .map(|name| (strsim::damerau_levenshtein(wanted, &folded(name)), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).min(wanted.len() / 2))
        .collect();
    if !misspelt.is_empty() {
        return misspelt;
    }
    let related = |name: &str| {
        let name = folded(name);
        let holds = wanted.len() >= 4 && name.contains(wanted);
        // `acao-whatever`
        holds
            || HEADERS
                .iter()
                .any(|it| it.short.len() == 4 && wanted.starts_with(it.short) && name.starts_with(it.short))
    };
    all().filter(|name| related(name)).enumerate().collect()
}

/// For a long text: the subjects of the sentences that share most of their words with it.
fn by_words(text: &str) -> Vec<(usize, &'static str)> {
    let wanted: std::collections::BTreeSet<String> =
        text.split(' ').map(folded).filter(|word| word.len() > 3).collect();
    let mut ranked: Vec<(usize, &'static str)> = Vec::new();
    for (_, sentence) in browsers::sentences() {
        let Means::Rule([id, ..]) = sentence.means else { continue };
        let words: Vec<String> = sentence.pattern.split(' ').map(folded).filter(|word| word.len() > 3).collect();
        let missing = words.iter().filter(|word| !wanted.contains(*word)).count();
        if missing.saturating_mul(2) > words.len() {
            continue;
        }
        match ranked.iter_mut().find(|(_, known)| known == id) {
            Some((distance, _)) => *distance = missing.min(*distance),
            None => ranked.push((missing, id)),
        }
    }
    ranked
}
