//! Why an input could not be read at all: one line each, saying what, where and what to do next.

use std::io;

/// An input that yields nothing. Other inputs are read all the same.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("{path}: no such file; check the path")]
    NotFound {
        /// As given.
        path: String,
    },
    /// It may not be read.
    #[error("{path}: permission denied; make it readable (chmod u+r) or run as its owner")]
    Permission {
        /// As given.
        path: String,
    },
    /// It is a directory.
    #[error("{path}: is a directory; name the HAR or packet files in it")]
    Directory {
        /// As given.
        path: String,
    },
    /// It has no bytes.
    #[error("{path}: is empty; export or capture again")]
    Empty {
        /// As given.
        path: String,
    },
    /// Nothing is left after decompression.
    #[error("{path}: holds nothing once decompressed; export or capture again")]
    EmptyInside {
        /// As given.
        path: String,
    },
    /// It is neither a HAR nor a packet capture.
    #[error("{path}: is neither a HAR nor a pcap or pcapng file, it looks like {what}")]
    NotACapture {
        /// As given.
        path: String,
        /// What it looks like, with advice.
        what: &'static str,
    },
    /// It is text, but no HAR entry can be found in it.
    #[error("{path}: {what}; a HAR is JSON with log.entries (DevTools: Network, Export HAR)")]
    NotHar {
        /// As given.
        path: String,
        /// What was seen instead.
        what: &'static str,
    },
    /// A HAR that lists no requests.
    #[error(
        "{path}: this HAR has no entries; record again with Preserve log on, from before the failing click, without a filter"
    )]
    NoEntries {
        /// As given.
        path: String,
    },
    /// A HAR of whose entries none can be read.
    #[error(
        "{path}: no entry of this HAR can be read ({count} tried, the remark says why); export it with the browser itself"
    )]
    NoneReadable {
        /// As given.
        path: String,
        /// How many there are.
        count: u64,
    },
    /// A HAR that ends before its first whole entry.
    #[error("{path}: this HAR is cut off before its first whole entry; export or copy it again")]
    CutOff {
        /// As given.
        path: String,
    },
    /// Compression inside compression inside compression.
    #[error("{path}: is compressed more than three times over; unpack it first")]
    TooDeep {
        /// As given.
        path: String,
    },
    /// A zip is read from its end, which a pipe cannot do.
    #[error(
        "{path}: a zip cannot be read from a pipe or inside another archive; unpack it first, for example with: unzip -p FILE '*.har' | whycors -"
    )]
    ZipNotSeekable {
        /// As given.
        path: String,
    },
    /// A zip without any capture in it.
    #[error("{path}: no .har, .pcap or .pcapng in this zip")]
    ZipWithoutHar {
        /// As given.
        path: String,
    },
    /// A zip with several.
    #[error("{path}: this zip holds {count} captures ({first} and others); unpack it and name those to read")]
    ZipWithMany {
        /// As given.
        path: String,
        /// How many.
        count: usize,
        /// The first one's name.
        first: String,
    },
    /// A zip with a password.
    #[error("{path}: this zip is encrypted; unpack it with its password first")]
    ZipEncrypted {
        /// As given.
        path: String,
    },
    /// A zip that cannot be read.
    #[error("{path}: damaged or unsupported zip: {reason}")]
    Zip {
        /// As given.
        path: String,
        /// The archive reader's words.
        reason: String,
    },
    /// The system failed to read.
    #[error("{path}: cannot be read: {source}")]
    Io {
        /// As given.
        path: String,
        /// The system's words.
        source: io::Error,
    },
}

impl ReadError {
    pub(super) fn opening(path: &str, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::PermissionDenied => Self::Permission { path },
            _ => Self::Io { path, source: error },
        }
    }

    pub(super) fn reading(path: &str, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
