//! Google Cloud Storage.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Has, Likely, Starts};

pub(super) const STACK: Stack = Stack::service(
    "google-cloud-storage",
    "Google Cloud Storage",
    &[
        Likely(&Starts("server", "uploadserver")),
        Likely(&Has("x-goog-stored-content-length")),
        Likely(&Has("x-goog-generation")),
    ],
)
.checked(Documentation("Cloud Storage: cross-origin resource sharing; CORS configuration examples"))
.fix(
    "Google Cloud Storage: the bucket's CORS configuration; request headers stand in responseHeader, too",
    Language::Json,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = r#"gcloud storage buckets update gs://BUCKET --cors-file=cors.json
cors.json: [{ "origin": ["{origin}"], "method": [{methods"}][[h:, "responseHeader": [{headers"}]]], "maxAgeSeconds": 600 }]"#;
