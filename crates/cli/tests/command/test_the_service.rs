//! The shipped challenge `test-the-service`, in part: a whole grade runs its tests dozens of times.

use crate::support::{report, said, seed_of_today, tryout};

const CHALLENGE: &str = "challenges/test-the-service";
/// Of the defective implementations.
const SAMPLE: usize = 3;

/// Other checks each day, and the same ones all day.
fn sample() -> String {
    let shown = tryout(&["challenge", "show", CHALLENGE]).output();
    let shown = String::from_utf8(shown.unwrap().stdout).unwrap();
    let words = shown.split_whitespace();
    let mut catches: Vec<&str> = words.filter(|word| word.starts_with("catches-")).collect();
    catches.sort_unstable();
    catches.dedup();
    assert!(catches.len() >= 20, "{shown}");
    let first = usize::try_from(seed_of_today()).unwrap() % catches.len();
    catches.rotate_left(first);
    catches.truncate(SAMPLE);
    let others = [
        "accepts-go",
        "pipeline-fails-with-tests",
        "pipeline-caches",
        "pipeline-on-reviews",
    ];
    catches.extend(others);
    catches.join(",")
}

#[test]
fn solutions_of_test_the_service_hold_for_a_sample_of_its_checks() {
    let only = sample();
    for language in ["python", "node", "go"] {
        let out = tempfile::tempdir().unwrap();
        let folder = format!("{CHALLENGE}/solutions/{language}");
        let output = tryout(&["grade", &folder, "--challenge", CHALLENGE, "--quiet"])
            .args(["--only", &only, "--out"])
            .arg(out.path())
            .output()
            .unwrap();
        let (_, text) = said(&output);
        let report = report(out.path());
        let checks = report["checks"]
            .as_array()
            .unwrap_or_else(|| panic!("{text}"));
        assert!(
            checks.len() > SAMPLE + 4,
            "{only}: what they require comes along"
        );
        for check in checks {
            assert_eq!(check["outcome"], "passed", "{language}: {check:#}");
        }
    }
}
