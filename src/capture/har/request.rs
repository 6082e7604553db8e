//! What recorders make of a request line and leave out of its headers.
//!
//! Owns the signs only; `entry` reads the fields.

use super::model;
use crate::exchange::Headers;

/// The method. Splash writes `?` for `OPTIONS`; these two headers stand together on preflights only.
pub(super) fn method_of<'a>(entry: &'a model::Entry<'_>, headers: &Headers) -> &'a str {
    let method = entry.request.method.or_empty();
    let asks = headers.has("origin") && headers.has("access-control-request-method");
    if method == "?" && asks { "OPTIONS" } else { method }
}

/// Whether a script's request lists nothing of what every request has on the wire.
pub(super) fn lacks_what_is_sent(entry: &model::Entry<'_>) -> bool {
    const SENT: &[&str] =
        &["host", "origin", "accept-encoding", "connection", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];
    let kind = entry.resource_type.get();
    let scripted = ["fetch", "xhr", "eventsource", "font", "ping"];
    scripted.iter().any(|scripted| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(scripted)))
        && !entry
            .request
            .headers
            .0
            .iter()
            .any(|(name, _)| name.starts_with(':') || SENT.iter().any(|sent| name.trim().eq_ignore_ascii_case(sent)))
}
