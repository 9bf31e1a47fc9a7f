//! What `make prove` found out is of the challenges as they are now.

use std::{fs, path::PathBuf};

use campaign::{Grounds, StabilityRecord};
use challenge_spec::{Challenge, Skills};
use grader::challenge_files;
use report::certificate::{Certification, certification};

use crate::metadata::root;

fn challenges() -> Vec<Challenge> {
    let folders = fs::read_dir(root().join("challenges")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("challenge.yaml").is_file());
    folders.sort();
    assert!(!folders.is_empty());
    let skills = Skills::embedded();
    let loaded = folders.iter().map(|dir| Challenge::load(dir, &skills));
    loaded.map(Result::unwrap).collect()
}

#[test]
fn every_challenge_has_a_certificate_of_its_present_files() {
    for challenge in challenges() {
        let id = &challenge.file.id;
        let files = challenge_files(&challenge).unwrap();
        let state = certification(&challenge.dir, files.digest());
        assert!(
            matches!(state, Certification::Certified { .. }),
            "{id} is {}; `make prove`, or `tryout challenge verify {id} --write`, proves it again",
            state.sentence()
        );
    }
}

#[test]
fn no_verdict_changed_however_often_a_solution_was_graded() {
    for challenge in challenges() {
        let id = &challenge.file.id;
        let path = root().join(format!("docs/proofs/{id}-stability.json"));
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; `make prove` makes it", path.display()));
        let record = StabilityRecord::of_json(&text).unwrap();
        assert_eq!(&record.challenge, id);
        let now = Grounds::of(&challenge).unwrap();
        // Each grade of tests runs them dozens of times.
        let tests_are_graded = !challenge.file.implementations.is_empty();
        let enough = if tests_are_graded { 2 } else { 10 };
        let solutions = now.subjects.keys();
        for name in solutions.filter(|name| name.starts_with("solution:")) {
            let of_it = record.runs.iter().filter(|run| {
                run.of.subjects.contains_key(name) && now.hold(&run.of) && run.seeds >= enough
            });
            let busy: Vec<bool> = of_it.map(|run| run.busy > 0).collect();
            assert!(
                busy.contains(&true) && busy.contains(&false),
                "{} does not say of {id}'s {name} as it is now that it lost nothing with {enough} seeds, \
                 on an idle machine and a busy one; `make prove` makes it anew",
                path.display()
            );
        }
        for run in &record.runs {
            assert_eq!(run.changed, [""; 0], "beside {} busy processes", run.busy);
        }
    }
}
