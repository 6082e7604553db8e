//! nginx and Apache, whose directives need more care than a template.
//!
//! Owns what they do to a header that is there: nginx appends, Apache keeps one table for good
//! answers and one for all. A list of sites is a map there, a condition here.

use super::config::{Values, blank};
use super::{Change, Fix, Who, package};
use crate::cors::Stage;
use crate::diagnosis::cause::{Scene, Wildcard};
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::{Cause, quote, stack};
use crate::exchange::OriginParts;

/// Other sites that a list is written for: nobody copies more by hand.
const OTHER_SITES: usize = 16;

fn present(scene: &Scene<'_>, name: &str) -> bool {
    scene.headers().is_some_and(|headers| headers.has(name))
}

/// nginx: `add_header` appends, never replaces, and counts for listed statuses only without `always`.
pub(super) fn nginx(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("nginx", Who::Proxy, change);
    let add = |name: &str, value: &str| format!("add_header {} {} always;", quote::title_case(name), nginx_word(value));
    if super::repeats_the_page(scene, cause) {
        "nginx, beside the add_header line, unless the application stops sending it:".clone_into(&mut fix.title);
        "proxy_hide_header Access-Control-Allow-Origin;".clone_into(&mut fix.text);
        fix.do_not = Some("add a third line: add_header appends and never replaces".to_owned());
        return (fix, proof::as_append(change, true));
    }
    if let Cause::ErrorResponseWithoutCors { status, .. } = cause {
        let lines: Vec<String> = change.set.iter().map(|(name, value)| add(name, value)).collect();
        if stack::nginx_answers_by_itself(*status) {
            fix.title = format!(
                "nginx answers {status} by itself: put \"always\" on its add_header line; where the application adds the header, answer {status} in a location of its own"
            );
            fix.text = format!(
                "# where nginx adds the header\n{}\n# where the application does\nerror_page {status} @cors_{status};\nlocation @cors_{status} {{\n    {}\n    return {status};\n}}",
                lines.join("\n"),
                lines.join("\n    ")
            );
            return (fix, proof::as_append(change, false));
        }
        "nginx, in the add_header line that is there (without \"always\" it is left out of errors):"
            .clone_into(&mut fix.title);
        fix.text = lines.join("\n");
        return (fix, proof::as_append(change, false));
    }
    // One origin of several comes from a map; a fixed one would take the place of what others have.
    let map = origins(cause, values).map(|origins| {
        let entries: Vec<String> =
            origins.iter().map(|origin| format!("    {} $http_origin;", nginx_word(origin))).collect();
        format!("# in http {{ }}; one line for each site\nmap $http_origin $cors_origin {{\n{}\n}}", entries.join("\n"))
    });
    let origin_line = match &map {
        Some(_) => "add_header Access-Control-Allow-Origin $cors_origin always;".to_owned(),
        None => add("access-control-allow-origin", &values.origin),
    };
    let line = |name: &str, value: &str| {
        if name == "access-control-allow-origin" { origin_line.clone() } else { add(name, value) }
    };
    let lines: Vec<String> = change.set.iter().map(|(name, value)| line(name, value)).collect();
    let hides: Vec<String> = change
        .set
        .iter()
        .filter(|(name, _)| present(scene, name))
        .map(|(name, _)| format!("proxy_hide_header {};", quote::title_case(name)))
        .collect();
    if change.on == Stage::Preflight && (change.status.is_some() || hides.is_empty()) {
        fix.title = format!("nginx: answer OPTIONS in the location of {}", values.path);
        // An if block with an add_header of its own inherits none: it has to hold the right ones as well.
        let right = change.set.iter().all(|(name, _)| name != "access-control-allow-origin");
        let why = if right { "  # inherits no add_header from outside" } else { "" };
        let mut text = vec![format!("if ($request_method = OPTIONS) {{{why}")];
        text.extend(full_lines(values).iter().map(|(name, value)| format!("    {}", line(name, value))));
        text.extend(["    return 204;".to_owned(), "}".to_owned()]);
        // A right line that is there would be doubled.
        if change.set.iter().any(|(name, _)| name == "access-control-allow-origin") {
            fix.title.push_str(", in place of any add_header of these names");
            text.push(origin_line.clone());
            if values.credentials {
                text.push(add("access-control-allow-credentials", "true"));
            }
            text.push("proxy_hide_header Access-Control-Allow-Origin;  # if the application sends it too".to_owned());
        }
        fix.text = text.join("\n");
    } else {
        fix.title = if hides.is_empty() {
            format!("nginx: add in the location of {}", values.path)
        } else {
            let place = if lines.len() == 1 { "line of this name" } else { "lines of these names" };
            format!("nginx, in place of the add_header {place}:")
        };
        fix.text = hides.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    }
    if let Some(map) = map {
        let place = if fix.title.starts_with("nginx, in place") {
            "# in the location, in place of the add_header lines"
        } else {
            "# in the location"
        };
        fix.title = format!("nginx: {}", follow_the_site(cause, values));
        fix.text = format!("{map}\n{place}\n{}", fix.text);
    }
    fix.do_not =
        Some("leave add_header lines one level up: a location with an add_header of its own inherits none".to_owned());
    (fix, proof::as_append(change, true))
}

/// Apache: `Header set` without `always` misses errors; `always` beside a proxied line makes two.
pub(super) fn apache(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("apache", Who::Proxy, change);
    let listed = origins(cause, values);
    let set = |name: &str, value: &str| {
        let header = quote::title_case(name);
        let (value, condition) = match &listed {
            Some(_) if name == "access-control-allow-origin" => ("%{CORS_ORIGIN}e".to_owned(), " env=CORS_ORIGIN"),
            _ => (value.replace('"', "\\\""), ""),
        };
        format!("Header onsuccess unset {header}\nHeader always set {header} \"{value}\"{condition}")
    };
    if change.on == Stage::Preflight && (change.status.is_some() || !present(scene, "access-control-allow-origin")) {
        fix.title = format!("Apache, in the virtual host: answer OPTIONS for {}", values.path);
        let path = values.path.replace('"', "%22");
        let headers: Vec<String> = full_lines(values)
            .iter()
            .map(|(name, value)| format!("    {}", set(name, value).replace('\n', "\n    ")))
            .collect();
        // Without the path every answer of the host would have the headers, and every OPTIONS this answer.
        fix.text = format!(
            "<Location \"{path}\">\n{}\n</Location>\nRewriteEngine On\nRewriteCond %{{REQUEST_METHOD}} =OPTIONS\nRewriteCond %{{REQUEST_URI}} \"={path}\"\nRewriteRule ^ - [R=204,L]",
            headers.join("\n")
        );
    } else {
        fix.title = if change.set.iter().any(|(name, _)| present(scene, name)) {
            let place = if change.set.len() == 1 { "line of this name" } else { "lines of these names" };
            format!("Apache, in place of the Header {place}:")
        } else {
            format!("Apache: add in the <Location> of {}", values.path)
        };
        fix.text = change.set.iter().map(|(name, value)| set(name, value)).collect::<Vec<_>>().join("\n");
    }
    if let Some(origins) = listed {
        let names: Vec<String> = origins.iter().map(|origin| pattern(origin)).collect();
        fix.title = format!("Apache: {}", follow_the_site(cause, values));
        fix.text = format!("SetEnvIf Origin \"^({})$\" CORS_ORIGIN=$1\n{}", names.join("|"), fix.text);
    }
    fix.do_not = Some(
        "\"Header add\", or \"always set\" without the unset: beside a line from behind that makes two".to_owned(),
    );
    (fix, proof::as_set(change))
}

/// The sites that a list has to hold where the header names another one now, or any.
fn origins(cause: &Cause, values: &Values) -> Option<Vec<String>> {
    let there = match cause {
        Cause::AllowOriginMismatch { value, .. } if package::is_listed(cause) => {
            let usable = OriginParts::of(value).is_some() && value.is_ascii();
            Some(value.clone()).filter(|_| usable && !value.contains(char::is_whitespace))
        }
        Cause::WildcardWithCredentials { on: Wildcard::Origin } => None,
        // Whichever line stays, it has to follow the site that asks.
        Cause::AllowOriginMultiple { value, .. } if value.split(',').any(|item| item.trim() != values.origin) => {
            let mut sites: Vec<String> = Vec::new();
            for site in value.split(',').map(str::trim).filter(|site| *site != values.origin) {
                let usable = OriginParts::of(site).is_some() && site.is_ascii();
                if usable
                    && !site.contains(char::is_whitespace)
                    && sites.len() < OTHER_SITES
                    && !sites.iter().any(|known| known == site)
                {
                    sites.push(site.to_owned());
                }
            }
            sites.push(values.origin.clone());
            return Some(sites);
        }
        _ => return None,
    };
    Some(there.into_iter().chain([values.origin.clone()]).collect())
}

/// What a list of sites is for, in words.
fn follow_the_site(cause: &Cause, values: &Values) -> String {
    if matches!(cause, Cause::AllowOriginMultiple { .. }) {
        format!("keep one line, from one layer, and change it to name the site that asks, here {}", values.origin)
    } else {
        format!("add {} to the sites that are allowed, and answer with the one that asks", values.origin)
    }
}

/// An origin as a regular expression.
fn pattern(origin: &str) -> String {
    origin
        .chars()
        .flat_map(|c| (!c.is_ascii_alphanumeric() && !"-:/".contains(c)).then_some('\\').into_iter().chain([c]))
        .collect()
}

/// Every line a preflight's answer needs.
fn full_lines(values: &Values) -> Vec<(&'static str, String)> {
    let mut lines = vec![("access-control-allow-origin", values.origin.clone())];
    if values.credentials {
        lines.push(("access-control-allow-credentials", "true".to_owned()));
    }
    lines.push(("access-control-allow-methods", values.methods.join(", ")));
    if !values.headers.is_empty() {
        lines.push(("access-control-allow-headers", values.headers.join(", ")));
    }
    lines
}

/// A value as nginx's configuration needs it.
fn nginx_word(value: &str) -> String {
    let bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c));
    if bare { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
}
