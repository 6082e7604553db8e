//! Keycloak.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Cookie, Likely};

pub(super) const STACK: Stack = Stack::service(
    "keycloak",
    "Keycloak",
    &[Cookie("keycloak_"), Likely(&Cookie("kc_restart")), Likely(&Cookie("auth_session_id"))],
)
.checked(Documentation("Keycloak: Web Origins of a client; its cookies are in its source"))
.fix("Keycloak: Clients > the client > Settings > Web origins (no slash at the end)", Language::Prose, "{origin}");
