//! Where in a capture something stands, so that every label can be checked by hand.

/// A position in an input. Ordering follows the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A HAR entry: `log.entries[index]` of the input with this index.
    Entry {
        /// Index into the list of inputs.
        input: u32,
        /// Index in `log.entries`.
        index: u32,
    },
    /// A packet.
    Frame {
        /// Index into the list of inputs.
        input: u32,
        /// Frame number, 1-based, as Wireshark counts.
        frame: u64,
        /// TCP stream number, 0-based, in order of first appearance in the capture.
        stream: u32,
    },
}

impl Place {
    /// The input this place is in.
    pub fn input(self) -> u32 {
        match self {
            Self::Entry { input, .. } | Self::Frame { input, .. } => input,
        }
    }
}

/// A place together with the capture time of its bytes: what stream decoders carry along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub place: Place,
    /// When, if the capture says.
    pub time: Option<super::CaptureTime>,
}

/// The two ends of a connection, by who sends requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Sends requests.
    Client,
    /// Sends responses.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}
