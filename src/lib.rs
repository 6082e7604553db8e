//! whycors: why did the browser block this request, and what must change?

pub mod capture;
pub mod cli;
pub mod cors;
pub mod diagnosis;
pub mod exchange;
pub mod http;
pub mod pairing;
pub mod report;
pub mod run;
pub mod tls;
pub mod tui;
