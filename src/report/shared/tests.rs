//! Many requests in one answer: what is said once, and what each keeps.

use super::*;
use crate::report::Options;
use crate::report::order::groups;
use crate::report::source::HeldFindings;
use crate::report::view::{Cause, Fix, Report};
use crate::secrets::{As, Captured, Masker, prose};

fn finding(number: u32, method: &str, url: &str) -> Finding {
    let (host, path) = split_url(url);
    let named = |text: &str, role| Captured::given(text.to_owned()).of_request(role);
    let server = As(Role::Server, prose!("server of {}", named(host, Role::Host)));
    let title = prose!(
        "{}: on the answer to {} {} add this line",
        server,
        named(method, Role::Method),
        named(path, Role::Target)
    );
    let (title, title_roles) = Masker::new().show_roles(&title);
    let headline =
        prose!("The browser never sent {}.", As(Role::Request, prose!("the {}", named(method, Role::Method))));
    let (headline, headline_roles) = Masker::new().show_roles(&headline);
    Finding {
        number,
        method: method.to_owned(),
        url: url.to_owned(),
        headline,
        headline_roles,
        cause: Some(Cause { id: "x".into(), text: format!("entry {number}"), brief: "y".into(), ..Cause::default() }),
        fixes: vec![Fix { title, title_roles, ..Fix::default() }],
        lines: vec![Line { label: "asked".into(), text: method.to_owned() }],
        ..Finding::default()
    }
}

fn with_shared(findings: &[Finding], check: impl Fn(&Shared<'_>)) {
    let report = Report { findings: findings.to_vec(), ..Report::default() };
    let held = HeldFindings::shown(&report, &Options::default());
    let groups = groups(held.facts());
    assert_eq!(groups.len(), 1);
    check(&Shared::of(&held, &groups[0]).expect("the group's findings are there"));
}

#[test]
fn one_url_called_often_reads_as_its_first_finding() {
    let findings = [1, 2].map(|number| finding(number, "POST", "https://api.example/a"));
    with_shared(&findings, |shared| {
        assert_eq!(shared.request(), ("POST".to_owned(), Some("https://api.example/a")));
        assert_eq!(shared.fix(0), findings[0].fixes[0].title);
        assert_eq!(shared.cause().as_deref(), Some("entry 1"));
    });
}

#[test]
fn several_urls_are_counted_and_none_stands_for_all() {
    let findings = [finding(1, "GET", "https://cdn.example/a"), finding(2, "GET", "https://cdn.example/b")];
    with_shared(&findings, |shared| {
        assert_eq!(shared.request(), ("2 requests to cdn.example".to_owned(), None));
        assert_eq!(shared.fix(0), "server of cdn.example: on the answer to GET of each of these URLs add this line");
        assert_eq!(shared.cause().as_deref(), Some("entry 1; the others likewise"));
        assert_eq!(shared.line(&findings[0].lines[0]), "GET");
    });
}

#[test]
fn several_servers_share_an_answer_that_differs_in_names_only() {
    let findings = [finding(1, "POST", "https://a.example/a"), finding(2, "PUT", "https://b.example/a")];
    with_shared(&findings, |shared| {
        assert_eq!(shared.request(), ("2 requests to 2 servers".to_owned(), None));
        assert_eq!(shared.fix(0), "both servers: on the answer to POST and PUT /a add this line");
        assert_eq!(shared.headline(), "The browser never sent these requests.");
        assert_eq!(shared.line(&findings[0].lines[0]), "#1: POST");
    });
}
