//! Fastly.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{All, Contains, Has, Likely};

pub(super) const STACK: Stack =
    Stack::cdn("fastly", "Fastly", &[Likely(&All(&[Has("x-served-by"), Contains("x-served-by", "cache-")]))])
        .checked(Seen("answers in public transcripts"));
