//! Builds exchanges for tests: one line a request.

#![allow(dead_code, reason = "each test file uses a part")]

use whycors::exchange::{
    Body, CaptureTime, DuplicateLines, Exchange, FailureMark, Headers, HttpVersion, Listing, NetError, NoResponse,
    Place, Recorder, RecorderError, RecorderNote, RequestHead, ResponseHead, Vantage,
};

/// A browser's file as DevTools exports it.
pub(crate) static BROWSER: Recorder = Recorder {
    id: "test-browser",
    name: "a browser",
    vantage: Vantage::Browser,
    preflights: Listing::Always,
    failures: Listing::Always,
    failure_mark: FailureMark::NetError,
    duplicates: DuplicateLines::Kept,
    marks_delivery: true,
};

/// A browser's file without preflights.
pub(crate) static HIDES_PREFLIGHTS: Recorder = Recorder {
    id: "test-hides",
    name: "an exporter without preflights",
    vantage: Vantage::Browser,
    preflights: Listing::Never,
    failures: Listing::Always,
    failure_mark: FailureMark::StatusOnly,
    duplicates: DuplicateLines::Kept,
    marks_delivery: true,
};

/// Packets.
pub(crate) static WIRE: Recorder = Recorder {
    id: "test-wire",
    name: "packets",
    vantage: Vantage::Wire,
    preflights: Listing::Always,
    failures: Listing::Always,
    failure_mark: FailureMark::None,
    duplicates: DuplicateLines::Kept,
    marks_delivery: false,
};

/// An exchange in a browser's file, as entry `index`.
pub(crate) fn browser(index: u32) -> Recorded {
    Recorded::new(&BROWSER, index)
}

/// An exchange in packets, as frame and stream `index`.
pub(crate) fn wire(index: u32) -> Recorded {
    Recorded::new(&WIRE, index)
}

/// An exchange being built.
pub(crate) struct Recorded(Exchange);

impl Recorded {
    /// With any recorder.
    pub(crate) fn new(recorder: &'static Recorder, index: u32) -> Self {
        let place = match recorder.vantage {
            Vantage::Wire => Place::Frame { input: 0, frame: u64::from(index) + 1, stream: index },
            _ => Place::Entry { input: 0, index },
        };
        Self(Exchange {
            place,
            response_place: None,
            client: None,
            server: Some("203.0.113.7:443".into()),
            started: None,
            completed: None,
            request: RequestHead {
                method: "GET".into(),
                url: "https://api.example/".into(),
                version: HttpVersion::Http11,
                headers: Headers::new(),
                body_len: None,
            },
            response: Err(NoResponse::Cut),
            note: RecorderNote::default(),
            recorder,
        })
    }

    /// A preflight for `method`.
    pub(crate) fn preflight(mut self, method: &str, url: &str, origin: &str, names: &str) -> Self {
        self.0.request.method = "OPTIONS".into();
        self.0.request.url = url.into();
        self.0.note.tls = url.starts_with("https");
        self = self.header_in("origin", origin).header_in("access-control-request-method", method);
        if names.is_empty() { self } else { self.header_in("access-control-request-headers", names) }
    }

    /// An actual request; each name gets the value `1`, `content-type` gets JSON.
    pub(crate) fn actual(mut self, method: &str, url: &str, origin: &str, names: &[&str]) -> Self {
        self.0.request.method = method.into();
        self.0.request.url = url.into();
        self.0.note.tls = url.starts_with("https");
        if self.0.recorder.vantage == Vantage::Browser {
            self.0.note.resource_type = Some("fetch".into());
        }
        self = self.header_in("origin", origin);
        for name in names {
            self = self.header_in(name, if *name == "content-type" { "application/json" } else { "1" });
        }
        self
    }

    /// A request that never left the browser: no Origin, Referer instead, the rest unknown.
    pub(crate) fn provisional(mut self) -> Self {
        let origin = self.0.request.headers.get_str("origin").unwrap_or_default().into_owned();
        let kept: Vec<(Vec<u8>, Vec<u8>)> = self
            .0
            .request
            .headers
            .iter()
            .filter(|line| line.name != b"origin")
            .map(|line| (line.name.to_vec(), b"1".to_vec()))
            .collect();
        self.0.request.headers = Headers::from_pairs(kept);
        self.0.request.headers.push(b"referer", format!("{origin}/").as_bytes());
        self.0.request.headers.mark_incomplete();
        self.0.note.provisional = true;
        self
    }

    /// Adds a request header.
    pub(crate) fn header_in(mut self, name: &str, value: &str) -> Self {
        self.0.request.headers.push(name.as_bytes(), value.as_bytes());
        self
    }

    /// Start, in milliseconds.
    pub(crate) fn at(mut self, ms: i64) -> Self {
        self.0.started = Some(CaptureTime::from_nanos(ms * 1_000_000));
        self
    }

    /// Duration, in milliseconds; after [`Self::at`].
    pub(crate) fn took(mut self, ms: u64) -> Self {
        self.0.completed = self.0.started.map(|start| start.plus(std::time::Duration::from_millis(ms)));
        self
    }

    /// Decrypted from TLS.
    pub(crate) fn tls(mut self) -> Self {
        self.0.note.tls = true;
        self
    }

    /// On another server address.
    pub(crate) fn on(mut self, server: &str) -> Self {
        self.0.server = Some(server.into());
        self
    }

    /// Answered with this status.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.0.response = Ok(ResponseHead {
            status,
            reason: "".into(),
            version: HttpVersion::Http11,
            headers: Headers::new(),
            body: Body::default(),
        });
        self
    }

    /// Not answered. In a browser's file `Blocked` also gets Chromium's error text.
    pub(crate) fn failed(mut self, why: NoResponse) -> Self {
        if self.0.recorder.failure_mark == FailureMark::NetError {
            let error = if why == NoResponse::Blocked { "net::ERR_FAILED" } else { "net::ERR_CONNECTION_RESET" };
            self.0.note.error = Some(speaker(error));
        }
        self.0.response = Err(why);
        self
    }

    /// Adds a response header; after [`Self::status`].
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(response) = &mut self.0.response {
            response.headers.push(name.as_bytes(), value.as_bytes());
        }
        self
    }

    /// `Access-Control-Allow-Origin`.
    pub(crate) fn allow(self, origin: &str) -> Self {
        self.header("access-control-allow-origin", origin)
            .header("access-control-allow-headers", "content-type, x-a, x-b, x-trace")
    }

    /// `Access-Control-Allow-Methods`.
    pub(crate) fn methods(self, methods: &str) -> Self {
        self.header("access-control-allow-methods", methods)
    }

    /// With this reason phrase.
    pub(crate) fn reason(mut self, text: &str) -> Self {
        if let Ok(head) = &mut self.0.response {
            head.reason = text.into();
        }
        self
    }

    /// The body's first bytes.
    pub(crate) fn body(mut self, text: &str) -> Self {
        if let Ok(response) = &mut self.0.response {
            response.body.excerpt = Some(text.into());
        }
        self
    }

    /// The recorder's error text.
    pub(crate) fn error(mut self, text: &str) -> Self {
        self.0.note.error = (!text.is_empty()).then(|| speaker(text));
        self
    }

    /// A body that ends early.
    pub(crate) fn cut(mut self) -> Self {
        if let Ok(response) = &mut self.0.response {
            response.body.complete = Some(false);
        }
        self
    }

    /// The exchange.
    pub(crate) fn build(self) -> Exchange {
        self.0
    }
}

/// An error text as the reader of HARs takes it from a browser's file.
pub(crate) fn speaker(text: &str) -> RecorderError {
    NetError::parse(text).map_or_else(|| RecorderError::Other(text.into()), RecorderError::Net)
}
