//! Whether this program itself stood still: it was stopped, or its machine was, or it waited for a disk where it should
//! have listened. What came meanwhile is heard late, by nobody's doing but ours.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

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

/// A moment, and the computing time of this program so far.
#[derive(Debug, Clone, Copy)]
struct Beat {
    at: Instant,
    computed: Duration,
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
        loop {
            self.note(now());
            tokio::time::sleep(EVERY).await;
        }
    }

    fn note(&self, now: Beat) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(still) = heard.last.and_then(|last| between(last, now)) {
            if heard.still.len() == MOST {
                heard.still.pop_front();
            }
            heard.still.push_back(still);
        }
        heard.last = Some(now);
    }

    /// For how long of the time that ends now this program stood still.
    pub(super) fn stood_still(&self, time: Duration) -> Duration {
        self.stood_still_by(now(), time)
    }

    fn stood_still_by(&self, now: Beat, time: Duration) -> Duration {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        // The next beat may not have come yet.
        let until_now = heard.last.and_then(|last| between(last, now));
        let all = heard.still.iter().copied().chain(until_now);
        all.map(|still| {
            let ago = now.at.saturating_duration_since(still.until);
            still.lasted.min(time.saturating_sub(ago))
        })
        .sum()
    }
}

/// What it computed itself, it did not stand still: answers of many megabytes are read so, too.
fn between(last: Beat, now: Beat) -> Option<Still> {
    let passed = now.at.saturating_duration_since(last.at);
    let computed = now.computed.saturating_sub(last.computed);
    let lasted = passed.saturating_sub(EVERY).saturating_sub(computed);
    (lasted > LATE).then_some(Still {
        until: now.at,
        lasted,
    })
}

fn now() -> Beat {
    Beat {
        at: Instant::now(),
        computed: runner::computed_here(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_heard_in_time_counts_where_nothing_was_computed() {
        let began = Instant::now();
        let beat = |at: u64, computed: u64| Beat {
            at: began + Duration::from_millis(at),
            computed: Duration::from_millis(computed),
        };
        let pulse = Pulse::default();
        let still = |at: u64, computed: u64, time: u64| {
            pulse
                .stood_still_by(beat(at, computed), Duration::from_millis(time))
                .as_millis()
        };
        assert_eq!(still(0, 0, 1_000), 0);
        for (at, computed) in [(0, 0), (110, 5), (220, 10), (1_320, 10), (1_420, 20)] {
            pulse.note(beat(at, computed));
        }
        // A second too late, and all of the time that is asked about counts that lies in it.
        assert_eq!(still(1_420, 20, 5_000), 1_000);
        assert_eq!(still(1_420, 20, 600), 500);
        assert_eq!(still(1_420, 20, 100), 0);
        // Nor has it beaten since.
        assert_eq!(still(2_420, 20, 500), 500);
        assert_eq!(still(2_420, 20, 5_000), 1_900);
        // It had something to do.
        assert_eq!(still(2_420, 1_000, 500), 0);
    }
}
