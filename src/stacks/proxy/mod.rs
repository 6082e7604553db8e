//! Proxies, gateways and load balancers, outermost first.
//!
//! Owns their order. A file here is one product.

mod apache;
mod aws_api_gateway;
mod aws_http_api;
mod aws_load_balancer;
mod azure_api_management;
mod azure_app_service;
mod caddy;
mod envoy;
mod haproxy;
mod iis;
mod ingress_nginx;
mod istio;
mod kong;
mod lighttpd;
mod nginx;
mod traefik;
mod varnish;

use super::Stack;

/// In this order.
pub(super) const ROWS: &[Stack] = &[
    varnish::STACK,
    istio::STACK,
    envoy::STACK,
    kong::STACK,
    aws_api_gateway::STACK,
    aws_http_api::STACK,
    azure_api_management::STACK,
    azure_app_service::STACK,
    aws_load_balancer::STACK,
    iis::STACK,
    ingress_nginx::STACK,
    nginx::STACK,
    apache::STACK,
    haproxy::STACK,
    caddy::STACK,
    lighttpd::STACK,
    traefik::STACK,
];
