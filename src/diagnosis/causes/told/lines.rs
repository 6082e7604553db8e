//! Lines of a dispute that several causes have in common, and in what order a dispute is told.

use super::{Told, net_error};
use crate::cors::Engine;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Line, quote};
use crate::exchange::{Exchange, Vantage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// In what order the exchange is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnosis) enum Story {
    /// What was asked, what the answer allows.
    Answered,
    /// The same without what the answer allows: no list of it decides.
    NoList,
    /// First what led to the answer, then what that allows.
    Redirected,
    /// Nobody waited for an answer.
    Cancelled,
}

/// Nothing came: the recorder's error or the packets' event, and where it stands.
pub(in crate::diagnosis::causes) fn nothing(scene: &Scene<'_>) -> Prose {
    let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
    let telling = preflight.filter(|preflight| preflight.head().is_none()).unwrap_or(scene.exchange);
    let on = if telling.is_preflight() { " on the preflight" } else { "" };
    let at = scene.place(telling.place);
    // A packet event tells its own time and place.
    match (&telling.note.error, scene.event(telling)) {
        (Some(error), _) => prose!("nothing{}: {}{} ({})", on, error, after(telling), at),
        (None, Some(event)) => prose!("nothing{}: {}", on, event),
        (None, None) => prose!("nothing{} ({})", on, at),
    }
}

/// `302 to https://… (entry 5)`.
pub(in crate::diagnosis::causes) fn sent_to(scene: &Scene<'_>, status: u16, location: &str) -> Prose {
    prose!("{} to {} ({})", status, Captured::address(location), scene.place(quote::response_place(scene.exchange)))
}

/// The status of an answer that lacks the header.
pub(in crate::diagnosis::causes) fn without_allow_origin(scene: &Scene<'_>) -> Option<Prose> {
    let at = scene.place(quote::response_place(scene.exchange));
    Some(prose!("{} without Access-Control-Allow-Origin ({})", quote::status(scene.response?), at))
}

/// Where to see who ended a connection, which a browser does not tell.
pub(in crate::diagnosis::causes) fn who_ended_it(scene: &Scene<'_>, cause: &dyn Told) -> Option<Line> {
    let users_side = net_error(scene, cause).is_some_and(|error| error.users_side);
    let open = scene.exchange.recorder.vantage == Vantage::Browser && !users_side;
    let where_to = "a packet capture on the server side shows whether the request arrived and who ended it";
    open.then(|| Line::new("decide", where_to))
}

/// What Firefox says where Chromium names the failed connection.
pub(in crate::diagnosis::causes) fn firefox_says_cors(scene: &Scene<'_>) -> Option<Line> {
    let by_chromium = scene.judged.judged_as == Engine::Chromium && scene.exchange.recorder.vantage == Vantage::Browser;
    let misleads = "Firefox says \"CORS request did not succeed\" of the same event: the word CORS misleads";
    by_chromium.then(|| Line::new("beware", misleads))
}

/// Another site that the same server allows.
pub(in crate::diagnosis::causes) fn allows_another(scene: &Scene<'_>) -> Option<Line> {
    let (place, other) = scene.facts.allows_another(scene.pair)?;
    let elsewhere = scene.header("access-control-allow-origin").as_deref() != Some(other.as_str());
    elsewhere.then(|| {
        Line::new(
            "others",
            prose!("this server allows {} elsewhere ({})", Captured::address(&*other), scene.place(place)),
        )
    })
}

/// ` after 12 ms`, where the recorder tells.
fn after(exchange: &Exchange) -> Prose {
    let nanos = exchange.started.zip(exchange.completed).map(|(from, to)| to.nanos().saturating_sub(from.nanos()));
    nanos.filter(|nanos| *nanos >= 1_000_000).map_or_else(Prose::new, |nanos| prose!(" after {} ms", nanos / 1_000_000))
}
