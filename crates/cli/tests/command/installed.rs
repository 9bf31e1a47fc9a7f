//! `tryout` as it is installed: one file, away from the repository.

use std::{fs, path::Path, process::Command};

use crate::support::{report, said};

/// The program alone, in an empty folder, with an empty home.
struct Installed {
    folder: tempfile::TempDir,
}

impl Installed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = assert_cmd::cargo::cargo_bin!("tryout");
        fs::copy(program, folder.path().join("tryout")).unwrap();
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let path = self.folder.path();
        let output = Command::new(path.join("tryout"))
            .args(arguments)
            .current_dir(path)
            .env("HOME", path)
            .env_remove("XDG_CACHE_HOME")
            .env_remove("TRYOUT_CHALLENGES")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let (code, text) = said(&output);
        (code, printed + &text)
    }

    fn pack(&self, name: &str, folder: &Path) {
        let gz = fs::File::create(self.folder.path().join(name)).unwrap();
        let gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        tar.append_dir_all("mine", folder).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
    }
}

const CHALLENGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../challenges");

#[test]
fn it_finds_its_challenges_and_images_in_itself() {
    let installed = Installed::new();
    let (code, text) = installed.run(&["challenge", "list"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("orders-api"), "{text}");

    let solution = Path::new(CHALLENGES).join("orders-api/solutions/python");
    let solution = solution.to_str().unwrap();
    let only = ["--only", "bearer-token", "--out", "out"];
    let grade = [&["grade", solution, "-c", "orders-api"][..], &only].concat();
    let (code, text) = installed.run(&grade);
    assert_eq!(code, 0, "{text}");
    let installed_report = report(&installed.folder.path().join("out"));

    // The same challenge as in the repository, to the byte.
    let out = tempfile::tempdir().unwrap();
    let there = ["--challenges", CHALLENGES, "--out"];
    let grade = [&grade[..6], &there, &[out.path().to_str().unwrap()]].concat();
    let (code, text) = installed.run(&grade);
    assert_eq!(code, 0, "{text}");
    let digest = |report: &serde_json::Value| report["challenge"]["digest"].clone();
    assert_eq!(digest(&installed_report), digest(&report(out.path())));
}

#[test]
fn a_bundle_stands_in_for_a_folder() {
    let installed = Installed::new();
    installed.pack("mine.tar.gz", Path::new(CHALLENGES));
    let mine = ["--challenges", "mine.tar.gz"];
    let (code, text) = installed.run(&[&["challenge", "show", "orders-api"][..], &mine].concat());
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("150 points"), "{text}");

    fs::write(installed.folder.path().join("no.tar.gz"), "no archive").unwrap();
    let (code, text) = installed.run(&["challenge", "list", "--challenges", "no.tar.gz"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("no.tar.gz"), "{text}");
    let (code, text) = installed.run(&["challenge", "list", "--challenges", "nowhere"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("no folder and no bundle nowhere"), "{text}");
}
