//! The program: parse the arguments, run, map the result to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    whycors::run::drive::main(std::env::args_os())
}
