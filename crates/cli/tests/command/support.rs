//! The `tryout` command as a stranger would call it.
use std::{
    path::{Path, PathBuf},
    process::Output,
    time::SystemTime,
};

use assert_cmd::Command;
use serde_json::Value;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// `tryout`, in the workspace's folder, with nothing of the caller's settings.
pub(crate) fn tryout(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tryout").unwrap();
    command
        .current_dir(root())
        .args(args)
        .env_remove("TRYOUT_CHALLENGES");
    command
}

/// Its exit code, and what it said to people.
pub(crate) fn said(output: &Output) -> (i32, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), text)
}

/// The `report.json` in a folder.
pub(crate) fn report(dir: &Path) -> Value {
    let text = std::fs::read_to_string(dir.join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Proves a challenge with one seed, which must hold; what it prints.
pub(crate) fn proven(challenge: &Path) -> String {
    let journal = tempfile::tempdir().unwrap();
    let output = tryout(&["challenge", "verify", "--seeds", "1", "--jobs", "2"])
        .arg(challenge)
        .arg("--journal")
        .arg(journal.path().join("journal"))
        .output()
        .unwrap();
    let (code, text) = said(&output);
    let matrix = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(code, 0, "{matrix}\n{text}");
    matrix
}

/// For samples: others each day, and the same ones all day.
pub(crate) fn seed_of_today() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs() / 86_400
}

/// What became of these checks when a folder of a challenge was graded.
pub(crate) fn graded(challenge: &str, folder: &str, only: &str) -> Vec<Value> {
    let out = tempfile::tempdir().unwrap();
    let folder = format!("{challenge}/{folder}");
    let output = tryout(&["grade", &folder, "--challenge", challenge, "--quiet"])
        .args(["--only", only, "--min-score", "0", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let (_, text) = said(&output);
    let report = report(out.path());
    let checks = report["checks"].as_array();
    checks.unwrap_or_else(|| panic!("{text}")).clone()
}
