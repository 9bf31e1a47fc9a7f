//! Which jobs wait for which.

use std::collections::{HashMap, HashSet};

/// The jobs by their places in an order in which each comes after all that it needs. Where there is
/// none, the names of jobs that wait for each other, the first again at the end.
pub(super) fn order(jobs: &[(&str, Vec<usize>)]) -> Result<Vec<usize>, Vec<String>> {
    let mut order = Vec::with_capacity(jobs.len());
    let mut done = HashSet::new();
    loop {
        let ready: Vec<usize> = (0..jobs.len())
            .filter(|job| !done.contains(job))
            .filter(|job| jobs[*job].1.iter().all(|need| done.contains(need)))
            .collect();
        if ready.is_empty() {
            break;
        }
        done.extend(ready.iter().copied());
        order.extend(ready);
    }
    let Some(mut job) = (0..jobs.len()).find(|job| !done.contains(job)) else {
        return Ok(order);
    };
    // Each that is left needs another that is left, so that this comes back to one that was seen.
    let mut seen = HashMap::new();
    let mut way = Vec::new();
    while seen.insert(job, way.len()).is_none() {
        way.push(job);
        let Some(next) = jobs[job].1.iter().find(|need| !done.contains(need)) else {
            break;
        };
        job = *next;
    }
    let start = way.iter().position(|passed| *passed == job).unwrap_or(0);
    way.push(job);
    let names = way[start..].iter().map(|job| jobs[*job].0.to_owned());
    Err(names.collect())
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn a_circle_is_told_and_not_what_leads_to_it() {
        let jobs = [
            ("a", vec![1]),
            ("b", vec![2]),
            ("c", vec![1]),
            ("d", vec![]),
        ];
        assert_eq!(order(&jobs), Err(["b", "c", "b"].map(str::to_owned).into()));
        let jobs = [("a", vec![1]), ("b", vec![2]), ("c", vec![])];
        assert_eq!(order(&jobs), Ok(vec![2, 1, 0]));
        assert_eq!(
            order(&[("a", vec![0])]),
            Err(["a", "a"].map(str::to_owned).into())
        );
    }
}
