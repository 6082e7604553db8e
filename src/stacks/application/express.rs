//! Express.

use crate::paste::{Language, Quote, Text};
use crate::secrets::prose;
use crate::stacks::package::{CorsPackage, List, Own, THERE};
use crate::stacks::{Configuration, Effect, Kind, Need, Sign, Stack, configure};
use Sign::{All, Body, Contains, Is, Likely, Starts};

pub(super) const STACK: Stack = Stack::application(
    "express",
    "Express",
    &[
        Starts("x-powered-by", "express"),
        Likely(&All(&[Body("<pre>cannot options /"), Contains("content-security-policy", "default-src 'none'")])),
    ],
)
.package(
    "Express with cors",
    Is("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
    Some("the package's default method list"),
)
.packaged("Express: the cors package, before authentication and routes", &PACKAGE)
.configured_by(configure);

pub(super) const PACKAGE: CorsPackage = CorsPackage {
    name: "Express",
    install: ("app.use(cors({ ", " }))"),
    there: ("cors({ ", " })"),
    between: ", ",
    language: Language::JavaScript,
    quote: Quote::Single,
    origins: List("origin: [", "]"),
    methods: List("methods: [", "]"),
    headers: List("allowedHeaders: [", "]"),
    credentials: "credentials: true",
    own_methods: &["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"],
    own_headers: Own::Asked,
    checks_method: false,
    own_lists: None,
};

/// The package's manual shows an origin function that throws; its callback takes a plain no as well.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    let body = need.answer.body.excerpt.as_deref().unwrap_or_default();
    if need.kind != Kind::Crash || !body.to_ascii_lowercase().contains("not allowed by cors") {
        return configure::usual(stack, need);
    }
    let title = prose!(
        "Express: the origin function of cors answers with an error; let it answer no, and add {} to what it allows",
        need.page()
    );
    let text = Text::from("cors({ origin: (origin, done) => done(null, [")
        .lit(THERE)
        .lit(", ")
        .quoted(PACKAGE.language, PACKAGE.quote, &need.holes.origin)
        .lit("].includes(origin)) })");
    Some(Configuration { title, text, says_path: false, do_not: None, effect: Effect::Sets })
}
