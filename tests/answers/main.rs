//! What is said of a failing pair: verdict, cause, certainty, fix, sentences.

#[path = "../cause_samples/mod.rs"]
mod cause_samples;
#[path = "../exchanges/mod.rs"]
mod exchanges;
#[path = "../support/synthetic.rs"]
mod synthetic;
#[path = "../support/vectors.rs"]
mod vector_cases;

mod alike;
mod causes;
mod certainty;
mod console;
mod edits;
mod explain;
mod fixes;
mod golden;
mod judge;
mod messages;
mod pasted;
mod remarks;
mod stacks;
mod statements;
mod truth;
mod twins;
mod vector_fixes;
