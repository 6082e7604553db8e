//! From findings to something a person or a pipeline reads: text, Markdown, JSON, HTML.
//!
//! Owns the serialisable picture ([`view`]), masking of secrets and the formats. Judges nothing.

pub mod filter;
pub mod order;
pub mod view;

#[cfg(test)]
pub(crate) mod tests {
    use super::view::Report;

    /// A hand-built report of `tests/reports`.
    pub(crate) fn sample(name: &str) -> Report {
        let path = format!("{}/tests/reports/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the sample is checked in");
        serde_json::from_str(&text).expect("the sample is a report")
    }
}
