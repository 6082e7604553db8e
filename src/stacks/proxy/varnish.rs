//! Varnish.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Body, Has, Likely, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "varnish",
    "Varnish",
    &[Has("x-varnish"), Starts("server", "varnish"), Likely(&Body("<h3>guru meditation:</h3>"))],
)
.fix("Varnish: in the VCL", Language::Vcl, CONFIG)
.do_not("set the header in vcl_backend_response: it is cached with the object and then sent to every site");

/// What to paste.
const CONFIG: &str = r#"sub vcl_recv {
    if (req.method == "OPTIONS" && req.url ~ "^{path~}(\?|$)" && req.http.Access-Control-Request-Method) { return (synth(204)); }
}
sub vcl_synth {
    if (resp.status == 204 && req.http.Origin == "{origin}") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
        set resp.http.Vary = "Origin";
        set resp.http.Access-Control-Allow-Methods = "{methods}";
[[h:        set resp.http.Access-Control-Allow-Headers = "{headers}";
]][[c:        set resp.http.Access-Control-Allow-Credentials = "true";
]]        return (deliver);
    }
}
sub vcl_deliver {
    if (resp.http.Vary) { set resp.http.Vary = resp.http.Vary + ", Origin"; } else { set resp.http.Vary = "Origin"; }
    if (req.http.Origin == "{origin}") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
[[c:        set resp.http.Access-Control-Allow-Credentials = "true";
]]    }
}"#;
