//! Proof: apply a fix to the recorded response as that server would, and judge it again.
//!
//! Owns the edits and the second judgement. A fix that does not pass here is not shown as proven.

use super::quote;
use super::scene::Scene;
use super::terms::Change;
use crate::cors::{Engine, Extracted, Stage, cors_check, extract_list, preflight_check};
use crate::exchange::{Headers, Presence, ResponseHead, Value};
use crate::pairing::{Mode, Pair};
use crate::paste::{FieldName, PlainMethod};
use crate::secrets::{Captured, Prose};
use std::collections::HashSet;

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
const ALLOW_METHODS: &str = "access-control-allow-methods";
const ALLOW_HEADERS: &str = "access-control-allow-headers";

/// Items of an existing list that a fix repeats.
pub(super) const KEPT: usize = 256;

/// One thing a server does to a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    /// Answers with this status.
    Status(u16),
    /// Takes every line of this name away (nginx `proxy_hide_header`, Apache `Header unset`).
    Remove(String),
    /// Adds a line and leaves others alone (nginx `add_header`).
    Append(String, String),
    /// Has exactly one line (Apache `Header set`, what libraries do).
    Set(String, String),
}

/// The response after the edits, in order.
pub(super) fn apply(response: &ResponseHead, edits: &[Edit]) -> ResponseHead {
    let mut head = response.clone();
    for edit in edits {
        match edit {
            Edit::Status(status) => {
                head.status = *status;
                head.reason = "".into();
            }
            Edit::Remove(name) => head.headers = without(&head.headers, name),
            Edit::Append(name, value) => head.headers.push(name.as_bytes(), value.as_bytes()),
            Edit::Set(name, value) => {
                head.headers = without(&head.headers, name);
                head.headers.push(name.as_bytes(), value.as_bytes());
            }
        }
    }
    head
}

fn without(headers: &Headers, name: &str) -> Headers {
    let mut kept = Headers::new();
    for line in headers.iter().filter(|line| !line.name.eq_ignore_ascii_case(name.as_bytes())) {
        match line.value {
            Value::Text(value) => kept.push(line.name, value),
            Value::Secret(_) | Value::Withheld(_) | Value::Redacted => kept.push_redacted(line.name),
            Value::Lost => kept.push_lost(line.name),
        }
    }
    if headers.is_incomplete() {
        kept.mark_incomplete();
    }
    kept
}

/// Whether a response passes in one credentials mode, in every engine.
pub(super) fn passes(pair: &Pair, stage: Stage, response: &ResponseHead, include: bool) -> bool {
    let request = pair.request(include);
    if stage == Stage::Preflight {
        Engine::all().into_iter().all(|engine| preflight_check(engine, &request, response).passed())
    } else {
        cors_check(&request, response).passed()
    }
}

/// The credentials modes a fix has to pass in. An unknown mode is first tried without; see
/// [`super::fix`] for the lines that credentials need in addition.
pub(super) fn includes(pair: &Pair, judged_with: bool) -> bool {
    match pair.credentials.mode {
        Mode::Include => true,
        Mode::NotInclude => false,
        Mode::Unknown => judged_with,
    }
}

/// The least change that makes this response pass in this mode: all faults at once, an explicit
/// origin, no `*` in anything it writes.
pub(super) fn mend(pair: &Pair, stage: Stage, response: &ResponseHead, include: bool) -> Change {
    let headers = &response.headers;
    let mut change = Change { on: stage, status: None, set: Vec::new(), remove: Vec::new() };
    let origin = pair.origin.as_str();
    let allowed = headers.presence(ALLOW_ORIGIN);
    let right = match &allowed {
        Presence::Present(value) => **value == *origin.as_bytes() || (!include && **value == *b"*"),
        _ => false,
    };
    if !right {
        change.set.push((ALLOW_ORIGIN.into(), origin.into()));
    }
    if include && headers.get(ALLOW_CREDENTIALS).as_deref() != Some(b"true") {
        change.set.push((ALLOW_CREDENTIALS.into(), "true".into()));
    }
    if stage != Stage::Preflight {
        return change;
    }
    if !(200..300).contains(&response.status) {
        change.status = Some(204);
        if headers.has("location") {
            change.remove.push("location".into());
        }
    }
    let exempt = matches!(&*pair.method, "GET" | "HEAD" | "POST");
    mend_list(&mut change, headers, ALLOW_METHODS, include, |list| {
        if exempt || list.exact.contains(&*pair.method) { Vec::new() } else { vec![pair.method.to_string()] }
    });
    mend_list(&mut change, headers, ALLOW_HEADERS, include, |list| {
        pair.unsafe_headers.iter().filter(|name| !list.lower.contains(&name.to_ascii_lowercase())).cloned().collect()
    });
    change
}

/// What a copy from a cache lacks for this page.
pub(super) fn cached_copy(scene: &Scene<'_>) -> Option<Change> {
    let include = includes(scene.pair, scene.judged.included);
    Some(mend(scene.pair, scene.stage?, scene.response?, include))
}

/// The lines that a change sets, as they are written.
pub(super) fn lines(change: &Change) -> Vec<Prose> {
    let line = |(name, value): &(String, String)| Captured::text(format!("{}: {value}", quote::title_case(name)));
    change.set.iter().map(|set| line(set).into()).collect()
}

/// The items of a list, looked up at once: lists are as long as heads allow.
struct Listed {
    exact: HashSet<String>,
    lower: HashSet<String>,
}

impl Listed {
    fn new(list: &[String]) -> Self {
        Self {
            exact: list.iter().cloned().collect(),
            lower: list.iter().map(|item| item.to_ascii_lowercase()).collect(),
        }
    }
}

/// Brings one list to hold what is asked for; an existing list is kept and extended.
fn mend_list(
    change: &mut Change,
    headers: &Headers,
    name: &'static str,
    include: bool,
    missing: impl Fn(&Listed) -> Vec<String>,
) {
    let extracted = extract_list(headers, name);
    let (mut list, broken) = match &extracted {
        Some(Extracted::Invalid { .. }) => (tokens(&headers.get_str(name).unwrap_or_default()), true),
        Some(list) => (list.values().to_vec(), false),
        None => (Vec::new(), false),
    };
    let star = list.iter().any(|item| item == "*");
    if star && !include && !broken {
        return;
    }
    let added = missing(&Listed::new(&list));
    if added.is_empty() && !broken {
        return;
    }
    // What may not be pasted is left out of what is written; `*` is no item of an explicit list.
    let plain: fn(&str) -> bool = if name == ALLOW_METHODS { is_method } else { is_name };
    list.retain(|item| plain(item));
    // Nobody copies more than this by hand.
    list.truncate(KEPT);
    list.extend(added);
    if list.is_empty() {
        // A list of which nothing is left, and nothing is needed.
        change.remove.push(name.into());
        return;
    }
    change.set.push((name.into(), list.join(", ")));
}

/// Whether a method may stand in what people paste.
pub(super) fn is_method(item: &str) -> bool {
    PlainMethod::of(item).is_ok()
}

/// Whether a header name may stand in what people paste.
pub(super) fn is_name(item: &str) -> bool {
    FieldName::of(item).is_ok()
}

/// The tokens in a list that was written with the wrong separators, or in quotation marks. Where any other mark
/// stands between two separators, nothing there is a token.
pub(super) fn tokens(value: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let is_token = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    for item in value.split([',', ';', '|', '/']) {
        let words = || item.split_whitespace().map(|word| quote::in_quotation_marks(word).unwrap_or(word));
        if words().all(is_token) {
            found.extend(words().filter(|word| !word.is_empty() && seen.insert(word)).map(str::to_owned));
        }
    }
    found
}

/// The edits of a change, when one layer has the header to itself.
pub(super) fn as_set(change: &Change) -> Vec<Edit> {
    let mut edits: Vec<Edit> = change.status.map(Edit::Status).into_iter().collect();
    edits.extend(change.remove.iter().cloned().map(Edit::Remove));
    edits.extend(change.set.iter().map(|(name, value)| Edit::Set(name.clone(), value.clone())));
    edits
}

/// The edits of a change by a proxy that appends (nginx); `hides` says whether it first takes away
/// what came from behind.
pub(super) fn as_append(change: &Change, hides: bool) -> Vec<Edit> {
    let mut edits: Vec<Edit> = change.status.map(Edit::Status).into_iter().collect();
    edits.extend(change.remove.iter().cloned().map(Edit::Remove));
    for (name, value) in &change.set {
        if hides {
            edits.push(Edit::Remove(name.clone()));
        }
        edits.push(Edit::Append(name.clone(), value.clone()));
    }
    edits
}
