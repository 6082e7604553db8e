//! Azure Storage.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::{Contains, Likely, Starts};

pub(super) const STACK: Stack = Stack::service(
    "azure-storage",
    "Azure Storage",
    &[Starts("server", "windows-azure-"), Likely(&Contains("x-ms-error-code", "cors"))],
)
.checked(Source("Azure/Azurite StorageErrorFactory"))
.fix("Azure Storage: a CORS rule of the service", Language::Shell, CONFIG)
.refuses("Azure Storage", &["cors not enabled or no matching rule found for this request"]);

/// What to paste.
const CONFIG: &str = "az storage cors add --services b --origins {origin} --methods {methods } [[h:--allowed-headers {headers} ]]--max-age 600";
