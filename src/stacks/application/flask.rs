//! Flask.

use super::{EMPTY_HTML, PYTHON_SERVER};
use crate::paste::{Language, Quote, Text};
use crate::secrets::prose;
use crate::stacks::package::{CorsPackage, List, Own};
use crate::stacks::{Configuration, Kind, Need, Sign, Stack, configure};
use Sign::{All, Has, Likely, Starts, Status};

pub(super) const STACK: Stack = Stack::application(
    "flask",
    "Flask",
    &[
        Likely(&Starts("server", "werkzeug/")),
        // Flask's own answer to OPTIONS.
        Likely(&All(&[PYTHON_SERVER, Status(200), EMPTY_HTML, Has("allow")])),
    ],
)
.packaged("Flask: flask-cors on this path", &PACKAGE)
.configured_by(configure);

const PACKAGE: CorsPackage = CorsPackage {
    name: "Flask",
    install: ("CORS(app, resources={r\"{path~}\": {", "}})"),
    there: ("CORS(app, resources={r\"{path~}\": {", "}})"),
    between: ", ",
    language: Language::Python,
    quote: Quote::Double,
    origins: List("\"origins\": [", "]"),
    methods: List("\"methods\": [", "]"),
    headers: List("\"allow_headers\": [", "]"),
    credentials: "\"supports_credentials\": True",
    own_methods: &["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"],
    own_headers: Own::Asked,
    checks_method: false,
    own_lists: None,
};

/// flask-cors answers no preflight that a check before the request refuses.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    let usual = configure::usual(stack, need)?;
    let title = match need.kind {
        Kind::Login => "Flask: let OPTIONS pass before the token is looked at, and allow the page".into(),
        Kind::Refused(status) => {
            prose!("Flask: let OPTIONS pass before the check that answers {}, and allow the page", status)
        }
        _ => return Some(usual),
    };
    let text = Text::from("if request.method == \"OPTIONS\": return current_app.make_default_options_response()\n")
        .text(&usual.text);
    Some(Configuration { title, text, ..usual })
}
