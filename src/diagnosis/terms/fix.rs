//! A fix: who must change what, and how far that is proven.
//!
//! Owns the vocabulary. The room `fix` writes fixes, `proof` judges the changes again.

use crate::cors::Stage;
use crate::paste::Text;
use crate::secrets::Prose;

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever runs the server, when no layer is known.
    Server,
    /// The application.
    Application,
    /// The proxy in front of it.
    Proxy,
    /// The CDN or cache.
    Cdn,
    /// The page's script.
    Page,
    /// The user of the browser.
    User,
    /// A network team.
    Network,
}

impl Who {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Application => "application",
            Self::Proxy => "proxy",
            Self::Cdn => "cdn",
            Self::Page => "page",
            Self::User => "user",
            Self::Network => "network",
        }
    }
}

/// A change to a recorded response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which response.
    pub on: Stage,
    /// New status, when it changes.
    pub status: Option<u16>,
    /// Header lines to have exactly once with this value (lower-case names).
    pub set: Vec<(String, String)>,
    /// Header names to have no more.
    pub remove: Vec<String>,
}

/// Why headers of one response cannot prove a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotProven {
    /// No answer came: the network is at fault.
    Network,
    /// A redirect has to go, or the page has to call another URL.
    Redirect,
    /// The browser never sent it.
    BeforeNetwork,
    /// A cache decides over many requests.
    Cache,
    /// The response it would change is not in the file.
    NotRecorded,
    /// A change of behaviour, not of a header.
    Behaviour,
    /// A deciding header is not readable in this file.
    Unreadable,
    /// A value of the request may not stand in what people paste, so nothing is printed that could be tried.
    NotPasteable,
}

impl NotProven {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Network,
        Self::Redirect,
        Self::BeforeNetwork,
        Self::Cache,
        Self::NotRecorded,
        Self::Behaviour,
        Self::Unreadable,
        Self::NotPasteable,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Redirect => "redirect",
            Self::BeforeNetwork => "before-network",
            Self::Cache => "cache",
            Self::NotRecorded => "not-recorded",
            Self::Behaviour => "behaviour",
            Self::Unreadable => "unreadable",
            Self::NotPasteable => "not-pasteable",
        }
    }
}

/// A fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Stack id, or `generic`.
    pub stack: &'static str,
    /// Who must act.
    pub who: Who,
    /// One line.
    pub title: Prose,
    /// Configuration lines or actions; may span lines.
    pub text: Text,
    /// What people commonly do wrong here.
    pub do_not: Option<&'static str>,
    /// Header changes that were judged.
    pub changes: Vec<Change>,
    /// Responses that were judged again and passed.
    pub proven: Vec<Stage>,
    /// Why one response's headers cannot prove it.
    pub why_not_proven: Option<NotProven>,
    /// How far the proof reaches, in words.
    pub proof: Prose,
    /// Index of the fix that this one takes the place of: one of them is enough.
    pub alternative_to: Option<usize>,
}

impl Fix {
    /// Something must behave in another way, or somebody else must act; `why` one response cannot prove it.
    pub(in crate::diagnosis) fn action(who: Who, why: NotProven, title: impl Into<Prose>) -> Self {
        Self {
            stack: "generic",
            who,
            title: title.into(),
            text: Text::new(),
            do_not: None,
            changes: Vec::new(),
            proven: Vec::new(),
            why_not_proven: Some(why),
            proof: Prose::new(),
            alternative_to: None,
        }
    }

    /// No header is at fault, the way to the server is.
    pub(in crate::diagnosis) fn network(who: Who, title: impl Into<Prose>) -> Self {
        Self::action(who, NotProven::Network, title)
    }

    /// The goal of the first fix by another way: one of the two is enough.
    pub(in crate::diagnosis) fn instead_of_first(self) -> Self {
        Self { alternative_to: Some(0), ..self }
    }
}
