//! AWS load balancer.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Likely, Starts};

pub(super) const STACK: Stack =
    Stack::proxy("aws-load-balancer", "AWS load balancer", &[Likely(&Starts("server", "awselb"))])
        .checked(Seen("answers in public transcripts"));
