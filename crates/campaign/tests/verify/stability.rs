//! The same subjects again and again.

use std::sync::Arc;

use campaign::{Repeats, Stability, Stray};

use crate::bench::{Asked, Defect, Files, SHORT, WRONG_M, WRONG_N, repeat};

const BOTH: &[Defect<'_>] = &[
    ("wrong-n", WRONG_N.0, WRONG_N.1, "[n]"),
    ("wrong-m", WRONG_M.0, WRONG_M.1, "[m]"),
];
const FOUR: Repeats<'_> = Repeats {
    seed: 1,
    times: 4,
    seeds: 2,
    of: &[],
    busy: 0,
};

fn sentences(stability: &Stability) -> Vec<String> {
    stability.changed.iter().map(Stray::sentence).collect()
}

#[tokio::test]
async fn solutions_and_defects_are_graded_as_often_as_is_asked() {
    let asked = Asked {
        defects: BOTH,
        ..Asked::default()
    };
    let seen = repeat(&asked, &Arc::default(), FOUR).await.unwrap();
    assert!(seen.holds(), "{:?}", sentences(&seen));
    assert_eq!(
        seen.subjects,
        ["solution:file", "defect:wrong-n", "defect:wrong-m"]
    );
    assert_eq!((seen.grades, seen.seeds.len()), (12, 2));
    let text = seen.render();
    assert!(
        text.contains("3 subjects 4 times each with 2 seeds"),
        "{text}"
    );
    assert!(
        text.contains("every verdict was as it must be in 12 grades"),
        "{text}"
    );

    let of = ["defect:wrong-m".to_owned()];
    let how = Repeats {
        of: &of,
        seeds: 10,
        ..FOUR
    };
    let seen = repeat(&asked, &Arc::default(), how).await.unwrap();
    assert_eq!((seen.subjects.as_slice(), seen.grades), (&of[..], 4));
    assert_eq!(seen.seeds.len(), 4, "no more than there are grades");
}

#[tokio::test]
async fn a_verdict_that_changes_is_told_with_how_often_and_with_what_seed() {
    // With another seed than the first nothing is right.
    let backend = Arc::new(Files {
        one_seed: true,
        ..Files::default()
    });
    let asked = Asked {
        more: "app: { env: { SEEDED: \"{{ hex('seeded', 8) }}\" } }\n",
        defects: BOTH,
        ..Asked::default()
    };
    let seen = repeat(&asked, &backend, FOUR).await.unwrap();
    assert!(!seen.holds());
    let other = seen.seeds[1];
    let told = sentences(&seen);
    let expected = [
        format!(
            "in 2 of 4 grades (first with seed {other}): solution:file must pass `n`, which failed: "
        ),
        format!(
            "in 2 of 4 grades (first with seed {other}): solution:file must pass `m`, which failed: "
        ),
        format!(
            "in 2 of 4 grades (first with seed {other}): the defect `wrong-n` must not touch `m`, which failed: "
        ),
        format!(
            "in 2 of 4 grades (first with seed {other}): the defect `wrong-m` must not touch `n`, which failed: "
        ),
    ];
    for expected in &expected {
        assert!(
            told.iter().any(|told| told.starts_with(expected)),
            "{expected}\n{told:#?}"
        );
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    assert!(seen.render().contains("not as it must be:"));
}

#[tokio::test]
async fn what_is_never_as_it_must_be_is_told_too() {
    let asked = Asked {
        defects: &[("wrong-n", WRONG_N.0, WRONG_N.1, "[m]")],
        ..Asked::default()
    };
    let seen = repeat(&asked, &Arc::default(), FOUR).await.unwrap();
    let told = sentences(&seen);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told.iter().all(|told| told.starts_with("in 4 of 4 grades")),
        "{told:#?}"
    );
}

#[tokio::test]
async fn what_breaks_on_our_side_is_no_verdict() {
    let backend = Arc::new(Files {
        broken: usize::MAX.into(),
        ..Files::default()
    });
    let seen = repeat(&Asked::default(), &backend, FOUR).await.unwrap();
    assert!(seen.changed.iter().all(|stray| stray.finding.is_ours()));
    assert!(!seen.holds());
}

#[tokio::test]
async fn an_undecided_check_is_a_result() {
    let backend = Arc::new(Files {
        crowded: 1.into(),
        ..Files::default()
    });
    let asked = Asked {
        more: SHORT,
        ..Asked::default()
    };
    let seen = repeat(&asked, &backend, FOUR).await.unwrap();
    let told = sentences(&seen);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].starts_with("in 1 of 4 grades") && told[0].contains("`n`, which was inconclusive"),
        "{told:#?}"
    );
}
