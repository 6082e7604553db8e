//! Fastify.

use crate::paste::{Language, Quote};
use crate::stacks::package::{CorsPackage, List, Own};
use crate::stacks::{Sign, Stack};
use Sign::{Body, Likely};

pub(super) const STACK: Stack = Stack::application(
    "fastify",
    "Fastify",
    &[Likely(&Body("\"message\":\"route options:")), Likely(&Body("invalid preflight request"))],
)
.packaged("Fastify: @fastify/cors, registered before the routes", &PACKAGE);

const PACKAGE: CorsPackage = CorsPackage {
    name: "Fastify",
    install: ("await fastify.register(require('@fastify/cors'), { ", " })"),
    there: ("register(require('@fastify/cors'), { ", " })"),
    between: ", ",
    language: Language::JavaScript,
    quote: Quote::Single,
    origins: List("origin: [", "]"),
    methods: List("methods: [", "]"),
    headers: List("allowedHeaders: [", "]"),
    credentials: "credentials: true",
    own_methods: &["GET", "HEAD", "POST"],
    own_headers: Own::Asked,
    checks_method: false,
    own_lists: None,
};
