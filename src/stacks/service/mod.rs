//! Services that are used as they are: storage, identity.
//!
//! Owns their order. A file here is one product.

mod auth0;
mod azure_storage;
mod elasticsearch;
mod google_cloud_storage;
mod keycloak;
mod minio;
mod okta;
mod s3;
mod salesforce;
mod supabase;

use super::Stack;

/// In this order.
pub(super) const ROWS: &[Stack] = &[
    s3::STACK,
    azure_storage::STACK,
    google_cloud_storage::STACK,
    minio::STACK,
    elasticsearch::STACK,
    supabase::STACK,
    okta::STACK,
    auth0::STACK,
    keycloak::STACK,
    salesforce::STACK,
];
