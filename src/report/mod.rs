//! From findings to something a person or a pipeline reads: text, Markdown, JSON, HTML.
//!
//! Owns the serialisable picture ([`view`]), masking of secrets and the formats. Judges nothing.

pub mod filter;
pub mod mask;
pub mod order;
pub mod sanitize;
pub mod view;

#[cfg(test)]
pub(crate) mod tests {
    use super::view::Report;

    /// Names of the hand-built reports of `tests/reports`.
    pub(crate) const SAMPLES: &[&str] = &[
        "ac-missing-500",
        "ac-redirect-cross",
        "busy-clear",
        "cr-ok",
        "hostile",
        "mx-lna",
        "ng-dup",
        "nothing-to-judge",
        "nw-hang-abort",
        "st-405-bare",
        "two-tabs",
    ];

    /// A hand-built report of `tests/reports`.
    pub(crate) fn sample(name: &str) -> Report {
        let path = format!("{}/tests/reports/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the sample is checked in");
        serde_json::from_str(&text).expect("the sample is a report")
    }
}
