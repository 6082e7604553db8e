//! Salesforce.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Has, Likely, Starts};

pub(super) const STACK: Stack = Stack::service(
    "salesforce",
    "Salesforce",
    &[Likely(&Starts("server", "sfdcedge")), Likely(&Has("x-sfdc-request-id"))],
)
.checked(Documentation("Salesforce: configure the CORS allowlist; enable CORS for OAuth endpoints"))
.fix(
    "Salesforce: Setup > CORS > New, Origin URL Pattern (for /services/oauth2/token also \"Enable CORS for OAuth \
     endpoints\")",
    Language::Prose,
    "{origin}",
);
