//! One side that is measured: a sandbox, what it is sent, and its runs.

use std::time::Duration;

use challenge_spec::model::{ChallengeFile, Operation, Request};
use loadgen::{
    load::{self, LoadError, Pace},
    measured::{Measured, Saturation},
    request::Weighted,
    run::run,
    stop::Stop,
    target::Target,
    trouble::Trouble,
};
use probe::expression::Scope;
use runner::{Sandbox, Usage};
use tokio::time::timeout;

use super::{
    mix,
    mix::{Sent, Wrongs},
};
use crate::{
    session::Session,
    step::{Place, request},
    verdict::StepEnd,
};

/// What the side is called that is graded.
pub(crate) const SUBMISSION: &str = "submission";
/// Connections at a rate, where nobody says how many.
pub(crate) const CONNECTIONS: u32 = 64;
/// How long a side is asked, one request after the other, to see whether it is done with earlier ones.
const DONE: Duration = Duration::from_millis(50);
/// For the engine to say what programs have used.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one run came to, of which something can be said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    pub(crate) p50: Duration,
    pub(crate) p95: Duration,
    pub(crate) p99: Duration,
    /// Computing time a request.
    pub(crate) cpu: Option<Duration>,
    /// By how much latencies may be too long, since requests were sent late.
    pub(crate) late: Duration,
}

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shot {
    pub(crate) pace: Pace,
    pub(crate) warm_up: Duration,
    pub(crate) duration: Duration,
    /// How long a request may take.
    pub(crate) timeout: Duration,
    /// The core that the load generator keeps to.
    pub(crate) core: Option<u32>,
    /// Less late than this a request may be sent, and latencies are then taken for up to so much too long.
    pub(crate) bearable: Duration,
    pub(crate) seed: u64,
}

/// One side.
pub(crate) struct Side<'a> {
    /// `submission`, `starter`, `reference:python`.
    pub(crate) name: &'a str,
    pub(crate) session: &'a Session<'a>,
    /// With what its setup captured.
    pub(crate) scope: Scope,
    mix: Vec<Weighted>,
    pub(crate) wrongs: Wrongs,
    pub(crate) runs: Vec<Run>,
}

/// What one run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) measured: Measured,
    /// Of all its programs from before its first request until after its last, where that is told.
    pub(crate) cpu: Option<Duration>,
    /// The most memory that its programs have had so far, each for itself, added up.
    pub(crate) memory_peak: Option<u64>,
    /// As that of its [`Shot`].
    pub(crate) bearable: Duration,
}

/// What a run says of its side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Says {
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
pub(crate) struct Faults {
    /// A whole answer, or what passes for one, that was not right.
    pub(crate) wrong: u64,
    /// No whole answer.
    pub(crate) unanswered: u64,
    pub(crate) all: u64,
}

impl<'a> Side<'a> {
    /// Sends it what comes before it is measured, and makes ready what comes then. Whatever is wrong with
    /// another subject is ours.
    pub(crate) async fn new(
        name: &'a str,
        session: &'a Session<'a>,
        sent: Sent<'_>,
        scope: &Scope,
        place: &Place,
    ) -> Result<Self, StepEnd> {
        let mut scope = scope.clone();
        for (number, request) in (1..).zip(sent.setup) {
            let place = place.inside(number);
            match request::run(session, request, &mut scope, &place).await {
                StepEnd::Held(_) => {}
                StepEnd::Failed { reason, evidence } if name != SUBMISSION => {
                    return Err(StepEnd::Errored {
                        reason: format!("step {place}: {name}: {reason}"),
                        evidence,
                    });
                }
                end => return Err(end),
            }
        }
        let wrongs = Wrongs::default();
        Ok(Self {
            name,
            session,
            mix: mix::of(sent, &scope, session.client.host(), place, &wrongs)?,
            scope,
            wrongs,
            runs: Vec::new(),
        })
    }

    /// Runs the load once.
    pub(crate) async fn run(&mut self, shot: &Shot) -> Result<&Run, LoadError> {
        let measured = run(&self.load(shot)?, &Stop::new()).await?;
        self.runs.push(Run {
            measured,
            cpu: None,
            memory_peak: None,
            bearable: shot.bearable,
        });
        Ok(&self.runs[self.runs.len() - 1])
    }

    /// The same, and sees what its programs use for it. Where that takes a while to be told, the run waits.
    pub(crate) async fn run_counted(&mut self, shot: &Shot) -> Result<&Run, LoadError> {
        let before = usage(self.session.sandbox).await;
        self.run(shot).await?;
        let after = usage(self.session.sandbox).await;
        let last = self.runs.len() - 1;
        let run = &mut self.runs[last];
        if let (Some(before), Some(after)) = (before, after) {
            // What was started again meanwhile has begun to count from nothing.
            run.cpu = after.cpu.checked_sub(before.cpu);
            let peak = after.memory_peak.values().sum();
            run.memory_peak = (!after.memory_peak.is_empty()).then_some(peak);
        }
        Ok(run)
    }

    /// Until it answers a request alone, or a request has had its time: what a run before has left it with
    /// is done.
    pub(crate) async fn is_done(&self, shot: &Shot) -> Result<(), LoadError> {
        let load = self.load(&Shot {
            pace: Pace::Closed { connections: 1 },
            warm_up: Duration::ZERO,
            duration: DONE,
            ..*shot
        })?;
        run(&load, &Stop::new()).await.map(|_| ())
    }

    fn load(&self, shot: &Shot) -> Result<load::Load, LoadError> {
        let address = format!("http://{}", self.session.client.address());
        let address = address.parse().unwrap_or_default();
        Ok(load::Load {
            target: Target::new(&address)?,
            mix: self.mix.clone(),
            pace: shot.pace,
            warm_up: shot.warm_up,
            duration: shot.duration,
            timeout: shot.timeout,
            limit: shot.run_time().saturating_add(shot.timeout),
            threads: 1,
            core: shot.core,
            seed: shot.seed,
        })
    }
}

impl Figures {
    pub(crate) fn of(&self, key: &str) -> Option<Duration> {
        match key {
            "p50" => Some(self.p50),
            "p95" => Some(self.p95),
            "p99" => Some(self.p99),
            _ => self.cpu,
        }
    }

    /// The same, had each request been sent as late as the latest.
    pub(crate) fn least(&self, key: &str) -> Option<Duration> {
        let late = if key == "cpu" {
            Duration::ZERO
        } else {
            self.late
        };
        Some(self.of(key)?.saturating_sub(late))
    }
}

impl Shot {
    fn run_time(&self) -> Duration {
        self.warm_up.saturating_add(self.duration)
    }
}

/// How long each of some requests may take: the longest of what they say.
pub(crate) fn within(file: &ChallengeFile, requests: &[Operation]) -> Duration {
    let each = requests.iter().map(|operation| {
        let timeout = operation.request.timeout;
        timeout.unwrap_or(file.limits.request).get()
    });
    each.max().unwrap_or_default()
}

/// How long what comes before a measurement may take, of all sides but the submission together.
pub(crate) fn setup_beside(
    file: &ChallengeFile,
    setup: &[Request],
    against: Option<&str>,
) -> Duration {
    let each = setup
        .iter()
        .map(|request| request.timeout.unwrap_or(file.limits.request).get());
    against.map_or(Duration::ZERO, |_| each.sum())
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
    pub(crate) fn says_nothing(&self) -> Option<Saturation> {
        let saturated = self.measured.audit.saturated;
        saturated.filter(|why| *why != Saturation::Lag || self.late() >= self.bearable)
    }

    /// How late a request was sent at most; nothing where that was too little to matter.
    pub(crate) fn late(&self) -> Duration {
        let audit = &self.measured.audit;
        if audit.saturated == Some(Saturation::Lag) {
            audit.lag.quantile(1.0)
        } else {
            Duration::ZERO
        }
    }

    /// How many requests were answered with a wrong body or header under a right status, where that is
    /// more than this share.
    pub(crate) fn wrong_bodies(&self, allowed: f64) -> Option<Faults> {
        let wrong = Faults {
            wrong: self.count(|kind| matches!(kind, Trouble::WrongAnswer)),
            unanswered: 0,
            ..self.faults()
        };
        wrong.exceed(allowed).then_some(wrong)
    }

    /// What it says of its side, where this share of the requests may fail.
    pub(crate) fn says(&self, allowed: f64) -> Says {
        if self.measured.audit.saturated.is_some() {
            // Whoever was the limit, it changes no body. A status it may, and what comes in time: what is
            // late comes in bursts, and has less time.
            if let Some(wrong) = self.wrong_bodies(allowed) {
                return Says::Faults(wrong);
            }
            if self.says_nothing().is_some() || self.faults().exceed(allowed) {
                return Says::Nothing;
            }
        }
        let faults = self.faults();
        let wrong = Faults {
            unanswered: 0,
            ..faults
        };
        if wrong.exceed(allowed) {
            Says::Faults(wrong)
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
            late: self.late(),
        })
    }

    /// Computing time a request that ended, those of the warm-up too.
    pub(crate) fn cpu_of_one(&self) -> Option<Duration> {
        let ended = u32::try_from(self.measured.ended)
            .ok()
            .filter(|ended| *ended > 0)?;
        Some(self.cpu? / ended)
    }

    pub(crate) fn faults(&self) -> Faults {
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
    pub(crate) fn worst(&self) -> Trouble {
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
    pub(crate) fn exceed(self, share: f64) -> bool {
        let exact = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let failed = self.wrong + self.unanswered;
        failed > 0 && exact(failed) > share * exact(self.all)
    }
}

#[cfg(test)]
mod tests;
