//! Copying one piece out of the stream, without what nobody reads.

use super::{Batch, Damage, Frame, Key, Kind, LONG, Mode, Piece, Splitter, What, classify, string_end, trim_cut};

/// Bytes that may stand outside strings and need no attention: blanks, numbers and the letters of
/// `true`, `false`, `null`, `NaN` and `Infinity`. Any other is a sign that quotes went missing.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let plain = b" \t\r\n0123456789+-.eEtrufalsnNIiy";
    let mut at = 0;
    while at < plain.len() {
        table[plain[at] as usize] = true;
        at += 1;
    }
    table
};

impl Splitter {
    pub(super) fn begin_piece(&mut self, kind: Kind, offset: u64, batch: &mut Batch) {
        self.mode = Mode::Piece;
        self.kind = kind;
        self.in_string = false;
        self.escaped = false;
        self.cut = false;
        self.mute = None;
        self.key = Key::Other;
        self.last = Key::Other;
        self.piece_offset = offset;
        self.piece_at = batch.arena.len();
        self.opens.clear();
        self.opens.push((b'}', self.piece_at));
        batch.arena.push(b'{');
    }

    pub(super) fn piece(&mut self, chunk: &[u8], mut at: usize, batch: &mut Batch) -> usize {
        // First byte of the chunk that is not copied yet.
        let mut run = at;
        loop {
            if self.in_string {
                let end = string_end(chunk, at, &mut self.escaped);
                let stop = end.unwrap_or(chunk.len());
                self.string_len = self.string_len.saturating_add(stop - at);
                if self.string_len > LONG {
                    self.copy(chunk, run..at, batch);
                    self.copy_long(chunk, at..stop, batch);
                    run = stop;
                }
                if end.is_none() {
                    self.copy(chunk, run..stop, batch);
                    return self.bound(stop, batch);
                }
                self.in_string = false;
                if self.cut {
                    self.close_cut(batch);
                }
                let is_value = matches!(chunk.get(stop + 1), Some(b',' | b'}' | b']'));
                self.last = if is_value || self.string_len > 20 {
                    Key::Other
                } else if let Some(word) = stop.checked_sub(self.string_len).filter(|start| *start >= run) {
                    classify(chunk.get(word..stop).unwrap_or_default())
                } else {
                    self.copy(chunk, run..stop, batch);
                    run = stop;
                    classify(batch.arena.get(self.string_at..).unwrap_or_default())
                };
                at = stop + 1;
                // What stands between most strings, `":"` and `","`, is taken in one step.
                let is_key = chunk.get(at) == Some(&b':') && self.last != Key::Started;
                if (is_key || chunk.get(at) == Some(&b',')) && chunk.get(at + 1) == Some(&b'"') {
                    self.key = if is_key { self.last } else { Key::Other };
                    at += 2;
                    self.begin_string(at - run, batch);
                    continue;
                }
            }
            let Some((byte, position)) = next_structural(chunk, at) else {
                self.copy(chunk, run..chunk.len(), batch);
                return self.bound(chunk.len(), batch);
            };
            at = position + 1;
            match byte {
                b'"' => self.begin_string(at - run, batch),
                b':' => {
                    self.key = self.last;
                    if self.key == Key::Started && self.opens.len() > 1 && self.mute.is_none() {
                        self.copy(chunk, run..at, batch);
                        run = at;
                        self.restart(batch);
                    }
                }
                b',' => self.key = Key::Other,
                b'{' | b'[' => {
                    if self.opens.len() >= self.max_depth {
                        self.drop_piece(What::TooDeep, batch);
                        self.begin_skip(self.opens.len() + 1);
                        return at;
                    }
                    self.opens.push((if byte == b'{' { b'}' } else { b']' }, batch.arena.len() + (position - run)));
                    let unwanted = self.key == Key::Mute || self.key == Key::Idle && !self.keep_idle;
                    if unwanted && self.mute.is_none() {
                        self.copy(chunk, run..at, batch);
                        run = at;
                        self.mute = Some(self.opens.len());
                    } else if self.key == Key::Log && self.opens.len() == 2 && self.frames.len() == 1 {
                        // A list of whole HARs: what looked like an entry is a document.
                        batch.arena.truncate(self.piece_at);
                        self.frames.extend([Frame::Object, Frame::Object]);
                        self.enter_frame();
                        self.seen_log = true;
                        return at;
                    }
                    self.key = Key::Other;
                }
                b'}' | b']' => {
                    if self.opens.last().is_none_or(|(closing, _)| *closing != byte) {
                        return self.garbled(at, batch);
                    }
                    if self.mute == Some(self.opens.len()) {
                        self.mute = None;
                        run = position;
                    }
                    self.opens.pop();
                    if self.opens.is_empty() {
                        self.copy(chunk, run..at, batch);
                        self.end_piece(batch);
                        return at;
                    }
                }
                _ => return self.garbled(position, batch),
            }
        }
    }

    /// A string begins; `waiting` bytes before it are not copied yet.
    fn begin_string(&mut self, waiting: usize, batch: &Batch) {
        self.in_string = true;
        self.string_len = 0;
        self.cut = false;
        self.string_at = batch.arena.len() + waiting;
    }

    /// Copies a run to the arena, unless muted.
    fn copy(&self, chunk: &[u8], run: std::ops::Range<usize>, batch: &mut Batch) {
        if self.mute.is_none() {
            batch.arena.extend_from_slice(chunk.get(run).unwrap_or_default());
        }
    }

    /// Copies as much of a long string as its key deserves. What was copied before is in the arena
    /// already, from `string_at` on.
    fn copy_long(&mut self, chunk: &[u8], part: std::ops::Range<usize>, batch: &mut Batch) {
        if self.cut || self.mute.is_some() {
            return;
        }
        let cap = if self.key == Key::Body { self.body_bytes } else { self.wide_bytes };
        let kept = batch.arena.len().saturating_sub(self.string_at);
        let room = cap.saturating_sub(kept);
        let part = chunk.get(part).unwrap_or_default();
        batch.arena.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        self.cut = part.len() > room;
        let content = batch.arena.get(self.string_at..).unwrap_or_default();
        if self.cut && self.key == Key::Wide && !content.starts_with(b"data:") {
            let index = Some(self.next_index).filter(|_| self.kind == Kind::Entry);
            batch.damage.push(Damage { what: What::LongString, offset: self.piece_offset, index });
        }
    }

    fn close_cut(&mut self, batch: &mut Batch) {
        if self.mute.is_none() {
            let keep = trim_cut(batch.arena.get(self.string_at..).unwrap_or_default());
            batch.arena.truncate(self.string_at + keep);
        }
        self.cut = false;
    }

    /// Stops a piece that has become too large.
    fn bound(&mut self, at: usize, batch: &mut Batch) -> usize {
        if batch.arena.len().saturating_sub(self.piece_at) > self.entry_bytes {
            self.drop_piece(What::TooLarge, batch);
            self.begin_skip(self.opens.len());
        }
        at
    }

    fn drop_piece(&mut self, what: What, batch: &mut Batch) {
        batch.arena.truncate(self.piece_at);
        let index = self.count_entry();
        batch.damage.push(Damage { what, offset: self.piece_offset, index });
        self.mute = None;
    }

    fn count_entry(&mut self) -> Option<u32> {
        (self.kind == Kind::Entry).then(|| {
            let index = self.next_index;
            self.next_index = self.next_index.saturating_add(1);
            index
        })
    }

    fn garbled(&mut self, at: usize, batch: &mut Batch) -> usize {
        batch.arena.truncate(self.piece_at);
        self.mute = None;
        let index = self.count_entry();
        self.lose(index, self.here(at), batch);
        at
    }

    /// `startedDateTime` deeper than it belongs: where its object has no place in sound JSON, the entry around it was
    /// never closed. It is given up, and the inner object becomes the piece.
    fn restart(&mut self, batch: &mut Batch) {
        let Some((closing, start)) = self.opens.last().copied() else { return };
        if self.kind != Kind::Entry || closing != b'}' || !self.is_misplaced(start, batch) {
            return;
        }
        let index = self.count_entry();
        batch.damage.push(Damage { what: What::Garbled, offset: self.piece_offset, index });
        self.opens.clear();
        self.opens.push((b'}', start));
        self.piece_at = start;
    }

    /// Whether the object that begins at `start` is no value of a key and no element of a list that may hold any.
    fn is_misplaced(&self, start: usize, batch: &Batch) -> bool {
        let before = |at: usize| {
            let kept = batch.arena.get(self.piece_at..at).unwrap_or_default();
            kept.trim_ascii_end()
        };
        if before(start).ends_with(b":") {
            return false;
        }
        let Some((container, list)) = self.opens.iter().rev().nth(1) else { return true };
        if *container != b']' {
            return true;
        }
        // Lists of a HAR hold names and values; other lists are the exporter's own.
        let key = before(*list).strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        key.is_none_or(|key| {
            [&b"\"headers\""[..], b"\"cookies\"", b"\"queryString\"", b"\"params\""]
                .iter()
                .any(|name| key.ends_with(name))
        })
    }

    fn end_piece(&mut self, batch: &mut Batch) {
        let kind = self.kind;
        let range = self.piece_at..batch.arena.len();
        let too_large = range.len() > self.entry_bytes;
        if too_large {
            self.drop_piece(What::TooLarge, batch);
        } else {
            let index = self.count_entry().unwrap_or(0);
            batch.pieces.push(Piece { kind, range, offset: self.piece_offset, index });
        }
        self.enter_frame();
    }
}

/// The next byte that is not plain, and where it stands.
fn next_structural(chunk: &[u8], from: usize) -> Option<(u8, usize)> {
    let rest = chunk.get(from..)?;
    let found = rest.iter().position(|byte| !PLAIN[usize::from(*byte)])?;
    Some((*rest.get(found)?, from + found))
}
