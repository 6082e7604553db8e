//! The closed sets of the JSON contract: verdicts, natures, stages, links and kin.
//!
//! Owns their ids as they stand in JSON, in filters and in the schema. No shapes, no rendering.

use serde::{Deserialize, Serialize};

macro_rules! closed {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $id:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $id)] $variant),+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The id that stands in JSON and in filters.
            pub fn id(self) -> &'static str { match self { $(Self::$variant => $id),+ } }
        }
    };
}

closed! {
    /// A verdict.
    Verdict {
        /// The browser refused it, or it failed on the way.
        #[default]
        Fail = "fail",
        /// This capture cannot prove it either way.
        Undecided = "undecided",
        /// The page got its answer.
        Pass = "pass",
    }
}
closed! {
    /// What kind of fault it is.
    Nature {
        /// A CORS rule refused.
        #[default]
        Cors = "cors",
        /// The fault is elsewhere; the CORS text only hides it.
        SideEffect = "side-effect",
        /// No CORS rule was reached.
        NotCors = "not-cors",
    }
}
closed! {
    /// Where a pair failed.
    Stage {
        /// On the preflight response.
        #[default]
        Preflight = "preflight",
        /// On the actual response.
        Actual = "actual",
        /// On a redirect of the actual request.
        Redirect = "redirect",
        /// On the way: no usable answer.
        Network = "network",
        /// In the browser, before anything was sent.
        BeforeNetwork = "before-network",
    }
}
closed! {
    /// Why preflight and actual belong together.
    Link {
        /// A preflight and its actual request.
        #[default]
        Paired = "paired",
        /// A preflight without an actual request in the file.
        PreflightOnly = "preflight-only",
        /// An actual request covered by an earlier preflight.
        Cached = "cached",
        /// An actual request that needs no preflight.
        Simple = "simple",
        /// An actual request that needed a preflight which the file does not have.
        Unexplained = "unexplained",
    }
}
closed! {
    /// A browser engine.
    Engine {
        /// Chrome, Edge, Opera …
        #[default]
        Chromium = "chromium",
        /// Firefox.
        Firefox = "firefox",
        /// Safari.
        Webkit = "webkit",
    }
}
closed! {
    /// How sure a cause is.
    Certainty {
        /// These bytes allow one explanation.
        #[default]
        Certain = "certain",
        /// A signature suggests it.
        Likely = "likely",
        /// Cannot be told; candidates are listed.
        Unknown = "unknown",
    }
}
closed! {
    /// Whose server it is, seen from the page.
    Party {
        /// Same registrable domain as the page.
        #[default]
        First = "first",
        /// Another site.
        Third = "third",
    }
}
closed! {
    /// The outcome of a step.
    StepOutcome {
        /// Passed.
        #[default]
        Passed = "passed",
        /// Failed.
        Failed = "failed",
        /// The deciding header cannot be read in this capture.
        Unreadable = "unreadable",
        /// Not reached, or not needed for this request.
        Skipped = "skipped",
    }
}
closed! {
    /// Kind of a ladder row.
    LadderKind {
        /// Arrow from page to server.
        #[default]
        Request = "request",
        /// Arrow from server to page.
        Response = "response",
        /// Header line under an arrow.
        Header = "header",
        /// A request that was never sent.
        NeverSent = "never-sent",
        /// A connection event: reset, timeout …
        Event = "event",
    }
}
closed! {
    /// Mark in the margin.
    LadderMark {
        /// None.
        #[default]
        None = "none",
        /// The failing line.
        Fail = "fail",
        /// Would fail next.
        Warn = "warn",
    }
}
