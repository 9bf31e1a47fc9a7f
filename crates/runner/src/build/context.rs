//! What is handed to the engine: the submission, less what its `.dockerignore` names, and the Dockerfile
//! as the engine is to read it.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use super::paths::{Ignored, Pattern};
use crate::snapshot::{Archive, Snapshot, SnapshotError};

/// A tar's data stands in blocks.
const BLOCK: usize = 512;

/// The engine takes the Dockerfile, and this file itself, out of the context where this file names
/// them; all else that it names is for us to leave out.
const IGNORE_FILE: &str = ".dockerignore";

/// A build's context, which can be sent more than once.
#[derive(Debug)]
pub(super) struct Context {
    /// The Dockerfile's path in it, which no file of the submission has.
    pub(super) dockerfile: String,
    first: Bytes,
    rest: Archive,
}

impl Context {
    /// That of a submission's own Dockerfile leaves out what is ignored; `modes` are permissions other
    /// than the files' own.
    pub(super) fn of(
        submission: &Snapshot,
        dockerfile: &str,
        ignored: &Ignored,
        modes: &[(String, u32)],
    ) -> Result<Self, SnapshotError> {
        let name = free_name(submission);
        let mut first = Vec::new();
        add(&mut first, &name, dockerfile.as_bytes());
        let inside = format!("{IGNORE_FILE}/");
        if !submission.paths().any(|path| path.starts_with(&inside)) {
            let own = submission.read(IGNORE_FILE)?;
            let keep = if own.is_some() && !ignored.holds(IGNORE_FILE) {
                "!"
            } else {
                ""
            };
            let mut text = own.unwrap_or_default();
            text.extend_from_slice(format!("\n{keep}{IGNORE_FILE}\n{name}\n").as_bytes());
            add(&mut first, IGNORE_FILE, &text);
        }
        let modes: Vec<_> = modes
            .iter()
            .filter_map(|(path, mode)| Some((Pattern::read(path)?, *mode)))
            .collect();
        let is_changed = submission
            .paths()
            .any(|path| path == IGNORE_FILE || ignored.holds(path))
            || !modes.is_empty();
        let rest = if is_changed {
            submission.part(|path, mode| {
                let other = modes.iter().rev().find(|(pattern, _)| pattern.holds(path));
                (path != IGNORE_FILE && !ignored.holds(path))
                    .then(|| other.map_or(mode, |(_, mode)| *mode))
            })?
        } else {
            submission.whole()
        };
        Ok(Self {
            dockerfile: name,
            first: first.into(),
            rest,
        })
    }

    /// All of it as a tar, for a request's body.
    pub(super) fn stream(&self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static + use<> {
        stream::iter([Ok(self.first.clone())]).chain(self.rest.stream())
    }
}

/// Adds a file to a tar that is not ended.
fn add(tar: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).expect("names of ours are short");
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.extend_from_slice(header.as_bytes());
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}

/// A name that no file of the submission has.
fn free_name(submission: &Snapshot) -> String {
    let is_taken = |name: &str| {
        submission.paths().any(|path| {
            path.split('/')
                .next()
                .is_some_and(|top| top.eq_ignore_ascii_case(name))
        })
    };
    let mut name = ".tryout.Dockerfile".to_owned();
    let mut count = 1;
    while is_taken(&name) {
        count += 1;
        name = format!(".tryout-{count}.Dockerfile");
    }
    name
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _};

    use super::*;
    use crate::snapshot::SubmissionLimits;

    const MADE: &str = ".tryout.Dockerfile";

    fn submission(files: &[(&str, &str)]) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let limits = SubmissionLimits {
            files: 10,
            bytes: 1000,
        };
        Snapshot::of_folder(folder.path(), limits).unwrap()
    }

    /// Path, permissions and content of each entry.
    async fn sent(
        submission: &Snapshot,
        ignored: &str,
        modes: &[(&str, u32)],
    ) -> Vec<(String, u32, String)> {
        let ignored = Ignored::read(ignored).unwrap();
        let modes: Vec<_> = modes.iter().map(|(p, m)| ((*p).to_owned(), *m)).collect();
        let context = Context::of(submission, "FROM x\n", &ignored, &modes).unwrap();
        let pieces: Vec<_> = context.stream().collect().await;
        let tar: Vec<u8> = pieces
            .into_iter()
            .flat_map(|piece| piece.unwrap())
            .collect();
        let mut found = Vec::new();
        for entry in tar::Archive::new(tar.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mode = entry.header().mode().unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((path, mode, text));
        }
        found
    }

    fn paths(sent: &[(String, u32, String)]) -> Vec<&str> {
        sent.iter().map(|(path, ..)| path.as_str()).collect()
    }

    #[test]
    fn the_name_is_nobody_elses() {
        assert_eq!(free_name(&submission(&[("a", "")])), ".tryout.Dockerfile");
        let taken = submission(&[(".tryout.dockerfile", ""), (".tryout-2.Dockerfile", "")]);
        assert_eq!(free_name(&taken), ".tryout-3.Dockerfile");
    }

    #[tokio::test]
    async fn what_is_ours_stands_first_and_does_not_get_into_the_image() {
        let submission = submission(&[("a", "A"), ("b/c", "C")]);
        let found = sent(&submission, "", &[]).await;
        assert_eq!(paths(&found), [MADE, ".dockerignore", "a", "b/", "b/c"]);
        assert_eq!(found[0].2, "FROM x\n");
        assert_eq!(found[1].2, format!("\n.dockerignore\n{MADE}\n"));
        assert_eq!(found[4].2, "C");
    }

    #[tokio::test]
    async fn what_is_ignored_is_not_sent() {
        let ignore = "b\n!b/d\nDockerfile\n";
        let submission = submission(&[
            (".dockerignore", ignore),
            ("Dockerfile", "FROM x"),
            ("a", "A"),
            ("b/c", "C"),
            ("b/d", "D"),
            ("e/f", "F"),
        ]);
        let found = sent(&submission, ignore, &[("./e", 0o700), ("a", 0o755)]).await;
        let expected = [MADE, ".dockerignore", "a", "b/", "b/d", "e/", "e/f"];
        assert_eq!(paths(&found), expected);
        assert_eq!(found[1].2, format!("{ignore}\n!.dockerignore\n{MADE}\n"));
        assert_eq!((found[2].1, found[4].1, found[6].1), (0o755, 0o644, 0o700));
        assert_eq!(found[4].2, "D");
    }
}
