//! Bracketing and bisection, whatever a try is.

use crate::load::Rate;

use super::{Capacity, CapacityError, End, Search, Tried, Try};

/// How often the first rate is halved where even it loses.
const HALVINGS: u32 = 10;

/// What most tries of a rate said.
enum Said {
    Keeps(Tried),
    Loses(Tried),
    /// Why there is no answer.
    Nothing(End),
}

/// Looks for the highest rate that keeps, as long as there is time for another try.
pub(super) async fn search(
    search: &Search,
    has_time: impl Fn() -> bool,
    mut attempt: impl AsyncFnMut(Rate) -> Result<Try, CapacityError>,
) -> Result<Capacity, CapacityError> {
    let mut found = Capacity {
        keeps: None,
        loses: None,
        end: End::Found,
        tries: Vec::new(),
    };
    let mut rate = Some(search.from);
    while let Some(now) = rate {
        match ask(search, now, &has_time, &mut attempt, &mut found.tries).await? {
            Said::Keeps(tried) => found.keeps = Some(tried),
            Said::Loses(tried) => found.loses = Some(tried),
            Said::Nothing(end) => {
                found.end = end;
                return Ok(found);
            }
        }
        rate = next(search, &found);
    }
    found.end = match (found.keeps, found.loses) {
        (Some(_), None) => End::AtLeast,
        (None, _) => End::Never,
        _ => End::Found,
    };
    Ok(found)
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
            let lowest = search.from.per_second() / f64::from(1 << HALVINGS);
            rate(loses.rate.per_second() / 2.0).filter(|rate| rate.per_second() >= lowest)
        }
        (Some(keeps), Some(loses)) => {
            let (low, high) = (keeps.rate.per_second(), loses.rate.per_second());
            let narrow = high <= low * (1.0 + search.precision);
            rate((low * high).sqrt()).filter(|_| !narrow)
        }
    }
}

/// Tries a rate until most of the tries agree.
async fn ask(
    search: &Search,
    rate: Rate,
    has_time: &impl Fn() -> bool,
    attempt: &mut impl AsyncFnMut(Rate) -> Result<Try, CapacityError>,
    tries: &mut Vec<Try>,
) -> Result<Said, CapacityError> {
    let mut tried = Tried {
        rate,
        kept: 0,
        lost: 0,
    };
    let mut saturated = 0;
    loop {
        if tried.kept * 2 > search.tries {
            return Ok(Said::Keeps(tried));
        }
        if tried.lost * 2 > search.tries {
            return Ok(Said::Loses(tried));
        }
        // A machine that is busy for a moment is another matter than a generator at its limit.
        if saturated >= search.tries {
            return Ok(Said::Nothing(End::Saturated));
        }
        if !has_time() {
            return Ok(Said::Nothing(End::Budget));
        }
        let one = attempt(rate).await?;
        match one.kept {
            Some(true) => tried.kept += 1,
            Some(false) => tried.lost += 1,
            None => saturated += 1,
        }
        tries.push(one);
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
