//! Traefik or another Go server.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Body, Is, Likely};

// Traefik has no header of its own; this page is the Go library's.
pub(super) const STACK: Stack = Stack::proxy(
    "traefik",
    "Traefik or another Go server",
    &[Likely(&All(&[Body("404 page not found\n"), Is("x-content-type-options", "nosniff")]))],
)
.fix(
    "Traefik, if that is what answers: the headers middleware, first on the router, before authentication; and no \
     Method() in the router's rule that leaves OPTIONS out",
    Language::Yaml,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = r#"http:
  middlewares:
    cors:
      headers:
        accessControlAllowOriginList: ["{origin}"]
        accessControlAllowMethods: [{methods"}]
[[h:        accessControlAllowHeaders: [{headers"}]
]][[c:        accessControlAllowCredentials: true
]]        addVaryHeader: true"#;
