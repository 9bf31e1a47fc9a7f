//! One side of a load: a sandbox, what it is sent, and its runs.

use std::time::Duration;

use challenge_spec::model::{ChallengeFile, Load};
use loadgen::{
    load::{self, Arrival, LoadError, Pace, Ramp, Rate},
    measured::{Measured, Saturation},
    request::Weighted,
    run::run,
    stop::Stop,
    target::Target,
    trouble::Trouble,
};
use probe::expression::Scope;
use runner::{Sandbox, Usage};
use tokio::time::{Instant, sleep_until, timeout};

use super::{decision::Figures, mix, mix::Wrongs};
use crate::{session::Session, step::Place, verdict::StepEnd};

/// Connections at a rate, where nobody says how many.
const CONNECTIONS: u32 = 64;
/// For the engine to say what programs have used.
const PATIENCE: Duration = Duration::from_secs(5);

/// One side.
pub(super) struct Side<'a> {
    /// `submission`, `starter`, `reference:python`.
    pub(super) name: &'a str,
    pub(super) session: &'a Session<'a>,
    mix: Vec<Weighted>,
    pub(super) wrongs: Wrongs,
    pub(super) runs: Vec<Run>,
}

/// What one run came to.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) measured: Measured,
    /// Of all its programs while it was measured, where that is told.
    pub(super) cpu: Option<Duration>,
    /// The most memory that its programs have had so far, each for itself, added up.
    pub(super) memory_peak: Option<u64>,
}

/// How many requests of a run did not end in the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Faults {
    /// A whole answer, or what passes for one, that was not right.
    pub(super) wrong: u64,
    /// No whole answer.
    pub(super) unanswered: u64,
    pub(super) all: u64,
}

impl<'a> Side<'a> {
    pub(super) fn new(
        name: &'a str,
        session: &'a Session<'a>,
        step: &Load,
        scope: &Scope,
        place: &Place,
    ) -> Result<Self, StepEnd> {
        let wrongs = Wrongs::default();
        Ok(Self {
            name,
            session,
            mix: mix::of(step, scope, session.client.host(), place, &wrongs)?,
            wrongs,
            runs: Vec::new(),
        })
    }

    /// Runs the load once.
    pub(super) async fn run(&mut self, step: &Load, seed: u64) -> Result<&Run, LoadError> {
        let load = self.load(step, seed)?;
        let stop = Stop::new();
        let window = window(step);
        let (measured, used) = tokio::join!(run(&load, &stop), used(self.session.sandbox, window));
        let measured = measured?;
        let (cpu, memory_peak) = used.map_or((None, None), |(cpu, peak)| (Some(cpu), peak));
        self.runs.push(Run {
            measured,
            cpu,
            memory_peak,
        });
        Ok(&self.runs[self.runs.len() - 1])
    }

    fn load(&self, step: &Load, seed: u64) -> Result<load::Load, LoadError> {
        let address = format!("http://{}", self.session.client.address());
        let address = address.parse().unwrap_or_default();
        let timeout = within(self.session.file, step);
        Ok(load::Load {
            target: Target::new(&address)?,
            mix: self.mix.clone(),
            pace: pace(step)?,
            warm_up: step.warm_up.get(),
            duration: step.duration.get(),
            timeout,
            limit: step.run_time().saturating_add(timeout),
            threads: 1,
            seed,
        })
    }
}

/// How long each request of a load may take: the longest of what they say.
pub(super) fn within(file: &ChallengeFile, step: &Load) -> Duration {
    let each = step.requests.iter().map(|operation| {
        let timeout = operation.request.timeout;
        timeout.unwrap_or(file.limits.request).get()
    });
    each.max().unwrap_or_default()
}

fn pace(step: &Load) -> Result<Pace, LoadError> {
    Ok(match step.rate {
        Some(rate) => Pace::Open {
            ramp: Ramp::constant(Rate::new(rate)?),
            arrival: Arrival::Constant,
            connections: step.connections.unwrap_or(CONNECTIONS),
        },
        None => Pace::Closed {
            connections: step.connections.unwrap_or(1),
        },
    })
}

/// When a run that begins now measures.
fn window(step: &Load) -> (Instant, Instant) {
    let now = Instant::now();
    (now + step.warm_up.get(), now + step.run_time())
}

/// The computing time of a sandbox between two moments, and the memory until the second.
async fn used(
    sandbox: &dyn Sandbox,
    (from, to): (Instant, Instant),
) -> Option<(Duration, Option<u64>)> {
    sleep_until(from).await;
    let before = usage(sandbox).await;
    sleep_until(to).await;
    let after = usage(sandbox).await?;
    // What was started again meanwhile has begun to count from nothing.
    let cpu = after.cpu.checked_sub(before?.cpu)?;
    let peak = after.memory_peak.values().sum();
    Some((cpu, (!after.memory_peak.is_empty()).then_some(peak)))
}

async fn usage(sandbox: &dyn Sandbox) -> Option<Usage> {
    match timeout(PATIENCE, sandbox.usage()).await {
        Ok(Ok(usage)) => usage,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the engine does not say what a sandbox has used");
            None
        }
        Err(_) => None,
    }
}

impl Run {
    /// Why nothing may be concluded from it.
    pub(super) fn says_nothing(&self) -> Option<Saturation> {
        self.measured.audit.saturated
    }

    /// None where nothing may be concluded from it, or nothing was answered right.
    pub(super) fn figures(&self) -> Option<Figures> {
        if self.says_nothing().is_some() || self.measured.right == 0 {
            return None;
        }
        let latency = &self.measured.latency;
        Some(Figures {
            p50: latency.quantile(0.5),
            p95: latency.quantile(0.95),
            p99: latency.quantile(0.99),
            cpu: self.cpu_of_one(),
        })
    }

    /// Computing time a request that ended.
    pub(super) fn cpu_of_one(&self) -> Option<Duration> {
        let ended = self.measured.right + self.measured.failed();
        let ended = u32::try_from(ended).ok().filter(|ended| *ended > 0)?;
        Some(self.cpu? / ended)
    }

    pub(super) fn faults(&self) -> Faults {
        let wrong = |kind: &Trouble| {
            matches!(
                kind,
                Trouble::WrongStatus
                    | Trouble::WrongLength
                    | Trouble::WrongAnswer
                    | Trouble::BadAnswer
                    | Trouble::TooLarge
            )
        };
        let errors = &self.measured.errors;
        let of = |which: &dyn Fn(&Trouble) -> bool| -> u64 {
            let some = errors.iter().filter(|(kind, _)| which(kind));
            some.map(|(_, count)| count).sum()
        };
        // In a closed loop some are always under way at the end.
        let unfinished = match self.measured.load.open_loop {
            true => self.measured.unfinished,
            false => 0,
        };
        let (wrong, unanswered) = (of(&wrong), of(&|kind| !wrong(kind)) + unfinished);
        Faults {
            wrong,
            unanswered,
            all: self.measured.right + wrong + unanswered,
        }
    }

    /// Of the requests that got no whole answer, what most of them met.
    pub(super) fn worst(&self) -> Trouble {
        let unanswered = self.measured.errors.iter().filter(|(kind, _)| {
            !matches!(
                kind,
                Trouble::WrongStatus | Trouble::WrongLength | Trouble::WrongAnswer
            )
        });
        let most = unanswered.max_by_key(|(_, count)| **count);
        most.map_or(Trouble::NotSent, |(kind, _)| *kind)
    }
}

impl Faults {
    /// Whether more than this share of the requests failed.
    pub(super) fn exceed(self, share: f64) -> bool {
        let exact = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let failed = self.wrong + self.unanswered;
        failed > 0 && exact(failed) > share * exact(self.all)
    }
}
