//! The Dockerfile of a runtime.
//!
//! What says which dependencies there are is copied and installed before all else, so that a change
//! of another file uses those layers again.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    runtime::{Runtime, Steps},
    shell::SHELL,
};

/// Where the submission is in its image.
const FOLDER: &str = "/app/";

/// The same text for the same steps.
pub(super) fn text(runtime: &Runtime, steps: &Steps) -> String {
    let mut text = format!(
        "# Made by tryout for {}.\nFROM {}\n",
        runtime.name, runtime.image
    );
    // The first step is one that no other submission has: of steps that two builds make at the same
    // time the engine's cache knows the later one only, and with it nothing that follows the other.
    if steps.manifests.is_empty() {
        let _ = writeln!(text, "COPY . {FOLDER}");
    }
    for (folder, files) in by_folder(&steps.manifests) {
        let mut paths = files;
        paths.push(format!("{FOLDER}{folder}"));
        let _ = writeln!(text, "COPY {}", json(&paths));
    }
    let _ = writeln!(text, "SHELL {}\nWORKDIR /app", json(&SHELL));
    text.push_str(&steps.install.as_deref().map(run).unwrap_or_default());
    if !steps.manifests.is_empty() {
        text.push_str("COPY . .\n");
    }
    text.push_str(&steps.build.as_deref().map(run).unwrap_or_default());
    text
}

/// A step that runs a command exactly as it is. A Dockerfile's own form is read more easily, but is
/// kept for what means the same in it.
fn run(command: &str) -> String {
    let command = command.trim();
    let is_plain = !command.contains(['\n', '\r'])
        && !command.contains("<<")
        && !command.ends_with('\\')
        && command.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '/');
    if is_plain {
        return format!("RUN {command}\n");
    }
    let mut words = SHELL.to_vec();
    words.push(command);
    format!("RUN {}\n", json(&words))
}

/// Several files may be copied in one step into one folder.
fn by_folder(files: &[String]) -> Vec<(String, Vec<String>)> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let folder = file
            .rsplit_once('/')
            .map_or_else(String::new, |(folder, _)| format!("{folder}/"));
        folders.entry(folder).or_default().push(file.clone());
    }
    folders.into_iter().collect()
}

fn json<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    serde_json::to_string(&words).expect("strings become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::Dockerfile;
    use crate::setup::runtime::Shown;

    fn made(steps: &Steps) -> String {
        let text = text(Runtime::named("node-20").unwrap(), steps);
        let dockerfile = Dockerfile::parse(text.as_bytes());
        let plain = dockerfile.plainly("linux/amd64").unwrap();
        assert!(plain.images.iter().eq(["tryout/node:20"]));
        text
    }

    fn steps() -> Steps {
        Steps {
            manifests: ["package.json", "a/b.txt", "package-lock.json"]
                .map(str::to_owned)
                .to_vec(),
            install: Some("npm ci".to_owned()),
            build: Some("npm run build".to_owned()),
            shown: Shown::default(),
            start: Ok("npm start".to_owned()),
            notes: Vec::new(),
        }
    }

    #[test]
    fn dependencies_come_before_all_else() {
        assert_eq!(
            made(&steps()),
            "\
# Made by tryout for node-20.
FROM tryout/node:20
COPY [\"package.json\",\"package-lock.json\",\"/app/\"]
COPY [\"a/b.txt\",\"/app/a/\"]
SHELL [\"/bin/sh\",\"-e\",\"-c\"]
WORKDIR /app
RUN npm ci
COPY . .
RUN npm run build
"
        );
    }

    #[test]
    fn without_known_manifests_all_is_copied_first() {
        let steps = Steps {
            manifests: Vec::new(),
            build: None,
            ..steps()
        };
        let text = made(&steps);
        assert!(
            text.contains("FROM tryout/node:20\nCOPY . /app/\n"),
            "{text}"
        );
        assert!(text.ends_with("\nWORKDIR /app\nRUN npm ci\n"));
    }

    #[test]
    fn a_command_stays_one_step_whatever_is_in_it() {
        for command in [
            "a \\",
            "a\nFROM evil",
            "--mount=type=bind a",
            "[\"a\"]",
            "cat <<E",
            "# a",
            "a \"b\" \\n\r\nc",
            "$X",
        ] {
            let line = run(command);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let words: Vec<String> =
                serde_json::from_str(line.strip_prefix("RUN ").unwrap()).unwrap();
            assert_eq!(words, ["/bin/sh", "-e", "-c", command]);
        }
        assert_eq!(run("a && 'b' \"$C\" # d\n"), "RUN a && 'b' \"$C\" # d\n");
    }
}
