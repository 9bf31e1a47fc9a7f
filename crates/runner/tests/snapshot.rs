//! What a snapshot keeps, what it leaves out and what it refuses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    io::Read,
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use runner::snapshot::{Snapshot, SnapshotError, SubmissionLimits};
use tempfile::TempDir;

const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 1000,
    bytes: 1024 * 1024,
};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    folder
}

fn write(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn take(folder: &TempDir) -> Result<Snapshot, SnapshotError> {
    Snapshot::of_folder(folder.path(), LIMITS)
}

fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.paths().collect()
}

fn digest(folder: &TempDir) -> String {
    take(folder).unwrap().digest().to_owned()
}

#[test]
fn hidden_files_are_kept_and_git_is_not() {
    let folder = folder(&[
        (".env", "A=1"),
        ("src/.hidden/x", ""),
        (".git/config", "secret"),
        ("vendored/.git", "gitdir: ../.git/modules/vendored"),
        (".github/workflows/ci.yaml", "on: push"),
    ]);
    let snapshot = take(&folder).unwrap();
    assert_eq!(
        paths(&snapshot),
        [".env", ".github/workflows/ci.yaml", "src/.hidden/x"]
    );
    assert_eq!(snapshot.files(), 3);
    assert_eq!(snapshot.bytes(), 11);
}

#[test]
fn the_submissions_own_gitignore_files_count_and_no_others() {
    let outer = folder(&[
        (".gitignore", "kept.txt\n"),
        ("s/.gitignore", "*.log\n/build/\n!keep.log\n[\n"),
        ("s/.ignore", "kept.txt\n"),
        ("s/.git/info/exclude", "kept.txt\n"),
        ("s/kept.txt", ""),
        ("s/a.log", ""),
        ("s/keep.log", ""),
        ("s/build/out", ""),
        ("s/deep/build/out", ""),
        ("s/deep/.gitignore", "!b.log\n"),
        ("s/deep/b.log", ""),
        ("s/deep/c.log", ""),
    ]);
    let snapshot = Snapshot::of_folder(&outer.path().join("s"), LIMITS).unwrap();
    assert_eq!(
        paths(&snapshot),
        [
            ".gitignore",
            ".ignore",
            "deep/.gitignore",
            "deep/b.log",
            "deep/build/out",
            "keep.log",
            "kept.txt",
        ]
    );
    assert_eq!(snapshot.name(), "s");
}

#[test]
fn what_is_left_out_is_not_judged_either() {
    let folder = folder(&[(".gitignore", "node_modules/\n"), ("node_modules/A", "")]);
    write(folder.path(), "node_modules/a", "");
    symlink("/etc", folder.path().join("node_modules/l")).unwrap();
    assert_eq!(paths(&take(&folder).unwrap()), [".gitignore"]);
}

#[test]
fn the_digest_is_the_same_whatever_does_not_count() {
    let one = folder(&[("a", "1"), ("b/c", "2"), ("b/d", "3")]);
    let other = folder(&[("b/d", "3"), ("b/c", "2"), ("a", "1"), (".git/x", "y")]);
    let path = other.path().join("b/c");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    fs::File::open(&path)
        .unwrap()
        .set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1))
        .unwrap();
    fs::create_dir(other.path().join("empty")).unwrap();
    assert_eq!(digest(&one), digest(&other));
    assert!(digest(&one).starts_with("sha256:"));
    assert_eq!(digest(&one).len(), "sha256:".len() + 64);
}

#[test]
fn the_digest_tells_apart_whatever_counts() {
    let mut seen = std::collections::BTreeSet::new();
    for files in [
        &[("a", "1"), ("b", "2")][..],
        &[("a", "2"), ("b", "1")],
        &[("a", "12"), ("b", "")],
        &[("a", "1"), ("c", "2")],
        &[("a", "1fb2")],
        &[("a/b", "12")],
        &[("ab", "12")],
        &[],
    ] {
        assert!(seen.insert(digest(&folder(files))), "{files:?}");
    }
    let executable = folder(&[("a", "1"), ("b", "2")]);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(executable.path().join("a"), mode).unwrap();
    assert!(seen.insert(digest(&executable)));
    for target in ["1", "b"] {
        let linked = folder(&[("b", "2")]);
        symlink(target, linked.path().join("a")).unwrap();
        assert!(seen.insert(digest(&linked)));
    }
}

#[test]
fn the_tar_has_normal_modes_owners_and_times() {
    let folder = folder(&[("top.sh", "#!"), ("d/e/file", "x"), ("d-f/file", "")]);
    let mode = fs::Permissions::from_mode(0o4711);
    fs::set_permissions(folder.path().join("top.sh"), mode).unwrap();
    symlink("e/file", folder.path().join("d/link")).unwrap();
    let snapshot = take(&folder).unwrap();
    let mut tar = tar::Archive::new(snapshot.tar());
    let entries: Vec<_> = tar
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            // Zip files, and so Python's wheels, know no time before 1980.
            assert!(header.mtime().unwrap() > 315_532_800);
            format!(
                "{} {:o}",
                entry.path().unwrap().display(),
                header.mode().unwrap()
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            "d-f/ 755",
            "d-f/file 644",
            "d/ 755",
            "d/e/ 755",
            "d/e/file 644",
            "d/link 777",
            "top.sh 755",
        ]
    );
}

#[test]
fn the_same_folder_makes_the_same_tar() {
    let bytes = |folder: &TempDir| {
        let mut bytes = Vec::new();
        take(folder).unwrap().tar().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let files = [("a", "1"), ("b/c", "2")];
    assert_eq!(bytes(&folder(&files)), bytes(&folder(&files)));
}

#[test]
fn unpacking_gives_back_what_was_copied_even_after_the_folder_is_gone() {
    let long = format!("{}/{}", "n".repeat(120), "m".repeat(120));
    let source = folder(&[("a", "1"), ("b/run", "2"), (&long, "3")]);
    let mode = fs::Permissions::from_mode(0o700);
    fs::set_permissions(source.path().join("b/run"), mode).unwrap();
    symlink("../a", source.path().join("b/link")).unwrap();
    let snapshot = take(&source).unwrap();
    drop(source);

    let copy = tempfile::tempdir().unwrap();
    snapshot.unpack_into(copy.path()).unwrap();
    assert_eq!(digest(&copy), snapshot.digest());
    assert_eq!(fs::read_to_string(copy.path().join(long)).unwrap(), "3");
    assert_eq!(snapshot.read("b/link").unwrap().unwrap(), b"1");
    assert_eq!(snapshot.read("b").unwrap(), None);
    assert_eq!(snapshot.read("nothing").unwrap(), None);
}

#[test]
fn links_that_leave_the_folder_are_refused_by_name() {
    for target in ["/etc/passwd", "../../outside", ".."] {
        let folder = folder(&[("d/x", "")]);
        symlink(target, folder.path().join("d/ok")).unwrap();
        symlink(target, folder.path().join("bad")).unwrap();
        if target == ".." {
            fs::remove_file(folder.path().join("bad")).unwrap();
            take(&folder).unwrap();
            symlink("d/ok/..", folder.path().join("bad")).unwrap();
        } else {
            fs::remove_file(folder.path().join("d/ok")).unwrap();
        }
        match take(&folder) {
            Err(SnapshotError::LinkLeaves { entry, .. }) => assert_eq!(entry, "bad"),
            other => panic!("{target}: {other:?}"),
        }
    }
}

#[test]
fn what_is_neither_file_nor_folder_nor_link_is_refused() {
    let with_socket = folder(&[]);
    let _socket = UnixListener::bind(with_socket.path().join("s")).unwrap();
    let error = take(&with_socket).unwrap_err();
    assert!(
        error.to_string().starts_with("\"s\" is a socket;"),
        "{error}"
    );

    for name in ["pipe", ".gitignore"] {
        let with_pipe = folder(&[("d/x", "")]);
        make_pipe(&with_pipe.path().join("d").join(name));
        let error = take(&with_pipe).unwrap_err().to_string();
        assert!(error.contains("is a named pipe"), "{error}");
    }
}

#[test]
fn a_gitignore_that_never_ends_is_not_read() {
    let linked = folder(&[("x", "")]);
    symlink("/dev/zero", linked.path().join(".gitignore")).unwrap();
    let error = take(&linked).unwrap_err();
    assert!(matches!(error, SnapshotError::LinkLeaves { .. }), "{error}");

    let long = folder(&[(".gitignore", &"x\n".repeat(200_000))]);
    let error = take(&long).unwrap_err();
    let SnapshotError::IgnoreFileTooLarge { entry, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(entry, ".gitignore");
}

#[test]
fn more_ignore_rules_than_anybody_writes_are_refused() {
    let rules = "x\n".repeat(120_000);
    let paths: Vec<_> = (0..5).map(|n| format!("d{n}/.gitignore")).collect();
    let files: Vec<_> = paths.iter().map(|path| (&**path, &*rules)).collect();
    let limits = SubmissionLimits {
        files: 1000,
        bytes: 8 * 1024 * 1024,
    };
    let four = folder(&files[..4]);
    Snapshot::of_folder(four.path(), limits).unwrap();
    let five = folder(&files);
    let error = Snapshot::of_folder(five.path(), limits).unwrap_err();
    assert!(
        matches!(error, SnapshotError::TooManyIgnoreRules { .. }),
        "{error}"
    );
}

#[test]
fn a_gitignore_that_is_a_link_counts_for_nothing_as_in_git() {
    let folder = folder(&[("rules", "x\n"), ("x", "")]);
    symlink("rules", folder.path().join(".gitignore")).unwrap();
    let snapshot = take(&folder).unwrap();
    assert_eq!(paths(&snapshot), [".gitignore", "rules", "x"]);
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    let folder = folder(&[]);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(folder.path().join(name), "").unwrap();
    let error = take(&folder).unwrap_err();
    assert!(
        matches!(error, SnapshotError::NameNotUtf8 { .. }),
        "{error}"
    );
}

#[test]
fn names_that_collide_elsewhere_are_refused() {
    for (first, second) in [
        ("README", "readme"),
        ("caf\u{e9}", "cafe\u{301}"),
        ("\u{c9}t", "e\u{301}T"),
    ] {
        let folder = folder(&[]);
        write(folder.path(), &format!("d/{first}"), "");
        write(folder.path(), &format!("d/{second}/x"), "");
        match take(&folder) {
            Err(SnapshotError::NamesCollide {
                first: a,
                second: b,
            }) => {
                assert_eq!([a, b].concat().matches("d/").count(), 2);
            }
            other => panic!("{first}: {other:?}"),
        }
    }
    let apart = folder(&[("a/x", ""), ("b/X", "")]);
    assert_eq!(take(&apart).unwrap().files(), 2);
}

#[test]
fn control_characters_in_names_do_not_reach_messages() {
    let folder = folder(&[]);
    symlink("/", folder.path().join("a\u{1b}[2Jb")).unwrap();
    let message = take(&folder).unwrap_err().to_string();
    assert!(!message.contains('\u{1b}'), "{message:?}");
}

#[test]
fn limits_hold_to_the_file_and_the_byte() {
    let folder = folder(&[("a", "12"), ("d/b", "34")]);
    let with = |files, bytes| {
        Snapshot::of_folder(folder.path(), SubmissionLimits { files, bytes }).map(|s| s.files())
    };
    assert_eq!(with(3, 4).unwrap(), 2);
    let error = with(2, 4).unwrap_err();
    assert!(matches!(error, SnapshotError::TooManyFiles { limit: 2 }));
    match with(3, 3).unwrap_err() {
        SnapshotError::TooManyBytes { entry, limit: 3 } => assert_eq!(entry, "d/b"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_hole_of_a_terabyte_is_refused_without_being_read() {
    let folder = folder(&[("hole", "")]);
    let file = fs::File::create(folder.path().join("hole")).unwrap();
    file.set_len(1 << 40).unwrap();
    let error = take(&folder).unwrap_err();
    assert!(
        matches!(error, SnapshotError::TooManyBytes { .. }),
        "{error}"
    );
}

#[test]
fn a_folder_that_is_none_is_told_apart() {
    let folder = folder(&[("file", "")]);
    let at = |name: &str| Snapshot::of_folder(&folder.path().join(name), LIMITS).unwrap_err();
    assert!(matches!(at("no"), SnapshotError::NoSuchFolder { .. }));
    assert!(matches!(at("file"), SnapshotError::NotAFolder { .. }));
    assert!(!at("no").is_ours());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = folder(&[("d/x", "")]);
    // Root reads everything, so the way there is made too long instead of closed.
    let mut deep = folder.path().join("d");
    let part = "n".repeat(250);
    while deep.as_os_str().len() + part.len() < 4090 {
        deep.push(&part);
    }
    fs::create_dir_all(&deep).unwrap();
    let inside = std::process::Command::new("mkdir")
        .args(["-p", &format!("{part}/{part}")])
        .current_dir(&deep)
        .status()
        .unwrap();
    assert!(inside.success());
    let error = take(&folder).unwrap_err();
    assert!(matches!(error, SnapshotError::ReadEntry { .. }), "{error}");
}

#[test]
fn a_file_that_grows_while_it_is_read_is_kept_whole_to_some_moment() {
    use std::{
        io::Write,
        sync::atomic::{AtomicBool, Ordering},
    };
    let folder = folder(&[("log", "")]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::File::create(folder.path().join("log")).unwrap();
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) && written < LIMITS.bytes / 2 {
                file.write_all(b"0123456789").unwrap();
                written += 10;
            }
        });
        for _ in 0..20 {
            let snapshot = take(&folder).unwrap();
            let content = snapshot.read("log").unwrap().unwrap();
            assert_eq!(content.len() as u64, snapshot.bytes());
            let copy = tempfile::tempdir().unwrap();
            snapshot.unpack_into(copy.path()).unwrap();
            assert_eq!(digest(&copy), snapshot.digest());
        }
        stop.store(true, Ordering::Relaxed);
    });
}

fn make_pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo")
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_kept_comes_back(
        files in prop::collection::btree_map("[a-f]{1,3}(/[g-k]{1,3}){0,3}\\.x", prop::collection::vec(any::<u8>(), 0..1500), 0..12)
    ) {
        let folder = folder(&[]);
        for (path, content) in &files {
            write(folder.path(), path, "");
            fs::write(folder.path().join(path), content).unwrap();
        }
        let snapshot = take(&folder).unwrap();
        let expected: Vec<_> = files.keys().map(String::as_str).collect();
        prop_assert_eq!(paths(&snapshot), expected);
        for (path, content) in &files {
            let read = snapshot.read(path).unwrap();
            prop_assert_eq!(read.as_ref(), Some(content));
        }
        let copy = tempfile::tempdir().unwrap();
        snapshot.unpack_into(copy.path()).unwrap();
        prop_assert_eq!(digest(&copy), snapshot.digest());
    }
}
