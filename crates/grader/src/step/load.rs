//! `load`: many requests over a while, alone or turn and turn about with another subject under the same
//! load. What noise could have done is no failure: a limit is missed when three runs miss it, a ratio when
//! its whole interval does; where the load engine was the limit itself, a run says nothing.

mod apart;
mod decision;
mod interval;
mod mix;
mod shown;
mod side;

use std::time::Duration;

use challenge_spec::model::{ChallengeFile, Load};
use loadgen::{load::LoadError, measured::Saturation, trouble::Trouble as Kind};
use probe::{evidence, expression::Scope};
use report::model::{Evidence, Trouble};
use runner::AppState;

use super::{Place, blame, trouble};
use crate::{finish, session::Session, verdict::StepEnd};
use apart::Apart;
use decision::{Decision, Figures, LOOKS, RUNS, Rounds, WASTED};
use side::{Faults, Run, Says, Side, within};

/// For the engine's answers around a run.
const AROUND: Duration = Duration::from_secs(15);

/// What is measured.
struct Trial<'a> {
    step: &'a Load,
    scope: &'a Scope,
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
    let sandbox = match &step.against {
        None => None,
        Some(name) => match session.reference(name).await {
            Ok(sandbox) => Some(sandbox),
            Err(reason) => return StepEnd::errored(format!("step {place}: {reason}")),
        },
    };
    let other = sandbox.as_deref().map(|sandbox| session.beside(sandbox));
    let ours = match Side::new("submission", session, step, scope, place) {
        Ok(ours) => ours,
        Err(end) => return end,
    };
    let theirs = other.as_ref().zip(step.against.as_deref());
    let theirs = theirs.map(|(other, name)| Side::new(name, other, step, scope, place));
    let theirs = match theirs.transpose() {
        Ok(theirs) => theirs,
        Err(end) => return end,
    };
    let key = format!("{{{{ int('load {place}', 0, 4294967295) }}}}");
    let seed = match scope.render_str(&key) {
        Ok(drawn) => drawn.as_u64().unwrap_or_default(),
        Err(error) => return blame(place, &error.captures, &error),
    };
    let others = theirs.iter().map(|side| side.session.sandbox);
    let sandboxes = std::iter::once(session.sandbox).chain(others);
    let apart = Apart::new(sandboxes.collect()).await;
    let mut trial = Trial {
        step,
        scope,
        place,
        ours,
        theirs,
        rounds: Rounds::default(),
        apart,
    };
    let (Ok(end) | Err(end)) = trial.measured(seed).await;
    match trial.apart.end().await {
        Ok(()) => end,
        Err(why) => held(place, &why),
    }
}

/// How long the runs of a load may take together, which is not the time of its check.
pub(crate) fn longest(file: &ChallengeFile, step: &Load) -> Duration {
    let rounds = match step.against {
        None => RUNS,
        Some(_) => 2 * LOOKS[LOOKS.len() - 1],
    };
    let rounds = u32::try_from(rounds + 2 * (WASTED + 1)).unwrap_or(u32::MAX);
    let run = step.run_time() + within(file, step) + AROUND;
    run.saturating_mul(rounds)
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

    /// A run of the submission and, where there is one, of the other subject.
    async fn round(&mut self, seed: u64) -> Result<(), StepEnd> {
        self.apart
            .only(0)
            .await
            .map_err(|why| held(self.place, &why))?;
        let run = self.ours.run(self.step, self.apart.core(), seed).await;
        let run = run.map_err(|error| unmade(self.place, &error))?;
        if run.measured.audit.core != self.apart.core() {
            self.apart.core_is_shared();
        }
        let Some(ours) = self.of_ours().await? else {
            self.rounds.wasted += 1;
            return Ok(());
        };
        self.rounds.ours.push(ours);
        let Some(theirs) = &mut self.theirs else {
            return Ok(());
        };
        self.apart
            .only(1)
            .await
            .map_err(|why| held(self.place, &why))?;
        let run = theirs.run(self.step, self.apart.core(), seed).await;
        run.map_err(|error| unmade(self.place, &error))?;
        match self.of_theirs()? {
            Some(theirs) => self.rounds.pairs.push((ours, theirs)),
            None => self.rounds.wasted += 1,
        }
        Ok(())
    }

    /// What the submission's last run came to; none where nothing may be concluded from it.
    async fn of_ours(&self) -> Result<Option<Figures>, StepEnd> {
        let Some(run) = self.ours.runs.last() else {
            return Ok(None);
        };
        match run.says(self.allowed()) {
            Says::Nothing => self.alive(run).await.map(|()| None),
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

    /// However it was asked, a submission is not to die of it.
    async fn alive(&self, run: &Run) -> Result<(), StepEnd> {
        if run.faults().unanswered == 0 {
            return Ok(());
        }
        match self.ours.session.sandbox.app_state().await {
            Ok(AppState::Running) => Ok(()),
            Ok(AppState::Exited { exit }) => Err(StepEnd::Failed {
                reason: format!("the submission died under load: {exit}"),
                evidence: self.with_log().await,
            }),
            Err(error) => Err(StepEnd::Errored {
                reason: format!("step {}: {}", self.place, finish::chain(&error)),
                evidence: self.evidence(),
            }),
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
                format!("{failed} of {} requests failed: {}", faults.all, kinds(run))
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
        let evidence = self.evidence();
        if faults.unanswered > faults.wrong {
            let what = format!(
                "{} of {} requests under load",
                faults.unanswered, faults.all
            );
            let trouble =
                in_the_reports_words(run.worst(), within(self.ours.session.file, self.step));
            return trouble::end(self.ours.session, self.place, &what, &trouble, evidence).await;
        }
        let what = format!(
            "{} of {} answers under load were wrong",
            faults.wrong, faults.all
        );
        let secrets = self.ours.session.secrets(self.scope);
        let kept = self.ours.wrongs.kept();
        let only_bodies = run.says_nothing().is_some();
        let reason = match kept.iter().find(|wrong| wrong.in_body || !only_bodies) {
            Some(wrong) => {
                let step = self.place.to_string();
                let shown = evidence::exchange(&step, &wrong.exchanged, &wrong.judged, &secrets);
                let request = &shown.request;
                let before = format!("{what}: {} {}: ", request.method, request.target);
                finish::differs(&before, &shown.mismatches)
            }
            None => format!("{what}: {}", kinds(run)),
        };
        StepEnd::Failed {
            reason,
            evidence: self.with_log().await,
        }
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
        let last = runs.filter_map(Run::says_nothing).next_back();
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
        let mut evidence = self.evidence();
        evidence.extend(self.ours.session.log().await);
        evidence
    }
}

/// A load that could not be made is ours.
fn unmade(place: &Place, error: &LoadError) -> StepEnd {
    StepEnd::errored(format!("step {place}: {}", finish::chain(error)))
}

/// A sandbox that is still held is of no use to the checks that follow.
fn held(place: &Place, why: &str) -> StepEnd {
    StepEnd::errored(format!("step {place}: a sandbox was not let go of: {why}"))
}

/// `12 wrong status, 3 no whole answer in time`.
fn kinds(run: &Run) -> String {
    let errors = run.measured.errors.iter();
    let each: Vec<String> = errors
        .map(|(kind, count)| format!("{count} {}", kind.says()))
        .collect();
    each.join(", ")
}

fn in_the_reports_words(kind: Kind, within: Duration) -> Trouble {
    match kind {
        Kind::Refused | Kind::Unreachable => Trouble::Refused(kind.says().to_owned()),
        Kind::TimedOut | Kind::NotSent => Trouble::TimedOut(finish::millis(within)),
        Kind::BadAnswer => Trouble::Invalid(kind.says().to_owned()),
        _ => Trouble::Closed(kind.says().to_owned()),
    }
}
