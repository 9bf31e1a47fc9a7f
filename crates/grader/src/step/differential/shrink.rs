//! The shortest series of requests that still makes a difference.

use std::time::{Duration, Instant};

use super::{
    Trials,
    traffic::{Call, without},
    trial::{Difference, Ended},
};

/// How many trials are made for it, and for how long.
const TRIALS: u32 = 60;
const PATIENCE: Duration = Duration::from_secs(15);

/// The calls up to one of them.
pub(super) fn until(calls: &[Call], last: u32) -> Vec<Call> {
    let calls = calls.iter().take_while(|call| call.number <= last);
    calls.cloned().collect()
}

/// Leaves out half of the requests, then quarters and so on, as long as the same difference comes: of
/// the same request of the step, at the same place of its answer. Gives the last trial that made it:
/// whatever else happens on the way, the difference had come again before.
pub(super) async fn shrink(
    trials: &mut Trials<'_>,
    mut calls: Vec<Call>,
    mut found: Difference,
) -> Difference {
    let began = Instant::now();
    let most = trials.made + TRIALS;
    let mut size = calls.len().div_ceil(2);
    while size > 0 {
        let mut place = 0;
        let mut shorter = false;
        while place < calls.len() {
            if trials.made >= most || began.elapsed() > PATIENCE {
                return found;
            }
            let Some(fewer) = left(&calls, place, size, found.call) else {
                place += size;
                continue;
            };
            match trials.next(&fewer).await {
                Ended::Differ(again) if is_same(&found, &again) => {
                    calls = until(&fewer, again.call);
                    found = again;
                    shorter = true;
                }
                Ended::Differ(_) | Ended::Alike => place += size,
                Ended::TooSlow(_) | Ended::Otherwise(_) => return found,
            }
        }
        // One by one until nothing more can go.
        if size > 1 || !shorter {
            size /= 2;
        }
    }
    found
}

/// The calls without some; none where the last one would go too, or nothing would.
fn left(calls: &[Call], place: usize, size: usize, last: u32) -> Option<Vec<Call>> {
    let end = (place + size).min(calls.len());
    let out: Vec<u32> = calls[place..end].iter().map(|call| call.number).collect();
    let goes = |call: &Call| !call.is_setup && call.number != last && out.contains(&call.number);
    let fewer = without(calls, goes);
    let ends_alike = fewer.last().is_some_and(|call| call.number == last);
    (ends_alike && fewer.len() < calls.len()).then_some(fewer)
}

fn is_same(one: &Difference, other: &Difference) -> bool {
    let at = |found: &Difference| found.mismatches.first().map(|mismatch| mismatch.at.clone());
    one.request == other.request && at(one) == at(other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn call(number: u32, uses: Option<u32>) -> Call {
        Call {
            number,
            request: 0,
            uses: uses
                .map(|source| ("id".to_owned(), source))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            is_setup: number == 0,
        }
    }

    fn numbers(calls: Option<Vec<Call>>) -> Vec<u32> {
        calls
            .into_iter()
            .flatten()
            .map(|call| call.number)
            .collect()
    }

    #[test]
    fn what_uses_what_is_left_out_goes_too_and_the_last_stays() {
        let calls = [
            call(0, None),
            call(1, None),
            call(2, Some(1)),
            call(3, Some(2)),
            call(4, Some(0)),
        ];
        assert_eq!(numbers(left(&calls, 1, 1, 4)), [0, 4]);
        assert_eq!(numbers(left(&calls, 3, 1, 4)), [0, 1, 2, 4]);
        // The first is of the setup, the last is the one that differs.
        assert_eq!(numbers(left(&calls, 0, 1, 4)), [] as [u32; 0]);
        assert_eq!(numbers(left(&calls, 4, 1, 4)), [] as [u32; 0]);
        let calls = [call(0, None), call(1, None), call(2, Some(1))];
        assert_eq!(numbers(left(&calls, 1, 1, 2)), [] as [u32; 0]);
    }
}
