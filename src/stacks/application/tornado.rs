//! Tornado.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::application("tornado", "Tornado", &[Starts("server", "tornadoserver/")]).fix(
    "Tornado: in the class that the handlers share",
    Language::Python,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = r#"def set_default_headers(self):
    self.set_header("Vary", "Origin")
    if self.request.headers.get("Origin") in ["{origin}"]:
        self.set_header("Access-Control-Allow-Origin", self.request.headers["Origin"])
        self.set_header("Access-Control-Allow-Methods", "{methods}")
[[h:        self.set_header("Access-Control-Allow-Headers", "{headers}")
]][[c:        self.set_header("Access-Control-Allow-Credentials", "true")
]]
def options(self, *args):
    self.set_status(204)"#;
