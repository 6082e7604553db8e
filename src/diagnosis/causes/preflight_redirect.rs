//! The cause `preflight-redirect`. The preflight was redirected.

use super::told::{CauseInfo, Say, Story, Title, Told, lines, target};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::paste::Url;
use crate::secrets::prose;
use crate::secrets::{As, Captured, Prose, Role};
use serde_json::{Value, json};

const HTTPS: Title = Title::plain("preflight redirected to https");
const SLASH: Title = Title::plain("preflight redirected: slash");
const HOST: Title = Title::plain("preflight redirected to a host");
const PATH: Title = Title::plain("preflight redirected to a path");
const HTTP: Title = Title::plain("preflight redirected to http");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "preflight-redirect",
    titles: &[HTTPS, SLASH, HOST, PATH, HTTP],
    nature: Nature::Cors,
    explanation: "The preflight was answered with a redirect, which browsers do not follow. The page must call the \
                  final URL, or the server must not redirect OPTIONS.",
    proven_by: "a 3xx status with Location on the preflight",
    fix: "have the page call the final URL, or answer OPTIONS before the redirect is made",
    do_not: "",
};

/// The preflight was redirected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightRedirect {
    /// Status.
    pub status: u16,
    /// How the target differs.
    pub kind: RedirectKind,
    /// The target, resolved.
    pub location: String,
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

impl RedirectKind {
    /// Stable id.
    fn id(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Slash => "slash",
            Self::Host => "host",
            Self::Path => "path",
        }
    }
}

impl Told for PreflightRedirect {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.kind {
            RedirectKind::Https => HTTPS,
            RedirectKind::Slash => SLASH,
            RedirectKind::Host => HOST,
            RedirectKind::Path => PATH,
            RedirectKind::Http => HTTP,
        }
        .text()
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status, "kind": self.kind.id(), "location": self.location })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let never = say.never();
        if say.scene.response.is_none() {
            let turned = say.or("turned", "seems to have turned");
            return prose!(
                "The browser itself {} the preflight to https (HSTS); a preflight may not be redirected, {}.",
                turned,
                never
            );
        }
        let to = match self.kind {
            RedirectKind::Https => "to https",
            RedirectKind::Http => "from https to http",
            RedirectKind::Slash => "to the same path with or without a slash",
            RedirectKind::Host => "to another host",
            RedirectKind::Path => "to another URL",
        };
        let (was, status) = (say.or("was", "was probably"), self.status);
        prose!("The preflight {} redirected {} ({}), which browsers do not follow, {}.", was, to, status, never)
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let location = &self.location;
        let called = if location.is_empty() {
            scene.pair.url.replacen("http://", "https://", 1)
        } else {
            target::callable(scene, location)
        };
        let mut page = target::call_directly(scene, location, &called, "");
        page.do_not = Some("add CORS headers to the redirect: browsers follow no redirect of a preflight");
        let server = match self.kind {
            RedirectKind::Https => {
                page.title.push("; http:// never reaches the API for a preflight, whatever headers it has");
                return vec![page];
            }
            RedirectKind::Http => {
                let server = Fix::action(
                    Who::Proxy,
                    NotProven::Redirect,
                    prose!(
                        "proxy of {}: send X-Forwarded-Proto: https, and let the application trust it; http:// in \
                         a redirect is usual where a proxy hides the scheme from it",
                        host
                    ),
                );
                // The same URL but for its scheme: there is nothing else that the page could call.
                return if called == *scene.pair.url { vec![server] } else { vec![page, server.instead_of_first()] };
            }
            RedirectKind::Slash => {
                prose!(
                    "application of {}: accept both forms of the path for OPTIONS and {}",
                    host,
                    Captured::text(&*scene.pair.method)
                )
            }
            RedirectKind::Host | RedirectKind::Path => {
                prose!(
                    "{}: answer OPTIONS itself instead of redirecting it",
                    As(Role::Server, prose!("server of {}", host))
                )
            }
        };
        vec![page, Fix::action(Who::Server, NotProven::Redirect, server).instead_of_first()]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        if target::is_pages_own(check.scene, &self.location) {
            return check.own_answer(&target::callable(check.scene, &self.location));
        }
        if self.location.is_empty() {
            return check.usual();
        }
        // The page is told to call the target: that is what has to answer.
        let called = Url::of(&target::callable(check.scene, &self.location)).ok()?;
        Some(Verify {
            curl: check.lines.preflight("-i", called),
            expect: "a 2xx status, no Location, and the Allow-Origin line".into(),
        })
    }

    fn story(&self) -> Story {
        Story::NoList
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        let Self { status, location, .. } = self;
        Some(if scene.response.is_some() {
            lines::sent_to(scene, *status, location)
        } else {
            prose!(
                "nothing: the browser went to {} instead ({})",
                Captured::address(location),
                scene.place(scene.exchange.place)
            )
        })
    }
}
