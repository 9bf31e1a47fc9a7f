//! What the process says when it ends: the exit codes, each with its meaning.

/// The exit codes of `tryout`. They are stable: scripts and CI jobs decide by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Graded, and at or above `--min-score` however the undecided points would fall.
    Success = 0,
    /// Graded, and below `--min-score` however the undecided points would fall. A submission that
    /// does not build or does not start is graded too, and ends here.
    BelowMinScore = 1,
    /// The input is at fault: no such folder or challenge, a mistake in a challenge's file, a wrong
    /// argument. Nothing was graded.
    InputAtFault = 2,
    /// Something of ours broke, and it matters: either nothing could be run, or the points that it
    /// left undecided could move the result over `--min-score`. Run it again.
    OursAtFault = 3,
    /// Nothing broke, yet a measurement was too near its threshold, or a service was not to be had,
    /// and those points could move the result over `--min-score`. A person decides.
    Undecided = 4,
}

impl ExitCode {
    /// Every code, in order.
    pub const ALL: [Self; 5] = [
        Self::Success,
        Self::BelowMinScore,
        Self::InputAtFault,
        Self::OursAtFault,
        Self::Undecided,
    ];

    /// As the number that the system sees.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode;

    #[test]
    fn codes_are_the_documented_numbers() {
        let codes = ExitCode::ALL.map(ExitCode::code);
        assert_eq!(codes, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn the_page_for_readers_has_a_row_for_each_code() {
        let page = include_str!("../../../docs/exit-codes.md");
        for code in ExitCode::ALL {
            let row = format!("| {} |", code.code());
            assert!(page.contains(&row), "docs/exit-codes.md lacks `{row}`");
        }
    }
}
