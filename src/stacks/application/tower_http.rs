//! tower-http (axum).

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Is, Likely};

pub(super) const STACK: Stack = Stack::application(
    "tower-http",
    "tower-http (axum)",
    &[Likely(&Is("vary", "origin, access-control-request-method, access-control-request-headers"))],
)
.fix("axum or another tower service: CorsLayer", Language::Rust, CONFIG);

/// What to paste.
const CONFIG: &str = r#"CorsLayer::new().allow_origin(["{origin}".parse()?]).allow_methods([{methods"}].map(|name| name.parse().unwrap()))[[h:.allow_headers([{headers"}].map(|name| name.parse().unwrap()))]][[c:.allow_credentials(true)]]"#;
