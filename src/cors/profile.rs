//! Where browser engines differ: order of checks, case rules, wildcard rules, cache caps.
//!
//! Owns the differences as data and small predicates; the checks ask here instead of naming
//! engines. Every line is read in the engines' sources or recorded from them: Chromium
//! `services/network/cors`, Firefox `nsCORSListenerProxy.cpp`, WebKit
//! `CrossOriginAccessControl.cpp` and `CrossOriginPreflightResultCache.cpp`.

use super::safelist;

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Chrome, Edge, Opera and others.
    Chromium,
    /// Firefox (Gecko).
    Firefox,
    /// Safari and every browser on iOS.
    WebKit,
}

/// When a preflight's status is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusOrder {
    /// A followable redirect first, any other bad status after the CORS check (Chromium).
    RedirectFirst,
    /// Redirect and status both after the CORS check (Firefox).
    AfterCorsCheck,
    /// Both before everything (WebKit).
    First,
}

impl Engine {
    /// Every engine, in the order reports use.
    pub const fn all() -> [Self; 3] {
        [Self::Chromium, Self::Firefox, Self::WebKit]
    }

    /// Stable id: `chromium`, `firefox`, `webkit`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Whether fonts are fetched in cors mode, and so checked at all. WebKit fetches them in
    /// no-cors mode.
    pub const fn checks_fonts(self) -> bool {
        !matches!(self, Self::WebKit)
    }

    /// The longest time a preflight result is kept, in seconds.
    pub const fn max_age_cap(self) -> u64 {
        match self {
            Self::Chromium => 7200,
            Self::Firefox => 86_400,
            Self::WebKit => 600,
        }
    }

    /// How long a preflight result is kept without a usable `Access-Control-Max-Age`, in seconds.
    pub const fn default_max_age(self) -> u64 {
        5
    }

    pub(crate) const fn status_order(self) -> StatusOrder {
        match self {
            Self::Chromium => StatusOrder::RedirectFirst,
            Self::Firefox => StatusOrder::AfterCorsCheck,
            Self::WebKit => StatusOrder::First,
        }
    }

    /// Firefox judges the method as soon as `Access-Control-Allow-Methods` is parsed; the others
    /// parse both lists first, as the standard does.
    pub(crate) const fn judges_method_before_parsing_headers(self) -> bool {
        matches!(self, Self::Firefox)
    }

    /// Whether a method needs no listing in `Access-Control-Allow-Methods`. Chromium compares
    /// without regard to case.
    pub fn exempts_method(self, method: &str) -> bool {
        match self {
            Self::Chromium => ["GET", "HEAD", "POST"].iter().any(|known| known.eq_ignore_ascii_case(method)),
            Self::Firefox | Self::WebKit => safelist::is_safelisted_method(method),
        }
    }

    /// The same question to a cached preflight result. Firefox leaves `HEAD` out here.
    pub(crate) fn exempts_method_in_cache(self, method: &str) -> bool {
        self.exempts_method(method) && !(self == Self::Firefox && method == "HEAD")
    }

    /// Whether `*` in a **cached** result still stands for every name. Firefox matches the cached
    /// lists literally.
    pub(crate) const fn expands_wildcard_in_cache(self) -> bool {
        !matches!(self, Self::Firefox)
    }

    /// Whether a cached `*` covers `Authorization`, as a fresh one does in every engine.
    pub(crate) const fn wildcard_covers_authorization_in_cache(self) -> bool {
        matches!(self, Self::WebKit)
    }

    /// Whether the preflight result for this URL is cached at all. Chromium leaves out long ones.
    pub const fn caches_preflight_of(self, url: &str) -> bool {
        !matches!(self, Self::Chromium) || url.len() < 1024
    }

    /// Whether the engine leaves a header out of preflights although the standard would ask for it:
    /// Chromium safelists client hints and takes `User-Agent` for a forbidden header.
    pub fn never_asks_for(self, name: &str, value: &[u8]) -> bool {
        const CLIENT_HINTS: [&str; 7] = ["device-memory", "dpr", "width", "viewport-width", "rtt", "downlink", "ect"];
        self == Self::Chromium
            && match name.to_ascii_lowercase().as_str() {
                "user-agent" | "intervention" => true,
                "save-data" => value.eq_ignore_ascii_case(b"on"),
                name => CLIENT_HINTS.contains(&name),
            }
    }
}
