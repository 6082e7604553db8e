//! `whycors explain`: one page on a cause, a rule or a pasted message.

use crate::cli::Exit;
use crate::diagnosis::table::CAUSES;
use crate::report::style::Style;
use crate::report::text::explain::{Explanation, write};
use crate::report::view::Line;
use std::io;

/// Prints the page; an error when nothing is recognised.
pub(super) fn explain(what: &str, style: Style) -> anyhow::Result<Exit> {
    let Some(cause) = CAUSES.iter().find(|cause| cause.id == what) else {
        anyhow::bail!("{what}: not known; give a cause id such as {}", CAUSES.first().map_or("", |cause| cause.id));
    };
    let page = Explanation {
        id: cause.id.to_owned(),
        title: cause.titles.join(" · "),
        paragraphs: vec![cause.explanation.to_owned()],
        lines: vec![Line { label: "proven by".to_owned(), text: cause.proven_by.to_owned() }],
    };
    write(&[page], style, &mut io::stdout().lock())?;
    Ok(Exit::Nothing)
}
