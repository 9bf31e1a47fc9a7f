//! The shipped challenge `slow-query`, in part: its proof grades all of it.

use crate::support::{graded, seed_of_today};

const CHALLENGE: &str = "challenges/slow-query";
/// Counts of statements and blocks, plans, and what stands beside them.
const ONLY: &str = "history-in-order,history-statements,history-blocks,list-of-few,email-found,days-found,\
                    products-at-hand,counts-kept,instances-agree,placing-stays-cheap,found-by-hand,\
                    writers-not-kept-out,writers-go-on";

#[test]
fn a_solution_of_slow_query_holds_and_its_starter_is_told_what_it_asks_so_often() {
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
        "history-statements",
    );
    let check = &of_starter[0];
    assert_eq!(check["outcome"], "failed", "{check:#}");
    let reason = check["reason"].as_str().unwrap().to_lowercase();
    assert!(
        reason.contains("calls should be a number at most 16"),
        "{reason}"
    );
    assert!(reason.contains("50 times: select line"), "{reason}");
    assert!(!reason.contains('\u{240a}'), "{reason}");
}
