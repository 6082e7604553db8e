//! What must be equal for two findings to have one answer: everything but the names of their requests.
//!
//! Owns the comparison. Which findings are compared is `order`'s and the formats' business.

use super::view::{Finding, split_url};

/// The words of an answer without the names of its request.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Answer<'a> {
    label: &'a str,
    title: &'a str,
    headline: String,
    allowed: Vec<&'a str>,
    fixes: Vec<(String, &'a str)>,
    also: Vec<&'a str>,
    stack: Vec<&'a str>,
    asked: Option<&'a str>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let allowed = finding.lines.iter().filter(|line| line.label == "allowed");
        Self {
            label: finding.label(),
            title: finding.title(),
            headline: unaddressed(&finding.headline, finding),
            allowed: allowed.map(|line| line.text.as_str()).collect(),
            fixes: finding.fixes.iter().map(|fix| (unaddressed(&fix.title, finding), fix.text.as_str())).collect(),
            also: finding.also.iter().map(|also| also.rule.as_str()).collect(),
            stack: finding.stack.iter().map(|stack| stack.id.as_str()).collect(),
            asked: finding.doubt.as_ref().map(|doubt| doubt.ask.as_str()),
        }
    }
}

/// A sentence without the names of this request: one cause on two servers has one fix.
fn unaddressed(sentence: &str, finding: &Finding) -> String {
    let names = finding.hops().flat_map(|(method, url)| {
        let (host, path) = split_url(url);
        [host, path.split(['?', '#']).next().unwrap_or_default(), method]
    });
    names.filter(|name| name.len() > 1).fold(sentence.to_owned(), |sentence, name| sentence.replace(name, "…"))
}
