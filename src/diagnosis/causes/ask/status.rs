//! Group D: the preflight was answered with a status other than 2xx.
//!
//! Owns which status and which signature means what. A bare 403 means nothing by itself.

use super::{Found, values};
use crate::cors::Rule;
use crate::diagnosis::causes::{
    AuthBeforeCors, Cause, NoOptionsHandler, PreflightBadStatus, PreflightRateLimited, PreflightServerError,
    UpstreamDown,
};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    scene.rule?;
    if !scene.on_preflight() || (200..300).contains(&response.status) {
        return None;
    }
    let status = response.status;
    refused_by_list(scene).or_else(|| auth(scene, status)).or_else(|| no_handler(scene, status)).or_else(|| {
        Some(match status {
            429 => plain(scene, PreflightRateLimited { status }, Certainty::Certain, &["retry-after"]),
            502..=504 | 520..=527 => upstream(scene, status),
            500..=599 => server_error(scene, status),
            400..=499 => unknown(scene, status),
            _ => plain(scene, PreflightBadStatus { status }, Certainty::Certain, &[]),
        })
    })
}

/// `status 405 with "Allow: GET, POST" (entry 6, …)`.
fn plain(scene: &Scene<'_>, cause: impl Into<Cause>, certainty: Certainty, headers: &[&str]) -> Found {
    let status = scene.response.map_or_else(Prose::new, quote::status);
    let quoted: Vec<Prose> = headers.iter().filter_map(|name| scene.quoted(name)).collect();
    let with = if quoted.is_empty() { Prose::new() } else { prose!(" with {}", Prose::joined(&quoted, " and ")) };
    let number = scene.response.map_or(0, |response| response.status);
    Found::new(cause, certainty, prose!("status {}{} ({})", status, with, scene.whereabouts()))
        .brief(if quoted.is_empty() { status.clone() } else { prose!("{}, {}", number, Prose::joined(&quoted, ", ")) })
        .at(scene.here(), prose!("status {}", status))
        .quoting(scene, headers)
}

/// A CORS layer that answers 400 when its lists do not cover the request (Starlette, actix-cors).
fn refused_by_list(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    if !matches!(response.status, 400 | 403) || !matches!(scene.rule?, Rule::PreflightStatus { .. }) {
        return None;
    }
    let lists = scene.has("access-control-allow-methods") || scene.has("access-control-allow-headers");
    let says = ["disallowed cors", "method is not allowed", "headers are not allowed"]
        .into_iter()
        .find(|words| scene.body_says(words));
    if !lists && says.is_none() {
        return None;
    }
    let rule = scene
        .judged
        .also
        .iter()
        .find(|rule| matches!(rule, Rule::MethodNotAllowed { .. } | Rule::HeaderNotAllowed { .. }))?;
    let mut found = values::of_rule(scene, rule)?;
    if says.is_none() {
        found.certainty = Certainty::Likely;
    }
    found.text = prose!("status {} and {}", response.status, found.text);
    Some(found)
}

/// What bodies of login checks say (lower case).
const AUTH_WORDS: &[&str] = &[
    "authentication credentials were not provided",
    "not authenticated",
    "unauthenticated",
    "unauthorized",
    "authentication required",
    "authentication is required",
    "full authentication is required",
    "no authorization token",
    "missing authorization",
    "authorization header",
    "no api key",
    "api key",
    "subscription key",
    "jwt",
    "access token",
    "bearer token",
    "invalid token",
    "missing token",
    "please log in",
    "login required",
    "rbac: access denied",
];

fn auth(scene: &Scene<'_>, status: u16) -> Option<Found> {
    let cause = AuthBeforeCors { status, login: None };
    let never = "A preflight never carries a token or cookie";
    if status == 401 {
        let mut found = plain(scene, cause, Certainty::Certain, &["www-authenticate"]);
        let with = scene.quoted("www-authenticate").map(|line| prose!(" with {}", line)).unwrap_or_default();
        found.text = prose!("401 to OPTIONS{} ({}). {}", with, scene.whereabouts(), never);
        return Some(found);
    }
    if status != 403 {
        return None;
    }
    if scene.has("www-authenticate") {
        let mut found = plain(scene, cause, Certainty::Certain, &["www-authenticate"]);
        found.text = prose!("{}. {}", found.text, never);
        return Some(found);
    }
    let gateway = scene
        .header("x-amzn-errortype")
        .filter(|kind| kind.contains("Unauthorized") || kind.contains("AccessDenied") || kind.contains("Forbidden"));
    if gateway.is_some() {
        return Some(plain(scene, cause, Certainty::Likely, &["x-amzn-errortype"]));
    }
    if scene.body_says("missing authentication token") {
        // An API gateway's words for a route it does not have.
        return None;
    }
    let words = AUTH_WORDS.iter().find(|words| scene.body_says(words))?;
    let certainty = if *words == "api key" { Certainty::Likely } else { Certainty::Certain };
    let line = scene.body_line_with(words);
    Some(
        Found::new(
            cause,
            certainty,
            prose!("403, and the body says \"{}\" ({})", Captured::text(&*line), scene.whereabouts()),
        )
        .brief(prose!("403, \"{}\"", scene.said(words).map(Captured::text)))
        .at(scene.here(), prose!("status 403, body: {}", Captured::text(&*line))),
    )
}

fn no_handler(scene: &Scene<'_>, status: u16) -> Option<Found> {
    let cause = NoOptionsHandler { status };
    match status {
        405 | 501 => Some(plain(scene, cause, Certainty::Certain, &["allow"])),
        404 => {
            let mut found = plain(scene, cause, Certainty::Certain, &["allow"]);
            found.text = prose!(
                "{}; the path may exist for {} all the same, or for no method",
                found.text,
                quote::request(&scene.pair.method)
            );
            Some(found)
        }
        403 if scene.no_such_gateway_route() => {
            let mut found = plain(scene, cause, Certainty::Likely, &["x-amzn-errortype"]);
            found.text = prose!("{}; API Gateway says so of a method or a path that it does not have", found.text);
            let line = scene.body_line();
            let found = if line.is_empty() {
                found
            } else {
                found.at(scene.here(), prose!("body: {}", Captured::text(&*line)))
            };
            Some(found.candidates(&["the route has no OPTIONS method", "the path or the stage is wrong"]))
        }
        403 if scene.body_says("not configured to allow the http request method") => {
            Some(plain(scene, cause, Certainty::Certain, &["x-cache"]))
        }
        // The line stands on a 403 of the server behind CloudFront, too.
        403 if scene.contains("x-cache", "error from cloudfront") => {
            Some(plain(scene, cause, Certainty::Likely, &["x-cache"]).candidates(&[
                "CloudFront's behaviour allows GET, HEAD only (the commonest)",
                "a rule of AWS WAF",
                "a 403 of the server behind CloudFront, passed on",
            ]))
        }
        403 => stock_page(scene).map(|software| {
            let mut found = plain(scene, cause, Certainty::Likely, &["server"]);
            found.text = prose!(
                "{}'s own 403 page to OPTIONS ({}); its configuration forbids the method or the path",
                software,
                scene.whereabouts()
            );
            found
                .candidates(&["a rule for methods (limit_except, Limit, LimitExcept)", "a rule for addresses or paths"])
        }),
        400 | 411 | 415 | 422 => wants_body(scene).map(|words| {
            plain(scene, cause, Certainty::Likely, &[])
                .brief(prose!("{}, \"{}\"", status, Captured::text(words)))
                .at(scene.here(), prose!("body: {}", Captured::text(scene.body_line_with(&words.to_ascii_lowercase()))))
        }),
        _ => None,
    }
}

/// Only a proxy's own page, or Cloudflare's own status, proves that the answer is not the application's.
fn upstream(scene: &Scene<'_>, status: u16) -> Found {
    let cause = UpstreamDown { status };
    let page = stacks::gateway_pages().find(|(words, _)| status != 503 && scene.body_says(words));
    let by_cloudflare = status >= 520 && scene.contains("server", "cloudflare");
    let certainty = if page.is_some() || by_cloudflare { Certainty::Certain } else { Certainty::Likely };
    let mut found =
        plain(scene, cause, certainty, if status == 503 { &["server", "retry-after"] } else { &["server"] });
    if let Some((words, software)) = page {
        found.text = prose!("{}; the page is {}'s own", found.text, software);
        found = found.at(scene.here(), prose!("body: {}", Captured::text(scene.body_line_with(words))));
    }
    found
}

/// The server software whose unchanged error page this is.
fn stock_page(scene: &Scene<'_>) -> Option<&'static str> {
    stacks::forbidden_pages().find(|(words, _)| scene.body_says(words)).map(|(_, name)| name)
}

/// Words of a handler that tried to read a body, as it wrote them.
fn wants_body<'a>(scene: &Scene<'a>) -> Option<&'a str> {
    [
        "unexpected end of json",
        "body is required",
        "empty body",
        "request body",
        "content-type",
        "media type",
        "failed to parse",
        "could not parse",
        "malformed json",
        "invalid json",
    ]
    .into_iter()
    .find_map(|words| scene.said(words))
}

/// A crash; its page often says where.
fn server_error(scene: &Scene<'_>, status: u16) -> Found {
    let found = plain(scene, PreflightServerError { status }, Certainty::Certain, &["server"]);
    let line = scene.body_line();
    if line.is_empty() {
        return found;
    }
    let mut found = found.at(scene.here(), prose!("body: {}", Captured::text(&*line)));
    if let Some(words) = scene.said("not allowed by cors") {
        found.text = prose!(
            "{}; the page says \"{}\": the origin check throws an error instead of leaving the header out",
            found.text,
            Captured::text(words)
        );
    }
    found
}

/// A 4xx that says nothing about who answered.
fn unknown(scene: &Scene<'_>, status: u16) -> Found {
    let mut bytes = vec![prose!("{}", status)];
    let content_type = scene.header("content-type");
    let media_type = content_type.map(|value| value.split(';').next().unwrap_or_default().trim().to_owned());
    bytes.extend(media_type.map(|value| Captured::text(value).into()));
    bytes.extend(scene.header("content-length").map(|length| prose!("{} bytes", Captured::text(length.trim()))));
    bytes.push(scene.quoted("server").unwrap_or_else(|| "no Server header".into()));
    let bytes = Prose::joined(bytes, ", ");
    let mut found =
        Found::new(PreflightBadStatus { status }, Certainty::Unknown, prose!("{} ({})", bytes, scene.whereabouts()))
            .brief(bytes)
            .at(scene.here(), prose!("status {}", status))
            .quoting(scene, &["server", "content-type"]);
    let line = scene.body_line();
    if !line.is_empty() {
        found.text = prose!("{}; the body says \"{}\"", found.text, Captured::text(&*line));
        found = found.at(scene.here(), prose!("body: {}", Captured::text(&*line)));
    }
    if scene.body_says("it is either read-protected or not readable by the server") {
        found.text.push(", the stock page of Werkzeug (Flask) for any abort(403)");
        return found.candidates(&[
            "a login check in the application",
            "another check of the application that does not spare OPTIONS",
        ]);
    }
    if matches!(status, 400 | 411 | 415 | 422) {
        found.candidates(&["a handler that wants a body", "a rule that forbids OPTIONS", "a firewall"])
    } else {
        found.candidates(&["a login check", "a rule that forbids OPTIONS", "a firewall"])
    }
}
