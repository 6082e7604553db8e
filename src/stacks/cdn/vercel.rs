//! Vercel.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::Has;

pub(super) const STACK: Stack =
    Stack::cdn("vercel", "Vercel", &[Has("x-vercel-id")]).checked(Seen("answers in public transcripts"));
