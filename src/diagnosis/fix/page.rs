//! What the page itself can change instead, with what that costs.

use super::{Fix, NotProven, Who};
use crate::cors::Stage;
use crate::diagnosis::cause::{HeaderKind, Scene, list};
use crate::diagnosis::{Cause, proof};
use crate::paste::Text;

/// The page's own way out: no credentials, when the answer then passes as it is.
pub(super) fn without_credentials(scene: &Scene<'_>, cause: &Cause) -> Option<Fix> {
    let (stage, response) = (scene.stage?, scene.response?);
    let about_credentials = matches!(
        cause,
        Cause::WildcardWithCredentials { .. } | Cause::AllowCredentialsMissing | Cause::AllowCredentialsInvalid { .. }
    );
    (about_credentials && proof::passes(scene.pair, stage, response, false)).then(|| Fix {
        stack: "generic",
        who: Who::Page,
        title: "page, if no cookie is needed: drop credentials: 'include' (withCredentials)".to_owned(),
        text: Text::new(),
        do_not: None,
        changes: Vec::new(),
        proven: vec![stage],
        why_not_proven: None,
        proof: "this answer passes without credentials as it is".to_owned(),
        alternative_to: None,
    })
}

/// A page whose origin is `null` is better given an origin than the server taught to allow `null`.
pub(super) fn give_it_an_origin(scene: &Scene<'_>) -> Option<Fix> {
    let own = scene.pair.origin.is_null() && scene.pair.redirected_from.is_empty();
    own.then(|| Fix {
        stack: "generic",
        who: Who::Page,
        title: "page: serve it from an http(s) origin, or give its sandboxed frame allow-same-origin; then put that origin on the server's list"
            .to_owned(),
        text: Text::new(),
        do_not: Some("allow the origin null for data that is not public: any sandboxed page has it".to_owned()),
        changes: Vec::new(),
        proven: Vec::new(),
        why_not_proven: Some(NotProven::Behaviour),
        proof: String::new(),
        alternative_to: None,
    })
}

/// Where the request could do without a preflight, with what that costs.
pub(super) fn could_be_simple(scene: &Scene<'_>, cause: &Cause) -> Option<Fix> {
    let pair = scene.pair;
    if scene.stage != Some(Stage::Preflight) || !matches!(&*pair.method, "GET" | "HEAD" | "POST") {
        return None;
    }
    if !matches!(
        cause,
        Cause::HeaderNotAllowed { .. } | Cause::NoOptionsHandler { .. } | Cause::OptionsWithoutCors { .. }
    ) {
        return None;
    }
    let title = match pair.unsafe_headers.as_slice() {
        [only] if only == "content-type" => {
            "page: send the body as text/plain, which needs no preflight; the server must then parse it without Content-Type, and forms of other sites can send it too"
        }
        [only] if only == "x-requested-with" => {
            "page: leave out X-Requested-With, then no preflight is made; servers that take it as protection against forged requests lose that"
        }
        _ => return None,
    };
    Some(of_page(title.to_owned()))
}

/// Monitoring that adds its names to requests for other servers can be told which servers are the page's own.
pub(super) fn without_tracing(cause: &Cause) -> Option<Fix> {
    let Cause::HeaderNotAllowed { names } = cause else { return None };
    let of = |tracing: bool| -> Vec<String> {
        let wanted = names.iter().filter(|(_, kind)| (*kind == HeaderKind::Tracing) == tracing);
        wanted.map(|(name, _)| name.clone()).collect()
    };
    let (tracing, others) = (of(true), of(false));
    if tracing.is_empty() {
        return None;
    }
    let left = match others.as_slice() {
        [] => String::new(),
        [only] => format!("; {only} has to be listed all the same"),
        _ => format!("; {} have to be listed all the same", list(&others)),
    };
    Some(of_page(format!(
        "page: limit the tracing to URLs of its own, so that {} {} not added here (Datadog allowedTracingUrls, OpenTelemetry propagateTraceHeaderCorsUrls, Sentry tracePropagationTargets){left}",
        list(&tracing),
        if tracing.len() == 1 { "is" } else { "are" },
    )))
}

/// A change of the page that no recorded answer can prove.
fn of_page(title: String) -> Fix {
    Fix {
        stack: "generic",
        who: Who::Page,
        title,
        text: Text::new(),
        do_not: None,
        changes: Vec::new(),
        proven: Vec::new(),
        why_not_proven: Some(NotProven::NotRecorded),
        proof: String::new(),
        alternative_to: None,
    }
}
