//! The dialogue of HTTP/1.x: which response answers which request (RFC 9112 §9.3).
//!
//! Message boundaries are `reader`'s, heads are `head`'s, which request a response answers is
//! `matching`'s.

mod answer;
mod chunked;
mod endings;
mod framing;
mod head;
mod matching;
mod reader;
mod status_line;
#[cfg(test)]
mod tests;

use self::answer::Answering;
use self::framing::Framing;
use self::head::Objection;
use self::matching::{Kind, Requests, Taken, Waiting};
use self::reader::{Cut, Head, Reader, Step};
use super::excerpt::Excerpt;
use super::pending::Pending;
use super::{Close, Env, Successor, Takeover, target};
use crate::exchange::{Event, Mark, Message, NoResponse, RequestHead, Side, What};
use std::collections::VecDeque;

/// Responses kept that arrived before their request, as a capture may order packets.
const EARLY: usize = 16;

/// The dialogue on one connection.
#[derive(Debug)]
pub(super) struct Dialogue {
    client: Reader,
    server: Reader,
    requests: Requests,
    /// The response being read.
    answering: Option<Answering>,
    /// Responses that were read before their request.
    early: VecDeque<Answering>,
    /// Body bytes of the request being read, when their number was not announced.
    request_body: u64,
    /// The client's next bytes are to be kept once the request's body is over.
    hold_after_body: bool,
    client_closed: Option<(Close, Mark)>,
    server_closed: Option<(Close, Mark)>,
}

/// What the connection is from now on.
#[derive(Debug)]
pub(super) enum After {
    /// Still HTTP/1.
    Same,
    /// HTTP/2, with these bytes of either side already there.
    Http2(Box<Switch>),
    /// No HTTP any more.
    Over(Box<Takeover>),
}

/// What is there already when a connection becomes HTTP/2.
#[derive(Debug, Default)]
pub(super) struct Switch {
    pub(super) client: Vec<u8>,
    pub(super) client_mark: Option<Mark>,
    pub(super) server: Vec<u8>,
    pub(super) upgraded: Option<Upgraded>,
}

/// The request that asked for HTTP/2: it is stream 1 now (RFC 7540 §3.2).
#[derive(Debug)]
pub(super) struct Upgraded {
    pub(super) pending: Pending,
    pub(super) settings: Box<[u8]>,
}

impl Dialogue {
    pub(super) fn new(head_bytes: usize) -> Self {
        Self {
            client: Reader::new(Side::Client, head_bytes),
            server: Reader::new(Side::Server, head_bytes),
            requests: Requests::default(),
            answering: None,
            early: VecDeque::new(),
            request_body: 0,
            hold_after_body: false,
            client_closed: None,
            server_closed: None,
        }
    }

    pub(super) fn begins_late(&mut self, recognised: Side) {
        self.requests.lost_bytes();
        let other = if recognised == Side::Client { &mut self.server } else { &mut self.client };
        other.search();
    }

    /// Exchanges begun and not handed out.
    pub(super) fn waiting(&self) -> usize {
        self.requests.len() + usize::from(self.answering.as_ref().is_some_and(Answering::has_request))
    }

    /// About how much memory the dialogue holds, bytes. There are few requests at a time.
    pub(super) fn held_bytes(&self) -> usize {
        let responses = self.answering.iter().chain(&self.early).map(Answering::held_bytes).sum::<usize>();
        self.client.held_bytes() + self.server.held_bytes() + self.requests.held_bytes() + responses
    }

    pub(super) fn data(&mut self, from: Side, bytes: &[u8], mark: Mark, env: &mut Env<'_>) -> After {
        match from {
            Side::Client => self.client_data(bytes, mark, env),
            Side::Server => self.server_data(bytes, mark, env),
        }
    }

    fn client_data(&mut self, mut input: &[u8], mark: Mark, env: &mut Env<'_>) -> After {
        loop {
            match self.client.next(&mut input, mark) {
                Step::Starved => return After::Same,
                Step::Garbage(_) => env.notes.resyncs += 1,
                Step::Body(bytes) => self.request_body = self.request_body.saturating_add(bytes.len() as u64),
                Step::BodyEnd(_) => self.request_body_over(),
                Step::Head(head) if head.bytes.starts_with(b"PRI * HTTP/2.0\r\n") => {
                    let client = [&*head.bytes, input].concat();
                    return After::Http2(Box::new(Switch {
                        client,
                        client_mark: Some(head.mark),
                        ..Switch::default()
                    }));
                }
                Step::Head(head) => self.request(&head, env),
            }
        }
    }

    fn request(&mut self, head: &Head<'_>, env: &mut Env<'_>) {
        let Some(mut request) = head::request(&head.bytes, env.notes) else {
            env.notes.unreadable_requests += 1;
            env.notes.resyncs += 1;
            self.client.search();
            return;
        };
        let framing = framing::of_request(&request.facts);
        let events = damage(Message::Request, request.facts.dropped, head.cut);
        if head.cut != Cut::Whole {
            env.notes.oversized_heads += u64::from(head.cut == Cut::TooLarge);
            request.headers.mark_incomplete();
        }
        let kind = match (&*request.method, request.facts.upgrade) {
            ("CONNECT", _) => Kind::Connect,
            ("HEAD", _) => Kind::Head,
            (_, Some(token)) => Kind::Upgrade { token, settings: request.facts.http2_settings },
            _ => Kind::Plain,
        };
        let holds = matches!(kind, Kind::Connect | Kind::Upgrade { .. });
        let pending = Pending {
            head: RequestHead {
                url: target::of_http1(&request.method, &request.target, request.facts.host.as_deref(), env.context),
                method: request.method,
                version: request.version,
                headers: request.headers,
                body_len: match framing {
                    Framing::None => Some(0),
                    Framing::Length(length) => Some(length),
                    _ => None,
                },
            },
            mark: head.mark,
            hole: None,
            events,
        };
        self.request_body = 0;
        self.hold_after_body = holds && framing != Framing::None;
        self.client.body(framing);
        if holds && framing == Framing::None && head.cut == Cut::Whole {
            self.client.hold();
        }
        self.enqueue(Waiting { pending, kind }, env);
    }

    fn enqueue(&mut self, waiting: Waiting, env: &mut Env<'_>) {
        let mark = waiting.pending.mark;
        self.requests.settle_holes(mark, env);
        if let Some(waiting) = self.answer_early(waiting, env) {
            self.requests.push(waiting, env);
        }
    }

    /// Gives a request the response that was captured before it. Gives it back when there is none.
    fn answer_early(&mut self, waiting: Waiting, env: &mut Env<'_>) -> Option<Waiting> {
        let mark = waiting.pending.mark;
        while let Some(mut early) = self.early.pop_front() {
            if self.requests.may_precede(early.begun(), mark) {
                early.attach(waiting.pending);
                early.emit(env);
                return None;
            }
            env.notes.orphan_responses += 1;
        }
        match &mut self.answering {
            Some(answering) if !answering.has_request() && self.requests.may_precede(answering.begun(), mark) => {
                answering.attach(waiting.pending);
                None
            }
            _ => Some(waiting),
        }
    }

    fn request_body_over(&mut self) {
        let length = std::mem::take(&mut self.request_body);
        if let Some(last) = self.requests.last_mut() {
            last.pending.head.body_len.get_or_insert(length);
        }
        if std::mem::take(&mut self.hold_after_body) {
            self.client.hold();
        }
    }

    fn server_data(&mut self, mut input: &[u8], mark: Mark, env: &mut Env<'_>) -> After {
        let overdue = self.requests.sent_before(mark);
        if self.server.is_until_close() && overdue && input.starts_with(b"HTTP/1.") {
            // The server did not close: the body's end cannot be told, the next head can.
            self.finish_response(None, Vec::new(), env);
            self.server.body(Framing::None);
        }
        loop {
            match self.server.next(&mut input, mark) {
                Step::Starved => return After::Same,
                Step::Garbage(quote) => self.not_http(&quote, mark, env),
                Step::Body(bytes) => {
                    if let Some(answering) = &mut self.answering {
                        answering.excerpt.feed(bytes);
                    }
                }
                Step::BodyEnd(true) => self.finish_response(Some(true), Vec::new(), env),
                Step::BodyEnd(false) => {
                    env.notes.resyncs += 1;
                    let broken = Event { what: What::BadChunks, place: Some(mark.place) };
                    self.finish_response(Some(false), vec![broken], env);
                }
                Step::Head(head) => match self.response(&head, input, mark, env) {
                    After::Same => {}
                    after => return after,
                },
            }
        }
    }

    fn response(&mut self, head: &Head<'_>, rest: &[u8], mark: Mark, env: &mut Env<'_>) -> After {
        let Some(mut response) = head::response(&head.bytes, env.notes) else {
            self.not_http(head.bytes.get(..32).unwrap_or(&head.bytes), mark, env);
            self.server.search();
            return After::Same;
        };
        if (100..200).contains(&response.status) && response.status != 101 {
            self.server.body(Framing::None);
            return After::Same;
        }
        let events = damage(Message::Response, response.facts.dropped, head.cut);
        if head.cut != Cut::Whole {
            env.notes.oversized_heads += u64::from(head.cut == Cut::TooLarge);
            response.headers.mark_incomplete();
        }
        // The end of the body before was in a hole, or its length in a head that was too large.
        self.finish_response(None, Vec::new(), env);
        let (mut pending, kind, mut untracked) = match self.requests.take(head.mark, env) {
            Taken::Request(waiting) => (Some(waiting.pending), waiting.kind, false),
            Taken::Untracked => (None, Kind::Plain, true),
            Taken::Unknown => (None, Kind::Plain, false),
        };
        if let Some(objection) = response.objection.filter(|_| pending.is_some()) {
            untracked = true;
            let (reason, what) = told(objection);
            env.out.extend(pending.take().map(|pending| pending.without_response(env.context, reason, what, mark)));
        }
        if response.status == 101 && !untracked {
            return self.switch(pending, kind, response, rest, mark, env);
        }
        let tunnels = matches!(kind, Kind::Connect) && (200..300).contains(&response.status);
        let framing = if tunnels {
            Framing::None
        } else {
            framing::of_response(&kind, response.status, &response.facts, head.cut)
        };
        let authority = tunnels.then(|| pending.as_ref().map(|pending| pending.head.url.clone())).flatten();
        let method = pending.as_ref().map_or("", |pending| &*pending.head.method);
        let coding = response.facts.content_encoding.take();
        let excerpt = Excerpt::new(method, response.status, coding, env.limits.excerpt_bytes);
        let answering = Answering::new(pending, response, excerpt, head.mark, mark, events);
        self.answering = (!untracked).then_some(answering);
        self.server.body(framing);
        if framing == Framing::None {
            self.finish_response(Some(true), Vec::new(), env);
        }
        if let Some(url) = authority {
            return After::Over(self.takeover(Successor::Tunnel(authority_of(&url)), rest, mark));
        }
        if !matches!(kind, Kind::Plain | Kind::Head) {
            return self.resume_client(env);
        }
        After::Same
    }

    /// The server did not agree to something else: the client's kept bytes are HTTP/1.
    fn resume_client(&mut self, env: &mut Env<'_>) -> After {
        self.hold_after_body = false;
        if !self.client.is_holding() {
            return After::Same;
        }
        match self.client.release() {
            (bytes, Some(mark)) => self.client_data(&bytes, mark, env),
            _ => After::Same,
        }
    }

    /// `101 Switching Protocols` (RFC 9110 §15.2.2).
    fn switch(
        &mut self,
        pending: Option<Pending>,
        kind: Kind,
        response: head::Response,
        rest: &[u8],
        mark: Mark,
        env: &mut Env<'_>,
    ) -> After {
        let (asked, settings) = match kind {
            Kind::Upgrade { token, settings } => (Some(token), settings),
            _ => (None, None),
        };
        let token = response.facts.upgrade.clone().or(asked).unwrap_or_default();
        if token.eq_ignore_ascii_case("h2c") {
            let (client, client_mark) = self.client.release();
            let upgraded = pending.map(|pending| Upgraded { pending, settings: settings.unwrap_or_default() });
            return After::Http2(Box::new(Switch { client, client_mark, server: rest.to_vec(), upgraded }));
        }
        self.answering = Some(Answering::new(pending, response, Excerpt::default(), mark, mark, Vec::new()));
        self.finish_response(Some(true), Vec::new(), env);
        After::Over(self.takeover(Successor::Upgraded(token), rest, mark))
    }

    fn takeover(&mut self, into: Successor, rest: &[u8], mark: Mark) -> Box<Takeover> {
        let (client_bytes, client_mark) = self.client.release();
        let server_mark = (!rest.is_empty()).then_some(mark);
        Box::new(Takeover { into, client_bytes, client_mark, server_bytes: rest.to_vec(), server_mark })
    }

    /// The server sent something that is no response.
    fn not_http(&mut self, quote: &[u8], mark: Mark, env: &mut Env<'_>) {
        env.notes.resyncs += 1;
        if let Some(front) = self.requests.take_due() {
            let what = What::NotHttp { starts: quote.into() };
            env.out.push(front.pending.without_response(env.context, NoResponse::InvalidHttp, what, mark));
        }
    }

    fn finish_response(&mut self, complete: Option<bool>, events: Vec<Event>, env: &mut Env<'_>) {
        let Some(mut answering) = self.answering.take() else { return };
        answering.finish(complete, events);
        if answering.has_request() {
            answering.emit(env);
            return;
        }
        if self.early.len() >= EARLY {
            self.early.pop_front();
            env.notes.orphan_responses += 1;
        }
        self.early.push_back(answering);
    }
}

/// What is wrong with a head that is used all the same.
fn damage(of: Message, dropped: u64, cut: Cut) -> Vec<Event> {
    let left_out = (dropped > 0).then_some(What::LinesLeftOut { of, lines: dropped });
    let cut = match cut {
        Cut::Whole => None,
        Cut::TooLarge => Some(What::HeadTooLarge { of }),
        Cut::Hole => Some(What::HeadHole { of }),
    };
    left_out.into_iter().chain(cut).map(|what| Event { what, place: None }).collect()
}

/// `host:port` out of the URL of a CONNECT.
/// What an exchange becomes whose answer a browser objects to.
fn told(objection: Objection) -> (NoResponse, What) {
    match objection {
        Objection::Contradicting(name) => (NoResponse::InvalidHttp, What::LinesContradict { name }),
        Objection::Nul => (NoResponse::InvalidHttp, What::NulInHead),
        Objection::Disputed => (NoResponse::Undecodable, What::HeadDisputed),
    }
}

fn authority_of(url: &str) -> Box<str> {
    match url.strip_prefix("https://") {
        Some(host) => format!("{}:443", host.trim_end_matches('/')).into(),
        None => url.trim_start_matches("http://").trim_end_matches('/').into(),
    }
}
