//! Amazon S3.

use crate::paste::Language;
use crate::stacks::{Checked, Configuration, Kind, Need, Sign, Stack, configure};
use Checked::Seen;
use Sign::{Body, Likely, Starts};

pub(super) const STACK: Stack =
    Stack::service("s3", "Amazon S3", &[Starts("server", "amazons3"), Likely(&Body("corsresponse: "))])
        .checked(Seen("answers in public transcripts, and S3's error messages in compatible servers"))
        .fix("S3: the bucket's CORS configuration", Language::Json, CONFIG)
        .do_not("list OPTIONS among the methods: S3 answers it by itself")
        .configured_by(configure);

/// What to paste.
const CONFIG: &str =
    r#"[{ "AllowedOrigins": ["{origin}"], "AllowedMethods": [{methods"}], "AllowedHeaders": [[[h:{headers"}]]] }]"#;

/// A bucket has rules, and each is tried as a whole.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    let usual = configure::usual(stack, need)?;
    if need.kind != Kind::NotListed {
        return Some(usual);
    }
    let title = format!(
        "{}: one rule must fit the origin, the method and all headers; add it or complete the one that is there",
        stack.title
    );
    Some(Configuration { title, ..usual })
}
