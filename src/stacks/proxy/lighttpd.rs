//! lighttpd.

use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::proxy("lighttpd", "lighttpd", &[Starts("server", "lighttpd")]);
