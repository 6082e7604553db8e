//! Pages on terms of HTTP: a header field, a status.
//!
//! Owns their layout. The words are `diagnosis::explain`'s.

use super::{line, list};
use crate::diagnosis::causes::{CauseInfo, Title, doc};
use crate::diagnosis::explain::{HeaderInfo, Known, StatusInfo};
use crate::diagnosis::rules::RuleInfo;
use crate::report::text::explain::Explanation;
use crate::report::view::Line;

const SEE_ALSO: &str = "whycors explain ID, with an id of the list";

/// The page on a header field.
pub(super) fn header(header: &HeaderInfo, known: &Known) -> Explanation {
    let mut lines = vec![line("sent by", header.sent_by), line("value", header.value)];
    lines.extend(known.value.as_deref().map(|value| line("here", value)));
    let rules = header.rules.iter().filter_map(|id| RuleInfo::of(id)).map(|rule| (rule.id, rule.title));
    lines.extend(list("rules", rules));
    lines.extend(causes("causes", header.causes, true));
    if !header.rules.is_empty() || !header.causes.is_empty() {
        lines.push(line("see also", SEE_ALSO));
    }
    Explanation {
        id: header.name.to_owned(),
        title: header.short.to_owned(),
        paragraphs: vec![header.explanation.to_owned()],
        lines,
    }
}

/// The page on a status.
pub(super) fn status(status: &StatusInfo, known: &Known) -> Explanation {
    let mut lines = vec![line("OPTIONS", status.preflight)];
    lines.extend(causes("likely", status.preflight_causes, true));
    if known.stage.is_none() {
        lines.push(line("request", status.actual));
        lines.extend(causes("likely", status.actual_causes, false));
    }
    lines.push(line("see also", SEE_ALSO));
    let id = known.status.map_or_else(|| status.id.to_owned(), |status| status.to_string());
    let order = format!(
        "Chrome and Firefox look at Access-Control-Allow-Origin before the status: a preflight answered {id} without \
         it is reported as that header missing. Safari names the status."
    );
    let mut paragraphs = Vec::new();
    if known.url.is_some() || known.engine.is_some() {
        paragraphs.push("Chrome prints this line for an answer that CORS did not refuse.".to_owned());
    }
    paragraphs.extend((!status.is_success()).then_some(order));
    let title =
        if id == status.id || status.id.ends_with("xx") { status.name } else { "a CDN could not get the answer" };
    Explanation { id, title: title.to_owned(), paragraphs, lines }
}

/// Causes with the first of their titles that fits the preflight, or the request itself.
fn causes(label: &'static str, ids: &'static [&'static str], preflight: bool) -> impl Iterator<Item = Line> {
    let title = move |cause: &CauseInfo| {
        let fitting = cause.titles.iter().find(|title| preflight || !title.is_of_preflight());
        fitting.or_else(|| cause.titles.first()).map(Title::spoken).unwrap_or_default()
    };
    list(label, ids.iter().filter_map(|id| doc(id)).map(move |cause| (cause.id, title(cause))))
}
