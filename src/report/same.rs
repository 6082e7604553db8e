//! The same event seen by two inputs: a customer's HAR and the capture of a load balancer.
//!
//! Owns the link between such findings (`same_as`). They stay separate findings, since each input
//! proves something else.

use std::collections::HashMap;

/// How far the clocks and vantages of two inputs may be apart.
const WITHIN_NANOSECONDS: i128 = 2_000_000_000;

/// Links per finding. A page that repeats one request many times a second needs no more.
const MAX_LINKS: usize = 16;

/// What must be equal: origin, method, URL, rule.
type Key<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

/// A finding, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its number.
    pub number: u32,
    /// Index of its input.
    pub input: u32,
    /// When it began.
    pub nanos: i128,
    /// Its origin.
    pub origin: &'a str,
    /// Its method.
    pub method: &'a str,
    /// Its URL.
    pub url: &'a str,
    /// The name of its rule.
    pub rule: Option<&'a str>,
}

/// For each number the numbers of other inputs with the same origin, method, URL and rule within 2 s. The
/// findings come in order of number.
pub fn links<'a>(findings: impl IntoIterator<Item = Seen<'a>>) -> HashMap<u32, Vec<u32>> {
    let mut alike: HashMap<Key<'_>, Vec<(i128, u32, u32)>> = HashMap::new();
    let mut inputs = (u32::MAX, u32::MIN);
    for seen in findings {
        inputs = (inputs.0.min(seen.input), inputs.1.max(seen.input));
        let key = (seen.origin, seen.method, seen.url, seen.rule);
        alike.entry(key).or_default().push((seen.nanos, seen.input, seen.number));
    }
    let mut same: HashMap<u32, Vec<u32>> = HashMap::new();
    if inputs.0 >= inputs.1 {
        return same;
    }
    let mut links: Vec<(u32, u32)> = Vec::new();
    for mut events in alike.into_values() {
        events.sort_unstable();
        for (position, (time, input, number)) in events.iter().enumerate() {
            let near = events.iter().skip(position + 1).take_while(|(later, ..)| later - time <= WITHIN_NANOSECONDS);
            let others = near.take(MAX_LINKS * 4).filter(|(_, other, _)| other != input).take(MAX_LINKS);
            links.extend(others.map(|(.., other)| (*number, *other)));
        }
    }
    // The map's order is none: links are made in the order of the findings.
    links.sort_unstable();
    for (one, other) in links {
        // A link goes both ways or not at all.
        if [one, other].iter().all(|number| same.get(number).is_none_or(|links| links.len() < MAX_LINKS)) {
            same.entry(one).or_default().push(other);
            same.entry(other).or_default().push(one);
        }
    }
    for links in same.values_mut() {
        links.sort_unstable();
        links.dedup();
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;
    use crate::report::view::{ActualView, Finding, Place};
    use jiff::Timestamp;

    /// Links findings as they stand in a report.
    fn link(findings: &mut [Finding]) {
        let seen = findings.iter().filter_map(|finding| {
            Some(Seen {
                number: finding.number,
                input: finding.place()?.input,
                nanos: finding.started.as_deref()?.parse::<Timestamp>().ok()?.as_nanosecond(),
                origin: &finding.origin,
                method: &finding.method,
                url: &finding.url,
                rule: finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref()),
            })
        });
        let same = links(seen);
        for finding in findings {
            finding.same_as = same.get(&finding.number).cloned().unwrap_or_default();
        }
    }

    fn finding(number: u32, input: u32, started: &str) -> Finding {
        Finding {
            number,
            method: "POST".to_owned(),
            url: "https://api.example/a".to_owned(),
            started: Some(format!("2026-11-24T10:00:{started}Z")),
            actual: Some(ActualView { place: Place { input, ..Place::default() }, ..ActualView::default() }),
            ..Finding::default()
        }
    }

    fn linked(mut findings: Vec<Finding>) -> Vec<Vec<u32>> {
        link(&mut findings);
        findings.into_iter().map(|finding| finding.same_as).collect()
    }

    #[test]
    fn a_har_and_a_capture_of_one_event_are_linked_both_ways() {
        let mut report = sample("two-inputs");
        for finding in &mut report.findings {
            finding.same_as.clear();
        }
        link(&mut report.findings);
        assert_eq!(report, sample("two-inputs"));
    }

    #[test]
    fn two_seconds_are_near_and_more_is_not() {
        let none: Vec<u32> = Vec::new();
        assert_eq!(linked(vec![finding(1, 0, "00.0"), finding(2, 1, "02.0")]), [vec![2], vec![1]]);
        assert_eq!(linked(vec![finding(1, 0, "00.0"), finding(2, 1, "02.001")]), [none.clone(), none]);
    }

    #[test]
    fn findings_of_one_input_or_of_another_request_are_not_linked() {
        let none: Vec<u32> = Vec::new();
        assert_eq!(linked(vec![finding(1, 0, "00"), finding(2, 0, "00")]), [none.clone(), none.clone()]);
        let mut other = finding(2, 1, "00");
        other.url.push('b');
        assert_eq!(linked(vec![finding(1, 0, "00"), other]), [none.clone(), none]);
    }

    #[test]
    fn links_are_bounded_whatever_repeats() {
        let findings: Vec<Finding> = (0..400).map(|number| finding(number + 1, number % 2, "00")).collect();
        let links = linked(findings);
        assert!(links.iter().all(|links| links.len() <= MAX_LINKS));
        assert!(links.iter().any(|links| !links.is_empty()));
        for (number, own) in (1u32..).zip(&links) {
            assert!(own.iter().all(|other| links[usize::try_from(*other).unwrap() - 1].contains(&number)));
        }
    }
}
