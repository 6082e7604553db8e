//! Akamai.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Has, Starts};

pub(super) const STACK: Stack = Stack::cdn("akamai", "Akamai", &[Starts("server", "akamai"), Has("akamai-grn")])
    .checked(Seen("answers in public transcripts"));
