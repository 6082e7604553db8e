//! What people paste is inert: every row of the stack table against hostile origins, methods, header names, paths and
//! queries.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use crate::exchanges;

use exchanges::{Recorded, wire};
use whycors::diagnosis::{Diagnosis, NotProven, ServerFacts, diagnose, judge};
use whycors::exchange::NoResponse;
use whycors::pairing::{Bounds, Pairer};
use whycors::stacks::{self, Sign, Stack};

const PAGE: &str = "https://app.shop.test";

/// Ends of literals, placeholders, substitutions, comments, formats, new lines.
const ATTACKS: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "\\'",
    "\\\"",
    "$",
    "$(id)",
    "`id`",
    "${IFS}",
    "$http_cookie",
    "#{`id`}",
    "{env.HOME}",
    "{{7*7}}",
    "{",
    "}",
    "%{HTTP:Cookie}e",
    "%[env(HOME)]",
    "<",
    ">",
    "&",
    "]]>",
    "</origin>",
    "*",
    ";id",
    "|id",
    "&&id",
    "#",
    "/*",
    "*/",
    "'+process.exit()+'",
    "',x:1}))//",
    "\");import os;os.system('id')#",
    "');system('id');//",
    "\"]},{\"AllowedOrigins\":[\"*",
    "\" always; add_header Y \"z",
    "\u{e9}",
    "\u{202e}",
    "\u{2028}",
    "(e:'id':)",
    "!!",
    "@/etc/passwd",
    ",https://evil.test",
    " evil",
    "/",
];

/// An answer that shows a sign.
fn showing(to: Recorded, sign: &Sign, body: &mut String) -> Recorded {
    match sign {
        Sign::Has(name) => to.header(name, "x"),
        Sign::Starts(name, part) | Sign::Contains(name, part) | Sign::Is(name, part) => to.header(name, part),
        Sign::Body(part) => {
            body.push_str(part);
            to
        }
        Sign::Cookie(start) => to.header("set-cookie", &format!("{start}=1")),
        Sign::Reason(part) => to.reason(part),
        Sign::All(signs) => signs.iter().fold(to, |to, sign| showing(to, sign, body)),
        Sign::Any(signs) => showing(to, &signs[0], body),
        Sign::Likely(sign) => showing(to, sign, body),
        Sign::Status(status) => to.status(*status),
        Sign::NoReason | Sign::Not(_) => to,
    }
}

/// What is said of a preflight that this product refused, by the first of its signs that is recognised.
fn refused(row: &Stack, method: &str, url: &str, origin: &str, headers: &str) -> Option<Diagnosis> {
    row.signs.iter().find_map(|sign| {
        let mut body = String::new();
        let to = showing(wire(0).preflight(method, url, origin, headers).status(403), sign, &mut body);
        let mut pairer = Pairer::new(Bounds::default());
        pairer.add(to.body(&body).build());
        pairer.finish();
        let pair = pairer.settled().into_iter().next()?;
        let diagnosis = diagnose(&judge(pair, None), &ServerFacts::new(4));
        diagnosis.stack.iter().any(|hit| hit.id == row.id).then_some(diagnosis)
    })
}

fn rows() -> impl Iterator<Item = &'static Stack> {
    stacks::all().filter(|row| !row.title.is_empty())
}

#[test]
fn every_row_prints_its_configuration_for_an_honest_request() {
    let mut printed = 0;
    for row in rows() {
        let found = refused(row, "PUT", "https://api.shop.test/v1/orders", PAGE, "content-type");
        let Some(found) = found else { panic!("{} is not recognised", row.id) };
        printed += usize::from(found.fixes.iter().any(|fix| fix.stack == row.id && !fix.text.is_empty()));
    }
    assert_eq!(printed, rows().count());
}

/// No configuration, no command, no proof, and a sentence that says why.
fn nothing_is_printed(row: &Stack, found: &Diagnosis, what: &str, attack: &str) {
    let said = format!("{}: {attack:?}: {:?}", row.id, found.fixes);
    assert!(found.verify.is_none() && found.ask_command.is_none(), "{said}");
    assert!(found.fixes.iter().all(|fix| fix.text.is_empty() && fix.changes.is_empty()), "{said}");
    let why = found.fixes.iter().filter(|fix| fix.why_not_proven == Some(NotProven::NotPasteable)).collect::<Vec<_>>();
    assert_eq!(why.len(), 1, "{said}");
    assert!(
        why[0].title.bare().contains(what) && why[0].proven.is_empty() && !why[0].title.bare().contains(attack),
        "{said}"
    );
}

#[test]
fn an_origin_that_is_none_gets_no_configuration_and_no_command() {
    let mut tried = 0;
    for row in rows() {
        for attack in ATTACKS.iter().filter(|attack| **attack != "&&id") {
            for origin in [format!("https://a.example{attack}"), format!("https://{attack}a"), format!("x{attack}")] {
                let Some(found) = refused(row, "PUT", "https://api.shop.test/v1/orders", &origin, "x-a") else {
                    continue;
                };
                tried += 1;
                nothing_is_printed(row, &found, "Origin", &origin);
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn what_is_asked_for_instead_of_an_answer_holds_no_command_either() {
    let asked = |origin: &str| {
        let to = wire(0).preflight("PUT", "https://api.shop.test/v1", origin, "x-a").at(100);
        let mut pairer = Pairer::new(Bounds::default());
        pairer.add(to.failed(NoResponse::Cut).build());
        pairer.finish();
        let pair = pairer.settled().into_iter().next().unwrap();
        diagnose(&judge(pair, None), &ServerFacts::new(4))
    };
    let honest = asked(PAGE);
    let line = honest.ask_command.unwrap().line();
    assert!(line.starts_with("curl -m 30 -i -X OPTIONS https://api.shop.test/v1 -H "), "{line}");
    let hostile = asked("https://a.example';id;'");
    assert!(hostile.ask_command.is_none() && hostile.verify.is_none());
    let text = hostile.doubt_text.unwrap();
    let said = text.bare();
    assert!(said.contains("No curl line is printed: the Origin of this request is no serialized origin"), "{said}");
    assert!(!hostile.ask.unwrap().contains("curl"));
}

#[test]
fn a_method_and_a_header_name_with_marks_get_none_either() {
    let mut tried = 0;
    // What HTTP allows in a method or a name besides letters and digits.
    for mark in ["!", "#", "$", "%", "&", "'", "*", "+", ".", "^", "`", "|", "~", "$x", "`id`", "'+id+'"] {
        for row in rows() {
            if let Some(found) = refused(row, &format!("PUT{mark}"), "https://api.shop.test/v1", PAGE, "x-a") {
                tried += 1;
                nothing_is_printed(row, &found, "method", &format!("PUT{mark}"));
            }
            if let Some(found) = refused(row, "PUT", "https://api.shop.test/v1", PAGE, &format!("x-a{mark}")) {
                tried += 1;
                nothing_is_printed(row, &found, "header name", &format!("x-a{mark}"));
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn a_path_with_marks_is_a_word_of_ours_and_a_url_is_one_word() {
    let (mut tried, mut placed) = (0, 0);
    for row in rows() {
        for attack in ATTACKS {
            let url = format!("https://api.shop.test/v1{attack}x?q={attack}");
            let parsed = url::Url::parse(&url).unwrap();
            let Some(found) = refused(row, "PUT", &url, PAGE, "x-a") else { continue };
            tried += 1;
            let plain = parsed.path().chars().all(|c| c.is_ascii_alphanumeric() || "/._~-".contains(c));
            for fix in found.fixes.iter().filter(|fix| !plain && fix.stack == row.id) {
                assert!(!fix.text.contains(parsed.path()), "{}: {}", row.id, fix.text);
                if fix.text.contains("PATH") {
                    placed += 1;
                    assert!(fix.title.bare().contains("PATH stands for /v1"), "{}: {}", row.id, fix.title.bare());
                }
            }
            let line = found.verify.unwrap().curl.line();
            let words = shlex::split(&line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(words.iter().filter(|word| *word == parsed.as_str()).count(), 1, "{line}");
            assert_eq!(words.contains(&"-g".to_owned()), parsed.as_str().contains(['[', ']', '{', '}']), "{line}");
            assert_eq!(words.iter().filter(|word| *word == "-H").count(), 3, "{line}");
        }
    }
    assert!(tried > 1_500 && placed > 200, "{tried} {placed}");
}

#[test]
fn items_of_a_servers_own_lists_that_may_not_be_pasted_are_left_out() {
    let to = wire(0).preflight("DELETE", "https://api.shop.test/v1", PAGE, "x-a").status(204);
    let to = to.header("access-control-allow-origin", PAGE).header("x-powered-by", "Express");
    let to = to.header("access-control-allow-methods", "GET, X'Y, PUT$x, POST");
    let to = to.header("access-control-allow-headers", "accept, x-`id`, x.y, x-b");
    let mut pairer = Pairer::new(Bounds::default());
    pairer.add(to.build());
    pairer.finish();
    let pair = pairer.settled().into_iter().next().unwrap();
    let found = diagnose(&judge(pair, None), &ServerFacts::new(4));
    let lines = found.fixes.iter().find(|fix| fix.text.starts_with("Access-Control-")).unwrap();
    assert_eq!(
        lines.text,
        "Access-Control-Allow-Methods: GET, POST, DELETE\nAccess-Control-Allow-Headers: accept, x-b, x-a"
    );
    // What was judged is what is printed.
    let set: Vec<String> = lines.changes[0].set.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(set, ["GET, POST, DELETE", "accept, x-b, x-a"]);
    assert!(!lines.proven.is_empty());
}
