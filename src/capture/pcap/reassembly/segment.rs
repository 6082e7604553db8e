//! What goes into a reassembly and what comes out: segments, directions, and their receiver.

use crate::exchange::Mark;

/// One of the two directions of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the endpoint that sorts first.
    Up,
    /// From the endpoint that sorts second.
    Down,
}

impl Way {
    /// The opposite direction.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// One value for each direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Both<T> {
    /// For [`Way::Up`].
    pub up: T,
    /// For [`Way::Down`].
    pub down: T,
}

impl<T> Both<T> {
    /// The value of one direction.
    pub fn of(&self, way: Way) -> &T {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    /// The value of one direction, to change it.
    pub fn of_mut(&mut self, way: Way) -> &mut T {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}

/// One TCP segment.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgement number, when the ACK flag is set.
    pub ack: Option<u32>,
    /// SYN flag.
    pub syn: bool,
    /// FIN flag.
    pub fin: bool,
    /// RST flag.
    pub rst: bool,
    /// Payload as far as captured.
    pub payload: &'a [u8],
    /// Payload bytes that the snapshot length cut off.
    pub cut: u32,
    /// The packet.
    pub mark: Mark,
}

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// FIN.
    Fin,
    /// RST.
    Reset,
}

/// Takes what comes out, in order.
pub trait Receiver {
    /// The next bytes of a direction; never empty.
    fn data(&mut self, way: Way, bytes: &[u8], mark: Mark);
    /// Bytes of a direction that the capture does not have; never 0.
    fn gap(&mut self, way: Way, missing: u64, mark: Mark);
    /// The end of a direction. A reset ends both.
    fn end(&mut self, way: Way, how: End, mark: Mark);
    /// What was taken for the end of a direction, a FIN that the capture lost, was none: more comes.
    fn resumed(&mut self, way: Way, mark: Mark);
}
