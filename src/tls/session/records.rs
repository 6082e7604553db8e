//! Reading records and the handshake messages in them.

use super::super::hello::{
    self, ClientHello, END_OF_EARLY_DATA, EncryptedExtensions, FINISHED, KEY_UPDATE, Message, ServerHello,
};
use super::super::protect::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, Header, Opened};
use super::super::suite::{self, Suite};
use super::super::{Event, KeyLog, Stopped, Version};
use super::direction::{Lost, Stage, Sync, find_record, header_at};
use super::{Blocked, Early, MAX_RECORD, Out, Session, clear_alerts};
use crate::exchange::{Alert, Mark, Side};
use std::mem;
use std::ops::Range;

/// Bytes passed over in search of a record before reading is given up: wherever a hole ends, a
/// record begins within the length of one, and one more is for the record that proves it.
const SEARCH_BYTES: usize = 4 * (5 + MAX_RECORD);

/// Places tried in one search; each may cost `Limits::resync_records` attempts.
const SEARCH_PLACES: u32 = 8;

/// What became of a record.
pub(super) enum Outcome {
    /// Read, or passed over.
    Done,
    /// It cannot be read yet.
    Blocked(Blocked),
    /// In a search: not one of this connection's records.
    NotHere,
    /// Nothing more can be read.
    Stop(Stopped),
}

impl Session {
    /// Takes bytes of a side that is not blocked. Returns what must wait: bytes from the record
    /// on at which the side got blocked, or at which the other side may go on.
    pub(super) fn read(
        &mut self,
        from: Side,
        bytes: &[u8],
        mark: Mark,
        keys: &KeyLog,
        out: Out<'_>,
    ) -> Option<Vec<u8>> {
        let direction = self.side_mut(from);
        let mut bytes = bytes;
        if let Sync::Skip(rest) = direction.sync {
            let skipped = rest.min(bytes.len());
            bytes = bytes.get(skipped..).unwrap_or_default();
            direction.sync = if skipped == rest { Sync::Aligned } else { Sync::Skip(rest - skipped) };
        }
        if bytes.is_empty() {
            return None;
        }
        let mut buffer = mem::take(&mut direction.buffer);
        if buffer.is_empty() && buffer.capacity() < bytes.len() {
            // Room for the whole first record, so that a long one does not grow step by step.
            let record = header_at(bytes).map_or(0, |header| 5 + header.len());
            buffer.reserve(record.max(bytes.len()));
        }
        buffer.extend_from_slice(bytes);
        let mut at = 0;
        let mut rest = None;
        loop {
            let record = match self.boundary(from, &buffer, &mut at) {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(why) => {
                    self.stop(why, out);
                    break;
                }
            };
            let header = record.0;
            let payload = buffer.get_mut(record.1.clone()).unwrap_or_default();
            let searching = matches!(self.side(from).sync, Sync::Search { .. });
            match self.record(from, header, payload, searching, mark, keys, out) {
                Outcome::Done => {
                    at = record.1.end;
                    let direction = self.side_mut(from);
                    direction.began = true;
                    if searching {
                        direction.sync = Sync::Aligned;
                        self.notes.resynchronised += 1;
                    }
                    if self.may_go_on(from.other(), keys) {
                        rest = buffer.get(at..).filter(|rest| !rest.is_empty()).map(<[u8]>::to_vec);
                        at = buffer.len();
                        break;
                    }
                }
                Outcome::Blocked(blocked) => {
                    self.side_mut(from).blocked = Some(blocked);
                    if matches!(blocked, Blocked::Keys { .. }) && !mem::replace(&mut self.need_keys_said, true) {
                        out(Event::NeedKeys);
                    }
                    rest = buffer.get(at..).map(<[u8]>::to_vec);
                    at = buffer.len();
                    break;
                }
                Outcome::NotHere => {
                    at += 1;
                    self.notes.searched += 1;
                    // Perhaps a whole record, which cannot be opened: it is missing as well.
                    self.side_mut(from).gap_pending = true;
                    if let Sync::Search { passed, tried } = &mut self.side_mut(from).sync {
                        *passed += 1;
                        *tried += 1;
                        if *tried > SEARCH_PLACES {
                            self.stop(Stopped::LostSync, out);
                        }
                    }
                }
                Outcome::Stop(why) => self.stop(why, out),
            }
            if self.stopped.is_some() {
                break;
            }
        }
        if self.stopped.is_some() {
            clear_alerts(from, buffer.get(at..).unwrap_or_default(), mark, out);
            return None;
        }
        buffer.drain(..at);
        let direction = self.side_mut(from);
        direction.buffer = buffer;
        direction.tidy();
        rest
    }

    /// The next record that is complete: its header and where its payload stands. Moves `at` over
    /// bytes that belong to none.
    fn boundary(
        &mut self,
        from: Side,
        buffer: &[u8],
        at: &mut usize,
    ) -> Result<Option<(Header, Range<usize>)>, Stopped> {
        if let Sync::Search { passed, .. } = &mut self.side_mut(from).sync {
            let skipped = find_record(buffer.get(*at..).unwrap_or_default());
            *at += skipped;
            *passed += skipped;
            let lost = *passed > SEARCH_BYTES;
            self.notes.searched += skipped as u64;
            if lost {
                return Err(Stopped::LostSync);
            }
        }
        let rest = buffer.get(*at..).unwrap_or_default();
        if rest.len() < 5 {
            return Ok(None);
        }
        let Some(header) = header_at(rest) else {
            let began = self.side(from).began;
            return Err(if began { Stopped::LostSync } else { Stopped::NotTls });
        };
        let start = *at + 5;
        let end = start + header.len();
        Ok((end <= buffer.len()).then_some((header, start..end)))
    }

    /// Bytes of a side that is not blocked are missing.
    pub(super) fn hole(&mut self, from: Side, missing: Option<u64>, out: Out<'_>) {
        if from == Side::Client && self.client_random.is_none() {
            return self.stop(Stopped::ClientHelloMissing, out);
        }
        if from == Side::Server && self.version.is_none() {
            return self.stop(Stopped::ServerHelloMissing, out);
        }
        let tls13 = self.version == Some(Version::Tls13);
        let direction = self.side_mut(from);
        match direction.hole(missing) {
            Lost::Record(header) => {
                // A lost record has a sequence number, and handshake content of a known length
                // unless it was padded.
                let protected = direction.stage != Stage::Clear;
                let overhead = if protected && tls13 { 17 } else { 0 };
                direction.assembler.lose(header.len().saturating_sub(overhead));
            }
            Lost::AlreadyCounted => {}
            Lost::Unknown => direction.assembler.lose(usize::MAX),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one record and its surroundings")]
    fn record(
        &mut self,
        from: Side,
        header: Header,
        payload: &mut [u8],
        searching: bool,
        mark: Mark,
        keys: &KeyLog,
        out: Out<'_>,
    ) -> Outcome {
        let tls13 = self.version == Some(Version::Tls13);
        let stage = self.side(from).stage;
        if self.is_clear(from, header) {
            if searching && tls13 && stage != Stage::Clear {
                return Outcome::NotHere;
            }
            // An alert in clear has two bytes, a protected record more.
            if self.side(from).uncertain > 0
                && !tls13
                && matches!(header.kind(), ALERT | HANDSHAKE)
                && payload.len() > 2
                && let Some(opened) = self.open_after_hole(from, header, payload, keys)
            {
                self.notes.opened += 1;
                return self.content(from, &opened, payload, mark, keys, out);
            }
            return match header.kind() {
                CHANGE_CIPHER_SPEC if tls13 || stage != Stage::Clear => Outcome::Done,
                CHANGE_CIPHER_SPEC => self.change_cipher_spec(from, keys),
                ALERT => {
                    self.alert(from, payload, mark, out);
                    Outcome::Done
                }
                HANDSHAKE => self.handshake(from, payload, mark, keys, out),
                _ => Outcome::Done,
            };
        }
        let opened = match self.open(from, header, payload, searching, keys) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        self.notes.opened += 1;
        self.content(from, &opened, payload, mark, keys, out)
    }

    /// Whether a record is not protected.
    fn is_clear(&self, from: Side, header: Header) -> bool {
        let direction = self.side(from);
        if self.version == Some(Version::Tls13) || direction.stage == Stage::Early {
            // Protected records all say application data (RFC 8446 §5.2).
            return header.kind() != APPLICATION_DATA;
        }
        direction.stage == Stage::Clear && header.kind() != APPLICATION_DATA
    }

    fn alert(&mut self, from: Side, payload: &[u8], mark: Mark, out: Out<'_>) {
        let &[level, code] = payload else { return };
        // close_notify and user_canceled are the only ones that do not end a TLS 1.3 connection.
        let fatal = level == 2 || (self.version == Some(Version::Tls13) && code != 0 && code != 90);
        out(Event::Alert { from, fatal, alert: Alert(code), mark });
    }

    /// Content of a record that was opened.
    pub(super) fn content(
        &mut self,
        from: Side,
        opened: &Opened,
        payload: &[u8],
        mark: Mark,
        keys: &KeyLog,
        out: Out<'_>,
    ) -> Outcome {
        let bytes = payload.get(opened.content.clone()).unwrap_or_default();
        match opened.kind {
            APPLICATION_DATA if bytes.is_empty() => Outcome::Done,
            APPLICATION_DATA => {
                // A hole of the other side came before, too: what it held may be what this answers.
                for side in [from.other(), from] {
                    if mem::take(&mut self.side_mut(side).gap_pending) {
                        out(Event::Gap { from: side, mark });
                    }
                }
                out(Event::Plaintext { from, bytes, mark });
                Outcome::Done
            }
            ALERT => {
                self.alert(from, bytes, mark, out);
                Outcome::Done
            }
            HANDSHAKE => self.handshake(from, bytes, mark, keys, out),
            // Renegotiation: the next keys of TLS 1.2.
            CHANGE_CIPHER_SPEC if self.version != Some(Version::Tls13) => self.change_cipher_spec(from, keys),
            _ => Outcome::Done,
        }
    }

    fn handshake(&mut self, from: Side, mut bytes: &[u8], mark: Mark, keys: &KeyLog, out: Out<'_>) -> Outcome {
        let first = !self.side(from).began && self.side(from).stage == Stage::Clear;
        if first
            && from == Side::Client
            && self.client_random.is_none()
            && bytes.first().is_some_and(|kind| *kind != hello::CLIENT_HELLO)
        {
            return Outcome::Stop(Stopped::ClientHelloMissing);
        }
        let limit = self.limits.handshake_bytes;
        while let Some(message) = self.side_mut(from).assembler.next(&mut bytes, limit) {
            let Ok(message) = message else { return Outcome::Stop(Stopped::HandshakeTooLong) };
            if let Err(why) = self.message(from, &message, mark, keys, out) {
                return Outcome::Stop(why);
            }
        }
        Outcome::Done
    }

    fn message(
        &mut self,
        from: Side,
        message: &Message,
        mark: Mark,
        keys: &KeyLog,
        out: Out<'_>,
    ) -> Result<(), Stopped> {
        let tls13 = self.version == Some(Version::Tls13);
        let stage = self.side(from).stage;
        match (from, message.kind) {
            (Side::Client, hello::CLIENT_HELLO) => self.client_hello(&message.body, mark, out)?,
            (Side::Server, hello::SERVER_HELLO) => self.server_hello(&message.body, mark, out)?,
            (Side::Server, hello::ENCRYPTED_EXTENSIONS) if tls13 => {
                let extensions = EncryptedExtensions::parse(&message.body);
                if self.early == Early::Offered {
                    self.early = if extensions.early_data { Early::Accepted } else { Early::Rejected };
                }
                if let Some(protocol) = extensions.alpn {
                    self.alpn = Some(protocol.clone());
                    out(Event::Alpn { protocol, mark });
                }
            }
            (Side::Client, END_OF_EARLY_DATA) if stage == Stage::Early => {
                self.enter(from, Stage::Handshake, keys);
            }
            (_, FINISHED) if tls13 && stage == Stage::Handshake => {
                self.enter(from, Stage::Application, keys);
            }
            (_, KEY_UPDATE) if tls13 && stage == Stage::Application && matches!(message.body[..], [0 | 1]) => {
                self.key_update(from);
            }
            _ => {}
        }
        Ok(())
    }

    fn client_hello(&mut self, body: &[u8], mark: Mark, out: Out<'_>) -> Result<(), Stopped> {
        let hello = ClientHello::parse(body).ok_or(Stopped::NotTls)?;
        let first = self.client_random.is_none();
        self.client_random = Some(hello.random);
        if first {
            if hello.early_data {
                self.early = Early::Offered;
            }
            out(Event::ClientHello { server_name: hello.server_name, alpn: hello.alpn, mark });
        }
        Ok(())
    }

    fn server_hello(&mut self, body: &[u8], mark: Mark, out: Out<'_>) -> Result<(), Stopped> {
        let hello = ServerHello::parse(body).ok_or(Stopped::NotTls)?;
        let version =
            Version::from_number(hello.version).ok_or(Stopped::UnsupportedVersion { number: hello.version })?;
        let name = suite::name(hello.suite);
        let again = self.server_random.is_some();
        // A HelloRetryRequest names the version and suite of the ServerHello to come.
        self.version = Some(version);
        self.suite = Suite::of(hello.suite, version);
        if hello.is_hello_retry_request() {
            if self.early == Early::Offered {
                self.early = Early::Rejected;
            }
            return Ok(());
        }
        self.server_random = Some(hello.random);
        self.encrypt_then_mac = hello.encrypt_then_mac;
        if version != Version::Tls13 && self.early == Early::Offered {
            self.early = Early::Rejected;
        }
        if !again {
            self.alpn.clone_from(&hello.alpn);
            out(Event::ServerHello { version, cipher: name, alpn: hello.alpn, mark });
        }
        if hello.compression != 0 {
            return Err(Stopped::Compressed);
        }
        if self.suite.is_none() {
            return Err(Stopped::UnsupportedCipher { number: hello.suite, name });
        }
        Ok(())
    }
}
