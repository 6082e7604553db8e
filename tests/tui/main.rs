//! The terminal UI from outside: screens, sessions of key presses, sizes, random actions.

#[path = "../support/held.rs"]
mod held;
mod screens;
mod sessions;
mod support;
mod survives;
