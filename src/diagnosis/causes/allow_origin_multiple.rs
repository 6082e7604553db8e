//! The cause `allow-origin-multiple`. Access-Control-Allow-Origin holds two values.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, Purpose};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const TWICE: Title = Title::plain("Allow-Origin sent twice");
const LIST: Title = Title::plain("Allow-Origin holds a list");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-origin-multiple",
    titles: &[TWICE, LIST],
    nature: Nature::Cors,
    explanation: "Access-Control-Allow-Origin may hold exactly one origin. Two layers (a proxy and the application) \
                  each add the header, or the configuration lists several origins in one line.",
    proven_by: "two header lines, or commas or spaces in one",
    fix: "let one layer send the header, the proxy or the application, with the one origin that asked",
    do_not: "",
};

/// Access-Control-Allow-Origin holds two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOriginMultiple {
    /// The combined value.
    pub value: String,
    /// Header lines; `None` when this exporter merges them.
    pub lines: Option<usize>,
}

impl Told for AllowOriginMultiple {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.is_sent_twice() { TWICE } else { LIST }.text()
    }

    fn detail(&self) -> Value {
        json!({ "value": self.value, "lines": self.lines })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let own = self.value.split([',', ' ']).any(|item| item.trim() == say.scene.pair.origin.as_str());
        if own && self.is_sent_twice() {
            "The right origin is allowed, but the header is sent twice; browsers refuse that.".into()
        } else {
            "Access-Control-Allow-Origin holds more than one value; browsers refuse that.".into()
        }
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::OneLine { value: &self.value, lines: self.lines }
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ONE_ORIGIN_A_LINE)
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        let curl = if check.scene.on_preflight() { check.asks("-si") } else { check.sends("-si")? };
        Some(Verify {
            curl: curl.filter(ALLOW_ORIGIN_ONLY),
            expect: prose!(
                "one line, Access-Control-Allow-Origin: {}; do the same for the other requests of this URL",
                check.scene.pair.origin
            ),
        })
    }
}

impl AllowOriginMultiple {
    /// Whether several header lines were sent, and not one that holds a list.
    fn is_sent_twice(&self) -> bool {
        match self.lines {
            Some(lines) => lines > 1,
            // Joined by the exporter: two equal items are two lines, as nobody lists one twice.
            None => self.value.split_once(',').is_some_and(|(first, second)| first.trim() == second.trim()),
        }
    }
}

/// What a server is asked when only its lines of this name matter.
const ALLOW_ORIGIN_ONLY: &str = "grep -i '^access-control-allow-origin:'";
