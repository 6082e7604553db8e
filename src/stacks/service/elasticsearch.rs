//! Elasticsearch.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::Has;

pub(super) const STACK: Stack = Stack::service("elasticsearch", "Elasticsearch", &[Has("x-elastic-product")])
    .checked(Seen("answers in public transcripts, and the settings in public repositories"))
    .fix("Elasticsearch: elasticsearch.yml of every node", Language::Yaml, CONFIG);

/// What to paste.
const CONFIG: &str = r#"http.cors.enabled: true
http.cors.allow-origin: "{origin}"
http.cors.allow-methods: {methods}
[[h:http.cors.allow-headers: {headers}
]][[c:http.cors.allow-credentials: true]]"#;
