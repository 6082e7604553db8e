//! What a list says of one finding: a line of it, short enough to be held where the finding is not.
//!
//! Owns what stands in the line. Its layout is the list's.

use super::view::{Certainty, Finding, Verdict};
use super::{sanitize, words};

/// A finding in a list, made harmless.
#[derive(Debug, Clone)]
pub struct ListLine {
    pub(super) verdict: Verdict,
    pub(super) number: u32,
    /// Method, title, address and brief; harmless text has no line ends.
    text: Box<str>,
}

impl ListLine {
    /// The line of a finding.
    pub fn of(finding: &Finding) -> Self {
        let address = format!("{}{}", finding.host(), finding.path());
        let brief = finding.cause.as_ref().map_or_else(String::new, |cause| match cause.certainty {
            Certainty::Unknown => cause.brief.clone(),
            sure if cause.brief.is_empty() => words::certainty(sure).to_owned(),
            sure => format!("{}: {}", words::certainty(sure), cause.brief),
        });
        let text = [finding.called_method(), finding.title(), &address, &brief].map(sanitize::line).join("\n");
        Self { verdict: finding.verdict, number: finding.number, text: text.into() }
    }

    /// Method, title, address and brief.
    pub(super) fn parts(&self) -> [&str; 4] {
        let mut parts = self.text.split('\n');
        std::array::from_fn(|_| parts.next().unwrap_or_default())
    }
}
