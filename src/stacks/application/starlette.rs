//! FastAPI / Starlette.

use super::django;
use crate::paste::{Language, Quote};
use crate::stacks::package::{CorsPackage, List, Own};
use crate::stacks::{Configuration, Kind, Need, Sign, Stack, configure};
use Sign::{All, Any, Body, Likely, Not, Starts};

pub(super) const STACK: Stack = Stack::application(
    "starlette",
    "FastAPI / Starlette",
    &[
        Likely(&Body("disallowed cors ")),
        Likely(&All(&[Starts("server", "uvicorn"), Body("{\"detail\":\"")])),
        Likely(&All(&[
            Any(&[Starts("server", "uvicorn"), Starts("server", "hypercorn")]),
            Not(&django::SECURITY),
            Not(&Starts("content-type", "text/html")),
        ])),
    ],
)
.packaged("FastAPI or Starlette: CORSMiddleware, added last so that it is outermost", &PACKAGE)
.configured_by(configure)
.refuses("Starlette", &["disallowed cors origin"]);

const PACKAGE: CorsPackage = CorsPackage {
    name: "FastAPI or Starlette",
    install: ("app.add_middleware(CORSMiddleware, ", ")"),
    there: ("add_middleware(CORSMiddleware, ", ")"),
    between: ", ",
    language: Language::Python,
    quote: Quote::Double,
    origins: List("allow_origins=[", "]"),
    methods: List("allow_methods=[", "]"),
    headers: List("allow_headers=[", "]"),
    credentials: "allow_credentials=True",
    own_methods: &["GET"],
    own_headers: Own::Names(&["accept", "accept-language", "content-language", "content-type"]),
    checks_method: true,
    own_lists: None,
};

/// The page of an unhandled error is made outside every add_middleware.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    if !matches!(need.kind, Kind::BareError(_)) {
        return configure::usual(stack, need);
    }
    let usual = configure::around(stack, need, Some(("app = CORSMiddleware(app, ", ")")))?;
    let title = "FastAPI or Starlette: the page of an unhandled error is made outside every add_middleware; put \
                 CORSMiddleware around the whole application, in place of add_middleware";
    Some(Configuration { title: title.into(), ..usual })
}
