//! Envoy.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Body, Has, Likely, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "envoy",
    "Envoy",
    &[
        Starts("server", "envoy"),
        Starts("server", "istio-envoy"),
        Has("x-envoy-upstream-service-time"),
        Likely(&Body("upstream connect error or disconnect/reset before headers")),
    ],
)
.fix(
    "Envoy: the route's CORS policy; the filter envoy.filters.http.cors stands before the router",
    Language::Yaml,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = r#"typed_per_filter_config:
  envoy.filters.http.cors:
    "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
    allow_origin_string_match: [{ exact: "{origin}" }]
    allow_methods: "{methods}"
[[h:    allow_headers: "{headers}"
]][[c:    allow_credentials: true
]]"#;
