//! How often the subjects of a challenge were graded and what changed, as it is written down.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Grounds;

/// What was found out, and of what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityRecord {
    /// The challenge's id.
    pub challenge: String,
    /// When the last run ended.
    pub at: DateTime<Utc>,
    /// Of some subjects each, on an idle or a busy machine.
    pub runs: Vec<Repeated>,
}

impl StabilityRecord {
    /// Adds a run, in place of those that say no more than it: of the same subjects or fewer, as busy, from the
    /// same seed. Afresh, in place of those from other seeds, too.
    pub fn add(&mut self, run: Repeated, afresh: bool) {
        self.runs.retain(|earlier| {
            let mut subjects = earlier.of.subjects.keys();
            let is_of_others = !subjects.all(|name| run.of.subjects.contains_key(name));
            let is_another = !afresh && earlier.seed != run.seed;
            earlier.busy != run.busy || is_of_others || is_another
        });
        self.runs.push(run);
        self.runs.sort_by_key(|run| run.busy);
    }

    /// Drops runs of what is no longer so.
    pub fn keep(&mut self, now: &Grounds) {
        self.runs.retain(|run| now.hold(&run.of));
    }
}

/// Grades one after the other, under one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    /// What the grades rest on.
    pub of: Grounds,
    /// The version of `tryout`.
    pub version: String,
    /// How many processes computed beside it all the while.
    pub busy: u32,
    /// How many sandboxes stood at once.
    pub at_once: u32,
    /// How often each subject was graded.
    pub times: u32,
    /// The first seed; others follow from it. None where an earlier version did not write it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// With how many seeds.
    pub seeds: u32,
    /// How many grades that were.
    pub grades: u32,
    /// Checks that ended otherwise than they must: a sentence for each.
    pub changed: Vec<String>,
    /// Checks that noise left undecided, as seldom as it may: a sentence for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
    /// How long it took.
    pub seconds: u64,
}

impl StabilityRecord {
    /// As it is written down.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// As it was written down.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn of_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(busy: u32, subjects: &[(&str, &str)]) -> Repeated {
        let subjects = subjects.iter();
        let subjects = subjects.map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned()));
        Repeated {
            of: Grounds {
                checks: "c".to_owned(),
                subjects: subjects.collect(),
            },
            version: "1".to_owned(),
            busy,
            at_once: 1,
            times: 1,
            seed: Some(1),
            seeds: 1,
            grades: 1,
            changed: Vec::new(),
            undecided: Vec::new(),
            seconds: 1,
        }
    }

    fn of(runs: &[Repeated]) -> StabilityRecord {
        added(runs, false)
    }

    fn added(runs: &[Repeated], afresh: bool) -> StabilityRecord {
        let mut all = StabilityRecord {
            challenge: "a".to_owned(),
            at: DateTime::default(),
            runs: Vec::new(),
        };
        for run in runs {
            all.add(run.clone(), afresh);
        }
        all
    }

    #[test]
    fn a_run_takes_the_place_of_those_that_say_no_more() {
        let (idle, busy) = (run(0, &[("go", "1")]), run(2, &[("go", "1")]));
        let other = run(0, &[("java", "1")]);
        let both = run(0, &[("go", "1"), ("java", "1")]);
        let runs =
            |all: &[&Repeated]| -> Vec<Repeated> { all.iter().map(|run| (*run).clone()).collect() };
        assert_eq!(
            of(&runs(&[&busy, &idle, &other])).runs,
            runs(&[&idle, &other, &busy])
        );
        assert_eq!(
            of(&runs(&[&idle, &busy, &other, &both])).runs,
            runs(&[&both, &busy])
        );
        assert_eq!(of(&runs(&[&both, &idle])).runs, runs(&[&both, &idle]));
    }

    #[test]
    fn runs_from_other_seeds_add_up_unless_all_is_graded_afresh() {
        let from = |seed: Option<u64>| Repeated {
            seed,
            ..run(0, &[("go", "1")])
        };
        let runs = [from(None), from(Some(1)), from(Some(2)), from(Some(1))];
        let seeds = |all: StabilityRecord| -> Vec<Option<u64>> {
            all.runs.iter().map(|run| run.seed).collect()
        };
        assert_eq!(seeds(added(&runs, false)), [None, Some(2), Some(1)]);
        assert_eq!(seeds(added(&runs, true)), [Some(1)]);
    }

    #[test]
    fn a_run_counts_while_its_subjects_and_the_checks_are_as_they_were() {
        let now = run(0, &[("go", "1"), ("java", "1")]).of;
        let kept = |run: Repeated| {
            let mut all = of(&[run]);
            all.keep(&now);
            all.runs.len()
        };
        assert_eq!(kept(run(0, &[("go", "1")])), 1);
        assert_eq!(kept(run(0, &[("go", "2")])), 0);
        assert_eq!(kept(run(0, &[("php", "1")])), 0);
        let mut others = run(0, &[("go", "1")]);
        others.of.checks = "d".to_owned();
        assert_eq!(kept(others), 0);
        assert_eq!(
            now.clone().only(&["go".to_owned()]),
            run(0, &[("go", "1")]).of
        );
    }
}
