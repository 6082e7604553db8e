//! What must be equal for two findings to have one answer: everything but the names of their requests.
//!
//! Owns the comparison. Which findings are compared is `order`'s and the formats' business.

use super::view::{Finding, split_url};

/// The words of an answer without the names of its request: what happened, what was allowed, what to change.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Answer<'a> {
    label: &'a str,
    title: &'a str,
    headline: String,
    allowed: Vec<&'a str>,
    fixes: Vec<(String, String)>,
    asked: String,
}

impl<'a> Answer<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let allowed = finding.lines.iter().filter(|line| line.label == "allowed");
        let ask = finding.doubt.as_ref().map_or("", |doubt| &doubt.ask);
        // The command in it is that of one request.
        let asked: Vec<&str> = ask.lines().filter(|line| !line.trim_start().starts_with("curl ")).collect();
        Self {
            label: finding.label(),
            title: finding.title(),
            headline: unaddressed(&finding.headline, finding, true),
            allowed: allowed.map(|line| line.text.as_str()).collect(),
            // A method in a line of configuration is what is to be allowed.
            fixes: finding
                .fixes
                .iter()
                .map(|fix| (unaddressed(&fix.title, finding, true), unaddressed(&fix.text, finding, false)))
                .collect(),
            asked: asked.join("\n"),
        }
    }
}

/// A text without the names of this request: one cause on two servers has one fix.
fn unaddressed(text: &str, finding: &Finding, methods: bool) -> String {
    let names = finding.hops().flat_map(|(method, url)| {
        let (host, path) = split_url(url);
        [host, path.split(['?', '#']).next().unwrap_or_default(), if methods { method } else { "" }]
    });
    names.filter(|name| name.len() > 1).fold(text.to_owned(), |text, name| text.replace(name, "…"))
}
