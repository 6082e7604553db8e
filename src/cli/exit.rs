//! Exit codes, the same in code, help and documents.

use crate::report::view::Summary;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Nothing failing.
    Nothing = 0,
    /// At least one request failed.
    Failing = 1,
    /// Usage, or an input that could not be read.
    Trouble = 2,
    /// Interrupted.
    Interrupted = 130,
}

/// What each code means, for documents.
pub const EXIT_CODES: &[(Exit, &str)] = &[
    (Exit::Nothing, "nothing failing"),
    (Exit::Failing, "at least one request failed"),
    (Exit::Trouble, "usage, or an input that could not be read"),
    (Exit::Interrupted, "interrupted"),
];

impl Exit {
    /// The code of a finished analysis. An unreadable input outweighs what the others show, since
    /// a pipeline must not take half an answer for a whole one.
    pub fn of(summary: &Summary, unreadable: bool, strict: bool) -> Self {
        if unreadable {
            Self::Trouble
        } else if summary.failed > 0 || (strict && summary.undecided > 0) {
            Self::Failing
        } else {
            Self::Nothing
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecided_requests_fail_only_when_strict() {
        let undecided = Summary { undecided: 1, ..Summary::default() };
        assert_eq!(Exit::of(&undecided, false, false), Exit::Nothing);
        assert_eq!(Exit::of(&undecided, false, true), Exit::Failing);
    }

    #[test]
    fn an_unreadable_input_outweighs_a_failing_request() {
        let failed = Summary { failed: 1, ..Summary::default() };
        assert_eq!(Exit::of(&failed, false, false), Exit::Failing);
        assert_eq!(Exit::of(&failed, true, false), Exit::Trouble);
    }

    #[test]
    fn numbers_are_those_of_the_documents() {
        let codes: Vec<u8> = EXIT_CODES.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 130]);
    }
}
