//! Causes: every id and every kind has a sample that gets the label and a decoy that must not.

use crate::cause_samples;
use crate::exchanges;

use cause_samples::{API, BROWSER_COPY, PAGE, blocked, options, samples};
use exchanges::{BROWSER, wire};
use std::collections::BTreeSet;
use whycors::diagnosis::causes::CAUSES;
use whycors::diagnosis::{Cause, Diagnosis, Judged, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

fn diagnosed(exchanges: Vec<Exchange>) -> Vec<(Judged, Diagnosis)> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged: Vec<Judged> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
    let mut facts = ServerFacts::new(16);
    for judged in &judged {
        facts.observe(judged);
    }
    judged
        .into_iter()
        .map(|judged| {
            let diagnosis = diagnose(&judged, &facts);
            (judged, diagnosis)
        })
        .collect()
}

/// Titles of everything that did not pass.
fn titles(exchanges: Vec<Exchange>) -> Vec<(String, String)> {
    diagnosed(exchanges)
        .into_iter()
        .filter(|(judged, _)| judged.verdict != Verdict::Pass)
        .map(|(_, diagnosis)| {
            diagnosis
                .cause
                .map_or_else(Default::default, |cause| (cause.id().to_owned(), cause.title().bare().to_owned()))
        })
        .collect()
}

#[test]
fn every_sample_gets_its_label_and_no_decoy_does() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let label = (sample.id.to_owned(), sample.title.to_owned());
        let found = titles(sample.shown);
        if !found.contains(&label) {
            wrong.push(format!("sample of {label:?} got {found:?}"));
        }
        let found = titles(sample.decoy);
        if found.contains(&label) {
            wrong.push(format!("decoy of {label:?} got it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_id_of_the_table_has_a_sample() {
    let sampled: BTreeSet<&str> = samples().iter().map(|sample| sample.id).collect();
    assert_eq!(Cause::all_ids().filter(|id| !sampled.contains(id)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_table_holds_the_words_of_every_cause() {
    for sample in samples() {
        for (_, diagnosis) in diagnosed(sample.shown) {
            let Some(cause) = diagnosis.cause else { continue };
            assert!(CAUSES.contains(&cause.doc()), "{} is documented", cause.id());
            assert!(!cause.doc().explanation.is_empty() && !cause.doc().proven_by.is_empty());
            assert!(cause.title().bare().chars().count() <= 32, "{}", cause.title().bare());
        }
    }
}

#[test]
fn every_failing_sample_has_a_proven_fix_or_a_typed_reason() {
    for sample in samples() {
        for (judged, diagnosis) in diagnosed(sample.shown) {
            if !matches!(judged.verdict, Verdict::Fail(_)) {
                continue;
            }
            assert!(!diagnosis.fixes.is_empty(), "{} has no fix", sample.id);
            for fix in &diagnosis.fixes {
                assert!(
                    fix.proven.is_empty() != fix.why_not_proven.is_none(),
                    "{}: {} is proven {:?} and not proven because {:?}",
                    sample.id,
                    fix.title.bare(),
                    fix.proven,
                    fix.why_not_proven
                );
                assert!(!fix.proof.is_empty(), "{}: {}", sample.id, fix.title.bare());
            }
        }
    }
}

#[test]
fn no_fix_allows_every_origin_or_every_header() {
    for sample in samples() {
        for (_, diagnosis) in diagnosed(sample.shown) {
            for change in diagnosis.fixes.iter().flat_map(|fix| &fix.changes) {
                for (name, value) in &change.set {
                    assert!(value != "*", "{}: {name}", sample.id);
                }
            }
        }
    }
}

#[test]
fn evidence_and_headline_are_there_for_every_label() {
    for sample in samples() {
        let found = diagnosed(sample.shown);
        let labelled = found.iter().filter_map(|(_, diagnosis)| diagnosis.cause.as_ref().map(|_| diagnosis));
        for diagnosis in labelled {
            assert!(!diagnosis.evidence.is_empty(), "{} has no evidence", sample.id);
            assert!(diagnosis.headline.bare().ends_with('.'), "{}: {}", sample.id, diagnosis.headline.bare());
            assert!(!diagnosis.text.is_empty() && !diagnosis.brief.is_empty(), "{}", sample.id);
        }
    }
}

#[test]
fn a_bare_403_is_not_explained_in_a_file_without_bodies() {
    let found =
        diagnosed(blocked("POST", "content-type", |r| r.status(403).header("content-type", "application/json")));
    let (_, diagnosis) = found.first().expect("one pair");
    assert_eq!(diagnosis.certainty.id(), "unknown");
    assert_eq!(diagnosis.candidates.len(), 3);
    assert!(diagnosis.lines.iter().any(|line| line.label == "decide"), "{:?}", diagnosis.lines);
}

#[test]
fn nothing_in_an_answer_holds_a_secret() {
    let exchanges = vec![
        options(204).allow(PAGE).build(),
        wire(1)
            .actual("POST", API, PAGE, &["content-type"])
            .header_in("authorization", "Bearer hunter2hunter2")
            .header_in("cookie", "sid=hunter2hunter2")
            .at(120)
            .took(9)
            .status(500)
            .header("set-cookie", "sid=hunter2hunter2")
            .build(),
    ];
    for (_, diagnosis) in diagnosed(exchanges) {
        let text = format!("{diagnosis:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_recorder_of_the_samples_is_the_browser_of_the_other_tests() {
    assert_eq!(BROWSER, BROWSER_COPY);
}

#[test]
fn the_words_that_a_cause_rests_on_are_quoted_also_where_nothing_else_of_the_body_is() {
    let body = "{\"code\":\"x7q2\",\"fehler\":\"Benutzer jane: unauthenticated, Schluessel q7Zp2Lw9Xk\"}";
    let exchanges = cause_samples::alone(options(403).body(body));
    let (_, diagnosis) = diagnosed(exchanges).pop().unwrap();
    assert!(diagnosis.text.bare().contains("the body says \"unauthenticated\""), "{}", diagnosis.text.bare());
    assert!(diagnosis.evidence.iter().any(|evidence| evidence.what.bare() == "status 403, body: unauthenticated"));
}
