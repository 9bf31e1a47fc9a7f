//! What answers cost to be read and looked at, as far as that is more than an answer may cost.
//!
//! A server decides how much it answers, and in which coding. What it costs the generator to read more
//! than is usual is the server's doing: the generator is not its limit for it, and what is sent late
//! meanwhile is late by the server's doing.

use std::time::{Duration, Instant};

use crate::load::Rate;

/// What an answer may cost at most, and at least.
const MOST: Duration = Duration::from_micros(200);
const LEAST: Duration = Duration::from_micros(50);
/// Of the time that one core has for an answer.
const SHARE: f64 = 0.2;
/// Reads and bytes cost no more: time beyond that was somebody else's.
const A_READ: Duration = Duration::from_micros(20);
const A_KIBIBYTE: Duration = Duration::from_micros(20);
/// So many times are remembered; when there are more, each is joined with the next.
const SPANS: usize = 1 << 16;

/// What has been read so far.
#[derive(Debug)]
pub(crate) struct Reading {
    free: Duration,
    spans: Vec<Span>,
}

/// A time in which an answer was read that had had its share, or several with little between them.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Instant,
    to: Instant,
    /// Of all spans until its end.
    total: Duration,
}

impl Reading {
    /// At most so many answers a second; none where that is not known.
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        let share = rate.map(|rate| Duration::from_secs_f64(SHARE / rate.per_second()));
        Self {
            free: share.unwrap_or(MOST).clamp(LEAST, MOST),
            spans: Vec::new(),
        }
    }

    /// An answer that has cost so much has cost more, until now; all that it has cost.
    pub(crate) fn charge(&mut self, before: Duration, more: Duration, now: Instant) -> Duration {
        let after = before + more;
        let beyond = |cost: Duration| cost.saturating_sub(self.free);
        let over = beyond(after).saturating_sub(beyond(before));
        if !over.is_zero() {
            let from = now.checked_sub(over).unwrap_or(now);
            // Two answers are not read at once.
            let earlier = self.spans.last();
            let from = earlier.map_or(from, |earlier| from.max(earlier.to));
            let total = self.total() + now.saturating_duration_since(from);
            let to = now;
            if self.spans.len() == SPANS {
                self.join();
            }
            self.spans.push(Span { from, to, total });
        }
        after
    }

    fn join(&mut self) {
        let joined = |two: &[Span]| {
            let (first, last) = (two.first()?, *two.last()?);
            Some(Span {
                from: first.from,
                ..last
            })
        };
        self.spans = self.spans.chunks(2).filter_map(joined).collect();
    }

    /// All that was more than answers may cost.
    pub(crate) fn total(&self) -> Duration {
        self.spans.last().map_or(Duration::ZERO, |span| span.total)
    }

    /// The same from a moment until now.
    pub(crate) fn since(&self, moment: Instant) -> Duration {
        let ended = self.spans.partition_point(|span| span.to <= moment);
        let Some(span) = self.spans.get(ended) else {
            return Duration::ZERO;
        };
        let before = self.spans[..ended]
            .last()
            .map_or(Duration::ZERO, |span| span.total);
        let rest = (span.to - span.from.max(moment)).min(span.total.saturating_sub(before));
        self.total().saturating_sub(span.total) + rest
    }
}

/// What so many reads of so many bytes cost, that took a while.
pub(crate) fn cost(took: Duration, reads: u32, bytes: usize) -> Duration {
    let kibibytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    let at_most = A_READ.saturating_mul(reads) + A_KIBIBYTE.saturating_mul(kibibytes);
    took.min(at_most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    #[test]
    fn what_an_answer_may_cost_is_not_counted_and_the_rest_is() {
        let mut reading = Reading::new(None);
        let now = Instant::now() + MILLI * 100;
        let cost = reading.charge(Duration::ZERO, MOST / 2, now);
        assert_eq!(reading.total(), Duration::ZERO);
        let cost = reading.charge(cost, MOST, now);
        assert_eq!((cost, reading.total()), (MOST * 3 / 2, MOST / 2));
        reading.charge(cost, MILLI, now + MILLI * 5);
        assert_eq!(reading.total(), MOST / 2 + MILLI);
        // The next one has its share too.
        reading.charge(Duration::ZERO, MOST, now + MILLI * 6);
        assert_eq!(reading.total(), MOST / 2 + MILLI);
    }

    #[test]
    fn what_was_read_since_a_moment_is_told_from_what_was_before() {
        let mut reading = Reading::new(None);
        let now = Instant::now();
        for read in [10, 20, 30] {
            reading.charge(MOST, MILLI * 4, now + MILLI * read);
        }
        let since = |millis| reading.since(now + MILLI * millis);
        assert_eq!(since(0), MILLI * 12);
        assert_eq!(since(8), MILLI * 10);
        assert_eq!(since(10), MILLI * 8);
        assert_eq!(since(19), MILLI * 5);
        assert_eq!(since(25), MILLI * 4);
        assert_eq!(since(30), Duration::ZERO);
    }

    #[test]
    fn however_much_is_read_only_so_much_is_remembered() {
        let mut reading = Reading::new(None);
        let now = Instant::now();
        let many = u32::try_from(SPANS).unwrap() * 5 / 2;
        for read in 1..=many {
            reading.charge(MOST, MILLI, now + MILLI * 2 * read);
        }
        assert!(reading.spans.len() <= SPANS, "{}", reading.spans.len());
        assert_eq!(reading.total(), MILLI * many);
        // Of what was joined, no more than it cost: half of the time.
        assert_eq!(reading.since(now), MILLI * many);
        let since = reading.since(now + MILLI * many);
        let half = MILLI * (many / 2);
        assert!(since >= half && since <= half + MILLI * 8, "{since:?}");
    }

    #[test]
    fn the_faster_it_goes_the_less_an_answer_may_cost() {
        let free = |rate| Reading::new(Some(Rate::new(rate).unwrap())).free;
        assert_eq!(free(10.0), MOST);
        assert_eq!(free(2000.0), Duration::from_micros(100));
        assert_eq!(free(1e6), LEAST);
    }

    #[test]
    fn waiting_for_a_core_is_no_reading() {
        assert_eq!(cost(MILLI * 50, 1, 1000), A_READ + A_KIBIBYTE);
        assert_eq!(cost(A_READ / 2, 1, 1000), A_READ / 2);
    }
}
