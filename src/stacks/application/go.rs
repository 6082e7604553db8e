//! Go (rs/cors).

use super::PREFLIGHT_VARY;
use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Any, Has, Is, Likely, Not, Status};

// Go sends nothing of its own; the package's refusal has these names and nothing else.
pub(super) const STACK: Stack = Stack::application(
    "go",
    "Go (rs/cors)",
    &[Likely(&All(&[
        Any(&[Status(204), Is("content-length", "0")]),
        PREFLIGHT_VARY,
        Not(&Has("access-control-allow-origin")),
        Not(&Has("server")),
    ]))],
)
.fix("Go: rs/cors around the handler", Language::Go, CONFIG);

/// What to paste.
const CONFIG: &str = r#"handler := cors.New(cors.Options{AllowedOrigins: []string{"{origin}"}, AllowedMethods: []string{{methods"}}[[h:, AllowedHeaders: []string{{headers"}}]][[c:, AllowCredentials: true]]}).Handler(mux)"#;
