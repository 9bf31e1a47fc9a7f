//! One sandbox that a proof asks for, and the name under which its result is kept.

use std::fmt;

use grader::{Subject, SubjectKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Changes when results under the same name would be others.
const FORMAT: &str = "2";

/// Why a subject is graded once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A row of the matrix, for the so many-th time from 1.
    Matrix {
        /// Which time.
        time: u32,
    },
    /// One check with nothing before it but what it requires, in a sandbox of its own.
    Alone {
        /// Its id.
        check: String,
    },
    /// All checks in another order.
    Shuffled,
    /// Whether any check notices a small change.
    Mutant,
}

/// One sandbox that a proof asks for.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) subject: Subject,
    pub(crate) purpose: Purpose,
    pub(crate) seed: u64,
    /// The ids of its checks in the order in which they are tried; all of them in the challenge's order
    /// where there is none.
    pub(crate) order: Option<Vec<String>>,
    /// The solution on whose layers it is built.
    pub(crate) of: Option<String>,
}

impl Variant {
    /// The name of its result: the same for the same grounds, subject, question and program.
    pub(crate) fn key(&self, grounds: &str, version: &str) -> String {
        let mut hash = Sha256::new();
        let purpose = format!("{:?}", self.purpose);
        let order = self.order.as_deref().unwrap_or_default().join(" ");
        for part in [
            FORMAT,
            version,
            grounds,
            &self.subject.kind.to_string(),
            self.subject.snapshot.digest(),
            &purpose,
            &self.seed.to_string(),
            &order,
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize()
            .iter()
            .fold(String::with_capacity(64), |hex, byte| {
                hex + &format!("{byte:02x}")
            })
    }

    /// Whether it is the first build of its solution, on whose layers the others wait.
    pub(crate) fn opens_the_way(&self) -> bool {
        matches!(self.subject.kind, SubjectKind::Solution(_))
            && self.purpose == (Purpose::Matrix { time: 1 })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matrix { time: 1 } => f.write_str("all checks"),
            Self::Matrix { time } => write!(f, "all checks, time {time}"),
            Self::Alone { check } => write!(f, "`{check}` alone"),
            Self::Shuffled => f.write_str("in another order"),
            Self::Mutant => f.write_str("until a check notices"),
        }
    }
}
