//! Server software: how each product shows in an answer, and how it is told to send CORS headers.
//!
//! One file a product, in the folder of its [`Layer`]: its signs, its configuration, what it does otherwise than
//! others. A product gets a [`Need`] (what has to change, and what kind of trouble there is) and gives a
//! [`Configuration`]; it knows no cause, judges nothing and proves nothing.
//!
//! | file | owns |
//! |---|---|
//! | `sign` | what a sign may be, and whether an answer has it |
//! | `stack` | what a product's row holds |
//! | `detect` | the layers that an answer names |
//! | `need` | what is asked of a product |
//! | `configure` | the answer of a product that is as most are |
//! | `answers` | what its own answers say: refusals, error pages, lines it adds |
//! | `package` | settings of CORS packages, their defaults, and lists that are there already |

mod answers;
mod application;
mod cdn;
mod configure;
mod detect;
mod need;
mod package;
mod proxy;
mod service;
mod sign;
mod stack;

pub use answers::{
    Answers, SilentRefusal, forbidden_pages, gateway_pages, refusals, silent_refusal, why_doubled, why_left_out,
};
pub use configure::{Configuration, Effect};
pub use detect::{StackHit, detect};
pub use need::{Kind, Listed, Need};
pub use package::CorsPackage;
pub use sign::Sign;
pub use stack::{Checked, Layer, Package, Stack};

/// Every product, outermost layers first.
pub fn all() -> impl Iterator<Item = &'static Stack> {
    [cdn::ROWS, proxy::ROWS, application::ROWS, service::ROWS].into_iter().flatten()
}

/// The product of an id.
pub fn by_id(id: &str) -> Option<&'static Stack> {
    all().find(|stack| stack.id == id)
}
