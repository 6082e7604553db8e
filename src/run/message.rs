//! The console message a customer pasted (`--console`): what it says, and what it proves.
//!
//! Owns reading it and its use as evidence of the credentials mode. Which finding it means is
//! `select`'s business.

use crate::cli::{Args, console_text};
use crate::cors::Engine;
use crate::diagnosis::explain::{Known, Subject, recognise_each};
use crate::diagnosis::{Failure, Judged, Verdict, judge};
use crate::exchange::without_fragment;
use crate::pairing::{Credentials, Mode};

/// A pasted message.
#[derive(Debug, Clone)]
pub struct Message {
    text: String,
    known: Vec<Known>,
}

impl Message {
    /// Reads `--console`: the argument itself, or the file it names; `None` when it was not given.
    pub(super) fn read(args: &Args) -> anyhow::Result<Option<Self>> {
        let Some(given) = args.console.as_deref() else { return Ok(None) };
        let text = console_text(given).map_err(anyhow::Error::msg)?;
        let known = recognise_each(&text);
        let place = if text == given { "it" } else { "what it holds" };
        anyhow::ensure!(
            !known.is_empty(),
            "--console: no browser message is recognised in {place}; paste the whole red line"
        );
        Ok(Some(Self { text, known }))
    }

    /// What it speaks of, one item a message.
    pub(super) fn known(&self) -> &[Known] {
        &self.known
    }

    /// As it was pasted.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The engine that wrote it, where it tells.
    pub(super) fn engine(&self) -> Option<Engine> {
        self.known.iter().find_map(|known| known.engine)
    }
}

/// Settles an open or a guessed credentials mode by what the browser said of this very request: of the
/// two modes the one that fails by the rule it named.
pub(super) fn settle(judged: Judged, message: Option<&Message>, engine: Option<Engine>) -> Judged {
    let messages = message.map(Message::known).unwrap_or_default();
    let open = judged.pair.credentials.mode == Mode::Unknown;
    let guessed = judged.pair.credentials.mode == Mode::Include && !judged.pair.credentials.certain;
    if !open && !guessed {
        return judged;
    }
    let about = |known: &&Known| {
        let url = known.url.as_deref().is_some_and(|url| without_fragment(url) == &*judged.pair.url);
        let page = judged.pair.page.as_ref().unwrap_or(&judged.pair.origin);
        url && known
            .origin
            .as_deref()
            .is_none_or(|origin| origin == page.as_str() || origin == judged.pair.origin.as_str())
    };
    for known in messages.iter().filter(about) {
        let Subject::Rule(ids) = known.subject else { continue };
        let mut fitting = [Mode::Include, Mode::NotInclude].into_iter().filter_map(|mode| {
            let mut pair = judged.pair.clone();
            pair.credentials = Credentials { mode, certain: true, because: Credentials::CONSOLE };
            let settled = judge(pair, engine);
            let names =
                matches!(&settled.verdict, Verdict::Fail(Failure::Rule { rule, .. }) if ids.contains(&rule.id()));
            names.then_some(settled)
        });
        if let (Some(settled), None) = (fitting.next(), fitting.next()) {
            return settled;
        }
    }
    judged
}
