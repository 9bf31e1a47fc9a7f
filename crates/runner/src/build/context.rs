//! What is handed to the engine: the submission, and a Dockerfile of ours where it is built by one.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::snapshot::Snapshot;

/// A tar's data stands in blocks.
const BLOCK: usize = 512;

/// A name that no file of the submission has.
pub(super) fn free_name(submission: &Snapshot) -> String {
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

/// The submission's tar with one more file before its own.
pub(super) fn with_file(
    submission: &Snapshot,
    name: &str,
    content: &str,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static + use<>> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name)?;
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut entry = header.as_bytes().to_vec();
    entry.extend_from_slice(content.as_bytes());
    entry.resize(entry.len().next_multiple_of(BLOCK), 0);
    let first = stream::iter([Ok(Bytes::from(entry))]);
    Ok(first.chain(submission.tar_stream()))
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _};

    use super::*;
    use crate::snapshot::SubmissionLimits;

    fn submission(files: &[&str]) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), file).unwrap();
        }
        let limits = SubmissionLimits {
            files: 10,
            bytes: 1000,
        };
        Snapshot::of_folder(folder.path(), limits).unwrap()
    }

    #[test]
    fn the_name_is_nobody_elses() {
        assert_eq!(free_name(&submission(&["a"])), ".tryout.Dockerfile");
        let taken = submission(&[".tryout.dockerfile", ".tryout-2.Dockerfile"]);
        assert_eq!(free_name(&taken), ".tryout-3.Dockerfile");
    }

    #[tokio::test]
    async fn the_file_stands_before_those_of_the_submission() {
        let submission = submission(&["a", "b"]);
        let content = "FROM x\n".repeat(100);
        let pieces: Vec<_> = with_file(&submission, "made", &content)
            .unwrap()
            .collect()
            .await;
        let tar: Vec<u8> = pieces
            .into_iter()
            .flat_map(|piece| piece.unwrap())
            .collect();
        let mut found = Vec::new();
        for entry in tar::Archive::new(tar.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((path, text));
        }
        let expected = [("made", content.as_str()), ("a", "a"), ("b", "b")];
        assert_eq!(
            found,
            expected.map(|(path, text)| (path.to_owned(), text.to_owned()))
        );
    }
}
