//! Where browser engines differ: order of checks, case rules, wildcard rules, cache caps.
//!
//! Owns the differences as data and small predicates; the checks ask here instead of naming
//! engines. Every line is from the engines' sources or recorded from them.

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
}
