//! Cloudflare.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Likely, Starts};

pub(super) const STACK: Stack =
    Stack::cdn("cloudflare", "Cloudflare", &[Starts("server", "cloudflare"), Likely(&Has("cf-ray"))])
        .checked(Seen("answers in public transcripts"));
