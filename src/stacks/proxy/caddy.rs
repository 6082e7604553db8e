//! Caddy.

use crate::paste::Language;
use crate::stacks::{Configuration, Kind, Need, Sign, Stack, configure};
use Sign::{Contains, Starts};

pub(super) const STACK: Stack = Stack::proxy("caddy", "Caddy", &[Starts("server", "caddy"), Contains("via", "caddy")])
    .fix("Caddy, in the site's block", Language::Caddy, CONFIG)
    .configured_by(configure);

/// What to paste.
const CONFIG: &str = r#"@page header Origin {origin}
header +Vary Origin
header @page Access-Control-Allow-Origin {origin}
header @page >Access-Control-Allow-Origin {origin}
[[c:header @page >Access-Control-Allow-Credentials true
]]@preflight {
    method OPTIONS
    path {path}
    header Origin {origin}
}
header @preflight Access-Control-Allow-Methods "{methods}"
[[h:header @preflight Access-Control-Allow-Headers "{headers}"
]]respond @preflight 204"#;

/// It looks at logins before it answers by itself.
fn configure(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    let usual = configure::usual(stack, need)?;
    if need.kind != Kind::Login {
        return Some(usual);
    }
    let matcher = "\n@login not method OPTIONS\n# and @login as the matcher of basic_auth or forward_auth";
    Some(Configuration { text: usual.text.lit(matcher), ..usual })
}
