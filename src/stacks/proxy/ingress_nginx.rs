//! ingress-nginx.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::{All, Body, Is, Likely, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "ingress-nginx",
    "ingress-nginx",
    &[
        Likely(&All(&[
            Is("access-control-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
            Starts("access-control-allow-headers", "dnt,"),
        ])),
        Likely(&Body("default backend - 404")),
    ],
)
.checked(Source("kubernetes/ingress-nginx internal/ingress/annotations/cors/main.go, test/e2e"))
.built_on(&["nginx"])
.fix("ingress-nginx: annotations of the Ingress", Language::Yaml, CONFIG)
.do_not("let the application send the header as well: that makes two lines");

/// What to paste.
const CONFIG: &str = r#"nginx.ingress.kubernetes.io/enable-cors: "true"
nginx.ingress.kubernetes.io/cors-allow-origin: "{origin}"
nginx.ingress.kubernetes.io/cors-allow-methods: "{methods}"
[[h:nginx.ingress.kubernetes.io/cors-allow-headers: "{headers}"
]][[c:nginx.ingress.kubernetes.io/cors-allow-credentials: "true"]]"#;
