//! The members of a HAR that a redacted copy keeps: what the reader of HARs reads, and what makes a
//! file a HAR.
//!
//! Owns the allow list, as a table. Every member that is not in it is dropped, whatever its type.
//! How a value of each kind is written stands in `entry` and `values`.

use super::words;

/// What a member holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    /// A number, also one written as text.
    Number,
    /// `true` or `false`.
    Flag,
    /// An object with these members.
    Object(&'static [Member]),
    /// A list of headers, in any of the shapes that are read.
    Headers,
    /// Calls, innermost first.
    Frames,
    /// What began the request: an object, an address, or an object as text.
    Initiator,
    /// Emptied: what stands there, or the same in another place, is not needed.
    Emptied(&'static str),
    /// Emptied as well, but counted.
    Address,
    /// The content of a message: dropped.
    Body,
    /// One of these words, letters' case aside; only that there is another is kept.
    Word(&'static [&'static str]),
    /// A number of at most so many digits; only that there is another text is kept.
    Digits(usize),
    /// A point in time.
    Time,
    /// The name of a page.
    Page,
    /// A method.
    Method,
    /// A version of HTTP.
    Version,
    /// A reason phrase.
    Reason,
    /// A media type.
    Media,
    /// The name of a function.
    Function,
    /// An address.
    Url,
    /// What a recorder says of a failure.
    Error,
}

/// A member by its name.
pub(super) type Member = (&'static str, Holds);

/// `log.entries[i]`.
pub(super) const ENTRY: &[Member] = &[
    ("startedDateTime", Holds::Time),
    ("time", Holds::Number),
    ("request", Holds::Object(REQUEST)),
    ("response", Holds::Object(RESPONSE)),
    ("cache", Holds::Emptied("{}")),
    ("timings", Holds::Object(TIMINGS)),
    ("pageref", Holds::Page),
    ("serverIPAddress", Holds::Address),
    ("connection", Holds::Digits(5)),
    ("_serverPort", Holds::Digits(5)),
    ("_connectionId", Holds::Digits(7)),
    ("_error", Holds::Error),
    ("_errorMessage", Holds::Error),
    ("_resourceType", Holds::Word(words::RESOURCE_TYPES)),
    ("_priority", Holds::Word(words::PRIORITIES)),
    ("_initiator", Holds::Initiator),
    ("_initiator_line", Holds::Number),
    ("_initiator_function_name", Holds::Function),
    ("_initiator_type", Holds::Word(words::INITIATORS)),
    ("_fromCache", Holds::Word(words::CACHES)),
    ("_fetchType", Holds::Word(words::FETCH_TYPES)),
    ("_securityState", Holds::Word(words::SECURITY_STATES)),
    ("_frameref", Holds::Word(&[])),
    ("_monotonicTime", Holds::Number),
    ("_charlesStatus", Holds::Word(words::CHARLES_STATES)),
    ("_load_ms", Holds::Number),
];

const REQUEST: &[Member] = &[
    ("method", Holds::Method),
    ("url", Holds::Url),
    ("httpVersion", Holds::Version),
    ("headers", Holds::Headers),
    ("cookies", Holds::Emptied("[]")),
    ("queryString", Holds::Emptied("[]")),
    ("postData", Holds::Object(&[("mimeType", Holds::Media), ("text", Holds::Body), ("_body", Holds::Body)])),
    ("headersSize", Holds::Number),
    ("bodySize", Holds::Number),
];

const RESPONSE: &[Member] = &[
    ("status", Holds::Number),
    ("statusText", Holds::Reason),
    ("httpVersion", Holds::Version),
    ("headers", Holds::Headers),
    ("cookies", Holds::Emptied("[]")),
    ("content", Holds::Object(CONTENT)),
    ("redirectURL", Holds::Url),
    ("headersSize", Holds::Number),
    ("bodySize", Holds::Number),
    ("_transferSize", Holds::Number),
    ("_error", Holds::Error),
    ("_failureText", Holds::Error),
    ("_fetchedViaServiceWorker", Holds::Flag),
    ("fromServiceWorker", Holds::Flag),
    ("fromDiskCache", Holds::Flag),
];

const CONTENT: &[Member] = &[
    ("size", Holds::Number),
    ("compression", Holds::Number),
    ("mimeType", Holds::Media),
    ("text", Holds::Body),
    ("_body", Holds::Body),
];

const TIMINGS: &[Member] = &[
    ("blocked", Holds::Number),
    ("dns", Holds::Number),
    ("connect", Holds::Number),
    ("ssl", Holds::Number),
    ("send", Holds::Number),
    ("wait", Holds::Number),
    ("receive", Holds::Number),
];

/// `_initiator`.
pub(super) const INITIATOR: &[Member] = &[
    ("type", Holds::Word(words::INITIATORS)),
    ("url", Holds::Url),
    ("lineNumber", Holds::Number),
    ("columnNumber", Holds::Number),
    ("stack", Holds::Object(&[("callFrames", Holds::Frames)])),
];

/// One call.
pub(super) const FRAME: &[Member] = &[
    ("functionName", Holds::Function),
    ("url", Holds::Url),
    ("lineNumber", Holds::Number),
    ("columnNumber", Holds::Number),
];

/// What a name in a table holds.
pub(super) fn member(table: &'static [Member], name: &str) -> Option<&'static Member> {
    table.iter().find(|(known, _)| *known == name)
}

/// Names and words that every copy may hold, for telling them from secrets.
pub(super) fn fixed_words() -> Vec<&'static str> {
    fn collect(table: &'static [Member], into: &mut Vec<&'static str>) {
        for (name, holds) in table {
            into.push(name);
            match holds {
                Holds::Object(inner) => collect(inner, into),
                Holds::Word(list) => into.extend(*list),
                _ => {}
            }
        }
    }
    let mut words = vec!["version", "creator", "browser", "entries", "pageTimings", "comment"];
    for table in [ENTRY, INITIATOR, FRAME] {
        collect(table, &mut words);
    }
    words.extend(words::VERSIONS);
    words.extend(words::REASONS);
    words
}
