//! The readers a file's bytes pass through: counting, decompression and its bound, UTF-16.

use super::Bytes;
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Output that no ratio is computed for: tiny files of one repeated byte are harmless.
const RATIO_SLACK: u64 = 1 << 20;

/// Counts what is read through it.
pub(super) struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: R, count: Arc<AtomicU64>) -> Self {
        Self { inner, count }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Stops a decompressor that yields absurdly much for what it was given.
pub(super) struct RatioLimited {
    inner: Bytes,
    compressed: Arc<AtomicU64>,
    ratio: u64,
    out: u64,
}

/// The error of [`RatioLimited`].
#[derive(Debug, thiserror::Error)]
#[error("decompression ratio exceeded")]
struct RatioExceeded;

pub(super) fn is_ratio_error(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<RatioExceeded>())
}

impl RatioLimited {
    pub(super) fn new(inner: Bytes, compressed: Arc<AtomicU64>, ratio: u64) -> Self {
        Self { inner, compressed, ratio, out: 0 }
    }
}

impl Read for RatioLimited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.compressed.load(Ordering::Relaxed).saturating_mul(self.ratio).saturating_add(RATIO_SLACK);
        if self.out > allowed {
            return Err(io::Error::new(io::ErrorKind::InvalidData, RatioExceeded));
        }
        let read = self.inner.read(buffer)?;
        self.out = self.out.saturating_add(read as u64);
        Ok(read)
    }
}

/// Zstandard frames one after another (RFC 8878, 3): the decoder at hand stops after one.
pub(super) struct ZstdFrames {
    state: Frames,
    max_window: u64,
}

enum Frames {
    Between(Bytes),
    Inside(Box<StreamingDecoder<Bytes, ruzstd::decoding::FrameDecoder>>),
    Over,
}

impl ZstdFrames {
    pub(super) fn new(inner: Bytes, max_window: u64) -> Self {
        Self { state: Frames::Between(inner), max_window }
    }

    /// Reads the next frame's header; skippable frames are passed over.
    fn next_frame(mut inner: Bytes, max_window: u64) -> io::Result<Frames> {
        loop {
            let mut magic = [0; 4];
            if fill(&mut inner, &mut magic)? == 0 {
                return Ok(Frames::Over);
            }
            let number = u32::from_le_bytes(magic);
            if number & 0xffff_fff0 == 0x184d_2a50 {
                let mut len = [0; 4];
                inner.read_exact(&mut len)?;
                io::copy(&mut inner.by_ref().take(u64::from(u32::from_le_bytes(len))), &mut io::sink())?;
                continue;
            }
            let mut head = magic.to_vec();
            if zstd_window(&mut inner, &mut head)? > max_window {
                let advice = "its zstd window is too large; unpack it with: zstd -d --long=31";
                return Err(io::Error::new(io::ErrorKind::InvalidData, advice));
            }
            let whole: Bytes = Box::new(Cursor::new(head).chain(inner));
            let decoder = StreamingDecoder::new(whole).map_err(invalid)?;
            return Ok(Frames::Inside(Box::new(decoder)));
        }
    }
}

/// Reads the rest of a frame header onto `head`; the memory its decoder will want, in bytes
/// (RFC 8878, 3.1.1.1).
fn zstd_window(inner: &mut Bytes, head: &mut Vec<u8>) -> io::Result<u64> {
    let mut next = |count: usize| -> io::Result<u64> {
        let mut bytes = [0; 8];
        if let Some(wanted) = bytes.get_mut(..count) {
            inner.read_exact(wanted)?;
            head.extend_from_slice(wanted);
        }
        Ok(u64::from_le_bytes(bytes))
    };
    let descriptor = next(1)?;
    if descriptor & 0x20 == 0 {
        let window = next(1)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Ok(base + base / 8 * (window & 7));
    }
    // A single segment: no window field, the whole content is the window.
    next([0, 1, 2, 4].get((descriptor & 3) as usize).copied().unwrap_or(0))?;
    match descriptor >> 6 {
        0 => next(1),
        1 => Ok(next(2)?.saturating_add(256)),
        2 => next(4),
        _ => next(8),
    }
}

fn invalid(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

/// Fills the buffer or stops at the end; the number of bytes read.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

impl Read for ZstdFrames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, Frames::Over) {
                Frames::Over => return Ok(0),
                Frames::Between(inner) => self.state = Self::next_frame(inner, self.max_window)?,
                Frames::Inside(mut decoder) => match decoder.read(buffer)? {
                    0 => self.state = Frames::Between(decoder.into_inner()),
                    read => {
                        self.state = Frames::Inside(decoder);
                        return Ok(read);
                    }
                },
            }
        }
    }
}

/// UTF-16 to UTF-8; lone surrogates become U+FFFD.
pub(super) struct Utf16 {
    inner: Bytes,
    little: bool,
    /// Bytes of a unit, or of a surrogate pair, that the last block ended in.
    rest: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Utf16 {
    const BLOCK: usize = 64 << 10;

    pub(super) fn new(inner: Bytes, little: bool) -> Self {
        Self { inner, little, rest: Vec::new(), out: Vec::new(), at: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut block = std::mem::take(&mut self.rest);
        let kept = block.len();
        block.resize(Self::BLOCK, 0);
        let read = fill(&mut self.inner, block.get_mut(kept..).unwrap_or_default())?;
        block.truncate(kept + read);
        self.ended = kept + read < Self::BLOCK;
        let mut units: Vec<u16> = block
            .chunks_exact(2)
            .filter_map(|unit| <[u8; 2]>::try_from(unit).ok())
            .map(|unit| if self.little { u16::from_le_bytes(unit) } else { u16::from_be_bytes(unit) })
            .collect();
        let mut used = units.len() * 2;
        if !self.ended && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
            used -= 2;
        }
        self.rest = block.get(used..).unwrap_or_default().to_vec();
        self.out.clear();
        self.at = 0;
        let mut utf8 = [0; 4];
        for decoded in char::decode_utf16(units) {
            let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.out.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        }
        Ok(())
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.out.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let ready = self.out.get(self.at..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}
