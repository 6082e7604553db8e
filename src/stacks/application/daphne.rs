//! daphne.

use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::application("daphne", "daphne", &[Starts("server", "daphne")]);
