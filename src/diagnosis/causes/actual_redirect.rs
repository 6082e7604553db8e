//! The cause `actual-redirect`. The request was redirected to where CORS fails.

use super::told::{CauseInfo, Say, Story, Title, Told, target};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature, quote};
use crate::exchange::{Exchange, Presence, ResponseHead};
use crate::pairing::Pair;
use crate::paste::{Curl, HeaderValue, PlainMethod, Url};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const LOGIN: Title = Title::plain("redirected to login page");
const ANOTHER: Title = Title::plain("redirected to another site");
const HTTPS: Title = Title::plain("redirected to https");
const HTTP: Title = Title::plain("redirected from https to http");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "actual-redirect",
    titles: &[LOGIN, ANOTHER, HTTPS, HTTP],
    nature: Nature::SideEffect,
    explanation: "The request was redirected to a place that does not allow the page to read its answer. Most often \
                  the session has ended and the API sends a script to the login page instead of answering 401. After a \
                  cross-origin redirect the Origin may have become null. From https to http no browser follows (mixed \
                  content).",
    proven_by: "the redirect and the hop that failed after it",
    fix: "answer scripts 401 instead of a redirect to a login page; call the final URL; allow the origin on every \
          answer on the way",
    do_not: "",
};

/// The request was redirected to where CORS fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActualRedirect {
    /// What it led to.
    pub kind: ActualRedirectKind,
    /// The target.
    pub location: String,
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
    /// From a page of https to http.
    MixedContent,
}

impl ActualRedirectKind {
    /// Stable id.
    fn id(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Https => "https",
            Self::OtherSite => "other-site",
            Self::TaintedOrigin => "tainted-origin",
            Self::CredentialsInUrl => "credentials-in-url",
            Self::MixedContent => "mixed-content",
        }
    }
}

impl Told for ActualRedirect {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.kind {
            ActualRedirectKind::Login => LOGIN,
            ActualRedirectKind::Https => HTTPS,
            ActualRedirectKind::MixedContent => HTTP,
            ActualRedirectKind::OtherSite
            | ActualRedirectKind::TaintedOrigin
            | ActualRedirectKind::CredentialsInUrl => ANOTHER,
        }
        .text()
    }

    fn nature(&self) -> Nature {
        // A redirect that is no login page is the server's CORS set-up at its second hop.
        match self.kind {
            ActualRedirectKind::Login => DOC.nature,
            ActualRedirectKind::MixedContent => Nature::NotCors,
            _ => Nature::Cors,
        }
    }

    fn detail(&self) -> Value {
        json!({ "kind": self.kind.id(), "location": self.location })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        match self.kind {
            ActualRedirectKind::Login => {
                let page = say.or("the login page", "what seems to be the login page");
                prose!("The API sent the browser to {} instead of answering. The CORS text is a side effect.", page)
            }
            ActualRedirectKind::CredentialsInUrl => {
                "The request was redirected to a URL with a user name or password, which browsers refuse.".into()
            }
            ActualRedirectKind::MixedContent => prose!(
                "The answer sent a page of https on to http, and the browser {}stopped there (mixed content).",
                say.or("", "probably ")
            ),
            ActualRedirectKind::Https | ActualRedirectKind::OtherSite | ActualRedirectKind::TaintedOrigin => {
                "The request was redirected to a place that does not allow this page.".into()
            }
        }
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let location = &self.location;
        match self.kind {
            ActualRedirectKind::Login => {
                let title = prose!(
                    "API: answer 401 with Access-Control-Allow-Origin: {} instead of a redirect when the request is \
                     no page load (Sec-Fetch-Mode: cors); page: on 401, open the login page in the window",
                    scene.page()
                );
                let mut api = Fix::action(Who::Application, NotProven::Behaviour, title);
                api.do_not = Some(
                    "add CORS headers to the login page: the script would receive HTML and the user would still not \
                     be signed in",
                );
                vec![api]
            }
            ActualRedirectKind::CredentialsInUrl => vec![Fix::action(
                Who::Server,
                NotProven::Redirect,
                "take the user name and password out of the redirect's Location",
            )],
            ActualRedirectKind::MixedContent => vec![Fix::action(
                Who::Server,
                NotProven::Redirect,
                prose!(
                    "{}: redirect to https; behind a proxy that ends TLS the application has to believe its \
                     X-Forwarded-Proto, or to send a Location without scheme and host",
                    host
                ),
            )],
            ActualRedirectKind::Https | ActualRedirectKind::OtherSite | ActualRedirectKind::TaintedOrigin => {
                let called = target::callable(scene, location);
                let page = target::call_directly(scene, location, &called, ", and let that server allow the page");
                if target::is_pages_own(scene, location) {
                    return vec![page];
                }
                vec![Fix {
                    do_not: Some("allow the origin null there: any sandboxed page could then read it"),
                    proof: "none: a direct call has the page's Origin, and no answer to that is in the file".into(),
                    ..page
                }]
            }
        }
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        let (scene, pair) = (check.scene, check.scene.pair);
        let mended_at_the_hop = matches!(
            self.kind,
            ActualRedirectKind::Login | ActualRedirectKind::CredentialsInUrl | ActualRedirectKind::MixedContent
        );
        if !mended_at_the_hop && target::is_pages_own(scene, &self.location) {
            return check.own_answer(&target::callable(scene, &self.location));
        }
        if self.is_login() {
            let hop = pair.redirected_from.first()?;
            let curl = Curl::new("-i", Url::of(&hop.request.url).ok()?)
                .named_method(&PlainMethod::of(&hop.request.method).ok()?)
                .header("Origin", HeaderValue::origin(&check.lines.page))
                .header("Sec-Fetch-Mode", HeaderValue::literal("cors"));
            return Some(Verify {
                curl,
                expect: "401 with the Allow-Origin line, and no Location, when sent without a session".into(),
            });
        }
        if !scene.on_preflight() {
            return check.usual();
        }
        // The page is told to call the target directly: then the Origin is the page's again.
        Some(Verify {
            curl: check.lines.preflight_from(&check.lines.page, "-i", check.url.clone()),
            expect: prose!("a 2xx status and Access-Control-Allow-Origin: {}, once each", scene.page()),
        })
    }

    fn story(&self) -> Story {
        Story::Redirected
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(story(scene))
    }

    fn more(&self, _scene: &Scene<'_>) -> Vec<Line> {
        let now = "the user signs in again in a new tab and reloads the page";
        self.is_login().then(|| Line::new("now", now)).into_iter().collect()
    }

    fn logged<'a>(&self, pair: &'a Pair) -> Option<&'a Exchange> {
        // The fix is at the server that redirects, not at the login page.
        pair.redirected_from.first().map(|hop| &**hop).filter(|_| self.is_login())
    }
}

impl ActualRedirect {
    fn is_login(&self) -> bool {
        self.kind == ActualRedirectKind::Login
    }
}

/// `302 to https://login… (entry 5); the browser went on as GET with "Origin: null" and got 200
/// without Access-Control-Allow-Origin (entry 7)`.
fn story(scene: &Scene<'_>) -> Prose {
    let mut parts: Vec<Prose> = scene
        .pair
        .redirected_from
        .iter()
        .take(20)
        .filter_map(|hop| {
            let head: &ResponseHead = hop.head()?;
            let location = head.headers.get_str("location").unwrap_or_default().into_owned();
            Some(prose!(
                "{} to {} ({})",
                head.status,
                Captured::address(&*location),
                scene.place(quote::response_place(hop))
            ))
        })
        .collect();
    if let Some(response) = scene.response {
        let lacks = match response.headers.presence("access-control-allow-origin") {
            Presence::Absent => " without Access-Control-Allow-Origin",
            _ => "",
        };
        let location = response
            .headers
            .get_str("location")
            .map(|to| prose!(" to {}", Captured::address(&*to)))
            .unwrap_or_default();
        let answer =
            prose!("{}{}{} ({})", response.status, location, lacks, scene.place(quote::response_place(scene.exchange)));
        parts.push(match (parts.is_empty(), scene.exchange.is_preflight()) {
            (true, _) => answer,
            (_, true) => {
                prose!("the browser sent OPTIONS there with \"Origin: {}\" and got {}", scene.pair.origin, answer)
            }
            (_, false) => prose!(
                "the browser went on as {} with \"Origin: {}\" and got {}",
                Captured::text(&*scene.pair.method),
                scene.pair.origin,
                answer
            ),
        });
    }
    Prose::joined(parts, "; ")
}
