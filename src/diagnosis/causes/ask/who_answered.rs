//! Group B: who answered. Not the application but a proxy, a firewall or a cache, or the
//! application's own CORS layer with a refusal.
//!
//! Owns the signatures of such answers.

use super::Found;
use crate::cors::Rule;
use crate::diagnosis::causes::{CdnCached, NetworkProxy, OriginRefusedByServer, WafBlock};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::exchange::{Presence, ResponseHead};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    scene.response?;
    scene.rule?;
    network_proxy(scene).or_else(|| waf(scene)).or_else(|| cached(scene)).or_else(|| origin_refused(scene))
}

/// What a signature looks at. All texts are lower case.
enum Sign {
    /// A header of this name stands in the response.
    Has(&'static str),
    /// A header's value contains this.
    Says(&'static str, &'static str),
    /// The body's start contains this.
    Body(&'static str),
    /// A cookie whose name starts so is set.
    Cookie(&'static str),
    /// The status.
    Status(u16),
    /// A web page instead of data, or an error status.
    Refusing,
}

impl Sign {
    /// The evidence when the response has the sign.
    fn seen(&self, scene: &Scene<'_>) -> Option<Prose> {
        match self {
            Self::Has(name) => scene.has(name).then(|| scene.quoted(name)).flatten(),
            Self::Says(name, part) => scene.contains(name, part).then(|| scene.quoted(name)).flatten(),
            Self::Body(part) => scene.said(part).map(|words| prose!("the body says \"{}\"", Captured::text(words))),
            Self::Cookie(start) => scene.headers()?.lines("set-cookie").find_map(|line| match line.value {
                crate::exchange::Value::Secret(secret) => secret
                    .names
                    .first()
                    .filter(|name| name.to_ascii_lowercase().starts_with(start))
                    .map(|name| prose!("\"Set-Cookie: {}=…\"", Captured::text(&**name))),
                _ => None,
            }),
            Self::Status(status) => scene
                .response
                .filter(|response| response.status == *status)
                .map(|response| prose!("{}", response.status)),
            Self::Refusing => {
                scene.response.filter(|response| response.status >= 400 || scene.is_html()).map(|response| {
                    if response.status >= 400 { prose!("{}", response.status) } else { "a web page".into() }
                })
            }
        }
    }
}

struct Signature {
    by: &'static str,
    certainty: Certainty,
    /// All of them must be seen.
    all: &'static [Sign],
}

const fn certain(by: &'static str, all: &'static [Sign]) -> Signature {
    Signature { by, certainty: Certainty::Certain, all }
}

const fn likely(by: &'static str, all: &'static [Sign]) -> Signature {
    Signature { by, certainty: Certainty::Likely, all }
}

use Sign::{Body, Cookie, Has, Refusing, Says, Status};

const NETWORK_PROXIES: &[Signature] = &[
    certain("a proxy that wants a login", &[Status(407)]),
    certain("a captive portal", &[Status(511)]),
    certain("a proxy that wants a login", &[Has("proxy-authenticate"), Refusing]),
    certain("Squid", &[Has("x-squid-error")]),
    certain("Squid", &[Says("server", "squid"), Refusing]),
    certain("Zscaler", &[Says("server", "zscaler")]),
    certain("Zscaler", &[Body("zscaler"), Refusing]),
    certain("Blue Coat", &[Has("x-bluecoat-via"), Refusing]),
    certain("FortiGuard", &[Body("fortiguard"), Refusing]),
    certain("Cisco Umbrella", &[Says("server", "umbrella"), Refusing]),
    certain("McAfee Web Gateway", &[Body("mcafee web gateway"), Refusing]),
    likely("Zscaler", &[Says("location", "zscaler")]),
];

/// What CloudFront's page says when the behaviour allows no OPTIONS.
const NOT_CONFIGURED: &str = "not configured to allow the http request method";

const FIREWALLS: &[Signature] = &[
    certain("Cloudflare", &[Has("cf-mitigated")]),
    certain("Cloudflare", &[Says("server", "cloudflare"), Body("just a moment"), Refusing]),
    certain("Cloudflare", &[Says("server", "cloudflare"), Body("sorry, you have been blocked"), Refusing]),
    certain("Cloudflare", &[Says("server", "cloudflare"), Body("error code: 10"), Refusing]),
    certain("CloudFront", &[Status(403), Says("x-cache", "error from cloudfront"), Body(NOT_CONFIGURED)]),
    certain("CloudFront", &[Status(403), Says("x-cache", "error from cloudfront"), Body("request blocked")]),
    // The line alone stands on a 403 of the server behind it, too.
    likely("CloudFront", &[Status(403), Says("server", "cloudfront"), Says("x-cache", "error from cloudfront")]),
    certain("AWS WAF", &[Has("x-amzn-waf-action")]),
    likely("AWS WAF", &[Status(403), Says("server", "awselb")]),
    certain("Imperva", &[Body("incapsula incident")]),
    certain("Imperva", &[Body("_incapsula_resource")]),
    likely("Imperva", &[Has("x-iinfo"), Refusing]),
    likely("Imperva", &[Cookie("visid_incap_"), Refusing]),
    certain("Akamai", &[Says("server", "akamaighost"), Body("reference"), Refusing]),
    likely("Akamai", &[Status(403), Says("server", "akamaighost")]),
    certain("Sucuri", &[Has("x-sucuri-block")]),
    likely("Sucuri", &[Says("server", "sucuri"), Refusing]),
    certain("DataDome", &[Has("x-datadome"), Refusing]),
    certain("DataDome", &[Says("server", "datadome"), Refusing]),
    certain("HUMAN", &[Body("px-captcha"), Refusing]),
    certain("F5", &[Body("the requested url was rejected. please consult with your administrator")]),
    certain("ModSecurity", &[Body("mod_security"), Refusing]),
    certain("ModSecurity", &[Body("modsecurity"), Refusing]),
    certain("Wordfence", &[Body("generated by wordfence"), Refusing]),
    certain("Azure WAF", &[Has("x-azure-ref"), Status(403), Body("the request is blocked")]),
    certain("Vercel", &[Has("x-vercel-mitigated")]),
];

fn first<'s>(scene: &Scene<'_>, signatures: &'s [Signature]) -> Option<(&'s Signature, Vec<Prose>)> {
    signatures.iter().find_map(|signature| {
        let seen: Option<Vec<Prose>> = signature.all.iter().map(|sign| sign.seen(scene)).collect();
        seen.map(|seen| (signature, seen))
    })
}

fn network_proxy(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    let (signature, seen) = first(scene, NETWORK_PROXIES)?;
    let seen = Prose::joined(seen, ", ");
    Some(
        Found::new(
            NetworkProxy { status: response.status },
            signature.certainty,
            prose!("{} answered: {} ({})", signature.by, seen, scene.whereabouts()),
        )
        .brief(seen.clone())
        .at(scene.here(), seen),
    )
}

fn waf(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    if !scene.lacks_allow_origin() && (200..400).contains(&response.status) {
        return None;
    }
    if let Some((signature, mut seen)) = first(scene, FIREWALLS) {
        let status = prose!("{}", response.status);
        seen.retain(|seen| *seen != status);
        let seen = Prose::joined(seen, ", ");
        let found = Found::new(
            WafBlock { status: response.status, by: Some(signature.by) },
            signature.certainty,
            prose!("{} answered {}: {} ({})", signature.by, response.status, seen, scene.whereabouts()),
        )
        .brief(seen.clone())
        .at(scene.here(), prose!("status {}, {}", response.status, seen));
        let unsaid = signature.by == "CloudFront" && signature.certainty == Certainty::Likely;
        return Some(match (unsaid, scene.on_preflight()) {
            (false, _) => found,
            (true, true) => found.candidates(&[
                "the behaviour's Allowed HTTP methods is GET, HEAD (the commonest)",
                "a rule of AWS WAF",
                "a 403 of the server behind CloudFront, passed on",
            ]),
            (true, false) => {
                found.candidates(&["a rule of AWS WAF", "a 403 of the server behind CloudFront, passed on"])
            }
        });
    }
    // A preflight accepts anything; an answer that finds nothing acceptable is a rule set's.
    let accepts_all = scene.exchange.request.headers.get_str("accept").is_some_and(|accept| accept.contains("*/*"));
    let not_acceptable = response.status == 406 && scene.on_preflight() && accepts_all;
    not_acceptable.then(|| {
        let page =
            scene.said("not acceptable!").map(|words| prose!(", and the page says \"{}\"", Captured::text(words)));
        Found::new(
            WafBlock { status: 406, by: None },
            Certainty::Likely,
            prose!(
                "406 to a request that accepts anything{} ({}); rule sets such as ModSecurity answer so",
                page,
                scene.whereabouts()
            ),
        )
        .brief("406 to a request that accepts anything")
        .at(scene.here(), "status 406; the request has \"Accept: */*\"")
    })
}

/// The header that says that a cache answered, and whether it says so outright.
fn cache_hit(scene: &Scene<'_>) -> Option<(&'static str, bool)> {
    for name in ["x-cache", "cf-cache-status", "x-vercel-cache", "cache-status", "x-cache-status", "x-proxy-cache"] {
        if let Some(value) = scene.header(name) {
            let value = value.to_ascii_lowercase();
            if value.contains("hit") && !value.contains("error") {
                return Some((name, true));
            }
        }
    }
    let number = |name: &str| scene.header(name).and_then(|value| value.trim().parse::<u64>().ok()).unwrap_or(0);
    if number("x-cache-hits") > 0 {
        return Some(("x-cache-hits", true));
    }
    (number("age") > 0).then_some(("age", false))
}

fn cached(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    let made_for = match scene.rule? {
        Rule::AllowOriginMissing => None,
        Rule::AllowOriginMismatch { value } if value.starts_with("http") => Some(value.clone()),
        _ => return None,
    };
    let vary = scene.vary();
    if response.status >= 400 || vary.iter().any(|name| name == "origin" || name == "*") {
        return None;
    }
    let (hit, outright) = cache_hit(scene)?;
    let known_elsewhere = scene.preflight_allowed_origin() || scene.facts.allows(scene.pair).is_some();
    let certainty = if outright && known_elsewhere { Certainty::Certain } else { Certainty::Likely };
    let mut bytes: Vec<Prose> = [hit, "age"].iter().filter_map(|name| scene.quoted(name)).collect();
    bytes.dedup();
    let what = match &made_for {
        Some(_) => "another site's origin",
        None => "no Access-Control-Allow-Origin",
    };
    let brief = Prose::joined(bytes, ", ");
    Some(
        Found::new(
            CdnCached { made_for },
            certainty,
            prose!("{}, {}, and no \"Vary: Origin\" ({})", brief, what, scene.whereabouts()),
        )
        .brief(brief)
        .quoting(scene, &[hit, "age", "vary", "access-control-allow-origin"]),
    )
}

/// What the manual of Express's package lets an origin function say.
const BY_APPLICATION: (&str, &str) = ("not allowed by cors", "the application");

fn origin_refused(scene: &Scene<'_>) -> Option<Found> {
    let response = scene.response?;
    if !matches!(scene.rule?, Rule::AllowOriginMissing) {
        return None;
    }
    by_words(scene, response).or_else(|| by_bucket(scene, response)).or_else(|| by_headers(scene, response))
}

/// Storage answers OPTIONS by itself, without a word, when no CORS rule of the bucket fits or there is none.
fn by_bucket(scene: &Scene<'_>, response: &ResponseHead) -> Option<Found> {
    let silent = scene.silent_refusal().filter(|silent| response.status == silent.status && scene.on_preflight())?;
    let (line, because, status) = (scene.quoted("server")?, silent.because, silent.status);
    Some(
        Found::new(
            OriginRefusedByServer,
            Certainty::Likely,
            prose!("{} to OPTIONS with {} ({}); {}", status, line, scene.whereabouts(), because),
        )
        .brief(prose!("{}, {}", status, line))
        .at(scene.here(), prose!("status {}", quote::status(response)))
        .quoting(scene, &["server"]),
    )
}

/// A CORS layer that says that it refused.
fn by_words(scene: &Scene<'_>, response: &ResponseHead) -> Option<Found> {
    // An error page of a crash may quote such words; the crash is the cause then.
    let reason = response.reason.to_ascii_lowercase();
    let named = |words: &str| {
        let in_reason = || reason.find(words).and_then(|at| response.reason.get(at..at.saturating_add(words.len())));
        scene.said(words).filter(|_| response.status < 500).or_else(in_reason)
    };
    let mut known = stacks::refusals().chain([BY_APPLICATION]);
    if let Some((words, library)) = known.find_map(|(words, library)| Some((named(words)?, library))) {
        return Some(
            Found::new(
                OriginRefusedByServer,
                Certainty::Certain,
                prose!(
                    "\"{}\" in the answer, the words of {} ({})",
                    Captured::text(words),
                    library,
                    scene.whereabouts()
                ),
            )
            .brief(prose!("\"{}\"", Captured::text(words)))
            .at(scene.here(), prose!("status {}, \"{}\"", response.status, Captured::text(words))),
        );
    }
    for (name, part) in [("x-ms-error-code", "corspreflightfailure"), ("x-rack-cors", "no-origin")] {
        if scene.contains(name, part) {
            let line = scene.quoted(name)?;
            return Some(
                Found::new(OriginRefusedByServer, Certainty::Certain, prose!("{} ({})", line, scene.whereabouts()))
                    .brief(line)
                    .quoting(scene, &[name]),
            );
        }
    }
    None
}

/// Headers alone: a CORS layer ran and left out the one line that matters.
fn by_headers(scene: &Scene<'_>, response: &ResponseHead) -> Option<Found> {
    let others: Vec<&str> = [
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-allow-credentials",
        "access-control-max-age",
        "access-control-expose-headers",
    ]
    .into_iter()
    .filter(|name| matches!(response.headers.presence(name), Presence::Present(_)))
    .collect();
    let vary = scene.vary();
    let varies = vary.iter().any(|name| name == "origin");
    let by_status = match response.status {
        200..=299 => !others.is_empty() || varies,
        // Spring and its kin: 403 with the three names that a preflight's answer depends on.
        403 => {
            scene.on_preflight()
                && (!others.is_empty()
                    || (varies && vary.iter().any(|name| name.starts_with("access-control-request-"))))
        }
        _ => false,
    };
    if !by_status || (!scene.on_preflight() && scene.preflight_allowed_origin()) {
        return None;
    }
    let short = |name: &&str| Captured::text(quote::title_case(&name.replace("access-control-", "")));
    let mut there: Vec<Prose> = others.iter().map(|name| short(name).into()).collect();
    if varies {
        // A layer that adds each name by a line of its own has its names quoted together.
        let line = scene.header("vary").unwrap_or_else(|| "Origin".to_owned());
        there.push(prose!("\"Vary: {}\"", Captured::text(quote::shorten(&line, 120))));
    }
    let verb = if there.len() == 1 { "is" } else { "are" };
    let there = Prose::listed(there);
    Some(
        Found::new(
            OriginRefusedByServer,
            Certainty::Likely,
            prose!("{} {} there, only Allow-Origin is not ({})", there, verb, scene.whereabouts()),
        )
        .brief(prose!("{} without Allow-Origin", there))
        .quoting(scene, &others)
        .quoting(scene, &["vary"]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::headers::may_be_shown;

    #[test]
    fn every_value_that_a_signature_reads_is_kept() {
        let signs = NETWORK_PROXIES.iter().chain(FIREWALLS).flat_map(|signature| signature.all);
        let read: Vec<&str> =
            signs.filter_map(|sign| if let Says(name, _) = sign { Some(*name) } else { None }).collect();
        assert!(!read.is_empty());
        for name in read {
            assert!(may_be_shown(name.as_bytes()), "{name}");
        }
    }
}
