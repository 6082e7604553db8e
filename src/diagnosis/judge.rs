//! Judges one pair: what each engine did with it, at which response, by which rule.
//!
//! Owns the verdict and the reasons for doubt. Asks `cors` for the steps; looks for no cause.

use super::ending;
use super::verdict::{Doubt, Failure, Judged, Verdict, hides_response_headers};
use crate::cors::{Engine, Rule, Stage, Steps, cors_check, preflight_check};
use crate::exchange::{
    Exchange, FailureMark, Listing, NetError, NoResponse, RecorderError, ResponseHead, Vantage, origin_of_url,
};
use crate::pairing::{
    MissingPreflight, Mode, Pair, PairKind, effective_url, engine_named, leads_to_credentials, was_accepted,
};

/// Judges a pair; `forced` is the engine the user asked for, if any.
pub fn judge(pair: Pair, forced: Option<Engine>) -> Judged {
    let judged_as = forced.or_else(|| engine_named(pair.representative())).unwrap_or(Engine::Chromium);
    let engines = Engine::all().map(|engine| verdict(&pair, engine));
    let verdict = match judged_as {
        Engine::Chromium => &engines[0],
        Engine::Firefox => &engines[1],
        Engine::WebKit => &engines[2],
    };
    let included = match pair.credentials.mode {
        Mode::Include => true,
        Mode::NotInclude => false,
        Mode::Unknown => {
            matches!(verdict, Verdict::Undecided { doubt: Doubt::CredentialsUnknown, .. })
        }
    };
    Judged::new(pair, judged_as, engines, included)
}

/// What came of a check in one credentials mode.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(Rule),
    Unreadable,
}

fn outcome(steps: &Steps) -> Outcome {
    if steps.first_unreadable().is_some() {
        return Outcome::Unreadable;
    }
    steps.first_failure().map_or(Outcome::Passed, |rule| Outcome::Failed(rule.clone()))
}

fn verdict(pair: &Pair, engine: Engine) -> Verdict {
    if let Some(verdict) = before_network(pair).or_else(|| by_service_worker(pair)) {
        return verdict;
    }
    let verdict = on_preflight(pair, engine).unwrap_or_else(|| on_actual(pair, engine));
    soften(pair, verdict)
}

/// Facts that leave room for another reading of the same bytes.
fn soften(pair: &Pair, verdict: Verdict) -> Verdict {
    let Verdict::Fail(Failure::Rule { stage, rule }) = verdict else { return verdict };
    let doubt = if pair.behind_proxy.is_some() {
        Doubt::BehindProxy
    } else if pair.maybe_form {
        Doubt::MaybeForm
    } else {
        return Verdict::Fail(Failure::Rule { stage, rule });
    };
    Verdict::Undecided { doubt, conditional: Some((stage, rule)) }
}

/// A service worker answered the page: what it answered with was fetched, and checked, by a request of
/// its own. Only whether the page got something can be told here.
fn by_service_worker(pair: &Pair) -> Option<Verdict> {
    let actual = pair.actual().filter(|actual| actual.note.service_worker)?;
    let delivered = actual.head().is_some() && actual.note.error.is_none();
    Some(if delivered {
        Verdict::Pass
    } else {
        Verdict::Undecided { doubt: Doubt::BlockedUnexplained, conditional: None }
    })
}

/// Errors that say the browser itself stopped the request or withheld the answer.
fn before_network(pair: &Pair) -> Option<Verdict> {
    let browser = |exchange: &Exchange| exchange.recorder.vantage == Vantage::Browser;
    let preflight = pair.preflight().map(|preflight| &**preflight.exchange());
    let candidates = [pair.actual().map(|actual| &**actual), preflight];
    for exchange in candidates.into_iter().flatten().filter(|exchange| browser(exchange)) {
        if let Some(error) = exchange.note.error.as_ref().and_then(RecorderError::net)
            && (error.short().starts_with("BLOCKED_BY_") || error.name() == NetError::UNSAFE_PORT)
        {
            return Some(Verdict::Fail(Failure::Browser { error: Some(error.clone()) }));
        }
    }
    // Mixed content leaves no error text: an https page, an http URL, nothing sent.
    let actual = pair.actual()?;
    let page = pair.page.as_ref().unwrap_or(&pair.origin);
    let mixed = browser(actual)
        && preflight.is_none()
        && actual.head().is_none()
        && actual.note.error.is_none()
        && actual.recorder.failure_mark == FailureMark::NetError
        && page.as_str().starts_with("https://")
        && effective_url(actual).starts_with("http://")
        && !ending::is_loopback(&pair.url);
    mixed.then_some(Verdict::Fail(Failure::Browser { error: None }))
}

/// The preflight's verdict when it settles the pair; `None` when the actual request decides.
fn on_preflight(pair: &Pair, engine: Engine) -> Option<Verdict> {
    let preflight = pair.preflight()?;
    let exchange = preflight.exchange();
    let actual = pair.actual();
    // A request that went out proves that its preflight passed.
    let sent = actual.is_some_and(|actual| was_accepted(preflight, actual));
    let response = match &exchange.response {
        Ok(response) => response,
        Err(_) if sent => return None,
        Err(_) if exchange.note.error.as_ref().is_some_and(|error| error.is_net(NetError::INVALID_REDIRECT)) => {
            // Chromium redirected it by itself (HSTS): nothing went out, and a preflight may not be redirected.
            let rule = Rule::PreflightRedirect { status: 307, location: String::new() };
            return Some(Verdict::Fail(Failure::Rule { stage: Stage::Preflight, rule }));
        }
        Err(what) => return Some(no_answer(pair, Stage::Preflight, what)),
    };
    let check = |include| outcome(&preflight_check(engine, &pair.request(include), response));
    let found = by_mode(pair, &check);
    match found {
        ByMode::Passed => match actual {
            Some(_) => None,
            None if exchange.recorder.failures == Listing::Never => {
                Some(Verdict::Undecided { doubt: Doubt::ActualNotExported, conditional: None })
            }
            None => Some(Verdict::Pass),
        },
        ByMode::Failed(_) | ByMode::Depends(_) if sent => None,
        ByMode::Unreadable if sent => None,
        ByMode::Failed(rule) => Some(Verdict::Fail(Failure::Rule { stage: Stage::Preflight, rule })),
        ByMode::Depends(_) if actual.is_none() && exchange.recorder.failures == Listing::Never => {
            Some(Verdict::Undecided { doubt: Doubt::ActualNotExported, conditional: None })
        }
        // Nothing came after it, and the recording may have ended before anything could.
        ByMode::Depends(rule) if actual.is_none() => Some(undecided(Doubt::CredentialsUnknown, Stage::Preflight, rule)),
        // The request was not sent, or its answer is not recorded: what became of it tells.
        ByMode::Depends(_) => None,
        ByMode::Unreadable => Some(Verdict::Undecided { doubt: Doubt::HeaderUnreadable, conditional: None }),
    }
}

fn undecided(doubt: Doubt, stage: Stage, rule: Rule) -> Verdict {
    Verdict::Undecided { doubt, conditional: Some((stage, rule)) }
}

/// A check in the credentials modes that remain possible.
enum ByMode {
    Passed,
    Failed(Rule),
    /// Passes without credentials, fails with them by this rule.
    Depends(Rule),
    Unreadable,
}

fn by_mode(pair: &Pair, check: &impl Fn(bool) -> Outcome) -> ByMode {
    let one = |outcome| match outcome {
        Outcome::Passed => ByMode::Passed,
        Outcome::Failed(rule) => ByMode::Failed(rule),
        Outcome::Unreadable => ByMode::Unreadable,
    };
    match pair.credentials.mode {
        Mode::Include => one(check(true)),
        Mode::NotInclude => one(check(false)),
        Mode::Unknown => match (check(false), check(true)) {
            (Outcome::Passed, Outcome::Failed(rule)) => ByMode::Depends(rule),
            // It fails either way; the rule is the one of a request without credentials, which is the default
            // of fetch() and XMLHttpRequest, and nothing here speaks against it.
            (Outcome::Failed(without), _) => ByMode::Failed(without),
            (Outcome::Unreadable, _) | (_, Outcome::Unreadable) => ByMode::Unreadable,
            (without, _) => one(without),
        },
    }
}

fn on_actual(pair: &Pair, engine: Engine) -> Verdict {
    let Some(actual) = pair.actual() else { return Verdict::Pass };
    let response = match &actual.response {
        Ok(response) => response,
        Err(what) => return no_answer(pair, Stage::Actual, what),
    };
    let revalidated = pair.revalidated.as_deref();
    let response = revalidated.map_or(response, |revalidated| &revalidated.answer);
    if revalidated.is_none() && hides_response_headers(response) {
        return Verdict::Undecided { doubt: Doubt::ExporterHides, conditional: None };
    }
    let is_font = actual.note.resource_type.as_deref() == Some("font");
    if is_font && !engine.checks_fonts() {
        return Verdict::Pass;
    }
    let stage = if ending::is_redirect(response) { Stage::Redirect } else { Stage::Actual };
    let error = actual.note.error.as_ref();
    if let Some(verdict) = ending::by_error(pair, actual, response) {
        return verdict;
    }
    let refused = error.is_some_and(|error| error.is_net(NetError::FAILED));
    let delivered = actual.recorder.marks_delivery && error.is_none();
    // A page's own server needs no headers to be read by it; where it leads to may be refused all the same.
    let own = origin_of_url(&pair.url).is_some_and(|target| target == pair.origin);
    let check = |include| if own { Outcome::Passed } else { outcome(&cors_check(&pair.request(include), response)) };
    let found = by_mode(pair, &check);
    if delivered && (revalidated.is_some() || !matches!(found, ByMode::Unreadable)) {
        // The recorder says that the page got it; whatever the headers say, no rule refused it.
        return Verdict::Pass;
    }
    let names_a_user = leads_to_credentials(actual);
    if matches!(found, ByMode::Passed | ByMode::Depends(_))
        && let Some(verdict) = ending::of_redirect(pair, actual, response)
    {
        return verdict;
    }
    match found {
        ByMode::Failed(rule) => Verdict::Fail(Failure::Rule { stage, rule }),
        ByMode::Unreadable if revalidated.is_some_and(|revalidated| revalidated.stored.is_none()) => {
            Verdict::Undecided { doubt: Doubt::StoredAnswerMissing, conditional: None }
        }
        ByMode::Unreadable => Verdict::Undecided { doubt: Doubt::HeaderUnreadable, conditional: None },
        // It fails with credentials and without; the rule is again the one of a request without.
        ByMode::Passed | ByMode::Depends(_) if names_a_user => {
            let location = response.headers.get_str("location").unwrap_or_default().into_owned();
            Verdict::Fail(Failure::Rule { stage: Stage::Redirect, rule: Rule::RedirectCredentials { location } })
        }
        // No sign of a failure: it passes, and a remark names what would fail with credentials.
        ByMode::Depends(_) if !refused => after_passing(pair, actual, response, error),
        ByMode::Depends(rule) => undecided(Doubt::CredentialsUnknown, stage, rule),
        ByMode::Passed => after_passing(pair, actual, response, error),
    }
}

/// CORS passed on what is recorded: was the body cut, or does the recorder speak of a failure?
fn after_passing(pair: &Pair, actual: &Exchange, response: &ResponseHead, error: Option<&RecorderError>) -> Verdict {
    match error {
        Some(error) if error.is_net(NetError::FAILED) => {
            Verdict::Undecided { doubt: Doubt::BlockedUnexplained, conditional: None }
        }
        Some(_) if actual.recorder.failure_mark == FailureMark::NetError => {
            Verdict::Undecided { doubt: Doubt::BlockedUnexplained, conditional: None }
        }
        _ if response.body.complete == Some(false) && pair.actual().is_some() && response.status < 300 => {
            Verdict::Fail(Failure::BodyCut)
        }
        _ => Verdict::Pass,
    }
}

/// No response head: a fact about the network, about the recorder, or about the browser.
fn no_answer(pair: &Pair, stage: Stage, what: &NoResponse) -> Verdict {
    let doubt = |doubt| Verdict::Undecided { doubt, conditional: None };
    if *what == NoResponse::Blocked
        && let Some(error) = named_error(pair, stage)
    {
        return if error.name() == NetError::TOO_MANY_REDIRECTS {
            Verdict::Fail(Failure::TooManyRedirects)
        } else {
            Verdict::Fail(Failure::NetError { stage, error })
        };
    }
    match what {
        NoResponse::Cut | NoResponse::Gap { .. } => doubt(Doubt::CaptureCut),
        NoResponse::Undecodable => doubt(Doubt::Undecodable),
        NoResponse::Aborted => doubt(Doubt::Aborted),
        NoResponse::Refused
        | NoResponse::Reset
        | NoResponse::Closed
        | NoResponse::TimedOut
        | NoResponse::TlsFailure
        | NoResponse::InvalidHttp => Verdict::Fail(Failure::Network { stage, what: what.clone() }),
        NoResponse::Blocked if stage == Stage::Preflight => doubt(Doubt::ReasonNotRecorded),
        NoResponse::Blocked => {
            let hidden = matches!(&pair.kind, PairKind::Unexplained { why: MissingPreflight::Hidden, .. });
            let recorder = pair.representative().recorder;
            // DevTools does not record the refused answer of a worker's request.
            let hidden = hidden || pair.representative().note.outside_pages;
            if hidden || recorder.preflights == Listing::Never || recorder.failure_mark != FailureMark::NetError {
                doubt(Doubt::ExporterHides)
            } else {
                doubt(Doubt::BlockedUnexplained)
            }
        }
        NoResponse::Unrecorded => {
            let recorder = pair.representative().recorder;
            if recorder.preflights == Listing::Never {
                doubt(Doubt::ExporterHides)
            } else {
                doubt(Doubt::ReasonNotRecorded)
            }
        }
    }
}

/// The error of an unanswered request, where it names its own reason.
fn named_error(pair: &Pair, stage: Stage) -> Option<NetError> {
    let preflight = pair.preflight().map(|preflight| &**preflight.exchange());
    let exchange = if stage == Stage::Preflight { preflight? } else { pair.actual()? };
    exchange.note.error.as_ref().and_then(RecorderError::net).filter(|error| error.speaks_of_network()).cloned()
}
