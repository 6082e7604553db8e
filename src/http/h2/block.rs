//! A header block becomes a head: pseudo-header fields and header lines (RFC 9113 §8.3).

use super::hpack::{Decoder, Field};
use crate::exchange::Headers;
use crate::http::Notes;

/// A decoded header block.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) method: Option<Box<str>>,
    pub(super) scheme: Option<Box<str>>,
    pub(super) authority: Option<Box<str>>,
    pub(super) path: Option<Box<str>>,
    /// `:protocol` of an extended CONNECT (RFC 8441).
    pub(super) protocol: Option<Box<str>>,
    pub(super) status: Option<u16>,
    pub(super) headers: Headers,
    pub(super) content_encoding: Option<Box<str>>,
    /// A pseudo-header field may be among the fields that were lost.
    pub(super) lost_pseudo: bool,
}

/// Decodes a block. `truncated`: its end is not there.
pub(super) fn decode(bytes: &[u8], truncated: bool, decoder: &mut Decoder, limit: usize, notes: &mut Notes) -> Block {
    let mut block = Block::default();
    let mut size = 0_usize;
    let mut in_pseudo = true;
    let mut lost = 0;
    let outcome = decoder.decode(bytes, |field| {
        let cost = field.name.map_or(0, <[u8]>::len).saturating_add(field.value.map_or(0, <[u8]>::len));
        size = size.saturating_add(cost);
        if size > limit {
            return;
        }
        let Field { name: Some(name), value: Some(value) } = field else {
            lost += 1;
            block.lost_pseudo |= in_pseudo;
            block.headers.push_lost(b"?");
            return;
        };
        if name.first() == Some(&b':') {
            block.pseudo(name, value);
        } else {
            in_pseudo = false;
            if name == b"content-encoding" {
                block.content_encoding.get_or_insert_with(|| text(value));
            }
            block.headers.push(name, value);
        }
    });
    notes.lost_fields = notes.lost_fields.saturating_add(lost);
    notes.beyond_table = notes.beyond_table.saturating_add(decoder.take_beyond_limit());
    if truncated || size > limit {
        notes.oversized_heads += 1;
    }
    if truncated {
        decoder.lose();
    }
    if lost > 0 || truncated || size > limit || outcome.is_err() {
        block.headers.mark_incomplete();
        block.lost_pseudo |= in_pseudo;
    }
    block
}

impl Block {
    fn pseudo(&mut self, name: &[u8], value: &[u8]) {
        let slot = match name {
            b":method" => &mut self.method,
            b":scheme" => &mut self.scheme,
            b":authority" => &mut self.authority,
            b":path" => &mut self.path,
            b":protocol" => &mut self.protocol,
            b":status" => {
                let digits = std::str::from_utf8(value).ok().filter(|digits| digits.len() == 3);
                self.status = digits.and_then(|digits| digits.parse().ok()).filter(|status| *status >= 100);
                return;
            }
            _ => return,
        };
        slot.get_or_insert_with(|| text(value));
    }
}

fn text(value: &[u8]) -> Box<str> {
    String::from_utf8_lossy(value).into()
}
