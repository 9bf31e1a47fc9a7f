//! Revisions of repositories on this machine.

use std::fs;

use runner::snapshot::SubmissionLimits;

use crate::packing::{
    What::{File, Link},
    commit, fetch, fetch_within, git, into_folder, noise, paths, repository, told,
};

#[test]
fn a_branch_a_tag_a_commit_and_a_folder_can_be_asked_for() {
    let dir = repository(&[("a", File("1")), ("sub/b", File("2")), ("sub/l", Link("b"))]);
    let first = git(dir.path(), &["rev-parse", "HEAD"]);
    git(dir.path(), &["tag", "-a", "v1", "-m", "x"]);
    git(dir.path(), &["checkout", "--quiet", "-b", "feature/x"]);
    into_folder(dir.path(), &[("c", File("3"))]);
    let second = commit(dir.path());
    for (fragment, commit, expected) in [
        ("", &second, &["a", "c", "sub/b", "sub/l"][..]),
        ("#main", &first, &["a", "sub/b", "sub/l"]),
        ("#v1", &first, &["a", "sub/b", "sub/l"]),
        ("#refs/tags/v1", &first, &["a", "sub/b", "sub/l"]),
        ("#feature/x", &second, &["a", "c", "sub/b", "sub/l"]),
        (&format!("#{first}"), &first, &["a", "sub/b", "sub/l"]),
        ("#main:sub", &first, &["b", "l"]),
        ("#:sub/", &second, &["b", "l"]),
    ] {
        let snapshot = fetch(dir.path(), fragment).unwrap();
        assert_eq!(paths(&snapshot), expected, "{fragment}");
        assert_eq!(snapshot.commit(), Some(commit.as_str()), "{fragment}");
    }
}

#[test]
fn a_bare_repository_gives_its_name() {
    let dir = repository(&[("a", File("1"))]);
    let other = tempfile::tempdir().unwrap();
    let bare = other.path().join("jane-doe.git");
    let words = ["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()];
    git(dir.path(), &words);
    assert_eq!(fetch(&bare, "").unwrap().name(), "jane-doe");
}

#[test]
fn what_was_committed_counts_although_ignore_rules_name_it() {
    let dir = repository(&[(".gitignore", File("*.env\n")), ("x.env", File("y"))]);
    git(dir.path(), &["add", "--force", "x.env"]);
    git(dir.path(), &["commit", "--quiet", "-m", "x"]);
    into_folder(dir.path(), &[("not-committed", File(""))]);
    assert_eq!(
        paths(&fetch(dir.path(), "").unwrap()),
        [".gitignore", "x.env"]
    );
}

#[test]
fn what_is_not_there_is_told() {
    let dir = repository(&[("a", File("1")), ("sub/b", File("2"))]);
    let tree = git(dir.path(), &["rev-parse", "HEAD^{tree}"]);
    git(dir.path(), &["tag", "a-tree", &tree]);
    for (fragment, part) in [
        ("#nope", "no branch, tag or commit \"nope\""),
        ("#1234567", "a commit needs its full id"),
        (&format!("#{}", "1".repeat(40)), "no branch, tag or commit"),
        ("#a-tree", "\"a-tree\" stands for no commit"),
        ("#main:nope", "\"main\" has no folder \"nope\""),
        ("#:a", "\"HEAD\" has no folder \"a\""),
    ] {
        let error = fetch(dir.path(), fragment).unwrap_err();
        assert!(!error.is_ours(), "{error:?}");
        let told = told(&error);
        assert!(told.contains(part), "{fragment}: {told}");
    }
    let empty = tempfile::tempdir().unwrap();
    let error = fetch(empty.path(), "").unwrap_err();
    assert!(
        told(&error).contains("no repository at that address"),
        "{}",
        told(&error)
    );
    assert!(!error.is_ours());
    git(empty.path(), &["init", "--quiet"]);
    let error = fetch(empty.path(), "").unwrap_err();
    assert!(
        told(&error).contains("no commit on its default branch"),
        "{}",
        told(&error)
    );
}

#[test]
fn the_limits_hold() {
    let big = "0123456789".repeat(1000).leak();
    let dir = repository(&[("a", File(big)), ("b", File(big)), ("sub/c", File(""))]);
    let within = |files, bytes| {
        let limits = SubmissionLimits { files, bytes };
        fetch_within(dir.path(), "", limits).map_err(|error| told(&error))
    };
    within(4, 20_000).unwrap();
    let error = within(3, 20_000).unwrap_err();
    assert!(error.contains("more than 3 files"), "{error}");
    let error = within(4, 19_999).unwrap_err();
    assert!(error.contains("\"b\" goes beyond"), "{error}");
}

#[test]
fn a_history_is_not_fetched() {
    let dir = repository(&[("a", File("1"))]);
    let noise = noise(4 << 20);
    fs::write(dir.path().join("noise"), noise).unwrap();
    commit(dir.path());
    fs::remove_file(dir.path().join("noise")).unwrap();
    commit(dir.path());
    assert_eq!(paths(&fetch(dir.path(), "").unwrap()), ["a"]);
}
