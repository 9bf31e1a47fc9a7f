//! What a candidate gets, looked at by its content: nothing that is hidden is in it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{
    collections::BTreeSet,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use authoring::{
    Skeleton,
    bundle::{self, PackError},
};
use challenge_spec::{
    Challenge, Skills,
    model::{Check, Visibility},
    public::LeftOut,
};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn orders_api() -> Challenge {
    let folder = root().join("challenges/orders-api");
    Challenge::load(&folder, &Skills::embedded()).unwrap()
}

/// A challenge of the skeleton, to be changed.
fn notes(parent: &Path) -> PathBuf {
    let skeleton = Skeleton::open(&root().join("skeleton")).unwrap();
    let draft = skeleton.draft(&parent.join("notes"), "python").unwrap();
    draft.keep().unwrap()
}

fn load(folder: &Path) -> Challenge {
    Challenge::load(folder, &Skills::embedded()).unwrap_or_else(|error| {
        let list = error.problems().map(|problems| problems.list().to_string());
        panic!("{}", list.unwrap_or_else(|| error.to_string()))
    })
}

fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is not in {}", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

/// The paths in a bundle and their texts.
fn unpacked(bundle: &Path) -> Vec<(String, String)> {
    let gz = flate2::read::GzDecoder::new(fs::File::open(bundle).unwrap());
    let mut tar = tar::Archive::new(gz);
    let mut files = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
    }
    files
}

/// With one space for each run of them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all_text(files: &[(String, String)]) -> String {
    let parts = files
        .iter()
        .flat_map(|(path, text)| [path.as_str(), "\n", text, "\n"]);
    parts.collect()
}

/// All texts below a folder, or of a file.
fn texts(path: &Path) -> String {
    if path.is_file() {
        return String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    }
    fs::read_dir(path)
        .unwrap()
        .map(|entry| texts(&entry.unwrap().path()))
        .collect()
}

/// Every string in a value, keys too.
fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => {
            for (key, field) in fields {
                found.insert(key.clone());
                strings(field, found);
            }
        }
        _ => {}
    }
}

fn strings_of(checks: &[&Check]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    strings(&serde_json::to_value(checks).unwrap(), &mut found);
    found
}

/// What only the grader knows: what stands in hidden material, and nowhere in what is public by what
/// the author wrote.
fn secrets(challenge: &Challenge) -> BTreeSet<String> {
    let file = &challenge.file;
    let dir = &challenge.dir;
    let (public, hidden): (Vec<&Check>, Vec<&Check>) = file
        .checks
        .iter()
        .partition(|check| check.visibility == Visibility::Public);
    let mut known = texts(&dir.join(&file.brief));
    known += &file
        .openapi
        .iter()
        .map(|path| texts(&dir.join(path)))
        .collect::<String>();
    known += &file
        .starters
        .values()
        .map(|path| texts(&dir.join(path)))
        .collect::<String>();
    // The taxonomy of skills is the same for all challenges.
    known += &texts(&root().join("challenges/skills.yaml"));
    known += &challenge.seeds.values().cloned().collect::<String>();
    for check in &public {
        let without_ask = Check {
            ask: None,
            ..(*check).clone()
        };
        known += &strings_of(&[&without_ask])
            .into_iter()
            .collect::<Vec<_>>()
            .join("\n");
    }
    let mut secrets: BTreeSet<String> = strings_of(&hidden);
    secrets.extend(file.checks.iter().filter_map(|check| check.ask.clone()));
    for defect in &file.defects {
        secrets.extend([defect.id.clone(), defect.title.clone()]);
        let patch = texts(&dir.join(&defect.patch));
        secrets.extend(
            patch
                .lines()
                .filter_map(|line| line.get(1..))
                .map(|line| line.trim().to_owned()),
        );
    }
    for solution in file.solutions.values() {
        let text = texts(&dir.join(solution));
        secrets.extend(text.lines().map(|line| line.trim().to_owned()));
    }
    // Short ones are words that stand in any text.
    let known = spaced(&known);
    secrets.retain(|secret| secret.len() >= 12 && !known.contains(&spaced(secret)));
    secrets
}

fn assert_hides(challenge: &Challenge, at_least: usize) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tar.gz");
    bundle::candidate(challenge, &out).unwrap();
    // Long texts in YAML go over several lines, so that spaces are no mark.
    let text = spaced(&all_text(&unpacked(&out)));
    let secrets = secrets(challenge);
    assert!(secrets.len() >= at_least, "only {} secrets", secrets.len());
    for check in &challenge.file.checks {
        if check.visibility == Visibility::Hidden {
            assert!(secrets.contains(&check.title), "{}", check.title);
            assert!(
                !text.contains(&format!("id: {} ", check.id)),
                "{}",
                check.id
            );
        }
    }
    for secret in &secrets {
        assert!(
            !text.contains(&spaced(secret)),
            "the bundle tells: {secret}"
        );
    }
    // And it is no empty promise: what is public is in it.
    for check in &challenge.file.checks {
        if check.visibility == Visibility::Public {
            assert!(
                text.contains(&spaced(&check.title)),
                "{} is missing",
                check.title
            );
        }
    }
    assert!(text.contains(spaced(&challenge.brief).trim()));
}

#[test]
fn nothing_hidden_of_orders_api_is_in_what_candidates_get() {
    assert_hides(&orders_api(), 300);
}

#[test]
fn nothing_hidden_is_there_by_a_comment_a_var_or_a_seed() {
    let parent = tempfile::tempdir().unwrap();
    let folder = notes(parent.path());
    let yaml = folder.join("challenge.yaml");
    fs::create_dir(folder.join("seed")).unwrap();
    fs::write(
        folder.join("seed/schema.sql"),
        "select 'the public seed';\n",
    )
    .unwrap();
    fs::write(folder.join("seed/trap.sql"), "select 'the hidden seed';\n").unwrap();
    change(
        &yaml,
        "vars:\n",
        "services:\n  db: { postgres: { version: \"17\", database: notes, seed: [seed/schema.sql, seed/trap.sql] } }\nvars:\n  only_hidden: a value that only a hidden check uses\n",
    );
    change(
        &yaml,
        "    title: A new note is stored",
        "    requires: [bad-text-is-refused] # the comment in a public check\n    title: A new note is stored",
    );
    change(&yaml, "json: {},", "json: { text: \"{{ only_hidden }}\" },");
    change(
        &yaml,
        "starters:\n",
        "  behind: \"{{ text }} and what it needs\"\nstarters:\n",
    );
    change(
        &yaml,
        "send: GET /notes/{{ id }}",
        "send: GET /notes/{{ id }}\n          headers: { X-Note: \"{{ behind }}\" }",
    );
    change(
        &folder.join("brief.md"),
        "Notes may be kept",
        "The tables are in `seed/schema.sql`. Notes may be kept",
    );
    let challenge = load(&folder);
    assert_hides(&challenge, 30);

    let out = parent.path().join("out.tar.gz");
    let packed = bundle::candidate(&challenge, &out).unwrap();
    let text = all_text(&unpacked(&out));
    for hidden in [
        "the hidden seed",
        "trap.sql",
        "only_hidden",
        "a value that only",
        "the comment in",
    ] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    for public in [
        "the public seed",
        "and what it needs",
        "Call {{ name('whom') }}",
    ] {
        assert!(text.contains(public), "{public} is missing");
    }
    assert_eq!(
        packed.left_out,
        [
            LeftOut::Requirement {
                check: "note-is-kept".to_owned(),
                required: "bad-text-is-refused".to_owned()
            },
            LeftOut::UnnamedSeed {
                path: "seed/trap.sql".into()
            },
        ]
    );
}

/// The challenge in a bundle, as a candidate's own `tryout` reads it.
fn read_back(out: &Path, id: &str) -> Challenge {
    let folder = out.with_extension("unpacked");
    let limits = runner::snapshot::SubmissionLimits {
        files: 1000,
        bytes: 1 << 26,
    };
    let snapshot = runner::snapshot::Snapshot::of_path(out, limits).unwrap();
    fs::create_dir(&folder).unwrap();
    snapshot.unpack_into(&folder).unwrap();
    load(&folder.join(id))
}

#[test]
fn the_bundle_is_a_challenge_of_the_public_checks() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tar.gz");
    let challenge = orders_api();
    bundle::candidate(&challenge, &out).unwrap();
    let read = read_back(&out, "orders-api");
    let public: Vec<Check> = challenge
        .file
        .checks
        .iter()
        .filter(|check| check.visibility == Visibility::Public)
        .map(|check| Check {
            ask: None,
            ..check.clone()
        })
        .collect();
    assert!(!public.is_empty());
    let left_out = challenge.public().left_out;
    if left_out.is_empty() {
        assert_eq!(read.file.checks, public);
    }
    assert_eq!(read.file.limits, challenge.file.limits);
    assert_eq!(read.file.app, challenge.file.app);
    assert_eq!(read.file.services, challenge.file.services);
    assert!(read.file.title.ends_with("(public checks)"));
    assert!(read.file.solutions.is_empty() && read.file.defects.is_empty());

    bundle::whole(&challenge, &out).unwrap();
    fs::remove_dir_all(out.with_extension("unpacked")).unwrap();
    let whole = read_back(&out, "orders-api");
    assert_eq!(whole.file, challenge.file);
}

#[test]
fn the_same_challenge_makes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str, pack: fn(&Challenge, &Path) -> Result<bundle::Packed, PackError>| {
        let out = folder.path().join(name);
        pack(&orders_api(), &out).unwrap();
        fs::read(out).unwrap()
    };
    assert_eq!(
        bytes("a.tar.gz", bundle::candidate),
        bytes("b.tar.gz", bundle::candidate)
    );
    assert_eq!(
        bytes("c.tar.gz", bundle::whole),
        bytes("d.tar.gz", bundle::whole)
    );
}

#[test]
fn what_would_give_something_away_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = notes(parent.path());
    let yaml = folder.join("challenge.yaml");
    let out = parent.path().join("out.tar.gz");

    std::os::unix::fs::symlink(
        "../../solutions/python/app.py",
        folder.join("starters/python/peek.py"),
    )
    .unwrap();
    let error = bundle::candidate(&load(&folder), &out).unwrap_err();
    assert!(
        matches!(&error, PackError::Link { link, .. } if link == "starters/python/peek.py"),
        "{error:?}"
    );
    fs::remove_file(folder.join("starters/python/peek.py")).unwrap();

    change(
        &yaml,
        "patch: defects/created-as-200.patch",
        "patch: starters/python/created-as-200.patch",
    );
    fs::copy(
        folder.join("defects/created-as-200.patch"),
        folder.join("starters/python/created-as-200.patch"),
    )
    .unwrap();
    let error = bundle::candidate(&load(&folder), &out).unwrap_err();
    assert!(
        matches!(&error, PackError::Overlap { folder, .. } if folder == "starters/python"),
        "{error:?}"
    );

    change(
        &yaml,
        "patch: starters/python/created-as-200.patch",
        "patch: defects/created-as-200.patch",
    );
    change(&yaml, "  python: starters/python", "  python: ./");
    let error = bundle::candidate(&load(&folder), &out).unwrap_err();
    assert!(matches!(error, PackError::Overlap { .. }), "{error:?}");

    change(&yaml, "  python: ./", "  python: starters/python");
    change(&yaml, "    visibility: public\n", "");
    let error = bundle::candidate(&load(&folder), &out).unwrap_err();
    assert!(
        matches!(error, PackError::NothingPublic { .. }),
        "{error:?}"
    );
    assert!(!out.exists());
}
