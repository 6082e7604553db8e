//! Django.

use super::{EMPTY_HTML, PYTHON_SERVER};
use crate::paste::{Language, Quote};
use crate::stacks::package::{CorsPackage, List, Own, OwnLists};
use crate::stacks::{Sign, Stack};
use Sign::{All, Any, Body, Contains, Cookie, Has, Is, Likely, Starts, Status};

/// Django's own middleware adds these three.
pub(super) const SECURITY: Sign = All(&[
    Contains("x-frame-options", "deny"),
    Contains("referrer-policy", "same-origin"),
    Contains("cross-origin-opener-policy", "same-origin"),
]);

const REST_FRAMEWORK: Sign = Any(&[
    Body("\"detail\":\"authentication credentials were not provided"),
    Body("{\"detail\":\"you do not have permission to perform this action."),
    All(&[Body("\"renders\":[\""), Body("\"parses\":[\"")]),
]);

pub(super) const STACK: Stack = Stack::application(
    "django",
    "Django",
    &[
        Likely(&Starts("server", "wsgiserver/")),
        Likely(&Cookie("csrftoken")),
        Likely(&SECURITY),
        Likely(&REST_FRAMEWORK),
        // require_http_methods; and a refusal of django-cors-headers.
        Likely(&All(&[PYTHON_SERVER, Status(405), EMPTY_HTML, Has("allow")])),
        Likely(&All(&[PYTHON_SERVER, Status(200), EMPTY_HTML, Is("vary", "origin")])),
    ],
)
.package("Django REST framework", REST_FRAMEWORK, None)
.packaged("Django: django-cors-headers", &PACKAGE)
.do_not("put CorsMiddleware below CommonMiddleware or authentication: it must come first");

const PACKAGE: CorsPackage = CorsPackage {
    name: "Django",
    install: ("MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", ...]  # first\n", ""),
    there: ("", ""),
    between: "\n",
    language: Language::Python,
    quote: Quote::Double,
    origins: List("CORS_ALLOWED_ORIGINS = [", "]"),
    methods: List("CORS_ALLOW_METHODS = [", "]"),
    headers: List("CORS_ALLOW_HEADERS = [", "]"),
    credentials: "CORS_ALLOW_CREDENTIALS = True",
    own_methods: &["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"],
    own_headers: Own::Names(&[
        "accept",
        "authorization",
        "content-type",
        "user-agent",
        "x-csrftoken",
        "x-requested-with",
    ]),
    checks_method: false,
    own_lists: Some(OwnLists {
        import: "from corsheaders.defaults import ",
        methods: "default_methods",
        headers: "default_headers",
    }),
};
