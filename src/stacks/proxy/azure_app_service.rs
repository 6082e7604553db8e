//! Azure App Service.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Cookie, Likely};

pub(super) const STACK: Stack =
    Stack::proxy("azure-app-service", "Azure App Service", &[Likely(&Cookie("arraffinity"))])
        .checked(Seen("answers in public transcripts, and the command in public repositories"))
        .fix(
            "Azure App Service: its own CORS, or the application's, not both",
            Language::Shell,
            "az webapp cors add --resource-group GROUP --name APP --allowed-origins {origin}",
        );
