//! Shared by the tests of this module: a context, marks, and a conversation as a script.

use super::{Close, Context, Conversation, Finish, Limits, Protocol};
use crate::exchange::{
    CaptureTime, DuplicateLines, Exchange, FailureMark, Listing, Mark, NoResponse, Place, Recorder, Side, Vantage,
};

static RECORDER: Recorder = Recorder {
    id: "wire",
    name: "packets",
    vantage: Vantage::Wire,
    preflights: Listing::Always,
    failures: Listing::Always,
    failure_mark: FailureMark::None,
    duplicates: DuplicateLines::Kept,
    marks_delivery: false,
};

pub(super) fn context() -> Context {
    Context {
        client: Some(([192, 0, 2, 1], 40_000).into()),
        server: Some(([192, 0, 2, 2], 80).into()),
        tls: false,
        server_name: None,
        tunneled: false,
        recorder: &RECORDER,
    }
}

/// Frame `frame`, captured that many times 100 ms after the epoch.
pub(super) fn mark(frame: u64) -> Mark {
    Mark {
        place: Place::Frame { input: 0, frame, stream: 0 },
        time: Some(CaptureTime::from_nanos(i64::try_from(frame).unwrap() * 100_000_000)),
    }
}

/// A conversation fed one packet after the other; frames are counted from 1.
pub(super) struct Script {
    pub(super) conversation: Conversation,
    pub(super) out: Vec<Exchange>,
    frame: u64,
}

impl Script {
    pub(super) fn new(protocol: Protocol) -> Self {
        Self::with(protocol, &Limits::default())
    }

    pub(super) fn with(protocol: Protocol, limits: &Limits) -> Self {
        Self { conversation: Conversation::new(context(), protocol, limits), out: Vec::new(), frame: 0 }
    }

    fn next(&mut self) -> Mark {
        self.frame += 1;
        mark(self.frame)
    }

    pub(super) fn begins_late(mut self, recognised: Side) -> Self {
        self.conversation.begins_late(recognised);
        self
    }

    /// Lets time pass.
    pub(super) fn wait(mut self, frames: u64) -> Self {
        self.frame += frames;
        self
    }

    pub(super) fn client(self, bytes: impl AsRef<[u8]>) -> Self {
        self.data(Side::Client, bytes.as_ref())
    }

    pub(super) fn server(self, bytes: impl AsRef<[u8]>) -> Self {
        self.data(Side::Server, bytes.as_ref())
    }

    pub(super) fn data(mut self, from: Side, bytes: &[u8]) -> Self {
        let mark = self.next();
        self.conversation.data(from, bytes, mark, &mut self.out);
        self
    }

    pub(super) fn gap(mut self, from: Side, missing: Option<u64>) -> Self {
        let mark = self.next();
        self.conversation.gap(from, missing, mark, &mut self.out);
        self
    }

    pub(super) fn close(mut self, from: Side, how: Close) -> Self {
        let mark = self.next();
        self.conversation.close(from, how, mark, &mut self.out);
        self
    }

    pub(super) fn finish(mut self) -> Self {
        let mark = self.next();
        self.conversation.finish(mark, Finish::CaptureEnd, &mut self.out);
        assert_eq!(self.conversation.waiting(), 0);
        self
    }

    /// `METHOD url → status` or the reason, one an exchange.
    pub(super) fn lines(&self) -> Vec<String> {
        self.out.iter().map(line).collect()
    }

    pub(super) fn reasons(&self) -> Vec<&NoResponse> {
        self.out.iter().filter_map(|exchange| exchange.response.as_ref().err()).collect()
    }
}

pub(super) fn line(exchange: &Exchange) -> String {
    let answer = match &exchange.response {
        Ok(head) => head.status.to_string(),
        Err(reason) => format!("{reason:?}"),
    };
    format!("{} {} -> {answer}", exchange.request.method, exchange.request.url)
}
