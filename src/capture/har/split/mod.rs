//! Finds the entries of a HAR in a stream of bytes without parsing them.
//!
//! Owns the position in the document, the recovery after damage, and what is left out on the way:
//! long strings (bodies) and subtrees that no reader needs are dropped here, so that memory stays
//! bounded and a body is never decoded. Knows nothing of what an entry means.

use super::keys::{Key, classify, is_entry_key};
use super::strings::{string_end, trim_cut};
use crate::capture::Limits;
use std::ops::Range;

/// A string longer than this is looked at more closely: is it needed, and how much of it?
const LONG: usize = 1024;
/// Objects around `log` that are looked into.
const MAX_FRAMES: usize = 8;

/// What a piece of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    Page,
    Creator,
    Browser,
}

/// One object cut out of the document: a range of the batch's arena.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// Byte offset of its first byte in the document.
    pub(super) offset: u64,
    /// For entries: number in order, 0-based.
    pub(super) index: u32,
}

/// Something that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) what: What,
    pub(super) offset: u64,
    /// The entry concerned.
    pub(super) index: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// An element of `entries` that is no object.
    NotAnObject,
    /// Bytes that are no JSON where JSON should be; reading goes on at the next entry.
    Garbled,
    /// Entries that begin outside any document: the head of the file is lost.
    LostHead,
    /// More than `Limits::har_entry_bytes` after elision.
    TooLarge,
    /// Nested deeper than `Limits::json_depth`.
    TooDeep,
    /// A header value or URL longer than `Limits::har_string_bytes` was cut.
    LongString,
}

/// What a file that ends leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// Nothing.
    Complete,
    /// The containers around the entries.
    Open,
    /// The entry with this number.
    InEntry(u32),
}

/// Pieces with their bytes, handed to the parser together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) arena: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
    pub(super) damage: Vec<Damage>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.pieces.clear();
        self.damage.clear();
    }

    pub(super) fn bytes(&self, piece: &Piece) -> &[u8] {
        self.arena.get(piece.range.clone()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Outside any document. `fresh`: only blanks since the start or the last document.
    Top { fresh: bool },
    /// Outside, after a `{` that may begin a document or a lone entry.
    TopBrace,
    /// Outside, inside the first key after such a `{`.
    TopKey,
    /// In the containers around the pieces.
    Frame,
    /// In a piece.
    Piece,
    /// In a container that is not wanted.
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Object,
    /// The list of entries. `lone`: it was lost, only its entries are there.
    Entries {
        lone: bool,
    },
    Pages,
}

/// The state of the search. Invariant: outside [`Mode::Piece`] nothing of the current chunk is
/// waiting to be copied, so batches change hands between pieces only.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about the position, no states in disguise")]
pub(super) struct Splitter {
    mode: Mode,
    frames: Vec<Frame>,
    /// Offset of the current chunk in the document.
    base: u64,
    in_string: bool,
    /// The last byte seen was an unpaired backslash inside a string.
    escaped: bool,
    /// Bytes of the current string so far.
    string_len: usize,
    /// Start of the current or last string in the arena (pieces).
    string_at: usize,
    /// The current string was cut.
    cut: bool,
    /// The last short string outside pieces.
    word: Vec<u8>,
    last: Key,
    key: Key,
    /// A value of the list of entries that is no object has begun.
    scalar: bool,
    literal: bool,
    kind: Kind,
    piece_at: usize,
    piece_offset: u64,
    /// Open containers of the piece: closing byte and position in the arena.
    opens: Vec<(u8, usize)>,
    /// Depth at which output is muted.
    mute: Option<usize>,
    skip_depth: u64,
    next_index: u32,
    seen_log: bool,
    lost: bool,
    keep_idle: bool,
    entry_bytes: usize,
    wide_bytes: usize,
    body_bytes: usize,
    max_depth: usize,
}

impl Splitter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            mode: Mode::Top { fresh: true },
            frames: Vec::new(),
            base: 0,
            in_string: false,
            escaped: false,
            string_len: 0,
            string_at: 0,
            cut: false,
            word: Vec::new(),
            last: Key::Other,
            key: Key::Other,
            scalar: false,
            literal: false,
            kind: Kind::Entry,
            piece_at: 0,
            piece_offset: 0,
            opens: Vec::new(),
            mute: None,
            skip_depth: 0,
            next_index: 0,
            seen_log: false,
            lost: false,
            keep_idle: false,
            entry_bytes: limits.har_entry_bytes,
            wide_bytes: limits.har_string_bytes.max(LONG),
            body_bytes: limits.excerpt_bytes,
            max_depth: limits.json_depth,
        }
    }

    /// For a redacted copy: timings stay.
    pub(super) fn keep_idle(&mut self) {
        self.keep_idle = true;
    }

    /// Bytes consumed so far.
    pub(super) fn offset(&self) -> u64 {
        self.base
    }

    /// Whether anything that makes a HAR was seen.
    pub(super) fn looks_like_har(&self) -> bool {
        self.seen_log || self.next_index > 0
    }

    /// What is open when the file ends here.
    pub(super) fn at_end(&self) -> AtEnd {
        match self.mode {
            Mode::Piece | Mode::Skip if self.frames.iter().any(|frame| matches!(frame, Frame::Entries { .. })) => {
                AtEnd::InEntry(self.next_index)
            }
            Mode::Piece | Mode::Skip | Mode::Frame if self.frames.as_slice() != [Frame::Entries { lone: true }] => {
                AtEnd::Open
            }
            _ => AtEnd::Complete,
        }
    }

    /// Whether a batch may be handed on here.
    pub(super) fn between_pieces(&self) -> bool {
        self.mode != Mode::Piece
    }

    /// Consumes bytes until the chunk ends or the arena holds `full` bytes at the end of a piece;
    /// returns how many were consumed.
    pub(super) fn feed(&mut self, chunk: &[u8], batch: &mut Batch, full: usize) -> usize {
        let mut at = 0;
        while at < chunk.len() {
            at = match self.mode {
                Mode::Top { fresh } => self.top(chunk, at, fresh),
                Mode::TopBrace | Mode::TopKey => self.top_key(chunk, at, batch),
                Mode::Frame => self.frame(chunk, at, batch),
                Mode::Piece => self.piece(chunk, at, batch),
                Mode::Skip => self.skip(chunk, at),
            };
            if batch.arena.len() >= full && self.between_pieces() {
                break;
            }
        }
        self.base += at as u64;
        at
    }

    fn here(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    // ---- outside any document ----

    fn top(&mut self, chunk: &[u8], at: usize, fresh: bool) -> usize {
        let rest = chunk.get(at..).unwrap_or_default();
        if fresh {
            match rest.first() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => {}
                Some(b'{') => self.open_document(Frame::Object),
                Some(b'[') => self.open_document(Frame::Entries { lone: false }),
                _ => self.mode = Mode::Top { fresh: false },
            }
            // A byte that ends the fresh state is looked at again.
            return if self.mode == (Mode::Top { fresh: false }) { at } else { at + 1 };
        }
        match memchr::memchr(b'{', rest) {
            None => chunk.len(),
            Some(brace) => {
                self.mode = Mode::TopBrace;
                self.piece_offset = self.here(at + brace);
                at + brace + 1
            }
        }
    }

    fn open_document(&mut self, frame: Frame) {
        self.frames.clear();
        self.frames.push(frame);
        self.enter_frame();
    }

    fn enter_frame(&mut self) {
        self.mode = Mode::Frame;
        self.in_string = false;
        self.escaped = false;
        self.literal = false;
        self.scalar = false;
        self.key = Key::Other;
        self.last = Key::Other;
    }

    /// `{ "log" :` begins a document anywhere, `{ "startedDateTime" :` and its like a lone entry.
    /// Quotes inside strings are escaped, so neither can stand in one.
    fn top_key(&mut self, chunk: &[u8], at: usize, batch: &mut Batch) -> usize {
        let Some(byte) = chunk.get(at) else { return at };
        match (self.mode, byte) {
            (Mode::TopBrace, b' ' | b'\t' | b'\r' | b'\n') => {}
            (Mode::TopBrace, b'"') => {
                self.word.clear();
                self.mode = Mode::TopKey;
            }
            (Mode::TopKey, b'"') => {
                if matches!(self.word.as_slice(), b"log" | b"entries" | b"creator") {
                    self.open_document(Frame::Object);
                    self.last = classify(&self.word);
                    self.note_log();
                } else if is_entry_key(&self.word) {
                    self.open_document(Frame::Entries { lone: true });
                    self.lost_head(batch);
                    self.begin_piece(Kind::Entry, self.piece_offset, batch);
                    batch.arena.push(b'"');
                    self.string_at = batch.arena.len();
                    batch.arena.extend_from_slice(&self.word);
                    batch.arena.push(b'"');
                    self.last = classify(&self.word);
                } else {
                    self.mode = Mode::Top { fresh: false };
                }
            }
            (Mode::TopKey, letter) if self.word.len() < 40 && (letter.is_ascii_alphanumeric() || *letter == b'_') => {
                self.word.push(*letter);
            }
            _ => {
                self.mode = Mode::Top { fresh: false };
                return at;
            }
        }
        at + 1
    }

    fn lost_head(&mut self, batch: &mut Batch) {
        if !self.lost && !self.seen_log {
            batch.damage.push(Damage { what: What::LostHead, offset: self.piece_offset, index: None });
        }
        self.lost = true;
    }

    fn note_log(&mut self) {
        if matches!(self.last, Key::Log | Key::Entries) {
            self.seen_log = true;
        }
    }

    /// What stands here is no JSON: forget where we are and look for the next entry.
    fn lose(&mut self, index: Option<u32>, offset: u64, batch: &mut Batch) {
        if self.frames.as_slice() != [Frame::Entries { lone: true }] || index.is_some() {
            batch.damage.push(Damage { what: What::Garbled, offset, index });
        }
        self.frames.clear();
        self.in_string = false;
        self.escaped = false;
        self.mode = Mode::Top { fresh: false };
    }

    // ---- in a container that is not wanted ----

    fn begin_skip(&mut self, depth: usize) {
        self.mode = Mode::Skip;
        self.skip_depth = depth as u64;
    }

    fn skip(&mut self, chunk: &[u8], mut at: usize) -> usize {
        loop {
            if self.in_string {
                match string_end(chunk, at, &mut self.escaped) {
                    None => return chunk.len(),
                    Some(end) => at = end + 1,
                }
                self.in_string = false;
            }
            let Some(byte) = chunk.get(at) else { return at };
            at += 1;
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.skip_depth = self.skip_depth.saturating_add(1),
                b'}' | b']' => {
                    self.skip_depth = self.skip_depth.saturating_sub(1);
                    if self.skip_depth == 0 {
                        self.enter_frame();
                        return at;
                    }
                }
                _ => {}
            }
        }
    }
}

mod frame;
mod piece;
