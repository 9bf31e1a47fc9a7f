use std::fmt;

use runner::snapshot::Snapshot;

/// Something that a plan starts and uses.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it stands for.
    pub kind: SubjectKind,
    /// Its files.
    pub snapshot: Snapshot,
}

/// What a subject stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// An empty folder: what earns points for it is not worth asking.
    Nothing,
    /// What a candidate begins from, by language.
    Starter(String),
    /// What earns every point, by language.
    Solution(String),
    /// A solution with one defect, by the defect's id.
    Defect(String),
    /// What was handed in.
    Submission,
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Starter(language) => write!(f, "starter:{language}"),
            Self::Solution(language) => write!(f, "solution:{language}"),
            Self::Defect(id) => write!(f, "defect:{id}"),
            Self::Submission => f.write_str("submission"),
        }
    }
}
