//! What packets can and cannot prove, as a recorder.

use crate::exchange::{DuplicateLines, FailureMark, Listing, Recorder, Vantage};

/// Packets: everything that was sent, nothing that was not, and no word of what the page got.
pub static WIRE: Recorder = Recorder {
    id: "wire",
    name: "packets",
    vantage: Vantage::Wire,
    preflights: Listing::Always,
    failures: Listing::Sometimes,
    failure_mark: FailureMark::None,
    duplicates: DuplicateLines::Kept,
    marks_delivery: false,
};
