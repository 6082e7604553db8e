//! The cause `header-not-allowed`. Headers are not listed.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::fix::page;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Nature, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const ONE: Title = Title::word("header refused: ");
const SEVERAL: Title = Title::number("", " headers refused");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "header-not-allowed",
    titles: &[ONE, SEVERAL],
    nature: Nature::Cors,
    explanation: "The page sends request headers that the preflight's answer does not list. Content-Type counts when \
                  its value is not one of the three that forms can send; Authorization always counts. Monitoring \
                  scripts add tracing headers of their own.",
    proven_by: "the names asked for and the list",
    fix: "add the names to Access-Control-Allow-Headers; if a monitoring script adds them, restrict it to your own \
          hosts",
    do_not: "",
};

/// Headers are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderNotAllowed {
    /// All refused names with what each is.
    pub names: Vec<(String, HeaderKind)>,
}

/// What a refused request header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderKind {
    /// `content-type` with a value that forms cannot send.
    ContentType,
    /// `authorization`.
    Authorization,
    /// Usually added by monitoring.
    Tracing,
    /// Any other.
    Other,
}

impl HeaderKind {
    /// What a header name is.
    pub(super) fn of(name: &str) -> Self {
        const TRACING: [&str; 14] = [
            "traceparent",
            "tracestate",
            "baggage",
            "sentry-trace",
            "newrelic",
            "request-id",
            "request-context",
            "elastic-apm-traceparent",
            "uber-trace-id",
            "b3",
            "x-cloud-trace-context",
            "x-amzn-trace-id",
            "x-instana-t",
            "adrum",
        ];
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "content-type" => Self::ContentType,
            "authorization" => Self::Authorization,
            _ if TRACING.contains(&name.as_str())
                || name.starts_with("x-b3-")
                || name.starts_with("x-datadog-")
                || name.starts_with("x-instana-")
                || name.starts_with("x-dynatrace")
                || name.starts_with("x-newrelic-") =>
            {
                Self::Tracing
            }
            _ => Self::Other,
        }
    }

    /// Stable id.
    fn id(self) -> &'static str {
        match self {
            Self::ContentType => "content-type",
            Self::Authorization => "authorization",
            Self::Tracing => "tracing",
            Self::Other => "other",
        }
    }
}

impl Told for HeaderNotAllowed {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.names.as_slice() {
            [(name, _)] => ONE.with(name),
            names => SEVERAL.with(&names.len().to_string()),
        }
    }

    fn detail(&self) -> Value {
        json!({
            "names": self.names.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "kinds": self.names.iter().map(|(_, kind)| kind.id()).collect::<Vec<_>>(),
        })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let lists = say.or("does not list", "seems not to list");
        prose!("The server {} the request {}, {}.", lists, quote::names(&self.all_names()), say.never())
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::could_be_simple(scene).into_iter().chain(self.without_tracing()).collect()
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(
            check.preflight(prose!(
                "Access-Control-Allow-Headers with {}",
                Captured::text(quote::list(&self.all_names()))
            )),
        )
    }
}

impl HeaderNotAllowed {
    fn all_names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl HeaderNotAllowed {
    /// Monitoring that adds its names to requests for other servers can be told which servers are the page's own.
    fn without_tracing(&self) -> Option<Fix> {
        let of = |tracing: bool| -> Vec<String> {
            let wanted = self.names.iter().filter(|(_, kind)| (*kind == HeaderKind::Tracing) == tracing);
            wanted.map(|(name, _)| name.clone()).collect()
        };
        let (tracing, others) = (of(true), of(false));
        if tracing.is_empty() {
            return None;
        }
        let left = match others.as_slice() {
            [] => Prose::new(),
            [only] => prose!("; {} has to be listed all the same", Captured::text(only)),
            _ => prose!("; {} have to be listed all the same", Captured::text(quote::list(&others))),
        };
        let title = prose!(
            "page: limit the tracing to URLs of its own, so that {} {} not added here (Datadog allowedTracingUrls, \
             OpenTelemetry propagateTraceHeaderCorsUrls, Sentry tracePropagationTargets){}",
            Captured::text(quote::list(&tracing)),
            if tracing.len() == 1 { "is" } else { "are" },
            left
        );
        Some(Fix::action(Who::Page, NotProven::NotRecorded, title))
    }
}
