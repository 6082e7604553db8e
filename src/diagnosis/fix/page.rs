//! What the page itself can change instead, with what that costs.

use super::{Fix, NotProven, Who};
use crate::cors::Stage;
use crate::diagnosis::proof;
use crate::diagnosis::scene::Scene;

/// The page's own way out: no credentials, when the answer then passes as it is.
pub(in crate::diagnosis) fn without_credentials(scene: &Scene<'_>) -> Option<Fix> {
    let (stage, response) = (scene.stage?, scene.response?);
    proof::passes(scene.pair, stage, response, false).then(|| Fix {
        proven: vec![stage],
        why_not_proven: None,
        proof: "this answer passes without credentials as it is".into(),
        ..of_page("page, if no cookie is needed: drop credentials: 'include' (withCredentials)")
    })
}

/// A page whose origin is `null` is better given an origin than the server taught to allow `null`.
pub(super) fn give_it_an_origin(scene: &Scene<'_>) -> Option<Fix> {
    let own = scene.rule.is_some() && scene.pair.origin.is_null() && scene.pair.redirected_from.is_empty();
    own.then(|| Fix {
        do_not: Some("allow the origin null for data that is not public: any sandboxed page has it"),
        why_not_proven: Some(NotProven::Behaviour),
        ..of_page(
            "page: serve it from an http(s) origin, or give its sandboxed frame allow-same-origin; then put that \
             origin on the server's list",
        )
    })
}

/// Where the request could do without a preflight, with what that costs.
pub(in crate::diagnosis) fn could_be_simple(scene: &Scene<'_>) -> Option<Fix> {
    let pair = scene.pair;
    if scene.stage != Some(Stage::Preflight) || !matches!(&*pair.method, "GET" | "HEAD" | "POST") {
        return None;
    }
    let title = match pair.unsafe_headers.as_slice() {
        [only] if only == "content-type" => {
            "page: send the body as text/plain, which needs no preflight; the server must then parse it without \
             Content-Type, and forms of other sites can send it too"
        }
        [only] if only == "x-requested-with" => {
            "page: leave out X-Requested-With, then no preflight is made; servers that take it as protection against \
             forged requests lose that"
        }
        _ => return None,
    };
    Some(of_page(title))
}

/// A change of the page that no recorded answer can prove.
fn of_page(title: &'static str) -> Fix {
    Fix::action(Who::Page, NotProven::NotRecorded, title)
}
