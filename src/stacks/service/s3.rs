//! Amazon S3.

use crate::paste::Language;
use crate::secrets::prose;
use crate::stacks::{Checked, Configuration, Kind, Need, Sign, SilentRefusal, Stack, configure};
use Checked::Seen;
use Sign::{Body, Likely, Starts};

pub(super) const STACK: Stack =
    Stack::service("s3", "Amazon S3", &[Starts("server", "amazons3"), Likely(&Body("corsresponse: "))])
        .checked(Seen("answers in public transcripts, and S3's error messages in compatible servers"))
        .fix("S3: the bucket's CORS configuration", Language::Json, CONFIG)
        .do_not("list OPTIONS among the methods: S3 answers it by itself")
        .configured_by(configure)
        .refuses(
            "S3",
            &["corsresponse: this cors request is not allowed", "corsresponse: cors is not enabled for this bucket"],
        )
        .refuses_silently(SilentRefusal {
            server: "amazons3",
            status: 403,
            because: "S3 answers so when no CORS rule of the bucket fits this origin, method and headers",
            headline: "No CORS rule of the S3 bucket seems to fit this page's request",
        });

/// What to paste.
const CONFIG: &str =
    r#"[{ "AllowedOrigins": ["{origin}"], "AllowedMethods": [{methods"}][[h:, "AllowedHeaders": [{headers"}]]] }]"#;

/// A bucket has rules, and each is tried as a whole.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    let usual = configure::usual(stack, need)?;
    if need.kind != Kind::NotListed {
        return Some(usual);
    }
    let title = prose!(
        "{}: one rule must fit the origin, the method and all headers; add it or complete the one that is there",
        stack.title
    );
    Some(Configuration { title, ..usual })
}
