//! The minimum supported Rust version, as Cargo.toml states it, holds for every dependency.

#![allow(clippy::unwrap_used, reason = "a test file")]

use serde_json::Value;
use std::process::Command;

/// `1.88` and `1.88.0` as numbers.
fn version(text: &str) -> (u64, u64) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[test]
fn no_dependency_asks_for_a_newer_rust_than_this_package_states() {
    let stated = version(env!("CARGO_PKG_RUST_VERSION"));
    assert_eq!(stated, (1, 88));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50);
    let newer: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let needs = package["rust_version"].as_str()?;
            (version(needs) > stated).then(|| format!("{} {} needs {needs}", package["name"], package["version"]))
        })
        .collect();
    assert!(newer.is_empty(), "{newer:?}");
}
