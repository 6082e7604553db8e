//! A fix as plain header lines, for whatever software answers.
//!
//! Owns its words: what to change, what to add, what to keep, and what not to do.

use super::{Allowed, Change, Fix, Purpose, Who, host, path};
use crate::cors::Stage;
use crate::diagnosis::quote;
use crate::diagnosis::scene::Scene;
use crate::paste::CorsHeader;
use crate::secrets::prose;
use crate::secrets::{As, Captured, Prose, Role};
use crate::stacks::{Layer, StackHit, by_id};

/// The fix as plain header lines.
pub(super) fn lines(
    scene: &Scene<'_>,
    purpose: Purpose<'_>,
    do_not: Option<&'static str>,
    stack: &[StackHit],
    change: &Change,
) -> Fix {
    let pair = scene.pair;
    let host = host(&pair.url);
    let preflight = change.on == Stage::Preflight;
    let method = || Captured::text(&*pair.method).of_request(Role::Method);
    let request = if preflight { "OPTIONS".into() } else { Prose::from(method()) };
    let path = path(&pair.url).of_request(Role::Target);
    let of_host = As(Role::OfServer, prose!("of {}", host));
    let server = As(Role::Server, prose!("server of {}", host));
    let present = |name: &str| scene.headers().is_some_and(|headers| headers.has(name));
    let changed: Vec<String> =
        change.set.iter().filter(|(name, _)| present(name)).map(|(name, _)| quote::title_case(name)).collect();
    let verb = if changed.is_empty() {
        prose!("add {}", those(change.set.len()))
    } else if changed.len() == change.set.len() {
        prose!("change {}", those(change.set.len()))
    } else {
        let added: Vec<String> =
            change.set.iter().filter(|(name, _)| !present(name)).map(|(name, _)| quote::title_case(name)).collect();
        prose!("change {} and add {}", Captured::text(quote::list(&changed)), Captured::text(quote::list(&added)))
    };
    let twice = |name: &str| scene.headers().is_some_and(|headers| headers.lines(name).count() > 1);
    // The value itself may be right; two layers write it.
    let verb = match change.set.as_slice() {
        [(name, _)] if twice(name) => prose!("send {} once, from one layer", Captured::text(quote::title_case(name))),
        _ => verb,
    };
    let and_actual = if preflight && change.set.iter().any(|(name, _)| name == "access-control-allow-origin") {
        prose!("; send the same Access-Control-Allow-Origin line on the answer to {}", method())
    } else {
        Prose::new()
    };
    let keep = keep(scene, purpose);
    let these = those(change.set.len());
    // A proxy in front may be what keeps the list.
    let proxy = stack
        .iter()
        .filter_map(|hit| by_id(hit.id))
        .find(|proxy| proxy.list_of_sites.is_some())
        .filter(|_| stack.iter().all(|hit| by_id(hit.id).is_some_and(|stack| stack.layer < Layer::Application)));
    let title = match (change.status, purpose) {
        (Some(status), Purpose::BeforeLogin) => {
            let lines = if change.set.is_empty() { Prose::new() } else { prose!(" and {}", these) };
            prose!(
                "application {}: let OPTIONS pass before the login check, and answer {} {} with \
                 {}{}{}",
                of_host,
                request,
                path,
                status,
                lines,
                and_actual
            )
        }
        (Some(status), _) if change.set.is_empty() => {
            prose!("{}: answer {} {} with {}", server, request, path, status)
        }
        (None, Purpose::InsteadOfPage) if preflight => prose!(
            "{}: have the API answer {} {} instead of the web page, with {}{}",
            server,
            request,
            path,
            these,
            and_actual
        ),
        (status, Purpose::OnList) => {
            let subject = proxy.map_or_else(
                || prose!("application {}", of_host),
                |proxy| prose!("{} {}, or the application behind it", proxy.name, of_host),
            );
            let map = proxy.and_then(|proxy| proxy.list_of_sites).unwrap_or_default();
            let and = status.map_or("", |_| "2xx and ");
            let first = if change.set.len() == 1 { "it" } else { "the first one" };
            let actual =
                if preflight { prose!("; the answer to {} needs {} as well", method(), first) } else { Prose::new() };
            prose!(
                "{}: add {} to its list of origins ({}letter by letter, no slash at the end); {} \
                 {} is then answered with {}{}{}",
                subject,
                pair.origin,
                map,
                request,
                path,
                and,
                these,
                actual
            )
        }
        (Some(status), Purpose::AtFirewall | Purpose::BeforeCheck { .. }) => {
            prose!("whoever answers: {} {} needs {} and {}{}", request, path, status, these, and_actual)
        }
        (Some(status), _) => {
            prose!("{}: answer {} {} with {} and {}{}", server, request, path, status, these, and_actual)
        }
        (None, Purpose::OneLine { .. }) => {
            prose!(
                "{}: send Access-Control-Allow-Origin once, from one layer, on {} \
                 {}{}",
                server,
                request,
                path,
                and_actual
            )
        }
        (None, _) if purpose.is_listed() => prose!(
            "{}: add {} to the list of origins, and answer {} {} with the request's Origin \
             when it is on that list (a fixed value serves one site); {}{}{}",
            server,
            pair.origin,
            request,
            path,
            verb,
            keep,
            and_actual
        ),
        (None, Purpose::InsteadOf { allowed: Allowed::DefaultPort, value }) => {
            prose!(
                "{}: remove {} from the origin it allows; on the answer to {} {} \
                 {}{}{}",
                server,
                Captured::text(value.rfind(':').and_then(|at| value.get(at..)).unwrap_or_default()),
                request,
                path,
                verb,
                keep,
                and_actual
            )
        }
        (None, Purpose::InsteadOf { allowed: Allowed::Pattern, .. }) => prose!(
            "{}: compare the pattern at the server, and answer {} {} with the request's \
             Origin when it fits; {}{}{}",
            server,
            request,
            path,
            verb,
            keep,
            and_actual
        ),
        (None, _) => prose!("{}: on the answer to {} {} {}{}{}", server, request, path, verb, keep, and_actual),
    };
    Fix {
        stack: "generic",
        who: match purpose {
            Purpose::OnList if proxy.is_some() => Who::Server,
            Purpose::OnList | Purpose::BeforeLogin => Who::Application,
            _ => Who::Server,
        },
        title,
        text: CorsHeader::head(&CorsHeader::all(&change.set)),
        do_not: if pair.origin.is_null() { Some(NULL_ORIGIN) } else { do_not },
        changes: vec![change.clone()],
        proven: Vec::new(),
        why_not_proven: None,
        proof: Prose::new(),
        alternative_to: None,
    }
}

/// Lines that are right already and easily lost when Allow-Origin is changed.
fn keep(scene: &Scene<'_>, purpose: Purpose<'_>) -> Prose {
    if !purpose.names_one() {
        return Prose::new();
    }
    let mut lines: Vec<&'static str> = Vec::new();
    if scene.header("access-control-allow-credentials").as_deref() == Some("true") {
        lines.push("Access-Control-Allow-Credentials: true");
    }
    let varies = |value: &str| value.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin"));
    if scene.header("vary").is_some_and(|value| varies(&value)) {
        lines.push("Vary: Origin");
    }
    if lines.is_empty() { Prose::new() } else { prose!(", keep {}", Prose::listed(lines)) }
}

fn those(lines: usize) -> &'static str {
    if lines == 1 { "this line" } else { "these lines" }
}

/// Not to be done where one origin of several is allowed.
pub(in crate::diagnosis) const ONE_ORIGIN_A_LINE: &str = "list several origins in one line: browsers accept exactly \
                                                          one. Compare with a list, answer with one, and send Vary: \
                                                          Origin";
/// Not to be done where the page asks with credentials.
pub(in crate::diagnosis) const ECHOED_WITH_CREDENTIALS: &str =
    "echo every Origin with credentials allowed: any site could then read as the user";
/// Not to be done where OPTIONS is not answered.
pub(in crate::diagnosis) const NO_CORS_MODE: &str =
    "use mode: 'no-cors' in the page: the script could not read the answer";

/// Said before everything else: what is allowed to `null` is allowed to everybody.
const NULL_ORIGIN: &str = "do this for data that is not public: any sandboxed page has the origin null. Rather serve \
                           the page from an http(s) origin, or give its frame allow-same-origin";
