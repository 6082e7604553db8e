//! The keys of a HAR document that the splitter knows, by what they mean for splitting.

/// What a key says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Other,
    Log,
    Entries,
    Pages,
    Creator,
    Browser,
    /// Text of a body: of long ones only the beginning is kept.
    Body,
    /// Header values and URLs: long ones are kept far longer, and cutting one is said.
    Wide,
    /// A list or object nobody reads, and that holds bodies or secrets.
    Mute,
    /// A list or object that analysis does not need; a redacted copy keeps it.
    Idle,
    /// `startedDateTime`: its object is an entry, wherever it stands.
    Started,
}

/// Classifies a key; a match on length and bytes, cheap enough for every string of a document.
pub(super) fn classify(word: &[u8]) -> Key {
    match word {
        b"log" => Key::Log,
        b"entries" => Key::Entries,
        b"pages" => Key::Pages,
        b"creator" => Key::Creator,
        b"browser" => Key::Browser,
        b"text" | b"data" | b"body" | b"comment" | b"base64" | b"_body" => Key::Body,
        b"value" | b"url" | b"redirectURL" => Key::Wide,
        b"cookies"
        | b"queryString"
        | b"params"
        | b"parent"
        | b"_webSocketMessages"
        | b"_eventSourceMessages"
        | b"_chunks"
        | b"_securityDetails"
        | b"cache" => Key::Mute,
        b"timings" | b"pageTimings" => Key::Idle,
        b"startedDateTime" => Key::Started,
        _ => Key::Other,
    }
}

/// Keys an entry may begin with, over all exporters: what a lone entry is recognised by.
pub(super) fn is_entry_key(word: &[u8]) -> bool {
    const KEYS: &[&[u8]] = &[
        b"startedDateTime",
        b"_initiator",
        b"_priority",
        b"_resourceType",
        b"_connectionId",
        b"_fromCache",
        b"_fetchType",
        b"_frameref",
        b"_requestId",
        b"_request_id",
        b"_webSocketMessages",
        b"cache",
        b"connection",
        b"pageref",
        b"request",
        b"serverIPAddress",
        b"time",
        b"timings",
    ];
    KEYS.contains(&word)
}
