//! Fixes: what each says for answers that differ in a small thing.

use crate::cause_samples;
use crate::exchanges;

use cause_samples::{API, PAGE, after_preflight, alone, blocked, options};
use exchanges::{Recorded, wire};
use whycors::diagnosis::{Diagnosis, ServerFacts, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

fn diagnosed(exchanges: Vec<Exchange>) -> Diagnosis {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged = judge(pairer.settled().remove(0), None);
    let mut facts = ServerFacts::new(16);
    facts.observe(&judged);
    diagnose(&judged, &facts)
}

const OTHER: &str = "https://other.test";

/// An nginx answer to OPTIONS with these Allow-Origin lines.
fn origins<'a>(lines: &'a [&'a str]) -> impl FnOnce(Recorded) -> Recorded + 'a {
    |answer| {
        let answer = answer.header("server", "nginx/1.22.1").header("access-control-allow-headers", "content-type");
        lines.iter().fold(answer, |answer, line| answer.header("access-control-allow-origin", line))
    }
}

#[test]
fn of_two_lines_one_stays_and_it_must_be_the_pages() {
    for lines in [[PAGE, PAGE], [PAGE, OTHER], [OTHER, OTHER], ["*", PAGE]] {
        let found = diagnosed(blocked("POST", "content-type", origins(&lines)));
        let fix = &found.fixes[0];
        assert_eq!(fix.stack, "nginx");
        assert!(
            fix.proof.bare().contains(&format!("when the line that stays is Access-Control-Allow-Origin: {PAGE};"))
        );
        let verify = found.verify.unwrap();
        assert!(verify.expect.bare().starts_with(&format!("one line, Access-Control-Allow-Origin: {PAGE};")));
        // Either of two right lines may stay; otherwise a line of nginx's own follows the site that asks.
        assert_eq!(fix.text == "proxy_hide_header Access-Control-Allow-Origin;", lines == [PAGE, PAGE], "{}", fix.text);
        assert_eq!(
            fix.text.contains("add_header Access-Control-Allow-Origin $cors_origin always;"),
            lines != [PAGE; 2]
        );
        assert_eq!(fix.text.matches(OTHER).count(), usize::from(lines.contains(&OTHER)), "{}", fix.text);
    }
}

#[test]
fn one_line_that_lists_the_page_twice_is_changed_and_not_only_hidden() {
    let twice = format!("{PAGE}, {PAGE}");
    let found = diagnosed(blocked("POST", "content-type", origins(&[&twice])));
    assert!(found.fixes[0].text.contains("add_header Access-Control-Allow-Origin"), "{}", found.fixes[0].text);
}

#[test]
fn packets_without_the_request_expect_two_lines_on_its_answer_as_well() {
    let preflight = origins(&[PAGE, PAGE])(options(204)).build();
    let found = diagnosed(vec![preflight]);
    let proof = found.fixes[0].proof.bare();
    assert!(proof.contains("is not in the file: its answer probably has two lines as well"), "{proof}");
}

#[test]
fn an_error_page_of_nginx_itself_has_two_remedies_and_another_error_one() {
    let failed = |status| {
        let exchanges = after_preflight(|answer| answer.status(status).header("server", "nginx/1.22.1"));
        let found = diagnosed(exchanges);
        let fix = found.fixes.into_iter().find(|fix| fix.stack == "nginx").unwrap();
        (fix.title, fix.text.to_string())
    };
    let line = format!("add_header Access-Control-Allow-Origin {PAGE} always;");
    for status in [413, 414, 502, 503, 504] {
        let (title, text) = failed(status);
        let title = title.bare();
        assert!(title.starts_with(&format!("nginx answers {status} by itself: ")), "{title}");
        assert_eq!(
            text,
            format!(
                "# where nginx adds the header\n{line}\n# where the application does\nerror_page {status} @cors_{status};\n\
                 location @cors_{status} {{\n    {line}\n    return {status};\n}}"
            )
        );
    }
    for status in [400, 404, 500] {
        assert_eq!(failed(status).1, line, "{status}");
    }
}

#[test]
fn a_line_that_is_not_there_is_added_and_not_replaced() {
    for (server, words, text) in [
        ("nginx/1.22.1", "nginx: add in the location of /v1/orders", "add_header "),
        ("Apache/2.4.62", "Apache: add in the <Location> of /v1/orders", "Header onsuccess unset "),
    ] {
        let get = wire(0).actual("GET", API, PAGE, &[]).at(100).took(9).status(200).header("server", server);
        let fix = &diagnosed(alone(get)).fixes[0];
        assert_eq!(fix.title.bare(), words);
        assert!(fix.text.starts_with(text), "{}", fix.text);
    }
}

#[test]
fn allow_credentials_that_comes_twice_is_sent_once_and_not_changed() {
    let answer = |times: usize| {
        move |answer: Recorded| {
            let answer = answer.header("access-control-allow-headers", "content-type");
            let answer = answer.header("access-control-allow-origin", PAGE);
            (0..times).fold(answer, |answer, _| answer.header("access-control-allow-credentials", "true"))
        }
    };
    let titles: Vec<String> = diagnosed(blocked("POST", "content-type", answer(2)))
        .fixes
        .into_iter()
        .map(|fix| fix.title.bare().to_owned())
        .collect();
    let words = "server of api.shop.test: on the answer to OPTIONS /v1/orders send Access-Control-Allow-Credentials once, \
                 from one layer";
    assert!(titles.iter().any(|title| title == words), "{titles:?}");
}

#[test]
fn a_default_port_is_removed_and_no_site_is_added() {
    let written = format!("{PAGE}:443");
    let found = diagnosed(blocked("POST", "content-type", |answer| {
        answer.allow(&written).header("access-control-allow-headers", "content-type")
    }));
    let title = found.fixes[0].title.bare();
    assert!(title.starts_with("server of api.shop.test: remove :443 from the origin it allows; "), "{title}");
    assert_eq!(found.fixes[0].text.lines().next(), Some("Access-Control-Allow-Origin: https://app.shop.test"));
}

#[test]
fn a_cached_preflight_gets_every_line_it_lacks_and_cloudflares_words() {
    let cached = |sign: &str| {
        let get = options(200).header(sign, "HIT").header("age", "77").build();
        diagnosed(vec![get]).fixes
    };
    for (sign, words) in
        [("cf-cache-status", "Cloudflare, which looks at"), ("x-cache", "cache: pass OPTIONS /v1/orders on")]
    {
        let fixes = cached(sign);
        assert_eq!(
            fixes[0].text.as_str(),
            format!("Access-Control-Allow-Origin: {PAGE}\nAccess-Control-Allow-Headers: content-type"),
        );
        assert!(fixes[1].title.bare().starts_with(words), "{}", fixes[1].title.bare());
        for fix in &fixes[..2] {
            assert!(fix.proof.bare().contains("These lines together would pass here; "), "{}", fix.proof.bare());
        }
    }
}

#[test]
fn a_cached_answer_for_another_site_lacks_the_origin_alone() {
    let answer = after_preflight(|answer| answer.status(200).allow(OTHER).header("x-cache", "HIT"));
    let fixes = diagnosed(answer).fixes;
    assert!(fixes[0].text.is_empty());
    assert!(fixes[0].proof.bare().ends_with("An exact Allow-Origin would pass here; the next site would fail"));
}
