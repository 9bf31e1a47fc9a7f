//! What cannot be loaded at all, the plain form of problems, and the skills.

use std::fs;

use challenge_spec::{Challenge, LoadError, Skills};

fn load(text: &str) -> LoadError {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = root.path().join("shop");
    fs::create_dir(&dir).expect("a folder of our own");
    fs::write(dir.join("brief.md"), "b").expect("a file of our own");
    fs::write(dir.join("challenge.yaml"), text).expect("a file of our own");
    Challenge::load(&dir, &Skills::embedded()).expect_err("a mistake")
}

#[test]
fn a_missing_folder_a_missing_file_and_a_huge_file_are_told_apart() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let skills = Skills::embedded();
    let missing = Challenge::load(&root.path().join("none"), &skills);
    assert!(matches!(missing, Err(LoadError::NoFolder { .. })));
    let empty = Challenge::load(root.path(), &skills);
    assert!(matches!(empty, Err(LoadError::NoFile { .. })));
    let is_folder = root.path().join("challenge.yaml");
    fs::create_dir(&is_folder).expect("a folder of our own");
    let folder = Challenge::load(root.path(), &skills);
    assert!(matches!(folder, Err(LoadError::Read { .. })), "{folder:?}");

    let huge = load(&"# nothing\n".repeat(110_000));
    assert!(matches!(huge, LoadError::TooLarge { .. }));
    assert!(huge.to_string().ends_with("has more than 1048576 bytes"));
}

#[test]
fn a_link_that_leaves_the_folder_is_refused() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = root.path().join("shop");
    fs::create_dir(&dir).expect("a folder of our own");
    fs::write(root.path().join("outside.md"), "secret").expect("a file of our own");
    std::os::unix::fs::symlink("../outside.md", dir.join("brief.md")).expect("a link");
    let yaml = "\
schema: 1
id: shop
title: Shop
version: 1.0.0
summary: A shop.
brief: brief.md
checks:
  - { id: a, title: A, skill: security, points: 1, steps: [{ request: { send: GET / } }] }
";
    fs::write(dir.join("challenge.yaml"), yaml).expect("a file of our own");
    let error = Challenge::load(&dir, &Skills::embedded()).expect_err("a mistake");
    let problems = error.problems().expect("problems");
    assert_eq!(
        problems.told()[0].message,
        "`brief.md` is a link that leaves the challenge's folder"
    );
    assert_eq!(&yaml[problems.told()[0].span.clone()], "brief.md");
}

#[test]
fn the_plain_list_has_a_line_that_editors_understand() {
    let error = load("schema: 1\nid: shop\ntitle: é 7\nversion: [1]\nsummry: x\nchecks: []\n");
    let problems = error.problems().expect("problems");
    assert_eq!(problems.count(), 3);
    let list = problems.list().to_string();
    let list = list.replace(problems.file(), "FILE");
    assert_eq!(
        list,
        "\
FILE:4:10: expected a string, found a list
    version: [1]
             ^^^ expected a string
FILE:5:1: unknown key `summry`
    summry: x
    ^^^^^^ not a key of this object
    help: did you mean `summary`?
FILE:6:9: `checks` is empty
    checks: []
            ^^ needs at least one item
"
    );
}

#[test]
fn a_hundred_are_told_and_the_rest_counted() {
    let keys: Vec<String> = (0..300).map(|number| format!("k{number}: 1\n")).collect();
    let error = load(&format!("schema: 1\n{}", keys.concat()));
    let problems = error.problems().expect("problems");
    assert_eq!(problems.told().len(), 100);
    assert_eq!(problems.count(), 305, "300 keys too many and 5 missing");
    assert!(problems.list().to_string().ends_with("and 205 more\n"));
}

#[test]
fn the_embedded_skills_have_the_ten_roots() {
    let skills = Skills::embedded();
    let roots: Vec<&str> = skills.roots().map(|(id, _)| id).collect();
    assert_eq!(
        roots,
        [
            "language-practice",
            "api-design",
            "data-modeling",
            "business-logic",
            "scalability",
            "security",
            "testing",
            "delivery",
            "observability",
            "collaboration",
        ]
    );
    assert_eq!(skills.title("security"), Some("Security"));
    assert_eq!(
        skills.title("security/authorization"),
        Some("Authorization")
    );
    assert_eq!(skills.title("security/none"), None);
    assert!(!skills.contains("authorization"));
    let (id, root) = skills.root_of("security/authorization").expect("a root");
    assert_eq!((id, root.title.as_str()), ("security", "Security"));
    assert!(skills.root_of("none").is_none());
    let ids: Vec<String> = skills.ids().collect();
    assert!(ids.contains(&"business-logic/concurrency".to_owned()));
    assert!(skills.roots().all(|(_, root)| root.about.ends_with('.')));
}

#[test]
fn mistakes_in_skills_have_their_places_too() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let path = root.path().join("skills.yaml");
    let text = "\
skills:
  Security: { title: Security, about: Safe., branches: { auth n: Auth } }
  testing: { titel: Testing, about: Tests. }
  testing: { title: Testing, about: Tests. }
";
    fs::write(&path, text).expect("a file of our own");
    let error = Skills::load(&path).expect_err("mistakes");
    let messages: Vec<&str> = error
        .problems()
        .expect("problems")
        .told()
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "unknown key `titel`",
            "the key `testing` stands twice in one object"
        ]
    );
    fs::write(
        &path,
        text.replace("titel", "title")
            .replace("  testing: { title: Testing, about: Tests. }\n", ""),
    )
    .expect("a file of our own");
    let error = Skills::load(&path).expect_err("mistakes");
    assert_eq!(error.problems().expect("problems").count(), 2, "{error:?}");
    let missing = Skills::load(&root.path().join("none.yaml"));
    assert!(matches!(missing, Err(LoadError::NoFile { .. })));
}
