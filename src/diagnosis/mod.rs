//! From a pair to an answer: verdict, root cause, evidence, fixes with proof, console sentences.
//!
//! Owns [`judge()`] (Pair → verdict), the causes, server facts, fixes, console
//! sentences and remarks. Renders nothing: `report` turns a [`Diagnosis`] into its picture.

pub mod answer;
pub mod causes;
pub mod console;
mod dispute;
mod doubts;
mod ending;
pub mod event;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod fix;
pub mod judge;
mod layers;
mod page_words;
mod proof;
mod quote;
pub mod remarks;
pub mod rules;
mod scene;
pub mod terms;
mod twins;
mod two_rules;
pub mod verdict;
pub mod verify;

pub use answer::{Diagnosis, diagnose, nature};
pub use causes::Cause;
pub use evidence::{Evidence, Side};
pub use facts::{ServerFacts, Works};
pub use judge::judge;
pub use quote::status as status_line;
pub use remarks::{ALL_FAILED, FAILED, Remark, RemarkCollector};
pub use terms::{Certainty, Change, Fix, Line, Nature, NotProven, Who};
pub use verdict::{Doubt, Failure, Judged, Verdict};
pub use verify::Verify;
