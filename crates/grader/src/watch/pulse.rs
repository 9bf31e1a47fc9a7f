//! Whether this program itself stood still: it was stopped, or its machine was, or it waited for a disk where it should
//! have listened. What came meanwhile is heard late, by nobody's doing but ours.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use runner::Threads;

/// From one beat to the next.
const EVERY: Duration = Duration::from_millis(100);

/// A beat that is later than this has stood still. Any machine is late by less.
const LATE: Duration = Duration::from_millis(50);

/// So many times are kept, the last ones.
const MOST: usize = 900;

/// Beats beside what is to be done, in the same task: whatever holds up one holds up the other.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    last: Option<Beat>,
    still: VecDeque<Still>,
}

/// A moment, and what this program's threads had done by then.
#[derive(Debug, Clone)]
struct Beat {
    at: Instant,
    threads: Arc<Threads>,
}

/// A time in which nothing was done.
#[derive(Debug, Clone, Copy)]
struct Still {
    until: Instant,
    lasted: Duration,
}

impl Pulse {
    /// Beats for as long as it is polled.
    pub(super) async fn beat(&self) -> Infallible {
        self.begin(now());
        loop {
            tokio::time::sleep(EVERY).await;
            self.note(now());
        }
    }

    /// From one check to the next there are no beats.
    fn begin(&self, now: Beat) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.last = Some(now);
    }

    fn note(&self, now: Beat) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(still) = heard.last.as_ref().and_then(|last| between(last, &now)) {
            if heard.still.len() == MOST {
                heard.still.pop_front();
            }
            heard.still.push_back(still);
        }
        heard.last = Some(now);
    }

    /// For how long this program stood still in the time that ended then, a moment ago.
    pub(super) fn stood_still(&self, end: Instant, time: Duration) -> Duration {
        self.stood_still_by(&now(), end, time)
    }

    fn stood_still_by(&self, now: &Beat, end: Instant, time: Duration) -> Duration {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        // The next beat may not have come yet.
        let until_now = heard.last.as_ref().and_then(|last| between(last, now));
        let all = heard.still.iter().copied().chain(until_now);
        all.map(|still| still.within(end, time)).sum()
    }
}

impl Still {
    /// What of it lies in a time that ended then.
    fn within(self, end: Instant, time: Duration) -> Duration {
        let after = self.until.saturating_duration_since(end);
        let before = end.saturating_duration_since(self.until);
        let lasted = self.lasted.saturating_sub(after);
        lasted.min(time.saturating_sub(before))
    }
}

/// While it computes or waits for a core, it does not stand still. It computes to read answers of many megabytes, and
/// that it waits for a core may be the submission's doing. Where the kernel does not tell of that, nothing is known.
fn between(last: &Beat, now: &Beat) -> Option<Still> {
    if now.threads.is_empty() {
        return None;
    }
    let busy = now.threads.iter().map(|(number, thread)| {
        let before = last.threads.get(number).copied().unwrap_or_default();
        (thread.computed + thread.waited).saturating_sub(before.computed + before.waited)
    });
    let passed = now.at.saturating_duration_since(last.at);
    let lasted = passed
        .saturating_sub(EVERY)
        .saturating_sub(busy.sum::<Duration>());
    (lasted > LATE).then_some(Still {
        until: now.at,
        lasted,
    })
}

fn now() -> Beat {
    Beat {
        at: Instant::now(),
        threads: runner::own_threads(),
    }
}

#[cfg(test)]
mod tests {
    use runner::Thread;

    use super::*;

    /// Half of the time it computed, else it waited.
    fn thread(busy: u64) -> Thread {
        Thread {
            computed: Duration::from_millis(busy / 2),
            waited: Duration::from_millis(busy - busy / 2),
        }
    }

    #[test]
    fn what_was_not_heard_in_time_counts_where_nothing_was_computed() {
        let began = Instant::now();
        let at = |millis: u64| began + Duration::from_millis(millis);
        let beat = |millis: u64, busy: &[u64]| Beat {
            at: at(millis),
            threads: Arc::new((1..).zip(busy.iter().copied().map(thread)).collect()),
        };
        let pulse = Pulse::default();
        let still = |now: u64, busy: &[u64], end: u64, time: u64| {
            let time = Duration::from_millis(time);
            let still = pulse.stood_still_by(&beat(now, busy), at(end), time);
            still.as_millis()
        };
        assert_eq!(still(0, &[0], 0, 1_000), 0);
        for (at, busy) in [(0, 0), (110, 5), (220, 10), (1_320, 10), (1_420, 20)] {
            pulse.note(beat(at, &[busy, 3]));
        }
        // A second too late, and what of it lies in the time that is asked about counts.
        assert_eq!(still(1_420, &[20, 3], 1_420, 5_000), 1_000);
        assert_eq!(still(1_420, &[20, 3], 1_420, 600), 500);
        assert_eq!(still(1_420, &[20, 3], 1_420, 100), 0);
        assert_eq!(still(1_420, &[20, 3], 820, 200), 200);
        assert_eq!(still(1_420, &[20, 3], 420, 200), 100);
        // Nor has it beaten since.
        assert_eq!(still(2_420, &[20, 3], 2_420, 500), 500);
        assert_eq!(still(2_420, &[20, 3], 2_420, 5_000), 1_900);
        // Its threads had something to do, or would have.
        assert_eq!(still(2_420, &[520, 403], 2_420, 500), 0);
        // Nobody tells what they had to do.
        assert_eq!(still(2_420, &[], 2_420, 500), 0);
        // One is new.
        assert_eq!(still(2_420, &[20, 3, 880], 2_420, 500), 0);
        // A minute between two checks.
        pulse.begin(beat(61_420, &[20, 3]));
        assert_eq!(still(61_520, &[20, 3], 61_520, 5_000), 0);
    }
}
