use std::collections::BTreeSet;

use challenge_spec::model::{ChallengeFile, Visibility};
use thiserror::Error;

/// Which of a challenge's checks are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them; only then is there a total.
    #[default]
    All,
    /// Those that the candidate may see.
    Public,
    /// These, by id, and what they require.
    Only(Vec<String>),
}

/// A check that the challenge does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SelectionError {
    /// No check has this id.
    #[error("the challenge `{challenge}` has no check `{check}`; it has {}", known.join(", "))]
    UnknownCheck {
        /// The challenge's id.
        challenge: String,
        /// What was asked for.
        check: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Nothing is left to run.
    #[error("the challenge `{challenge}` has no public checks")]
    NothingPublic {
        /// The challenge's id.
        challenge: String,
    },
}

impl Selection {
    /// The ids of the checks to run, in the challenge's order, with all that they require.
    pub(crate) fn of(&self, challenge: &ChallengeFile) -> Result<Vec<String>, SelectionError> {
        let wanted: Vec<&str> = match self {
            Self::All => ids(challenge).collect(),
            Self::Public => {
                let public: Vec<&str> = challenge
                    .checks
                    .iter()
                    .filter(|check| check.visibility == Visibility::Public)
                    .map(|check| check.id.as_str())
                    .collect();
                if public.is_empty() {
                    return Err(SelectionError::NothingPublic {
                        challenge: challenge.id.clone(),
                    });
                }
                public
            }
            Self::Only(only) => only.iter().map(String::as_str).collect(),
        };
        let chosen = with_required(challenge, &wanted)?;
        Ok(ids(challenge)
            .filter(|id| chosen.contains(id))
            .map(str::to_owned)
            .collect())
    }
}

fn ids(challenge: &ChallengeFile) -> impl Iterator<Item = &str> {
    challenge.checks.iter().map(|check| check.id.as_str())
}

fn with_required<'a>(
    challenge: &'a ChallengeFile,
    wanted: &[&str],
) -> Result<BTreeSet<&'a str>, SelectionError> {
    let mut chosen = BTreeSet::new();
    let mut open: Vec<&str> = wanted.to_vec();
    while let Some(id) = open.pop() {
        let Some(check) = challenge.checks.iter().find(|check| check.id == id) else {
            return Err(SelectionError::UnknownCheck {
                challenge: challenge.id.clone(),
                check: id.to_owned(),
                known: ids(challenge).map(str::to_owned).collect(),
            });
        };
        if chosen.insert(check.id.as_str()) {
            open.extend(check.requires.iter().map(String::as_str));
        }
    }
    Ok(chosen)
}
