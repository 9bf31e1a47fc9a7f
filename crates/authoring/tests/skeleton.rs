//! The skeleton: a valid challenge in each of its languages, whole or not at all.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use authoring::{DraftError, Skeleton, SkeletonError};
use challenge_spec::{Challenge, Skills, model::Visibility};

fn skeleton() -> Skeleton {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skeleton");
    Skeleton::open(&folder).unwrap()
}

fn made(target: &Path, language: &str) -> Challenge {
    let draft = skeleton().draft(target, language).unwrap();
    draft.challenge(&Skills::embedded()).unwrap();
    let folder = draft.keep().unwrap();
    Challenge::load(&folder, &Skills::embedded()).unwrap()
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn each_language_gives_a_valid_challenge_of_the_folders_name() {
    let skeleton = skeleton();
    assert_eq!(skeleton.languages(), ["go", "node", "python"]);
    for language in skeleton.languages() {
        let parent = tempfile::tempdir().unwrap();
        let challenge = made(&parent.path().join("notes-api"), language);
        let file = &challenge.file;
        assert_eq!((file.id.as_str(), &*file.title), ("notes-api", "Notes API"));
        assert!(challenge.solution(language).unwrap().is_dir());
        assert!(challenge.starter(language).unwrap().is_dir());
        for text in ["challenge.yaml", "brief.md", "openapi.yaml"] {
            let words = fs::read_to_string(challenge.dir.join(text)).unwrap();
            for word in ["LANGUAGE", "my-challenge", "My challenge"] {
                assert!(!words.contains(word), "{word} is left in {text}");
            }
        }
        let hidden = |check: &&challenge_spec::model::Check| check.visibility == Visibility::Hidden;
        assert_eq!(file.checks.iter().filter(hidden).count(), 2);
        assert_eq!(
            names_in(parent.path()).len(),
            1,
            "something is left beside it"
        );
    }
}

#[test]
fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let at = |name: &str| parent.path().join(name);
    fs::write(at("taken"), "mine").unwrap();
    let error = |name: &str, language: &str| skeleton().draft(&at(name), language).unwrap_err();
    let draft = |error| match error {
        SkeletonError::Draft(error) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        draft(error("taken", "go")),
        DraftError::Exists { .. }
    ));
    assert!(matches!(
        draft(error("Bad Name", "go")),
        DraftError::NoId { .. }
    ));
    assert!(matches!(
        draft(error("nowhere/notes", "go")),
        DraftError::NoParent { .. }
    ));
    let text = error("notes", "cobol").to_string();
    assert!(text.contains("there is go, node, python"), "{text}");
    assert_eq!(fs::read_to_string(at("taken")).unwrap(), "mine");
    assert_eq!(names_in(parent.path()), [at("taken")]);
}

#[test]
fn a_draft_that_is_dropped_is_gone() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("notes");
    let draft = skeleton().draft(&target, "go").unwrap();
    assert_eq!(names_in(parent.path()).len(), 1);
    drop(draft);
    assert!(names_in(parent.path()).is_empty());

    // What came to stand there meanwhile stays.
    let draft = skeleton().draft(&target, "go").unwrap();
    fs::create_dir(&target).unwrap();
    assert!(matches!(draft.keep(), Err(DraftError::Exists { .. })));
    assert!(names_in(&target).is_empty());
}
