//! Auth0.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::Has;

pub(super) const STACK: Stack = Stack::service("auth0", "Auth0", &[Has("x-auth0-requestid")])
    .checked(Documentation("Auth0: configure cross-origin resource sharing"))
    .fix(
        "Auth0: Applications > the application > Settings > Allowed Origins (CORS), and Allowed Web Origins",
        Language::Prose,
        "{origin}",
    );
