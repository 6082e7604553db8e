//! HAProxy.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::{Body, Likely};

pub(super) const STACK: Stack = Stack::proxy(
    "haproxy",
    "HAProxy",
    &[
        Likely(&Body("no server is available to handle this request.")),
        Likely(&Body("<h1>502 bad gateway</h1>\nthe server returned an invalid or incomplete response.")),
        Likely(&Body("<h1>504 gateway time-out</h1>\nthe server didn't respond in time.")),
        Likely(&Body("<h1>403 forbidden</h1>\nrequest forbidden by administrative rules.")),
        Likely(&Body("<h1>401 unauthorized</h1>\nyou need a valid user and password to access this content.")),
    ],
)
.fix("HAProxy, in the frontend, before any http-request auth", Language::Haproxy, CONFIG)
.do_not("\"http-response add-header\": it makes two lines, and HAProxy's own error pages get none");

/// What to paste.
const CONFIG: &str = r#"http-request set-var(txn.origin) req.hdr(Origin)
http-request return status 204 hdr Access-Control-Allow-Methods "{methods}"[[h: hdr Access-Control-Allow-Headers "{headers}"]] if METH_OPTIONS { path {path} } { var(txn.origin) -m str {origin} }
http-after-response add-header Vary Origin
http-after-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if { var(txn.origin) -m str {origin} }[[c:
http-after-response set-header Access-Control-Allow-Credentials true if { var(txn.origin) -m str {origin} }]]"#;
