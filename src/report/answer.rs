//! What must be equal for two findings to have one answer: everything but the names of their requests.
//!
//! Owns the comparison. Which findings are compared is `order`'s and the formats' business.

use super::order::{Key, key};
use super::view::{Change, Finding};
use crate::diagnosis::{Diagnosis, Judged};
use crate::secrets::Prose;

/// What was allowed, what to change, what to ask for, and the words of it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Answer<'a> {
    label: &'a str,
    title: &'a str,
    allowed: Vec<&'a str>,
    fixes: Vec<(&'a str, &'a str, Option<&'a str>, Vec<ChangeKey<'a>>)>,
    asked: Vec<&'a str>,
    /// Of a finding that was read back the words are not told from the names in them.
    words: Option<Key>,
}

type ChangeKey<'a> = (&'a str, Option<u16>, Vec<(&'a str, &'a str)>, &'a [String]);

impl<'a> Answer<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let allowed = finding.lines.iter().filter(|line| line.label == "allowed");
        let ask = finding.doubt.as_ref().map_or("", |doubt| &doubt.ask);
        let fixes = finding.fixes.iter();
        Self {
            label: finding.label(),
            title: finding.title(),
            allowed: allowed.map(|line| line.text.as_str()).collect(),
            fixes: fixes
                .map(|fix| (&*fix.stack, &*fix.who, fix.do_not.as_deref(), fix.changes.iter().map(change).collect()))
                .collect(),
            // The command in it is that of one request.
            asked: ask.lines().filter(|line| !line.trim_start().starts_with("curl ")).collect(),
            words: finding.answer,
        }
    }
}

fn change(change: &Change) -> ChangeKey<'_> {
    let set = change.set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (&change.on, change.status, set, &change.remove)
}

/// A digest of what an answer says, without the names of its request. What is pasted follows from the change and the
/// page's origin.
pub(super) fn words_of(judged: &Judged, diagnosis: &Diagnosis) -> Key {
    let unnamed = |prose: &'_ Prose| prose.unnamed().collect::<Vec<_>>().join("\u{1}");
    let fixes = diagnosis.fixes.iter().map(|fix| {
        let origin = (!fix.text.as_str().is_empty()).then(|| judged.pair.origin.as_str());
        (unnamed(&fix.title), origin)
    });
    key(&(unnamed(&diagnosis.headline), fixes.collect::<Vec<_>>()))
}
