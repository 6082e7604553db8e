//! nginx.
//!
//! `add_header` appends, never replaces, and counts for listed statuses only without `always`. A list of sites is a
//! map there.

use crate::cors::Stage;
use crate::paste::{ALLOW_ORIGIN, CorsHeader, Language, Text};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks::{Configuration, Effect, Kind, Need, Sign, Stack};
use Sign::{Body, Likely, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "nginx",
    "nginx",
    &[Starts("server", "nginx"), Body("<center>nginx"), Likely(&Starts("server", "openresty"))],
)
.fix("nginx", Language::Nginx, "")
.configured_by(configure)
.list_of_sites("in nginx a map of $http_origin; ")
.own_pages(&[413, 414, 502, 503, 504])
.gateway_pages(&[("<hr><center>nginx", "nginx"), ("<hr><center>openresty", "OpenResty")])
.forbidden_page("<hr><center>nginx")
.doubled("nginx", |server| {
    prose!(
        "{} adds one and the application behind it the other; add_header appends and never replaces",
        Captured::text(server)
    )
})
.left_out("nginx", |nginx, status| {
    if nginx.answers_by_itself(status) {
        "nginx made this page by itself, and it adds the header without \"always\" or leaves it to the application"
    } else {
        "nginx adds it without \"always\""
    }
});

fn configure(_: &Stack, need: &Need<'_>) -> Option<Configuration> {
    match need.kind {
        // Its list stands in a map that the answer does not show: a fixed origin beside it would shut the other
        // sites out.
        Kind::NotListed => None,
        Kind::Repeated { names_the_page: true, .. } => Some(Configuration {
            title: "nginx, beside the add_header line, unless the application stops sending it:".into(),
            text: Text::from("proxy_hide_header Access-Control-Allow-Origin;"),
            says_path: false,
            do_not: Some("add a third line: add_header appends and never replaces"),
            effect: Effect::Replaces,
        }),
        Kind::BareError(status) => Some(on_errors(status, need)),
        _ => Some(on_all(need)),
    }
}

/// `add_header NAME VALUE always;`
fn add(line: &CorsHeader) -> Text {
    Text::from("add_header ").lit(line.name).lit(" ").word(Language::Nginx, &line.value).lit(" always;")
}

/// Where only the error lacks the lines.
fn on_errors(status: u16, need: &Need<'_>) -> Configuration {
    let added = Text::lines(&need.lines.iter().map(add).collect::<Vec<_>>());
    let (title, text) = if STACK.answers_by_itself(status) {
        let title = prose!(
            "nginx answers {} by itself: put \"always\" on its add_header line; where the application adds the \
             header, answer {} in a location of its own",
            status,
            status
        );
        let text = Text::from("# where nginx adds the header\n")
            .text(&added)
            .lit("\n# where the application does\nerror_page ")
            .number(status)
            .lit(" @cors_")
            .number(status)
            .lit(";\nlocation @cors_")
            .number(status)
            .lit(" {\n")
            .text(&added.indented("    "))
            .lit("\n    return ")
            .number(status)
            .lit(";\n}");
        (title, text)
    } else {
        let title = "nginx, in the add_header line that is there (without \"always\" it is left out of errors):";
        (Prose::from(title), added)
    };
    Configuration { title, text, says_path: false, do_not: None, effect: Effect::Appends }
}

fn on_all(need: &Need<'_>) -> Configuration {
    let lines = &need.lines;
    // One origin of several comes from a map; a fixed one would take the place of what others have.
    let map = need.sites().map(|origins| {
        let entry = |origin| Text::from("    ").word(Language::Nginx, origin).lit(" $http_origin;");
        let entries = Text::lines(&origins.iter().map(entry).collect::<Vec<_>>());
        Text::from("# in http { }; one line for each site\nmap $http_origin $cors_origin {\n").text(&entries).lit("\n}")
    });
    let origin_line = match &map {
        Some(_) => Text::from("add_header Access-Control-Allow-Origin $cors_origin always;"),
        None => add(&CorsHeader::origin(&need.holes.origin)),
    };
    let line = |line: &CorsHeader| if line.key == ALLOW_ORIGIN { origin_line.clone() } else { add(line) };
    let hides: Vec<Text> = lines
        .iter()
        .filter(|line| need.answered().has(line.key))
        .map(|line| Text::from("proxy_hide_header ").lit(line.name).lit(";"))
        .collect();
    let answers_options = need.on == Stage::Preflight && (need.status.is_some() || hides.is_empty());
    let (mut title, mut text) = if answers_options {
        let mut title = prose!("nginx: answer OPTIONS in the location of {}", need.shown_path());
        // An if block with an add_header of its own inherits none: it has to hold the right ones as well.
        let right = !need.sets(ALLOW_ORIGIN);
        let why = if right { "  # inherits no add_header from outside" } else { "" };
        let mut text = vec![Text::from("if ($request_method = OPTIONS) {").lit(why)];
        text.extend(need.full_lines().iter().map(|full| Text::from("    ").text(&line(full))));
        text.extend([Text::from("    return 204;"), Text::from("}")]);
        // A right line that is there would be doubled.
        if !right {
            title.push(", in place of any add_header of these names");
            text.push(origin_line.clone());
            if need.holes.credentials {
                text.push(add(&CorsHeader::credentials()));
            }
            text.push(Text::from("proxy_hide_header Access-Control-Allow-Origin;  # if the application sends it too"));
        }
        (title, Text::lines(&text))
    } else {
        let title = if hides.is_empty() {
            prose!("nginx: add in the location of {}", need.shown_path())
        } else {
            let place = if lines.len() == 1 { "line of this name" } else { "lines of these names" };
            prose!("nginx, in place of the add_header {}:", place)
        };
        let added: Vec<Text> = lines.iter().map(line).collect();
        (title, Text::lines(hides.iter().chain(&added)))
    };
    if let Some(map) = map {
        let place = if answers_options || hides.is_empty() {
            "# in the location"
        } else {
            "# in the location, in place of the add_header lines"
        };
        title = prose!("nginx: {}", need.follow_the_site());
        text = Text::lines([&map, &Text::from(place), &text]);
    }
    let do_not = "leave add_header lines one level up: a location with an add_header of its own inherits none";
    Configuration { title, text, says_path: false, do_not: Some(do_not), effect: Effect::Replaces }
}
