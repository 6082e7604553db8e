//! One exchange waiting for its partner, reduced to what matching compares.

use super::classify::{OriginSource, Unbound, proxy_trace, referer_origin, unsafe_names};
use super::{Passes, Preflight, credentials};
use crate::cors::is_safelisted_method;
use crate::exchange::{Exchange, Listing, NoResponse, Origin, Vantage};
use std::sync::Arc;

/// What classification told of a request.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) origin: Option<(Origin, OriginSource)>,
    pub(super) maybe_form: bool,
    pub(super) unbound: Option<Unbound>,
}

/// A preflight or actual request that is not settled yet.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) exchange: Arc<Exchange>,
    pub(super) preflight: Option<Preflight>,
    /// What the preflight's answer says to either credentials mode.
    pub(super) passes: Option<Passes>,
    pub(super) origin: Option<(Origin, OriginSource)>,
    /// The origin its `Referer` tells, where `origin` is left to the preflight.
    pub(super) referer: Option<Origin>,
    pub(super) maybe_form: bool,
    /// Why it is no business of CORS unless it has a preflight.
    pub(super) unbound: Option<Unbound>,
    pub(super) url: Box<str>,
    /// Method of the actual request.
    pub(super) method: Box<str>,
    /// Names the preflight asks for, or the unsafe names of the actual.
    pub(super) names: Vec<String>,
    /// Hashes of the lower-case names of all request headers, sorted: a list may be as long as a head.
    header_names: Vec<u64>,
    /// Arrival number, over all exchanges.
    pub(super) sequence: u64,
    /// Nanoseconds of capture time; arrival order where the capture has no times.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) proxy_trace: Option<&'static str>,
}

impl Candidate {
    pub(super) fn new(exchange: &Arc<Exchange>, url: Box<str>, told: Told, sequence: u64, clock: i64) -> Self {
        let Told { origin, maybe_form, unbound } = told;
        let preflight = Preflight::parse(exchange);
        let start = exchange.started.map_or(clock, crate::exchange::CaptureTime::nanos);
        let end = exchange.completed.map_or(start, crate::exchange::CaptureTime::nanos).max(start);
        let mut header_names: Vec<u64> = exchange.request.headers.iter().map(|line| hash(line.name)).collect();
        header_names.sort_unstable();
        Self {
            header_names,
            passes: preflight.as_ref().and_then(Preflight::passes),
            referer: if origin.is_none() && preflight.is_none() { referer_origin(exchange) } else { None },
            unbound,
            origin: preflight.as_ref().map(|preflight| (preflight.origin().clone(), OriginSource::Header)).or(origin),
            maybe_form,
            url,
            method: preflight.as_ref().map_or_else(|| exchange.request.method.clone(), |p| p.method().into()),
            names: preflight.as_ref().map_or_else(|| unsafe_names(exchange), |p| p.names().to_vec()),
            preflight,
            sequence,
            start,
            end,
            proxy_trace: proxy_trace(exchange),
            exchange: Arc::clone(exchange),
        }
    }

    pub(super) fn is_browser(&self) -> bool {
        self.exchange.recorder.vantage == Vantage::Browser
    }

    /// Whether its time is when the page asked for it: recorders in a browser that also list what was never sent write
    /// that down, others when it left.
    pub(super) fn starts_when_asked(&self) -> bool {
        self.is_browser() && self.exchange.recorder.failures == Listing::Always
    }

    /// Whether a header of this name is on the request, whatever its value.
    pub(super) fn lists(&self, name: &str) -> bool {
        self.header_names.binary_search(&hash(name.as_bytes())).is_ok()
    }

    /// Whether its method or names need a preflight.
    pub(super) fn needs_preflight(&self) -> bool {
        !is_safelisted_method(&self.method) || !self.names.is_empty()
    }

    /// Whether the file may list it without its having been sent.
    pub(super) fn may_be_unsent(&self) -> bool {
        !credentials::was_sent(&self.exchange)
    }

    /// Whether its recorder left `Origin` out of it.
    pub(super) fn without_origin_header(&self) -> bool {
        !matches!(self.origin, Some((_, OriginSource::Header)))
    }

    /// Whether nothing says that a script asked, so that it may have been the navigation of a frame or page.
    pub(super) fn may_be_navigation(&self) -> bool {
        let kind = self.exchange.note.resource_type.as_deref();
        !self.exchange.request.headers.has("sec-fetch-mode")
            && !matches!(kind, Some("fetch" | "xhr" | "eventsource" | "font"))
    }

    /// About how much memory it holds while it waits, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        size_of::<Self>() + self.url.len() + self.exchange.held_bytes()
    }

    /// Whether the preflight fails in either credentials mode, so that no browser sends anything
    /// after it.
    pub(super) fn surely_fails(&self) -> bool {
        self.passes.is_some_and(|passes| !passes.without && !passes.with)
    }

    /// Whether the preflight was cut off on the way.
    pub(super) fn was_cut_off(&self) -> bool {
        matches!(self.exchange.response, Err(NoResponse::Reset | NoResponse::Closed))
    }
}

/// FNV-1a over the lower-case name. A collision would only let a preflight be considered.
fn hash(name: &[u8]) -> u64 {
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}
