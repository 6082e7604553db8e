//! What is asked of a product: what has to change, and what kind of trouble there is.
//!
//! Owns the few kinds that some product acts on. Who made the need knows the cause; products do not.

use crate::cors::Stage;
use crate::exchange::{Headers, ResponseHead};
use crate::paste::{CorsHeader, Holes, SerializedOrigin};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// Other sites that a list is written for: nobody copies more by hand.
const OTHER_SITES: usize = 16;

/// What an answer must have that it has not, for one pair.
#[derive(Debug)]
pub struct Need<'a> {
    /// Which answer.
    pub on: Stage,
    /// Its status, when that has to change.
    pub status: Option<u16>,
    /// Header lines to have exactly once with this value.
    pub lines: Vec<CorsHeader>,
    /// The list of `Access-Control-Allow-Methods`.
    pub methods: Listed,
    /// The list of `Access-Control-Allow-Headers`.
    pub headers: Listed,
    /// What kind of trouble there is.
    pub kind: Kind<'a>,
    /// The answer as it is.
    pub answer: &'a ResponseHead,
    /// The request's method.
    pub method: &'a str,
    /// What texts are filled with.
    pub holes: Holes,
    /// The page's origin.
    pub origin: &'a str,
    /// The path of the URL.
    pub path: String,
}

/// The items of a list in an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// What it holds.
    pub present: Vec<String>,
    /// What it has to hold, where it has to change: only what may stand in what people paste.
    pub wanted: Vec<String>,
}

/// What kind of trouble there is, as far as a product is configured otherwise for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// The server keeps a list of sites, and this page is not on it.
    NotListed,
    /// Allow-Origin names another site, which goes on needing it.
    OtherSite(&'a str),
    /// Allow-Origin is there more than once.
    Repeated {
        /// All of its values.
        value: &'a str,
        /// Whether each of the lines names the page: any of them may stay.
        names_the_page: bool,
    },
    /// Allow-Origin is `*`, and the request has credentials.
    Wildcard,
    /// Only the error answer, of this status, lacks the header.
    BareError(u16),
    /// A login check refuses the preflight.
    Login,
    /// A check of another kind refuses the preflight with this status.
    Refused(u16),
    /// The preflight's handler fails.
    Crash,
    /// None of these.
    Other,
}

impl Need<'_> {
    /// The page's origin as titles show it.
    pub(super) fn page(&self) -> Captured<'_> {
        Captured::address(self.origin)
    }

    /// The path as titles show it.
    pub(super) fn shown_path(&self) -> Captured<'_> {
        Captured::address(&*self.path)
    }

    /// The answer's header lines.
    pub(super) fn answered(&self) -> &Headers {
        &self.answer.headers
    }

    /// Whether a header of this name has to be set.
    pub(super) fn sets(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.key == name)
    }

    /// Whether other sites lose what they have if a value is replaced.
    pub(super) fn serves_others(&self) -> bool {
        matches!(self.kind, Kind::NotListed | Kind::OtherSite(_))
    }

    /// The sites that a list has to hold where the header names another one now, or any.
    pub(super) fn sites(&self) -> Option<Vec<SerializedOrigin>> {
        let page = &self.holes.origin;
        let mut sites: Vec<SerializedOrigin> = match self.kind {
            Kind::OtherSite(value) => SerializedOrigin::of(value).into_iter().collect(),
            // Whichever line stays, it has to follow the site that asks.
            Kind::Repeated { value, .. } if value.split(',').any(|item| item.trim() != self.origin) => {
                let mut sites = Vec::new();
                for site in value.split(',').filter_map(|site| SerializedOrigin::of(site.trim()).ok()) {
                    if site != *page && sites.len() < OTHER_SITES && !sites.contains(&site) {
                        sites.push(site);
                    }
                }
                sites
            }
            _ => return None,
        };
        sites.push(page.clone());
        Some(sites)
    }

    /// What a list of sites is for, in words.
    pub(super) fn follow_the_site(&self) -> Prose {
        if matches!(self.kind, Kind::Repeated { .. }) {
            prose!("keep one line, from one layer, and change it to name the site that asks, here {}", self.page())
        } else {
            prose!("add {} to the sites that are allowed, and answer with the one that asks", self.page())
        }
    }

    /// Every line a preflight's answer needs.
    pub(super) fn full_lines(&self) -> Vec<CorsHeader> {
        let holes = &self.holes;
        let mut lines = vec![CorsHeader::origin(&holes.origin)];
        if holes.credentials {
            lines.push(CorsHeader::credentials());
        }
        lines.push(CorsHeader::methods(&holes.methods));
        if !holes.headers.is_empty() {
            lines.push(CorsHeader::headers(&holes.headers));
        }
        lines
    }
}
