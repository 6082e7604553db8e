//! The words for what passed: between whom, after which preflights, with which answers.
//!
//! Owns the sentences. Whether the absence of failures can be believed is `clean`'s business.

use super::view::{Place, Remark, Report, StatusCount, Summary};
use super::words::{self, counted, number};
use std::fmt::Write as _;

/// ` from https://app.example to https://api.example`, as far as it is known.
pub(super) fn between(summary: &Summary) -> String {
    let Some(passes) = &summary.passes else { return String::new() };
    let named = |names: &[String], many: &str| match names {
        [] => None,
        [one] => Some(one.clone()),
        [one, two] if !passes.more => Some(format!("{one} and {two}")),
        names => Some(format!("{}{} {many}", if passes.more { "at least " } else { "" }, names.len())),
    };
    let from = named(&passes.origins, "pages").map(|from| format!(" from {from}"));
    let to = named(&passes.servers, "servers").map(|to| format!(" to {to}"));
    [from, to].into_iter().flatten().collect()
}

/// `1 preflight, passed (entry 6); kept 600 s and used again by entry 7`.
pub(super) fn preflights(report: &Report) -> String {
    let summary = &report.summary;
    let at = |place: Place| words::place(place, &report.inputs);
    let passes = summary.passes.as_ref();
    let mut text = match (summary.preflights, passes.and_then(|passes| passes.preflight)) {
        (0, _) => why_none(report),
        (n, None) => counted(n, "preflight", "preflights"),
        (1, Some(place)) => format!("1 preflight, passed ({})", at(place)),
        (n, Some(place)) => format!("{} preflights, all passed (the first: {})", number(n), at(place)),
    };
    let Some(reused) = passes.and_then(|passes| passes.reused) else { return text };
    if summary.preflights > 1 {
        let _ = write!(text, "; the result of {}", at(reused.preflight));
    }
    let _ = write!(
        text,
        "{} kept {} s and used again by {}",
        if summary.preflights > 1 { " was" } else { ";" },
        number(reused.seconds),
        at(reused.by)
    );
    match summary.preflights_reused.saturating_sub(1) {
        0 => {}
        n => {
            let _ = write!(text, " and {}", counted(n, "further request", "further requests"));
        }
    }
    text
}

/// That there is no preflight, and why, as far as that is known.
fn why_none(report: &Report) -> String {
    let hidden = report.inputs.iter().find(|input| input.hides.iter().any(|what| what == "preflights"));
    match hidden {
        Some(input) => {
            let recorder = input.recorder.as_deref().unwrap_or("this recorder");
            format!("no preflight in the file: {recorder} leaves them out")
        }
        None if report.remarks.iter().any(|remark| remark.id == "preflight-missing") => {
            "no preflight in the file".to_owned()
        }
        None => "no preflight: none needed".to_owned(),
    }
}

/// `credentials included: a cookie went out on the request (entry 7); the server names …`.
pub(super) fn with_credentials(report: &Report) -> Option<String> {
    const NAMES: &str = "the server names the origin and allows credentials";
    let requests = match report.summary.with_credentials {
        0 => return None,
        1 => String::new(),
        n => format!(" in {} requests", number(n)),
    };
    let first = report.summary.passes.as_ref().and_then(|passes| passes.credentials.as_ref());
    let because = first.map_or_else(String::new, |first| {
        let which = if requests.is_empty() { "" } else { "the first: " };
        format!(": {} ({which}{})", first.because, words::place(first.place, &report.inputs))
    });
    Some(format!("credentials included{requests}{because}; {NAMES}"))
}

/// The answers that passed, HTTP errors by name: the page could read them.
pub(super) fn answers(report: &Report, remark: Option<&Remark>) -> String {
    let errors = report.summary.http_errors_readable;
    let (error, are) = match errors {
        1 => ("this error", "It is not CORS"),
        _ => ("these errors", "They are not CORS"),
    };
    let passes = report.summary.passes.as_ref();
    match (errors, passes.filter(|passes| !passes.errors.is_empty()), remark) {
        (0, ..) => {
            let statuses = passes.map_or_else(String::new, |passes| statuses(&passes.statuses));
            let colon = if statuses.is_empty() { "" } else { ": " };
            format!("{statuses}{colon}no HTTP error among the cross-origin requests")
        }
        (_, Some(passes), _) => {
            let named = passes.errors.iter().map(|error| {
                let place = words::place(error.place, &report.inputs);
                format!("{} on {} {} ({place})", error.status, error.method, error.url)
            });
            let mut named = named.collect::<Vec<_>>().join(", ");
            let more = errors.saturating_sub(passes.errors.len() as u64);
            if more > 0 {
                let _ = write!(named, " and {} more", number(more));
            }
            format!("{named}: the page could read {error}. {are}")
        }
        (_, None, Some(remark)) => remark.text.clone(),
        (n, None, None) => format!("{}: the page could read {error}. {are}", counted(n, "HTTP error", "HTTP errors")),
    }
}

/// `200, 200`, or `200 (12 times), 304`.
fn statuses(statuses: &[StatusCount]) -> String {
    let few = statuses.iter().map(|status| status.count).sum::<u64>() <= 3;
    let mut parts = Vec::new();
    for StatusCount { status, count } in statuses {
        match count {
            1 => parts.push(status.to_string()),
            n if few => parts.extend((0..*n).map(|_| status.to_string())),
            n => parts.push(format!("{status} ({} times)", number(*n))),
        }
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::{Input, Passes, ReadableError, Reused, WithCredentials};

    fn entry(entry: u32) -> Place {
        Place { entry: Some(entry), ..Place::default() }
    }

    fn report(passes: Passes) -> Report {
        let summary = Summary {
            cors_requests: 2,
            passed: 2,
            preflights: 1,
            passes: Some(Box::new(passes)),
            ..Summary::default()
        };
        Report { summary, ..Report::default() }
    }

    #[test]
    fn who_called_whom_is_named_as_long_as_it_is_two() {
        let of = |origins: &[&str], servers: &[&str], more| {
            let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            between(&report(Passes { origins: own(origins), servers: own(servers), more, ..Passes::default() }).summary)
        };
        assert_eq!(of(&["https://a"], &["https://b"], false), " from https://a to https://b");
        assert_eq!(
            of(&["https://a"], &["https://b", "https://c"], false),
            " from https://a to https://b and https://c"
        );
        assert_eq!(of(&["https://a"], &["x", "y", "z"], false), " from https://a to 3 servers");
        assert_eq!(of(&["https://a"], &["x", "y", "z"], true), " from https://a to at least 3 servers");
    }

    #[test]
    fn a_preflight_names_its_place_and_who_used_it_again() {
        let reused = Some(Reused { preflight: entry(6), seconds: 600, by: entry(7) });
        let mut report = report(Passes { preflight: Some(entry(6)), reused, ..Passes::default() });
        report.summary.preflights_reused = 1;
        assert_eq!(preflights(&report), "1 preflight, passed (entry 6); kept 600 s and used again by entry 7");
        (report.summary.preflights, report.summary.preflights_reused) = (3, 4);
        assert_eq!(
            preflights(&report),
            "3 preflights, all passed (the first: entry 6); the result of entry 6 was kept 600 s and used again by entry 7 and 3 further requests"
        );
    }

    #[test]
    fn without_a_preflight_it_is_said_why() {
        let mut report = report(Passes::default());
        report.summary.preflights = 0;
        assert_eq!(preflights(&report), "no preflight: none needed");
        report.remarks.push(Remark { id: "preflight-missing".to_owned(), ..Remark::default() });
        assert_eq!(preflights(&report), "no preflight in the file");
        let hides = vec!["preflights".to_owned()];
        report.inputs.push(Input { recorder: Some("Playwright 1.65".to_owned()), hides, ..Input::default() });
        assert_eq!(preflights(&report), "no preflight in the file: Playwright 1.65 leaves them out");
    }

    #[test]
    fn credentials_and_readable_errors_name_their_places() {
        let because = "a cookie went out on the request".to_owned();
        let error = |status, entry_number| ReadableError {
            status,
            method: "POST".to_owned(),
            url: "https://b/x".to_owned(),
            place: entry(entry_number),
        };
        let mut report = report(Passes {
            credentials: Some(WithCredentials { because, place: entry(7) }),
            errors: vec![error(500, 4)],
            ..Passes::default()
        });
        (report.summary.with_credentials, report.summary.http_errors_readable) = (1, 1);
        assert_eq!(
            with_credentials(&report).as_deref(),
            Some(
                "credentials included: a cookie went out on the request (entry 7); the server names the origin and allows credentials"
            )
        );
        assert_eq!(
            answers(&report, None),
            "500 on POST https://b/x (entry 4): the page could read this error. It is not CORS"
        );
        report.summary.http_errors_readable = 5;
        assert!(answers(&report, None).ends_with(" and 4 more: the page could read these errors. They are not CORS"));
    }

    #[test]
    fn a_few_statuses_are_listed_and_many_are_counted() {
        let of = |pairs: &[(u16, u64)]| {
            statuses(
                &pairs.iter().map(|(status, count)| StatusCount { status: *status, count: *count }).collect::<Vec<_>>(),
            )
        };
        assert_eq!(of(&[(200, 2)]), "200, 200");
        assert_eq!(of(&[(200, 12), (304, 1)]), "200 (12 times), 304");
    }
}
