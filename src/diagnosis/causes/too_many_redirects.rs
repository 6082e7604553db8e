//! The cause `too-many-redirects`. One redirect led to the next until the browser gave up.

use super::told::{CauseInfo, Say, Story, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

const LOOP: Title = Title::plain("redirects without an end");

/// Hops that are told one by one.
const TOLD: usize = 3;

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "too-many-redirects",
    titles: &[LOOP],
    nature: Nature::NotCors,
    explanation: "Each answer redirected to the next URL, most often in a circle, and after twenty redirects the \
                  browser gave up. Usual are two rules that undo each other: http to https behind a proxy that speaks \
                  http, a slash that one layer adds and another removes, a login that sends back what it got.",
    proven_by: "net::ERR_TOO_MANY_REDIRECTS, or twenty-one redirects one after the other",
    fix: "take out one of the two redirects that undo each other; have the page call the final URL",
    do_not: "",
};

/// One redirect led to the next until the browser gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooManyRedirects;

impl Told for TooManyRedirects {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        LOOP.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "One redirect led to the next until the browser gave up. No CORS rule refused it.".into()
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::action(
            Who::Server,
            NotProven::Redirect,
            prose!("end the circle of redirects at {}: two rules there undo each other", host),
        )]
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn story(&self) -> Story {
        Story::Redirected
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        let hops = &scene.pair.redirected_from;
        let mut parts: Vec<Prose> = hops
            .iter()
            .take(TOLD)
            .filter_map(|hop| {
                let head = hop.head()?;
                let location = head.headers.get_str("location").unwrap_or_default().into_owned();
                Some(prose!("{} to {} ({})", head.status, Captured::address(location), scene.place(hop.place)))
            })
            .collect();
        if hops.len() > TOLD {
            parts.push(prose!("and {} redirects more", hops.len().saturating_sub(TOLD)));
        }
        if parts.is_empty() {
            parts.push(prose!("no end of redirects ({})", scene.whereabouts()));
        }
        Some(Prose::joined(parts, "; "))
    }
}
