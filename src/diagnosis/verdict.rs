//! Verdicts: what became of a pair, how it failed, why it is open.
//!
//! Owns the vocabulary and its ids. Reaching a verdict is `judge`'s business.

use crate::cors::{Engine, Rule, Stage, Steps, cors_check, preflight_check};
use crate::exchange::{Exchange, NetError, NoResponse, ResponseHead, Vantage};
use crate::pairing::{Mode, Pair};
use std::time::Duration;

/// A verdict on one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The page got its answer.
    Pass,
    /// It failed.
    Fail(Failure),
    /// This capture cannot prove it either way.
    Undecided {
        /// What is missing.
        doubt: Doubt,
        /// The rule that failed if the doubt falls that way.
        conditional: Option<(Stage, Rule)>,
    },
}

/// How a pair failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A CORS rule refused a response.
    Rule {
        /// Which response.
        stage: Stage,
        /// The rule the judged engine names.
        rule: Rule,
    },
    /// No usable answer came.
    Network {
        /// Whose answer: the preflight's or the actual request's.
        stage: Stage,
        /// What happened.
        what: NoResponse,
    },
    /// The browser did not send it at all, or its own machinery withheld the answer, for a reason
    /// that is no CORS rule.
    Browser {
        /// Chromium's error; None for mixed content, which leaves none.
        error: Option<NetError>,
    },
    /// The browser ended it with an error of another name than refusals by CORS have.
    NetError {
        /// What was under way.
        stage: Stage,
        /// The error.
        error: NetError,
    },
    /// One redirect led to the next until the browser gave up.
    TooManyRedirects,
    /// CORS passed and the body did not arrive whole.
    BodyCut,
}

/// Why a pair is undecided. Ids are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doubt {
    /// It fails with credentials and passes without; the mode is not in the capture.
    CredentialsUnknown,
    /// A deciding header was removed, or its bytes are lost.
    HeaderUnreadable,
    /// What was recorded is a hop behind a proxy; the browser may have got other headers.
    BehindProxy,
    /// The page or user cancelled the request.
    Aborted,
    /// The recorder gives no reason (Firefox: status 0 and nothing else).
    ReasonNotRecorded,
    /// This exporter hides what decides (preflights, headers of blocked requests).
    ExporterHides,
    /// The browser blocked it, and the headers in the file would pass.
    BlockedUnexplained,
    /// A 304 to the browser's own revalidation, whose stored answer is not in the file.
    StoredAnswerMissing,
    /// The capture ends or has a hole where the answer would be.
    CaptureCut,
    /// The answer is there and cannot be read (lost header table, no keys).
    Undecodable,
    /// May be a plain form submission, a beacon or a no-cors request, to which CORS does not apply.
    MaybeForm,
    /// The preflight passes; this exporter leaves out failed requests, so the request may be missing
    /// because it failed.
    ActualNotExported,
}

impl Doubt {
    /// Every doubt.
    pub const ALL: [Self; 12] = [
        Self::CredentialsUnknown,
        Self::HeaderUnreadable,
        Self::BehindProxy,
        Self::Aborted,
        Self::ReasonNotRecorded,
        Self::ExporterHides,
        Self::BlockedUnexplained,
        Self::StoredAnswerMissing,
        Self::CaptureCut,
        Self::Undecodable,
        Self::MaybeForm,
        Self::ActualNotExported,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::CredentialsUnknown => "credentials-unknown",
            Self::HeaderUnreadable => "header-unreadable",
            Self::BehindProxy => "behind-proxy",
            Self::Aborted => "request-aborted",
            Self::ReasonNotRecorded => "reason-not-recorded",
            Self::ExporterHides => "exporter-hides",
            Self::BlockedUnexplained => "blocked-unexplained",
            Self::StoredAnswerMissing => "stored-answer-missing",
            Self::CaptureCut => "capture-cut",
            Self::Undecodable => "undecodable",
            Self::MaybeForm => "maybe-form",
            Self::ActualNotExported => "actual-not-exported",
        }
    }
}

/// A judged pair: what is kept of it while the analysis goes on, so it is small.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The pair.
    pub pair: Pair,
    /// The engine whose order of checks decides: the one in User-Agent, or the one asked for.
    pub judged_as: Engine,
    /// Verdict of `judged_as`.
    pub verdict: Verdict,
    /// Verdicts of all engines, in the order of [`Engine::all`], where one of them is another.
    others: Option<Box<[Verdict; 3]>>,
    /// Credentials the steps are run with: included, or not (also when unknown and it passes so).
    pub included: bool,
    /// What would fail next: later rules of the same response.
    pub also: Box<[Rule]>,
}

impl Judged {
    pub(super) fn new(pair: Pair, judged_as: Engine, verdicts: [Verdict; 3], included: bool) -> Self {
        let [chromium, firefox, webkit] = &verdicts;
        let (verdict, others) = if chromium == firefox && firefox == webkit {
            let [verdict, ..] = verdicts;
            (verdict, None)
        } else {
            let own = match judged_as {
                Engine::Chromium => chromium,
                Engine::Firefox => firefox,
                Engine::WebKit => webkit,
            };
            (own.clone(), Some(Box::new(verdicts)))
        };
        let mut judged = Self { pair, judged_as, verdict, others, included, also: Box::default() };
        judged.also = judged.failing_next();
        judged
    }

    /// The verdict of an engine.
    pub fn of_engine(&self, engine: Engine) -> &Verdict {
        match (self.others.as_deref(), engine) {
            (None, _) => &self.verdict,
            (Some([verdict, _, _]), Engine::Chromium)
            | (Some([_, verdict, _]), Engine::Firefox)
            | (Some([_, _, verdict]), Engine::WebKit) => verdict,
        }
    }

    /// Steps on the preflight response, in the judged engine's order.
    pub fn preflight_steps(&self) -> Option<Steps> {
        let response = self.pair.preflight()?.exchange().head()?;
        Some(preflight_check(self.judged_as, &self.pair.request(self.included), response))
    }

    /// Steps on the actual (or redirect) response.
    pub fn actual_steps(&self) -> Option<Steps> {
        let response = self.pair.answer().filter(|response| !hides_response_headers(response))?;
        Some(cors_check(&self.pair.request(self.included), response))
    }

    fn failing_next(&self) -> Box<[Rule]> {
        let Some((stage, rule)) = self.rule() else { return Box::default() };
        let steps = if stage == Stage::Preflight { self.preflight_steps() } else { self.actual_steps() };
        steps.map_or_else(Box::default, |steps| steps.failures().filter(|also| *also != rule).cloned().collect())
    }

    /// Gives back the memory that nothing needs: it is kept until the analysis is over.
    pub fn shrink(&mut self) {
        self.pair.shrink();
    }

    /// The rule by which an engine would refuse the same response first if the page included credentials, where
    /// that is another one and the mode is not known.
    pub fn rule_with_credentials(&self, engine: Engine) -> Option<Rule> {
        let Verdict::Fail(Failure::Rule { stage, rule }) = self.of_engine(engine) else { return None };
        if self.pair.credentials.mode != Mode::Unknown {
            return None;
        }
        let request = self.pair.request(true);
        let steps = match stage {
            Stage::Preflight => preflight_check(engine, &request, self.pair.preflight()?.exchange().head()?),
            Stage::Actual => cors_check(&request, self.pair.answer()?),
            Stage::Redirect => return None,
        };
        steps.first_failure().filter(|other| *other != rule).cloned()
    }

    /// The response that the verdict is about.
    pub fn failing_exchange(&self) -> &Exchange {
        let preflight = self.pair.preflight().map(|preflight| &**preflight.exchange());
        match (self.stage(), preflight) {
            (Some(Stage::Preflight), Some(preflight)) => preflight,
            _ => self.pair.representative(),
        }
    }

    /// Whether nobody waited for an answer: cancelled within milliseconds, as map tiles, beacons and whatever a
    /// navigation ends. A person or a time-out would have taken longer.
    pub fn was_cancelled_at_once(&self) -> bool {
        const AT_ONCE: Duration = Duration::from_millis(50);
        let Verdict::Undecided { doubt: Doubt::Aborted, .. } = self.verdict else { return false };
        let Some(actual) = self.pair.actual().filter(|actual| actual.head().is_none()) else { return false };
        let took = actual.started.zip(actual.completed).map(|(from, to)| to.since(from));
        actual.recorder.vantage == Vantage::Browser && took.is_some_and(|took| took < AT_ONCE)
    }

    /// The stage of the failure or of the conditional rule.
    pub fn stage(&self) -> Option<Stage> {
        match &self.verdict {
            Verdict::Fail(
                Failure::Rule { stage, .. } | Failure::Network { stage, .. } | Failure::NetError { stage, .. },
            ) => Some(*stage),
            Verdict::Undecided { conditional: Some((stage, _)), .. } => Some(*stage),
            _ => None,
        }
    }

    /// The rule that refused, or would refuse if the doubt falls that way.
    pub fn rule(&self) -> Option<(Stage, &Rule)> {
        match &self.verdict {
            Verdict::Fail(Failure::Rule { stage, rule }) => Some((*stage, rule)),
            Verdict::Undecided { conditional: Some((stage, rule)), .. } => Some((*stage, rule)),
            _ => None,
        }
    }
}

/// Whether an exporter left the headers of this response out.
pub(super) fn hides_response_headers(response: &ResponseHead) -> bool {
    response.headers.is_empty() && response.headers.is_incomplete()
}
