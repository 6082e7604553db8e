//! Group E: the answer has no Access-Control-Allow-Origin.
//!
//! Owns the plain cases: default OPTIONS answers, web pages, error responses, and the rest.

use super::Found;
use crate::cors::{Rule, Stage};
use crate::diagnosis::causes::{AllowOriginMissing, ErrorResponseWithoutCors, Html200Page, OptionsWithoutCors};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::secrets::Captured;
use crate::secrets::prose;
use crate::stacks;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    if !matches!(scene.rule?, Rule::AllowOriginMissing) {
        return None;
    }
    let response = scene.response?;
    if scene.on_preflight() {
        if let Some(allow) = scene.header("allow") {
            return Some(
                Found::new(
                    OptionsWithoutCors { allow },
                    Certainty::Certain,
                    prose!(
                        "status {} with {} and no Access-Control header: a built-in answer to OPTIONS ({})",
                        response.status,
                        scene.quoted("allow").unwrap_or_default(),
                        scene.whereabouts()
                    ),
                )
                .brief(prose!("{}, {}", response.status, scene.quoted("allow").unwrap_or_default()))
                .at(scene.here(), prose!("status {}", response.status))
                .quoting(scene, &["allow"]),
            );
        }
    } else if response.status >= 400 {
        return Some(error_response(scene, response.status));
    }
    web_page(scene, response.status).or_else(|| Some(plain(scene, response.status)))
}

fn error_response(scene: &Scene<'_>, status: u16) -> Found {
    let cause = ErrorResponseWithoutCors { status };
    let at = scene.whereabouts();
    let mut found = if scene.preflight_allowed_origin() {
        let preflight = scene.pair.preflight().map(|preflight| quote::response_place(preflight.exchange()));
        let found = Found::new(
            cause,
            Certainty::Certain,
            "an error response lacks the header that the preflight of the same URL has",
        )
        .brief(prose!("{}; the preflight has the header", status));
        match preflight {
            Some(place) => {
                found.at((Side::PreflightResponse, place), prose!("Access-Control-Allow-Origin: {}", scene.pair.origin))
            }
            None => found,
        }
    } else if let Some((place, value)) = scene.facts.allows(scene.pair) {
        Found::new(
            cause,
            Certainty::Certain,
            prose!(
                "an error response lacks the header that other answers of this server have ({})",
                scene.place(place)
            ),
        )
        .brief(prose!("{}; other answers have the header", status))
        .at((Side::OtherExchange, place), prose!("Access-Control-Allow-Origin: {}", Captured::text(&*value)))
    } else {
        Found::new(
            cause,
            Certainty::Likely,
            prose!(
                "status {} without Access-Control-Allow-Origin ({}); no answer of this server in the file \
                     has the header",
                status,
                at
            ),
        )
        .brief(prose!("{}", status))
    };
    found =
        found.at(scene.here(), prose!("status {}, no Access-Control-Allow-Origin", status)).quoting(scene, &["server"]);
    if let Some(line) = scene.header("server")
        && let Some(why) = stacks::why_left_out(&line, status)
        && let Some(server) = scene.quoted("server")
    {
        let only_here = scene
            .pair
            .preflight()
            .and_then(|preflight| preflight.exchange().head())
            .is_some_and(|response| !response.headers.has("server"));
        let stands = if only_here { " stands on the error only" } else { "" };
        found.text = prose!("{}. Likely: {} ({}{})", found.text, why, server, stands);
    }
    found
}

fn web_page(scene: &Scene<'_>, status: u16) -> Option<Found> {
    if !scene.is_html() || status == 204 {
        return None;
    }
    let length = scene.header("content-length");
    let empty = length.is_some_and(|length| length.trim() == "0")
        || (scene.response.and_then(|response| response.body.len) == Some(0)
            && scene.header("content-encoding").is_none()
            && scene.header("content-length").is_some());
    let wanted_data = scene
        .exchange
        .request
        .headers
        .get_str("accept")
        .is_some_and(|accept| accept.contains("json") && !accept.contains("html"));
    if empty || (scene.stage == Some(Stage::Actual) && !wanted_data) || scene.stage == Some(Stage::Redirect) {
        return None;
    }
    let request = Captured::text(if scene.on_preflight() { "OPTIONS" } else { &*scene.pair.method });
    Some(
        Found::new(
            Html200Page { status },
            Certainty::Certain,
            prose!("{} to {} ({})", scene.quoted("content-type").unwrap_or_default(), request, scene.whereabouts()),
        )
        .brief(prose!("text/html to {}", request))
        .at(scene.here(), prose!("status {}", status))
        .quoting(scene, &["content-type"]),
    )
}

fn plain(scene: &Scene<'_>, status: u16) -> Found {
    let stage = scene.stage.unwrap_or(Stage::Actual);
    let mut text = prose!("status {} without Access-Control-Allow-Origin ({})", status, scene.whereabouts());
    let mut brief = prose!("{}", status);
    let mut other = None;
    if stage != Stage::Preflight && scene.preflight_allowed_origin() {
        text.push("; the preflight of the same URL has it");
        brief.push("; the preflight had it");
        other = scene.pair.preflight().map(|preflight| {
            (
                Side::PreflightResponse,
                quote::response_place(preflight.exchange()),
                "Access-Control-Allow-Origin is here".into(),
            )
        });
    } else if let Some((place, value)) = scene.facts.allows(scene.pair) {
        text = prose!("{}; another answer of this server to the same page has it ({})", text, scene.place(place));
        other = Some((Side::OtherExchange, place, prose!("Access-Control-Allow-Origin: {}", Captured::text(&*value))));
    }
    let found = Found::new(AllowOriginMissing { stage }, Certainty::Certain, text)
        .brief(brief)
        .at(scene.here(), prose!("status {}, no Access-Control-Allow-Origin", status))
        .quoting(scene, &["server"]);
    match other {
        Some((side, place, what)) => found.at((side, place), what),
        None => found,
    }
}
