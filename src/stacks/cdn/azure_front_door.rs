//! Azure Front Door.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::Has;

pub(super) const STACK: Stack = Stack::cdn("azure-front-door", "Azure Front Door", &[Has("x-azure-ref")])
    .checked(Documentation("Azure Front Door protocol support for HTTP headers"));
