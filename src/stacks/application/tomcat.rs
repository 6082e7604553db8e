//! Apache Tomcat.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Body, Is, Likely, NoReason, Starts, Status};

pub(super) const STACK: Stack = Stack::application(
    "tomcat",
    "Apache Tomcat",
    &[
        Body("apache tomcat/"),
        Likely(&All(&[Body("<title>http status "), Body("font-family:tahoma,arial,sans-serif")])),
        // The refusal of CorsFilter. Tomcat sends no reason phrase.
        Likely(&All(&[Status(403), NoReason, Is("content-length", "0"), Starts("content-type", "text/plain")])),
    ],
)
.fix("Tomcat: CorsFilter in web.xml, mapped to /* before authentication", Language::Properties, CONFIG);

/// What to paste.
const CONFIG: &str = "filter-class org.apache.catalina.filters.CorsFilter
cors.allowed.origins = {origin}
cors.allowed.methods = {methods},OPTIONS
[[h:cors.allowed.headers = {headers}
]][[c:cors.support.credentials = true]]";
