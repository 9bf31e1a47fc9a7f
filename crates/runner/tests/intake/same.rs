//! The same files are the same submission, however they arrive.

use std::{fs, path::Path, process::Command};

use proptest::prelude::*;
use runner::snapshot::Snapshot;

use crate::packing::{
    BESIDE, LIMITS, PROJECT,
    What::{self, File, Link, Program},
    fetch, gzip, into_folder, paths, repository, take, tar, zip,
};

#[test]
fn a_folder_its_archives_and_its_revision_have_one_digest() {
    let all: Vec<_> = PROJECT.iter().chain(&BESIDE).copied().collect();
    let folder = tempfile::tempdir().unwrap();
    into_folder(folder.path(), &all);
    let expected = Snapshot::of_folder(folder.path(), LIMITS).unwrap();
    assert_eq!(paths(&expected), PROJECT.map(|(path, _)| path));

    let committed = repository(&PROJECT);
    into_folder(committed.path(), &BESIDE[1..]);
    let mut backwards = all.clone();
    backwards.reverse();
    let ways = [
        ("folder", Snapshot::of_path(folder.path(), LIMITS)),
        ("tar", take("p.tar", &tar("", &all))),
        ("tar.gz", take("p.tar.gz", &gzip(&tar("", &all)))),
        ("tar of .", take("p.tar", &tar("./", &all))),
        ("tar, backwards", take("p.tar", &tar("", &backwards))),
        (
            "tar.gz of a code host",
            take("p.tgz", &gzip(&tar("p-1.0/", &PROJECT))),
        ),
        ("zip", take("p.zip", &zip("", &all))),
        ("zip, backwards", take("p.zip", &zip("", &backwards))),
        (
            "zip of a code host",
            take("p.zip", &zip("p-main/", &PROJECT)),
        ),
        ("git", fetch(committed.path(), "")),
    ];
    for (way, snapshot) in ways {
        let snapshot = snapshot.unwrap();
        assert_eq!(paths(&snapshot), paths(&expected), "{way}");
        assert_eq!(snapshot.digest(), expected.digest(), "{way}");
        assert_eq!(snapshot.bytes(), expected.bytes(), "{way}");
        let copy = tempfile::tempdir().unwrap();
        snapshot.unpack_into(copy.path()).unwrap();
        let again = Snapshot::of_folder(copy.path(), LIMITS).unwrap();
        assert_eq!(again.digest(), expected.digest(), "{way}, unpacked");
    }
}

#[test]
fn what_other_programs_pack_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    into_folder(&at, &PROJECT);
    let expected = Snapshot::of_folder(&at, LIMITS).unwrap();
    let ways: [(&str, &[&str]); 6] = [
        (
            "gnu.tar.gz",
            &["tar", "-C", "project", "-czf", "gnu.tar.gz", "."],
        ),
        ("named.tgz", &["tar", "-czf", "named.tgz", "project"]),
        (
            "pax.tar",
            &["tar", "--format=pax", "-cf", "pax.tar", "./project"],
        ),
        (
            "old.tar",
            &["tar", "--format=v7", "-cf", "old.tar", "project"],
        ),
        (
            "python.zip",
            &["python3", "-m", "zipfile", "-c", "python.zip", "project"],
        ),
        (
            "python.tar",
            &["python3", "-m", "tarfile", "-c", "python.tar", "project"],
        ),
    ];
    let mut seen = 0;
    for (name, command) in ways {
        let made = Command::new(command[0])
            .args(&command[1..])
            .current_dir(folder.path())
            .status();
        match made {
            Ok(status) => assert!(status.success(), "{command:?}"),
            // Python is not everywhere.
            Err(_) => continue,
        }
        let snapshot = Snapshot::of_path(&folder.path().join(name), LIMITS).unwrap();
        if name == "python.zip" {
            // It follows links.
            assert_eq!(paths(&snapshot), paths(&expected));
        } else {
            assert_eq!(snapshot.digest(), expected.digest(), "{name}");
        }
        seen += 1;
    }
    assert!(seen >= 4, "only {seen} ways were tried");
}

#[test]
fn a_top_that_the_archive_states_is_kept() {
    let only_src: [(&str, What); 1] = [("src/app.py", File("x"))];
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_mode(0o755);
    header.set_size(0);
    builder
        .append_data(&mut header, "./", std::io::empty())
        .unwrap();
    let begin = builder.into_inner().unwrap();
    // Without the mark of its end.
    let mut stated = begin[..512].to_vec();
    stated.extend(tar("./", &only_src));
    assert_eq!(paths(&take("a.tar", &stated).unwrap()), ["src/app.py"]);
    assert_eq!(
        paths(&take("a.tar", &tar("", &only_src)).unwrap()),
        ["app.py"]
    );
    let two = tar("", &[("a/x", File("")), ("b", File(""))]);
    assert_eq!(paths(&take("a.tar", &two).unwrap()), ["a/x", "b"]);
    let one_file = tar("", &[("x", File(""))]);
    assert_eq!(paths(&take("a.tar", &one_file).unwrap()), ["x"]);
}

#[test]
fn what_macos_adds_is_left_out() {
    let entries = [
        ("p/app.py", File("x")),
        ("p/._app.py", File("y")),
        ("p/._own", File("z")),
    ];
    let mut with_zip = entries.to_vec();
    with_zip.push(("__MACOSX/p/._app.py", File("y")));
    let zipped = take("a.zip", &zip("", &with_zip)).unwrap();
    assert_eq!(paths(&zipped), ["._own", "app.py"]);
    let mut with_tar = entries.to_vec();
    with_tar.push(("._p", File("y")));
    let packed = take("a.tar", &tar("", &with_tar)).unwrap();
    assert_eq!(paths(&packed), ["._own", "app.py"]);
}

#[test]
fn a_name_loses_what_says_how_it_is_packed() {
    let bytes = tar("", &[("x", File(""))]);
    for (file, name) in [
        ("jane-doe.tar.gz", "jane-doe"),
        ("a.b.TGZ", "a.b"),
        ("x.tar", "x"),
        ("handed-in", "handed-in"),
        (".tar", ".tar"),
    ] {
        assert_eq!(take(file, &bytes).unwrap().name(), name);
    }
    let zipped = zip("", &[("x", File(""))]);
    assert_eq!(take("jane.zip", &zipped).unwrap().name(), "jane");
}

#[test]
fn what_a_file_is_is_seen_in_it_and_not_in_its_name() {
    let entries = [("x", Program("y"))];
    let expected = take("a.tar", &tar("", &entries)).unwrap();
    for bytes in [
        tar("", &entries),
        gzip(&tar("", &entries)),
        zip("", &entries),
    ] {
        for name in ["a.zip", "a.tar.gz", "a.txt"] {
            assert_eq!(take(name, &bytes).unwrap().digest(), expected.digest());
        }
    }
}

#[test]
fn links_may_dangle_and_go_round_but_not_leave_what_is_kept() {
    let inside = [
        ("d/l", Link("../f")),
        ("f", File("x")),
        ("g", Link("nowhere")),
    ];
    for bytes in [tar("", &inside), zip("", &inside)] {
        let snapshot = take("a", &bytes).unwrap();
        assert_eq!(snapshot.read("d/l").unwrap().unwrap(), b"x");
    }
    // Inside of the archive, but outside of its one folder.
    let outside = [("p/l", Link("../p/f")), ("p/f", File("x"))];
    for bytes in [tar("", &outside), zip("", &outside)] {
        let told = crate::packing::refused("a", &bytes);
        assert!(
            told.contains("\"l\" links to \"../p/f\", which is outside"),
            "{told}"
        );
    }
}

#[test]
fn what_is_neither_folder_nor_archive_is_told() {
    let nothing = Path::new("/nowhere/at/all");
    let error = Snapshot::of_path(nothing, LIMITS).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    assert!(!error.is_ours());
    for (bytes, part) in [
        (&b""[..], "is no archive"),
        (b"hello", "is no archive"),
        (&[b'x'; 2000], "is no archive"),
        (b"\xfd7zXZ\0rest", "an xz archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"BZh91AY", "a bzip2 archive"),
    ] {
        let told = crate::packing::refused("a.tar.gz", bytes);
        assert!(told.contains(part) && told.contains(".zip"), "{told}");
    }
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let error = Snapshot::of_path(&pipe, LIMITS).unwrap_err();
    assert!(crate::packing::told(&error).contains("neither a file nor a folder"));
}

#[test]
fn the_limits_hold_for_what_is_kept_and_not_for_what_is_left_out() {
    let big = "x".repeat(200 * 1024).leak();
    let entries = [
        (".gitignore", File("left/\n")),
        ("left/a", File(big)),
        ("left/b", File(big)),
        ("kept", File(big)),
    ];
    for bytes in [gzip(&tar("", &entries)), zip("", &entries)] {
        assert_eq!(paths(&take("a", &bytes).unwrap()), [".gitignore", "kept"]);
    }
    let entries = [("a", File(big)), ("b", File(big))];
    for bytes in [gzip(&tar("", &entries)), zip("", &entries)] {
        let told = crate::packing::refused("a", &bytes);
        assert!(
            told.contains("more than 262144 bytes; \"b\" goes beyond"),
            "{told}"
        );
    }
    let many: Vec<_> = (0..101)
        .map(|n| (&*format!("f{n}").leak(), File("")))
        .collect();
    for bytes in [tar("", &many), zip("", &many)] {
        let told = crate::packing::refused("a", &bytes);
        assert!(told.contains("more than 100 files"), "{told}");
    }
    take("a", &zip("", &many[1..])).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_folder_and_its_archives_have_one_digest(
        files in prop::collection::btree_map(
            "[a-f]{1,3}(/[g-k]{1,3}){0,3}\\.x", ("[ -~]{0,2000}", any::<bool>()), 1..12)
    ) {
        let mut entries: Vec<(&str, What)> = files
            .iter()
            .map(|(path, (text, run))| {
                let text: &'static str = text.clone().leak();
                (path.as_str(), if *run { Program(text) } else { File(text) })
            })
            .collect();
        // A second thing at the top, so that none of it is taken for the project's own folder.
        entries.push(("top", File("")));
        let folder = tempfile::tempdir().unwrap();
        into_folder(folder.path(), &entries);
        let expected = Snapshot::of_folder(folder.path(), LIMITS).unwrap();
        for bytes in [gzip(&tar("p/", &entries)), zip("p/", &entries), zip("", &entries)] {
            let snapshot = take("a", &bytes).unwrap();
            prop_assert_eq!(snapshot.digest(), expected.digest());
        }
        fs::remove_dir_all(folder.path()).unwrap();
    }

    /// Damage anywhere is refused or harmless, and never a panic.
    #[test]
    fn a_damaged_archive_is_refused_or_read_whole(at in 0..10_000_usize, byte in any::<u8>(), cut in any::<bool>()) {
        let expected = take("a", &zip("", &PROJECT)).unwrap();
        for bytes in [tar("", &PROJECT), gzip(&tar("", &PROJECT)), zip("", &PROJECT)] {
            let at = at % bytes.len();
            let damaged = if cut {
                bytes[..at].to_vec()
            } else {
                let mut bytes = bytes.clone();
                bytes[at] = byte;
                bytes
            };
            match take("a", &damaged) {
                Err(error) => prop_assert!(!error.is_ours(), "{:?}", error),
                // A tar has sums of its headers only, so that a changed byte may go unnoticed there.
                Ok(snapshot) if cut => prop_assert_eq!(snapshot.digest(), expected.digest()),
                Ok(_) => {}
            }
        }
    }
}
