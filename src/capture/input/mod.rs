//! Opening an input: file or standard input, through its compression, to plain bytes of a known kind.
//!
//! Owns sniffing, the layers of compression, UTF-16, and the one-line errors of files that cannot be
//! read at all. Parses neither HAR nor packets: it hands over a reader.

mod error;
mod layers;
mod sniff;

pub use error::ReadError;

use super::{InputKind, Limits, Remark};
use layers::{Counted, RatioLimited, Utf16, ZstdFrames};
use sniff::{Shape, shape_of};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes looked at to recognise a file.
const HEAD: usize = 4096;
/// Bytes waited for before deciding, unless the input ends: the first write of a live packet
/// capture is its 24-byte header, and nothing more may follow for minutes.
const ENOUGH: usize = 8;
/// How deep compression may nest: a zip member that is itself gzip, and so on.
const MAX_LAYERS: usize = 3;

type Bytes = Box<dyn Read + Send>;

/// One input as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Index into the list of inputs.
    pub index: u32,
    /// Path, or `-` for standard input.
    pub path: String,
}

impl Source {
    /// Whether this is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path == "-"
    }
}

/// An input that was opened and recognised.
pub struct Opened {
    /// What it is.
    pub kind: InputKind,
    /// Its bytes: decompressed, and for HARs in UTF-8 without byte order mark. An error of this
    /// reader is the end of what can be read: [`trouble`] turns it into a remark.
    pub reader: Bytes,
    /// Size of the file (of the zip member), compressed, when known.
    pub size: Option<u64>,
    /// Bytes of it consumed so far, compressed.
    pub consumed: Arc<AtomicU64>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, reader: _, size, consumed } = self;
        f.debug_struct("Opened").field("kind", kind).field("size", size).field("consumed", consumed).finish()
    }
}

impl Opened {
    /// Bytes consumed so far, compressed.
    pub fn read_so_far(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }
}

/// Opens a file or standard input and looks at its first bytes.
pub fn open(source: &Source, limits: &Limits) -> Result<Opened, ReadError> {
    if source.is_stdin() {
        return recognise(&source.path, Box::new(io::stdin()), None, None, limits);
    }
    let path = Path::new(&source.path);
    let failed = |error| ReadError::opening(&source.path, error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory { path: source.path.clone() });
    }
    let file = File::open(path).map_err(failed)?;
    let is_file = metadata.is_file();
    let size = is_file.then_some(metadata.len());
    let again = if is_file { Some(file.try_clone().map_err(failed)?) } else { None };
    recognise(&source.path, Box::new(file), size, again, limits)
}

/// Recognises bytes that are already at hand: tests, and inputs that are no file.
pub fn open_reader(name: &str, reader: impl Read + Send + 'static, limits: &Limits) -> Result<Opened, ReadError> {
    recognise(name, Box::new(reader), None, None, limits)
}

/// Peels compression off until plain bytes appear. `seekable` is the same file once more, for zip,
/// whose table of contents stands at its end.
fn recognise(
    path: &str,
    raw: Bytes,
    mut size: Option<u64>,
    mut seekable: Option<File>,
    limits: &Limits,
) -> Result<Opened, ReadError> {
    let consumed = Arc::new(AtomicU64::new(0));
    let mut reader: Bytes = Box::new(Counted::new(raw, Arc::clone(&consumed)));
    for layer in 0..=MAX_LAYERS {
        let mut head = Vec::new();
        let ended = peek(&mut reader, &mut head).map_err(|error| ReadError::reading(path, error))?;
        let shape = shape_of(&head);
        let skip = match shape {
            Shape::Utf8Bom => 3,
            Shape::Utf16 { bom: true, .. } => 2,
            _ => 0,
        };
        let mut start = Cursor::new(head);
        start.set_position(skip);
        let whole: Bytes = if ended { Box::new(start) } else { Box::new(start.chain(reader)) };
        let limited = |decoder: Bytes| -> Bytes {
            Box::new(RatioLimited::new(decoder, Arc::clone(&consumed), limits.inflate_ratio))
        };
        reader = match shape {
            Shape::Packets(kind) => return Ok(Opened { kind, reader: whole, size, consumed }),
            Shape::Text | Shape::Utf8Bom => return Ok(Opened { kind: InputKind::Har, reader: whole, size, consumed }),
            Shape::Utf16 { little, .. } => {
                let reader = Box::new(Utf16::new(whole, little));
                return Ok(Opened { kind: InputKind::Har, reader, size, consumed });
            }
            Shape::Empty if layer == 0 => return Err(ReadError::Empty { path: path.to_owned() }),
            Shape::Empty => return Err(ReadError::EmptyInside { path: path.to_owned() }),
            Shape::Other(what) => return Err(ReadError::NotACapture { path: path.to_owned(), what }),
            _ if layer == MAX_LAYERS => return Err(ReadError::TooDeep { path: path.to_owned() }),
            Shape::Gzip => limited(Box::new(flate2::read::MultiGzDecoder::new(buffered(whole)))),
            Shape::Zlib => limited(Box::new(flate2::read::ZlibDecoder::new(buffered(whole)))),
            Shape::Zstd => limited(Box::new(ZstdFrames::new(whole, limits.zstd_window_bytes))),
            Shape::Zip => {
                let file = seekable.take().filter(|_| layer == 0);
                let file = file.ok_or_else(|| ReadError::ZipNotSeekable { path: path.to_owned() })?;
                let member = zip_member(path, file)?;
                consumed.store(0, Ordering::Relaxed);
                size = Some(member.size);
                let counted = Counted::new(member.bytes, Arc::clone(&consumed));
                if member.deflated {
                    limited(Box::new(flate2::read::DeflateDecoder::new(buffered(counted))))
                } else {
                    Box::new(counted)
                }
            }
        };
    }
    Err(ReadError::TooDeep { path: path.to_owned() })
}

fn buffered<R: Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(64 << 10, reader)
}

/// Reads the first bytes; true when the input ended with them.
fn peek(reader: &mut Bytes, head: &mut Vec<u8>) -> io::Result<bool> {
    let mut block = [0; HEAD];
    while head.len() < ENOUGH {
        match reader.read(&mut block) {
            Ok(0) => return Ok(true),
            Ok(read) => head.extend_from_slice(block.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

struct Member {
    bytes: io::Take<File>,
    size: u64,
    deflated: bool,
}

/// The one capture inside a zip. Bodies that an exporter put beside the HAR are passed over.
fn zip_member(path: &str, file: File) -> Result<Member, ReadError> {
    let damaged = |error: zip::result::ZipError| ReadError::Zip { path: path.to_owned(), reason: error.to_string() };
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let Some(name) = archive.name_for_index(index) else { continue };
        if sniff::is_capture_name(name) {
            found.push((index, name.to_owned()));
        }
    }
    let index = match found.as_slice() {
        [] => return Err(ReadError::ZipWithoutHar { path: path.to_owned() }),
        [(index, _)] => *index,
        [(_, first), ..] => {
            return Err(ReadError::ZipWithMany { path: path.to_owned(), count: found.len(), first: first.clone() });
        }
    };
    let (start, size, method) = {
        let member = archive.by_index_raw(index).map_err(damaged)?;
        if member.encrypted() {
            return Err(ReadError::ZipEncrypted { path: path.to_owned() });
        }
        (member.data_start(), member.compressed_size(), member.compression())
    };
    let deflated = match method {
        zip::CompressionMethod::Stored => false,
        zip::CompressionMethod::Deflated => true,
        other => {
            let reason = format!("its HAR is compressed with {other}, which is not read");
            return Err(ReadError::Zip { path: path.to_owned(), reason });
        }
    };
    let mut file = archive.into_inner().into_inner();
    file.seek(SeekFrom::Start(start)).map_err(|error| ReadError::reading(path, error))?;
    Ok(Member { bytes: file.take(size), size, deflated })
}

/// What an error of [`Opened::reader`] means for what was read before it: a remark. `at` counts
/// decompressed bytes.
pub fn trouble(error: &io::Error, input: u32, at: u64) -> Remark {
    let (id, text) = if layers::is_ratio_error(error) {
        (
            "limit-reached",
            format!(
                "decompression stopped at byte {at}: the file unpacks to far more than its size allows; unpack it by hand if it is genuine"
            ),
        )
    } else if error.kind() == io::ErrorKind::UnexpectedEof {
        (
            "file-truncated",
            format!("the compressed data ends too early, at byte {at} of its contents; everything before was read"),
        )
    } else {
        ("file-damaged", format!("reading failed at byte {at} of the contents ({error}); everything before was read"))
    };
    Remark { fault: None, id, input, count: 1, text, places: Vec::new() }
}

#[cfg(test)]
mod tests;
