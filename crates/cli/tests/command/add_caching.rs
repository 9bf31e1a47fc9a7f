//! The shipped challenge `add-caching`, in part: its proof grades all of it.

use crate::support::{graded, seed_of_today};

const CHALLENGE: &str = "challenges/add-caching";
/// Calls and statements, a stampede, what may be old, and a Redis that is away.
const ONLY: &str = "asked-once,lists-asked-once,absence-asked-once,one-call-for-many,kept-in-redis,written-at-once,\
                    told-prices-at-once,late-readers,own-prices,redis-stopped,not-modified";

#[test]
fn a_solution_of_add_caching_holds_and_its_starter_is_told_what_it_calls_for() {
    let languages = ["python", "node", "go"];
    let today = usize::try_from(seed_of_today()).unwrap() % languages.len();
    for check in graded(CHALLENGE, &format!("solutions/{}", languages[today]), ONLY) {
        assert_eq!(
            check["outcome"], "passed",
            "{}: {check:#}",
            languages[today]
        );
    }
    let of_starter = graded(
        CHALLENGE,
        &format!("starters/{}", languages[today]),
        "asked-once",
    );
    let check = &of_starter[0];
    assert_eq!(check["outcome"], "failed", "{check:#}");
    let reason = check["reason"].as_str().unwrap();
    assert!(reason.contains("calls should be 0"), "{reason}");
}
