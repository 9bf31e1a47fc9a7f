//! `load`: many requests over a while, alone or turn and turn about with another subject under the same
//! load. What noise could have done is no failure: a limit is missed when three runs miss it, a ratio when
//! its whole interval does; where the load engine was the limit itself, a run says nothing.

mod decision;
mod interval;
mod shown;

use std::time::Duration;

use challenge_spec::model::{ChallengeFile, Load};
use loadgen::{
    load::{Arrival, LoadError, Pace, Ramp, Rate},
    measured::Saturation,
};
use probe::expression::Scope;
use report::model::Evidence;

use super::{
    Place,
    measure::{
        self, AROUND, Apart, CONNECTIONS, Faults, Figures, Run, SUBMISSION, Says, Sent, Shot, Side,
        within,
    },
};
use crate::{session::Session, verdict::StepEnd};
use decision::{Decision, LOOKS, RUNS, Rounds, WASTED};

/// What is measured.
struct Trial<'a> {
    step: &'a Load,
    place: &'a Place,
    ours: Side<'a>,
    theirs: Option<Side<'a>>,
    rounds: Rounds,
    apart: Apart<'a>,
}

pub(super) async fn run(
    session: &Session<'_>,
    step: &Load,
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
    let ours = match Side::new(SUBMISSION, session, sent, scope, place).await {
        Ok(ours) => ours,
        Err(end) => return end,
    };
    let theirs = match other.as_ref().zip(step.against.as_deref()) {
        Some((other, name)) => match Side::new(name, other, sent, scope, place).await {
            Ok(theirs) => Some(theirs),
            Err(end) => return end,
        },
        None => None,
    };
    let seed = match measure::seed("load", scope, place) {
        Ok(seed) => seed,
        Err(end) => return end,
    };
    let others = theirs.iter().map(|side| side.session.sandbox);
    let sandboxes = std::iter::once(session.sandbox).chain(others);
    let apart = Apart::new(sandboxes.collect()).await;
    let mut trial = Trial {
        step,
        place,
        ours,
        theirs,
        rounds: Rounds::default(),
        apart,
    };
    let (Ok(end) | Err(end)) = trial.measured(seed).await;
    match trial.apart.end().await {
        Ok(()) => end,
        Err(why) => measure::held(place, &why),
    }
}

/// How long the runs of a load may take together, which is not the time of its check.
pub(crate) fn longest(file: &ChallengeFile, step: &Load) -> Duration {
    let rounds = match step.against {
        None => RUNS,
        Some(_) => 2 * LOOKS[LOOKS.len() - 1],
    };
    let rounds = u32::try_from(rounds + 2 * (WASTED + 1)).unwrap_or(u32::MAX);
    let run = step.run_time() + within(file, &step.requests) + AROUND;
    let setup = measure::setup_beside(file, &step.setup, step.against.as_deref());
    run.saturating_mul(rounds) + setup
}

impl Trial<'_> {
    /// Round after round, until it can be said what they come to.
    async fn measured(&mut self, seed: u64) -> Result<StepEnd, StepEnd> {
        for number in 0.. {
            // Both sides are sent the same, in each round something else.
            self.round(seed + number).await?;
            let other = self.step.against.as_deref();
            match self.rounds.decide(&self.step.expect, other) {
                Decision::Held => return Ok(StepEnd::Held(self.evidence())),
                Decision::Failed(reason) => {
                    let evidence = self.evidence();
                    return Ok(StepEnd::Failed { reason, evidence });
                }
                Decision::Open(reason) => {
                    let evidence = self.evidence();
                    return Ok(StepEnd::Inconclusive { reason, evidence });
                }
                Decision::More if self.rounds.wasted > WASTED => break,
                Decision::More => {}
            }
        }
        Ok(self.said_nothing())
    }

    fn sent(&self) -> Sent<'_> {
        Sent {
            setup: &self.step.setup,
            requests: &self.step.requests,
            forms: self.step.forms,
        }
    }

    fn shot(&self, seed: u64) -> Result<Shot, LoadError> {
        let step = self.step;
        let pace = match step.rate {
            Some(rate) => Pace::Open {
                ramp: Ramp::constant(Rate::new(rate)?),
                arrival: Arrival::Constant,
                connections: step.connections.unwrap_or(CONNECTIONS),
            },
            None => Pace::Closed {
                connections: step.connections.unwrap_or(1),
            },
        };
        Ok(Shot {
            pace,
            warm_up: step.warm_up.get(),
            duration: step.duration.get(),
            timeout: within(self.ours.session.file, &step.requests),
            core: self.apart.core(),
            // No request is sent when the next one is due already: they do not come in bursts.
            bearable: step.rate.map_or(Duration::ZERO, |rate| {
                Duration::try_from_secs_f64(rate.recip()).unwrap_or_default()
            }),
            seed,
        })
    }

    /// A run of the submission and, where there is one, of the other subject.
    async fn round(&mut self, seed: u64) -> Result<(), StepEnd> {
        let unmade = |error: LoadError| measure::unmade(self.place, &error);
        let held = |why: String| measure::held(self.place, &why);
        self.apart.only(0).await.map_err(held)?;
        let shot = self.shot(seed).map_err(unmade)?;
        let run = self.ours.run_counted(&shot).await.map_err(unmade)?;
        if run.measured.audit.core != shot.core {
            self.apart.core_is_shared();
        }
        let Some(ours) = self.of_ours().await? else {
            self.rounds.wasted += 1;
            return Ok(());
        };
        self.rounds.ours.push(ours);
        let expect = &self.step.expect;
        if !decision::keeps(&ours, expect) && !decision::misses(&ours, expect) {
            self.rounds.wasted += 1;
        }
        if self.theirs.is_none() {
            return Ok(());
        }
        self.apart.only(1).await.map_err(held)?;
        let shot = self.shot(seed).map_err(unmade)?;
        if let Some(theirs) = &mut self.theirs {
            theirs.run_counted(&shot).await.map_err(unmade)?;
        }
        match self.of_theirs()? {
            Some(theirs) if !decision::is_doubtful(&theirs, &self.step.expect) => {
                self.rounds.pairs.push((ours, theirs));
            }
            _ => self.rounds.wasted += 1,
        }
        Ok(())
    }

    /// What the submission's last run came to; none where nothing may be concluded from it.
    async fn of_ours(&self) -> Result<Option<Figures>, StepEnd> {
        let Some(run) = self.ours.runs.last() else {
            return Ok(None);
        };
        match run.says(self.allowed()) {
            Says::Nothing => {
                let dead = measure::dead(&self.ours, run, self.place, || self.evidence()).await;
                dead.map_or(Ok(None), Err)
            }
            Says::Faults(faults) => Err(self.faulty(run, faults).await),
            Says::NoRightAnswer => {
                let duration = self.step.duration;
                Err(StepEnd::Failed {
                    reason: format!("not one answer under load was right within {duration}"),
                    evidence: self.with_log().await,
                })
            }
            Says::Figures(figures) if figures.cpu.is_none() && self.asks_for_cpu() => {
                Err(self.uncounted().await)
            }
            Says::Figures(figures) => Ok(Some(figures)),
        }
    }

    /// What the other subject's last run came to. Whatever is wrong with it is ours.
    fn of_theirs(&self) -> Result<Option<Figures>, StepEnd> {
        let theirs = self.theirs.as_ref();
        let Some((side, run)) = theirs.and_then(|side| Some((side, side.runs.last()?))) else {
            return Ok(None);
        };
        let why = match run.says(self.allowed()) {
            Says::Nothing => return Ok(None),
            Says::Figures(figures) if figures.cpu.is_none() && self.asks_for_cpu() => {
                return Ok(None);
            }
            Says::Figures(figures) => return Ok(Some(figures)),
            Says::NoRightAnswer => "not one answer was right".to_owned(),
            Says::Faults(faults) => {
                let failed = faults.wrong + faults.unanswered;
                format!(
                    "{failed} of {} requests failed: {}",
                    faults.all,
                    measure::kinds(run)
                )
            }
        };
        Err(StepEnd::Errored {
            reason: format!("step {}: {} under load: {why}", self.place, side.name),
            evidence: self.evidence(),
        })
    }

    fn allowed(&self) -> f64 {
        self.step.expect.errors.unwrap_or(0.0)
    }

    fn asks_for_cpu(&self) -> bool {
        let ratio = self.step.expect.ratio.as_ref();
        ratio.is_some_and(|ratio| ratio.cpu.is_some())
    }

    /// More of the submission's answers were wrong, or did not come, than may.
    async fn faulty(&self, run: &Run, faults: Faults) -> StepEnd {
        let within = within(self.ours.session.file, &self.step.requests);
        let (what, place) = ((run, faults), (self.place, within));
        measure::faulty(&self.ours, what, place, self.evidence()).await
    }

    /// Computing time was asked for, and is not told.
    async fn uncounted(&self) -> StepEnd {
        let dead = self.ours.session.dead_services().await;
        let mut evidence = self.evidence();
        if dead.is_empty() {
            return StepEnd::Inconclusive {
                reason: "the computing time of a submission is not told here".to_owned(),
                evidence,
            };
        }
        evidence.extend(dead);
        StepEnd::Failed {
            reason: "a service died under load".to_owned(),
            evidence,
        }
    }

    fn said_nothing(&self) -> StepEnd {
        let sides = std::iter::once(&self.ours).chain(&self.theirs);
        let runs = sides.flat_map(|side| &side.runs);
        let last = runs
            .filter_map(|run| run.measured.audit.saturated)
            .next_back();
        let says = last.map_or("the computing time was not told", Saturation::says);
        let reason = format!(
            "{} rounds said nothing of the submission: the load generator was the limit itself, {says}",
            self.rounds.wasted
        );
        let evidence = self.evidence();
        match last {
            Some(Saturation::Sockets) => StepEnd::Errored { reason, evidence },
            _ => StepEnd::Inconclusive { reason, evidence },
        }
    }

    fn evidence(&self) -> Vec<Evidence> {
        vec![Evidence::Load(Box::new(shown::of(self)))]
    }

    async fn with_log(&self) -> Vec<Evidence> {
        measure::with_log(self.ours.session, self.evidence()).await
    }
}
