//! What a product's row holds.
//!
//! Owns the vocabulary of rows. A configuration text may hold holes, which [`crate::paste::fill`] fills with the
//! writer of the row's language.

use super::answers::{Answers, WhyDoubled, WhyLeftOut};
use super::{Configuration, CorsPackage, Need, Sign, SilentRefusal, configure};
use crate::paste::Language;

/// Where in front of or in the application a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Content delivery network.
    Cdn,
    /// Proxy, gateway or load balancer.
    Proxy,
    /// Application framework.
    Application,
    /// Storage or another service that is used as it is.
    Service,
}

/// A package of a product with a sign of its own.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// The product's name with the package's.
    pub name: &'static str,
    /// Seen besides a sign of the product.
    pub sign: Sign,
    /// What that sign is, in words; without them the sign itself is quoted.
    pub words: Option<&'static str>,
}

/// What a row's signs and configuration were checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// A real server: its answers, also those after the printed fix, stand in `tests/stacks/ID.json`.
    Server,
    /// The product's source code, by file or repository.
    Source(&'static str),
    /// The vendor's documentation, by the page's subject.
    Documentation(&'static str),
    /// Answers in public reports and captures; nobody's word but theirs.
    Seen(&'static str),
}

/// One product.
#[derive(Debug, Clone, Copy)]
pub struct Stack {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Where it stands.
    pub layer: Layer,
    /// Any of them is enough.
    pub signs: &'static [Sign],
    /// A package that may show as well.
    pub package: Option<Package>,
    /// The products that it is built on, whose own configuration is then not shown.
    pub built_on: &'static [&'static str],
    /// What the row was checked against.
    pub checked: Checked,
    /// What to do, one line, before the configuration; empty when CORS is not its business.
    pub title: &'static str,
    /// Configuration, with holes; empty where it is made of `settings`, or in the product's own file.
    pub config: &'static str,
    /// What the configuration is read as.
    pub language: Language,
    /// What people commonly do wrong.
    pub do_not: &'static str,
    /// Settings of its CORS package.
    pub settings: Option<&'static CorsPackage>,
    /// How it is configured.
    pub configure: Configure,
    /// Keeps its list of sites where no answer shows it. The words name that place, and may be empty.
    pub list_of_sites: Option<&'static str>,
    /// Statuses that usually are a page of its own when it stands in front: the application never saw the request,
    /// or never answered.
    pub own_pages: &'static [u16],
    /// How its own answers show what happened.
    pub answers: Answers,
}

/// What a product is configured with; nothing where CORS is not its business, or the need is none it can meet.
pub(super) type Configure = fn(&Stack, &Need<'_>) -> Option<Configuration>;

impl Stack {
    const fn new(layer: Layer, id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self {
            id,
            name,
            layer,
            signs,
            package: None,
            built_on: &[],
            checked: Checked::Server,
            title: "",
            config: "",
            language: Language::Prose,
            do_not: "",
            settings: None,
            configure: configure::usual,
            list_of_sites: None,
            own_pages: &[],
            answers: Answers::NONE,
        }
    }

    /// A content delivery network.
    pub(super) const fn cdn(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Cdn, id, name, signs)
    }

    /// A proxy or gateway.
    pub(super) const fn proxy(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Proxy, id, name, signs)
    }

    /// An application framework.
    pub(super) const fn application(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Application, id, name, signs)
    }

    /// A service.
    pub(super) const fn service(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Service, id, name, signs)
    }

    /// Not a server run here, but what the vendor publishes.
    pub(super) const fn checked(self, checked: Checked) -> Self {
        Self { checked, ..self }
    }

    /// What to do, and the configuration in this language.
    pub(super) const fn fix(self, title: &'static str, language: Language, config: &'static str) -> Self {
        Self { title, config, language, ..self }
    }

    pub(super) const fn do_not(self, do_not: &'static str) -> Self {
        Self { do_not, ..self }
    }

    pub(super) const fn built_on(self, ids: &'static [&'static str]) -> Self {
        Self { built_on: ids, ..self }
    }

    pub(super) const fn package(self, name: &'static str, sign: Sign, words: Option<&'static str>) -> Self {
        Self { package: Some(Package { name, sign, words }), ..self }
    }

    /// What to do, and the settings of its CORS package.
    pub(super) const fn packaged(self, title: &'static str, package: &'static CorsPackage) -> Self {
        Self { title, language: package.language, settings: Some(package), ..self }
    }

    /// Not as most are.
    pub(super) const fn configured_by(self, configure: Configure) -> Self {
        Self { configure, ..self }
    }

    pub(super) const fn list_of_sites(self, words: &'static str) -> Self {
        Self { list_of_sites: Some(words), ..self }
    }

    pub(super) const fn own_pages(self, statuses: &'static [u16]) -> Self {
        Self { own_pages: statuses, ..self }
    }

    pub(super) const fn refuses(mut self, by: &'static str, words: &'static [&'static str]) -> Self {
        self.answers.refusals = Some((by, words));
        self
    }

    pub(super) const fn refuses_silently(mut self, refusal: SilentRefusal) -> Self {
        self.answers.silent = Some(refusal);
        self
    }

    pub(super) const fn gateway_pages(mut self, pages: &'static [(&'static str, &'static str)]) -> Self {
        self.answers.gateway_pages = pages;
        self
    }

    pub(super) const fn forbidden_page(mut self, words: &'static str) -> Self {
        self.answers.forbidden_page = Some(words);
        self
    }

    pub(super) const fn doubled(mut self, server: &'static str, why: WhyDoubled) -> Self {
        self.answers.doubled = Some((server, why));
        self
    }

    pub(super) const fn left_out(mut self, server: &'static str, why: WhyLeftOut) -> Self {
        self.answers.left_out = Some((server, why));
        self
    }

    /// Whether this status usually is a page of its own when it stands in front.
    pub fn answers_by_itself(&self, status: u16) -> bool {
        self.own_pages.contains(&status)
    }
}
