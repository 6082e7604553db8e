//! The vocabulary of the table of server software: signs, rows, and what a row was checked against.
//!
//! The rows stand in the files beside this one. A configuration text may hold holes, which
//! [`crate::paste::fill`] fills with the writer of the row's language.

use crate::diagnosis::Who;
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

/// How a product shows in a response. Texts are in lower case unless the sign says otherwise.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// A header of this name.
    Has(&'static str),
    /// A header whose value starts so.
    Starts(&'static str, &'static str),
    /// A header whose value contains this.
    Contains(&'static str, &'static str),
    /// A header whose value is this, letters' case counting.
    Is(&'static str, &'static str),
    /// The start of the body contains this.
    Body(&'static str),
    /// A cookie whose name starts so.
    Cookie(&'static str),
    /// The reason phrase contains this.
    Reason(&'static str),
    /// An answer of HTTP/1.1 with a status line that ends after the status.
    NoReason,
    /// The status.
    Status(u16),
    /// All of these.
    All(&'static [Self]),
    /// One of these.
    Any(&'static [Self]),
    /// This is not there. Of no weight alone.
    Not(&'static Self),
    /// This does not name the product: others may send it as well, or it is its maker's or its server's.
    Likely(&'static Self),
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
    /// Who configures it.
    pub who: Who,
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
    /// Configuration, with holes.
    pub config: &'static str,
    /// What the configuration is read as.
    pub language: Language,
    /// What people commonly do wrong.
    pub do_not: &'static str,
}

impl Stack {
    const fn new(layer: Layer, who: Who, id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self {
            id,
            name,
            layer,
            who,
            signs,
            package: None,
            built_on: &[],
            checked: Checked::Server,
            title: "",
            config: "",
            language: Language::Prose,
            do_not: "",
        }
    }

    /// A content delivery network.
    pub(super) const fn cdn(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Cdn, Who::Cdn, id, name, signs)
    }

    /// A proxy or gateway.
    pub(super) const fn proxy(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Proxy, Who::Proxy, id, name, signs)
    }

    /// An application framework.
    pub(super) const fn application(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Application, Who::Application, id, name, signs)
    }

    /// A service.
    pub(super) const fn service(id: &'static str, name: &'static str, signs: &'static [Sign]) -> Self {
        Self::new(Layer::Service, Who::Server, id, name, signs)
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
}
