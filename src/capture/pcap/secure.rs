//! A TLS session inside a channel, and the stream that it carries.
//!
//! Owns what becomes of a session's events: plaintext goes to the inner channel, alerts end it,
//! and sessions that stay closed are counted. Opens no record itself.

use super::channel::{Channel, Env};
use super::counts::Loss;
use super::reassembly::Way;
use crate::exchange::{Alert, Mark, Side};
use crate::http::{Close, Finish};
use crate::tls::{Event, Limits, Session, Stopped};

/// One TLS session.
#[derive(Debug)]
pub(super) struct Secure {
    session: Session,
    inner: Channel,
    facts: Facts,
}

/// What the events told.
#[derive(Debug, Default)]
struct Facts {
    server_name: Option<String>,
    alert: Option<(Side, Alert)>,
    stopped: Option<Stopped>,
    opened: bool,
}

impl Secure {
    pub(super) fn new(outer: &Channel, limits: &Limits) -> Self {
        let inner = outer.inside_tls(outer.client());
        Self { session: Session::new(limits), inner, facts: Facts::default() }
    }

    pub(super) fn server_name(&self) -> Option<&str> {
        self.facts.server_name.as_deref()
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.session.held_bytes() + self.inner.undecided_bytes()
    }

    /// The fatal alert that came, with its sender, unless something was read.
    pub(super) fn alert(&self) -> Option<(Side, Alert)> {
        self.facts.alert.filter(|_| !self.facts.opened)
    }

    pub(super) fn waits_for_keys(&self) -> bool {
        self.session.is_waiting()
    }

    pub(super) fn data(&mut self, side: Side, way: Way, bytes: &[u8], mark: Mark, env: &mut Env<'_>) {
        debug_assert_eq!(self.inner.side(way), side);
        let Self { session, inner, facts } = self;
        session.data(side, bytes, mark, env.keys, &mut |event| facts.take(inner, event, env));
    }

    pub(super) fn gap(&mut self, side: Side, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        let Self { session, inner, facts } = self;
        session.gap(side, missing, mark, env.keys, &mut |event| facts.take(inner, event, env));
    }

    /// A reset or FIN under TLS ends the stream inside as well.
    pub(super) fn end(&mut self, way: Way, how: Close, mark: Mark, env: &mut Env<'_>) {
        self.inner.end(way, how, mark, env);
    }

    /// The connection goes on after what seemed its end.
    pub(super) fn resume(&mut self, way: Way, mark: Mark, env: &mut Env<'_>) {
        self.inner.resume(way, mark, env);
    }

    pub(super) fn retry(&mut self, env: &mut Env<'_>) {
        let Self { session, inner, facts } = self;
        session.retry(env.keys, &mut |event| facts.take(inner, event, env));
    }

    /// What waits for keys will not be opened; alerts in clear are still read.
    pub(super) fn give_up(&mut self, env: &mut Env<'_>) {
        let Self { session, inner, facts } = self;
        session.finish(env.keys, &mut |event| facts.take(inner, event, env));
    }

    pub(super) fn finish(&mut self, name: &str, mark: Mark, why: Finish, env: &mut Env<'_>) {
        self.give_up(env);
        self.inner.finish(mark, why, env);
        let input = mark.place.input();
        env.counts.note_tls(self.session.notes().failed, input);
        match self.facts.stopped {
            Some(Stopped::NoKeys) if self.session.keys_came_late(env.keys) => {
                env.counts.lose(Loss::LateKeys, 0, mark.place);
            }
            Some(Stopped::NoKeys) if !self.facts.opened => env.counts.close_tls(name, input),
            Some(Stopped::UnsupportedCipher { number, name }) => {
                env.counts.leave_tls_unread("unsupported-cipher", &format!(" {name} ({number:#06x})"), mark.place);
            }
            Some(Stopped::UnsupportedVersion { number }) => {
                env.counts.leave_tls_unread("unsupported-version", &format!(" {number:#06x}"), mark.place);
            }
            Some(Stopped::NotTls) | None => {}
            Some(why) => env.counts.leave_tls_unread(why.id(), &format!(" ({name})"), mark.place),
        }
    }
}

impl Facts {
    fn take(&mut self, inner: &mut Channel, event: Event<'_>, env: &mut Env<'_>) {
        match event {
            Event::ClientHello { server_name, .. } => {
                if let Some(name) = server_name {
                    inner.set_server_name(&name);
                    self.server_name = Some(name);
                }
            }
            Event::Plaintext { from, bytes, mark } => {
                self.opened = true;
                inner.data(inner.way(from), bytes, mark, env);
            }
            Event::Gap { from, mark } => inner.gap(inner.way(from), None, mark, env),
            Event::Alert { from, fatal, alert, mark } => {
                let how = if alert == Alert::CLOSE_NOTIFY { Close::Fin } else { Close::Alert(alert) };
                if fatal || how == Close::Fin {
                    inner.end(inner.way(from), how, mark, env);
                }
                if fatal && how != Close::Fin {
                    self.alert.get_or_insert((from, alert));
                }
            }
            Event::Stopped { why } => self.stopped = Some(why),
            Event::ServerHello { .. } | Event::Alpn { .. } | Event::NeedKeys => {}
        }
    }
}
