//! What a recorder can and cannot show: the facts that decide what absence means.
//!
//! Owns the vocabulary only. Which exporter has which capabilities stands in
//! `capture::har::dialects` and `capture::pcap`.

/// What one kind of recorder (an exporter's dialect, or packets) can prove.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorder {
    /// Stable id, kebab-case: `chrome-devtools`, `firefox`, `wire` …
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Where it stands.
    pub vantage: Vantage,
    /// Whether preflights are listed.
    pub preflights: Listing,
    /// Whether requests that the browser blocked or that failed are listed.
    pub failures: Listing,
    /// How a failure shows.
    pub failure_mark: FailureMark,
    /// What happens to repeated header lines.
    pub duplicates: DuplicateLines,
    /// A listed exchange with a response and no failure mark was delivered to the page.
    pub marks_delivery: bool,
}

/// Where a recorder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vantage {
    /// In the browser: sees requests that never left, and what the page got.
    Browser,
    /// Between browser and server: sees what was sent.
    Proxy,
    /// Packets.
    Wire,
}

/// Whether a recorder lists things of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// All of them.
    Always,
    /// Depends on version or settings: absence proves nothing.
    Sometimes,
    /// None of them.
    Never,
}

/// How a failed or blocked request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureMark {
    /// `_error` holds Chromium's net error name.
    NetError,
    /// `_error` (or the like) holds some text.
    Text,
    /// Status 0 (or negative) and nothing else.
    StatusOnly,
    /// Not at all.
    None,
}

/// What a recorder does with repeated header lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateLines {
    /// Kept as separate lines, or told apart by the reader (merged with a newline).
    Kept,
    /// Merged with `, ` or `,`: two lines and a list in one line look alike.
    Merged,
}
