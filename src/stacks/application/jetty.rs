//! Jetty.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::application("jetty", "Jetty", &[Starts("server", "jetty(")]).fix(
    "Jetty: CrossOriginFilter in web.xml, mapped to /* (CrossOriginHandler since Jetty 12)",
    Language::Properties,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = "filter-class org.eclipse.jetty.servlets.CrossOriginFilter
allowedOrigins = {origin}
allowedMethods = {methods}
[[h:allowedHeaders = {headers}
]][[n:allowCredentials = false
]]chainPreflight = false";
