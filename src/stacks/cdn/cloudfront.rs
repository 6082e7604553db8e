//! Amazon CloudFront.

use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::{Contains, Has, Likely};

pub(super) const STACK: Stack =
    Stack::cdn("cloudfront", "Amazon CloudFront", &[Likely(&Has("x-amz-cf-id")), Contains("via", "cloudfront")])
        .checked(Seen("answers in public transcripts"));
