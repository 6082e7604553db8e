//! Koa (@koa/cors).

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Is, Likely};

// Koa sends nothing of its own; the package's default list has another order than Express's.
pub(super) const STACK: Stack = Stack::application(
    "koa",
    "Koa (@koa/cors)",
    &[Likely(&Is("access-control-allow-methods", "GET,HEAD,PUT,POST,DELETE,PATCH"))],
)
.fix("Koa: @koa/cors, before the routes", Language::JavaScript, CONFIG);

/// What to paste.
const CONFIG: &str = "app.use(cors({ origin: c => ['{origin}'].includes(c.get('Origin')) ? c.get('Origin') : '', allowMethods: [{methods'}][[h:, allowHeaders: [{headers'}]]][[c:, credentials: true]] }))";
