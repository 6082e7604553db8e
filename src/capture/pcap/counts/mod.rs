//! What was lost, ignored or failed, counted while reading and worded as remarks at the end.
//!
//! Each shard counts for itself; the counts are added up in shard order. Everything is kept in
//! sorted maps, so that no output follows a hash.

mod losses;

pub(crate) use losses::Loss;

use super::unread::Unread;
use crate::capture::{ConnectionFault, Remark};
use crate::exchange::{Alert, CaptureTime, Place};
use crate::http;
use std::collections::{BTreeMap, BTreeSet};

/// Places kept of one remark.
const PLACES: usize = 16;
/// What names beyond the limit are counted under.
const OTHERS: &str = "others";

/// How a connection failed on which no request was ever readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// SYNs, repeated, and nothing ever came back.
    Unanswered,
    /// One SYN, and nothing came back. Whether the capture would show it is another question.
    Unheard,
    /// SYN, then RST.
    Refused,
    /// Established, then RST before the server said anything.
    Reset,
    /// The server closed without a byte.
    Closed,
    /// The client spoke, the server stayed silent until the end.
    Silent,
    /// The client ended TLS with this alert on the server's certificate.
    Distrust(Alert),
    /// The server ended TLS with this alert on the client's certificate, or on its want.
    ClientCertificate(Alert),
    /// TLS failed with this alert.
    Alert(Alert),
}

impl Failure {
    fn words(self) -> String {
        match self {
            Self::Unanswered | Self::Unheard => "no answer to SYN".to_owned(),
            Self::Refused => "refused (RST in answer to SYN)".to_owned(),
            Self::Reset => "reset before the server answered".to_owned(),
            Self::Closed => "closed by the server without a byte".to_owned(),
            Self::Silent => "the server never answered".to_owned(),
            Self::Distrust(alert) => format!("TLS alert {}: the client did not trust the certificate", alert.name()),
            Self::ClientCertificate(alert) => {
                format!("TLS alert {}: the server wants a client certificate that it accepts", alert.name())
            }
            Self::Alert(alert) => format!("TLS alert {}", alert.name()),
        }
    }
}

/// A count with the first places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    pub(crate) places: Vec<Place>,
    /// The first time, of what has one.
    first: Option<CaptureTime>,
}

impl Tally {
    pub(crate) fn add(&mut self, bytes: u64, place: Option<Place>) {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.places.len() < PLACES {
            self.places.extend(place);
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.places.extend(other.places);
        self.places.sort_unstable();
        self.places.truncate(PLACES);
        self.first = earlier(self.first, other.first);
    }

    /// `, at 02:16:45.203 UTC`.
    fn at(&self) -> String {
        let Some(first) = self.first else { return String::new() };
        let millis = first.nanos().div_euclid(1_000_000).rem_euclid(86_400_000);
        let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
        let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
        let which = if self.count == 1 { "at" } else { "first at" };
        format!(", {which} {hours:02}:{minutes:02}:{seconds:02}.{millis:03} UTC")
    }
}

fn earlier(one: Option<CaptureTime>, other: Option<CaptureTime>) -> Option<CaptureTime> {
    [one, other].into_iter().flatten().min()
}

/// All counts of one shard, or of the reader.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    names: usize,
    pub(crate) losses: BTreeMap<(u32, Loss), Tally>,
    pub(crate) exchanges: BTreeMap<u32, u64>,
    failures: BTreeMap<(u32, Failure, String), Tally>,
    pub(crate) closed_tls: BTreeMap<(u32, String), u64>,
    unread_tls: BTreeMap<(u32, &'static str, String), Tally>,
    pub(crate) quic: BTreeMap<(u32, String), u64>,
    links: BTreeMap<(u32, u16), Tally>,
    unread: BTreeMap<(u32, Unread), Tally>,
    http: BTreeMap<u32, http::Notes>,
    tls_failed: BTreeMap<u32, u64>,
    /// Inputs with a connection of which both directions were captured.
    two_sided: BTreeSet<u32>,
}

impl Counts {
    /// Counts that know at most `names` servers by name; the rest are counted as one.
    pub(crate) fn new(names: usize) -> Self {
        Self { names, ..Self::default() }
    }

    pub(crate) fn lose(&mut self, loss: Loss, bytes: u64, place: Place) {
        self.losses.entry((place.input(), loss)).or_default().add(bytes, Some(place));
    }

    /// A connection that began at `place` and `time`.
    pub(crate) fn fail(&mut self, failure: Failure, name: &str, place: Place, time: Option<CaptureTime>) {
        let key = (place.input(), failure, name.to_owned());
        let full = self.failures.len() >= self.names && !self.failures.contains_key(&key);
        let key = if full { (place.input(), failure, OTHERS.to_owned()) } else { key };
        let tally = self.failures.entry(key).or_default();
        tally.add(0, Some(place));
        tally.first = earlier(tally.first, time);
    }

    /// A connection, and whether packets of both sides were captured.
    pub(crate) fn see(&mut self, input: u32, is_two_sided: bool) {
        if is_two_sided {
            self.two_sided.insert(input);
        }
    }

    pub(crate) fn close_tls(&mut self, name: &str, input: u32) {
        count_name(&mut self.closed_tls, self.names, input, name);
    }

    pub(crate) fn add_quic(&mut self, name: &str, input: u32) {
        count_name(&mut self.quic, self.names, input, name);
    }

    pub(crate) fn leave_tls_unread(&mut self, why: &'static str, detail: &str, place: Place) {
        let key = (place.input(), why, detail.to_owned());
        let full = self.unread_tls.len() >= self.names && !self.unread_tls.contains_key(&key);
        let key = if full { (place.input(), why, OTHERS.to_owned()) } else { key };
        self.unread_tls.entry(key).or_default().add(0, Some(place));
    }

    pub(crate) fn pass_over_link(&mut self, link: u16, place: Place) {
        self.links.entry((place.input(), link)).or_default().add(0, Some(place));
    }

    pub(crate) fn leave_unread(&mut self, kind: Unread, place: Place) {
        let key = (place.input(), kind);
        let full = self.unread.len() >= self.names && !self.unread.contains_key(&key);
        let key = if full { (place.input(), Unread::Others) } else { key };
        self.unread.entry(key).or_default().add(0, Some(place));
    }

    pub(crate) fn note_http(&mut self, notes: &http::Notes, input: u32) {
        if *notes != http::Notes::default() {
            self.http.entry(input).or_default().add(notes);
        }
    }

    pub(crate) fn note_tls(&mut self, failed_records: u64, input: u32) {
        if failed_records > 0 {
            *self.tls_failed.entry(input).or_default() += failed_records;
        }
    }

    /// Adds the counts of another shard.
    pub(crate) fn merge(&mut self, other: Self) {
        self.two_sided.extend(other.two_sided);
        for (key, tally) in other.losses {
            self.losses.entry(key).or_default().merge(tally);
        }
        for (key, tally) in other.failures {
            self.failures.entry(key).or_default().merge(tally);
        }
        for (key, tally) in other.unread_tls {
            self.unread_tls.entry(key).or_default().merge(tally);
        }
        for (key, tally) in other.links {
            self.links.entry(key).or_default().merge(tally);
        }
        for (key, tally) in other.unread {
            self.unread.entry(key).or_default().merge(tally);
        }
        for (key, count) in other.exchanges {
            *self.exchanges.entry(key).or_default() += count;
        }
        for (key, count) in other.closed_tls {
            *self.closed_tls.entry(key).or_default() += count;
        }
        for (key, count) in other.quic {
            *self.quic.entry(key).or_default() += count;
        }
        for (key, count) in other.tls_failed {
            *self.tls_failed.entry(key).or_default() += count;
        }
        for (key, notes) in other.http {
            self.http.entry(key).or_default().add(&notes);
        }
    }

    /// Words everything as remarks, in a fixed order. `keyed`: keys were given.
    pub(crate) fn remarks(&self, keyed: bool) -> Vec<Remark> {
        let mut out = Vec::new();
        for ((input, failure, name), tally) in &self.failures {
            // Where no answer of anybody was captured, a missing one says nothing.
            if *failure == Failure::Unheard && !self.two_sided.contains(input) {
                let text = format!(
                    "{} to {name}: a SYN, and no packet of the server's; nobody answered, or only one direction was \
                     captured{}",
                    plural(tally.count, "connection"),
                    tally.at()
                );
                out.push(remark("one-direction", *input, tally, text));
                continue;
            }
            let connections = plural(tally.count, "connection");
            let text = format!("{connections} to {name}: {}{}", failure.words(), tally.at());
            let fault = matches!(failure, Failure::Distrust(_)).then_some(ConnectionFault::ServerCertificate);
            out.push(Remark { fault, ..remark("connections-failed", *input, tally, text) });
        }
        for ((input, link), tally) in &self.links {
            let name = super::link::name(*link).map(|name| format!(" ({name})")).unwrap_or_default();
            let packets = plural(tally.count, "packet");
            let text = format!(
                "{packets} of link type {link}{name} cannot be read; capture on an Ethernet or IP interface by its name"
            );
            out.push(remark("link-unsupported", *input, tally, text));
        }
        for ((input, kind), tally) in &self.unread {
            let text = format!(
                "{} not read: what they carry is not unwrapped; capture on the client or the server itself",
                kind.words(tally.count)
            );
            out.push(remark("packets-not-read", *input, tally, text));
        }
        for ((input, loss), tally) in &self.losses {
            let (id, text) = loss.words(tally);
            out.push(remark(id, *input, tally, text));
        }
        self.tls_remarks(keyed, &mut out);
        for ((input, name), count) in &self.quic {
            let connections = plural(*count, "QUIC connection");
            let text = format!("{connections} to {name} not read; capture again with HTTP/3 disabled in the browser");
            out.push(Remark {
                fault: None,
                id: "quic-not-read",
                input: *input,
                count: *count,
                text,
                places: Vec::new(),
            });
        }
        for (input, notes) in &self.http {
            for (id, count, text) in http_remarks(notes) {
                out.push(Remark { fault: None, id, input: *input, count, text, places: Vec::new() });
            }
        }
        out
    }

    fn tls_remarks(&self, keyed: bool, out: &mut Vec<Remark>) {
        for ((input, name), count) in &self.closed_tls {
            let connections = plural(*count, "TLS connection");
            let text = match (keyed, count) {
                (false, _) => format!(
                    "{connections} to {name} cannot be opened without keys; capture again with SSLKEYLOGFILE set and give \
                     the file with --keylog"
                ),
                (true, 1) => {
                    format!("{connections} to {name} cannot be opened: no keys for this connection in the key log")
                }
                (true, _) => {
                    format!("{connections} to {name} cannot be opened: no keys for these connections in the key log")
                }
            };
            out.push(Remark { fault: None, id: "tls-closed", input: *input, count: *count, text, places: Vec::new() });
        }
        for ((input, why, detail), tally) in &self.unread_tls {
            let text = format!("{} not read: {}{detail}", plural(tally.count, "TLS connection"), why.replace('-', " "));
            out.push(remark("tls-not-read", *input, tally, text));
        }
        for (input, count) in &self.tls_failed {
            let text = format!("{} failed authentication and were passed over", plural(*count, "TLS record"));
            out.push(Remark {
                fault: None,
                id: "tls-records-failed",
                input: *input,
                count: *count,
                text,
                places: Vec::new(),
            });
        }
    }
}

fn count_name(map: &mut BTreeMap<(u32, String), u64>, names: usize, input: u32, name: &str) {
    let key = (input, name.to_owned());
    let key = if map.len() >= names && !map.contains_key(&key) { (input, OTHERS.to_owned()) } else { key };
    *map.entry(key).or_default() += 1;
}

fn http_remarks(notes: &http::Notes) -> Vec<(&'static str, u64, String)> {
    let rows = [
        (
            "http-repaired",
            notes.dropped_lines,
            "header line that is not valid HTTP was left out",
            "header lines that are not valid HTTP were left out",
        ),
        ("http-repaired", notes.unreadable_requests, "request could not be read", "requests could not be read"),
        (
            "http-orphans",
            notes.orphan_responses,
            "response without its request in the capture",
            "responses without their requests in the capture",
        ),
        (
            "hpack-lost",
            notes.lost_fields,
            "header field lost with the beginning of its HTTP/2 connection",
            "header fields lost with the beginning of their HTTP/2 connection",
        ),
        (
            "limit-reached",
            notes.oversized_heads,
            "message head larger than the limit; its first lines were kept",
            "message heads larger than the limit; their first lines were kept",
        ),
        (
            "limit-reached",
            notes.beyond_pipeline,
            "request beyond the limit of waiting ones was not followed",
            "requests beyond the limit of waiting ones were not followed",
        ),
        (
            "limit-reached",
            notes.beyond_streams,
            "HTTP/2 stream beyond the limit was settled early",
            "HTTP/2 streams beyond the limit were settled early",
        ),
        (
            "limit-reached",
            notes.beyond_table,
            "HPACK table larger than the limit was asked for",
            "HPACK tables larger than the limit were asked for",
        ),
    ];
    rows.into_iter()
        .filter(|(_, count, ..)| *count > 0)
        .map(|(id, count, one, many)| (id, count, format!("{count} {}", if count == 1 { one } else { many })))
        .collect()
}

fn remark(id: &'static str, input: u32, tally: &Tally, text: String) -> Remark {
    Remark { fault: None, id, input, count: tally.count, text, places: tally.places.clone() }
}

/// `1 packet`, `2 packets`.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
