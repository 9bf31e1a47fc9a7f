//! Points, skills and verdicts.

use challenge_spec::model::Visibility;
use proptest::prelude::*;
use report::{
    exit::ExitCode,
    model::{Blame, CheckReport, Outcome},
    points::{Verdict, score, skills, verdict},
};

fn check(skill: &str, points: u32, outcome: Outcome, blame: Option<Blame>) -> CheckReport {
    CheckReport {
        id: "a".to_owned(),
        title: "A".to_owned(),
        skill: skill.to_owned(),
        visibility: Visibility::Hidden,
        points,
        earned: 0,
        outcome,
        blame,
        reason: None,
        duration_ms: 0,
        evidence: Vec::new(),
        ask: None,
    }
}

fn passed(points: u32) -> CheckReport {
    check("security", points, Outcome::Passed, None)
}

fn failed(points: u32) -> CheckReport {
    check("security", points, Outcome::Failed, Some(Blame::Submission))
}

fn errored(points: u32) -> CheckReport {
    check("security", points, Outcome::Errored, Some(Blame::Ours))
}

fn inconclusive(points: u32) -> CheckReport {
    check(
        "security",
        points,
        Outcome::Inconclusive,
        Some(Blame::Nobody),
    )
}

fn skipped(points: u32, blame: Blame) -> CheckReport {
    check("security", points, Outcome::Skipped, Some(blame))
}

#[test]
fn every_outcome_goes_where_the_design_says() {
    let one = |check: CheckReport| {
        let score = score([&check]);
        (score.earned, score.lost, score.undecided)
    };
    assert_eq!(one(passed(3)), (3, 0, 0));
    assert_eq!(one(failed(3)), (0, 3, 0));
    assert_eq!(one(errored(3)), (0, 0, 3));
    assert_eq!(one(inconclusive(3)), (0, 0, 3));
    assert_eq!(one(skipped(3, Blame::Submission)), (0, 3, 0));
    assert_eq!(one(skipped(3, Blame::Ours)), (0, 0, 3));
    assert_eq!(one(skipped(3, Blame::Nobody)), (0, 0, 3));
}

#[test]
fn skills_gather_by_root_in_the_order_they_come() {
    let checks = [
        check("security/authorization", 2, Outcome::Passed, None),
        check("api-design", 1, Outcome::Passed, None),
        check("security", 3, Outcome::Failed, Some(Blame::Submission)),
    ];
    let skills = skills(&checks, str::to_uppercase);
    let told: Vec<_> = skills
        .iter()
        .map(|skill| {
            (
                skill.title.as_str(),
                skill.earned,
                skill.lost,
                skill.possible,
            )
        })
        .collect();
    assert_eq!(told, [("SECURITY", 2, 3, 5), ("API-DESIGN", 1, 0, 1)]);
}

#[test]
fn the_range_is_held_against_the_least_that_is_asked_for() {
    let code = |checks: &[CheckReport], percent| ExitCode::from(verdict(checks, percent));
    assert_eq!(code(&[passed(4)], 100), ExitCode::Success);
    assert_eq!(code(&[passed(3), failed(1)], 75), ExitCode::Success);
    assert_eq!(code(&[passed(3), failed(1)], 76), ExitCode::BelowMinScore);
    assert_eq!(code(&[passed(3), errored(1)], 75), ExitCode::Success);
    assert_eq!(code(&[passed(3), errored(1)], 80), ExitCode::OursAtFault);
    assert_eq!(code(&[passed(3), inconclusive(1)], 80), ExitCode::Undecided);
    assert_eq!(
        code(&[passed(3), skipped(1, Blame::Nobody)], 80),
        ExitCode::Undecided
    );
    assert_eq!(
        code(&[passed(3), skipped(1, Blame::Ours)], 80),
        ExitCode::OursAtFault
    );
    assert_eq!(
        code(&[passed(2), failed(1), errored(1)], 80),
        ExitCode::BelowMinScore
    );
    assert_eq!(
        verdict(&[passed(2), errored(1), inconclusive(1)], 100),
        Verdict::Straddles { errored: true }
    );
}

#[test]
fn where_nothing_was_decided_there_is_no_result_even_at_zero() {
    assert_eq!(
        verdict(&[errored(1), errored(2)], 0),
        Verdict::NothingDecided
    );
    assert_eq!(verdict(&[errored(1), failed(2)], 0), Verdict::AtLeast);
    assert_eq!(verdict(&[inconclusive(1)], 0), Verdict::AtLeast);
    assert_eq!(
        ExitCode::from(Verdict::NothingDecided),
        ExitCode::OursAtFault
    );
}

#[test]
fn thirds_are_not_rounded() {
    let third = [passed(1), failed(2)];
    assert_eq!(verdict(&third, 33), Verdict::AtLeast);
    assert_eq!(verdict(&third, 34), Verdict::Below);
}

fn any_check() -> impl Strategy<Value = CheckReport> {
    let outcomes = prop::sample::select(vec![
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Skipped,
        Outcome::Errored,
        Outcome::Inconclusive,
    ]);
    let blames = prop::option::of(prop::sample::select(vec![
        Blame::Submission,
        Blame::Ours,
        Blame::Nobody,
    ]));
    let points = prop_oneof![1_u32..50, Just(u32::MAX)];
    let skills = prop::sample::select(vec!["security", "security/tokens", "api-design"]);
    (skills, points, outcomes, blames)
        .prop_map(|(skill, points, outcome, blame)| check(skill, points, outcome, blame))
}

proptest! {
    #[test]
    fn the_parts_always_make_up_the_whole(checks in prop::collection::vec(any_check(), 0..12)) {
        let score = score(&checks);
        let parts = [score.earned, score.lost, score.undecided].map(u64::from);
        prop_assert_eq!(parts.iter().sum::<u64>(), u64::from(score.possible));
        let whole: u64 = checks.iter().map(|check| u64::from(check.points)).sum();
        prop_assert_eq!(u64::from(score.possible), whole.min(u32::MAX.into()));
        let by_skill = skills(&checks, str::to_owned);
        for skill in &by_skill {
            let parts = [skill.earned, skill.lost, skill.undecided].map(u64::from);
            prop_assert_eq!(parts.iter().sum::<u64>(), u64::from(skill.possible));
        }
        if whole <= u32::MAX.into() {
            let summed: u64 = by_skill.iter().map(|skill| u64::from(skill.possible)).sum();
            prop_assert_eq!(summed, whole);
        }
    }

    #[test]
    fn more_asked_for_never_helps(checks in prop::collection::vec(any_check(), 1..8), percent in 0_u8..100) {
        let rank = |verdict| match verdict {
            Verdict::AtLeast => 2,
            Verdict::Straddles { .. } | Verdict::NothingDecided => 1,
            Verdict::Below => 0,
        };
        let (less, more) = (verdict(&checks, percent), verdict(&checks, percent + 1));
        prop_assert!(rank(more) <= rank(less), "{:?} at {percent}, {:?} above", less, more);
    }
}
