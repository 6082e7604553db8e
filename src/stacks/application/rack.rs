//! Ruby (Rack).

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Has, Likely};

pub(super) const STACK: Stack = Stack::application(
    "rack",
    "Ruby (Rack)",
    &[Likely(&Has("x-cascade")), Has("x-rack-cors")],
)
.fix("Ruby: rack-cors, before the application", Language::Ruby, CONFIG);

/// What to paste.
const CONFIG: &str = r#"use Rack::Cors do
  allow do
    origins "{origin}"
    resource "{path}", methods: %i[{verbs }][[h:, headers: %w[{headers }]]][[c:, credentials: true]]
  end
end"#;
