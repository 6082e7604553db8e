//! Application frameworks. What is built on another of them stands behind it.
//!
//! Owns their order. A file here is one product.

mod actix;
mod aiohttp;
mod aspnet_core;
mod daphne;
mod django;
mod express;
mod fastify;
mod flask;
mod go;
mod gunicorn;
mod hapi;
mod jetty;
mod koa;
mod laravel;
mod nest;
mod php;
mod quarkus;
mod rack;
mod rails;
mod spring;
mod starlette;
mod tomcat;
mod tornado;
mod tower_http;

use super::{Sign, Stack};
use Sign::{All, Any, Is, Starts};

/// The three names on which a preflight's answer depends, as Spring and Go's rs/cors write them.
const PREFLIGHT_VARY: Sign = Is("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

/// Servers that run Python applications of any framework.
const PYTHON_SERVER: Sign = Any(&[
    Starts("server", "gunicorn"),
    Starts("server", "uvicorn"),
    Starts("server", "daphne"),
    Starts("server", "hypercorn"),
]);

/// An empty page.
const EMPTY_HTML: Sign = All(&[Is("content-length", "0"), Is("content-type", "text/html; charset=utf-8")]);

/// In this order.
pub(super) const ROWS: &[Stack] = &[
    express::STACK,
    nest::STACK,
    fastify::STACK,
    koa::STACK,
    hapi::STACK,
    flask::STACK,
    django::STACK,
    starlette::STACK,
    aiohttp::STACK,
    tornado::STACK,
    gunicorn::STACK,
    daphne::STACK,
    jetty::STACK,
    tomcat::STACK,
    spring::STACK,
    quarkus::STACK,
    aspnet_core::STACK,
    rack::STACK,
    rails::STACK,
    php::STACK,
    laravel::STACK,
    go::STACK,
    actix::STACK,
    tower_http::STACK,
];
