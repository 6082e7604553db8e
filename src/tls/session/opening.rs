//! Which key and which sequence number open a record.

use super::super::kdf::next_traffic_secret;
use super::super::keylog::{Label, Secret};
use super::super::protect::{Header, Opened, Opener, Parameters};
use super::super::{KeyLog, Stopped, Version};
use super::direction::Stage;
use super::records::Outcome;
use super::{Blocked, Early, Session};
use crate::exchange::Side;

/// Records that may fail in a row before reading is given up.
const FAILURES: u32 = 4;

impl Session {
    /// Opens a protected record, or says what to do with it instead.
    pub(super) fn open(
        &mut self,
        from: Side,
        header: Header,
        payload: &mut [u8],
        searching: bool,
        keys: &KeyLog,
    ) -> Result<Opened, Outcome> {
        self.prepare(from, searching, keys)?;
        let direction = self.side_mut(from);
        let stage = direction.stage;
        let certain = direction.uncertain == 0;
        // The way of nearly every record: one key, the next number, in place.
        if certain
            && stage == Stage::Application
            && let Some(opener) = &mut direction.opener
        {
            let opened = opener.open(direction.sequence, header, payload);
            direction.sequence = direction.sequence.wrapping_add(1);
            if let Some(opened) = opened {
                direction.failures = 0;
                return Ok(opened);
            }
            opener.pass_over();
            return Err(self.failed(from));
        }
        if let Some(opener) = &mut self.side_mut(from).opener
            && opener.is_interrupted()
        {
            opener.open(0, header, payload);
            opener.pass_over();
            // What it held is missing as well.
            self.side_mut(from).gap_pending = true;
            return Err(Outcome::Done);
        }
        if let Some(opened) = self.try_stages(from, header, payload, keys) {
            let direction = self.side_mut(from);
            direction.failures = 0;
            direction.uncertain = 0;
            if direction.stage == Stage::Application {
                direction.assembler.resume();
            }
            return Ok(opened);
        }
        if searching {
            return Err(Outcome::NotHere);
        }
        if self.may_pass_over(from) {
            self.notes.skipped += 1;
            return Err(Outcome::Done);
        }
        let direction = self.side_mut(from);
        direction.sequence = direction.sequence.wrapping_add(1);
        if let Some(opener) = &mut direction.opener {
            opener.pass_over();
        }
        Err(self.failed(from))
    }

    /// TLS 1.2 and before: a hole may have swallowed the ChangeCipherSpec. Opens a record that would
    /// else be taken for one in clear; `None` when it does not open.
    pub(super) fn open_after_hole(
        &mut self,
        from: Side,
        header: Header,
        payload: &mut [u8],
        keys: &KeyLog,
    ) -> Option<Opened> {
        let mut protection = self.opener12(from, keys)?;
        let window = self.side(from).uncertain.min(self.limits.resync_records);
        let (sequence, opened) = self.try_numbers(&mut protection, 0, window, header, payload)?;
        self.install(from, Stage::Application, Some(protection));
        let direction = self.side_mut(from);
        direction.sequence = sequence.wrapping_add(1);
        direction.uncertain = 0;
        Some(opened)
    }

    /// Moves to the stage that a protected record needs and finds its key, or says what is missing.
    fn prepare(&mut self, from: Side, searching: bool, keys: &KeyLog) -> Result<(), Outcome> {
        let Some(version) = self.version else {
            return Err(match from {
                Side::Client if self.client_random.is_none() => Outcome::Stop(Stopped::ClientHelloMissing),
                Side::Client if self.early == Early::Rejected => {
                    self.notes.skipped += 1;
                    Outcome::Done
                }
                Side::Client if self.early == Early::Offered => Outcome::Blocked(Blocked::EarlyDecision),
                Side::Client => Outcome::Blocked(Blocked::ServerHello),
                Side::Server if self.client_random.is_none() => Outcome::Blocked(Blocked::ClientHello),
                Side::Server => Outcome::Stop(Stopped::ServerHelloMissing),
            });
        };
        if self.client_random.is_none() {
            return Err(match from {
                Side::Client => Outcome::Stop(Stopped::ClientHelloMissing),
                Side::Server => Outcome::Blocked(Blocked::ClientHello),
            });
        }
        let missing = Outcome::Blocked(Blocked::Keys { generation: keys.generation() });
        if version < Version::Tls13 {
            if self.side(from).stage == Stage::Clear {
                // No ChangeCipherSpec yet: only a hole explains that.
                if self.side(from).uncertain == 0 && !searching {
                    return Err(Outcome::Stop(Stopped::NotTls));
                }
                let Some(opener) = self.opener12(from, keys) else { return Err(missing) };
                self.install(from, Stage::Application, Some(opener));
            }
            return Ok(());
        }
        if self.side(from).stage == Stage::Clear {
            let stage = match (from, self.early) {
                (Side::Client, Early::Offered) => return Err(Outcome::Blocked(Blocked::EarlyDecision)),
                (Side::Client, Early::Accepted) => Stage::Early,
                _ => Stage::Handshake,
            };
            self.enter(from, stage, keys);
        }
        if self.side(from).opener.is_none() {
            let stage = self.side(from).stage;
            self.enter(from, stage, keys);
        }
        if self.side(from).opener.is_none() && !self.has_later_key(from, keys) {
            return Err(missing);
        }
        Ok(())
    }

    /// Whether a key of a later stage is there, so that records of this one can be passed over.
    fn has_later_key(&self, from: Side, keys: &KeyLog) -> bool {
        match self.side(from).stage {
            Stage::Early => self.has_key(from, keys),
            Stage::Handshake => self.traffic_secret(from, Stage::Application, keys).is_some(),
            Stage::Clear | Stage::Application => false,
        }
    }

    /// Whether a record that does not open is one that was expected not to.
    fn may_pass_over(&self, from: Side) -> bool {
        let direction = self.side(from);
        match direction.stage {
            Stage::Early => direction.opener.is_none(),
            Stage::Handshake => {
                direction.opener.is_none()
                    || (from == Side::Client && self.early == Early::Rejected && direction.sequence == 0)
            }
            Stage::Clear | Stage::Application => false,
        }
    }

    /// Tries the key in use with the numbers that are possible, then the keys that follow it.
    fn try_stages(&mut self, from: Side, header: Header, payload: &mut [u8], keys: &KeyLog) -> Option<Opened> {
        let direction = self.side(from);
        let (stage, start) = (direction.stage, direction.sequence);
        let window = direction.uncertain.min(self.limits.resync_records);
        if let Some(mut opener) = self.side_mut(from).opener.take() {
            let found = self.try_numbers(&mut opener, start, window, header, payload);
            self.side_mut(from).opener = Some(opener);
            if let Some((sequence, opened)) = found {
                self.side_mut(from).sequence = sequence.wrapping_add(1);
                return Some(opened);
            }
        }
        if self.version != Some(Version::Tls13) {
            return None;
        }
        let later: &[Stage] = match stage {
            Stage::Early => &[Stage::Handshake, Stage::Application],
            Stage::Clear | Stage::Handshake => &[Stage::Application],
            Stage::Application => &[],
        };
        for next in later {
            let Some(secret) = self.traffic_secret(from, *next, keys) else { continue };
            let Some(mut opener) = self.suite.and_then(|suite| Opener::tls13(suite, &secret)) else { continue };
            if let Some((sequence, opened)) = self.try_numbers(&mut opener, 0, window, header, payload) {
                self.install(from, *next, Some(opener));
                let direction = self.side_mut(from);
                direction.secret = Some(secret);
                direction.sequence = sequence.wrapping_add(1);
                return Some(opened);
            }
        }
        // A hole may have swallowed a KeyUpdate.
        if stage == Stage::Application && window > 0 {
            let suite = self.suite?;
            let secret = next_traffic_secret(suite.hash, self.side(from).secret.as_ref()?)?;
            let mut next = Opener::tls13(suite, &secret)?;
            let (sequence, opened) = self.try_numbers(&mut next, 0, window, header, payload)?;
            let direction = self.side_mut(from);
            direction.opener = Some(next);
            direction.secret = Some(secret);
            direction.sequence = sequence.wrapping_add(1);
            return Some(opened);
        }
        None
    }

    /// Tries `start` and the `window` numbers after it. The payload is left as it was unless one opens it.
    fn try_numbers(
        &mut self,
        opener: &mut Opener,
        start: u64,
        window: u64,
        header: Header,
        payload: &mut [u8],
    ) -> Option<(u64, Opened)> {
        let keeps = opener.keeps_failed();
        if !keeps {
            self.scratch.clear();
            self.scratch.extend_from_slice(payload);
        }
        for sequence in start..=start.saturating_add(window) {
            if let Some(opened) = opener.open(sequence, header, payload) {
                return Some((sequence, opened));
            }
            if !keeps {
                payload.copy_from_slice(&self.scratch);
            }
        }
        None
    }

    /// A record that should have opened did not.
    fn failed(&mut self, from: Side) -> Outcome {
        self.notes.failed += 1;
        let direction = self.side_mut(from);
        direction.gap_pending = true;
        direction.failures += 1;
        if direction.failures > FAILURES { Outcome::Stop(Stopped::Undecryptable) } else { Outcome::Done }
    }

    /// Moves a TLS 1.3 direction to a stage; without a key when the log has none (yet).
    pub(super) fn enter(&mut self, from: Side, stage: Stage, keys: &KeyLog) {
        let secret = self.traffic_secret(from, stage, keys);
        // Early data is under the suite of the ticket, and is only accepted when the server chose
        // that suite again (RFC 8446 §4.2.10).
        let opener = secret.zip(self.suite).and_then(|(secret, suite)| Opener::tls13(suite, &secret));
        self.install(from, stage, opener);
        if stage == Stage::Application {
            self.side_mut(from).secret = secret;
        }
    }

    fn install(&mut self, from: Side, stage: Stage, opener: Option<Opener>) {
        let direction = self.side_mut(from);
        direction.stage = stage;
        direction.opener = opener;
        direction.sequence = 0;
        if from == Side::Server && stage == Stage::Application && self.early == Early::Offered {
            // The answer stood in EncryptedExtensions, which were not readable.
            self.early = Early::Accepted;
        }
    }

    /// TLS 1.2 and before: protection begins, or changes.
    pub(super) fn change_cipher_spec(&mut self, from: Side, keys: &KeyLog) -> Outcome {
        match self.version {
            None if from == Side::Client && self.client_random.is_none() => Outcome::Stop(Stopped::ClientHelloMissing),
            None if from == Side::Client => Outcome::Blocked(Blocked::ServerHello),
            None => Outcome::Stop(Stopped::ServerHelloMissing),
            Some(_) if self.client_random.is_none() => Outcome::Blocked(Blocked::ClientHello),
            Some(_) => match self.opener12(from, keys) {
                Some(opener) => {
                    self.install(from, Stage::Application, Some(opener));
                    let direction = self.side_mut(from);
                    direction.uncertain = 0;
                    direction.assembler = super::super::hello::Assembler::default();
                    Outcome::Done
                }
                None => Outcome::Blocked(Blocked::Keys { generation: keys.generation() }),
            },
        }
    }

    fn opener12(&self, from: Side, keys: &KeyLog) -> Option<Opener> {
        let client_random = self.client_random.as_ref()?;
        let master = keys.secret(Label::ClientRandom, client_random)?;
        let parameters = Parameters {
            version: self.version?,
            master: master.as_bytes(),
            client_random,
            server_random: self.server_random.as_ref()?,
            encrypt_then_mac: self.encrypt_then_mac,
        };
        Opener::tls12(self.suite?, &parameters, from == Side::Client)
    }

    pub(super) fn key_update(&mut self, from: Side) {
        let Some(suite) = self.suite else { return };
        let direction = self.side_mut(from);
        let Some(secret) = direction.secret.and_then(|secret| next_traffic_secret(suite.hash, &secret)) else {
            return;
        };
        direction.opener = Opener::tls13(suite, &secret);
        direction.secret = Some(secret);
        direction.sequence = 0;
    }

    fn traffic_secret(&self, from: Side, stage: Stage, keys: &KeyLog) -> Option<Secret> {
        let label = match (stage, from) {
            (Stage::Early, Side::Client) => Label::ClientEarlyTraffic,
            (Stage::Handshake, Side::Client) => Label::ClientHandshakeTraffic,
            (Stage::Handshake, Side::Server) => Label::ServerHandshakeTraffic,
            (Stage::Application, Side::Client) => Label::ClientTraffic0,
            (Stage::Application, Side::Server) => Label::ServerTraffic0,
            (Stage::Clear, _) | (Stage::Early, Side::Server) => return None,
        };
        keys.secret(label, self.client_random.as_ref()?)
    }
}
