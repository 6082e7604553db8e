//! Equal requests that a server answered differently.

#![allow(clippy::unwrap_used, reason = "a test file")]

use crate::exchanges;

use exchanges::{Recorded, wire};
use whycors::diagnosis::{Certainty, Diagnosis, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

const PAGE: &str = "https://app.example";
const API: &str = "https://api.example/v1/orders";

/// What is said of the pairs that failed.
fn failing(exchanges: Vec<Exchange>) -> Vec<Diagnosis> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged: Vec<_> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
    let mut facts = ServerFacts::new(16);
    for judged in &judged {
        facts.observe(judged);
    }
    judged.iter().filter(|judged| judged.verdict != Verdict::Pass).map(|judged| diagnose(judged, &facts)).collect()
}

fn preflight(index: u32, url: &str) -> Recorded {
    wire(index).preflight("PUT", url, PAGE, "").tls().at(i64::from(index) * 3_000).took(5)
}

fn refused(index: u32, url: &str) -> Exchange {
    preflight(index, url).status(404).build()
}

fn accepted(index: u32, url: &str) -> Vec<Exchange> {
    let actual = wire(index + 1).actual("PUT", url, PAGE, &[]).tls().at(i64::from(index) * 3_000 + 6).took(5);
    vec![preflight(index, url).status(204).allow("*").methods("PUT").build(), actual.status(200).allow("*").build()]
}

#[test]
fn equal_preflights_with_contradicting_answers_are_said_to_be_that() {
    let mut capture = vec![refused(0, API), refused(4, API)];
    capture.extend(accepted(2, API));
    capture.extend(accepted(6, API));
    let said = failing(capture);
    assert_eq!(said.len(), 2);
    for diagnosis in said {
        let headline = diagnosis.headline.bare();
        assert_eq!(
            headline,
            "2 of 4 equal preflights failed and the others passed (404 and 204; the first that failed frame 1, the first \
             that passed frame 3): two servers behind one name seem to differ, or one changed meanwhile."
        );
        assert_eq!(diagnosis.certainty, Certainty::Likely);
    }
}

#[test]
fn answers_that_agree_or_belong_to_another_url_contradict_nothing() {
    let said = failing([vec![refused(0, API), refused(4, API)], accepted(2, "https://api.example/v2")].concat());
    assert_eq!(said.len(), 2);
    for diagnosis in said {
        assert!(!diagnosis.headline.bare().contains("equal preflights"), "{}", diagnosis.headline.bare());
        assert_eq!(diagnosis.certainty, Certainty::Certain);
    }
}

#[test]
fn answers_with_and_without_the_header_differ_where_their_status_is_the_same() {
    let get = |index: u32, status| {
        wire(index).actual("GET", API, PAGE, &[]).tls().at(i64::from(index) * 100).took(5).status(status)
    };
    let said = failing(vec![get(0, 200).build(), get(1, 200).allow("*").build(), get(2, 200).allow("*").build()]);
    assert!(said[0].headline.bare().starts_with("1 of 3 answers to equal requests failed"), "{said:?}");
    // An error page without the header is told as one.
    let said = failing(vec![get(0, 500).build(), get(1, 200).allow("*").build()]);
    assert!(!said[0].headline.bare().contains("equal requests"), "{said:?}");
}
