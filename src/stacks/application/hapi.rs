//! hapi.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{All, Body, Is, Likely};

pub(super) const STACK: Stack = Stack::application(
    "hapi",
    "hapi",
    &[
        Likely(&Body("{\"message\":\"cors error: origin not allowed\"}")),
        Likely(&All(&[
            Body("{\"statuscode\":404,\"error\":\"not found\",\"message\":\"not found\"}"),
            Is("cache-control", "no-cache"),
        ])),
    ],
)
.fix("hapi: the option cors of the server (or of the route)", Language::JavaScript, CONFIG)
.refuses("hapi", &["cors error: origin not allowed"]);

/// What to paste.
const CONFIG: &str =
    "routes: { cors: { origin: ['{origin}'][[h:, additionalHeaders: [{headers'}]]][[c:, credentials: true]] } }";
