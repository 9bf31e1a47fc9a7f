//! Whether an answer is late by the submission's doing: not where other programs keep its sandbox from its cores, nor
//! where this program itself does not listen.

mod pulse;

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use report::model::Evidence;
use runner::{
    Reading, RunnerError, Sandbox,
    visit::{Visit, VisitEnd, Visited},
};

use self::pulse::Pulse;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(1);

/// What was done in a time is told from a reading at about its begin: this part of the time before that or after it.
const PART: u32 = 10;

/// A time tells nothing of the submission where we stood still for this part of it or more.
const STILL: u32 = 4;

/// So many readings are kept: of what takes longer than a quarter of an hour, the end counts.
const MOST: usize = 900;

/// Who could have had less of its cores than this is not late by itself...
const LEAST: f64 = 0.5;

/// ... if it wanted them: so many of its tasks must have been waiting for a core on average.
const WAITING: f64 = 0.5;

/// What a machine did in less is not told well enough by its clocks.
pub(crate) const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// What the sandbox, its machine and this program have done lately.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    readings: Mutex<VecDeque<Reading>>,
    pulse: Pulse,
}

impl Watch {
    /// Looks for as long as it is polled. What programs compute that are not of the sandbox and the submission's all the
    /// same counts, too; that they wait does not.
    pub(crate) async fn keep(
        &self,
        sandbox: &dyn Sandbox,
        beside: Option<&dyn Sandbox>,
    ) -> Infallible {
        let looking = async {
            loop {
                if let Some(reading) = sandbox.reading().await
                    && let Some(reading) = with_what(beside, reading).await
                {
                    self.keep_reading(reading);
                }
                tokio::time::sleep(EVERY).await;
            }
        };
        tokio::select! {
            never = looking => never,
            never = self.pulse.beat() => never,
        }
    }

    /// To be called before something is asked for that has so much time: others may have the cores in just that time,
    /// and have left them alone in the second before.
    pub(crate) async fn look_before(&self, sandbox: &dyn Sandbox, time: Duration) {
        let last = self.readings().back().map(|last| last.at);
        // Where nobody tells, nobody need be asked.
        if last.is_some_and(|at| at.elapsed() > time / PART)
            && let Some(reading) = sandbox.reading().await
        {
            self.keep_reading(reading);
        }
    }

    fn keep_reading(&self, reading: Reading) {
        let mut readings = self.readings();
        if readings.len() == MOST {
            readings.pop_front();
        }
        readings.push_back(reading);
    }

    fn readings(&self) -> MutexGuard<'_, VecDeque<Reading>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why an answer that did not come in this time, which ends now, is not late by the submission's doing: we stood
    /// still, or others had the cores and it waited for them. None where that was not so, or nobody knows. Its own
    /// computing and that of its services do not count as others', nor does time in which it slept, so that it cannot
    /// buy this.
    pub(crate) async fn kept_off(
        &self,
        sandbox: &dyn Sandbox,
        programs: &str,
        cpus: f64,
        time: Duration,
    ) -> Option<String> {
        if let Some(still) = self.stood_still(Instant::now(), time) {
            return Some(still);
        }
        let now = sandbox.reading().await?;
        self.kept_off_by(now, programs, cpus, time)
    }

    /// Why nothing is told from a time that ended then, if we were not there for too much of it.
    fn stood_still(&self, end: Instant, time: Duration) -> Option<String> {
        let still = self.pulse.stood_still(end, time);
        (still >= time / STILL).then(|| {
            format!(
                "this program itself stood still for {} ms of that time: it or this machine was stopped, or waited \
                 for a disk",
                still.as_millis()
            )
        })
    }

    /// Others, where the time ended with a reading.
    fn kept_off_by(
        &self,
        now: Reading,
        programs: &str,
        cpus: f64,
        time: Duration,
    ) -> Option<String> {
        let before = self.before(now, time)?;
        let machine = thread::available_parallelism().map_or(1, usize::from);
        let cores = cpus.min(f64::from(u32::try_from(machine).unwrap_or(u32::MAX)));
        told(
            programs,
            before.could_have(now, cores),
            before.waiting(now)?,
        )
    }

    /// The last reading at about the begin of a time that ends with `now`, or before that; else the first in it.
    fn before(&self, now: Reading, time: Duration) -> Option<Reading> {
        let time = time.saturating_sub(time / PART);
        let readings = self.readings();
        let is_before = |reading: &&Reading| now.at.saturating_duration_since(reading.at) >= time;
        let before = readings.iter().rev().find(is_before);
        before.or_else(|| readings.front()).copied()
    }
}

fn told(programs: &str, could_have: f64, waiting: f64) -> Option<String> {
    (could_have < LEAST && waiting > WAITING).then(|| {
        format!(
            "this machine was busy with other things: {programs} had to wait for it, and could have had no more than \
             {:.0} % of what their cores compute",
            100.0 * could_have
        )
    })
}

/// None where nothing is told of what is beside: its computing would be taken for others'.
async fn with_what(beside: Option<&dyn Sandbox>, reading: Reading) -> Option<Reading> {
    match beside {
        Some(beside) => Some(reading.and(beside.reading().await?)),
        None => Some(reading),
    }
}

/// Runs a visitor's program to its end: what came of it, and where it took long, why that is not its doing or that of
/// what it visits, if it is not. Both must have been able to use `cpus` cores.
pub(crate) async fn visited(
    sandbox: &dyn Sandbox,
    beside: Option<&dyn Sandbox>,
    visit: &Visit,
    cpus: f64,
    programs: &str,
) -> Result<(Visited, Option<String>), RunnerError> {
    let watch = Watch::default();
    let visited = tokio::select! {
        biased;
        visited = sandbox.visit(visit) => visited?,
        never = watch.keep(sandbox, beside) => match never {},
    };
    let depends_on_time = match visited.end {
        VisitEnd::Exited { .. } => visited.took >= LONG_ENOUGH,
        VisitEnd::TooLong => true,
        VisitEnd::OutOfMemory | VisitEnd::Unusable { .. } => false,
    };
    if !depends_on_time {
        return Ok((visited, None));
    }
    let ended = visited
        .reading
        .map_or_else(Instant::now, |reading| reading.at);
    if let Some(still) = watch.stood_still(ended, visited.took) {
        return Ok((visited, Some(still)));
    }
    let others = match visited.reading {
        Some(reading) => with_what(beside, reading)
            .await
            .and_then(|now| watch.kept_off_by(now, programs, cpus, visited.took)),
        None => None,
    };
    Ok((visited, others))
}

/// Beside what was lost while others had the cores: programs have deadlines of their own, and what they do where they
/// miss one is wrong like anything else.
pub(crate) fn beside_others(meanwhile: &str, others: &str) -> Evidence {
    Evidence::Note(format!(
        "while {meanwhile}, {others}: if the submission may have missed a deadline of its own for that, \
         grade it again on a quiet machine"
    ))
}

#[cfg(test)]
mod tests {
    use runner::OnBehalf;

    use super::*;

    #[test]
    fn the_time_that_is_asked_about_counts() {
        let began = Instant::now();
        let reading = |second: u64, idle: u64| Reading {
            at: began + Duration::from_secs(second),
            computed: Duration::ZERO,
            on_behalf: OnBehalf::default(),
            waited: None,
            idle: Duration::from_secs(idle),
        };
        let watch = Watch::default();
        let before = |second, time| watch.before(reading(second, 0), Duration::from_secs(time));
        assert_eq!(before(9, 2), None);
        for (second, idle) in [(1, 1), (2, 2), (3, 2), (4, 2)] {
            watch
                .readings
                .lock()
                .unwrap()
                .push_back(reading(second, idle));
        }
        assert_eq!(before(4, 1), Some(reading(3, 2)));
        assert_eq!(before(4, 2), Some(reading(2, 2)));
        // Nothing is known of the time before the first.
        assert_eq!(before(4, 60), Some(reading(1, 1)));
        let told = |could_have, waiting| told("they", could_have, waiting);
        assert_eq!(told(0.5, 2.0), None);
        assert_eq!(told(0.31, 0.5), None);
        assert!(told(0.31, 2.0).unwrap().contains("no more than 31 % of"));
    }
}
