//! Apache.
//!
//! It keeps one table of headers for good answers and one for all: `Header set` without `always` misses errors, and
//! `always` beside a proxied line makes two. A list of sites is a condition there.

use crate::cors::Stage;
use crate::paste::{ALLOW_ORIGIN, CorsHeader, Language, Quote, Text, Words};
use crate::secrets::prose;
use crate::stacks::{Configuration, Effect, Kind, Need, Sign, Stack};
use Sign::{All, Body, Contains, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "apache",
    "Apache",
    &[
        Starts("server", "apache/"),
        All(&[Starts("server", "apache"), Contains("content-type", "iso-8859-1")]),
        Body("<address>apache/"),
    ],
)
.fix("Apache", Language::Apache, "")
.configured_by(configure)
.list_of_sites("")
.gateway_pages(&[
    ("the proxy server received an invalid response from an upstream server", "Apache"),
    ("the proxy server could not handle the request", "Apache"),
    ("the gateway did not receive a timely response", "Apache"),
])
.forbidden_page("you don't have permission to access this resource")
.doubled("apache", |_| {
    "Apache adds one and the application behind it the other; \"Header always set\" does not touch a line that came \
     from behind"
        .into()
});

fn configure(_: &Stack, need: &Need<'_>) -> Option<Configuration> {
    // Its list stands in a condition that the answer does not show: a fixed origin beside it would shut the other
    // sites out.
    if need.kind == Kind::NotListed {
        return None;
    }
    let listed = need.sites();
    let set = |line: &CorsHeader| {
        let text = Text::from("Header onsuccess unset ").lit(line.name).lit("\nHeader always set ").lit(line.name);
        match &listed {
            Some(_) if line.key == ALLOW_ORIGIN => text.lit(" \"%{CORS_ORIGIN}e\" env=CORS_ORIGIN"),
            _ => text.lit(" ").quoted(Language::ApacheHeader, Quote::Double, &line.value),
        }
    };
    let answers_options = need.on == Stage::Preflight && (need.status.is_some() || !need.answered().has(ALLOW_ORIGIN));
    let (mut title, mut text) = if answers_options {
        let path = &need.holes.path;
        let headers: Vec<Text> = need.full_lines().iter().map(|line| set(line).indented("    ")).collect();
        // Without the path every answer of the host would have the headers, and every OPTIONS this answer.
        let text = Text::from("<Location ")
            .quoted(Language::Apache, Quote::Double, path)
            .lit(">\n")
            .text(&Text::lines(&headers))
            .lit("\n</Location>\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} =OPTIONS\nRewriteCond %{REQUEST_URI} ")
            .quoted(Language::Apache, Quote::Double, &Words::new("=").value(path))
            .lit("\nRewriteRule ^ - [R=204,L]");
        (prose!("Apache, in the virtual host: answer OPTIONS for {}", need.shown_path()), text)
    } else {
        let title = if need.lines.iter().any(|line| need.answered().has(line.key)) {
            let place = if need.lines.len() == 1 { "line of this name" } else { "lines of these names" };
            prose!("Apache, in place of the Header {}:", place)
        } else {
            prose!("Apache: add in the <Location> of {}", need.shown_path())
        };
        (title, Text::lines(&need.lines.iter().map(set).collect::<Vec<_>>()))
    };
    if let Some(origins) = &listed {
        let site = |origin| Text::new().pattern(Language::Apache, Quote::Double, origin);
        let sites = Text::joined(&origins.iter().map(site).collect::<Vec<_>>(), "|");
        title = prose!("Apache: {}", need.follow_the_site());
        text = Text::from("SetEnvIf Origin \"^(").text(&sites).lit(")$\" CORS_ORIGIN=$1\n").text(&text);
    }
    let do_not = "\"Header add\", or \"always set\" without the unset: beside a line from behind that makes two";
    Some(Configuration {
        title,
        text,
        says_path: answers_options && listed.is_none(),
        do_not: Some(do_not),
        effect: Effect::Sets,
    })
}
