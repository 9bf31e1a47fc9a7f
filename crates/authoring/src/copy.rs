//! A private copy of a challenge: the same in other words, with other numbers.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, LoadError, path, private::PRIVATE_FILE, private::Private};
use runner::snapshot::{Snapshot, SnapshotError, SubmissionLimits};
use thiserror::Error;

use crate::{Draft, DraftError};

mod choice;
mod numbers;
mod words;

use choice::Choices;
use numbers::Numbers;
use words::Words;

/// Of a challenge's own files, which are ours.
const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 100_000,
    bytes: 1 << 30,
};

/// What vouches for the original, and says how it is copied.
const NOT_COPIED: [&str; 3] = [PRIVATE_FILE, "certificate.md", "certificate.json"];

/// Files in which other programs wrote names and digests of packages.
const LOCKS: [&str; 6] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "go.sum",
    "uv.lock",
    "Gemfile.lock",
    "composer.lock",
];

/// A copy, not yet at its place.
#[derive(Debug)]
pub struct Copy {
    /// What was written.
    pub draft: Draft,
    /// What is other in it.
    pub changes: Vec<Change>,
}

/// A word or number that is another one in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub was: String,
    /// What it is.
    pub is: String,
    /// In how many places, names of files among them.
    pub places: usize,
    /// In how many files.
    pub files: usize,
}

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum CopyError {
    /// What may change cannot be read, or does not fit the challenge.
    #[error("the challenge does not say rightly what a private copy of it changes")]
    Declaration(#[source] LoadError),
    /// The challenge's files cannot be read.
    #[error("cannot read the challenge's files")]
    Files(#[source] SnapshotError),
    /// A link cannot be copied.
    #[error("the link `{link}` cannot be copied: put a file in its place")]
    Link {
        /// The link.
        link: String,
    },
    /// The copy cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// Writes a copy that is to be at `target`. The same seed chooses the same words and numbers.
///
/// # Errors
/// When the challenge does not say what may change, when something that it says does not fit its
/// files, when the draft cannot be begun or written.
pub fn private_copy(challenge: &Challenge, target: &Path, seed: u64) -> Result<Copy, CopyError> {
    let private = Private::load(&challenge.dir).map_err(CopyError::Declaration)?;
    let draft = Draft::begin(target)?;
    let files = Files::read(challenge, &private)?;
    let mistaken = |place: &path::Path, message: &str, help: &str| {
        let mistake = Private::mistake(&challenge.dir, place, message, help);
        CopyError::Declaration(mistake)
    };
    let mut choices = Choices::new(seed);
    let mut words = Words::new(&private.keep);
    let taken = files.words();
    for (place, word) in private.words.iter().enumerate() {
        let at = path::Path::root().key("words").index(place);
        let free = |forms: &&Vec<String>| !forms.iter().any(|form| taken.contains(form));
        let free: Vec<&Vec<String>> = word.becomes.iter().filter(free).collect();
        let Some(chosen) = choices.one_of(&free) else {
            return Err(mistaken(
                &at.key("becomes"),
                "each of these has a word that stands in the challenge already",
                "add one whose words stand nowhere in it",
            ));
        };
        words.add(&word.was, chosen);
    }
    let mut numbers = Numbers::default();
    for number in &private.numbers {
        if let Some(becomes) = choices.one_of(&number.becomes) {
            numbers.add(number, *becomes);
        }
    }
    for file in &files.0 {
        let to = words.path(&file.path);
        match &file.text {
            Some(text) => {
                let patch = Path::new(&file.path)
                    .extension()
                    .is_some_and(|e| e == "patch");
                let text = words.text(&numbers.text(text, patch));
                let text = if file.path == challenge_spec::CHALLENGE_FILE {
                    with_id(&text, draft.id())
                } else {
                    text
                };
                draft.write(&to, text.as_bytes(), file.executable)?;
            }
            None => draft.write(&to, &file.bytes, file.executable)?,
        }
        words.next_file();
        numbers.next_file();
    }
    if let Some((number, form)) = numbers.unseen() {
        let at = path::Path::root().key("numbers").index(number);
        let written = &private.numbers[number].written[form];
        return Err(mistaken(
            &at.key("written").index(form),
            &format!("`{written}` stands nowhere in the challenge"),
            "write it as it stands in the files, or leave it out",
        ));
    }
    if let Some(place) = words.unseen() {
        let at = path::Path::root().key("words").index(place);
        return Err(mistaken(
            &at.key("was"),
            "none of these stands anywhere in the challenge",
            "leave the word out",
        ));
    }
    let mut changes = words.changes();
    changes.extend(numbers.changes());
    Ok(Copy { draft, changes })
}

/// The text with another `id` at its top. One that is not written so is found not to fit its folder
/// when the copy is read.
fn with_id(text: &str, id: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.strip_prefix("id:") {
            Some(_) => format!("id: {id}\n"),
            None => line.to_owned(),
        })
        .collect()
}

/// A challenge's files, those that are copied.
struct Files(Vec<File>);

struct File {
    path: String,
    /// What may be changed in it; none where it is copied as it is.
    text: Option<String>,
    bytes: Vec<u8>,
    executable: bool,
}

impl Files {
    fn read(challenge: &Challenge, private: &Private) -> Result<Self, CopyError> {
        let snapshot = Snapshot::of_folder(&challenge.dir, LIMITS).map_err(CopyError::Files)?;
        let mut files = Vec::new();
        for path in snapshot.paths() {
            if NOT_COPIED.contains(&path) {
                continue;
            }
            let on_disk = challenge.dir.join(path);
            let executable = executable(&on_disk).ok_or_else(|| CopyError::Link {
                link: path.to_owned(),
            })?;
            let bytes = snapshot.read(path).map_err(CopyError::Files)?;
            let bytes = bytes.unwrap_or_default();
            let name = PathBuf::from(path);
            let is_lock = LOCKS
                .iter()
                .any(|lock| name.file_name() == Some(lock.as_ref()));
            let as_it_is = is_lock || private.leave.iter().any(|left| left == path);
            let text = match String::from_utf8(bytes) {
                Ok(text) if !as_it_is => (Some(text), Vec::new()),
                Ok(text) => (None, text.into_bytes()),
                Err(error) => (None, error.into_bytes()),
            };
            files.push(File {
                path: path.to_owned(),
                text: text.0,
                bytes: text.1,
                executable,
            });
        }
        Ok(Self(files))
    }

    /// All words in the files and their paths, in lower case.
    fn words(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for file in &self.0 {
            for text in [Some(&file.path), file.text.as_ref()].into_iter().flatten() {
                found.extend(words::parts(text).map(|part| text[part].to_ascii_lowercase()));
            }
        }
        found
    }
}

/// Whether a file can be run; none of a link.
fn executable(path: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::symlink_metadata(path).ok()?;
    (!found.is_symlink()).then(|| found.permissions().mode() & 0o100 != 0)
}
