use campaign::{Finding, SubjectError, VerifyError};

use crate::{
    bench::{Defect, WRONG_M, WRONG_N, matrix, right},
    sentences,
};

const N: Defect<'_> = ("wrong-n", WRONG_N.0, WRONG_N.1, "[n]");
const M: Defect<'_> = ("wrong-m", WRONG_M.0, WRONG_M.1, "[m]");

#[tokio::test]
async fn a_challenge_whose_defects_lose_what_they_name_is_proven() {
    let matrix = matrix(right(), "[]", &[N, M]).await.unwrap();
    assert!(matrix.proven(), "{:?}", sentences(&matrix));
    let earned: Vec<_> = matrix
        .matrix
        .rows
        .iter()
        .map(|row| (row.subject.as_str(), row.earned))
        .collect();
    assert_eq!(
        earned,
        [
            ("nothing", 0),
            ("starter:file", 0),
            ("solution:file", 4),
            ("defect:wrong-n", 2),
            ("defect:wrong-m", 2),
        ]
    );
    let text = matrix.render(false);
    assert!(text.contains("defect:wrong-n  X  .  2/4"), "{text}");
}

#[tokio::test]
async fn a_check_that_no_defect_fails_is_a_finding() {
    let matrix = matrix(right(), "[]", &[N]).await.unwrap();
    assert_eq!(
        matrix.findings,
        [Finding::NeverKilled {
            check: "m".to_owned()
        }]
    );
}

#[tokio::test]
async fn a_defect_that_costs_more_than_it_names_is_a_finding() {
    let both = (
        "wrong-both",
        "-\"n\": 1,\n+\"n\": 2,\n",
        "-\"m\": 1\n+\"m\": 2\n",
        "[n]",
    );
    let matrix = matrix(right(), "[]", &[both]).await.unwrap();
    assert!(
        matches!(
            matrix.findings.as_slice(),
            [Finding::DefectKillsMore { check, .. }] if check == "m"
        ),
        "{:?}",
        sentences(&matrix)
    );
}

#[tokio::test]
async fn a_defect_that_costs_less_than_it_names_is_a_finding() {
    let claims = ("claims-both", WRONG_N.0, WRONG_N.1, "[n, m]");
    let matrix = matrix(right(), "[]", &[claims, M]).await.unwrap();
    assert!(
        matches!(
            matrix.findings.as_slice(),
            [Finding::DefectSurvives { check, .. }] if check == "m"
        ),
        "{:?}",
        sentences(&matrix)
    );
}

#[tokio::test]
async fn a_check_skipped_behind_a_named_one_is_masked_and_not_killed() {
    let matrix = matrix(right(), "[n]", &[N]).await.unwrap();
    assert_eq!(
        matrix.findings,
        [Finding::NeverKilled {
            check: "m".to_owned()
        }],
        "{:?}",
        sentences(&matrix)
    );
}

#[tokio::test]
async fn a_solution_that_loses_is_a_finding() {
    let wrong = "{\n\"n\": 1,\n\"m\": 7\n}\n";
    let matrix = matrix(wrong, "[]", &[]).await.unwrap();
    assert!(
        matches!(
            matrix.findings.first(),
            Some(Finding::SolutionLoses { check, .. }) if check == "m"
        ),
        "{:?}",
        sentences(&matrix)
    );
}

#[tokio::test]
async fn two_defects_alike_are_an_error_that_names_both() {
    // Another patch, to the same files.
    let twin = ("twin", WRONG_N.0, "-\"m\": 1\n+\"m\": 1\n", "[n]");
    let error = matrix(right(), "[]", &[N, twin]).await.unwrap_err();
    assert!(
        matches!(
            &error,
            VerifyError::Subject(SubjectError::Alike { first, second })
                if first == "wrong-n" && second == "twin"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_patch_that_no_longer_applies_is_an_error_that_names_it() {
    let stale = ("stale", "-\"n\": 9,\n+\"n\": 2,\n", WRONG_N.1, "[n]");
    let error = matrix(right(), "[]", &[stale]).await.unwrap_err();
    let VerifyError::Subject(SubjectError::Patch { subject, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(subject.to_string(), "defect:stale");
}
