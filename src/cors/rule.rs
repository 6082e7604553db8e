//! Rules: one for each way a response can fail.
//!
//! Owns ids; each browser's names for them stand in `browsers`. A rule is what the browser enforced; why the server answered so (the
//! cause) is decided elsewhere.

/// A failing step of the standard, with the values that made it fail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rule {
    /// No `Access-Control-Allow-Origin`.
    AllowOriginMissing,
    /// `Access-Control-Allow-Origin` differs from the origin and holds a space or a comma.
    AllowOriginMultiple {
        /// The combined value.
        value: String,
        /// Number of header lines it came in.
        lines: usize,
        /// Number of lines that Firefox counts: it compares the name with its own spelling, so
        /// lower-case names (HTTP/2) are not seen.
        firefox_lines: usize,
    },
    /// `Access-Control-Allow-Origin` is neither `null` nor a URL (empty counts).
    AllowOriginInvalid {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin` is another origin.
    AllowOriginMismatch {
        /// The value.
        value: String,
    },
    /// `Access-Control-Allow-Origin: *` for a request with credentials.
    WildcardWithCredentials,
    /// `Access-Control-Allow-Credentials` is not exactly `true`.
    AllowCredentials {
        /// The value; `None` when the header is missing.
        value: Option<String>,
    },
    /// The preflight was answered with a redirect.
    PreflightRedirect {
        /// Its status.
        status: u16,
        /// Its `Location`, as sent.
        location: String,
    },
    /// The preflight's status is not 200 to 299.
    PreflightStatus {
        /// The status.
        status: u16,
    },
    /// `Access-Control-Allow-Methods` is no list of tokens.
    AllowMethodsInvalid {
        /// The combined value.
        value: String,
        /// The first item that is no token.
        item: String,
    },
    /// `Access-Control-Allow-Headers` is no list of tokens.
    AllowHeadersInvalid {
        /// The combined value.
        value: String,
        /// The first item that is no token.
        item: String,
    },
    /// The method is not listed.
    MethodNotAllowed {
        /// The method, as asked.
        method: String,
    },
    /// Request headers are not listed.
    HeaderNotAllowed {
        /// All refused names, lower case and sorted (the order Chromium takes for `fetch`).
        names: Vec<String>,
    },
    /// A redirect leads to a URL with user name or password.
    RedirectCredentials {
        /// The location.
        location: String,
    },
    /// The request's mode is `same-origin`.
    DisallowedByMode,
    /// The URL's scheme takes no part in CORS.
    SchemeDisabled,
}

impl Rule {
    /// Every rule id, in the order of the standard's steps.
    pub const IDS: [&'static str; 15] = [
        "allow-origin-missing",
        "allow-origin-multiple",
        "allow-origin-invalid",
        "allow-origin-mismatch",
        "wildcard-with-credentials",
        "allow-credentials",
        "preflight-redirect",
        "preflight-status",
        "allow-methods-invalid",
        "allow-headers-invalid",
        "method-not-allowed",
        "header-not-allowed",
        "redirect-credentials",
        "disallowed-by-mode",
        "scheme-disabled",
    ];

    /// Stable id, kebab-case.
    pub fn id(&self) -> &'static str {
        match self {
            Self::AllowOriginMissing => "allow-origin-missing",
            Self::AllowOriginMultiple { .. } => "allow-origin-multiple",
            Self::AllowOriginInvalid { .. } => "allow-origin-invalid",
            Self::AllowOriginMismatch { .. } => "allow-origin-mismatch",
            Self::WildcardWithCredentials => "wildcard-with-credentials",
            Self::AllowCredentials { .. } => "allow-credentials",
            Self::PreflightRedirect { .. } => "preflight-redirect",
            Self::PreflightStatus { .. } => "preflight-status",
            Self::AllowMethodsInvalid { .. } => "allow-methods-invalid",
            Self::AllowHeadersInvalid { .. } => "allow-headers-invalid",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::HeaderNotAllowed { .. } => "header-not-allowed",
            Self::RedirectCredentials { .. } => "redirect-credentials",
            Self::DisallowedByMode => "disallowed-by-mode",
            Self::SchemeDisabled => "scheme-disabled",
        }
    }

    /// Chromium's `failed_parameter`: the value, method or header its message names.
    pub fn parameter(&self) -> Option<String> {
        match self {
            Self::AllowOriginInvalid { value } if !value.is_ascii() => Some(String::new()),
            Self::AllowOriginMultiple { value, .. }
            | Self::AllowOriginInvalid { value }
            | Self::AllowOriginMismatch { value } => Some(value.clone()),
            Self::AllowCredentials { value } => Some(value.clone().unwrap_or_default()),
            Self::MethodNotAllowed { method } => Some(method.clone()),
            Self::HeaderNotAllowed { names } => names.first().cloned(),
            _ => None,
        }
    }

    /// Algorithm and step of the Fetch Standard that failed: `CORS check, step 2`.
    pub fn step(&self) -> &'static str {
        match self {
            Self::AllowOriginMissing => "CORS check, step 2",
            Self::AllowOriginMultiple { .. }
            | Self::AllowOriginInvalid { .. }
            | Self::AllowOriginMismatch { .. }
            | Self::WildcardWithCredentials => "CORS check, step 4",
            Self::AllowCredentials { .. } => "CORS check, step 8",
            Self::PreflightRedirect { .. } | Self::PreflightStatus { .. } => "CORS-preflight fetch, step 7",
            Self::AllowMethodsInvalid { .. } | Self::AllowHeadersInvalid { .. } => "CORS-preflight fetch, step 7.3",
            Self::MethodNotAllowed { .. } => "CORS-preflight fetch, step 7.5",
            Self::HeaderNotAllowed { .. } => "CORS-preflight fetch, step 7.7",
            Self::RedirectCredentials { .. } => "HTTP-redirect fetch, step 10",
            Self::DisallowedByMode | Self::SchemeDisabled => "main fetch, step 12",
        }
    }
}
