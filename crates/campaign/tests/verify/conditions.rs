//! The same subjects under other conditions: seeds, order, alone, again.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use campaign::{Finding, Scope, VerifyError};
use runner::Turns;
use tokio::time::timeout;

use crate::{
    bench::{Asked, ByTwo, Defect, Files, SHORT, WRONG_M, WRONG_N, matrix, prove, right},
    sentences,
};

const N: Defect<'_> = ("wrong-n", WRONG_N.0, WRONG_N.1, "[n]");
const M: Defect<'_> = ("wrong-m", WRONG_M.0, WRONG_M.1, "[m]");
const BOTH: &[Defect<'_>] = &[N, M];

#[tokio::test]
async fn every_subject_is_graded_with_every_seed_and_solutions_alone_and_shuffled() {
    let asked = Asked {
        defects: BOTH,
        seeds: 3,
        repeat: 2,
        ..Asked::default()
    };
    let seen = prove(&asked, &Arc::default()).await;
    let proof = seen.proof.unwrap();
    assert!(proof.proven(), "{:?}", sentences(&proof));
    assert_eq!(proof.seeds.len(), 3);
    // Five subjects six times; the solution in another order; two checks alone.
    assert_eq!(proof.variants, 5 * 6 + 1 + 2);
    // Nothing opens no sandbox.
    assert_eq!(seen.opened, 4 * 6 + 1 + 2);
    assert_eq!(seen.at_once, 2);
    assert_eq!(proof.alone.as_deref(), Some("solution:file"));
    assert_eq!(proof.shuffled, ["solution:file"]);
    let text = proof.render(false);
    assert!(
        text.contains("the same 6 times, alone and in another order"),
        "{text}"
    );
}

#[tokio::test]
async fn a_sample_of_the_defects_is_graded_once_and_proves_nothing() {
    let asked = Asked {
        defects: BOTH,
        scope: Scope::Sample(1),
        ..Asked::default()
    };
    let proof = prove(&asked, &Arc::default()).await.proof.unwrap();
    // Nothing, the starter, the solution, and one of two defects.
    assert_eq!(proof.variants, 4);
    assert!(proof.holds() && !proof.proven(), "{:?}", sentences(&proof));
    let text = proof.render(false);
    assert!(text.contains("holds for a sample of 1 defects"), "{text}");
    let strict = Asked {
        defects: &[("wrong-n", WRONG_N.0, WRONG_N.1, "[m]")],
        ..asked
    };
    let proof = prove(&strict, &Arc::default()).await.proof.unwrap();
    assert!(!proof.holds());
}

#[tokio::test]
async fn a_check_that_is_alone_only_behind_another_is_run_once_with_it() {
    let asked = Asked {
        requires: "[n]",
        defects: BOTH,
        ..Asked::default()
    };
    let proof = prove(&asked, &Arc::default()).await.proof.unwrap();
    // `n` came first in the run of `m`.
    assert_eq!(proof.variants, 5 + 1 + 1);
}

#[tokio::test]
async fn checks_that_lean_on_each_other_are_found_alone() {
    // Whichever check comes first is answered so that `n` alone holds.
    let backend = Arc::new(Files {
        first_answer: Some("{\"n\": 1, \"m\": 7}"),
        ..Files::default()
    });
    let asked = Asked {
        defects: &[N],
        ..Asked::default()
    };
    let proof = prove(&asked, &backend).await.proof.unwrap();
    let alone = proof.findings.iter().find_map(|finding| match finding {
        Finding::Unsteady {
            check, condition, ..
        } => Some((check.as_str(), condition.as_str())),
        _ => None,
    });
    let (check, condition) = alone.expect("a finding");
    assert_eq!(check, "m");
    assert!(
        condition.contains("alone") || condition.contains("order"),
        "{condition}"
    );
}

#[tokio::test]
async fn another_verdict_with_another_seed_is_a_finding() {
    let backend = Arc::new(Files {
        one_seed: true,
        ..Files::default()
    });
    let asked = Asked {
        more: "app: { env: { SEEDED: \"{{ hex('seeded', 8) }}\" } }\n",
        defects: BOTH,
        seeds: 2,
        ..Asked::default()
    };
    let proof = prove(&asked, &backend).await.proof.unwrap();
    let found = sentences(&proof);
    let second = proof.seeds[1];
    let expected = format!("`n` of solution:file passed, and with seed {second} it failed");
    assert!(
        found.iter().any(|sentence| sentence.starts_with(&expected)),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_starter_that_earns_other_points_than_declared_is_a_finding() {
    let starter = "{\"n\": 1}\n";
    let asked = |more| Asked {
        starter,
        more,
        defects: BOTH,
        ..Asked::default()
    };
    let told = prove(&asked(""), &Arc::default()).await.proof.unwrap();
    assert_eq!(
        sentences(&told),
        [
            "starter:file earns 2 points, and challenge.yaml says 0: mend one of them (`starters_earn: { file: 2 }`)"
        ]
    );
    let declared = asked("starters_earn: { file: 2 }\n");
    let told = prove(&declared, &Arc::default()).await.proof.unwrap();
    assert!(told.proven(), "{:?}", sentences(&told));
}

#[tokio::test]
async fn what_breaks_on_our_side_is_tried_again_and_then_told() {
    let once = Arc::new(Files {
        broken: 1.into(),
        ..Files::default()
    });
    let asked = Asked {
        defects: BOTH,
        ..Asked::default()
    };
    let proof = prove(&asked, &once).await.proof.unwrap();
    assert!(proof.proven(), "{:?}", sentences(&proof));
    let always = Arc::new(Files {
        broken: usize::MAX.into(),
        ..Files::default()
    });
    let proof = prove(&asked, &always).await.proof.unwrap();
    assert!(
        proof.findings.iter().any(Finding::is_ours),
        "{:?}",
        sentences(&proof)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_up_one_grade_holds_up_no_other() {
    let backend = Arc::new(Files {
        by_two: Some(ByTwo::default()),
        ..Files::default()
    });
    let asked = Asked {
        defects: BOTH,
        ..Asked::default()
    };
    let seen = prove(&asked, &backend).await;
    assert!(seen.proof.unwrap().proven());
}

#[tokio::test]
async fn a_seed_that_fails_is_the_challenges_own_mistake_and_ends_it() {
    let backend = Arc::new(Files {
        seed_fails: Some("line 3: ERROR: syntax error at or near \"tabel\""),
        ..Files::default()
    });
    let seen = prove(&Asked::default(), &backend).await;
    let error = seen.proof.unwrap_err();
    assert!(!error.is_ours());
    assert_eq!(
        error.to_string(),
        "the seed seed/schema.sql of the service `db` fails: line 3: ERROR: syntax error at or near \"tabel\""
    );
}

#[tokio::test]
async fn a_solution_that_does_not_build_is_an_error_with_its_last_lines() {
    // The bench refuses what has no answer.
    let seen = prove(
        &Asked {
            solution: "",
            ..Asked::default()
        },
        &Arc::default(),
    )
    .await;
    let error = seen.proof.unwrap_err();
    assert!(
        matches!(&error, VerifyError::SolutionUnusable { subject, .. } if subject == "solution:file"),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "solution:file must earn every point, but the submission did not build: nothing there; its last lines:\n    step 3\n    no such file"
    );
    assert!(matrix(right(), "[]", BOTH).await.is_ok());
}

#[tokio::test]
async fn a_proof_keeps_still_while_somebody_measures() {
    let folder = tempfile::tempdir().unwrap();
    let turns = Turns::new(folder.path(), "bench");
    let measuring = turns.alone().await;
    let backend = Arc::new(Files {
        turns: Some(turns),
        ..Files::default()
    });
    let asked = Asked::default();
    let mut proof = std::pin::pin!(prove(&asked, &backend));
    let a_while = Duration::from_millis(300);
    assert!(timeout(a_while, &mut proof).await.is_err());
    assert_eq!(backend.opened.load(Ordering::SeqCst), 0);
    drop(measuring);
    let seen = proof.await;
    assert!(seen.proof.is_ok(), "{:?}", seen.proof.err());
    assert!(seen.opened > 0);
}

#[tokio::test]
async fn what_others_kept_from_being_decided_is_graded_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let asked = Asked {
        more: SHORT,
        defects: BOTH,
        journal: Some(&path),
        ..Asked::default()
    };
    let crowded = |sandboxes: usize| {
        Arc::new(Files {
            crowded: sandboxes.into(),
            ..Files::default()
        })
    };
    let seen = prove(&asked, &crowded(usize::MAX)).await;
    let proof = seen.proof.unwrap();
    let told = sentences(&proof);
    assert!(
        told.iter().any(|told| told.starts_with(
            "solution:file must pass `n`, which was inconclusive: GET /: too slow: no whole answer within 0.3 s"
        )),
        "{told:#?}"
    );
    // All but nothing, and all but the starter again, of which nothing else is expected.
    assert_eq!(seen.opened, 7 + 6);

    // What was not decided is not known; the solution is late once.
    let seen = prove(&asked, &crowded(1)).await;
    assert_eq!(seen.kept, 2, "nothing and the starter");
    let proof = seen.proof.unwrap();
    assert!(proof.proven(), "{:?}", sentences(&proof));
    assert_eq!(seen.opened, 6 + 1);
}

#[tokio::test]
async fn what_was_decided_stands_though_another_check_was_not() {
    let asked = Asked {
        solution: "{\n\"n\": 1,\n\"m\": 2\n}\n",
        more: SHORT,
        scope: Scope::Sample(0),
        ..Asked::default()
    };
    let backend = Arc::new(Files {
        crowded: 2.into(),
        ..Files::default()
    });
    let seen = prove(&asked, &backend).await;
    let told = sentences(&seen.proof.unwrap());
    assert_eq!(seen.opened, 2, "the starter and the solution: {told:#?}");
    for (check, outcome) in [("n", "was inconclusive"), ("m", "failed")] {
        let expected = format!("solution:file must pass `{check}`, which {outcome}");
        assert!(
            told.iter().any(|told| told.starts_with(&expected)),
            "{told:#?}"
        );
    }
}
