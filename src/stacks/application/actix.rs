//! actix-web (actix-cors).

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Body, Likely};

pub(super) const STACK: Stack = Stack::application(
    "actix",
    "actix-web (actix-cors)",
    &[
        Likely(&Body("origin is not allowed to make this request")),
        Likely(&Body("requested method is not allowed")),
        Likely(&Body("one or more request headers are not allowed")),
    ],
)
.fix("actix-web: wrap the app in actix-cors", Language::Rust, CONFIG)
.refuses("actix-cors", &["origin is not allowed to make this request"]);

/// What to paste.
const CONFIG: &str = r#"Cors::default().allowed_origin("{origin}").allowed_methods([{methods"}])[[h:.allowed_headers([{headers"}])]][[c:.supports_credentials()]]"#;
