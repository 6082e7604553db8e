//! What the requests that passed show, in a few bounded facts: they themselves are not kept.
//!
//! Owns which facts those are. "Nothing failed" is an answer that has to name what it saw.

use crate::cors::max_age;
use crate::diagnosis::Judged;
use crate::exchange::{Exchange, origin_of_url};
use crate::pairing::{Mode, PairKind, engine_of};
use crate::report::build;
use crate::report::view;
use std::collections::BTreeMap;

/// Page origins and servers named.
const NAMES: usize = 8;

/// Statuses told apart.
const STATUSES: usize = 16;

/// HTTP errors named.
const ERRORS: usize = 3;

/// The facts so far.
#[derive(Debug, Default)]
pub(super) struct Passes {
    facts: view::Passes,
    statuses: BTreeMap<u16, u64>,
}

impl Passes {
    /// Takes a pair that passed.
    pub(super) fn observe(&mut self, judged: &Judged) {
        let pair = &judged.pair;
        let facts = &mut self.facts;
        let page = pair.page.as_ref().unwrap_or(&pair.origin).as_str();
        let mut full = !name(&mut facts.origins, page);
        // The usual request goes where an earlier one went, and needs no parsing.
        let known = |server: &String| {
            pair.url.strip_prefix(server.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        if !facts.servers.iter().any(known)
            && let Some(server) = origin_of_url(&pair.url)
        {
            full |= !name(&mut facts.servers, server.as_str());
        }
        facts.more |= full;
        if let Some(preflight) = pair.preflight() {
            facts.preflight.get_or_insert_with(|| response_place(preflight.exchange()));
        }
        if let (PairKind::Cached { actual, by }, None) = (&pair.kind, &facts.reused) {
            let answer = by.exchange().head();
            let asked = answer.and_then(|answer| answer.headers.get("access-control-max-age"));
            facts.reused = Some(view::Reused {
                preflight: response_place(by.exchange()),
                seconds: max_age(engine_of(actual), asked.as_deref()).unwrap_or_default(),
                by: build::place(actual.place),
            });
        }
        if pair.credentials.mode == Mode::Include && facts.credentials.is_none() {
            facts.credentials = Some(view::WithCredentials {
                because: pair.credentials.because.to_owned(),
                place: build::place(pair.representative().place),
            });
        }
        let Some((actual, answer)) = pair.actual().and_then(|actual| Some((actual, actual.head()?))) else { return };
        if self.statuses.len() < STATUSES || self.statuses.contains_key(&answer.status) {
            let count = self.statuses.entry(answer.status).or_default();
            *count = count.saturating_add(1);
        }
        if answer.status >= 400 && facts.errors.len() < ERRORS {
            facts.errors.push(view::ReadableError {
                status: answer.status,
                method: pair.method.to_string(),
                url: pair.url.to_string(),
                place: response_place(actual),
            });
        }
    }

    /// The facts; None when nothing passed.
    pub(super) fn finish(self) -> Option<Box<view::Passes>> {
        let statuses = self.statuses.into_iter().map(|(status, count)| view::StatusCount { status, count }).collect();
        (!self.facts.origins.is_empty()).then(|| Box::new(view::Passes { statuses, ..self.facts }))
    }
}

/// Adds a name that is not there yet; false when there is no room for it.
fn name(names: &mut Vec<String>, new: &str) -> bool {
    if names.iter().any(|known| known == new) {
        return true;
    }
    let room = names.len() < NAMES;
    if room {
        names.push(new.to_owned());
    }
    room
}

fn response_place(exchange: &Exchange) -> view::Place {
    build::place(exchange.response_place.unwrap_or(exchange.place))
}
