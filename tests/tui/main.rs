//! The terminal UI from outside: screens, sessions of key presses, sizes, random actions.

mod screens;
mod sessions;
mod support;
mod survives;
