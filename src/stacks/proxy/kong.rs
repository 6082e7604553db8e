//! Kong Gateway.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::{Contains, Has, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "kong",
    "Kong Gateway",
    &[Has("x-kong-proxy-latency"), Has("x-kong-response-latency"), Contains("via", "kong"), Starts("server", "kong")],
)
.checked(Source("Kong/kong kong/plugins/cors/handler.lua, kong/constants.lua"))
.fix("Kong: the cors plugin on the service or route", Language::Yaml, CONFIG);

/// What to paste.
const CONFIG: &str = r#"plugins:
- name: cors
  config:
    origins: ["{origin}"]
    methods: [{methods"}]
[[h:    headers: [{headers"}]
]][[c:    credentials: true
]]# and run_on_preflight: false on key-auth, jwt and other authentication plugins"#;
