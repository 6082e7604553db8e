//! Azure API Management.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Body, Likely};

pub(super) const STACK: Stack = Stack::proxy(
    "azure-api-management",
    "Azure API Management",
    &[
        Likely(&Body("access denied due to missing subscription key")),
        Likely(&Body("access denied due to invalid subscription key")),
    ],
)
.checked(Documentation("API Management: 401 errors; the cors policy"))
.fix("API Management: the cors policy, first in <inbound>", Language::Xml, CONFIG);

/// What to paste.
const CONFIG: &str = r#"<cors[[c: allow-credentials="true"]]>
  <allowed-origins><origin>{origin}</origin></allowed-origins>
  <allowed-methods>{methods>}</allowed-methods>
[[h:  <allowed-headers>{headers>}</allowed-headers>
]]</cors>"#;
