//! In the containers around the pieces: where a piece begins, and of which kind.

use super::{Batch, Damage, Frame, Key, Kind, MAX_FRAMES, Mode, Splitter, What, classify, string_end};

impl Splitter {
    pub(super) fn frame(&mut self, chunk: &[u8], at: usize, batch: &mut Batch) -> usize {
        if self.in_string {
            let end = string_end(chunk, at, &mut self.escaped);
            let stop = end.unwrap_or(chunk.len());
            let room = 64_usize.saturating_sub(self.word.len());
            let part = chunk.get(at..stop).unwrap_or_default();
            self.word.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
            if end.is_none() {
                return stop;
            }
            self.in_string = false;
            self.last = classify(&self.word);
            return stop + 1;
        }
        let Some(byte) = chunk.get(at).copied() else { return at };
        let frame = self.frames.last().copied();
        if self.literal {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_') {
                return at + 1;
            }
            self.literal = false;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'"' => {
                self.scalar_element(frame, at, batch);
                self.in_string = true;
                self.escaped = false;
                self.word.clear();
            }
            b':' => {
                self.key = self.last;
                self.note_log();
            }
            b',' => {
                self.key = Key::Other;
                self.scalar = false;
            }
            b'{' | b'[' => self.open_in_frame(byte, frame, at, batch),
            b'}' | b']' => {
                let matches_frame = (byte == b'}') == (frame == Some(Frame::Object));
                if matches_frame {
                    self.frames.pop();
                    self.key = Key::Other;
                    self.scalar = false;
                    if self.frames.is_empty() {
                        self.mode = Mode::Top { fresh: true };
                    }
                } else {
                    self.lose(None, self.here(at), batch);
                }
            }
            b'0'..=b'9' | b'-' | b't' | b'f' | b'n' | b'N' | b'I' | b'u' => {
                self.scalar_element(frame, at, batch);
                self.literal = true;
            }
            _ => self.lose(None, self.here(at), batch),
        }
        at + 1
    }

    fn scalar_element(&mut self, frame: Option<Frame>, at: usize, batch: &mut Batch) {
        if matches!(frame, Some(Frame::Entries { .. })) && !self.scalar {
            self.scalar = true;
            self.not_an_object(at, batch);
        }
    }

    fn not_an_object(&mut self, at: usize, batch: &mut Batch) {
        let index = Some(self.next_index);
        batch.damage.push(Damage { what: What::NotAnObject, offset: self.here(at), index });
        self.next_index = self.next_index.saturating_add(1);
    }

    fn open_in_frame(&mut self, byte: u8, frame: Option<Frame>, at: usize, batch: &mut Batch) {
        let key = std::mem::replace(&mut self.key, Key::Other);
        self.scalar = false;
        match (frame, byte, key) {
            (Some(Frame::Entries { .. }), b'{', _) => self.begin_piece(Kind::Entry, self.here(at), batch),
            (Some(Frame::Pages), b'{', _) => self.begin_piece(Kind::Page, self.here(at), batch),
            (Some(Frame::Object), b'{', Key::Creator) => self.begin_piece(Kind::Creator, self.here(at), batch),
            (Some(Frame::Object), b'{', Key::Browser) => self.begin_piece(Kind::Browser, self.here(at), batch),
            (Some(Frame::Object), b'[', Key::Entries) => self.frames.push(Frame::Entries { lone: false }),
            (Some(Frame::Object), b'[', Key::Pages) => self.frames.push(Frame::Pages),
            (Some(Frame::Object), b'{', _) if self.frames.len() < MAX_FRAMES => self.frames.push(Frame::Object),
            _ => {
                if matches!(frame, Some(Frame::Entries { .. })) {
                    self.not_an_object(at, batch);
                }
                self.begin_skip(1);
            }
        }
    }
}
