//! Every format over hand-built reports, compared with snapshots that were read by eye.

use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;
use whycors::report::filter::Filter;
use whycors::report::mask::Masker;
use whycors::report::style::Style;
use whycors::report::view::{Finding, Report};
use whycors::report::{Options, html, json, markdown, sanitize, text};

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
    "two-inputs",
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

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    html::write(report, &Options::default(), &mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn json(report: &Report) -> String {
    let mut out = Vec::new();
    json::write(report, &Options::default(), &mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// The page without its style sheet, which is the same in all of them.
fn body(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").expect("a style sheet");
    let (_, tail) = rest.split_once("</style>").expect("its end");
    format!("{head}<style>…</style>{tail}")
}

#[test]
fn html_reports_read_as_their_snapshots() {
    for name in ["st-405-bare", "ng-dup", "two-tabs", "hostile", "cr-ok", "nw-hang-abort"] {
        insta::assert_snapshot!(format!("html-{name}"), body(&html(&sample(name))));
    }
}

/// The first element that is not closed in order, or that this program does not write.
fn unbalanced(page: &str) -> Option<String> {
    const WRITTEN: &[&str] = &[
        "html", "head", "title", "style", "body", "main", "footer", "h1", "h2", "h3", "p", "strong", "span", "ul",
        "ol", "li", "code", "pre", "nav", "table", "thead", "tbody", "tr", "th", "td", "section", "details", "summary",
        "a",
    ];
    let page = body(page);
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        match tag.strip_prefix('/') {
            _ if matches!(name, "!DOCTYPE" | "meta" | "br") => {}
            Some(_) if open.pop() == Some(name) => {}
            None if WRITTEN.contains(&name) => open.push(name),
            _ => return Some(tag.to_owned()),
        }
    }
    open.pop().map(ToOwned::to_owned)
}

#[test]
fn html_elements_are_closed_in_the_order_in_which_they_were_opened() {
    for name in SAMPLES {
        assert_eq!(unbalanced(&html(&sample(name))), None, "{name}");
    }
}

#[test]
fn a_page_holds_no_script_and_fetches_nothing() {
    for name in SAMPLES {
        let page = html(&sample(name)).to_lowercase();
        for forbidden in ["<script", "<img", "<link", "<iframe", "src=\"", "href=\"http", "url(", "@import", "<form"] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
        // Nothing of a capture stands in an attribute: ids and classes are this program's own.
        assert!(!page.contains("onerror=alert(1)>\""), "{name}");
    }
}

#[test]
fn nothing_hidden_of_a_hostile_capture_reaches_any_format() {
    let report = sample("hostile");
    for (format, output) in [
        ("text", text(&report, &Options::default())),
        ("markdown", markdown(&report)),
        ("html", html(&report)),
        ("json", json(&report)),
    ] {
        let hidden: Vec<char> = output.chars().filter(|c| *c != '\n' && sanitize::is_hidden(*c)).collect();
        assert!(hidden.is_empty(), "{format}: {hidden:?}");
    }
}

#[test]
fn colours_are_the_eight_basic_ones_and_only_when_wanted() {
    let report = sample("hostile");
    let plain = text(&report, &Options::default());
    let options = Options { style: Style { color: true, ..Style::default() }, ..Options::default() };
    let coloured = text(&report, &options);
    assert!(!plain.contains('\u{1b}'));
    let stripped = ["1", "31", "32", "33", "36", "0"]
        .iter()
        .fold(coloured, |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
    assert_eq!(stripped, plain);
}

#[test]
fn ascii_reports_use_ascii_symbols() {
    let options = Options { style: Style { ascii: true, ..Style::default() }, ..Options::default() };
    for name in SAMPLES.iter().filter(|name| !matches!(**name, "mx-lna" | "busy-clear")) {
        let output = text(&sample(name), &options);
        assert!(output.is_ascii(), "{name}: {output}");
    }
}

#[test]
fn lines_of_prose_fit_eighty_columns() {
    for name in SAMPLES {
        let output = text(&sample(name), &Options::default());
        for line in output.lines().filter(|line| sanitize::width(line) > 80) {
            // What is to be copied, or one word that is too long by itself.
            let copied = line.starts_with("  console ") || line.starts_with("  verify ") || line.contains("curl ");
            assert!(copied || line.contains("http"), "{name}: {line}");
        }
    }
}

#[test]
fn a_filter_narrows_what_is_shown_and_not_what_is_counted() {
    let options = Options { filter: Filter::parse("cause:acao"), ..Options::default() };
    let output = text(&sample("busy-clear"), &options);
    assert!(output.contains("filter: 4 of 15 findings match"), "{output}");
    assert!(output.contains("12 blocked by CORS, 2 failed for other reasons"), "{output}");
    assert_eq!(output.matches("\n✗ #").count(), 4, "{output}");
}

#[test]
fn passes_are_listed_when_asked_for() {
    let options = Options { all: true, ..Options::default() };
    let output = text(&sample("cr-ok"), &options);
    assert!(output.contains("passed\n  ✓ #1 "), "{output}");
}

#[test]
fn a_wide_terminal_shows_the_deciding_bytes_in_the_list() {
    let options = Options { style: Style { width: 120, ..Style::default() }, ..Options::default() };
    insta::assert_snapshot!(
        "text-busy-clear-120",
        text(&sample("busy-clear"), &options).split("\n\n").take(2).collect::<Vec<_>>().join("\n\n")
    );
}

/// Puts a text in the place of one string field of a report.
fn plant(value: &mut Value, at: &mut usize, text: &str) {
    match value {
        Value::String(field) => {
            if *at == 0 {
                text.clone_into(field);
            }
            *at = at.wrapping_sub(1);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, at, text)),
        Value::Object(fields) => fields.values_mut().for_each(|field| plant(field, at, text)),
        _ => {}
    }
}

fn strings(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(strings).sum(),
        Value::Object(fields) => fields.values().map(strings).sum(),
        _ => 0,
    }
}

/// Places of texts that this program writes, in which nothing of a capture stands: ids, labels, names of rules,
/// and what is pasted, which is made of validated values.
const OWN: &[(&str, &[&str])] = &[
    ("/rule", &["chromium", "firefox", "step"]),
    ("/cause", &["id"]),
    ("/doubt", &["id"]),
    ("/also", &["rule"]),
    ("/evidence", &["side"]),
    ("/stack", &["id", "name"]),
    ("/lines", &["label"]),
    ("/steps", &["on", "step"]),
    ("/fixes", &["stack", "who", "text", "changes", "proven", "why_not_proven"]),
];

/// Takes such texts out of a finding: pointers with what stood there.
fn take_own(finding: &mut Value) -> Vec<(String, Value)> {
    let mut taken = Vec::new();
    for (place, keys) in OWN {
        let objects: Vec<String> = match finding.pointer(place) {
            Some(Value::Array(items)) => (0..items.len()).map(|index| format!("{place}/{index}")).collect(),
            Some(Value::Object(_)) => vec![(*place).to_owned()],
            _ => Vec::new(),
        };
        for object in objects {
            for key in *keys {
                let pointer = format!("{object}/{key}");
                if let Some(value) = finding.pointer_mut(&pointer) {
                    taken.push((pointer, value.take()));
                }
            }
        }
    }
    taken
}

fn give_back(finding: &mut Value, taken: Vec<(String, Value)>) {
    for (pointer, value) in taken {
        *finding.pointer_mut(&pointer).expect("it was there") = value;
    }
}

/// A secret in the forms in which captures hold one.
fn carriers(secret: &str) -> Vec<String> {
    vec![
        format!("https://a.example/cb?token={secret}&x=1"),
        format!("https://a.example/cb?x=1#access_token={secret}"),
        format!("https://a.example/cb?x=1&X-Amz-Signature={secret}"),
        format!("https://{secret}:{secret}@a.example/"),
        format!("https://a.example/cb?next=https%3A%2F%2Fb.example%2F%3Fcode%3D{secret}"),
        format!("https://a.example/x;jsessionid={secret}"),
        format!("Access to fetch at 'https://a.example/?sid={secret}' from origin 'https://b.example'"),
        format!("curl -H 'Authorization: Bearer {secret}' https://a.example/"),
        format!("curl -H \"Cookie: session={secret}; b=c\" https://a.example/"),
        format!("{{\"password\":\"{secret}\"}}"),
        format!("location: /login?ticket={secret}"),
        format!("x-api-key: {secret}"),
        format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{secret}"),
    ]
}

proptest! {
    #[test]
    fn any_text_in_any_field_is_shown_harmlessly_in_every_format(
        field in any::<prop::sample::Index>(),
        sample_index in any::<prop::sample::Index>(),
        width in 0usize..200,
        text_planted in "(?s)(.|\\PC|[<>&\"'`|\\[\\]\n\r\t\u{1b}\u{9b}\u{202e}\u{200b}]){0,60}",
    ) {
        let mut value = serde_json::to_value(sample(SAMPLES[sample_index.index(SAMPLES.len())])).expect("a report is JSON");
        let mut at = field.index(strings(&value));
        plant(&mut value, &mut at, &text_planted);
        // Closed sets refuse a planted text: nothing of a capture gets there.
        let Ok(report) = serde_json::from_value::<Report>(value) else { return Ok(()) };
        let options = Options { all: true, style: Style { width, ..Style::default() }, ..Options::default() };
        let page = html(&report);
        let outputs = [text(&report, &options), markdown(&report), json(&report), page.clone()];
        for output in outputs {
            let hidden = output.chars().find(|c| *c != '\n' && sanitize::is_hidden(*c));
            prop_assert_eq!(hidden, None);
        }
        prop_assert_eq!(unbalanced(&page), None);
    }

    #[test]
    fn a_secret_planted_in_any_field_never_appears(
        field in any::<prop::sample::Index>(),
        carrier in any::<prop::sample::Index>(),
        sample_index in any::<prop::sample::Index>(),
        secret in "[A-Za-z][0-9][A-Za-z0-9]{10,30}",
    ) {
        let report = sample(SAMPLES[sample_index.index(SAMPLES.len())]);
        let Some(finding) = report.findings.first() else { return Ok(()) };
        let mut value = serde_json::to_value(finding).expect("a finding is JSON");
        let own = take_own(&mut value);
        let mut at = field.index(strings(&value));
        let carriers = carriers(&secret);
        let text = &carriers[carrier.index(carriers.len())];
        plant(&mut value, &mut at, text);
        give_back(&mut value, own);
        // Closed sets accept no planted text: nothing of a capture gets there.
        let Ok(mut finding) = serde_json::from_value::<Finding>(value) else { return Ok(()) };
        Masker::new().finding(&mut finding, None);
        let shown = serde_json::to_string(&finding).expect("a finding is JSON");
        prop_assert!(!shown.contains(&secret), "{} in {}", secret, shown);
    }
}
