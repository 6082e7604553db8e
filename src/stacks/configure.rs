//! How most products are configured: the row's template, or the settings of its CORS package.
//!
//! Owns the titles of both. A product that is not as most are says so in its own file.

use super::{Kind, Need, Stack};
use crate::paste::{Text, fill, says_path};
use crate::secrets::Prose;
use crate::secrets::prose;

/// What to do in a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// One line.
    pub title: Prose,
    /// What to paste; empty where a value is none that the language can hold.
    pub text: Text,
    /// Whether the path stands in the text.
    pub says_path: bool,
    /// What people commonly do wrong.
    pub do_not: Option<&'static str>,
    /// What becomes of header lines that are there.
    pub effect: Effect,
}

/// What a configuration does to lines of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// One line stands in their place, as libraries and Apache's `Header set` do it.
    Sets,
    /// A line is added (nginx's `add_header`).
    Appends,
    /// They are taken away, and a line is added (`proxy_hide_header` before it).
    Replaces,
}

/// The usual configuration; none for a product with neither a template nor a package.
pub(super) fn usual(stack: &Stack, need: &Need<'_>) -> Option<Configuration> {
    around(stack, need, None)
}

/// The same, where the settings of a package that is put in stand in other text than usually.
pub(super) fn around(
    stack: &Stack,
    need: &Need<'_>,
    other: Option<(&'static str, &'static str)>,
) -> Option<Configuration> {
    let (own_title, text, says_path) = match stack.settings {
        Some(package) => {
            let (title, text) = package.settings(need, other);
            (title, text, says_path(package.install.0))
        }
        None if stack.config.is_empty() => return None,
        None => (None, fill(stack.config, stack.language, &need.holes).trimmed(), says_path(stack.config)),
    };
    let title = match need.kind {
        Kind::Repeated { names_the_page, .. } => {
            let name = stack.title.split(':').next().unwrap_or(stack.name);
            let keep = "keep one of the two, these settings or the header set by hand (or by the proxy)";
            if names_the_page {
                prose!("{}: {}", name, keep)
            } else {
                prose!("{}: {}; the line that stays must read {}", name, keep, need.page())
            }
        }
        // These settings hold for the whole application, and one pair knows of one request only.
        _ => own_title.unwrap_or_else(|| {
            if need.serves_others() {
                prose!("{}; add {} to the list of origins that is there", stack.title, need.page())
            } else {
                prose!("{}; where that is there already, add to its lists", stack.title)
            }
        }),
    };
    let do_not = (!stack.do_not.is_empty()).then_some(stack.do_not);
    Some(Configuration { title, text, says_path, do_not, effect: Effect::Sets })
}
