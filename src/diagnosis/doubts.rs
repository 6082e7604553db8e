//! Undecided: what is missing, and what to ask the customer for, ready to paste.

use super::scene::Scene;
use super::{Doubt, Verdict, verify};
use crate::exchange::{NetError, What};
use crate::pairing::PairKind;
use crate::paste::Curl;
use crate::secrets::Prose;
use crate::secrets::prose;

/// What is said of a doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// Title for lists, at most 32 columns.
    pub(super) title: &'static str,
    /// What is missing.
    pub(super) text: Prose,
    /// The request to the customer.
    pub(super) ask: &'static str,
    /// A command whose output is as good.
    pub(super) command: Option<Curl>,
}

const RECORD_AGAIN: &str = "Please record a HAR in Chrome with \"Preserve log\" on, from before the click until the error \
                            shows, without a filter, and copy the red console line as text.";

/// The words for the pair's doubt, when it is undecided.
pub(super) fn words(scene: &Scene<'_>) -> Option<Words> {
    let Verdict::Undecided { doubt, .. } = &scene.judged.verdict else { return None };
    let (mut command, mut refused) = (None, None);
    let mut or_curl = |text: &'static str| {
        command = verify::deciding_curl(scene);
        refused = verify::Pasteable::of(scene.pair).err();
        text
    };
    let (title, text, ask) = match doubt {
        Doubt::CredentialsUnknown if scene.pair.actual().is_none() => (
            "depends on credentials",
            "The preflight passes without credentials and fails with them; no request follows it in the file, which \
             ends soon after it."
                .into(),
            "Please send the lines of the page's script that make this call (credentials: or withCredentials), or the \
             red console line as text.",
        ),
        Doubt::CredentialsUnknown => (
            "depends on credentials",
            "It passes without credentials and fails with them; whether the page includes them is not in the file.".into(),
            "Please send the lines of the page's script that make this call (credentials: or withCredentials), or the \
             red console line as text.",
        ),
        Doubt::HeaderUnreadable => (
            "a deciding header is unreadable",
            "A header that decides was removed from the file or lost.".into(),
            or_curl("Please export the HAR again \"with sensitive data\""),
        ),
        Doubt::BehindProxy => (
            "recorded behind a proxy",
            prose!("This capture was made behind a proxy ({}), which may add or drop CORS headers. What the browser got \
                 is not in the file.", scene.pair.behind_proxy.unwrap_or("its headers say so")),
            or_curl("Please capture in front of the proxy, or send a HAR from the browser"),
        ),
        Doubt::Aborted => (
            "page cancelled the request",
            if scene.pair.preflight().is_some() {
                "The page or user cancelled the request before it was answered.".into()
            } else {
                "The page or user cancelled the request. Whether a preflight was waiting cannot be seen: Chrome leaves \
                 a preflight without answer out of the file."
                    .into()
            },
            or_curl("Please make a packet capture at the server"),
        ),
        Doubt::ReasonNotRecorded => (
            "no answer, reason not recorded",
            "The file shows status 0 and no reason: a refused connection, a reset, a bad certificate and a blocked \
             request look alike here."
                .into(),
            or_curl("Please copy the red console line as text and record in Chrome as well"),
        ),
        Doubt::ExporterHides if scene.exchange.note.outside_pages => (
            "a worker's answer is not recorded",
            prose!(
                "This request belongs to no page of the file, so a worker asked, or a frame of another site: {} \
                 does not record the answer to such a request when the browser refuses it.",
                scene.exchange.recorder.name
            ),
            or_curl("Please copy the red console line as text"),
        ),
        Doubt::ExporterHides => (
            "this exporter hides the answer",
            prose!("{} leaves out what decides: preflights, or the headers of blocked requests.", scene.exchange.recorder.name),
            RECORD_AGAIN,
        ),
        Doubt::BlockedUnexplained if scene.response.is_none() => {
            let (title, text) = unanswered(scene);
            (title, text, RECORD_AGAIN)
        }
        Doubt::BlockedUnexplained => (
            "blocked, and the file would pass",
            "The browser blocked it, and the headers in the file would pass: what the browser judged is another answer \
             (a preflight that is not in the file, a service worker, a cache)."
                .into(),
            RECORD_AGAIN,
        ),
        Doubt::StoredAnswerMissing => (
            "stored answer not in the file",
            "A 304 to the browser's own revalidation: what the browser judges is the answer that it had stored before, \
             and that is not in the file."
                .into(),
            or_curl("Please record again with \"Disable cache\" on"),
        ),
        Doubt::CaptureCut => (
            "response cut off in capture",
            "The capture ends, or has a hole, where the answer would be.".into(),
            or_curl("Please capture again with full packets (-s 0) and until some seconds after the error"),
        ),
        Doubt::Undecodable if scene.exchange.note.events.iter().any(|event| event.what == What::HeadDisputed) => (
            "browsers differ on this answer",
            "The head of the answer is not valid HTTP: one browser takes it and another does not.".into(),
            "Please say which browser it was, and let the server send a valid status line and header lines.",
        ),
        Doubt::Undecodable => (
            "answer cannot be decoded",
            "The answer is in the capture and cannot be read: the start of its connection or its keys are missing.".into(),
            or_curl("Please start the capture before the browser, with SSLKEYLOGFILE set"),
        ),
        Doubt::MaybeForm => (
            "may be a plain form or a beacon",
            "A form-encoded or text POST without Sec-Fetch-Mode may be a plain form submission, a beacon or a no-cors \
             request, to which CORS does not apply."
                .into(),
            "Please say whether a script makes this call and reads its answer, or send a HAR from the browser.",
        ),
        Doubt::ActualNotExported => (
            "request not in this export",
            prose!("The preflight passes{}; {} leaves out requests that failed, so the request may be missing because it \
                 failed.", if scene.pair.preflight().and_then(crate::pairing::Preflight::passes).is_some_and(|passes| !passes.with) {
                    " without credentials only"
                } else {
                    ""
                }, scene.exchange.recorder.name),
            RECORD_AGAIN,
        ),
    };
    let text = match refused {
        Some(refused) => prose!("{} No curl line is printed: {}.", text, refused.why()),
        None => text,
    };
    Some(Words { title, text, ask, command })
}

/// Title and text where no answer to the request is in the file, and the error names no rule.
fn unanswered(scene: &Scene<'_>) -> (&'static str, Prose) {
    let error = scene.exchange.note.error.as_ref();
    let recorded = error.map_or_else(Prose::new, |error| prose!(" ({})", error));
    let none = prose!("No answer to this request is in the file{}", recorded);
    if error.is_some_and(|error| error.is_net(NetError::TOO_MANY_REDIRECTS)) {
        return (
            "redirects without an end",
            prose!("{}: one redirect led to the next until the browser gave up. Which ones is not in the file.", none),
        );
    }
    if scene.pair.preflight().is_none() && matches!(scene.pair.kind, PairKind::Unexplained { .. }) {
        return (
            "the preflight is missing",
            prose!(
                "{}, and the preflight that comes before it is missing as well: what the browser judged cannot be \
                 seen.",
                none
            ),
        );
    }
    (
        "no answer, error names no rule",
        prose!(
            "{}. That error names no rule: the answer may have failed the CORS check and been left out, or the \
             request never got one (a service worker, a cache, the browser itself).",
            none
        ),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_request_to_the_customer_is_one_paragraph() {
        assert!(!super::RECORD_AGAIN.contains("  "));
    }
}
