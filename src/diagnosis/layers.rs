//! The layers that a pair's server names.
//!
//! Owns which answers are asked; `stacks` recognises.

use super::scene::Scene;
use crate::exchange::Exchange;
use crate::secrets::prose;
use crate::stacks::{StackHit, detect};

/// The layers that a pair's own answers name, the failing answer's first.
pub(super) fn of_pair(scene: &Scene<'_>) -> Vec<StackHit> {
    let mut hits: Vec<StackHit> = scene.response.map(detect).unwrap_or_default();
    let others = super::facts::exchanges(scene.pair).filter_map(Exchange::head);
    // One of them is the failing answer, whose layers are known.
    for answer in others.filter(|answer| scene.response.is_none_or(|failing| !std::ptr::eq(*answer, failing))) {
        for hit in detect(answer) {
            if hits.iter().all(|known| known.id != hit.id) {
                hits.push(hit);
            }
        }
    }
    hits
}

/// Layers that only other answers of the same server name: worth saying, not enough for a fix.
pub(super) fn of_server(scene: &Scene<'_>) -> Vec<StackHit> {
    let layers = scene.facts.layers(scene.pair).iter();
    layers
        .map(|hit| {
            let quote = if hit.is_line { "\"" } else { "" };
            let because = prose!("{}{}{} (on another answer of this server)", quote, &hit.because, quote);
            StackHit { because, is_line: false, ..hit.clone() }
        })
        .collect()
}
