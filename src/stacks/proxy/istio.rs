//! Istio.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::Starts;

pub(super) const STACK: Stack = Stack::proxy("istio", "Istio", &[Starts("server", "istio-envoy")])
    .checked(Documentation("Istio VirtualService: CorsPolicy"))
    .built_on(&["envoy"])
    .fix("Istio: corsPolicy of the VirtualService's route", Language::Yaml, CONFIG);

/// What to paste.
const CONFIG: &str = r#"corsPolicy:
  allowOrigins: [{ exact: "{origin}" }]
  allowMethods: [{methods"}]
[[h:  allowHeaders: [{headers"}]
]][[c:  allowCredentials: true
]]"#;
