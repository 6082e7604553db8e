//! Quarkus.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::{Likely, Reason};

pub(super) const STACK: Stack = Stack::application("quarkus", "Quarkus", &[Likely(&Reason("cors rejected"))])
    .checked(Source("quarkusio/quarkus CORSFilter.java"))
    .fix("Quarkus: application.properties", Language::Properties, CONFIG)
    .refuses("Quarkus", &["cors rejected - invalid origin"]);

/// What to paste.
const CONFIG: &str = "quarkus.http.cors.enabled=true
quarkus.http.cors.origins={origin}
quarkus.http.cors.methods={methods}
[[h:quarkus.http.cors.headers={headers}
]][[c:quarkus.http.cors.access-control-allow-credentials=true]]";
