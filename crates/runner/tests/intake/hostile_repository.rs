//! Repositories that would like to have something run, or to be somewhere else.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio, time::Duration};

use runner::snapshot::{Snapshot, Source};

use crate::packing::{
    LIMITS,
    What::{File, Link},
    commit, fetch, git, into_folder, noise, paths, repository, told,
};

/// A program that leaves a trace when it is run.
fn trap(at: &Path, trace: &Path) {
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, format!("#!/bin/sh\ntouch {}\ncat\n", trace.display())).unwrap();
    fs::set_permissions(at, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn no_hook_filter_or_setting_of_a_repository_is_run() {
    let dir = repository(&[
        (
            ".gitattributes",
            File("* filter=trap\n*.txt export-subst ident text eol=crlf\n"),
        ),
        ("a.txt", File("$Format:%H$ $Id$\nx\n")),
    ]);
    let traces = tempfile::tempdir().unwrap();
    let trace = traces.path().join("trace");
    for hook in [
        "post-checkout",
        "post-merge",
        "pre-receive",
        "reference-transaction",
        "post-update",
        "pre-push",
    ] {
        trap(&dir.path().join(".git/hooks").join(hook), &trace);
    }
    let program = traces.path().join("program");
    trap(&program, &trace);
    let program = program.to_str().unwrap();
    for setting in [
        "filter.trap.smudge",
        "filter.trap.process",
        "core.fsmonitor",
        "uploadpack.packObjectsHook",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "credential.helper",
    ] {
        git(dir.path(), &["config", setting, program]);
    }
    let snapshot = fetch(dir.path(), "").unwrap();
    assert_eq!(paths(&snapshot), [".gitattributes", "a.txt"]);
    let content = snapshot.read("a.txt").unwrap().unwrap();
    assert_eq!(content, b"$Format:%H$ $Id$\nx\n");
    assert!(!trace.exists(), "something was run");
    // The traps are set: a checkout runs into them.
    fs::remove_file(dir.path().join("a.txt")).unwrap();
    git(dir.path(), &["checkout", "--quiet", "--", "a.txt"]);
    assert!(trace.exists(), "there was no trap");
}

#[test]
fn hooks_of_a_template_are_not_run_either() {
    let dir = repository(&[("a", File("x"))]);
    let home = tempfile::tempdir().unwrap();
    let trace = home.path().join("trace");
    trap(
        &home.path().join("template/hooks/reference-transaction"),
        &trace,
    );
    let config = home.path().join("config");
    let template = home.path().join("template");
    fs::write(
        &config,
        format!(
            "[init]\n\ttemplateDir = {0}\n[core]\n\thooksPath = {0}/hooks\n",
            template.display()
        ),
    )
    .unwrap();
    // Settings are handed over in the environment, which belongs to the whole process: so in another.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "hostile_repository::in_a_process_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env("GIT_CONFIG_GLOBAL", &config)
        .env("GIT_DIR", "/nowhere")
        .env("GIT_OBJECT_DIRECTORY", "/dev/null/nowhere")
        .env("INTAKE_REPOSITORY", dir.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    assert!(!trace.exists(), "something was run");
}

#[test]
#[ignore = "run by the test above, with an environment of its own"]
fn in_a_process_of_its_own() {
    let repository = std::env::var_os("INTAKE_REPOSITORY").unwrap();
    let snapshot = fetch(Path::new(&repository), "").unwrap();
    assert_eq!(paths(&snapshot), ["a"]);
}

#[test]
fn a_submodule_is_refused_by_name_and_not_fetched() {
    let inner = repository(&[("i", File("x"))]);
    let dir = repository(&[("a", File("x")), ("sub/b", File("y"))]);
    let url = inner.path().to_str().unwrap();
    git(
        dir.path(),
        &["submodule", "--quiet", "add", url, "vendored"],
    );
    commit(dir.path());
    let error = fetch(dir.path(), "").unwrap_err();
    assert!(
        told(&error).contains("\"vendored\" is a submodule"),
        "{}",
        told(&error)
    );
    assert!(!error.is_ours());
    // Not in the way of a folder without it.
    assert_eq!(paths(&fetch(dir.path(), "#:sub").unwrap()), ["b"]);
}

#[test]
fn a_stand_in_for_a_large_file_is_refused_by_name() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    let dir = repository(&[("data/big.bin", File(pointer))]);
    let error = fetch(dir.path(), "").unwrap_err();
    assert!(
        told(&error).contains("\"data/big.bin\" is kept in Git LFS"),
        "{}",
        told(&error)
    );
    assert!(!error.is_ours());
}

#[test]
fn links_that_leave_are_refused() {
    let dir = repository(&[
        ("a", Link("/etc/passwd")),
        ("sub/b", Link("../c")),
        ("c", File("")),
    ]);
    let error = fetch(dir.path(), "").unwrap_err();
    assert!(
        told(&error).contains("\"a\" links to \"/etc/passwd\""),
        "{}",
        told(&error)
    );
    let error = fetch(dir.path(), "#:sub").unwrap_err();
    assert!(
        told(&error).contains("\"b\" links to \"../c\""),
        "{}",
        told(&error)
    );
}

/// Writes an object as it is, without any of git's own checks.
fn write(repository: &Path, kind: &str, content: &[u8]) -> String {
    use std::io::Write;
    let mut child = std::process::Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["hash-object", "-w", "--stdin", "--literally", "-t", kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn tree(repository: &Path, entries: &[(&str, &str, &str)]) -> String {
    let mut content = Vec::new();
    for (mode, name, id) in entries {
        content.extend(format!("{mode} {name}\0").bytes());
        for at in (0..id.len()).step_by(2) {
            content.push(u8::from_str_radix(&id[at..at + 2], 16).unwrap());
        }
    }
    write(repository, "tree", &content)
}

/// Lets the branch `bad` be a commit of a tree.
fn branch(repository: &Path, tree: &str) {
    let text = format!("tree {tree}\nauthor J <j@e> 1 +0000\ncommitter J <j@e> 1 +0000\n\nx\n");
    let commit = write(repository, "commit", text.as_bytes());
    git(repository, &["update-ref", "refs/heads/bad", &commit]);
}

#[test]
fn trees_that_git_itself_would_not_write_are_refused() {
    let dir = repository(&[("a", File("x"))]);
    let at = dir.path();
    let blob = write(at, "blob", b"x");
    let inner = tree(at, &[("100644", "x", &blob)]);
    for (entries, part) in [
        (
            &[("40000", "..", inner.as_str())][..],
            "has `..` in its path",
        ),
        (&[("100644", "/etc/x", &blob)], "is an absolute path"),
        (&[("100644", "a/../../x", &blob)], "has `..` in its path"),
        (
            &[("100644", "a", &blob), ("100644", "a", &blob)],
            "is there twice",
        ),
        (
            &[("120000", "a", &blob), ("40000", "a", &inner)],
            "goes through \"a\"",
        ),
        (
            &[("100644", "A", &blob), ("100644", "a", &blob)],
            "are the same name",
        ),
        (&[("100644", &"n".repeat(300), &blob)], "too long"),
        (&[("100644", &"n".repeat(9000), &blob)], "too long"),
    ] {
        branch(at, &tree(at, entries));
        let error = fetch(at, "#bad").unwrap_err();
        assert!(told(&error).contains(part), "{entries:?}: {}", told(&error));
        assert!(!error.is_ours(), "{error:?}");
    }
    branch(
        at,
        &tree(at, &[("40000", ".git", &inner), ("100644", "a", &blob)]),
    );
    assert_eq!(paths(&fetch(at, "#bad").unwrap()), ["a"]);
}

#[test]
fn a_tree_that_stands_for_more_than_anybody_could_list_is_refused() {
    let dir = repository(&[("a", File("x"))]);
    let at = dir.path();
    let mut below = tree(at, &[("100644", "f", &write(at, "blob", b"x"))]);
    for _ in 0..12 {
        let names: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        let entries: Vec<_> = names
            .iter()
            .map(|name| ("40000", name.as_str(), below.as_str()))
            .collect();
        below = tree(at, &entries);
    }
    branch(at, &below);
    let error = fetch(at, "#bad").unwrap_err();
    assert!(
        told(&error).contains("more than 800 files and folders"),
        "{}",
        told(&error)
    );
}

#[test]
fn what_arrives_is_bounded() {
    let dir = repository(&[("a", File("x"))]);
    fs::write(dir.path().join("noise"), noise(8 << 20)).unwrap();
    commit(dir.path());
    let error = fetch(dir.path(), "").unwrap_err();
    assert!(
        told(&error).contains("more than 2097152 bytes packed"),
        "{}",
        told(&error)
    );
    assert!(!error.is_ours(), "{error:?}");
}

#[test]
fn nothing_is_left_behind_and_nothing_goes_on_when_nobody_waits() {
    let dir = repository(&[("a", File("x"))]);
    into_folder(dir.path(), &[("b", File("y"))]);
    let url = format!("git+file://{}", dir.path().display());
    let source = Source::parse(url.as_ref()).unwrap();
    let left = || {
        let mine = format!("tryout-{}-", runner::lease::Process::current());
        fs::read_dir(std::env::temp_dir())
            .unwrap()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&mine))
            .count()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut stopped = 0;
    for micros in (0..60_000).step_by(3_000) {
        let taking = Snapshot::of_source(&source, LIMITS);
        let limit = Duration::from_micros(micros);
        let done = runtime.block_on(async { tokio::time::timeout(limit, taking).await });
        stopped += usize::from(done.is_err());
    }
    // What reads objects ends by itself.
    drop(runtime);
    assert!(stopped > 0, "nothing was stopped");
    assert_eq!(left(), 0);
}
