//! Okta.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::Has;

pub(super) const STACK: Stack = Stack::service("okta", "Okta", &[Has("x-okta-request-id")])
    .checked(Documentation("Okta: enable CORS; its SDK reads the header"))
    .fix("Okta: Security > API > Trusted Origins > Add origin, with CORS ticked", Language::Prose, "{origin}");
