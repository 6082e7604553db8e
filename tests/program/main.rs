//! The program as its user runs it: arguments, formats, schema, README, terminal.

mod cli;
#[path = "../support/held.rs"]
mod held;
mod leaks;
mod readme;
mod reports;
mod schema;
mod screenshot;
mod small_inputs;
mod tmux;
mod usage;
