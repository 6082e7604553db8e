//! Netlify.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Likely};

pub(super) const STACK: Stack =
    Stack::cdn("netlify", "Netlify", &[Likely(&Has("x-nf-request-id"))]).checked(Seen("answers in public transcripts"));
