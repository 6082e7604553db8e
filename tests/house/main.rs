//! How the code is built: which room may use which, and with which compiler.

mod causes;
mod layering;
mod msrv;
mod prose;
