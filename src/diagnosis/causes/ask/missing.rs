//! Group E: the answer has no Access-Control-Allow-Origin.
//!
//! Owns the plain cases: default OPTIONS answers, web pages, error responses, and the rest.

use super::Found;
use crate::cors::{Rule, Stage};
use crate::diagnosis::causes::{AllowOriginMissing, ErrorResponseWithoutCors, Html200Page, OptionsWithoutCors};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
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
                    format!(
                        "status {} with {} and no Access-Control header: a built-in answer to OPTIONS ({})",
                        response.status,
                        scene.quoted("allow").unwrap_or_default(),
                        scene.whereabouts()
                    ),
                )
                .brief(format!("{}, {}", response.status, scene.quoted("allow").unwrap_or_default()))
                .at(scene.here(), format!("status {}", response.status))
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
        .brief(format!("{status}; the preflight has the header"));
        match preflight {
            Some(place) => found
                .at((Side::PreflightResponse, place), format!("Access-Control-Allow-Origin: {}", scene.pair.origin)),
            None => found,
        }
    } else if let Some((place, value)) = scene.facts.allows(scene.pair) {
        Found::new(
            cause,
            Certainty::Certain,
            format!(
                "an error response lacks the header that other answers of this server have ({})",
                scene.place(place)
            ),
        )
        .brief(format!("{status}; other answers have the header"))
        .at((Side::OtherExchange, place), format!("Access-Control-Allow-Origin: {value}"))
    } else {
        Found::new(
            cause,
            Certainty::Likely,
            format!(
                "status {status} without Access-Control-Allow-Origin ({at}); no answer of this server in the file \
                     has the header"
            ),
        )
        .brief(status.to_string())
    };
    found =
        found.at(scene.here(), format!("status {status}, no Access-Control-Allow-Origin")).quoting(scene, &["server"]);
    if let Some(server) = scene.quoted("server")
        && let Some(why) = stacks::why_left_out(&server, status)
    {
        let only_here = scene
            .pair
            .preflight()
            .and_then(|preflight| preflight.exchange().head())
            .is_some_and(|response| !response.headers.has("server"));
        let stands = if only_here { " stands on the error only" } else { "" };
        found.text = format!("{}. Likely: {why} ({server}{stands})", found.text);
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
    let request = if scene.on_preflight() { "OPTIONS" } else { &*scene.pair.method };
    Some(
        Found::new(
            Html200Page { status },
            Certainty::Certain,
            format!("{} to {request} ({})", scene.quoted("content-type").unwrap_or_default(), scene.whereabouts()),
        )
        .brief(format!("text/html to {request}"))
        .at(scene.here(), format!("status {status}"))
        .quoting(scene, &["content-type"]),
    )
}

fn plain(scene: &Scene<'_>, status: u16) -> Found {
    let stage = scene.stage.unwrap_or(Stage::Actual);
    let mut text = format!("status {status} without Access-Control-Allow-Origin ({})", scene.whereabouts());
    let mut brief = status.to_string();
    let mut other = None;
    if stage != Stage::Preflight && scene.preflight_allowed_origin() {
        text.push_str("; the preflight of the same URL has it");
        brief.push_str("; the preflight had it");
        other = scene.pair.preflight().map(|preflight| {
            (
                Side::PreflightResponse,
                quote::response_place(preflight.exchange()),
                "Access-Control-Allow-Origin is here".to_owned(),
            )
        });
    } else if let Some((place, value)) = scene.facts.allows(scene.pair) {
        text = format!("{text}; another answer of this server to the same page has it ({})", scene.place(place));
        other = Some((Side::OtherExchange, place, format!("Access-Control-Allow-Origin: {value}")));
    }
    let found = Found::new(AllowOriginMissing { stage }, Certainty::Certain, text)
        .brief(brief)
        .at(scene.here(), format!("status {status}, no Access-Control-Allow-Origin"))
        .quoting(scene, &["server"]);
    match other {
        Some((side, place, what)) => found.at((side, place), what),
        None => found,
    }
}
