//! One answer for several requests: what is true of all of them is said once, the rest of the first only.
//!
//! Owns the words that change when an answer covers more than one URL: heading, headline, lines, cause,
//! fixes, proof. A group of one URL, however often it was called, reads as its first finding.

use super::order::{Group, Key, Row, key};
use super::source::Findings;
use super::view::{AlsoView, CalledBy, Finding, Fix, Input, Line, Place, Works, split_url};
use super::words::{self, counted};
use crate::secrets::Role;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// What the findings of a group, one a row, have in common.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    first: Cow<'a, Finding>,
    count: usize,
    several: bool,
    url: String,
    methods: Vec<String>,
    paths: usize,
    hosts: Vec<String>,
    works: Option<Works>,
    differ: Differ,
}

/// In what some row differs from the first: each is looked at once and let go.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
struct Differ {
    rule: bool,
    also: bool,
    stack: bool,
    called_by: bool,
    cause: bool,
    brief: bool,
    /// Lines of the first that some row does not have.
    lines: Vec<bool>,
    /// Fixes of which title or text differs, and of which the text does.
    fixes: Vec<(bool, bool)>,
    /// Fixes whose proof differs in more than the method.
    proofs: Vec<bool>,
}

impl Differ {
    fn of(first: &Finding) -> Self {
        let (lines, fixes) = (vec![false; first.lines.len()], first.fixes.len());
        Self { lines, fixes: vec![(false, false); fixes], proofs: vec![false; fixes], ..Self::default() }
    }

    fn take(&mut self, first: &Finding, other: &Finding) {
        let layers = |finding: &Finding| finding.stack.iter().map(|layer| layer.id.clone()).collect::<Vec<_>>();
        let of_cause =
            |finding: &Finding| finding.cause.as_ref().map(|cause| (cause.text.clone(), cause.brief.clone()));
        self.rule |= first.rule != other.rule;
        self.also |= first.also != other.also;
        self.stack |= layers(first) != layers(other);
        self.called_by |= first.called_by != other.called_by;
        let (own, theirs) = (of_cause(first), of_cause(other));
        let text = |cause: &Option<(String, String)>| cause.as_ref().map(|(text, _)| text.clone());
        let brief = |cause: &Option<(String, String)>| cause.as_ref().map(|(_, brief)| brief.clone());
        self.cause |= text(&own) != text(&theirs);
        self.brief |= brief(&own) != brief(&theirs);
        for (line, differs) in first.lines.iter().zip(&mut self.lines) {
            *differs |= !other.lines.contains(line);
        }
        for (index, fix) in first.fixes.iter().enumerate() {
            let theirs = other.fixes.get(index);
            let text = theirs.is_none_or(|other| other.text != fix.text);
            if let Some((whole, only_text)) = self.fixes.get_mut(index) {
                *whole |= text || theirs.is_none_or(|other| other.title != fix.title);
                *only_text |= text;
            }
            if let Some(differs) = self.proofs.get_mut(index) {
                *differs |= theirs.is_none_or(|theirs| !proofs_alike(fix, theirs));
            }
        }
    }
}

/// Requests that work and were offered for comparison: each is said once.
#[derive(Debug, Default)]
pub(super) struct Compared(HashSet<Key>);

impl Compared {
    /// Takes the request that works out of an answer when an earlier one names it.
    pub(super) fn once(&mut self, shared: &mut Shared<'_>) {
        let page = &shared.first.origin;
        shared.works = shared.works.take().filter(|works| self.0.insert(key(&(page, &works.method, &works.url))));
    }
}

impl<'a> Shared<'a> {
    /// What the group's findings have in common; None for a group whose findings are not there.
    pub(super) fn of(findings: &'a dyn Findings, group: &Group) -> Option<Self> {
        let first = findings.finding(group.first())?;
        let (mut methods, mut hosts, mut paths) = (BTreeSet::new(), BTreeSet::new(), HashSet::new());
        let mut works = None;
        let mut differ = Differ::of(&first);
        for (index, row) in group.rows.iter().enumerate() {
            let own = if index == 0 { Cow::Borrowed(&*first) } else { findings.finding(row.first())? };
            if !methods.contains(own.called_method()) {
                methods.insert(own.called_method().to_owned());
            }
            if !hosts.contains(own.host()) {
                hosts.insert(own.host().to_owned());
            }
            paths.insert(key(&path(&own)));
            if index > 0 {
                differ.take(&first, &own);
            }
            works = works.or_else(|| own.works.clone());
        }
        let (methods, hosts): (Vec<_>, Vec<_>) = (methods.into_iter().collect(), hosts.into_iter().collect());
        let paths = paths.len();
        let several = methods.len() > 1 || hosts.len() > 1 || paths > 1;
        let url = url(&first, findings, group.rows.iter().flat_map(|row| &row.all));
        Some(Self { first, count: group.count(), several, url, methods, paths, hosts, works, differ })
    }

    /// The finding that stands for the group.
    pub(super) fn first(&self) -> &Finding {
        &self.first
    }

    /// Whether it covers more than one method or URL.
    pub(super) fn several(&self) -> bool {
        self.several
    }

    /// What was asked for: `POST` and the URL with a count in front, or `5 requests to 2 servers` and nothing.
    pub(super) fn request(&self) -> (String, Option<&str>) {
        if !self.several {
            return (self.first.called_method().to_owned(), Some(&self.url));
        }
        let requests = counted(self.count, "request", "requests");
        let to = match self.hosts.as_slice() {
            [host] => host.clone(),
            hosts => counted(hosts.len(), "server", "servers"),
        };
        (format!("{requests} to {to}"), None)
    }

    /// `#1`, when what follows is not true of all.
    fn mark(&self) -> String {
        format!("#{}: ", self.first.number)
    }

    /// Nothing when all have the same, else the number of the finding it is taken from.
    fn mark_if(&self, differs: bool) -> String {
        if self.several && differs { self.mark() } else { String::new() }
    }

    /// The rule in the judged engine's words.
    pub(super) fn rule(&self) -> Option<String> {
        let rule = words::rule(&self.first)?;
        Some(format!("{}{rule}", self.mark_if(self.differ.rule)))
    }

    /// What would fail next, a sentence each.
    pub(super) fn also(&self) -> Vec<String> {
        let mark = self.mark_if(self.differ.also);
        let text = |also: &AlsoView| if also.text.is_empty() { also.rule.clone() } else { also.text.clone() };
        self.first.also.iter().map(|also| format!("{mark}{}", text(also))).collect()
    }

    /// What stands before a layer of server software: nothing when all have it.
    pub(super) fn mark_of_stack(&self) -> String {
        self.mark_if(self.differ.stack)
    }

    /// A line of the first finding: as it stands when all have the same, else with its number.
    pub(super) fn line(&self, line: &Line) -> String {
        let at = self.first.lines.iter().position(|own| own == line);
        let differs = at.is_none_or(|at| self.differ.lines.get(at).is_none_or(|differs| *differs));
        format!("{}{}", self.mark_if(differs), line.text)
    }

    /// One sentence: what happened.
    pub(super) fn headline(&self) -> String {
        if self.methods.len() < 2 {
            return self.first.headline.clone();
        }
        self.for_all(&self.first.headline, &self.first.headline_roles)
    }

    /// The cause's text. One group has one cause and one certainty; places and values are the first's.
    pub(super) fn cause(&self) -> Option<String> {
        let first = self.first.cause.as_ref()?;
        let mark = self.mark_if(self.differ.cause);
        if mark.is_empty() || self.differ.brief || first.brief.is_empty() {
            return Some(format!("{mark}{}", first.text));
        }
        Some(format!("{}; the others likewise", first.text))
    }

    /// A fix's title, addressed to all: `server of cdn.shop.test: on the answer to GET of each of these URLs add …`.
    pub(super) fn fix(&self, index: usize) -> String {
        let Some(Fix { title, title_roles, .. }) = self.first.fixes.get(index) else { return String::new() };
        let (differs, text_differs) = self.differ.fixes.get(index).copied().unwrap_or_default();
        if !self.several || !differs {
            return title.clone();
        }
        let mut all = self.for_all(title, title_roles);
        if all == *title || text_differs {
            all.push_str("; likewise for the others");
        }
        all
    }

    /// How far the proof reaches, when that of each finding is the same but for its method.
    pub(super) fn proof(&self, index: usize) -> String {
        let Some(fix) = self.first.fixes.get(index) else { return String::new() };
        if !self.several {
            return proof(fix);
        }
        if self.differ.proofs.get(index).is_some_and(|differs| *differs) {
            return format!("{}{}", self.mark(), proof(fix));
        }
        if fix.proof.is_empty() { proof(fix) } else { self.for_all(&fix.proof, &fix.proof_roles) }
    }

    /// A sentence of the first finding as it is said of all: other words stand where it names its own request.
    fn for_all(&self, text: &str, roles: &[(usize, usize, Role)]) -> String {
        let (mut all, mut at) = (String::new(), 0);
        for (from, to, role) in roles {
            let Some(many) = self.many(*role) else { continue };
            all.push_str(text.get(at..*from).unwrap_or_default());
            all.push_str(&many);
            at = *to;
        }
        all.push_str(text.get(at..).unwrap_or_default());
        all
    }

    /// What stands for all in the place of one; None where all have the same.
    fn many(&self, role: Role) -> Option<String> {
        let (count, hosts) = (self.count as u64, self.hosts.len());
        let servers = || match hosts {
            2 => "both servers".to_owned(),
            n => format!("these {} servers", words::number(n as u64)),
        };
        match role {
            Role::Server => (hosts > 1).then(servers),
            Role::OfServer => (hosts > 1).then(|| format!("of {}", servers())),
            Role::Target => (self.paths > 1).then(|| "of each of these URLs".to_owned()),
            Role::Method => (self.methods.len() > 1).then(|| self.methods.join(" and ")),
            Role::Request => (self.methods.len() > 1).then(|| "these requests".to_owned()),
            Role::One(many) => {
                let mut words = many.splitn(2, "{}");
                let first = words.next().unwrap_or_default();
                let rest = words.next().map(|rest| format!("{}{rest}", words::number(count)));
                Some(format!("{first}{}", rest.unwrap_or_default()))
            }
            Role::Host | Role::Path => None,
        }
    }

    /// The script position they all were called from; None when they were called from several.
    pub(super) fn called_by(&self) -> Option<&CalledBy> {
        self.first.called_by.as_ref().filter(|_| !self.several || !self.differ.called_by)
    }

    /// A request that works: the first that any of them knows, unless it was said before.
    pub(super) fn works(&self) -> Option<&Works> {
        self.works.as_ref()
    }
}

/// Whether two proofs say the same but for the names of their requests.
fn proofs_alike(one: &Fix, other: &Fix) -> bool {
    fn unnamed(fix: &Fix) -> Vec<&str> {
        let starts = std::iter::once(0).chain(fix.proof_roles.iter().map(|(_, to, _)| *to));
        let ends = fix.proof_roles.iter().map(|(from, ..)| *from).chain([fix.proof.len()]);
        starts.zip(ends).map(|(start, end)| fix.proof.get(start..end).unwrap_or_default()).collect()
    }
    if one.proof.is_empty() || other.proof.is_empty() {
        proof(one) == proof(other)
    } else {
        unnamed(one) == unnamed(other)
    }
}

/// How far a fix is proven, in words even where the finding brings none.
fn proof(fix: &Fix) -> String {
    match (&fix.proof, fix.proven.as_slice(), &fix.why_not_proven) {
        (proof, _, _) if !proof.is_empty() => proof.clone(),
        (_, [], Some(why)) => format!("none: {why}"),
        (_, [], None) => String::new(),
        (_, proven, _) => format!("judged again with this change, it passes: {}", proven.join(" and ")),
    }
}

/// What a row is about: method, URL, numbers, places and times of its findings.
pub(super) struct RowWords {
    /// `POST https://…`; the query is left out where it differs.
    pub(super) method: String,
    /// The URL.
    pub(super) url: String,
    /// `#4 #5 #6`.
    pub(super) numbers: String,
    /// `entries 9 13 15`; empty when unknown.
    pub(super) places: String,
    /// `02:47:43.677 to 02:47:44.153 UTC`; empty when unknown.
    pub(super) times: String,
}

/// Numbers and places named of one row.
const NAMED: usize = 5;

impl RowWords {
    /// The words for one row.
    pub(super) fn of(findings: &dyn Findings, row: &Row, inputs: &[Input]) -> Option<Self> {
        let all = || row.all.iter().filter_map(|&index| Some((index, findings.facts().get(index)?)));
        let first = findings.finding(row.first())?;
        let mut numbers: Vec<String> = all().take(NAMED).map(|(_, facts)| format!("#{}", facts.number)).collect();
        if row.count() > NAMED {
            numbers.push(format!("and {} more", words::number((row.count() - NAMED) as u64)));
        }
        let places: Vec<Place> = all().filter_map(|(_, facts)| facts.place).collect();
        let started = |index| {
            let finding = if index == row.first() { Cow::Borrowed(&*first) } else { findings.finding(index)? };
            finding.started.clone()
        };
        let known = || all().filter(|(_, facts)| facts.started != u64::MAX);
        let from = known().min_by_key(|(_, facts)| facts.started).and_then(|(index, _)| started(index));
        let to = known().max_by_key(|(_, facts)| facts.started).and_then(|(index, _)| started(index));
        let times = match (&from, &to) {
            (Some(from), Some(to)) if from != to => format!("{} to {} UTC", words::clock(from), words::clock(to)),
            (Some(at), _) => format!("{} UTC", words::clock(at)),
            _ => String::new(),
        };
        Some(Self {
            method: first.called_method().to_owned(),
            url: url(&first, findings, &row.all),
            numbers: numbers.join(" "),
            places: words::places(&places, NAMED, inputs),
            times,
        })
    }

    /// `#4 #5 #6, entries 9 13 15, 02:47:43.677 to 02:47:44.153 UTC`.
    pub(super) fn details(&self) -> String {
        let parts = [&self.numbers, &self.places, &self.times];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The URL that these findings called, the first of which is given; without its query where that differs.
fn url<'a>(first: &Finding, findings: &dyn Findings, all: impl IntoIterator<Item = &'a usize>) -> String {
    let mut keys = all.into_iter().filter_map(|&index| findings.facts().get(index)).map(|facts| facts.url);
    let own = keys.next();
    if keys.all(|key| Some(key) == own) {
        first.called_url().to_owned()
    } else {
        format!("{}?…", first.called_url().split(['?', '#']).next().unwrap_or_default())
    }
}

/// Path of the called URL, without its query.
pub(super) fn path(finding: &Finding) -> &str {
    split_url(finding.called_url()).1.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
