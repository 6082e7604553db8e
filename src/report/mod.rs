//! From findings to something a person or a pipeline reads: text, Markdown, JSON, HTML.
//!
//! Owns the serialisable picture ([`view`]), masking of secrets and the formats. Judges nothing.

pub mod view;
