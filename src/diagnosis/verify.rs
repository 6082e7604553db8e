//! Commands that check a fix: curl lines whose secrets are placeholders.
//!
//! Owns shell quoting. Runs nothing.

use super::cause::{ActualRedirectKind, Scene, net_error};
use super::fix::{callable, is_pages_own};
use super::{Cause, Fix, proof, quote};
use crate::cors::Stage;
use crate::exchange::{Exchange, Value};
use crate::pairing::Pair;
use crate::secrets::headers::is_credential as is_secret_header;
use std::fmt::Write as _;

/// A command and what it must print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// One line.
    pub curl: String,
    /// What it must print.
    pub expect: String,
}

/// The preflight as a curl line.
pub(super) fn preflight_curl(pair: &Pair, options: &str) -> String {
    preflight_of(pair, pair.origin.as_str(), options)
}

fn preflight_of(pair: &Pair, origin: &str, options: &str) -> String {
    let mut line = format!(
        "curl {options} -X OPTIONS {} -H {} -H {}",
        word(&pair.url),
        quoted(&format!("Origin: {origin}")),
        quoted(&format!("Access-Control-Request-Method: {}", pair.method)),
    );
    if !pair.unsafe_headers.is_empty() {
        let names = format!("Access-Control-Request-Headers: {}", pair.unsafe_headers.join(","));
        let _ = write!(line, " -H {}", quoted(&names));
    }
    line
}

/// The actual request as a curl line; values that are secrets become shell variables.
pub(super) fn actual_curl(pair: &Pair, actual: &Exchange) -> String {
    let method = match &*pair.method {
        "GET" => String::new(),
        "HEAD" => " -I".to_owned(),
        method => format!(" -X {}", word(method)),
    };
    let mut line = format!("curl -i{method} {} -H {}", word(&pair.url), quoted(&format!("Origin: {}", pair.origin)));
    let headers = &actual.request.headers;
    for name in &pair.unsafe_headers {
        let written = quote::title_case(name);
        let secret = is_secret_header(name.as_bytes());
        let header = match headers.lines(name).next().map(|line| line.value) {
            _ if name == "authorization" => {
                let scheme = headers.secret(name).and_then(|secret| secret.scheme.as_deref()).unwrap_or("Bearer");
                format!("\"Authorization: {scheme} $TOKEN\"")
            }
            Some(Value::Text(value)) if !secret && value.len() <= 200 => {
                quoted(&format!("{written}: {}", String::from_utf8_lossy(value)))
            }
            _ => format!("\"{written}: ${}\"", variable(name)),
        };
        let _ = write!(line, " -H {header}");
    }
    if headers.has("cookie") {
        line.push_str(" -H \"Cookie: $COOKIE\"");
    }
    if matches!(&*pair.method, "POST" | "PUT" | "PATCH") && actual.request.body_len != Some(0) {
        let json = headers.get_str("content-type").is_some_and(|value| value.contains("json"));
        line.push_str(if json { " -d @body.json" } else { " -d @body.txt" });
    }
    line
}

/// A shell variable's name for a header.
fn variable(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// A word as the shell needs it: bare when that is safe, else in single quotes.
fn word(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "/:._-%+,@".contains(c);
    if !text.is_empty() && text.chars().all(safe) && !text.starts_with('-') { text.to_owned() } else { quoted(text) }
}

/// Single quotes around a text; a single quote in it ends the quotes, is escaped, and opens them again.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The command for a diagnosed scene.
pub(super) fn verify(scene: &Scene<'_>, cause: &Cause, fixes: &[Fix]) -> Option<Verify> {
    let pair = scene.pair;
    let origin = pair.origin.as_str();
    let preflight = |expect: &str| Some(Verify { curl: preflight_curl(pair, "-i"), expect: expect.to_owned() });
    let actual = |expect: String| pair.actual().map(|actual| Verify { curl: actual_curl(pair, actual), expect });
    match cause {
        Cause::BlockedBeforeNetwork { .. } | Cause::BlockedByExtension | Cause::RequestAborted | Cause::NoAnswer => {
            None
        }
        _ if net_error(scene, cause).is_some_and(|error| error.users_side) => None,
        Cause::NetworkProxy { status } => {
            let expect = match status {
                0 => "an answer of the API, whatever its status, when run in the customer's network".to_owned(),
                status => format!("the API's own answer instead of {status}, when run in the customer's network"),
            };
            if scene.stage == Some(Stage::Preflight) { preflight(&expect) } else { actual(expect) }
        }
        Cause::ResourcePolicy => actual("Cross-Origin-Resource-Policy: cross-origin".to_owned()),
        Cause::ServerUnreachable { .. }
        | Cause::ConnectionReset
        | Cause::ConnectionClosed
        | Cause::PreflightTimeout { .. }
        | Cause::TlsFailure { .. }
        | Cause::InvalidHttp => Some(Verify {
            curl: match pair.actual() {
                Some(actual) if pair.preflight().is_none() => {
                    actual_curl(pair, actual).replacen("curl -i", "curl -v -m 30", 1)
                }
                _ => preflight_curl(pair, "-v -m 30"),
            },
            expect: "an HTTP answer, whatever its status".to_owned(),
        }),
        // The page is told to call the target: that is what has to answer.
        Cause::PreflightRedirect { location, .. } | Cause::ActualRedirect { location, .. }
            if is_pages_own(scene, location)
                && !matches!(
                    cause,
                    Cause::ActualRedirect {
                        kind: ActualRedirectKind::Login | ActualRedirectKind::CredentialsInUrl,
                        ..
                    }
                ) =>
        {
            let curl = actual_curl(pair, pair.actual()?)
                .replacen(&word(&pair.url), &word(&callable(scene, location)), 1)
                .replacen(&format!(" -H {}", quoted(&format!("Origin: {origin}"))), "", 1);
            let expect = "the API's answer, and no Location; a page's own origin needs no Access-Control line";
            Some(Verify { curl, expect: expect.to_owned() })
        }
        Cause::PreflightRedirect { location, .. } if !location.is_empty() => Some(Verify {
            curl: preflight_curl(pair, "-i").replacen(&word(&pair.url), &word(&callable(scene, location)), 1),
            expect: "a 2xx status, no Location, and the Allow-Origin line".to_owned(),
        }),
        Cause::CdnCached { made_for } => Some(Verify {
            curl: match pair.actual() {
                Some(actual) if scene.stage != Some(Stage::Preflight) => actual_curl(pair, actual),
                _ => preflight_curl(pair, "-i"),
            },
            expect: if let Some(other) = made_for {
                format!(
                    "Access-Control-Allow-Origin: {origin} and \"Vary: Origin\"; run again with Origin: {other}, it names \
                     that one"
                )
            } else {
                let mut lines = proof::cached_copy(scene).map(|change| proof::lines(&change)).unwrap_or_default();
                lines.push("\"Vary: Origin\"".to_owned());
                format!("{}, also when run twice", super::cause::list(&lines))
            },
        }),
        Cause::ActualRedirect { kind: ActualRedirectKind::Login, .. } => {
            let hop = pair.redirected_from.first()?;
            Some(Verify {
                curl: format!(
                    "curl -i -X {} {} -H {} -H 'Sec-Fetch-Mode: cors'",
                    word(&hop.request.method),
                    word(&hop.request.url),
                    quoted(&format!("Origin: {}", pair.page.as_ref().unwrap_or(&pair.origin)))
                ),
                expect: "401 with the Allow-Origin line, and no Location, when sent without a session".to_owned(),
            })
        }
        // The page is told to call the target directly: then the Origin is the page's again.
        Cause::ActualRedirect { .. } if scene.stage == Some(Stage::Preflight) => {
            let page = pair.page.as_ref().unwrap_or(&pair.origin).as_str();
            Some(Verify {
                curl: preflight_of(pair, page, "-i"),
                expect: format!("a 2xx status and Access-Control-Allow-Origin: {page}, once each"),
            })
        }
        Cause::AllowOriginMultiple { .. } => {
            let curl = if scene.stage == Some(Stage::Preflight) {
                preflight_curl(pair, "-si")
            } else {
                actual_curl(pair, pair.actual()?).replacen("curl -i", "curl -si", 1)
            };
            Some(Verify {
                curl: format!("{curl} | grep -i '^access-control-allow-origin:'"),
                expect: format!(
                    "one line, Access-Control-Allow-Origin: {origin}; do the same for the other requests of this URL"
                ),
            })
        }
        Cause::AuthBeforeCors { .. } => {
            preflight(&format!("a 2xx status and {}, without sending any token", changed(scene, fixes)))
        }
        Cause::WildcardWithCredentials { .. } if scene.stage == Some(Stage::Preflight) => {
            preflight(&format!("{} and no *", changed(scene, fixes)))
        }
        Cause::MethodNotAllowed { method, .. } => preflight(&format!("Access-Control-Allow-Methods with {method}")),
        Cause::HeaderNotAllowed { names } => {
            let names: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
            preflight(&format!("Access-Control-Allow-Headers with {}", super::cause::list(&names)))
        }
        Cause::ResponseCut => actual("the whole body: as many bytes as Content-Length says".to_owned()),
        _ if scene.stage == Some(Stage::Preflight) => {
            preflight(&format!("a 2xx status and {}, once each", changed(scene, fixes)))
        }
        _ => actual(format!("{} exactly once, whatever the status", changed(scene, fixes))),
    }
}

/// The header lines that the first fix with lines sets on the failing response: what is different
/// once it is mended.
fn changed(scene: &Scene<'_>, fixes: &[Fix]) -> String {
    let change = fixes.iter().flat_map(|fix| &fix.changes).find(|change| Some(change.on) == scene.stage);
    let lines: Vec<String> = change
        .map(|change| change.set.iter().map(|(name, value)| format!("{}: {value}", quote::title_case(name))).collect())
        .unwrap_or_default();
    if lines.is_empty() {
        format!("Access-Control-Allow-Origin: {}", scene.pair.origin)
    } else {
        super::cause::list(&lines)
    }
}

/// What to run when nothing else decides.
pub(super) fn deciding_curl(scene: &Scene<'_>) -> Option<String> {
    let pair = scene.pair;
    if pair.preflight().is_some()
        || !pair.unsafe_headers.is_empty()
        || !matches!(&*pair.method, "GET" | "HEAD" | "POST")
    {
        return Some(preflight_curl(pair, "-m 30 -i"));
    }
    pair.actual().map(|actual| actual_curl(pair, actual).replacen("curl -i", "curl -m 30 -i", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_words_are_quoted_when_they_must_be() {
        assert_eq!(word("https://api.shop.test/v1/orders"), "https://api.shop.test/v1/orders");
        assert_eq!(word("https://a.test/x?a=1&b=2"), "'https://a.test/x?a=1&b=2'");
        assert_eq!(quoted("it's $HOME `id`"), r"'it'\''s $HOME `id`'");
        assert_eq!(word("-o/etc/passwd"), "'-o/etc/passwd'");
        assert_eq!(variable("x-api-key"), "X_API_KEY");
    }
}
