//! What was found out is not found out again, and nothing else is taken for it.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    sync::Arc,
    time::Duration,
};

use campaign::{Journal, JournalError};
use tokio::time::timeout;

use crate::{
    bench::{Asked, Defect, Files, Seen, WRONG_M, WRONG_N, prove},
    sentences,
};

const N: Defect<'_> = ("wrong-n", WRONG_N.0, WRONG_N.1, "[n]");
const M: Defect<'_> = ("wrong-m", WRONG_M.0, WRONG_M.1, "[m]");
/// Five subjects, another order, two alone.
const ALL: usize = 8;

async fn proven(journal: &Path, backend: &Arc<Files>) -> Seen {
    let asked = Asked {
        defects: &[N, M],
        journal: Some(journal),
        ..Asked::default()
    };
    prove(&asked, backend).await
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_second_proof_opens_no_sandbox_and_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/journal.jsonl");
    let first = proven(&path, &Arc::default()).await;
    assert_eq!((first.kept, first.opened), (0, ALL - 1));
    let second = proven(&path, &Arc::default()).await;
    assert_eq!((second.kept, second.opened), (ALL, 0));
    assert_eq!(first.proof.unwrap(), second.proof.unwrap());
}

#[tokio::test]
async fn an_interrupted_proof_goes_on_where_it_was_and_a_torn_line_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    proven(&path, &Arc::default()).await.proof.unwrap();
    let all = lines(&path);
    assert_eq!(all.len(), 1 + ALL);
    // As after kill -9 in the middle of a write.
    let torn = format!("{}\n{}", all[..4].join("\n"), &all[4][..all[4].len() / 2]);
    fs::write(&path, &torn).unwrap();
    let seen = proven(&path, &Arc::default()).await;
    assert_eq!(seen.kept, 3);
    let proof = seen.proof.unwrap();
    assert!(proof.proven(), "{:?}", sentences(&proof));
    let mut again = lines(&path);
    assert!(again.iter().all(|line| line.ends_with('}')), "{again:?}");
    let mut all = all;
    again.sort();
    all.sort();
    assert_eq!(again.len(), all.len());
}

#[tokio::test]
async fn a_defect_that_was_changed_is_graded_again_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let proven = async |m: Defect<'_>| {
        let asked = Asked {
            defects: &[N, m],
            journal: Some(&path),
            ..Asked::default()
        };
        prove(&asked, &Arc::default()).await
    };
    proven(("wrong-m", WRONG_M.0, WRONG_M.1, "[n]")).await;
    // It is said to lose something else: nobody is graded otherwise for that.
    let listed = proven(M).await;
    assert_eq!((listed.kept, listed.opened), (ALL, 0));
    assert_eq!(sentences(&listed.proof.unwrap()), [""; 0]);
    let patched = proven(("wrong-m", "-\"n\": 1,\n+\"n\": 3,\n", WRONG_N.1, "[n]")).await;
    assert_eq!(patched.kept, ALL - 1);
}

#[tokio::test]
async fn a_damaged_line_is_graded_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    proven(&path, &Arc::default()).await.proof.unwrap();
    let mut all = lines(&path);
    all[2] = "{\"key\": 7}".to_owned();
    fs::write(&path, format!("{}\n", all.join("\n"))).unwrap();
    assert_eq!(proven(&path, &Arc::default()).await.kept, ALL - 1);
}

#[tokio::test]
async fn nobody_waits_for_a_build_that_is_not_made_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let asked = Asked {
        solution: "",
        seeds: 2,
        journal: Some(&path),
        ..Asked::default()
    };
    let prove = async || {
        let proof = async { prove(&asked, &Arc::default()).await.proof };
        let in_time = timeout(Duration::from_secs(30), proof).await;
        in_time.expect("it ends").unwrap_err();
    };
    prove().await;
    // The second seed is forgotten: it is to be graded when the first is known not to build.
    let all = lines(&path);
    let first = all.iter().position(|line| line.contains("solution:file"));
    let first = first.expect("it was graded");
    fs::write(&path, format!("{}\n{}\n", all[0], all[first])).unwrap();
    prove().await;
}

#[tokio::test]
async fn what_our_own_fault_left_open_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let broken = Arc::new(Files {
        broken: usize::MAX.into(),
        ..Files::default()
    });
    proven(&path, &broken).await.proof.unwrap();
    // Nothing needs no sandbox, and is known.
    assert_eq!(lines(&path).len(), 2, "the head and nothing");
    assert_eq!(proven(&path, &Arc::default()).await.kept, 1);
}

#[test]
fn a_journal_of_other_grounds_or_another_version_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let open = |digest: &str, version: &str, seed, anew| {
        Journal::open(&path, ("tiny", digest), version, seed, anew)
    };
    assert_eq!(open("sha256:a", "1", 5, false).unwrap().seed(), 5);
    assert_eq!(open("sha256:a", "1", 6, false).unwrap().seed(), 5);
    assert_eq!(open("sha256:b", "1", 7, false).unwrap().seed(), 7);
    assert_eq!(open("sha256:b", "2", 8, false).unwrap().seed(), 8);
    assert_eq!(open("sha256:b", "2", 9, true).unwrap().seed(), 9);
    let mut file = File::create(&path).unwrap();
    file.write_all(b"not a journal\n\xff\xfe").unwrap();
    assert_eq!(open("sha256:b", "2", 10, false).unwrap().seed(), 10);
}

#[test]
fn two_processes_do_not_share_a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let open = || Journal::open(&path, ("tiny", "sha256:a"), "1", 5, false);
    let first = open().unwrap();
    let error = open().unwrap_err();
    assert!(matches!(error, JournalError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("journal.jsonl"), "{error}");
    drop(first);
    open().unwrap().remove().unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn reports_of_grades_that_were_not_as_they_must_be_are_kept_until_it_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.jsonl");
    let folder = dir.path().join("journal.astray");
    let names = || {
        let files = fs::read_dir(&folder).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    proven(&path, &Arc::default()).await.proof.unwrap();
    assert!(!folder.exists());
    let asked = Asked {
        // It costs `m`.
        defects: &[N, ("wrong-m", WRONG_M.0, WRONG_M.1, "[n]")],
        journal: Some(&path),
        ..Asked::default()
    };
    fs::remove_file(&path).unwrap();
    prove(&asked, &Arc::default()).await;
    let kept = names();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].starts_with("defect-wrong-m-1-"), "{kept:?}");
    let text = fs::read_to_string(folder.join(&kept[0])).unwrap();
    let report = report::model::Report::from_json(&text).unwrap();
    let lost = |id| {
        let mut checks = report.checks.iter();
        checks.any(|check| check.id == id && check.reason.is_some())
    };
    assert!(lost("m") && !lost("n"), "{text}");
    fs::write(folder.join("mine.txt"), "not a report").unwrap();
    fs::remove_file(&path).unwrap();
    proven(&path, &Arc::default()).await.proof.unwrap();
    assert_eq!(names(), ["mine.txt"]);
}
