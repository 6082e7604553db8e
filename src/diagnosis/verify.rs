//! Commands that check a fix: curl lines whose secrets are shell variables.
//!
//! Owns what is sent and what must come back. Quoting is [`crate::paste`]'s, masking the report's: both
//! come after this. Runs nothing.

use super::scene::Scene;
use super::{Fix, quote};
use crate::exchange::{Exchange, Value};
use crate::pairing::Pair;
use crate::paste::{Curl, FieldName, HeaderValue, PlainMethod, Refused, SerializedOrigin, Url};
use crate::secrets::headers::is_credential;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// A command and what it must print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// One line, in parts.
    pub curl: Curl,
    /// What it must print.
    pub expect: Prose,
}

/// A pair whose values may stand in what people paste.
#[derive(Debug, Clone)]
pub(super) struct Pasteable<'a> {
    pair: &'a Pair,
    /// The request's origin.
    pub(super) origin: SerializedOrigin,
    /// The page's, which differs after a redirect.
    pub(super) page: SerializedOrigin,
    /// The actual request's method.
    pub(super) method: PlainMethod,
    /// The names that a preflight asks for.
    pub(super) names: Vec<FieldName>,
}

impl<'a> Pasteable<'a> {
    /// Validates what configurations and commands are made of.
    pub(super) fn of(pair: &'a Pair) -> Result<Self, Refused> {
        let origin = SerializedOrigin::of(pair.origin.as_str())?;
        Ok(Self {
            pair,
            page: pair.page.as_ref().map_or_else(|| Ok(origin.clone()), |page| SerializedOrigin::of(page.as_str()))?,
            origin,
            method: PlainMethod::of(&pair.method)?,
            names: pair.unsafe_headers.iter().map(|name| FieldName::of(name)).collect::<Result<_, _>>()?,
        })
    }

    /// The preflight as a curl line.
    pub(super) fn preflight(&self, options: &'static str, url: Url) -> Curl {
        self.preflight_from(&self.origin, options, url)
    }

    /// The same from another origin.
    pub(super) fn preflight_from(&self, origin: &SerializedOrigin, options: &'static str, url: Url) -> Curl {
        let curl = Curl::new(options, url).options_method().header("Origin", HeaderValue::origin(origin));
        let curl = curl.header("Access-Control-Request-Method", HeaderValue::method(&self.method));
        if self.names.is_empty() {
            return curl;
        }
        curl.header("Access-Control-Request-Headers", HeaderValue::request_names(&self.names))
    }

    /// The actual request as a curl line; values that are secrets become shell variables.
    fn actual(&self, options: &'static str, url: Url, origin: Option<&SerializedOrigin>, actual: &Exchange) -> Curl {
        let mut curl = Curl::new(options, url).method(&self.method);
        if let Some(origin) = origin {
            curl = curl.header("Origin", HeaderValue::origin(origin));
        }
        let headers = &actual.request.headers;
        for (name, field) in self.pair.unsafe_headers.iter().zip(&self.names) {
            let secret = is_credential(name.as_bytes());
            curl = match headers.lines(name).next().map(|line| line.value) {
                _ if name == "authorization" => {
                    curl.authorization(headers.secret(name).and_then(|secret| secret.scheme.as_deref()))
                }
                Some(Value::Text(value)) if !secret => curl.recorded(field, value),
                _ => curl.variable(field),
            };
        }
        if headers.has("cookie") {
            curl = curl.cookie();
        }
        if matches!(&*self.pair.method, "POST" | "PUT" | "PATCH") && actual.request.body_len != Some(0) {
            let json = headers.get_str("content-type").is_some_and(|value| value.contains("json"));
            curl = curl.body(if json { "body.json" } else { "body.txt" });
        }
        curl
    }
}

/// What a cause makes its command of.
#[derive(Debug)]
pub(super) struct Check<'a> {
    pub(super) scene: &'a Scene<'a>,
    fixes: &'a [Fix],
    pub(super) lines: Pasteable<'a>,
    /// The URL of the pair.
    pub(super) url: Url,
}

impl<'a> Check<'a> {
    /// None where a value of the pair may not stand in a command.
    pub(super) fn of(scene: &'a Scene<'a>, fixes: &'a [Fix]) -> Option<Self> {
        let (lines, url) = (Pasteable::of(scene.pair).ok()?, Url::of(&scene.pair.url).ok()?);
        Some(Self { scene, fixes, lines, url })
    }

    /// The preflight as a curl line.
    pub(super) fn asks(&self, options: &'static str) -> Curl {
        self.lines.preflight(options, self.url.clone())
    }

    /// The actual request as a curl line, where it is in the file.
    pub(super) fn sends(&self, options: &'static str) -> Option<Curl> {
        Some(self.lines.actual(options, self.url.clone(), Some(&self.lines.origin), self.scene.pair.actual()?))
    }

    /// Sends the preflight, whichever request failed.
    pub(super) fn preflight(&self, expect: impl Into<Prose>) -> Verify {
        Verify { curl: self.asks("-i"), expect: expect.into() }
    }

    /// Sends the actual request, whichever failed.
    pub(super) fn actual(&self, expect: impl Into<Prose>) -> Option<Verify> {
        Some(Verify { curl: self.sends("-i")?, expect: expect.into() })
    }

    /// Sends the failing request, which must bring the lines that the fixes set.
    pub(super) fn usual(&self) -> Option<Verify> {
        if self.scene.on_preflight() {
            Some(self.preflight(prose!("a 2xx status and {}, once each", self.changed())))
        } else {
            self.actual(prose!("{} exactly once, whatever the status", self.changed()))
        }
    }

    /// Any answer will do, where none came.
    pub(super) fn any_answer(&self) -> Verify {
        let sends = self.sends("-v -m 30").filter(|_| self.scene.pair.preflight().is_none());
        let expect = "an HTTP answer, whatever its status".into();
        Verify { curl: sends.unwrap_or_else(|| self.asks("-v -m 30")), expect }
    }

    /// Calls a redirect's target of the page's own origin.
    pub(super) fn own_answer(&self, target: &str) -> Option<Verify> {
        let expect = "the API's answer, and no Location; a page's own origin needs no Access-Control line".into();
        let curl = self.lines.actual("-i", Url::of(target).ok()?, None, self.scene.pair.actual()?);
        Some(Verify { curl, expect })
    }

    /// The header lines that the first fix with lines sets on the failing response: what is different
    /// once it is mended.
    pub(super) fn changed(&self) -> Prose {
        let change = self.fixes.iter().flat_map(|fix| &fix.changes).find(|change| Some(change.on) == self.scene.stage);
        let lines: Vec<Prose> = change
            .map(|change| {
                change
                    .set
                    .iter()
                    .map(|(name, value)| {
                        prose!("{}: {}", Captured::text(quote::title_case(name)), Captured::text(value))
                    })
                    .collect()
            })
            .unwrap_or_default();
        if lines.is_empty() {
            prose!("Access-Control-Allow-Origin: {}", self.scene.pair.origin)
        } else {
            Prose::listed(lines)
        }
    }
}

/// What to run when nothing else decides.
pub(super) fn deciding_curl(scene: &Scene<'_>) -> Option<Curl> {
    let pair = scene.pair;
    let lines = Pasteable::of(pair).ok()?;
    let url = Url::of(&pair.url).ok()?;
    if pair.preflight().is_some()
        || !pair.unsafe_headers.is_empty()
        || !matches!(&*pair.method, "GET" | "HEAD" | "POST")
    {
        return Some(lines.preflight("-m 30 -i", url));
    }
    pair.actual().map(|actual| lines.actual("-m 30 -i", url, Some(&lines.origin), actual))
}
