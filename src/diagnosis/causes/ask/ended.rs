//! How a request ended that no rule of CORS refused: an error with a name of its own, redirects that no browser follows.
//!
//! Owns what is quoted of them.

use super::Found;
use super::network::with_error;
use crate::diagnosis::causes::{ActualRedirect, ActualRedirectKind, NetworkError, TooManyRedirects};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, ending, quote};
use crate::exchange::{NetError, Vantage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// An error that no other cause stands for.
pub(super) fn by_net_error(scene: &Scene<'_>, error: &NetError) -> Found {
    let exchange = with_error(scene);
    let name = Prose::from(Captured::text(format!("net::{}", error.name())));
    let text =
        prose!("{} ({}); Chromium shows net::ERR_FAILED for refusals by CORS", name, scene.whereabouts_of(exchange));
    Found::new(NetworkError { error: error.clone() }, Certainty::Certain, text)
        .brief(name.clone())
        .at((Side::Connection, exchange.place), name)
        .quoting(scene, &["location"])
}

/// A circle, or a chain that is too long.
pub(super) fn too_many_redirects(scene: &Scene<'_>) -> Found {
    let hops = scene.pair.redirected_from.len().saturating_add(usize::from(scene.response.is_some()));
    let exchange = with_error(scene);
    let new = |text| Found::new(TooManyRedirects, Certainty::Certain, text).brief("browsers follow twenty redirects");
    if let Some(error) = &exchange.note.error {
        let text = prose!("{} ({})", error, scene.whereabouts_of(exchange));
        return new(text).at((Side::Connection, exchange.place), prose!("{}", error));
    }
    let at = scene.whereabouts();
    new(prose!("{} redirects one after the other, and browsers follow twenty ({})", hops, at))
        .quoting(scene, &["location"])
}

/// A page of https that is led to http.
pub(super) fn mixed_redirect(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    let target = ending::target(scene.exchange, response)?;
    let location = scene.header("location").unwrap_or_default();
    let quoted = prose!("{} with \"Location: {}\"", response.status, Captured::address(quote::shorten(&location, 120)));
    // Outside of the browser the page's own upgrade of insecure requests cannot be seen.
    let certain = scene.exchange.recorder.vantage == Vantage::Browser;
    let certainty = if certain { Certainty::Certain } else { Certainty::Likely };
    let text = prose!("{}, and a page of https may not be led to http ({})", quoted, scene.whereabouts());
    let kind = ActualRedirectKind::MixedContent;
    Some(
        Found::new(ActualRedirect { kind, location: target.into() }, certainty, text)
            .brief(prose!("{} from https to http", response.status))
            .at((Side::RedirectResponse, quote::response_place(scene.exchange)), quoted),
    )
}
