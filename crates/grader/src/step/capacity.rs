//! `capacity`: the highest rate of requests at which an objective is kept, of the submission and, try by
//! try in turn, of another subject. What noise could have done is no failure: a least rate is missed when
//! three searches miss it, a ratio when two pairs of searches more are against it than for it.

mod decision;
mod shown;

use std::time::Duration;

use challenge_spec::model::{Capacity, ChallengeFile};
use loadgen::{
    capacity::{self, CapacityError, Objective, Search, Searching, Try},
    load::{Arrival, LoadError, Pace, Ramp, Rate},
};
use probe::expression::Scope;
use report::model::Evidence;

use super::{
    Place,
    measure::{self, AROUND, Apart, CONNECTIONS, Run, SUBMISSION, Sent, Shot, Side, within},
};
use crate::{finish, session::Session, verdict::StepEnd};
use decision::{Decision, ROUNDS};

/// A request is waited for so many times as long as the objective says, and at least so long.
const PATIENCE: u32 = 4;
const SHORTEST: Duration = Duration::from_secs(1);

/// What is looked for.
struct Trial<'a> {
    step: &'a Capacity,
    place: &'a Place,
    objective: Objective,
    of: Of,
    /// The submission, and behind it the other subject.
    sides: Vec<Side<'a>>,
    /// Of each side, one search after the other.
    found: Vec<Vec<capacity::Capacity>>,
    apart: Apart<'a>,
    seed: u64,
}

/// What the objective is about.
#[derive(Debug, Clone, Copy)]
struct Of {
    /// `p99`.
    key: &'static str,
    within: Duration,
}

pub(super) async fn run(
    session: &Session<'_>,
    step: &Capacity,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let sandbox = match measure::other(session, step.against.as_deref(), place).await {
        Ok(sandbox) => sandbox,
        Err(end) => return end,
    };
    let other = sandbox.as_deref().map(|sandbox| session.beside(sandbox));
    let sent = Sent {
        setup: &step.setup,
        requests: &step.requests,
        forms: step.forms,
    };
    let mut named = vec![(SUBMISSION, session)];
    named.extend(step.against.as_deref().zip(other.as_ref()));
    let mut sides = Vec::new();
    for (name, session) in &named {
        match Side::new(name, session, sent, scope, place).await {
            Ok(side) => sides.push(side),
            Err(end) => return end,
        }
    }
    let seed = match measure::seed("capacity", scope, place) {
        Ok(seed) => seed,
        Err(end) => return end,
    };
    let Some((key, share, limit)) = step.objective.latencies().next() else {
        return StepEnd::errored(format!("step {place}: an objective without a percentile"));
    };
    let of = Of {
        key,
        within: limit.get(),
    };
    let errors = step.objective.errors.unwrap_or(0.0);
    let objective = match Objective::new(Some(share * 100.0), of.within, errors) {
        Ok(objective) => objective,
        Err(error) => return StepEnd::errored(format!("step {place}: {}", finish::chain(&error))),
    };
    let sandboxes = named.iter().map(|(_, session)| session.sandbox).collect();
    let mut trial = Trial {
        step,
        place,
        objective,
        of,
        found: vec![Vec::new(); sides.len()],
        sides,
        apart: Apart::new(sandboxes).await,
        seed,
    };
    let (Ok(end) | Err(end)) = trial.searched().await;
    match trial.apart.end().await {
        Ok(()) => end,
        Err(why) => measure::held(place, &why),
    }
}

/// How long the tries of all searches may take together, which is not the time of their check.
pub(crate) fn longest(file: &ChallengeFile, step: &Capacity) -> Duration {
    let within = patience(file, step);
    // A try that lost, or said nothing, is followed by a wait.
    let one = step.run_time() + within + within + AROUND;
    // Of three tries that may say nothing, two can come before what is said.
    let tries = step.most_rates() * (2 * Capacity::TRIES);
    let sides = if step.against.is_some() { 2 } else { 1 };
    let setup = measure::setup_beside(file, &step.setup, step.against.as_deref());
    one.saturating_mul(tries * sides * u32::try_from(ROUNDS).unwrap_or(u32::MAX)) + setup
}

/// How long a request is waited for: what takes longer has lost the objective anyway.
fn patience(file: &ChallengeFile, step: &Capacity) -> Duration {
    let limits = step.objective.latencies();
    let longest = limits.map(|(.., limit)| limit.get()).max();
    let patience = longest.unwrap_or_default().saturating_mul(PATIENCE);
    patience.max(SHORTEST).min(within(file, &step.requests))
}

impl Trial<'_> {
    /// Search after search of all sides, until it can be said what they come to.
    async fn searched(&mut self) -> Result<StepEnd, StepEnd> {
        loop {
            self.round().await?;
            let end = match decision::decide(&self.found, self.step, self.of) {
                Decision::More => continue,
                Decision::Held => StepEnd::Held(self.evidence()),
                Decision::Failed(reason) => StepEnd::Failed {
                    reason,
                    evidence: self.evidence(),
                },
                Decision::Open(reason) => StepEnd::Inconclusive {
                    reason,
                    evidence: self.evidence(),
                },
            };
            return Ok(end);
        }
    }

    /// A search of each side, try by try in turn.
    async fn round(&mut self) -> Result<(), StepEnd> {
        let searches = self.found.iter().map(|found| self.search(found));
        let mut searches = searches
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| self.none(&error))?;
        // The same tries of both sides are sent the same.
        for number in 0.. {
            let mut is_over = true;
            for (index, search) in searches.iter_mut().enumerate() {
                let Some(rate) = search.next_rate() else {
                    continue;
                };
                is_over = false;
                search.told(self.tried(index, rate, number).await?);
            }
            if is_over {
                break;
            }
        }
        self.seed = self.seed.wrapping_add(1 << 16);
        for (found, search) in self.found.iter_mut().zip(searches) {
            found.push(search.found());
        }
        Ok(())
    }

    /// From where the last one ended.
    fn search(&self, before: &[capacity::Capacity]) -> Result<Searching, CapacityError> {
        let rate = |per_second| {
            Rate::new(per_second).map_err(|source| CapacityError::Try { per_second, source })
        };
        let lowest = rate(self.step.from)?;
        let last = before.last().and_then(|found| found.keeps);
        Searching::new(Search {
            from: last.map_or(lowest, |kept| kept.rate),
            to: rate(self.step.to)?,
            lowest: Some(lowest),
            tries: Capacity::TRIES,
            precision: self.step.precision,
            budget: Duration::MAX,
        })
    }

    /// One side at one rate.
    async fn tried(&mut self, index: usize, rate: Rate, number: u64) -> Result<Try, StepEnd> {
        let held = self.apart.only(index).await;
        held.map_err(|why| measure::held(self.place, &why))?;
        let shot = Shot {
            pace: Pace::Open {
                ramp: Ramp::constant(rate),
                arrival: Arrival::Constant,
                connections: self.step.connections.unwrap_or(CONNECTIONS),
            },
            warm_up: self.step.warm_up.get(),
            duration: self.step.duration.get(),
            timeout: patience(self.sides[0].session.file, self.step),
            core: self.apart.core(),
            bearable: Duration::ZERO,
            seed: self.seed.wrapping_add(number),
        };
        let unmade = |error: LoadError| measure::unmade(self.place, &error);
        let run = self.sides[index].run(&shot).await.map_err(unmade)?;
        if run.measured.audit.core != shot.core {
            self.apart.core_is_shared();
        }
        let one = self.objective.judge(rate, &run.measured);
        self.sound(index).await?;
        if one.kept != Some(true) {
            self.sides[index].is_done(&shot).await.map_err(unmade)?;
        }
        Ok(one)
    }

    /// Whether a side lives after its last run, and has not answered what is wrong.
    async fn sound(&self, index: usize) -> Result<(), StepEnd> {
        let side = &self.sides[index];
        let Some(run) = side.runs.last() else {
            return Ok(());
        };
        let wrong = run.wrong_bodies(self.step.objective.errors.unwrap_or(0.0));
        if index > 0 {
            return match self.wrong_with(side, run, wrong.is_some()).await {
                None => Ok(()),
                Some(why) => Err(StepEnd::Errored {
                    reason: format!("step {}: {} under load: {why}", self.place, side.name),
                    evidence: self.evidence(),
                }),
            };
        }
        if let Some(faults) = wrong {
            let place = (self.place, patience(side.session.file, self.step));
            let (what, evidence) = ((run, faults), self.evidence());
            return Err(measure::faulty(side, what, place, evidence).await);
        }
        match measure::dead(side, run, self.place, || self.evidence()).await {
            Some(end) => Err(end),
            None => Ok(()),
        }
    }

    /// Whatever is wrong with the other subject is ours.
    async fn wrong_with(&self, side: &Side<'_>, run: &Run, answers_wrong: bool) -> Option<String> {
        if answers_wrong {
            return Some(measure::kinds(run));
        }
        match measure::dead(side, run, self.place, Vec::new).await {
            None => None,
            Some(StepEnd::Failed { .. }) => Some("it died".to_owned()),
            Some(_) => Some("whether it runs is not known".to_owned()),
        }
    }

    fn none(&self, error: &CapacityError) -> StepEnd {
        StepEnd::errored(format!("step {}: {}", self.place, finish::chain(error)))
    }

    fn evidence(&self) -> Vec<Evidence> {
        vec![Evidence::Capacity(Box::new(shown::of(self)))]
    }
}
