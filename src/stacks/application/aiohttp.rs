//! aiohttp.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Body, Contains, Likely};

pub(super) const STACK: Stack = Stack::application(
    "aiohttp",
    "aiohttp",
    &[Contains("server", " aiohttp/"), Likely(&Body("cors preflight request failed: "))],
)
.fix("aiohttp: aiohttp-cors, after the routes are added", Language::Python, CONFIG)
.refuses("aiohttp-cors", &["cors preflight request failed: origin "]);

/// What to paste.
const CONFIG: &str = r#"cors = aiohttp_cors.setup(app, defaults={"{origin}": aiohttp_cors.ResourceOptions(allow_methods=[{methods"}][[h:, allow_headers=[{headers"}]]][[c:, allow_credentials=True]])})
for route in list(app.router.routes()):
    cors.add(route)"#;
