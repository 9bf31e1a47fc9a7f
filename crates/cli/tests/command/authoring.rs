//! What authors do, from outside. The guide's commands are run as they stand, which needs an engine.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use crate::support::{root, said, tryout};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// `tryout` in a folder.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = tryout(arguments).current_dir(folder).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let (code, text) = said(&output);
    (code, printed + &text)
}

/// The commands of the guide: what stands behind `sh`, and the lines.
fn blocks() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("docs/authoring.md")).unwrap();
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("```sh") {
        let (kind, after) = after.split_once('\n').unwrap();
        let (commands, after) = after.split_once("```").unwrap();
        blocks.push((kind.trim().to_owned(), commands.to_owned()));
        rest = after;
    }
    blocks
}

fn shell(folder: &Path, commands: &str) -> Command {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tryout"));
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", commands])
        .current_dir(folder)
        .env_remove("TRYOUT_CHALLENGES")
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        );
    shell
}

/// `tryout challenge run --watch` under way.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    /// With both of its outputs in one pipe, so that lines come as they were written.
    fn start(folder: &Path, command: &str) -> Self {
        let mut child = shell(folder, &format!("exec {command} 2>&1"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines() {
                // Who no longer listens has seen enough.
                let _ = sender.send(line.unwrap());
            }
        });
        Self { child, lines }
    }

    /// The lines up to one with this in it.
    fn until(&self, sign: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("{error}: no {sign} in {before:#?}"));
            let done = line.contains(sign);
            before.push(line);
            if done {
                return before;
            }
        }
    }

    /// Ends it as a person does; what it had made must be gone then.
    fn interrupt(mut self) {
        let id = self.child.id();
        assert!(!made_by(id).is_empty(), "the sandbox is not there");
        let status = Command::new("kill")
            .args(["-INT", &id.to_string()])
            .status();
        assert!(status.unwrap().success());
        self.until("the sandbox is removed");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        assert_eq!(made_by(id), [""; 0]);
    }
}

/// The containers that a process has made.
fn made_by(process: u32) -> Vec<String> {
    let output = Command::new("docker")
        .args(["ps", "--all", "--format", "{{.Label \"tryout.owner\"}}"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|owner| owner.starts_with(&format!("{process}-")))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_guide_leads_from_nothing_to_a_proven_challenge() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks();
    assert!(blocks.len() >= 8, "{blocks:#?}");
    let mut watch: Option<Watch> = None;
    let mut watched = 0;
    for (kind, commands) in blocks {
        if kind == "watch" {
            let under_way = Watch::start(folder.path(), commands.trim());
            under_way.until("watching");
            watch = Some(under_way);
            continue;
        }
        let output = shell(folder.path(), &commands).output().unwrap();
        let (code, text) = said(&output);
        let printed = String::from_utf8_lossy(&output.stdout);
        let expected = i32::from(kind == "fails");
        assert_eq!(code, expected, "{commands}\n{printed}\n{text}");
        if let Some(under_way) = watch.take() {
            let lines = under_way.until("after the change");
            let passed = "passed text-stays-as-it-is".to_owned();
            assert!(lines.contains(&passed), "{lines:#?}");
            under_way.interrupt();
            watched += 1;
        }
    }
    assert_eq!(watched, 1);
    let proven = fs::read_to_string(folder.path().join("our-shelf/brief.md")).unwrap();
    assert!(!proven.contains("note"), "{proven}");
}

#[test]
fn a_watch_goes_on_through_mistakes_and_names_what_needs_another_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["challenge", "new", "notes"]);
    assert_eq!(code, 0, "{text}");
    let yaml = folder.path().join("notes/challenge.yaml");
    let change = |from: &str, to: &str| {
        let text = fs::read_to_string(&yaml).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&yaml, text.replace(from, to)).unwrap();
    };
    let watch = Watch::start(folder.path(), "tryout challenge run notes --watch");
    let lines = watch.until("watching");
    assert!(lines.iter().any(|line| line == "passed ids-are-unique"));

    change("send: GET /notes/{{ id }}", "sent: GET /notes/{{ id }}");
    let lines = watch.until("watching").join("\n");
    assert!(lines.contains("unknown key `sent`"), "{lines}");
    assert!(lines.contains("did you mean `send`?"), "{lines}");

    change("sent: GET", "send: GET");
    let lines = watch.until("watching").join("\n");
    assert!(
        lines.contains("nothing that these checks do has changed"),
        "{lines}"
    );

    // Only the check that was changed is run again, in the sandbox that is there.
    change("expect: { status: 404 }", "expect: { status: 410 }");
    let lines = watch.until("watching").join("\n");
    assert!(lines.contains("failed note-is-kept"), "{lines}");
    assert!(lines.contains("status: expected 410, got 404"), "{lines}");
    assert!(!lines.contains("ids-are-unique"), "{lines}");
    assert!(!lines.contains("starting the app"), "{lines}");

    change("ready: /health", "ready: /health\n  env: { COLOUR: blue }");
    let lines = watch.until("watching").join("\n");
    assert!(
        lines.contains("`app.env` changed: the sandbox is started anew"),
        "{lines}"
    );
    assert!(lines.contains("passed ids-are-unique"), "{lines}");
    watch.interrupt();
}

#[test]
fn each_skeleton_is_proven_as_it_is() {
    for language in ["python", "node", "go"] {
        let folder = tempfile::tempdir().unwrap();
        let new = ["challenge", "new", "notes", "--language", language];
        let (code, text) = run(folder.path(), &new);
        assert_eq!(code, 0, "{text}");
        let (code, text) = run(folder.path(), &["challenge", "lint", "notes", "--strict"]);
        assert_eq!(code, 0, "{text}");
        let verify = ["challenge", "verify", "notes", "--quiet", "--jobs", "2"];
        let (code, text) = run(folder.path(), &verify);
        assert_eq!(code, 0, "{text}");
    }
}

#[test]
fn what_cannot_be_made_or_run_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["challenge", "new", "notes"]);
    assert_eq!(code, 0, "{text}");
    fs::remove_file(folder.path().join("notes/private.yaml")).unwrap();
    for (arguments, expected) in [
        (&["challenge", "new", "notes"][..], "notes is there already"),
        (
            &["challenge", "new", "n", "--from", "other"],
            "there is no challenge `other`",
        ),
        (
            &["challenge", "new", "n", "--from", "./notes"],
            "there is no file ./notes/private.yaml",
        ),
        (&["challenge", "new", "n", "--seed", "1"], "--from"),
        (
            &["challenge", "pack", "./notes", "-o", "n.zip"],
            "name it n.zip.tar.gz",
        ),
        (
            &["challenge", "run", "./notes", "--subject", "solution:pyton"],
            "did you mean solution:python?",
        ),
        (&["challenge", "run"], "there is no challenge at ."),
    ] {
        let (code, text) = run(folder.path(), arguments);
        assert_eq!(code, 2, "{arguments:?} {text}");
        assert!(text.contains(expected), "{arguments:?} {text}");
    }
}

#[test]
fn advice_is_an_error_only_where_it_is_asked_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["challenge", "new", "notes"]);
    assert_eq!(code, 0, "{text}");
    let yaml = folder.path().join("notes/challenge.yaml");
    let text = fs::read_to_string(&yaml).unwrap();
    let without = text.replace("    ask: How would", "    # ask: How would");
    assert_ne!(text, without);
    fs::write(&yaml, without).unwrap();
    let (code, text) = run(folder.path(), &["challenge", "lint", "notes"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("notes: no mistakes, 1 piece of advice"),
        "{text}"
    );
    assert!(
        text.contains("the hidden check `ids-are-unique` asks nothing"),
        "{text}"
    );
    let (code, _) = run(folder.path(), &["challenge", "lint", "notes", "--strict"]);
    assert_eq!(code, 2);
}
