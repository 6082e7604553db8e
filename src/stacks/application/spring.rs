//! Spring.

use super::PREFLIGHT_VARY;
use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Body, Contains, Likely, Starts, Status};

pub(super) const STACK: Stack = Stack::application(
    "spring",
    "Spring",
    &[
        Likely(&Body("invalid cors request")),
        Likely(&All(&[
            Contains("vary", "origin"),
            Contains("vary", "access-control-request-method"),
            Contains("vary", "access-control-request-headers"),
            Contains("x-content-type-options", "nosniff"),
            Starts("x-xss-protection", "0"),
        ])),
        Likely(&All(&[Status(403), PREFLIGHT_VARY])),
        Likely(&All(&[Body("{\"timestamp\":"), Body("\"status\":"), Body("\"path\":\"/")])),
    ],
)
.built_on(&["jetty", "tomcat"])
.fix(
    "Spring: a CorsConfigurationSource bean, and http.cors(Customizer.withDefaults()) in the security chain",
    Language::Java,
    CONFIG,
)
.refuses("Spring", &["invalid cors request"]);

/// What to paste.
const CONFIG: &str = r#"var cors = new CorsConfiguration();
cors.setAllowedOrigins(List.of("{origin}"));
cors.setAllowedMethods(List.of({methods"}));
[[h:cors.setAllowedHeaders(List.of({headers"}));
]][[c:cors.setAllowCredentials(true);
]]var source = new UrlBasedCorsConfigurationSource();
source.registerCorsConfiguration("{path}", cors);"#;
