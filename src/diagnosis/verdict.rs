//! Verdicts: what became of a pair, how it failed, why it is open.
//!
//! Owns the vocabulary and its ids. Reaching a verdict is `judge`'s business.

use crate::cors::{Engine, Rule, Stage, Steps};
use crate::exchange::{Exchange, NetError, NoResponse};
use crate::pairing::Pair;

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
    pub const ALL: [Self; 11] = [
        Self::CredentialsUnknown,
        Self::HeaderUnreadable,
        Self::BehindProxy,
        Self::Aborted,
        Self::ReasonNotRecorded,
        Self::ExporterHides,
        Self::BlockedUnexplained,
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
            Self::CaptureCut => "capture-cut",
            Self::Undecodable => "undecodable",
            Self::MaybeForm => "maybe-form",
            Self::ActualNotExported => "actual-not-exported",
        }
    }
}

/// A judged pair.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The pair.
    pub pair: Pair,
    /// The engine whose order of checks decides: the one in User-Agent, or the one asked for.
    pub judged_as: Engine,
    /// Whether User-Agent (or the user) named the engine.
    pub engine_known: bool,
    /// Verdict of `judged_as`.
    pub verdict: Verdict,
    /// Verdicts of all engines, in the order of [`Engine::all`].
    pub engines: [Verdict; 3],
    /// Credentials the steps were run with: included, or not (also when unknown and it passes so).
    pub included: bool,
    /// Steps on the preflight response, in the judged engine's order.
    pub preflight_steps: Option<Steps>,
    /// Steps on the actual (or redirect) response.
    pub actual_steps: Option<Steps>,
    /// What would fail next: later rules of the same response.
    pub also: Vec<Rule>,
}

impl Judged {
    /// The response that the verdict is about.
    pub fn failing_exchange(&self) -> &Exchange {
        let preflight = self.pair.preflight().map(|preflight| &**preflight.exchange());
        match (self.stage(), preflight) {
            (Some(Stage::Preflight), Some(preflight)) => preflight,
            _ => self.pair.representative(),
        }
    }

    /// The stage of the failure or of the conditional rule.
    pub fn stage(&self) -> Option<Stage> {
        match &self.verdict {
            Verdict::Fail(Failure::Rule { stage, .. } | Failure::Network { stage, .. }) => Some(*stage),
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
