//! Group C: redirects, of the preflight and of the request itself.
//!
//! Owns how targets are told apart: https, slash, login page, another host.

use super::Found;
use crate::cors::{Rule, Stage};
use crate::diagnosis::causes::{ActualRedirect, ActualRedirectKind, AuthBeforeCors, PreflightRedirect, RedirectKind};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::exchange::Exchange;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use url::Url;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    match scene.rule? {
        Rule::PreflightRedirect { status, location } => Some(preflight(scene, *status, location)),
        Rule::RedirectCredentials { location } => Some(
            Found::new(
                ActualRedirect { kind: ActualRedirectKind::CredentialsInUrl, location: without_user(location) },
                Certainty::Certain,
                prose!("the redirect's Location holds a user name or password ({})", scene.whereabouts()),
            )
            .brief("user name in Location")
            .at(scene.here(), prose!("Location: {}", Captured::address(without_user(location)))),
        ),
        // Firefox checks Allow-Origin first; the redirect is the cause all the same.
        Rule::AllowOriginMissing if scene.on_preflight() => {
            let response = scene.response?;
            let redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
            let location = scene.header("location").filter(|location| redirect && !location.is_empty());
            match location {
                Some(location) => Some(preflight(scene, response.status, &location)),
                None => after_redirect(scene),
            }
        }
        _ if scene.stage == Some(Stage::Redirect) => redirect_response(scene),
        _ => after_redirect(scene),
    }
}

fn preflight(scene: &Scene<'_>, status: u16, location: &str) -> Found {
    let asked = &*scene.exchange.request.url;
    if scene.response.is_none() && asked.starts_with("http://") {
        let text = prose!(
            "net::ERR_INVALID_REDIRECT without an answer: the browser itself turned http:// into https:// (HSTS), and \
             a preflight may not be redirected ({})",
            scene.whereabouts()
        );
        let location = asked.replacen("http://", "https://", 1);
        return Found::new(PreflightRedirect { status, kind: RedirectKind::Https, location }, Certainty::Likely, text)
            .brief("HSTS, call https:// directly")
            .at(scene.here(), "net::ERR_INVALID_REDIRECT");
    }
    let target = resolve(&scene.exchange.request.url, location);
    let quoted = prose!("{} with \"Location: {}\"", status, Captured::address(quote::shorten(location, 120)));
    if looks_like_login(&target) {
        return Found::new(
            AuthBeforeCors { status, login: Some(target) },
            Certainty::Likely,
            prose!("{}, which looks like a login page ({})", quoted, scene.whereabouts()),
        )
        .brief(prose!("{} to a login page", status))
        .at(scene.here(), quoted);
    }
    let kind = kind_of(&scene.exchange.request.url, &target);
    let certainty = if target.is_empty() { Certainty::Likely } else { Certainty::Certain };
    let brief = match kind {
        RedirectKind::Https => prose!("{}, call https:// directly", status),
        RedirectKind::Http => prose!("{} from https to http", status),
        RedirectKind::Slash => prose!("{} to {}", status, Captured::address(path_of(&target))),
        RedirectKind::Host => prose!("{} to {}", status, Captured::text(host_of(&target))),
        RedirectKind::Path => prose!("{} to {}", status, Captured::address(path_of(&target))),
    };
    Found::new(
        PreflightRedirect { status, kind, location: target },
        certainty,
        prose!("{} ({})", quoted, scene.whereabouts()),
    )
    .brief(brief)
    .at(scene.here(), quoted)
}

/// The redirect response itself has no (or a wrong) Allow-Origin.
fn redirect_response(scene: &Scene<'_>) -> Option<Found> {
    let location = scene.header("location")?;
    let target = resolve(&scene.exchange.request.url, &location);
    let kind = if looks_like_login(&target) {
        ActualRedirectKind::Login
    } else {
        match kind_of(&scene.exchange.request.url, &target) {
            RedirectKind::Https => ActualRedirectKind::Https,
            RedirectKind::Host | RedirectKind::Http => ActualRedirectKind::OtherSite,
            RedirectKind::Slash | RedirectKind::Path => return None,
        }
    };
    let status = scene.response?.status;
    let certainty = if kind == ActualRedirectKind::Login { Certainty::Likely } else { Certainty::Certain };
    Some(
        Found::new(
            ActualRedirect { kind, location: target },
            certainty,
            prose!(
                "{} with \"Location: {}\", and the redirect itself does not allow the page ({})",
                status,
                Captured::address(quote::shorten(&location, 120)),
                scene.whereabouts()
            ),
        )
        .brief(prose!("{} to {}", status, Captured::address(quote::shorten(&location, 40))))
        .quoting(scene, &["location", "access-control-allow-origin"]),
    )
}

/// A later hop of a chain failed.
fn after_redirect(scene: &Scene<'_>) -> Option<Found> {
    let hop: &Exchange = scene.pair.redirected_from.last()?;
    let first = scene.pair.redirected_from.first()?;
    let response = hop.head()?;
    let target = scene.pair.url.to_string();
    let status = response.status;
    let other_origin = crate::exchange::origin_of_url(&first.request.url) != crate::exchange::origin_of_url(&target);
    let kind = if looks_like_login(&target) {
        ActualRedirectKind::Login
    } else if scene.pair.origin.is_null() && !matches!(scene.rule, Some(Rule::AllowOriginMissing)) {
        ActualRedirectKind::TaintedOrigin
    } else if other_origin {
        ActualRedirectKind::OtherSite
    } else {
        return None;
    };
    let hop_place = quote::response_place(hop);
    let mut text = prose!(
        "the redirect ({}, {}) leads to {}",
        status,
        scene.place(hop_place),
        if other_origin { "another origin" } else { "another URL" }
    );
    if kind == ActualRedirectKind::Login {
        text.push(". Likely: the session had ended, since the target is a login page");
    } else if let Some(answer) = scene.response {
        let request = Captured::text(if scene.on_preflight() { "OPTIONS" } else { &*scene.pair.method });
        text = prose!("{}; there {} was answered {} ({})", text, request, answer.status, scene.whereabouts());
    }
    Some(
        Found::new(ActualRedirect { kind, location: target.clone() }, Certainty::Certain, text)
            .brief(prose!("{} to {}", status, Captured::text(host_of(&target))))
            .at(
                (Side::RedirectResponse, hop_place),
                prose!("status {}, Location: {}", status, Captured::address(&*target)),
            )
            .at(scene.here(), scene.response.map_or_else(Prose::new, |answer| prose!("status {}", answer.status))),
    )
}

/// `location` against the URL it was sent for; empty when it is no URL.
fn resolve(base: &str, location: &str) -> String {
    Url::parse(base).and_then(|base| base.join(location)).map(String::from).unwrap_or_default()
}

fn without_user(location: &str) -> String {
    Url::parse(location).map_or_else(
        |_| location.to_owned(),
        |mut url| {
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.into()
        },
    )
}

fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn path_of(url: &str) -> String {
    Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default()
}

fn kind_of(from: &str, to: &str) -> RedirectKind {
    let (Ok(from), Ok(to)) = (Url::parse(from), Url::parse(to)) else { return RedirectKind::Path };
    if from.host_str() != to.host_str() {
        return RedirectKind::Host;
    }
    if from.scheme() == "http" && to.scheme() == "https" {
        return RedirectKind::Https;
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return RedirectKind::Http;
    }
    if from.port_or_known_default() != to.port_or_known_default() {
        return RedirectKind::Host;
    }
    let slash = from.path() != to.path() && from.path().trim_end_matches('/') == to.path().trim_end_matches('/');
    if slash { RedirectKind::Slash } else { RedirectKind::Path }
}

/// Whether a URL is that of a login page, by the words in its host and path.
fn looks_like_login(url: &str) -> bool {
    const WORDS: [&str; 15] = [
        "login",
        "signin",
        "logon",
        "sso",
        "saml",
        "saml2",
        "oauth",
        "oauth2",
        "openid",
        "authorize",
        "idp",
        "adfs",
        "cas",
        "cloudflareaccess",
        "microsoftonline",
    ];
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let text =
        format!("{host} {}", url.path().to_ascii_lowercase()).replace("sign-in", "signin").replace("log-in", "login");
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
        || host.split('.').any(|label| matches!(label, "auth" | "accounts" | "okta" | "auth0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_pages_are_known_by_whole_words() {
        for url in [
            "https://login.shop.test/sso",
            "https://a.example/users/sign-in",
            "https://team.cloudflareaccess.com/cdn-cgi/access",
            "https://auth.shop.test/realms/x",
        ] {
            assert!(looks_like_login(url), "{url}");
        }
        for url in ["https://api.shop.test/logins-report", "https://api.shop.test/authors", "https://a.example/assort"]
        {
            assert!(!looks_like_login(url), "{url}");
        }
    }

    #[test]
    fn targets_are_told_apart() {
        assert_eq!(kind_of("http://a.test/x", "https://a.test/x"), RedirectKind::Https);
        assert_eq!(kind_of("https://a.test/x", "https://a.test/x/"), RedirectKind::Slash);
        assert_eq!(kind_of("https://a.test/x/", "https://a.test/x"), RedirectKind::Slash);
        assert_eq!(kind_of("https://a.test/x", "https://www.a.test/x"), RedirectKind::Host);
        assert_eq!(kind_of("https://a.test/x", "https://a.test/y"), RedirectKind::Path);
        assert_eq!(kind_of("https://a.test/x", "http://a.test/x/"), RedirectKind::Http);
        assert_eq!(resolve("https://a.test/api/data", "/api/data/"), "https://a.test/api/data/");
    }
}
