//! Imperva.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Likely};

pub(super) const STACK: Stack =
    Stack::cdn("imperva", "Imperva", &[Likely(&Has("x-iinfo"))]).checked(Seen("answers in public transcripts"));
