//! Bracketing and bisection, whatever a try is.

use crate::load::Rate;

use super::{Capacity, CapacityError, End, Search, Tried, Try};

/// How often the first rate is halved where even it loses, and no lowest one is named.
const HALVINGS: u32 = 10;

/// A search under way: it is asked which rate to try next, and told what came of it. So whoever tries can
/// do something else in between, such as a try of another search.
#[derive(Debug)]
pub struct Searching {
    how: Search,
    found: Capacity,
    /// The rate that is tried now; none at the end.
    now: Option<Tried>,
    /// Tries of it that say nothing.
    saturated: u32,
}

impl Searching {
    /// Begins one.
    pub fn new(how: Search) -> Result<Self, CapacityError> {
        how.check()?;
        Ok(Self {
            how,
            found: Capacity {
                keeps: None,
                loses: None,
                end: End::Stopped,
                tries: Vec::new(),
            },
            now: Some(Tried::none(how.from)),
            saturated: 0,
        })
    }

    /// The rate to try next; none where there is nothing more to find out.
    pub fn next_rate(&self) -> Option<Rate> {
        self.now.map(|tried| tried.rate)
    }

    /// Takes what came of a try of that rate.
    pub fn told(&mut self, one: Try) {
        let Some(mut tried) = self.now.take() else {
            return;
        };
        match one.kept {
            Some(true) => tried.kept += 1,
            Some(false) => tried.lost += 1,
            None => self.saturated += 1,
        }
        self.found.tries.push(one);
        let most = |count: u32| count * 2 > self.how.tries;
        if most(tried.kept) {
            self.found.keeps = Some(tried);
        } else if most(tried.lost) {
            self.found.loses = Some(tried);
        } else if self.saturated >= self.how.tries {
            // A machine that is busy for a moment is another matter than a generator at its limit.
            self.found.end = End::Saturated;
            return;
        } else {
            self.now = Some(tried);
            return;
        }
        self.saturated = 0;
        self.now = next(&self.how, &self.found).map(Tried::none);
        if self.now.is_none() {
            self.found.end = match (self.found.keeps, self.found.loses) {
                (Some(_), None) => End::AtLeast,
                (None, _) => End::Never,
                _ => End::Found,
            };
        }
    }

    /// What is found so far; stopped, where there was more to find out.
    pub fn found(self) -> Capacity {
        self.found
    }
}

impl Tried {
    fn none(rate: Rate) -> Self {
        Self {
            rate,
            kept: 0,
            lost: 0,
        }
    }
}

/// Looks for the highest rate that keeps, as long as there is time for another try.
pub(super) async fn search(
    search: &Search,
    has_time: impl Fn() -> bool,
    mut attempt: impl AsyncFnMut(Rate) -> Result<Try, CapacityError>,
) -> Result<Capacity, CapacityError> {
    let mut searching = Searching::new(*search)?;
    while let Some(rate) = searching.next_rate() {
        if !has_time() {
            let mut found = searching.found();
            found.end = End::Budget;
            return Ok(found);
        }
        searching.told(attempt(rate).await?);
    }
    Ok(searching.found())
}

/// The rate to try next; none when there is nothing more to find out.
fn next(search: &Search, found: &Capacity) -> Option<Rate> {
    let rate = |per_second| Rate::new(per_second).ok();
    match (found.keeps, found.loses) {
        (None, None) => Some(search.from),
        (Some(keeps), None) => {
            let highest = keeps.rate >= search.to;
            let doubled = (keeps.rate.per_second() * 2.0).min(search.to.per_second());
            rate(doubled).filter(|_| !highest)
        }
        (None, Some(loses)) => {
            let far_below = search.from.per_second() / f64::from(1 << HALVINGS);
            let lowest = search.lowest.map_or(far_below, Rate::per_second);
            let half = (loses.rate.per_second() / 2.0).max(lowest);
            rate(half).filter(|half| *half < loses.rate)
        }
        (Some(keeps), Some(loses)) => {
            let (low, high) = (keeps.rate.per_second(), loses.rate.per_second());
            let narrow = high <= low * (1.0 + search.precision);
            rate((low * high).sqrt()).filter(|_| !narrow)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{measured::Saturation, seed};

    const SEARCH: fn(f64, f64) -> Search = |from, to| Search {
        from: Rate::new(from).unwrap(),
        to: Rate::new(to).unwrap(),
        lowest: None,
        tries: 3,
        precision: 0.02,
        budget: Duration::from_mins(1),
    };

    /// A server that can do so many; `noise` of the tries say the opposite.
    async fn found(how: Search, can: f64, noise: f64, time: usize) -> Capacity {
        let mut count = 0;
        let left = std::cell::Cell::new(time);
        let has_time = || left.replace(left.get().saturating_sub(1)) > 0;
        search(&how, has_time, async |rate| {
            count += 1;
            let lies = seed::share(3, count) < noise;
            Ok(Try {
                rate,
                kept: Some((rate.per_second() <= can) != lies),
                latency: Duration::ZERO,
                error_rate: 0.0,
                saturated: None,
            })
        })
        .await
        .unwrap()
    }

    fn ends(found: &Capacity) -> (f64, f64) {
        let rate = |tried: Option<Tried>| tried.unwrap().rate.per_second();
        (rate(found.keeps), rate(found.loses))
    }

    #[tokio::test]
    async fn the_interval_holds_the_truth_and_is_narrow() {
        for can in [1.0, 99.0, 101.0, 777.0, 12_345.0] {
            let found = found(SEARCH(100.0, 1e6), can, 0.0, 1000).await;
            assert_eq!(found.end, End::Found);
            let (low, high) = ends(&found);
            assert!(
                low <= can && can < high && high / low <= 1.02,
                "{low} {can} {high}"
            );
            assert_eq!(found.keeps.unwrap().kept, 2);
            assert_eq!(found.loses.unwrap().lost, 2);
            assert!(found.tries.len() < 70);
        }
    }

    #[tokio::test]
    async fn a_try_that_lies_now_and_then_changes_nothing() {
        let found = found(SEARCH(100.0, 1e6), 777.0, 0.08, 1000).await;
        assert!(
            found
                .tries
                .iter()
                .any(|one| one.kept != Some(one.rate.per_second() <= 777.0))
        );
        let (low, high) = ends(&found);
        assert!(low <= 777.0 && 777.0 < high, "{low} {high}");
    }

    #[tokio::test]
    async fn searches_end_at_their_limits() {
        let high = found(SEARCH(100.0, 1000.0), 1e9, 0.0, 1000).await;
        assert_eq!(high.end, End::AtLeast);
        assert_eq!(high.keeps.unwrap().rate, Rate::new(1000.0).unwrap());
        let never = found(SEARCH(100.0, 1000.0), 0.0, 0.0, 1000).await;
        assert_eq!((never.end, never.keeps), (End::Never, None));
        let short = found(SEARCH(100.0, 1e6), 777.0, 0.0, 9).await;
        assert_eq!((short.end, short.tries.len()), (End::Budget, 9));
        assert_eq!(ends(&short), (400.0, 800.0));
    }

    #[tokio::test]
    async fn a_search_goes_no_lower_than_it_may_and_as_low_as_that() {
        let how = Search {
            lowest: Some(Rate::new(30.0).unwrap()),
            ..SEARCH(100.0, 1e6)
        };
        let low = found(how, 31.0, 0.0, 1000).await;
        let (keeps, loses) = ends(&low);
        assert!(keeps <= 31.0 && 31.0 < loses, "{keeps} {loses}");
        let never = found(how, 29.0, 0.0, 1000).await;
        assert_eq!(never.end, End::Never);
        assert_eq!(never.loses.unwrap().rate, Rate::new(30.0).unwrap());
    }

    #[tokio::test]
    async fn a_generator_at_its_limit_ends_it_without_a_verdict() {
        let how = SEARCH(100.0, 1e6);
        let result = search(
            &how,
            || true,
            async |rate| {
                let saturated = rate.per_second() > 500.0;
                Ok(Try {
                    rate,
                    kept: (!saturated).then_some(true),
                    latency: Duration::ZERO,
                    error_rate: 0.0,
                    saturated: saturated.then_some(Saturation::Cpu),
                })
            },
        );
        let found = result.await.unwrap();
        assert_eq!((found.end, found.loses), (End::Saturated, None));
        assert_eq!(found.keeps.unwrap().rate, Rate::new(400.0).unwrap());
    }
}
