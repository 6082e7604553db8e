//! The cause `allow-origin-mismatch`. Another origin is allowed.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::fix::{self, Allowed, Purpose};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Line, Nature};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const DIFFERS: Title = Title::word("allowed origin differs: ");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-origin-mismatch",
    titles: &[DIFFERS],
    nature: Nature::Cors,
    explanation: "The server allows another origin than the page's. Browsers compare letter by letter: scheme, host, \
                  port, and no slash at the end.",
    proven_by: "both values",
    fix: "send exactly the page's origin: on the list of the server write scheme, host and port, no slash, no path",
    do_not: "",
};

/// Another origin is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOriginMismatch {
    /// The value.
    pub value: String,
    /// In what it differs.
    pub difference: Difference,
}

/// In what the allowed origin differs from the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// A slash at the end.
    Slash,
    /// http and https.
    Scheme,
    /// The port.
    Port,
    /// The default port, written out: the same site in other bytes.
    DefaultPort,
    /// The case of letters.
    Case,
    /// A path stands after it.
    Path,
    /// `null`, or the request's origin is.
    Null,
    /// A pattern such as `https://*.shop.example`.
    Pattern,
    /// The host.
    Host,
}

impl Difference {
    /// Stable id, which is also the word in titles.
    fn id(self) -> &'static str {
        match self {
            Self::Slash => "slash",
            Self::Scheme => "scheme",
            Self::Port => "port",
            Self::DefaultPort => "default-port",
            Self::Case => "case",
            Self::Path => "path",
            Self::Null => "null",
            Self::Pattern => "pattern",
            Self::Host => "host",
        }
    }
}

impl Told for AllowOriginMismatch {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        DIFFERS.with(self.difference.id())
    }

    fn detail(&self) -> Value {
        json!({ "value": self.value, "difference": self.difference.id() })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let value = &self.value;
        match self.difference {
            Difference::Null if say.scene.pair.origin.is_null() => {
                prose!(
                    "The page's origin is null (sandboxed, a file, or after a redirect), and the server allows {}.",
                    Captured::text(value)
                )
            }
            Difference::Null => "The server allows the origin null, which is not this page.".into(),
            Difference::Pattern => {
                prose!(
                    "The server answers with the pattern {}; browsers want the origin itself.",
                    Captured::text(value)
                )
            }
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

    fn purpose(&self) -> Purpose<'_> {
        let allowed = match self.difference {
            Difference::Host | Difference::Port | Difference::Scheme => Allowed::AnotherSite,
            Difference::DefaultPort => Allowed::DefaultPort,
            Difference::Pattern => Allowed::Pattern,
            Difference::Slash | Difference::Case | Difference::Path | Difference::Null => Allowed::Misspelt,
        };
        Purpose::InsteadOf { value: &self.value, allowed }
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ONE_ORIGIN_A_LINE)
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        let value = &self.value;
        let fixed = scene.facts.allows_page(scene.pair, value).then(|| {
            Line::new(
                "others",
                prose!("{} gets the same value from this server: it looks like a fixed one", Captured::text(&*value)),
            )
        });
        fixed.into_iter().chain(lines::allows_another(scene)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_serves_other_pages_is_a_list_and_a_misspelt_one_is_not() {
        let listed = |difference| {
            AllowOriginMismatch { value: "https://app.shop.test/".into(), difference }.purpose().is_listed()
        };
        for difference in [Difference::Host, Difference::Port, Difference::Scheme] {
            assert!(listed(difference), "{difference:?}");
        }
        for difference in [
            Difference::DefaultPort,
            Difference::Slash,
            Difference::Case,
            Difference::Path,
            Difference::Null,
            Difference::Pattern,
        ] {
            assert!(!listed(difference), "{difference:?}");
        }
        assert!(Purpose::OnList.is_listed());
        assert!(!Purpose::InsteadOfStar.is_listed());
    }
}
