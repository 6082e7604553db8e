//! Fixes: who must change what, in the words of the server software, with how far it is proven.
//!
//! Owns the vocabulary; the files below write the fixes, `proof` judges them again.

use crate::cors::Stage;

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
}

impl NotProven {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Network,
        Self::Redirect,
        Self::BeforeNetwork,
        Self::Cache,
        Self::NotRecorded,
        Self::Behaviour,
        Self::Unreadable,
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
    pub title: String,
    /// Configuration lines or actions; may span lines.
    pub text: String,
    /// What people commonly do wrong here.
    pub do_not: Option<String>,
    /// Header changes that were judged.
    pub changes: Vec<Change>,
    /// Responses that were judged again and passed.
    pub proven: Vec<Stage>,
    /// Why one response's headers cannot prove it.
    pub why_not_proven: Option<NotProven>,
    /// How far the proof reaches, in words.
    pub proof: String,
}
