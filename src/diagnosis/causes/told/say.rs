//! What a headline is written with: the first words say so when it is not a CORS problem, and where the cause is only
//! likely the sentence says "probably" or "seems"; where it is certain, it does neither.

use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::pairing::Credentials;
use crate::secrets::prose;
use crate::secrets::{As, Prose, Role};

/// A headline in the making.
#[derive(Debug, Clone, Copy)]
pub(in crate::diagnosis) struct Say<'a> {
    pub(in crate::diagnosis) scene: &'a Scene<'a>,
    pub(in crate::diagnosis) certainty: Certainty,
}

impl Say<'_> {
    pub(in crate::diagnosis::causes) fn is_likely(&self) -> bool {
        self.certainty == Certainty::Likely
    }

    /// One of two ways to say it.
    pub(in crate::diagnosis::causes) fn or(&self, certain: &'static str, likely: &'static str) -> &'static str {
        if self.is_likely() { likely } else { certain }
    }

    /// `POST`, or `request`.
    pub(in crate::diagnosis::causes) fn request(&self) -> &'static str {
        quote::request(&self.scene.pair.method)
    }

    /// What a preflight's failure leads to.
    pub(in crate::diagnosis::causes) fn never(&self) -> Prose {
        prose!("so the browser never sent {}", As(Role::Request, prose!("the {}", self.request())))
    }

    /// The same after a comma, where it was a preflight that failed.
    pub(in crate::diagnosis::causes) fn so(&self) -> Prose {
        if self.scene.on_preflight() { prose!(", {}", self.never()) } else { Prose::new() }
    }

    /// What is known of the credentials: a cookie in the file, what the browser's console says, or what its refusal
    /// suggests.
    pub(in crate::diagnosis::causes) fn asks(&self) -> &'static str {
        match &self.scene.pair.credentials {
            known if !known.certain => "The page probably asks with credentials",
            known if known.because == Credentials::CONSOLE => "The page asks with credentials",
            _ => "The page sends cookies",
        }
    }
}
