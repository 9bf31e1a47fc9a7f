//! When a grade is no result.

use challenge_spec::Challenge;
use report::model::Outcome;

use crate::{Record, judge, variant::Purpose};

/// What is no result, so that a variant is tried once more and the journal does without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Void {
    /// A check that something of ours kept from being run.
    Errored,
    /// The same, and a check that decided nothing where it should.
    Undecided,
}

impl Void {
    pub(super) fn covers(self, challenge: &Challenge, record: &Record) -> bool {
        if record.purpose == Purpose::Mutant && record.has(Outcome::Failed) {
            return false;
        }
        let is_open = || {
            record.has(Outcome::Inconclusive)
                && (record.purpose == Purpose::Mutant
                    || !judge::astray(challenge, record).is_empty())
        };
        record.has(Outcome::Errored) || self == Self::Undecided && is_open()
    }
}
