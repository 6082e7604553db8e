//! Who sent a request: the browser's engine, an extension, or a program that is no browser.
//!
//! Owns the signs in `User-Agent`, `Origin` and the recorder's name. What follows from them is
//! `classify`'s business.

use crate::cors::Engine;
use crate::exchange::{Exchange, Origin};

/// How the `User-Agent` of programs begins that know no CORS, lower case. Browsers' begin with `Mozilla/`.
const PROGRAMS: &[&str] = &[
    "apache-httpclient/",
    "axios/",
    "curl/",
    "dalvik/",
    "dart/",
    "go-http-client/",
    "guzzlehttp/",
    "httpie/",
    "insomnia/",
    "java/",
    "libwww-perl/",
    "node",
    "okhttp/",
    "postmanruntime/",
    "python-httpx/",
    "python-requests/",
    "python-urllib/",
    "restsharp/",
    "ruby",
    "undici",
    "wget/",
];

/// Schemes of the origins of browsers' extensions.
const EXTENSIONS: &[&str] = &[
    "chrome-extension://",
    "extension://",
    "moz-extension://",
    "ms-browser-extension://",
    "safari-extension://",
    "safari-web-extension://",
];

/// Whether nobody applied CORS, as the client is an API client, a native app or a script.
pub(super) fn is_no_browser(exchange: &Exchange) -> bool {
    if exchange.recorder.id == "insomnia" {
        return true;
    }
    let Some(agent) = exchange.request.headers.get_str("user-agent") else { return false };
    let agent = agent.to_ascii_lowercase();
    PROGRAMS.iter().any(|program| agent.starts_with(program))
        || (!agent.starts_with("mozilla/") && agent.contains(" cfnetwork/"))
}

/// Whether an origin is that of a browser's extension.
pub(super) fn is_extension(origin: &Origin) -> bool {
    EXTENSIONS.iter().any(|scheme| origin.as_str().starts_with(scheme))
}

/// The major version of Chromium that sent a request; `None` for other engines.
pub(super) fn chromium_version(exchange: &Exchange) -> Option<u32> {
    let agent = exchange.request.headers.get_str("user-agent")?;
    let after = agent.split_once("Chrome/").or_else(|| agent.split_once("Chromium/"))?.1;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The engine that sent a request, by its `User-Agent`; `None` when that names none.
pub fn engine_named(exchange: &Exchange) -> Option<Engine> {
    let agent = exchange.request.headers.get("user-agent")?;
    let (mut ios, mut gecko, mut firefox, mut chromium, mut webkit) = (false, false, false, false, false);
    // One walk over the words: this is asked of every request.
    let mut previous: &[u8] = b"";
    for word in agent.split(|byte| matches!(byte, b' ' | b';' | b'(' | b',')) {
        match word {
            b"iPhone" | b"iPad" => ios = true,
            b"OS" => ios |= previous == b"CPU",
            _ => {
                gecko |= word.starts_with(b"Gecko/");
                firefox |= word.starts_with(b"Firefox/");
                chromium |= word.starts_with(b"Chrome/")
                    || word.starts_with(b"Chromium/")
                    || word.starts_with(b"HeadlessChrome/");
                webkit |= word.starts_with(b"AppleWebKit/");
            }
        }
        previous = word;
    }
    if gecko && firefox {
        Some(Engine::Firefox)
    } else if !ios && chromium {
        Some(Engine::Chromium)
    } else if webkit {
        Some(Engine::WebKit)
    } else {
        None
    }
}

/// The engine to judge a request by: the one named, else Chromium.
pub fn engine_of(exchange: &Exchange) -> Engine {
    engine_named(exchange).unwrap_or(Engine::Chromium)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_known_by_their_origins() {
        let is = |origin| is_extension(&Origin::from_header(origin));
        assert!(is("chrome-extension://abcdefghijklmnop") && is("moz-extension://1-2"));
        assert!(!is("https://chrome-extension.example") && !is("null") && !is("capacitor://localhost"));
    }
}
