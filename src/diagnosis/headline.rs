//! The headline: one sentence on what happened, in the reader's words.
//!
//! Owns nothing else. The first words say so when it is not a CORS problem. Where the cause is only
//! likely, the sentence says "probably" or "seems"; where it is certain, it does neither.

use super::cause::{ActualRedirectKind, Blocked, Difference, RedirectKind, Scene, TlsFault, Wildcard, net_error};
use super::{Cause, Certainty, event, quote};
use crate::cors::Stage;
use crate::exchange::{End, SILENCE, Side};
use crate::pairing::Credentials;

/// What is known of the credentials: a cookie in the file, what the browser's console says, or what its
/// refusal suggests.
fn asks(scene: &Scene<'_>) -> &'static str {
    match &scene.pair.credentials {
        known if !known.certain => "The page probably asks with credentials",
        known if known.because == Credentials::CONSOLE => "The page asks with credentials",
        _ => "The page sends cookies",
    }
}

/// One sentence: what happened.
#[allow(clippy::too_many_lines, reason = "one arm a cause, each a sentence")]
pub(super) fn headline(scene: &Scene<'_>, cause: &Cause, certainty: Certainty) -> String {
    let pair = scene.pair;
    let method = &*pair.method;
    let request = quote::request(method);
    let never = format!("so the browser never sent the {request}");
    let preflight = scene.stage == Some(Stage::Preflight);
    let so = if preflight { format!(", {never}") } else { String::new() };
    let likely = certainty == Certainty::Likely;
    let or = |sure: &'static str, guess: &'static str| if likely { guess } else { sure };
    if let Some(error) = net_error(scene, cause) {
        return error.headline();
    }
    match cause {
        Cause::ServerUnreachable { dns: true } => {
            "The name of the server could not be resolved. No CORS rule was reached.".into()
        }
        Cause::ServerUnreachable { dns: false } => {
            "The browser could not connect to the server. No CORS rule was reached.".into()
        }
        Cause::ConnectionReset if preflight => {
            "The connection was cut while the preflight waited for its answer. No CORS rule was reached.".into()
        }
        Cause::ConnectionReset => "The connection was cut before an answer came. No CORS rule was reached.".into(),
        Cause::ConnectionClosed => {
            "The server closed the connection without an answer. No CORS rule was reached.".into()
        }
        Cause::PreflightTimeout { stage } if let_go(scene).is_some() => {
            let event = let_go(scene).unwrap_or_default();
            let (what, so) = match stage {
                Stage::Preflight => ("preflight", format!(", {never}")),
                _ => ("request", String::new()),
            };
            format!("The {what} was not answered in the {event} until the client closed{so}.")
        }
        Cause::PreflightTimeout { stage: Stage::Preflight } => format!("The preflight was never answered, {never}."),
        Cause::PreflightTimeout { .. } => format!("The {request} was never answered. No CORS rule was reached."),
        Cause::TlsFailure { fault: TlsFault::ServerCertificate } => {
            "The browser does not trust the server's certificate. No CORS rule was reached.".into()
        }
        Cause::TlsFailure { fault: TlsFault::ClientCertificate } => {
            "The server wants a client certificate, and this connection brought none that it accepts. No CORS rule was \
             reached."
                .into()
        }
        Cause::TlsFailure { fault: TlsFault::BehindProxy } => {
            "The proxy that recorded this could not open TLS to the server. No CORS rule was reached.".into()
        }
        Cause::TlsFailure { fault: TlsFault::Connection } => {
            "The TLS connection failed. No CORS rule was reached.".into()
        }
        Cause::InvalidHttp => "What came back is not an HTTP answer, so it has no CORS headers either.".into(),
        Cause::ResponseCut => "The answer passed the CORS check; its body was cut short.".into(),
        Cause::RequestAborted => "The page or user cancelled the request before an answer came.".into(),
        Cause::NoAnswer => "No answer came, and this file does not say why.".into(),
        Cause::BlockedBeforeNetwork { kind: Blocked::MixedContent } => {
            format!("A page of https may not call http: the browser {}never sent the request.", or("", "probably "))
        }
        Cause::BlockedBeforeNetwork { kind: Blocked::LocalNetwork } => {
            "The browser refused to let a public page call a machine on the local network. No server setting is wrong."
                .into()
        }
        Cause::BlockedBeforeNetwork { kind: Blocked::Csp } => {
            "The page's own Content-Security-Policy forbids this address. The server was never asked.".into()
        }
        Cause::BlockedBeforeNetwork { .. } => "The browser never sent the request. The server was not asked.".into(),
        Cause::BlockedByExtension => {
            let stopped = or("stopped", "probably stopped");
            format!("An extension of this browser {stopped} the request. The server was not asked.")
        }
        Cause::ResourcePolicy => "Another rule than CORS withheld the answer: CORP, COEP or ORB.".into(),
        Cause::NetworkProxy { status: 0 } => {
            "The proxy of the user's network did not pass the request on. No CORS rule was reached.".into()
        }
        Cause::NetworkProxy { .. } => {
            format!(
                "Something in the customer's network {} instead of the API. Its answer has no CORS headers.",
                or("answered", "seems to have answered")
            )
        }
        Cause::WafBlock { by, status } => {
            format!(
                "{} {} the {} ({status}){so}.",
                by.unwrap_or("A firewall or CDN"),
                or("refused", "seems to have refused"),
                if preflight { "preflight" } else { "request" }
            )
        }
        Cause::CdnCached { made_for: Some(other) } => {
            format!("A cache {} a copy that was made for {other}.", or("returned", "seems to have returned"))
        }
        Cause::CdnCached { made_for: None } => {
            format!("A cache {} a copy without CORS headers{so}.", or("returned", "seems to have returned"))
        }
        Cause::OriginRefusedByServer if likely && scene.is_s3() => {
            format!("No CORS rule of the S3 bucket seems to fit this page's request, {never}.")
        }
        Cause::OriginRefusedByServer => format!(
            "The server's CORS rules {} this page out: {} is {}not on the list.",
            or("ran and left", "seem to leave"),
            pair.origin,
            or("", "probably ")
        ),
        Cause::AuthBeforeCors { login: Some(_), .. } => {
            format!("The preflight was sent to {}, {never}.", or("a login page", "what seems to be a login page"))
        }
        Cause::AuthBeforeCors { status, .. } => {
            let answered = or("The login check answered", "A login check seems to have answered");
            format!("{answered} the preflight with {status}, {never}.")
        }
        Cause::PreflightRedirect { .. } if scene.response.is_none() => {
            let turned = or("turned", "seems to have turned");
            format!(
                "The browser itself {turned} the preflight to https (HSTS); a preflight may not be redirected, {never}."
            )
        }
        Cause::PreflightRedirect { kind, status, .. } => {
            let to = match kind {
                RedirectKind::Https => "to https",
                RedirectKind::Http => "from https to http",
                RedirectKind::Slash => "to the same path with or without a slash",
                RedirectKind::Host => "to another host",
                RedirectKind::Path => "to another URL",
            };
            let was = or("was", "was probably");
            format!("The preflight {was} redirected {to} ({status}), which browsers do not follow, {never}.")
        }
        Cause::ActualRedirect { kind: ActualRedirectKind::Login, .. } => {
            let page = or("the login page", "what seems to be the login page");
            format!("The API sent the browser to {page} instead of answering. The CORS text is a side effect.")
        }
        Cause::ActualRedirect { kind: ActualRedirectKind::CredentialsInUrl, .. } => {
            "The request was redirected to a URL with a user name or password, which browsers refuse.".into()
        }
        Cause::ActualRedirect { .. } => "The request was redirected to a place that does not allow this page.".into(),
        Cause::NoOptionsHandler { status: 404 } => {
            format!("{} OPTIONS at this URL (404), {never}.", or("Nothing answers", "Nothing seems to answer"))
        }
        Cause::NoOptionsHandler { status } => {
            let does = or("does not accept OPTIONS", "seems to accept no OPTIONS");
            format!("The server {does} on this URL ({status}), {never}.")
        }
        Cause::PreflightRateLimited { status } => format!("A rate limit refused the preflight ({status}), {never}."),
        Cause::UpstreamDown { status } => {
            let is = or("is", "is probably");
            let how = match status {
                502 => "down, broke off or answered badly",
                504 => "too slow",
                _ => "down or too slow",
            };
            format!("The application behind the proxy {is} {how} ({status}). The CORS text is a side effect.")
        }
        Cause::PreflightServerError { status } => {
            format!("The server failed while it answered the preflight ({status}), {never}.")
        }
        Cause::PreflightBadStatus { status } if certainty == Certainty::Unknown => {
            let silent = scene.body_line().is_empty();
            let why =
                if silent { "This file does not show who refused it, or why" } else { "Its page does not say why" };
            format!("The server refused the preflight with {status}. {why}.")
        }
        Cause::PreflightBadStatus { status } => format!("The preflight was answered with {status}, not 2xx, {never}."),
        Cause::OptionsWithoutCors { .. } => {
            format!("The server answers OPTIONS by itself and without any CORS header, {never}.")
        }
        Cause::Html200Page { .. } => format!("A web page came back instead of an API answer{so}."),
        Cause::ErrorResponseWithoutCors { status } => format!(
            "The API failed with {status}{}. The browser hid that error because the {status} has no CORS headers.",
            or("", ", which is probably the fault to mend")
        ),
        Cause::AllowOriginMissing { stage: Stage::Preflight } => {
            format!("The answer to the preflight has no Access-Control-Allow-Origin, {never}.")
        }
        Cause::AllowOriginMissing { .. } => {
            "The answer has no Access-Control-Allow-Origin, so the page may not read it.".into()
        }
        Cause::AllowOriginMultiple { value, .. } => {
            let own = value.split([',', ' ']).any(|item| item.trim() == pair.origin.as_str());
            if own && cause.title().contains("twice") {
                "The right origin is allowed, but the header is sent twice; browsers refuse that.".into()
            } else {
                "Access-Control-Allow-Origin holds more than one value; browsers refuse that.".into()
            }
        }
        Cause::AllowOriginMismatch { value, difference } => mismatch(scene, value, *difference),
        Cause::AllowOriginInvalid { value } if value.is_empty() => {
            "Access-Control-Allow-Origin is there and empty.".into()
        }
        Cause::AllowOriginInvalid { value } if quote::in_quotation_marks(value).is_some() => {
            "Access-Control-Allow-Origin has quotation marks around its value, which is then no origin.".into()
        }
        Cause::AllowOriginInvalid { value } => {
            format!("Access-Control-Allow-Origin says \"{value}\", which is no origin.")
        }
        Cause::WildcardWithCredentials { on: Wildcard::Origin } => {
            format!("{}, and then the server may not answer with \"*\".", asks(scene))
        }
        Cause::WildcardWithCredentials { on } => {
            format!("{}, and then \"*\" in {} stands for nothing.", asks(scene), quote::title_case(on.header()))
        }
        Cause::AllowCredentialsMissing => {
            format!("{}, and the server does not say Access-Control-Allow-Credentials: true.", asks(scene))
        }
        Cause::AllowCredentialsInvalid { value } => {
            format!("{}, and Access-Control-Allow-Credentials reads \"{value}\" instead of true.", asks(scene))
        }
        Cause::AllowMethodsInvalid { .. } => {
            format!("Access-Control-Allow-Methods is no list of methods with commas, {never}.")
        }
        Cause::AllowHeadersInvalid { .. } => {
            format!("Access-Control-Allow-Headers is no list of names with commas, {never}.")
        }
        Cause::MethodNotAllowed { method, listed_as: Some(other) } => {
            format!(
                "The server {}allows \"{other}\" and the page asks for {method}; letters' case counts, {never}.",
                or("", "probably ")
            )
        }
        Cause::MethodNotAllowed { method, .. } => {
            format!("The server {} the method {method}, {never}.", or("does not list", "seems not to list"))
        }
        Cause::HeaderNotAllowed { names } => {
            let names: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
            let lists = or("does not list", "seems not to list");
            format!("The server {lists} the request {}, {never}.", quote::names(&names))
        }
    }
}

/// How long the client waited before it gave up itself, where packets tell: `1.67 s`.
pub(super) fn let_go(scene: &Scene<'_>) -> Option<String> {
    let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
    let events = [Some(scene.exchange), preflight].into_iter().flatten();
    events.flat_map(|exchange| &exchange.note.events).find_map(|event| match event.what.ended()? {
        (_, End::Alert(_), _) | (Side::Server, ..) => None,
        (Side::Client, _, waited) => waited.filter(|waited| *waited >= SILENCE).map(event::duration),
    })
}

fn mismatch(scene: &Scene<'_>, value: &str, difference: Difference) -> String {
    match difference {
        Difference::Null if scene.pair.origin.is_null() => {
            format!(
                "The page's origin is null (sandboxed, a file, or after a redirect), and the server allows {value}."
            )
        }
        Difference::Null => "The server allows the origin null, which is not this page.".into(),
        Difference::Pattern => format!("The server answers with the pattern {value}; browsers want the origin itself."),
        Difference::Host => "The server allows another site than this page.".into(),
        Difference::Slash => "The allowed origin differs from the page's by a slash at the end.".into(),
        Difference::Scheme => "The allowed origin differs from the page's by its scheme (http or https).".into(),
        Difference::Port => "The allowed origin differs from the page's by its port.".into(),
        Difference::DefaultPort => {
            "The allowed origin differs from the page's by the default port, which browsers leave out.".into()
        }
        Difference::Case => "The allowed origin differs from the page's by the case of a letter.".into(),
        Difference::Path => "The allowed origin has a path after it; an origin has none.".into(),
    }
}
