//! What a product's own answers say of what happened: refusals of its CORS layer, error pages, lines it adds.
//!
//! Owns what may be asked of all products. Which cause that is, is decided elsewhere. All words are in lower case.

use super::{Stack, all};
use crate::secrets::Prose;

/// How a product's own answers show what happened.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// Its CORS layer's name, and words with which that refuses an origin.
    pub(super) refusals: Option<(&'static str, &'static [&'static str])>,
    /// How it refuses without a word.
    pub(super) silent: Option<SilentRefusal>,
    /// Words of its own error pages when what is behind it fails, with the name it has there.
    pub(super) gateway_pages: &'static [(&'static str, &'static str)],
    /// Words of its own page for 403.
    pub(super) forbidden_page: Option<&'static str>,
    /// How `Server` begins, and why a line is there twice behind it.
    pub(super) doubled: Option<(&'static str, WhyDoubled)>,
    /// What `Server` contains, and why errors lack a line.
    pub(super) left_out: Option<(&'static str, WhyLeftOut)>,
}

/// Why a line is there twice, in words, from the `Server` line's value.
pub(super) type WhyDoubled = fn(&str) -> Prose;

/// Why an error of this status lacks a line, in words.
pub(super) type WhyLeftOut = fn(&Stack, u16) -> &'static str;

/// A refusal of a preflight that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SilentRefusal {
    /// What the `Server` line contains, which survives a CDN in front.
    pub server: &'static str,
    /// Its status.
    pub status: u16,
    /// When it answers so.
    pub because: &'static str,
    /// The same of one page.
    pub headline: &'static str,
}

impl Answers {
    pub(super) const NONE: Self =
        Self { refusals: None, silent: None, gateway_pages: &[], forbidden_page: None, doubled: None, left_out: None };
}

/// Words with which a CORS layer refuses an origin, with its name.
pub fn refusals() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().filter_map(|stack| stack.answers.refusals).flat_map(|(by, words)| words.iter().map(move |words| (*words, by)))
}

/// The product with this `Server` line that refuses without a word.
pub fn silent_refusal(server: &str) -> Option<&'static SilentRefusal> {
    let server = server.to_ascii_lowercase();
    all().filter_map(|stack| stack.answers.silent.as_ref()).find(|silent| server.contains(silent.server))
}

/// Words of a proxy's own page when what is behind it fails, with its name.
pub fn gateway_pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().flat_map(|stack| stack.answers.gateway_pages).copied()
}

/// Words of a product's own page for 403, with its name.
pub fn forbidden_pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().filter_map(|stack| Some((stack.answers.forbidden_page?, stack.name)))
}

/// Why a line is there twice, as far as the `Server` line tells.
pub fn why_doubled(server: &str) -> Option<Prose> {
    let lower = server.to_ascii_lowercase();
    all()
        .filter_map(|stack| stack.answers.doubled)
        .find(|(start, _)| lower.starts_with(start))
        .map(|(_, why)| why(server))
}

/// Why an error of this status lacks a line, as far as the `Server` line tells.
pub fn why_left_out(server: &str, status: u16) -> Option<&'static str> {
    let lower = server.to_ascii_lowercase();
    all().find_map(|stack| {
        let (_, why) = stack.answers.left_out.filter(|(part, _)| lower.contains(part))?;
        Some(why(stack, status))
    })
}
