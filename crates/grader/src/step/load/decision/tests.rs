use challenge_spec::model::Duration as Limit;
use proptest::prelude::*;

use super::*;

fn run(millis: f64) -> Figures {
    let time = |factor: f64| Duration::from_secs_f64(millis * factor / 1000.0);
    Figures {
        p50: time(0.5),
        p95: time(1.0),
        p99: time(1.5),
        cpu: Some(time(0.1)),
        late: Duration::ZERO,
    }
}

/// One whose requests were sent late.
fn late(millis: f64, late: u64) -> Figures {
    let late = Duration::from_millis(late);
    Figures {
        late,
        ..run(millis)
    }
}

fn limited(p95: u64) -> LoadExpect {
    LoadExpect {
        p95: Some(Limit::from_millis(p95)),
        ..LoadExpect::default()
    }
}

fn compared(p95: f64) -> LoadExpect {
    LoadExpect {
        ratio: Some(LoadRatio {
            p95: Some(p95),
            ..LoadRatio::default()
        }),
        ..LoadExpect::default()
    }
}

fn alone(runs: &[f64]) -> Rounds {
    Rounds {
        ours: runs.iter().map(|millis| run(*millis)).collect(),
        ..Rounds::default()
    }
}

fn paired(pairs: &[(f64, f64)]) -> Rounds {
    Rounds {
        ours: pairs.iter().map(|pair| run(pair.0)).collect(),
        pairs: pairs
            .iter()
            .map(|pair| (run(pair.0), run(pair.1)))
            .collect(),
        wasted: 0,
    }
}

/// Rounds one by one, as they come, until something is decided.
fn decided(expect: &LoadExpect, pairs: impl IntoIterator<Item = (f64, f64)>) -> (Decision, usize) {
    let mut seen = Vec::new();
    for pair in pairs {
        seen.push(pair);
        let decision = paired(&seen).decide(expect, Some("starter"));
        if decision != Decision::More {
            return (decision, seen.len());
        }
    }
    (Decision::More, seen.len())
}

#[test]
fn one_run_that_keeps_a_limit_decides_and_three_that_miss_it_do() {
    let decide = |runs: &[f64]| alone(runs).decide(&limited(100), None);
    assert_eq!(decide(&[]), Decision::More);
    assert_eq!(decide(&[99.0]), Decision::Held);
    assert_eq!(decide(&[150.0]), Decision::More);
    assert_eq!(decide(&[150.0, 900.0]), Decision::More);
    assert_eq!(decide(&[150.0, 900.0, 100.0]), Decision::Held);
    let Decision::Failed(why) = decide(&[150.0, 900.0, 140.0]) else {
        panic!("three runs missed it");
    };
    assert_eq!(
        why,
        "too slow in each of 3 runs: p95 was 140.0 ms at best, and should be at most 100ms"
    );
}

#[test]
fn without_a_limit_one_run_is_enough() {
    let errors = LoadExpect {
        errors: Some(0.0),
        ..LoadExpect::default()
    };
    assert_eq!(alone(&[]).decide(&errors, None), Decision::More);
    assert_eq!(alone(&[1e6]).decide(&errors, None), Decision::Held);
}

#[test]
fn nothing_is_said_of_a_ratio_before_four_pairs() {
    let decide = |count| paired(&vec![(1.0, 100.0); count]).decide(&compared(0.5), Some("starter"));
    assert_eq!(decide(3), Decision::More);
    assert_eq!(decide(4), Decision::Held);
    // Between two looks nobody looks.
    assert_eq!(decide(5), Decision::More);
}

#[test]
fn what_is_near_a_limit_stays_open_and_says_so() {
    let pairs = [(95.0, 100.0), (105.0, 100.0)];
    let (decision, rounds) = decided(&compared(1.0), pairs.into_iter().cycle().take(20));
    let Decision::Open(why) = decision else {
        panic!("{decision:?}");
    };
    assert_eq!(rounds, 12);
    assert!(
        why.starts_with("too near to say after 12 pairs of runs: p95 was 1.00 times"),
        "{why}"
    );
    assert!(why.ends_with("and should be at most 1"), "{why}");
}

#[test]
fn a_limit_that_is_missed_fails_whatever_the_ratio() {
    let expect = LoadExpect {
        p95: Some(Limit::from_millis(10)),
        ..compared(0.5)
    };
    let (decision, rounds) = decided(&expect, [(20.0, 100.0); 12]);
    assert!(matches!(decision, Decision::Failed(_)), "{decision:?}");
    assert_eq!(rounds, RUNS);
}

#[test]
fn each_figure_asked_for_must_hold() {
    let expect = LoadExpect {
        ratio: Some(LoadRatio {
            p95: Some(0.5),
            cpu: Some(0.1),
            ..LoadRatio::default()
        }),
        ..LoadExpect::default()
    };
    let (decision, _) = decided(&expect, [(20.0, 100.0); 12]);
    let Decision::Failed(why) = decision else {
        panic!("{decision:?}");
    };
    assert!(
        why.starts_with("computing time a request was 0.20 times that of starter"),
        "{why}"
    );
}

proptest! {
    /// Up to half as much again by noise, on both sides.
    #[test]
    fn identical_sides_never_lose_a_limit_of_twice_as_much(
        noise in prop::collection::vec((0.7..1.4f64, 0.7..1.4f64), 12),
    ) {
        let pairs = noise.iter().map(|(ours, theirs)| (100.0 * ours, 100.0 * theirs));
        let (decision, _) = decided(&compared(2.0), pairs);
        prop_assert!(!matches!(decision, Decision::Failed(_)), "{decision:?}");
    }

    #[test]
    fn twice_as_slow_never_passes_for_as_fast(
        noise in prop::collection::vec((0.71..1.41f64, 0.71..1.41f64), 12),
    ) {
        let pairs = noise.iter().map(|(ours, theirs)| (200.0 * ours, 100.0 * theirs));
        let (decision, _) = decided(&compared(1.0), pairs);
        prop_assert_ne!(decision, Decision::Held);
    }

    #[test]
    fn with_little_noise_both_are_decided(
        noise in prop::collection::vec((0.97..1.03f64, 0.97..1.03f64), 12),
        factor in prop_oneof![0.1..0.4f64, 0.7..3.0f64],
    ) {
        let pairs = noise.iter().map(|(ours, theirs)| (factor * 100.0 * ours, 100.0 * theirs));
        let (decision, _) = decided(&compared(0.53), pairs);
        if factor < 0.5 {
            prop_assert_eq!(decision, Decision::Held);
        } else {
            prop_assert!(matches!(decision, Decision::Failed(_)), "{decision:?}");
        }
    }
}

#[test]
fn late_requests_widen_a_ratio_to_both_sides() {
    // 0.45, or 0.425 to 0.486.
    let pairs = |each| Rounds {
        ours: vec![late(90.0, each); 4],
        pairs: vec![(late(90.0, each), late(200.0, 15)); 4],
        ..Rounds::default()
    };
    let decide = |each, limit| pairs(each).decide(&compared(limit), Some("starter"));
    assert_eq!(decide(5, 0.5), Decision::Held);
    assert_eq!(decide(5, 0.48), Decision::More);
    assert_eq!(decide(5, 0.43), Decision::More);
    assert!(matches!(decide(5, 0.42), Decision::Failed(_)));
    // Nothing is left of ours: the ratio may be anything below.
    assert_eq!(decide(90, 0.42), Decision::More);
    assert_eq!(decide(90, 0.5), Decision::Held);
    // Computing time does not hang by when requests were sent.
    let cpu = LoadExpect {
        ratio: Some(LoadRatio {
            cpu: Some(0.449),
            ..LoadRatio::default()
        }),
        ..LoadExpect::default()
    };
    let failed = pairs(5).decide(&cpu, Some("starter"));
    assert!(matches!(failed, Decision::Failed(_)), "{failed:?}");
}

#[test]
fn a_limit_that_late_requests_may_have_missed_is_not_missed() {
    let rounds = |late_by| Rounds {
        ours: vec![late(110.0, late_by); 3],
        ..Rounds::default()
    };
    assert_eq!(rounds(20).decide(&limited(100), None), Decision::More);
    let failed = rounds(5).decide(&limited(100), None);
    assert_eq!(
        failed,
        Decision::Failed(
            "too slow in each of 3 runs: p95 was 105.0 ms at best, and should be at most 100ms"
                .to_owned()
        )
    );
    assert_eq!(rounds(20).decide(&limited(110), None), Decision::Held);
}

#[test]
fn who_may_have_taken_less_than_half_is_nothing_to_compare_with() {
    let cpu = LoadExpect {
        ratio: Some(LoadRatio {
            cpu: Some(0.5),
            ..LoadRatio::default()
        }),
        ..LoadExpect::default()
    };
    assert!(is_doubtful(&late(100.0, 51), &compared(0.5)));
    assert!(!is_doubtful(&late(100.0, 50), &compared(0.5)));
    assert!(!is_doubtful(&late(100.0, 51), &cpu));
}
