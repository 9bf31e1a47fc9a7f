//! From outcomes to points, skills and a verdict. Pure functions, whole numbers.

mod verdict;

use indexmap::IndexMap;

use crate::model::{Blame, CheckReport, Outcome, Score, SkillScore};

pub use verdict::{Verdict, verdict};

/// Where the points of a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The check passed.
    Earned,
    /// There is evidence against the submission, here or in a check that this one requires.
    Lost,
    /// Something that the submission could not have caused kept it from being decided.
    Undecided,
}

/// Where the points of `check` went: by its outcome, and for a skipped one by its blame. A skipped
/// check without a blame is undecided: losing points takes evidence.
pub fn fate(check: &CheckReport) -> Fate {
    match (check.outcome, check.blame) {
        (Outcome::Passed, _) => Fate::Earned,
        (Outcome::Failed, _) | (Outcome::Skipped, Some(Blame::Submission)) => Fate::Lost,
        (Outcome::Skipped, Some(Blame::Ours | Blame::Nobody) | None)
        | (Outcome::Errored | Outcome::Inconclusive, _) => Fate::Undecided,
    }
}

/// The points of `checks` together.
pub fn score<'a>(checks: impl IntoIterator<Item = &'a CheckReport>) -> Score {
    let mut score = Score::default();
    for check in checks {
        add(&mut score, check);
    }
    score
}

/// The points of `checks` by the root of their skill, in the order in which the roots first come.
/// `titles` names a root for people.
pub fn skills(checks: &[CheckReport], titles: impl Fn(&str) -> String) -> Vec<SkillScore> {
    let mut by_root: IndexMap<&str, Score> = IndexMap::new();
    for check in checks {
        add(by_root.entry(root(&check.skill)).or_default(), check);
    }
    by_root
        .into_iter()
        .map(|(id, score)| SkillScore {
            id: id.to_owned(),
            title: titles(id),
            earned: score.earned,
            lost: score.lost,
            undecided: score.undecided,
            possible: score.possible,
        })
        .collect()
}

/// The root of a skill: `security` of `security/authorization`.
pub fn root(skill: &str) -> &str {
    skill.split_once('/').map_or(skill, |(root, _)| root)
}

/// Adds a check's points; what would not fit into the sum is left out of every part of it, so that
/// the parts always make up the whole.
fn add(score: &mut Score, check: &CheckReport) {
    let points = check.points.min(u32::MAX - score.possible);
    score.possible += points;
    *match fate(check) {
        Fate::Earned => &mut score.earned,
        Fate::Lost => &mut score.lost,
        Fate::Undecided => &mut score.undecided,
    } += points;
}
