//! One answer for several requests: what is true of all of them is said once, the rest of the first only.
//!
//! Owns the words that change when an answer covers more than one URL: heading, headline, lines, cause,
//! fixes, proof. A group of one URL, however often it was called, reads as its first finding.

use super::order::{Group, Row};
use super::view::{AlsoView, CalledBy, Finding, Fix, Input, Line, Place, Works, split_url};
use super::words::{self, counted};
use std::collections::HashSet;

/// The findings of a group, one a row.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    first: &'a Finding,
    rows: Vec<&'a Finding>,
    count: usize,
    several: bool,
    url: String,
    methods: Vec<&'a str>,
    paths: usize,
    hosts: Vec<&'a str>,
    works: Option<&'a Works>,
}

/// Requests that work and were offered for comparison: each is said once.
#[derive(Debug, Default)]
pub(super) struct Compared<'a>(HashSet<(&'a str, &'a str, &'a str)>);

impl<'a> Compared<'a> {
    /// Takes the request that works out of an answer when an earlier one names it.
    pub(super) fn once(&mut self, shared: &mut Shared<'a>) {
        let page = shared.first.origin.as_str();
        shared.works = shared.works.filter(|works| self.0.insert((page, &works.method, &works.url)));
    }
}

impl<'a> Shared<'a> {
    /// What the group's findings have in common; None for a group whose findings are not there.
    pub(super) fn of(findings: &'a [Finding], group: &Group) -> Option<Self> {
        let rows: Vec<&Finding> = group.rows.iter().filter_map(|row| findings.get(row.first())).collect();
        let first = *rows.first()?;
        let distinct = |of: fn(&Finding) -> &str| {
            let mut values: Vec<&str> = rows.iter().map(|finding| of(finding)).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let (methods, hosts, paths) = (distinct(Finding::called_method), distinct(Finding::host), distinct(path).len());
        let several = methods.len() > 1 || hosts.len() > 1 || paths > 1;
        let url = url(findings, group.rows.iter().flat_map(|row| &row.all))?;
        let works = rows.iter().find_map(|finding| finding.works.as_ref());
        Some(Self { first, count: group.count(), several, url, methods, paths, hosts, works, rows })
    }

    /// The finding that stands for the group.
    pub(super) fn first(&self) -> &'a Finding {
        self.first
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
            [host] => (*host).to_owned(),
            hosts => counted(hosts.len(), "server", "servers"),
        };
        (format!("{requests} to {to}"), None)
    }

    /// `#1`, when what follows is not true of all.
    fn mark(&self) -> String {
        format!("#{}: ", self.first.number)
    }

    /// Nothing when all have the same, else the number of the finding it is taken from.
    fn mark_unless<T: PartialEq>(&self, of: impl Fn(&'a Finding) -> T) -> String {
        let first = of(self.first);
        let same = !self.several || self.rows.iter().all(|finding| of(finding) == first);
        if same { String::new() } else { self.mark() }
    }

    /// The rule in the judged engine's words.
    pub(super) fn rule(&self) -> Option<String> {
        let rule = words::rule(self.first)?;
        Some(format!("{}{rule}", self.mark_unless(|finding| &finding.rule)))
    }

    /// What would fail next, a sentence each.
    pub(super) fn also(&self) -> Vec<String> {
        let mark = self.mark_unless(|finding| &finding.also);
        let text = |also: &'a AlsoView| if also.text.is_empty() { &also.rule } else { &also.text };
        self.first.also.iter().map(|also| format!("{mark}{}", text(also))).collect()
    }

    /// What stands before a layer of server software: nothing when all have it.
    pub(super) fn mark_of_stack(&self) -> String {
        self.mark_unless(|finding| finding.stack.iter().map(|layer| &layer.id).collect::<Vec<_>>())
    }

    /// A text of the first finding: as it stands when all have the same, else with its number.
    pub(super) fn text(&self, of: impl Fn(&'a Finding) -> Option<&'a str>) -> Option<String> {
        let text = of(self.first)?;
        let same = !self.several || self.rows.iter().all(|finding| of(finding) == Some(text));
        Some(if same { text.to_owned() } else { format!("{}{text}", self.mark()) })
    }

    /// A line of the first finding, likewise.
    pub(super) fn line(&self, line: &Line) -> String {
        let has = |finding: &Finding| finding.lines.iter().any(|other| other == line);
        let same = !self.several || self.rows.iter().all(|finding| has(finding));
        if same { line.text.clone() } else { format!("{}{}", self.mark(), line.text) }
    }

    /// One sentence: what happened.
    pub(super) fn headline(&self) -> String {
        if self.methods.len() < 2 {
            return self.first.headline.clone();
        }
        self.first.headline.replace(&format!("the {}", self.first.method), "these requests")
    }

    /// The cause's text. One group has one cause and one certainty; places and values are the first's.
    pub(super) fn cause(&self) -> Option<String> {
        let cause = |finding: &'a Finding| finding.cause.as_ref();
        let first = cause(self.first)?;
        let text = self.text(|finding| Some(cause(finding)?.text.as_str()))?;
        let alike = self.rows.iter().all(|finding| cause(finding).is_some_and(|other| other.brief == first.brief));
        if text == first.text || !alike || first.brief.is_empty() {
            return Some(text);
        }
        Some(format!("{}; the others likewise", first.text))
    }

    /// A fix's title, addressed to all: `server of cdn.shop.test: on the answer to GET of each of these URLs add …`.
    pub(super) fn fix(&self, index: usize) -> String {
        let fix = |finding: &'a Finding| finding.fixes.get(index).map(|fix| (fix.title.as_str(), fix.text.as_str()));
        let Some((title, text)) = fix(self.first) else { return String::new() };
        if !self.several || self.rows.iter().all(|finding| fix(finding) == Some((title, text))) {
            return title.to_owned();
        }
        let mut all = title.to_owned();
        if self.hosts.len() > 1 {
            let servers = match self.hosts.len() {
                2 => "both servers".to_owned(),
                n => format!("these {} servers", words::number(n as u64)),
            };
            all = replace_word(&all, &format!("server of {}", self.first.host()), &servers);
            all = replace_word(&all, &format!("of {}", self.first.host()), &format!("of {servers}"));
        }
        if self.paths > 1 {
            for method in ["OPTIONS", self.first.called_method()] {
                let one = format!("{method} {}", path(self.first));
                all = replace_word(&all, &one, &format!("{method} of each of these URLs"));
            }
        }
        if self.methods.len() > 1 {
            let one = format!("answer to {}", self.first.called_method());
            all = replace_word(&all, &one, &format!("answer to {}", self.methods.join(" and ")));
        }
        let same_text = self.rows.iter().all(|finding| fix(finding).is_some_and(|(_, other)| other == text));
        if all == title || !same_text {
            all.push_str("; likewise for the others");
        }
        all
    }

    /// How far the proof reaches, when that of each finding is the same but for its method.
    pub(super) fn proof(&self, index: usize) -> String {
        let of = |finding: &Finding| finding.fixes.get(index).map(proof);
        let Some(proof) = of(self.first) else { return String::new() };
        if !self.several {
            return proof;
        }
        let bare = |finding: &Finding| of(finding).map(|proof| replace_word(&proof, &finding.method, "…"));
        let first = bare(self.first);
        if self.rows.iter().any(|finding| bare(finding) != first) {
            return format!("{}{proof}", self.mark());
        }
        let count = words::number(self.count as u64);
        let method = &self.first.method;
        [
            ("the preflight passes".to_owned(), format!("the {count} preflights pass")),
            ("the response passes".to_owned(), format!("the {count} responses pass")),
            (
                format!("the {method} was never sent: its answer needs"),
                format!("the {count} requests were never sent: their answers need"),
            ),
            (
                format!("the {method} was never sent: its answer probably has"),
                format!("the {count} requests were never sent: their answers probably have"),
            ),
            (
                format!("the {method} is not in the file: its answer needs"),
                format!("the {count} requests are not in the file: their answers need"),
            ),
            (
                format!("the answer to {method} is in the file and passes"),
                format!("the {count} answers are in the file and pass"),
            ),
            (format!("the {method} was never sent"), format!("the {count} requests were never sent")),
            (format!("the {method} is not in the file"), format!("the {count} requests are not in the file")),
        ]
        .into_iter()
        .fold(proof, |proof, (one, all)| proof.replace(&one, &all))
    }

    /// The script position they all were called from; None when they were called from several.
    pub(super) fn called_by(&self) -> Option<&'a CalledBy> {
        let by = self.first.called_by.as_ref();
        by.filter(|_| !self.several || self.rows.iter().all(|finding| finding.called_by.as_ref() == by))
    }

    /// A request that works: the first that any of them knows, unless it was said before.
    pub(super) fn works(&self) -> Option<&'a Works> {
        self.works
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
    pub(super) fn of(findings: &[Finding], row: &Row, inputs: &[Input]) -> Option<Self> {
        let all: Vec<&Finding> = row.all.iter().filter_map(|&index| findings.get(index)).collect();
        let first = *all.first()?;
        let mut numbers: Vec<String> = all.iter().take(NAMED).map(|finding| format!("#{}", finding.number)).collect();
        if all.len() > NAMED {
            numbers.push(format!("and {} more", words::number((all.len() - NAMED) as u64)));
        }
        let places: Vec<Place> = all.iter().filter_map(|finding| finding.place()).collect();
        let times = all.iter().filter_map(|finding| finding.started.as_deref());
        let times = match (times.clone().min(), times.max()) {
            (Some(from), Some(to)) if from != to => format!("{} to {} UTC", words::clock(from), words::clock(to)),
            (Some(at), _) => format!("{} UTC", words::clock(at)),
            _ => String::new(),
        };
        Some(Self {
            method: first.called_method().to_owned(),
            url: url(findings, &row.all)?,
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

/// The URL that these findings called; without its query where that differs.
fn url<'a>(findings: &[Finding], all: impl IntoIterator<Item = &'a usize>) -> Option<String> {
    let mut urls = all.into_iter().filter_map(|&index| findings.get(index)).map(Finding::called_url);
    let first = urls.next()?;
    Some(if urls.all(|url| url == first) {
        first.to_owned()
    } else {
        format!("{}?…", first.split(['?', '#']).next().unwrap_or(first))
    })
}

/// Path of the called URL, without its query.
pub(super) fn path(finding: &Finding) -> &str {
    split_url(finding.called_url()).1.split(['?', '#']).next().unwrap_or_default()
}

/// Replaces `from` where it stands as a word of its own.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    if from.is_empty() {
        return text.to_owned();
    }
    let inside = |c: char| c.is_alphanumeric() || "/-_%?".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        out.push_str(before);
        out.push_str(if before.ends_with(inside) || after.starts_with(inside) { from } else { to });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::order::groups;
    use crate::report::view::{Cause, Fix};

    fn finding(number: u32, method: &str, url: &str) -> Finding {
        let path = split_url(url).1;
        let title = format!("server of {}: on the answer to {method} {path} add this line", split_url(url).0);
        Finding {
            number,
            method: method.to_owned(),
            url: url.to_owned(),
            headline: format!("The browser never sent the {method}."),
            cause: Some(Cause {
                id: "x".into(),
                text: format!("entry {number}"),
                brief: "y".into(),
                ..Cause::default()
            }),
            fixes: vec![Fix { title, ..Fix::default() }],
            lines: vec![Line { label: "asked".into(), text: method.to_owned() }],
            ..Finding::default()
        }
    }

    fn shared(findings: &[Finding]) -> Shared<'_> {
        let groups = groups(findings);
        assert_eq!(groups.len(), 1);
        Shared::of(findings, &groups[0]).expect("the group's findings are there")
    }

    #[test]
    fn one_url_called_often_reads_as_its_first_finding() {
        let findings = [1, 2].map(|number| finding(number, "POST", "https://api.example/a"));
        let shared = shared(&findings);
        assert_eq!(shared.request(), ("POST".to_owned(), Some("https://api.example/a")));
        assert_eq!(shared.fix(0), findings[0].fixes[0].title);
        assert_eq!(shared.cause().as_deref(), Some("entry 1"));
    }

    #[test]
    fn several_urls_are_counted_and_none_stands_for_all() {
        let findings = [finding(1, "GET", "https://cdn.example/a"), finding(2, "GET", "https://cdn.example/b")];
        let shared = shared(&findings);
        assert_eq!(shared.request(), ("2 requests to cdn.example".to_owned(), None));
        assert_eq!(shared.fix(0), "server of cdn.example: on the answer to GET of each of these URLs add this line");
        assert_eq!(shared.cause().as_deref(), Some("entry 1; the others likewise"));
        assert_eq!(shared.line(&findings[0].lines[0]), "GET");
    }

    #[test]
    fn several_servers_share_an_answer_that_differs_in_names_only() {
        let findings = [finding(1, "POST", "https://a.example/a"), finding(2, "PUT", "https://b.example/a")];
        let shared = shared(&findings);
        assert_eq!(shared.request(), ("2 requests to 2 servers".to_owned(), None));
        assert_eq!(shared.fix(0), "both servers: on the answer to POST and PUT /a add this line");
        assert_eq!(shared.headline(), "The browser never sent these requests.");
        assert_eq!(shared.line(&findings[0].lines[0]), "#1: POST");
    }

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(replace_word("GET /a and GET /ab", "GET /a", "x"), "x and GET /ab");
        assert_eq!(replace_word("a", "", "x"), "a");
    }
}
