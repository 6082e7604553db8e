//! The labelled cases of `tests/vectors/cors-vectors.json`, as data.

#![allow(dead_code, unreachable_pub, reason = "no test reads every field")]

use serde::Deserialize;
use std::collections::BTreeMap;

/// One case; which fields are there depends on `kind`.
#[derive(Deserialize)]
pub struct Vector {
    pub id: String,
    pub kind: String,
    #[serde(default)]
    pub origin: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub request_headers: Vec<(String, String)>,
    #[serde(default)]
    pub credentials: String,
    pub preflight: Option<Response>,
    pub actual: Option<Response>,
    pub mode: Option<String>,
    #[serde(default)]
    pub redirects: Vec<Redirect>,
    pub origin_header: Option<String>,
    pub needs_preflight: Option<bool>,
    pub header: Option<(String, String)>,
    pub header_value: Option<String>,
    pub expect: Expect,
    pub derived_other_engines: Option<BTreeMap<String, String>>,
    pub expect_by_engine: Option<BTreeMap<String, Expect>>,
}

#[derive(Deserialize)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
pub struct Redirect {
    pub url: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
pub struct Expect {
    pub ok: Option<bool>,
    pub chromium_error: Option<String>,
    pub failed_parameter: Option<String>,
    pub stage: Option<String>,
    pub final_origin_header: Option<String>,
    pub needs_preflight: Option<bool>,
    pub safelisted: Option<bool>,
    pub access_control_request_headers: Option<String>,
    pub effective_seconds: Option<BTreeMap<String, Option<u64>>>,
}

/// Every case, in the order of the file.
pub fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../vectors/cors-vectors.json")).expect("the vectors are JSON")
}
