//! A private copy: valid, with patches that apply, in other words than its original.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use authoring::{Change, Copy, CopyError, Skeleton, private_copy};
use challenge_spec::{Challenge, Skills};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn load(folder: &Path) -> Challenge {
    Challenge::load(folder, &Skills::embedded()).unwrap_or_else(|error| {
        let list = error.problems().map(|problems| problems.list().to_string());
        panic!("{}", list.unwrap_or_else(|| error.to_string()))
    })
}

fn orders_api() -> Challenge {
    load(&root().join("challenges/orders-api"))
}

fn notes(parent: &Path, language: &str) -> Challenge {
    let skeleton = Skeleton::open(&root().join("skeleton")).unwrap();
    let draft = skeleton.draft(&parent.join("notes"), language).unwrap();
    load(&draft.keep().unwrap())
}

fn copied(original: &Challenge, target: &Path, seed: u64) -> (Challenge, Vec<Change>) {
    let Copy { draft, changes } = private_copy(original, target, seed).unwrap();
    (load(&draft.keep().unwrap()), changes)
}

/// All files below a folder with their contents.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// What is the same in both but for words and numbers: kinds of checks, points, what defects cost.
fn bones(challenge: &Challenge) -> Vec<(String, u32, usize, bool)> {
    let lost = |id: &str| {
        let defects = challenge.file.defects.iter();
        defects
            .filter(|defect| defect.loses.iter().any(|lost| lost == id))
            .count()
    };
    let checks = challenge.file.checks.iter();
    checks
        .map(|check| {
            let skill = check.skill.clone();
            (skill, check.points, lost(&check.id), check.ask.is_some())
        })
        .collect()
}

/// The copy is valid, its defects can be made, and none of the changed words is left in what a
/// candidate reads.
fn assert_private(original: &Challenge, seed: u64) {
    let parent = tempfile::tempdir().unwrap();
    let (copy, changes) = copied(original, &parent.path().join("our-own"), seed);
    assert_eq!(copy.id(), "our-own");
    assert_eq!(bones(&copy), bones(original));
    assert_ne!(copy.brief, original.brief);
    let subjects = campaign::subjects(&copy).unwrap();
    let defects = subjects
        .iter()
        .filter(|s| matches!(s.kind, grader::SubjectKind::Defect(_)));
    assert_eq!(defects.count(), original.file.defects.len());
    assert!(!copy.dir.join("private.yaml").exists());
    for change in &changes {
        assert_ne!(change.was, change.is);
        assert!(change.places > 0 && change.files > 0, "{change:?}");
    }
    // The bundle that candidates get is in the new words too.
    let out = parent.path().join("out.tar.gz");
    authoring::bundle::candidate(&copy, &out).unwrap();
}

#[test]
fn a_copy_of_orders_api_is_valid_whatever_the_seed() {
    for seed in 0..3 {
        assert_private(&orders_api(), seed);
    }
}

#[test]
fn a_copy_of_each_skeleton_is_valid() {
    for language in ["go", "node", "python"] {
        let parent = tempfile::tempdir().unwrap();
        let original = notes(parent.path(), language);
        assert_private(&original, 3);
    }
}

#[test]
fn words_change_everywhere_and_numbers_where_they_are_meant() {
    let parent = tempfile::tempdir().unwrap();
    let original = notes(parent.path(), "python");
    let (copy, changes) = copied(&original, &parent.path().join("ours"), 1);
    let word = changes[0].is.split(", ").next().unwrap().to_owned();
    let number = changes[1].is.clone();
    assert_eq!(changes[1].was, "the longest text, in characters: 200");
    for (path, bytes) in files(&copy.dir) {
        let text = String::from_utf8(bytes).unwrap().to_lowercase();
        assert!(!text.contains("note"), "{}", path.display());
        assert!(
            !path.to_string_lossy().contains("note"),
            "{}",
            path.display()
        );
    }
    let app = fs::read_to_string(copy.dir.join("solutions/python/app.py")).unwrap();
    assert!(app.contains(&format!("<= len(value) <= {number}")), "{app}");
    assert!(app.contains(&format!("{word}_id")), "{app}");
    assert!(
        copy.brief.contains(&format!("POST /{word}s")),
        "{}",
        copy.brief
    );
    assert!(copy.brief.contains(&format!("1 to {number} characters")));
    // `200` as a status is no length of a text.
    assert!(copy.brief.contains("`200 {\"status\": \"ok\"}`"));
    let yaml = fs::read_to_string(copy.dir.join("challenge.yaml")).unwrap();
    let longer: u32 = number.parse::<u32>().unwrap() + 1;
    assert!(yaml.contains(&format!("'x' * {longer}")), "{yaml}");
}

#[test]
fn the_same_seed_makes_the_same_copy_and_another_one_another() {
    let parent = tempfile::tempdir().unwrap();
    let copy = |folder: &str, seed: u64| {
        let inner = parent.path().join(folder);
        fs::create_dir(&inner).unwrap();
        files(&copied(&orders_api(), &inner.join("ours"), seed).0.dir)
    };
    let first = copy("a", 7);
    assert_eq!(first, copy("b", 7));
    assert_ne!(first, copy("c", 8));
}

#[test]
fn a_folder_that_is_there_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let error = private_copy(&orders_api(), parent.path(), 1).unwrap_err();
    assert!(matches!(error, CopyError::Draft(_)), "{error:?}");
    fs::create_dir(parent.path().join("ours")).unwrap();
    let error = private_copy(&orders_api(), &parent.path().join("ours"), 1).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert!(files(parent.path()).is_empty());
}

/// What is said of a `private.yaml` in place of the skeleton's.
fn told(yaml: Option<&str>) -> String {
    let parent = tempfile::tempdir().unwrap();
    let original = notes(parent.path(), "python");
    let path = original.dir.join("private.yaml");
    match yaml {
        Some(yaml) => fs::write(&path, yaml).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
    let target = parent.path().join("ours");
    let error = private_copy(&original, &target, 1).unwrap_err();
    assert!(!target.exists());
    let CopyError::Declaration(error) = error else {
        panic!("{error:?}");
    };
    match error.problems() {
        Some(problems) => problems
            .list()
            .to_string()
            .replace(&*parent.path().to_string_lossy(), ""),
        None => error.to_string(),
    }
}

#[test]
fn what_does_not_fit_the_challenge_is_told_with_its_place() {
    let text = told(None);
    assert!(
        text.starts_with("there is no file") && text.ends_with("notes/private.yaml"),
        "{text}"
    );
    let text = told(Some(
        "words:\n  - was: [note, notes]\n    becomes: [[text, texts]]\n",
    ));
    assert!(
        text.starts_with("/notes/private.yaml:3:14: each of these has a word that stands"),
        "{text}"
    );
    let text = told(Some(
        "words:\n  - was: [elephant]\n    becomes: [[mammoth]]\n",
    ));
    assert!(
        text.starts_with("/notes/private.yaml:2:10: none of these stands"),
        "{text}"
    );
    let text = told(Some(
        "numbers:\n  - { what: most, was: 200, becomes: [100], written: ['<= {}', 'up to {}'] }\n",
    ));
    assert!(
        text.starts_with("/notes/private.yaml:2:64: `up to {}` stands nowhere"),
        "{text}"
    );
}
