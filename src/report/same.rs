//! The same event seen by two inputs: a customer's HAR and the capture of a load balancer.
//!
//! Owns the link between such findings (`same_as`). They stay separate findings, since each input
//! proves something else.

use super::view::Finding;
use jiff::Timestamp;
use std::collections::HashMap;

/// How far the clocks and vantages of two inputs may be apart.
const WITHIN_NANOSECONDS: i128 = 2_000_000_000;

/// Links per finding. A page that repeats one request many times a second needs no more.
const MAX_LINKS: usize = 16;

/// What must be equal: origin, method, URL, rule.
type Key<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

/// Links findings of different inputs with the same origin, method, URL and rule within 2 s.
pub fn link(findings: &mut [Finding]) {
    let mut alike: HashMap<Key<'_>, Vec<(i128, u32, usize)>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let time = finding.started.as_deref().and_then(|started| started.parse::<Timestamp>().ok());
        let (Some(time), Some(place)) = (time, finding.place()) else { continue };
        let rule = finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref());
        let key = (finding.origin.as_str(), finding.method.as_str(), finding.url.as_str(), rule);
        alike.entry(key).or_default().push((time.as_nanosecond(), place.input, index));
    }
    let mut links: Vec<(usize, usize)> = Vec::new();
    for mut events in alike.into_values() {
        events.sort_unstable();
        for (position, (time, input, index)) in events.iter().enumerate() {
            let near = events.iter().skip(position + 1).take_while(|(later, ..)| later - time <= WITHIN_NANOSECONDS);
            let others = near.take(MAX_LINKS * 4).filter(|(_, other, _)| other != input).take(MAX_LINKS);
            links.extend(others.map(|(.., other)| (*index, *other)));
        }
    }
    // The map's order is none: links are made in the order of the findings.
    links.sort_unstable();
    for (one, other) in links {
        let Ok([first, second]) = findings.get_disjoint_mut([one, other]) else { continue };
        // A link goes both ways or not at all.
        if first.same_as.len() < MAX_LINKS && second.same_as.len() < MAX_LINKS {
            first.same_as.push(second.number);
            second.same_as.push(first.number);
        }
    }
    for finding in findings {
        finding.same_as.sort_unstable();
        finding.same_as.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;
    use crate::report::view::{ActualView, Place};

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
