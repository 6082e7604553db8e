//! A finding as a row of a list: what its columns show, and what the keys of a filter look at.
//!
//! Owns both, small enough to be held of every finding. What columns show is masked as the finding is; keys look at
//! what the capture has ([`Asked`]), and which part of that may be searched is `filter`'s business.

use super::view::{Finding, Nature, Party, Stage, Verdict, split_url};
use super::words;
use crate::pairing::Pair;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

/// Who called whom, as the capture has it: in the finding a mask may stand in its place.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    origin: &'a str,
    page: &'a str,
    /// Method and URL of every hop, the called one first, the judged one last.
    hops: Vec<(&'a str, &'a str)>,
}

impl<'a> Asked<'a> {
    /// Of a pair, unmasked.
    pub fn of_pair(pair: &'a Pair) -> Self {
        let earlier = pair.redirected_from.iter().filter(|hop| hop.head().is_some());
        let earlier = earlier.map(|hop| (&*hop.request.method, &*hop.request.url));
        let origin = pair.origin.as_str();
        Self {
            origin,
            page: pair.page.as_ref().map_or(origin, |page| page.as_str()),
            hops: earlier.chain([(&*pair.method, &*pair.url)]).collect(),
        }
    }

    /// Of a finding that has no pair at hand: as it is shown.
    pub fn of(finding: &'a Finding) -> Self {
        Self {
            origin: &finding.origin,
            page: finding.page.as_deref().unwrap_or(&finding.origin),
            hops: finding.hops().collect(),
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct ListRow {
    /// The finding's number.
    pub number: u32,
    common: Arc<Common>,
    /// Time of day, to the second; empty when it is unknown.
    time: Arc<str>,
    title: Box<str>,
    /// Host and path of the called URL.
    target: Box<str>,
    /// Where the path begins in it.
    path: usize,
    /// What became of the preflight and of the actual request.
    answers: [Answered; 2],
    /// Every hop, where the columns do not show it.
    hops: Option<Box<[Hop]>>,
}

/// What many findings of a capture have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Common {
    verdict: Verdict,
    nature: Nature,
    party: Party,
    stage: Stage,
    label: Box<str>,
    /// The failed rule in the words of each engine.
    rules: [Option<Box<str>>; 3],
    origin: Box<str>,
    page: Box<str>,
    method: Box<str>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    /// The capture has no such request.
    Absent,
    /// It got no answer.
    Never,
    With(u16),
}

impl Answered {
    #[allow(clippy::option_option, reason = "a status of an answer of a request, each of which may be missing")]
    fn of(status: Option<Option<u16>>) -> Self {
        status.map_or(Self::Absent, |status| status.map_or(Self::Never, Self::With))
    }
}

#[derive(Debug, Clone)]
struct Hop {
    method: Box<str>,
    host: Box<str>,
    /// Of an earlier hop; the last one's is the actual request's.
    status: Option<u16>,
}

impl ListRow {
    /// Its verdict.
    pub fn verdict(&self) -> Verdict {
        self.common.verdict
    }

    /// What kind of fault.
    pub fn nature(&self) -> Nature {
        self.common.nature
    }

    /// Whose server it is.
    pub fn party(&self) -> Party {
        self.common.party
    }

    /// Where it failed.
    pub fn stage(&self) -> Stage {
        self.common.stage
    }

    /// Id of the cause, else of the doubt.
    pub fn label(&self) -> &str {
        &self.common.label
    }

    /// The failed rule's names.
    pub(super) fn rules(&self) -> impl Iterator<Item = &str> {
        self.common.rules.iter().flatten().map(|name| &**name)
    }

    /// The request's origin as the capture has it.
    pub(super) fn origin(&self) -> &str {
        &self.common.origin
    }

    /// The page's origin as the capture has it.
    pub(super) fn page(&self) -> &str {
        &self.common.page
    }

    /// Method and host of every hop as the capture has them.
    pub(super) fn hops(&self) -> impl Iterator<Item = (&str, &str)> {
        let shown = self.hops.is_none().then(|| (self.method(), self.host()));
        self.hops.iter().flatten().map(|hop| (&*hop.method, &*hop.host)).chain(shown)
    }

    /// The statuses of preflight, actual request and earlier hops; None for one without an answer.
    pub(super) fn statuses(&self) -> impl Iterator<Item = Option<u16>> {
        let hops = self.hops.iter().flatten().filter(|hop| hop.status.is_some()).map(|hop| hop.status);
        let answers = self.answers.into_iter().filter_map(|answered| match answered {
            Answered::Absent => None,
            Answered::Never => Some(None),
            Answered::With(status) => Some(Some(status)),
        });
        answers.chain(hops)
    }

    /// Time of day, to the second; empty when it is unknown.
    pub fn time(&self) -> &str {
        &self.time
    }

    /// The method the page called with, as it is shown.
    pub fn method(&self) -> &str {
        &self.common.method
    }

    /// Title of the cause, else of the doubt.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Host and path of the called URL, as they are shown.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Host and port of the called URL.
    pub fn host(&self) -> &str {
        self.target.get(..self.path).unwrap_or_default()
    }

    /// The path and what follows it.
    pub fn path(&self) -> &str {
        self.target.get(self.path..).unwrap_or_default()
    }
}

/// Makes rows: what many of them have in common is held once.
#[derive(Debug, Clone, Default)]
pub struct ListRows {
    common: HashSet<Arc<Common>>,
    times: HashSet<Arc<str>>,
}

impl ListRows {
    /// The row of a finding that is masked.
    pub fn row(&mut self, finding: &Finding, asked: &Asked<'_>) -> ListRow {
        let time = finding.started.as_deref().map(words::clock).unwrap_or_default();
        let time = time.split('.').next().unwrap_or_default();
        let (host, path) = (finding.host(), finding.path());
        let shown =
            matches!(*asked.hops, [(method, url)] if method == finding.called_method() && split_url(url).0 == host);
        let hops = (!shown).then(|| {
            let statuses = finding.redirects.iter().map(|hop| Some(hop.status)).chain(std::iter::repeat(None));
            let hops = asked.hops.iter().zip(statuses);
            hops.map(|(&(method, url), status)| Hop { method: method.into(), host: split_url(url).0.into(), status })
                .collect()
        });
        let rule = finding.rule.as_ref();
        let rules = rule.map_or([None, None, None], |rule| {
            [&rule.chromium, &rule.firefox, &rule.webkit].map(|name| name.as_deref().map(Into::into))
        });
        let common = Common {
            verdict: finding.verdict,
            nature: finding.nature,
            party: finding.party,
            stage: finding.stage,
            label: finding.label().into(),
            rules,
            origin: asked.origin.into(),
            page: asked.page.into(),
            method: finding.called_method().into(),
        };
        ListRow {
            number: finding.number,
            common: once(&mut self.common, Arc::new(common)),
            time: once(&mut self.times, time.into()),
            title: finding.title().into(),
            target: format!("{host}{path}").into(),
            path: host.len(),
            answers: [
                finding.preflight.as_ref().map(|preflight| preflight.status),
                finding.actual.as_ref().map(|actual| actual.status),
            ]
            .map(Answered::of),
            hops,
        }
    }
}

/// The value that is known already, or this one from now on.
fn once<T: Eq + Hash + ?Sized>(known: &mut HashSet<Arc<T>>, value: Arc<T>) -> Arc<T> {
    if let Some(known) = known.get(&value) {
        return Arc::clone(known);
    }
    known.insert(Arc::clone(&value));
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::order::Facts;
    use crate::report::view::Hop as Redirect;

    #[test]
    fn what_is_held_of_a_finding_for_lists_is_little() {
        assert!(size_of::<ListRow>() + size_of::<Facts>() <= 300, "{}", size_of::<ListRow>() + size_of::<Facts>());
    }

    #[test]
    fn a_row_keeps_what_the_capture_has_beside_what_is_shown() {
        let finding = Finding {
            url: "https://b.example/x?code=code-1".to_owned(),
            redirects: vec![Redirect { status: 302, url: "https://a.example/".to_owned(), ..Redirect::default() }],
            started: Some("2026-11-24T10:02:11.500Z".to_owned()),
            ..Finding::default()
        };
        let hops = vec![("POST", "https://u:p@a.example/"), ("GET", "https://b.example/x?code=hunter2")];
        let asked = Asked { origin: "https://app.example", page: "https://app.example", hops };
        let mut rows = ListRows::default();
        let row = rows.row(&finding, &asked);
        assert_eq!(row.hops().collect::<Vec<_>>(), [("POST", "a.example"), ("GET", "b.example")]);
        assert_eq!(row.statuses().collect::<Vec<_>>(), [Some(302)]);
        assert_eq!((row.time(), row.host(), row.path()), ("10:02:11", "a.example", "/"));
        let again = rows.row(&finding, &asked);
        assert!(Arc::ptr_eq(&row.common, &again.common) && Arc::ptr_eq(&row.time, &again.time));
    }
}
