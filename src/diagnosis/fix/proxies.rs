//! nginx and Apache, whose directives need more care than a template.
//!
//! Owns what they do to a header that is there: nginx appends, Apache keeps one table for good
//! answers and one for all. A list of sites is a map there, a condition here.

use super::config::{Values, blank};
use super::lines::{self, Line};
use super::{Change, Fix, Who, package};
use crate::cors::Stage;
use crate::diagnosis::cause::Scene;
use crate::diagnosis::proof::{self, Edit};
use crate::diagnosis::{Cause, stack};
use crate::paste::{Language, Quote, SerializedOrigin, Text, Words};

/// Other sites that a list is written for: nobody copies more by hand.
const OTHER_SITES: usize = 16;

fn present(scene: &Scene<'_>, name: &str) -> bool {
    scene.headers().is_some_and(|headers| headers.has(name))
}

/// `add_header NAME VALUE always;`
fn add(line: &Line) -> Text {
    Text::from("add_header ").lit(line.name).lit(" ").word(Language::Nginx, &line.value).lit(" always;")
}

/// nginx: `add_header` appends, never replaces, and counts for listed statuses only without `always`.
pub(super) fn nginx(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("nginx", Who::Proxy, change);
    let lines = lines::of(change);
    if super::repeats_the_page(scene, cause) {
        "nginx, beside the add_header line, unless the application stops sending it:".clone_into(&mut fix.title);
        fix.text = Text::from("proxy_hide_header Access-Control-Allow-Origin;");
        fix.do_not = Some("add a third line: add_header appends and never replaces".to_owned());
        return (fix, proof::as_append(change, true));
    }
    if let Cause::ErrorResponseWithoutCors { status, .. } = cause {
        let added = Text::lines(&lines.iter().map(add).collect::<Vec<_>>());
        if stack::nginx_answers_by_itself(*status) {
            fix.title = format!(
                "nginx answers {status} by itself: put \"always\" on its add_header line; where the application adds the header, answer {status} in a location of its own"
            );
            fix.text = Text::from("# where nginx adds the header\n").text(&added);
            fix.text = fix.text.lit("\n# where the application does\nerror_page ").number(*status).lit(" @cors_");
            fix.text = fix.text.number(*status).lit(";\nlocation @cors_").number(*status).lit(" {\n");
            fix.text = fix.text.text(&added.indented("    ")).lit("\n    return ").number(*status).lit(";\n}");
            return (fix, proof::as_append(change, false));
        }
        "nginx, in the add_header line that is there (without \"always\" it is left out of errors):"
            .clone_into(&mut fix.title);
        fix.text = added;
        return (fix, proof::as_append(change, false));
    }
    // One origin of several comes from a map; a fixed one would take the place of what others have.
    let map = origins(cause, values).map(|origins| {
        let entry = |origin| Text::from("    ").word(Language::Nginx, origin).lit(" $http_origin;");
        let entries = Text::lines(&origins.iter().map(entry).collect::<Vec<_>>());
        Text::from("# in http { }; one line for each site\nmap $http_origin $cors_origin {\n").text(&entries).lit("\n}")
    });
    let origin_line = match &map {
        Some(_) => Text::from("add_header Access-Control-Allow-Origin $cors_origin always;"),
        None => add(&Line::origin(&values.holes.origin)),
    };
    let line = |line: &Line| if line.key == lines::ALLOW_ORIGIN { origin_line.clone() } else { add(line) };
    let added: Vec<Text> = lines.iter().map(line).collect();
    let hides: Vec<Text> = lines
        .iter()
        .filter(|line| present(scene, line.key))
        .map(|line| Text::from("proxy_hide_header ").lit(line.name).lit(";"))
        .collect();
    if change.on == Stage::Preflight && (change.status.is_some() || hides.is_empty()) {
        fix.title = format!("nginx: answer OPTIONS in the location of {}", values.path);
        // An if block with an add_header of its own inherits none: it has to hold the right ones as well.
        let right = lines.iter().all(|line| line.key != lines::ALLOW_ORIGIN);
        let why = if right { "  # inherits no add_header from outside" } else { "" };
        let mut text = vec![Text::from("if ($request_method = OPTIONS) {").lit(why)];
        text.extend(full_lines(values).iter().map(|full| Text::from("    ").text(&line(full))));
        text.extend([Text::from("    return 204;"), Text::from("}")]);
        // A right line that is there would be doubled.
        if !right {
            fix.title.push_str(", in place of any add_header of these names");
            text.push(origin_line.clone());
            if values.holes.credentials {
                text.push(add(&Line::credentials()));
            }
            text.push(Text::from("proxy_hide_header Access-Control-Allow-Origin;  # if the application sends it too"));
        }
        fix.text = Text::lines(&text);
    } else {
        fix.title = if hides.is_empty() {
            format!("nginx: add in the location of {}", values.path)
        } else {
            let place = if lines.len() == 1 { "line of this name" } else { "lines of these names" };
            format!("nginx, in place of the add_header {place}:")
        };
        fix.text = Text::lines(hides.iter().chain(&added));
    }
    if let Some(map) = map {
        let place = if fix.title.starts_with("nginx, in place") {
            "# in the location, in place of the add_header lines"
        } else {
            "# in the location"
        };
        fix.title = format!("nginx: {}", follow_the_site(cause, values));
        fix.text = Text::lines([&map, &Text::from(place), &fix.text]);
    }
    fix.do_not =
        Some("leave add_header lines one level up: a location with an add_header of its own inherits none".to_owned());
    (fix, proof::as_append(change, true))
}

/// Apache: `Header set` without `always` misses errors; `always` beside a proxied line makes two.
pub(super) fn apache(scene: &Scene<'_>, cause: &Cause, values: &Values, change: &Change) -> (Fix, Vec<Edit>) {
    let mut fix = blank("apache", Who::Proxy, change);
    let lines = lines::of(change);
    let listed = origins(cause, values);
    let set = |line: &Line| {
        let text = Text::from("Header onsuccess unset ").lit(line.name).lit("\nHeader always set ").lit(line.name);
        match &listed {
            Some(_) if line.key == lines::ALLOW_ORIGIN => text.lit(" \"%{CORS_ORIGIN}e\" env=CORS_ORIGIN"),
            _ => text.lit(" ").quoted(Language::ApacheHeader, Quote::Double, &line.value),
        }
    };
    if change.on == Stage::Preflight && (change.status.is_some() || !present(scene, lines::ALLOW_ORIGIN)) {
        fix.title = format!("Apache, in the virtual host: answer OPTIONS for {}", values.path);
        if listed.is_none() {
            fix.title.push_str(&values.placeholder());
        }
        let path = &values.holes.path;
        let headers: Vec<Text> = full_lines(values).iter().map(|line| set(line).indented("    ")).collect();
        // Without the path every answer of the host would have the headers, and every OPTIONS this answer.
        fix.text = Text::from("<Location ")
            .quoted(Language::Apache, Quote::Double, path)
            .lit(">\n")
            .text(&Text::lines(&headers))
            .lit("\n</Location>\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} =OPTIONS\nRewriteCond %{REQUEST_URI} ")
            .quoted(Language::Apache, Quote::Double, &Words::new("=").value(path))
            .lit("\nRewriteRule ^ - [R=204,L]");
    } else {
        fix.title = if lines.iter().any(|line| present(scene, line.key)) {
            let place = if lines.len() == 1 { "line of this name" } else { "lines of these names" };
            format!("Apache, in place of the Header {place}:")
        } else {
            format!("Apache: add in the <Location> of {}", values.path)
        };
        fix.text = Text::lines(&lines.iter().map(set).collect::<Vec<_>>());
    }
    if let Some(origins) = listed {
        let site = |origin| Text::new().pattern(Language::Apache, Quote::Double, origin);
        let sites = Text::joined(&origins.iter().map(site).collect::<Vec<_>>(), "|");
        fix.title = format!("Apache: {}", follow_the_site(cause, values));
        fix.text = Text::from("SetEnvIf Origin \"^(").text(&sites).lit(")$\" CORS_ORIGIN=$1\n").text(&fix.text);
    }
    fix.do_not = Some(
        "\"Header add\", or \"always set\" without the unset: beside a line from behind that makes two".to_owned(),
    );
    (fix, proof::as_set(change))
}

/// The sites that a list has to hold where the header names another one now, or any.
fn origins(cause: &Cause, values: &Values) -> Option<Vec<SerializedOrigin>> {
    let page = &values.holes.origin;
    let mut sites: Vec<SerializedOrigin> = match cause {
        Cause::AllowOriginMismatch { value, .. } if package::is_listed(cause) => {
            SerializedOrigin::of(value).into_iter().collect()
        }
        // Whichever line stays, it has to follow the site that asks.
        Cause::AllowOriginMultiple { value, .. } if value.split(',').any(|item| item.trim() != values.origin) => {
            let mut sites = Vec::new();
            for site in value.split(',').filter_map(|site| SerializedOrigin::of(site.trim()).ok()) {
                if site != *page && sites.len() < OTHER_SITES && !sites.contains(&site) {
                    sites.push(site);
                }
            }
            sites
        }
        _ => return None,
    };
    sites.push(page.clone());
    Some(sites)
}

/// What a list of sites is for, in words.
fn follow_the_site(cause: &Cause, values: &Values) -> String {
    if matches!(cause, Cause::AllowOriginMultiple { .. }) {
        format!("keep one line, from one layer, and change it to name the site that asks, here {}", values.origin)
    } else {
        format!("add {} to the sites that are allowed, and answer with the one that asks", values.origin)
    }
}

/// Every line a preflight's answer needs.
fn full_lines(values: &Values) -> Vec<Line> {
    let holes = &values.holes;
    let mut lines = vec![Line::origin(&holes.origin)];
    if holes.credentials {
        lines.push(Line::credentials());
    }
    lines.push(Line::methods(&holes.methods));
    if !holes.headers.is_empty() {
        lines.push(Line::headers(&holes.headers));
    }
    lines
}
