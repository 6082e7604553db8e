//! Fixes: who must change what, in the words of the server software, with how far it is proven.
//!
//! Owns their order; the files below write them, `proof` judges them again.

mod config;
pub(super) mod page;
mod plain;
mod purpose;

pub(super) use plain::{ECHOED_WITH_CREDENTIALS, NO_CORS_MODE, ONE_ORIGIN_A_LINE};
pub(super) use purpose::{Allowed, Purpose, Wants};

use super::proof::{self, Edit};
use super::quote;
use super::scene::Scene;
use super::terms::{Change, Fix, NotProven, Who};
use super::verify::Pasteable;
use crate::cors::Stage;
use crate::exchange::{Headers, ResponseHead};
use crate::pairing::{Mode, Pair};
use crate::paste::Refused;
use crate::secrets::prose;
use crate::secrets::{As, Captured, Prose, Role};
use crate::stacks::StackHit;

/// The fixes of a recognised cause, the most specific first.
pub(super) fn fixes(scene: &Scene<'_>, wants: Wants<'_>, stack: &[StackHit]) -> Vec<Fix> {
    let Wants { actions: mut all, headers_help, purpose, do_not, alternatives } = wants;
    let headers_help = headers_help && all.iter().all(|fix| fix.why_not_proven == Some(NotProven::Behaviour));
    // A page that gets an origin needs no server that allows `null`.
    let origin = page::give_it_an_origin(scene).map(|fix| {
        all.push(fix);
        all.len().saturating_sub(1)
    });
    if headers_help && let Some(response) = scene.response {
        let first = all.len();
        for mut fix in header_fixes(scene, purpose, do_not, stack, response) {
            // One change, said for each software and as plain lines.
            fix.alternative_to = origin.or((all.len() > first).then_some(first));
            all.push(fix);
        }
    }
    let first = all.iter().position(|fix| !fix.changes.is_empty());
    for mut page in alternatives {
        page.alternative_to = first;
        all.push(page);
    }
    if let Err(refused) = Pasteable::of(scene.pair) {
        all.push(nothing_to_paste(refused));
    }
    for fix in &mut all {
        if fix.proof.is_empty() {
            let words = match fix.why_not_proven {
                Some(NotProven::Network) => "none: no header is at fault",
                Some(NotProven::BeforeNetwork) => "none: not a header",
                Some(NotProven::Redirect) => "none: the target's answer is not in the file",
                Some(NotProven::Cache) => {
                    "none possible from one response. An exact Allow-Origin would pass here; the next site would fail"
                }
                Some(NotProven::NotRecorded) => "none: the answer it would change is not in the file",
                Some(NotProven::Unreadable) => "none: a deciding header cannot be read in this file",
                Some(NotProven::NotPasteable) => "none: nothing is printed that could be tried",
                Some(NotProven::Behaviour) | None => "none: this is a change of behaviour, not of a header",
            };
            fix.proof = words.into();
        }
    }
    all
}

/// Header changes: the recognised software's, then the generic form. Only what passes is kept.
fn header_fixes(
    scene: &Scene<'_>,
    purpose: Purpose<'_>,
    do_not: Option<&'static str>,
    stack: &[StackHit],
    response: &ResponseHead,
) -> Vec<Fix> {
    let (Some(stage), Ok(pasteable)) = (scene.stage, Pasteable::of(scene.pair)) else { return Vec::new() };
    let include = proof::includes(scene.pair, scene.judged.included);
    let change = proof::mend(scene.pair, stage, response, include);
    let change = with_vary(scene, purpose, change);
    let mut candidates = config::for_stacks(scene, purpose, stack, &change, response, include, &pasteable);
    let duplicates_only = matches!(purpose, Purpose::OneLine { .. });
    let said = duplicates_only || matches!(purpose, Purpose::OnErrors { .. }) || is_buckets_refusal(scene, purpose);
    if candidates.is_empty() || !said {
        candidates.push((plain::lines(scene, purpose, do_not, stack, &change), proof::as_set(&change)));
    }
    candidates.retain_mut(|(fix, edits)| prove(scene, purpose, fix, edits, response, include));
    candidates.into_iter().map(|(fix, _)| fix).collect()
}

/// What is said in place of configurations and commands.
fn nothing_to_paste(refused: Refused) -> Fix {
    let title = prose!("no configuration and no curl line is printed: {}", refused.why());
    Fix::action(Who::Server, NotProven::NotPasteable, title)
}

/// A status whose reason stands in the server's log. The request itself stands in the finding's own line for that.
pub(super) fn look_in_log(scene: &Scene<'_>, status: u16, host: &Captured<'_>) -> Fix {
    let at = scene.exchange.started.map_or_else(Prose::new, |at| prose!(" at {}", quote::date_and_time(at)));
    let title = prose!("find the {} in the log of {}{}", status, host, at);
    let mut fix = Fix::action(Who::Application, NotProven::Behaviour, title);
    fix.proof = prose!("none: the log tells why it was a {}, a header does not", status);
    fix
}

/// A refusal of storage: only the bucket's CORS configuration answers there, no handler and no other body.
fn is_buckets_refusal(scene: &Scene<'_>, purpose: Purpose<'_>) -> bool {
    purpose == Purpose::OnList && scene.silent_refusal().is_some()
}

/// Answering with one origin of several needs `Vary: Origin`.
fn with_vary(scene: &Scene<'_>, purpose: Purpose<'_>, mut change: Change) -> Change {
    let vary = scene.header("vary").unwrap_or_default();
    // A name that may not be pasted is left out of what is written.
    let names: Vec<&str> = vary.split(',').map(str::trim).filter(|name| *name == "*" || proof::is_name(name)).collect();
    let varies = names.iter().any(|name| name.eq_ignore_ascii_case("origin") || *name == "*");
    let names_one = purpose.names_one();
    if names_one && !varies && change.set.iter().any(|(name, _)| name == "access-control-allow-origin") {
        let value = names.into_iter().chain(["Origin"]).collect::<Vec<_>>().join(", ");
        change.set.push(("vary".to_owned(), value));
    }
    change
}

/// Judges the edited response again; says how far that reaches. `false` when it does not pass.
fn prove(
    scene: &Scene<'_>,
    purpose: Purpose<'_>,
    fix: &mut Fix,
    edits: &[Edit],
    response: &ResponseHead,
    include: bool,
) -> bool {
    let (pair, Some(stage)) = (scene.pair, scene.stage) else { return false };
    let edited = proof::apply(response, edits);
    if !proof::passes(pair, stage, &edited, include) {
        return false;
    }
    fix.proven.push(stage);
    let mut with_credentials = Prose::new();
    if pair.credentials.mode == Mode::Unknown && !include && !proof::passes(pair, stage, &edited, true) {
        let more = proof::mend(pair, stage, &edited, true);
        let mended = proof::apply(&edited, &proof::as_set(&more));
        if proof::passes(pair, stage, &mended, true) {
            let lines: Vec<Prose> = more
                .set
                .iter()
                .map(|(name, value)| prose!("{}: {}", Captured::text(quote::title_case(name)), Captured::text(value)))
                .collect();
            with_credentials = prose!(". With credentials also {}", Prose::listed(lines));
        }
    }
    let with = if matches!(purpose, Purpose::OneLine { .. }) {
        prose!("when the line that stays is Access-Control-Allow-Origin: {}", pair.origin)
    } else {
        prose!("with {}", these(edits))
    };
    fix.proof = if stage == Stage::Preflight {
        let passes = As(Role::One("the {} preflights pass"), "the preflight passes");
        prose!("{} {}; {}", passes, with, after_preflight(scene, include))
    } else {
        if proves_preflight(pair, include) {
            fix.proven.insert(0, Stage::Preflight);
        }
        let status = response.status;
        if status >= 400 {
            prose!("with the header the {} becomes readable for the page. It stays a {}", status, status)
        } else {
            prose!("{} {}", As(Role::One("the {} responses pass"), "the response passes"), with)
        }
    };
    fix.proof.push(with_credentials);
    if let Some(status) = purpose.not_mended() {
        fix.proof.push(prose!(
            ". It does not mend the {}, which the {} may meet as well",
            status,
            Captured::text(&*pair.method).of_request(Role::Method)
        ));
    }
    true
}

/// Whether each of the lines that are one too many names the page: then any of them may stay. One line
/// that lists it twice is no such case.
fn repeats_the_page(scene: &Scene<'_>, purpose: Purpose<'_>) -> bool {
    let Purpose::OneLine { value, lines } = purpose else { return false };
    lines != Some(1) && value.split(',').all(|item| item.trim() == scene.pair.origin.as_str())
}

fn these(edits: &[Edit]) -> &'static str {
    let lines = edits.iter().filter(|edit| matches!(edit, Edit::Set(..) | Edit::Append(..))).count();
    match lines {
        0 => "this status",
        1 => "this line",
        _ => "these lines",
    }
}

/// What is known of the request after the preflight.
fn after_preflight(scene: &Scene<'_>, include: bool) -> Prose {
    let pair = scene.pair;
    let request = quote::request(&pair.method);
    let lines = |headers: &Headers| headers.lines("access-control-allow-origin").count();
    let twice = scene.headers().is_some_and(|headers| lines(headers) > 1);
    let method = Captured::text(&*pair.method).of_request(Role::Method);
    let one = |many: &'static str, one: Prose| Prose::from(As(Role::One(many), one));
    match pair.actual().and_then(|actual| actual.head()) {
        Some(head) if proof::passes(pair, Stage::Actual, head, include) => {
            one("the {} answers are in the file and pass", prose!("the answer to {} is in the file and passes", method))
        }
        Some(head) if lines(&head.headers) > 1 => {
            prose!("the answer to {} is in the file and has {} lines as well", method, lines(&head.headers))
        }
        Some(_) => {
            prose!("the answer to {} is in the file and needs Access-Control-Allow-Origin as well", method)
        }
        None => {
            let sent = pair.actual().is_some();
            let needs = if twice {
                As(Role::One("their answers probably have"), "its answer probably has")
            } else {
                As(Role::One("their answers need"), "its answer needs")
            };
            let request = if sent {
                one("the {} requests were never sent", prose!("the {} was never sent", request))
            } else {
                one("the {} requests are not in the file", prose!("the {} is not in the file", request))
            };
            let what = if twice { "two lines" } else { "Access-Control-Allow-Origin" };
            prose!("{}: {} {} as well", request, needs, what)
        }
    }
}

fn proves_preflight(pair: &Pair, include: bool) -> bool {
    pair.preflight()
        .and_then(|preflight| preflight.exchange().head())
        .is_some_and(|head| proof::passes(pair, Stage::Preflight, head, include))
}

/// The host of a URL, with its port.
pub(super) fn host(url: &str) -> Captured<'static> {
    let host = url::Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    });
    Captured::text(host.unwrap_or_default()).of_request(Role::Host)
}

/// The path of a URL, without its query, as sentences show it.
pub(super) fn path(url: &str) -> Captured<'static> {
    Captured::address(own_path(url)).of_request(Role::Path)
}

/// The same as it stands in the URL.
fn own_path(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
}
