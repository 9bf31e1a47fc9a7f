//! Which sandboxes a proof asks for, at about the order in which they are begun.

use challenge_spec::Challenge;
use grader::{Subject, SubjectKind};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};
use serde::Serialize;

use crate::{
    Repeats,
    variant::{Purpose, Variant},
};

/// How thoroughly a challenge is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thoroughness {
    /// The first seed; others follow from it.
    pub seed: u64,
    /// With how many seeds every subject is graded.
    pub seeds: u32,
    /// How often with each seed.
    pub repeat: u32,
    /// Which subjects.
    pub scope: Scope,
}

/// Which subjects are graded; only all of them are a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All of them.
    All,
    /// So many defects, chosen by the seed, beside what is no defect, all once and in one order: a
    /// quick look.
    Sample(u32),
}

impl Thoroughness {
    /// The seeds, at most nine digits each but for the first, so that a person can copy them.
    pub fn seeds(self) -> Vec<u64> {
        if matches!(self.scope, Scope::Sample(_)) {
            return vec![self.seed];
        }
        drawn(self.seed, self.seeds)
    }
}

impl Repeats<'_> {
    /// The seeds, drawn as those of a proof are.
    pub fn seeds(self) -> Vec<u64> {
        drawn(self.seed, self.seeds.min(self.times))
    }
}

/// So many seeds, at least one.
fn drawn(first: u64, count: u32) -> Vec<u64> {
    let mut random = ChaCha8Rng::seed_from_u64(first);
    let others = (1..count).map(|_| random.next_u64() % 1_000_000_000);
    std::iter::once(first).chain(others).collect()
}

/// Every subject with every seed, solutions first: defects are built on their layers. Then each
/// solution's checks in another order, then the checks of the first solution each alone.
pub(crate) fn agenda(
    challenge: &Challenge,
    subjects: &[Subject],
    how: Thoroughness,
) -> Vec<Variant> {
    let mut variants = Vec::new();
    let is_solution = |subject: &&Subject| matches!(subject.kind, SubjectKind::Solution(_));
    let solutions = || subjects.iter().filter(is_solution);
    let others = || subjects.iter().filter(|subject| !is_solution(subject));
    if let Scope::Sample(count) = how.scope {
        let purpose = Purpose::Matrix { time: 1 };
        let row = |subject| variant(challenge, subject, &purpose, how.seed, None);
        let chosen = chosen(subjects, count, how.seed);
        return solutions().chain(chosen).map(row).collect();
    }
    for seed in how.seeds() {
        for time in 1..=how.repeat.max(1) {
            let purpose = Purpose::Matrix { time };
            let row = |subject| variant(challenge, subject, &purpose, seed, None);
            variants.extend(solutions().chain(others()).map(row));
        }
    }
    for subject in solutions() {
        let order = shuffled(challenge, how.seed);
        let purpose = Purpose::Shuffled;
        variants.push(variant(challenge, subject, &purpose, how.seed, Some(order)));
    }
    if let Some(first) = solutions().next() {
        variants.extend(lonely(challenge).into_iter().map(|order| {
            let check = order.last().cloned().unwrap_or_default();
            let purpose = Purpose::Alone { check };
            variant(challenge, first, &purpose, how.seed, Some(order))
        }));
    }
    variants
}

/// Every subject once, then all of them again, each time with the next seed: a bad minute of the machine
/// is no single subject's.
pub(crate) fn repeated(
    challenge: &Challenge,
    subjects: &[Subject],
    how: Repeats<'_>,
) -> Vec<Variant> {
    let seeds = how.seeds();
    let round = |at: usize| {
        let time = u32::try_from(at / seeds.len() + 1).unwrap_or(u32::MAX);
        let (seed, purpose) = (seeds[at % seeds.len()], Purpose::Matrix { time });
        let row = move |subject| variant(challenge, subject, &purpose, seed, None);
        subjects.iter().map(row)
    };
    let rounds = usize::try_from(how.times).unwrap_or(usize::MAX);
    (0..rounds).flat_map(round).collect()
}

/// Starters, nothing, and some defects in an order that follows from a seed.
fn chosen(subjects: &[Subject], count: u32, seed: u64) -> Vec<&Subject> {
    let (defects, others): (Vec<_>, Vec<_>) = subjects
        .iter()
        .filter(|subject| !matches!(subject.kind, SubjectKind::Solution(_)))
        .partition(|subject| matches!(subject.kind, SubjectKind::Defect(_)));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let defects = shuffle(defects, seed).into_iter().take(count);
    others.into_iter().chain(defects).collect()
}

fn variant(
    challenge: &Challenge,
    subject: &Subject,
    purpose: &Purpose,
    seed: u64,
    order: Option<Vec<String>>,
) -> Variant {
    let of = match &subject.kind {
        SubjectKind::Solution(language) => Some(language.clone()),
        SubjectKind::Defect(id) => challenge.defect(id).map(|defect| defect.of.clone()),
        _ => None,
    };
    Variant {
        subject: subject.clone(),
        purpose: purpose.clone(),
        seed,
        order,
        of,
    }
}

/// All checks, in an order that follows from a seed; those that others require still come first.
fn shuffled(challenge: &Challenge, seed: u64) -> Vec<String> {
    shuffle(ids(challenge), seed)
}

/// In an order that follows from a seed.
pub(crate) fn shuffle<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x0005_4ff1_ed00);
    for last in (1..items.len()).rev() {
        let bound = last as u64 + 1;
        let other = usize::try_from(random.next_u64() % bound).unwrap_or(0);
        items.swap(last, other);
    }
    items
}

/// The orders that show of each check that it needs only what it requires: the check behind these.
/// An order that another one begins with is left out: whatever came first there came alone.
fn lonely(challenge: &Challenge) -> Vec<Vec<String>> {
    let orders: Vec<Vec<String>> = ids(challenge)
        .iter()
        .map(|id| with_required(challenge, id))
        .collect();
    let is_beginning = |order: &&Vec<String>| {
        let mut others = orders.iter();
        others.any(|other| other.len() > order.len() && other.starts_with(order))
    };
    let whole = orders.iter().filter(|order| !is_beginning(order));
    whole.cloned().collect()
}

/// Depth first, so that all that a check requires stands before it and nothing else does.
fn with_required(challenge: &Challenge, id: &str) -> Vec<String> {
    let mut order = Vec::new();
    let mut open = vec![(id.to_owned(), false)];
    while let Some((id, is_ready)) = open.pop() {
        if order.contains(&id) {
            continue;
        }
        if is_ready {
            order.push(id);
            continue;
        }
        let required = challenge.check(&id).map(|check| check.requires.clone());
        open.push((id, true));
        let required = required.unwrap_or_default();
        open.extend(required.into_iter().rev().map(|id| (id, false)));
    }
    order
}

fn ids(challenge: &Challenge) -> Vec<String> {
    let checks = challenge.file.checks.iter();
    checks.map(|check| check.id.clone()).collect()
}
