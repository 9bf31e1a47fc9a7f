//! Projects, packed in every way.

use std::{
    fs,
    io::{Cursor, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use flate2::{Compression, write::GzEncoder};
use runner::snapshot::{Snapshot, SnapshotError, Source, SubmissionLimits};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

pub(crate) const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 100,
    bytes: 256 * 1024,
};

/// What stands at a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    File(&'static str),
    Program(&'static str),
    Link(&'static str),
}
use What::{File, Link, Program};

/// A project as people have them.
pub(crate) const PROJECT: [(&str, What); 8] = [
    (".gitignore", File("*.log\n/build/\n!kept.log\n")),
    ("Dockerfile", File("FROM tryout/python:3.13\n")),
    ("empty", File("")),
    ("kept.log", File("kept")),
    ("src/café/app.py", File("print('café')\n")),
    ("src/deep/er/data.csv", File("1,2\n")),
    ("src/main", Link("café/app.py")),
    ("start.sh", Program("#!/bin/sh\n")),
];

/// What its `.gitignore` leaves out, and what git keeps beside it.
pub(crate) const BESIDE: [(&str, What); 3] = [
    (".git/config", File("[core]\n")),
    ("build/out", File("x")),
    ("src/debug.log", File("x")),
];

pub(crate) fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    (dir, path)
}

pub(crate) fn take(name: &str, bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
    let (_dir, path) = file(name, bytes);
    Snapshot::of_path(&path, LIMITS)
}

/// All causes of an error in one line.
pub(crate) fn told(error: &SnapshotError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Why an archive is refused.
pub(crate) fn refused(name: &str, bytes: &[u8]) -> String {
    let error = take(name, bytes).unwrap_err();
    assert!(!error.is_ours(), "{error:?}");
    told(&error)
}

pub(crate) fn into_folder(folder: &Path, entries: &[(&str, What)]) {
    for (path, what) in entries {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match what {
            File(text) => fs::write(&path, text).unwrap(),
            Program(text) => {
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            }
            Link(target) => symlink(target, &path).unwrap(),
        }
    }
}

pub(crate) fn tar(prefix: &str, entries: &[(&str, What)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, what) in entries {
        let mut header = tar::Header::new_gnu();
        let path = format!("{prefix}{path}");
        header.set_mode(0o644);
        match what {
            File(text) | Program(text) => {
                if matches!(what, Program(_)) {
                    header.set_mode(0o755);
                }
                header.set_size(text.len() as u64);
                tar.append_data(&mut header, path, text.as_bytes()).unwrap();
            }
            Link(target) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_size(0);
                tar.append_link(&mut header, path, target).unwrap();
            }
        }
    }
    tar.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub(crate) fn zip(prefix: &str, entries: &[(&str, What)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (path, what) in entries {
        let path = format!("{prefix}{path}");
        match what {
            File(text) | Program(text) => {
                let mode = if matches!(what, Program(_)) {
                    0o755
                } else {
                    0o644
                };
                zip.start_file(path, options.unix_permissions(mode))
                    .unwrap();
                zip.write_all(text.as_bytes()).unwrap();
            }
            Link(target) => zip.add_symlink(path, target, options).unwrap(),
        }
    }
    zip.finish().unwrap().into_inner()
}

/// `git`, as somebody who has set up nothing.
pub(crate) fn git(repository: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Jane", "-c", "user.email=jane@example.com"])
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgsign=false",
        ])
        .arg("-C")
        .arg(repository)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository with one commit, on the branch `main`.
pub(crate) fn repository(entries: &[(&str, What)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "--quiet", "--initial-branch=main"]);
    into_folder(dir.path(), entries);
    commit(dir.path());
    dir
}

pub(crate) fn commit(repository: &Path) -> String {
    git(repository, &["add", "--all"]);
    git(repository, &["commit", "--quiet", "--message=x"]);
    git(repository, &["rev-parse", "HEAD"])
}

/// Takes a revision of a repository on this machine.
pub(crate) fn fetch(repository: &Path, fragment: &str) -> Result<Snapshot, SnapshotError> {
    fetch_within(repository, fragment, LIMITS)
}

pub(crate) fn fetch_within(
    repository: &Path,
    fragment: &str,
    limits: SubmissionLimits,
) -> Result<Snapshot, SnapshotError> {
    let url = format!("git+file://{}{fragment}", repository.display());
    let source = Source::parse(url.as_ref()).unwrap();
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(Snapshot::of_source(&source, limits))
}

pub(crate) fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.paths().collect()
}

/// Bytes that do not pack.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut seed = 1_u64;
    std::iter::repeat_with(|| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    })
    .flatten()
    .take(length)
    .collect()
}
