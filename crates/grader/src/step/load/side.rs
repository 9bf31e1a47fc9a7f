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

/// What a run says of its side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Says {
    /// Nothing: the load engine was itself the limit, and no more bodies were wrong than may be.
    Nothing,
    /// More requests failed than may.
    Faults(Faults),
    /// What may fail failed, and there was nothing else.
    NoRightAnswer,
    /// How long its right answers took.
    Figures(Figures),
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

    /// Runs the load once, on this core where one is named.
    pub(super) async fn run(
        &mut self,
        step: &Load,
        core: Option<u32>,
        seed: u64,
    ) -> Result<&Run, LoadError> {
        let load = self.load(step, core, seed)?;
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

    fn load(&self, step: &Load, core: Option<u32>, seed: u64) -> Result<load::Load, LoadError> {
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
            core,
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

    /// What it says of its side, where this share of the requests may fail.
    pub(super) fn says(&self, allowed: f64) -> Says {
        let faults = self.faults();
        let wrong = Faults {
            wrong: match self.says_nothing() {
                // Whoever was the limit, it changes no body. A status it may: what is late comes in bursts,
                // and who is asked too much at once may say so.
                Some(_) => self.count(|kind| matches!(kind, Trouble::WrongAnswer)),
                None => faults.wrong,
            },
            unanswered: 0,
            ..faults
        };
        if wrong.exceed(allowed) {
            Says::Faults(wrong)
        } else if self.says_nothing().is_some() {
            Says::Nothing
        } else if faults.exceed(allowed) {
            Says::Faults(faults)
        } else {
            self.figures().map_or(Says::NoRightAnswer, Says::Figures)
        }
    }

    /// None where nothing was answered right.
    fn figures(&self) -> Option<Figures> {
        let latency = &self.measured.latency;
        (self.measured.right > 0).then(|| Figures {
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
        // In a closed loop those are right ones that came after its end.
        let unfinished = if self.measured.load.open_loop {
            self.measured.unfinished
        } else {
            0
        };
        let unanswered = self.count(|kind| !wrong(kind)) + unfinished;
        let wrong = self.count(wrong);
        Faults {
            wrong,
            unanswered,
            all: self.measured.right + wrong + unanswered,
        }
    }

    /// How many requests ended in such trouble.
    fn count(&self, which: impl Fn(&Trouble) -> bool) -> u64 {
        let errors = self.measured.errors.iter();
        let some = errors.filter(|(kind, _)| which(kind));
        some.map(|(_, count)| count).sum()
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use http::Uri;
    use loadgen::{expectation::Expectation, request::Prepared};

    use super::*;

    /// A load on an address where nobody listens.
    async fn refused() -> Run {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: Uri = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        drop(listener);
        let load = load::Load {
            target: Target::new(&address).unwrap(),
            mix: vec![Weighted {
                name: "one".to_owned(),
                weight: 1,
                request: Prepared::get(Uri::from_static("/")),
                expectation: Expectation::default(),
            }],
            pace: Pace::Closed { connections: 1 },
            warm_up: Duration::ZERO,
            duration: Duration::from_millis(100),
            timeout: Duration::from_secs(1),
            limit: Duration::from_secs(10),
            threads: 1,
            core: None,
            seed: 0,
        };
        let mut measured = run(&load, &Stop::new()).await.unwrap();
        measured.audit.saturated = None;
        Run {
            measured,
            cpu: Some(Duration::from_secs(1)),
            memory_peak: None,
        }
    }

    #[tokio::test]
    async fn a_run_whose_engine_was_the_limit_says_nothing_of_what_did_not_come() {
        let mut run = refused().await;
        let Says::Faults(faults) = run.says(0.5) else {
            panic!("{run:?}");
        };
        assert_eq!((faults.wrong, faults.unanswered), (0, faults.all));
        assert!(faults.all > 0);
        for saturation in [Saturation::Cpu, Saturation::Lag, Saturation::Sockets] {
            run.measured.audit.saturated = Some(saturation);
            assert_eq!(run.says(0.0), Says::Nothing);
        }
        // Nor of what was refused: it may have been asked too much at once.
        run.measured.errors.insert(Trouble::WrongStatus, 500);
        assert_eq!(run.says(0.0), Says::Nothing);
        // What was answered wrong is wrong whatever the engine could do.
        run.measured.errors.insert(Trouble::WrongAnswer, 1000);
        let Says::Faults(faults) = run.says(0.0) else {
            panic!("{run:?}");
        };
        assert_eq!((faults.wrong, faults.unanswered), (1000, 0));
        run.measured.audit.saturated = None;
        run.measured.errors.insert(Trouble::WrongStatus, 5000);
        let Says::Faults(faults) = run.says(0.5) else {
            panic!("{run:?}");
        };
        assert_eq!((faults.wrong, faults.unanswered), (6000, 0));
    }

    #[tokio::test]
    async fn what_may_fail_is_no_right_answer() {
        let mut run = refused().await;
        assert_eq!(run.says(1.0), Says::NoRightAnswer);
        // As many right ones.
        run.measured.right = run.faults().all;
        assert!(matches!(run.says(0.5), Says::Figures(_)), "{run:?}");
        assert!(matches!(run.says(0.49), Says::Faults(_)), "{run:?}");
        let twice = 2 * run.measured.right;
        let cpu = run.cpu_of_one().unwrap();
        assert_eq!(cpu, Duration::from_secs(1) / u32::try_from(twice).unwrap());
    }

    #[tokio::test]
    async fn wrong_answers_are_told_from_those_that_did_not_come() {
        let mut run = refused().await;
        run.measured.errors.clear();
        run.measured.errors.insert(Trouble::WrongStatus, 3);
        run.measured.errors.insert(Trouble::TimedOut, 5);
        run.measured.errors.insert(Trouble::Reset, 2);
        run.measured.unfinished = 7;
        let faults = run.faults();
        assert_eq!((faults.wrong, faults.unanswered), (3, 7));
        assert_eq!(run.worst(), Trouble::TimedOut);
        // At a rate, what is still under way was due and did not come.
        run.measured.load.open_loop = true;
        assert_eq!(run.faults().unanswered, 14);
    }
}
