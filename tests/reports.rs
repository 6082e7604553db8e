//! Every format over hand-built reports, compared with snapshots that were read by eye.

use std::path::Path;
use whycors::report::style::Style;
use whycors::report::view::Report;
use whycors::report::{Options, markdown, text};

const SAMPLES: &[&str] = &[
    "ac-missing-500",
    "ac-redirect-cross",
    "busy-clear",
    "cr-ok",
    "hostile",
    "mx-lna",
    "ng-dup",
    "nothing-to-judge",
    "nw-hang-abort",
    "st-405-bare",
    "two-tabs",
];

fn sample(name: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the sample is checked in"))
        .expect("the sample is a report")
}

fn text(report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    text::write(report, options, &mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[test]
fn text_reports_read_as_their_snapshots() {
    for name in SAMPLES {
        insta::assert_snapshot!(format!("text-{name}"), text(&sample(name), &Options::default()));
    }
}

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    markdown::write(report, &Options::default(), &mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[test]
fn markdown_reports_read_as_their_snapshots() {
    for name in SAMPLES {
        insta::assert_snapshot!(format!("markdown-{name}"), markdown(&sample(name)));
    }
}

#[test]
fn a_wide_terminal_shows_the_deciding_bytes_in_the_list() {
    let options = Options { style: Style { width: 120, ..Style::default() }, ..Options::default() };
    insta::assert_snapshot!(
        "text-busy-clear-120",
        text(&sample("busy-clear"), &options).split("\n\n").take(2).collect::<Vec<_>>().join("\n\n")
    );
}
