//! Which exchanges belong together: every CORS request of a capture becomes exactly one [`Pair`].
//!
//! Owns what a CORS request is, the one-pass [`Pairer`], proxy hops, redirect chains, the preflight
//! cache and the inference of the credentials mode. Asks `cors` whether a preflight passes, and
//! leaves verdicts to `diagnosis`.

mod assignment;
mod candidate;
mod classify;
mod clients;
mod credentials;
mod fit;
mod matching;
mod memory;
mod pairer;
mod repeats;
mod revalidation;

pub use classify::{Class, OriginSource, Unbound, added_by_others, classify, effective_url};
pub use clients::{engine_named, engine_of};
pub use credentials::{Credentials, Mode, was_accepted};
pub use memory::leads_to_credentials;
pub use pairer::{Bounds, Counts, Pairer};
pub use revalidation::Revalidated;

use crate::cors::{CorsRequest, Engine, preflight_check};
use crate::exchange::{Exchange, Origin, ResponseHead};
use std::sync::Arc;

/// A CORS-preflight request: `OPTIONS` with `Origin` and `Access-Control-Request-Method`
/// (Fetch Standard, CORS-preflight fetch, steps 1 to 6). Cannot be made of anything else.
#[derive(Debug, Clone)]
pub struct Preflight {
    exchange: Arc<Exchange>,
    origin: Origin,
    method: Box<str>,
    names: Vec<String>,
    /// What the answer says to either credentials mode, judged once: it is asked for many times.
    passes: Option<Passes>,
}

impl Preflight {
    /// Parses an exchange as a preflight; `None` when it is none, or when the exporter removed the
    /// two headers that make one.
    pub fn parse(exchange: &Arc<Exchange>) -> Option<Self> {
        if !exchange.is_preflight() {
            return None;
        }
        let headers = &exchange.request.headers;
        let method = headers.get_str("access-control-request-method")?;
        let origin = headers.get_str("origin")?;
        let mut names: Vec<String> = headers
            .get_str("access-control-request-headers")
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut new = Self {
            exchange: Arc::clone(exchange),
            origin: Origin::from_header(&origin),
            method: method.into(),
            names,
            passes: None,
        };
        new.passes = new.judge();
        Some(new)
    }

    /// The exchange itself.
    pub fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// The request's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// `Access-Control-Request-Method`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The names in `Access-Control-Request-Headers`: lower case, sorted, unique.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether Chromium lets it pass without and with credentials; `None` when it was not answered
    /// or the capture hides a deciding header.
    pub fn passes(&self) -> Option<Passes> {
        self.passes
    }

    fn shrink(&mut self) {
        self.names.shrink_to_fit();
        shrink(&mut self.exchange);
    }

    fn judge(&self) -> Option<Passes> {
        let response = self.exchange.head()?;
        let check = |include_credentials| {
            let request = CorsRequest {
                origin: &self.origin,
                method: &self.method,
                unsafe_headers: &self.names,
                include_credentials,
            };
            let steps = preflight_check(Engine::Chromium, &request, response);
            if steps.first_failure().is_some() { Some(false) } else { steps.passed().then_some(true) }
        };
        Some(Passes { without: check(false)?, with: check(true)? })
    }
}

fn shrink(exchange: &mut Arc<Exchange>) {
    if let Some(exchange) = Arc::get_mut(exchange) {
        exchange.shrink();
    }
}

/// Whether a response passes in either credentials mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passes {
    /// Credentials mode `omit`, or `same-origin` on a cross-origin request.
    pub without: bool,
    /// Credentials mode `include`.
    pub with: bool,
}

/// One CORS request, with the preflight that was made for it.
#[derive(Debug, Clone)]
pub struct Pair {
    /// How it was put together.
    pub kind: PairKind,
    /// The byte-serialised request origin.
    pub origin: Origin,
    /// Where the origin is known from.
    pub origin_source: OriginSource,
    /// The page's origin, where it is known and differs (`null` after a redirect).
    pub page: Option<Origin>,
    /// Method of the actual request.
    pub method: Box<str>,
    /// Absolute URL, not masked; the scheme is the one the browser used, as far as it can be told.
    pub url: Box<str>,
    /// CORS-unsafe request-header names: lower case, sorted.
    pub unsafe_headers: Vec<String>,
    /// Earlier hops of the redirect chain, first hop first.
    pub redirected_from: Vec<Arc<Exchange>>,
    /// The same request seen again behind a proxy.
    pub inner_hops: Vec<Arc<Exchange>>,
    /// Preflights and requests that were lost with their connection and that the browser sent again by itself,
    /// earliest first.
    pub repeats: Vec<Arc<Exchange>>,
    /// Why what is recorded may not be what the browser got.
    pub behind_proxy: Option<&'static str>,
    /// A form-encoded or text POST without `Sec-Fetch-Mode`: may be a plain form, a beacon or in no-cors mode.
    pub maybe_form: bool,
    /// The credentials mode, as far as it can be inferred.
    pub credentials: Credentials,
    /// What the browser judged instead of a 304 to its own revalidation.
    pub revalidated: Option<Box<Revalidated>>,
}

/// How a pair was put together.
#[derive(Debug, Clone)]
pub enum PairKind {
    /// A preflight and the request it was made for.
    Preflighted {
        /// The preflight.
        preflight: Preflight,
        /// The request.
        actual: Arc<Exchange>,
    },
    /// A preflight without a request in the file.
    PreflightOnly {
        /// The preflight.
        preflight: Preflight,
    },
    /// A request that an earlier preflight covers (CORS-preflight cache).
    Cached {
        /// The request.
        actual: Arc<Exchange>,
        /// The earlier preflight.
        by: Preflight,
    },
    /// A request that needs no preflight.
    Simple {
        /// The request.
        actual: Arc<Exchange>,
    },
    /// A request that needed a preflight which the file does not have.
    Unexplained {
        /// The request.
        actual: Arc<Exchange>,
        /// The likeliest reason.
        why: MissingPreflight,
    },
}

/// Why a needed preflight is not in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingPreflight {
    /// This exporter lists no preflights.
    Hidden,
    /// This exporter leaves out preflights that were never answered, and the request failed.
    Unanswered,
    /// Nothing tells; it may have been cached before the recording began.
    Unknown,
}

impl Pair {
    /// The preflight made for this very request.
    pub fn preflight(&self) -> Option<&Preflight> {
        match &self.kind {
            PairKind::Preflighted { preflight, .. } | PairKind::PreflightOnly { preflight } => Some(preflight),
            _ => None,
        }
    }

    /// The actual request, when the file has it.
    pub fn actual(&self) -> Option<&Arc<Exchange>> {
        match &self.kind {
            PairKind::Preflighted { actual, .. }
            | PairKind::Cached { actual, .. }
            | PairKind::Simple { actual }
            | PairKind::Unexplained { actual, .. } => Some(actual),
            PairKind::PreflightOnly { .. } => None,
        }
    }

    /// The answer to the actual request that the browser judges: the one received, or the one it had stored.
    pub fn answer(&self) -> Option<&ResponseHead> {
        match &self.revalidated {
            Some(revalidated) => Some(&revalidated.answer),
            None => self.actual()?.head(),
        }
    }

    /// The exchange that stands for the pair: the actual request, else the preflight.
    pub fn representative(&self) -> &Arc<Exchange> {
        match &self.kind {
            PairKind::PreflightOnly { preflight } => preflight.exchange(),
            PairKind::Preflighted { actual, .. }
            | PairKind::Cached { actual, .. }
            | PairKind::Simple { actual }
            | PairKind::Unexplained { actual, .. } => actual,
        }
    }

    /// Gives back spare memory of lists and of exchanges that belong to this pair alone.
    pub fn shrink(&mut self) {
        self.unsafe_headers.shrink_to_fit();
        self.redirected_from.shrink_to_fit();
        self.inner_hops.shrink_to_fit();
        self.repeats.shrink_to_fit();
        match &mut self.kind {
            PairKind::Preflighted { preflight, actual } => {
                preflight.shrink();
                shrink(actual);
            }
            PairKind::PreflightOnly { preflight } => preflight.shrink(),
            PairKind::Cached { actual, .. } | PairKind::Simple { actual } | PairKind::Unexplained { actual, .. } => {
                shrink(actual);
            }
        }
    }

    /// The request as the checks of the standard want it.
    pub fn request(&self, include_credentials: bool) -> CorsRequest<'_> {
        CorsRequest {
            origin: &self.origin,
            method: &self.method,
            unsafe_headers: &self.unsafe_headers,
            include_credentials,
        }
    }
}
