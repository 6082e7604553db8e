//! gunicorn.

use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::application("gunicorn", "gunicorn", &[Starts("server", "gunicorn")]);
