//! The closed sets inside causes: kinds of redirects, differences, headers.
//!
//! Owns their ids, which stand in JSON.

/// Why the browser did not send a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// An https page called http.
    MixedContent,
    /// Content-Security-Policy.
    Csp,
    /// Local network access.
    LocalNetwork,
    /// Mode `same-origin`, or a scheme that takes no part in CORS.
    Mode,
    /// The error text names something else.
    Other,
}

/// What is at fault when TLS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// No common version, an alert that names no certificate, a broken handshake.
    Connection,
    /// The browser does not trust the server's certificate.
    ServerCertificate,
    /// The server wants a client certificate, or does not accept the one it got.
    ClientCertificate,
    /// A recording proxy's own connection to the server; nothing is known of the browser's trust.
    BehindProxy,
}

impl TlsFault {
    /// Stable id.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Connection => "alert",
            Self::ServerCertificate => "certificate",
            Self::ClientCertificate => "client-certificate",
            Self::BehindProxy => "behind-proxy",
        }
    }
}

/// How a preflight's redirect target differs from the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    /// http to https, nothing else.
    Https,
    /// https to http on the same host, whatever else.
    Http,
    /// A slash at the end of the path, nothing else.
    Slash,
    /// Another host.
    Host,
    /// Something else on the same host.
    Path,
}

/// What an actual request's redirect led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActualRedirectKind {
    /// A login page.
    Login,
    /// The same host over https.
    Https,
    /// Another site.
    OtherSite,
    /// A hop at which the origin had become `null`.
    TaintedOrigin,
    /// A URL with user name or password.
    CredentialsInUrl,
}

/// In what the allowed origin differs from the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// A slash at the end.
    Slash,
    /// http and https.
    Scheme,
    /// The port.
    Port,
    /// The default port, written out: the same site in other bytes.
    DefaultPort,
    /// Letters' scene.
    Case,
    /// A path stands after it.
    Path,
    /// `null`, or the request's origin is.
    Null,
    /// A pattern such as `https://*.shop.example`.
    Pattern,
    /// The host.
    Host,
}

/// Which header holds the `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wildcard {
    /// Access-Control-Allow-Origin.
    Origin,
    /// Access-Control-Allow-Methods.
    Methods,
    /// Access-Control-Allow-Headers.
    Headers,
}

/// What a refused request header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderKind {
    /// `content-type` with a value that forms cannot send.
    ContentType,
    /// `authorization`.
    Authorization,
    /// Usually added by monitoring.
    Tracing,
    /// Any other.
    Other,
}

impl Blocked {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::MixedContent => "mixed-content",
            Self::Csp => "csp",
            Self::LocalNetwork => "local-network",
            Self::Mode => "mode",
            Self::Other => "other",
        }
    }
}

impl RedirectKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Slash => "slash",
            Self::Host => "host",
            Self::Path => "path",
        }
    }
}

impl ActualRedirectKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Https => "https",
            Self::OtherSite => "other-site",
            Self::TaintedOrigin => "tainted-origin",
            Self::CredentialsInUrl => "credentials-in-url",
        }
    }
}

impl Difference {
    /// Stable id, which is also the word in titles.
    pub fn id(self) -> &'static str {
        match self {
            Self::Slash => "slash",
            Self::Scheme => "scheme",
            Self::Port => "port",
            Self::DefaultPort => "default-port",
            Self::Case => "case",
            Self::Path => "path",
            Self::Null => "null",
            Self::Pattern => "pattern",
            Self::Host => "host",
        }
    }
}

impl Wildcard {
    /// The header, lower scene.
    pub fn header(self) -> &'static str {
        match self {
            Self::Origin => "access-control-allow-origin",
            Self::Methods => "access-control-allow-methods",
            Self::Headers => "access-control-allow-headers",
        }
    }
}

impl HeaderKind {
    /// What a header name is.
    pub fn of(name: &str) -> Self {
        const TRACING: [&str; 14] = [
            "traceparent",
            "tracestate",
            "baggage",
            "sentry-trace",
            "newrelic",
            "request-id",
            "request-context",
            "elastic-apm-traceparent",
            "uber-trace-id",
            "b3",
            "x-cloud-trace-context",
            "x-amzn-trace-id",
            "x-instana-t",
            "adrum",
        ];
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "content-type" => Self::ContentType,
            "authorization" => Self::Authorization,
            _ if TRACING.contains(&name.as_str())
                || name.starts_with("x-b3-")
                || name.starts_with("x-datadog-")
                || name.starts_with("x-instana-")
                || name.starts_with("x-dynatrace")
                || name.starts_with("x-newrelic-") =>
            {
                Self::Tracing
            }
            _ => Self::Other,
        }
    }

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::ContentType => "content-type",
            Self::Authorization => "authorization",
            Self::Tracing => "tracing",
            Self::Other => "other",
        }
    }
}
