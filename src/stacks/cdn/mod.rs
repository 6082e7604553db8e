//! Content delivery networks.
//!
//! Owns their order. A file here is one product.

mod akamai;
mod azure_front_door;
mod cloudflare;
mod cloudfront;
mod fastly;
mod imperva;
mod netlify;
mod vercel;

use super::Stack;

/// In this order.
pub(super) const ROWS: &[Stack] = &[
    cloudflare::STACK,
    cloudfront::STACK,
    akamai::STACK,
    fastly::STACK,
    imperva::STACK,
    azure_front_door::STACK,
    vercel::STACK,
    netlify::STACK,
];
