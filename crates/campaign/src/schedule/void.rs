//! When a grade is no result.

use challenge_spec::Challenge;
use report::model::Outcome;

use crate::{Finding, Record, judge, variant::Purpose};

/// What is no result, so that a variant is tried once more and the journal does without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Void {
    /// A check that something of ours kept from being run.
    Errored,
    /// The same, and a check that decided nothing where it should, unless another was decided as it must not be.
    Undecided,
}

impl Void {
    pub(super) fn covers(self, challenge: &Challenge, record: &Record) -> bool {
        if record.purpose == Purpose::Mutant && record.has(Outcome::Failed) {
            return false;
        }
        let is_open = || {
            let astray = judge::astray(challenge, record);
            let mut outcomes = astray.iter().map(Finding::outcome);
            // What was decided is a result, whatever stands beside it.
            let decides = |outcome| !matches!(outcome, None | Some(Outcome::Inconclusive));
            record.has(Outcome::Inconclusive)
                && (record.purpose == Purpose::Mutant
                    || !astray.is_empty() && !outcomes.any(decides))
        };
        record.has(Outcome::Errored) || self == Self::Undecided && is_open()
    }
}
