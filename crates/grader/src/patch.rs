//! Applies a unified diff to a subject's files: a defect to those of a solution.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use diffy::patch_set::{FileOperation, ParseOptions, PatchKind, PatchSet, PatchSetParseError};
use thiserror::Error;

/// Why a patch does not apply.
#[derive(Debug, Error)]
pub enum PatchError {
    /// The patch cannot be read.
    #[error("cannot read the patch {}", path.display())]
    Read {
        /// The patch.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The text is no unified diff.
    #[error("{} is no unified diff", path.display())]
    Parse {
        /// The patch.
        path: PathBuf,
        /// Why.
        #[source]
        source: PatchSetParseError,
    },
    /// It changes nothing.
    #[error("{} changes no file", path.display())]
    Empty {
        /// The patch.
        path: PathBuf,
    },
    /// It does what a defect may not: binary files, renames, paths outside.
    #[error("{} does more than change text files inside the solution: {what}", path.display())]
    Unsupported {
        /// The patch.
        path: PathBuf,
        /// What it does.
        what: String,
    },
    /// The solution has changed since.
    #[error(
        "{}:{line}: hunk {hunk} no longer applies to {file}: no lines there are as it has them; make \
         the patch anew from the solution as it is",
        path.display()
    )]
    Stale {
        /// The patch.
        path: PathBuf,
        /// The line of the hunk's head in the patch, from 1.
        line: usize,
        /// Which hunk of the file, from 1.
        hunk: usize,
        /// The solution's file, as the patch names it.
        file: String,
    },
    /// A file of the solution cannot be read or written.
    #[error("{} changes {}, which cannot be read or written", path.display(), file.display())]
    File {
        /// The patch.
        path: PathBuf,
        /// The solution's file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Applies the unified diff at `path`, with its `a/` and `b/` prefixes, to the files below `folder`.
pub(crate) fn apply(path: &Path, folder: &Path) -> Result<(), PatchError> {
    let text = fs::read_to_string(path).map_err(|source| PatchError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut changed = 0;
    for patch in PatchSet::parse(&text, ParseOptions::unidiff()) {
        let patch = patch.map_err(|source| PatchError::Parse {
            path: path.to_owned(),
            source,
        })?;
        let operation = patch.operation().strip_prefix(1);
        let PatchKind::Text(hunks) = patch.patch() else {
            return Err(unsupported(path, "a binary file"));
        };
        one_file((path, &text), folder, &operation, hunks)?;
        changed += 1;
    }
    if changed == 0 {
        return Err(PatchError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn one_file(
    (path, text): (&Path, &str),
    folder: &Path,
    operation: &FileOperation<'_, str>,
    hunks: &diffy::Patch<'_, str>,
) -> Result<(), PatchError> {
    let (before, after) = match operation {
        FileOperation::Create(after) => (None, Some(after)),
        FileOperation::Delete(before) => (Some(before), None),
        FileOperation::Modify { original, modified } if original == modified => {
            (Some(original), Some(modified))
        }
        _ => return Err(unsupported(path, "a renamed or copied file")),
    };
    let name = after.or(before).map_or("", |name| name.as_ref());
    let file =
        inside(folder, name).ok_or_else(|| unsupported(path, &format!("the path `{name}`")))?;
    let broken = |source| PatchError::File {
        path: path.to_owned(),
        file: file.clone(),
        source,
    };
    let old = match before {
        Some(_) => fs::read_to_string(&file).map_err(broken)?,
        None => String::new(),
    };
    let new = diffy::apply(&old, hunks).map_err(|error| {
        let hunk = number(&error);
        PatchError::Stale {
            path: path.to_owned(),
            line: line_of_hunk(text, name, hunk),
            hunk,
            file: name.to_owned(),
        }
    })?;
    match after {
        Some(_) => {
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent).map_err(broken)?;
            }
            fs::write(&file, new).map_err(broken)
        }
        None => fs::remove_file(&file).map_err(broken),
    }
}

/// The library says it in its sentence alone.
fn number(error: &diffy::ApplyError) -> usize {
    let sentence = error.to_string();
    let digits = sentence.rsplit('#').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(1)
}

/// The line of a hunk's head among those of a file, from 1; that of the file's where it is not found.
fn line_of_hunk(text: &str, file: &str, hunk: usize) -> usize {
    let mut hunks = 0;
    let mut is_here = false;
    let mut begins_at = 1;
    for (line, number) in text.lines().zip(1..) {
        if let Some(name) = line.strip_prefix("+++ ") {
            is_here = name
                .split('\t')
                .next()
                .and_then(|name| name.strip_prefix("b/"))
                == Some(file);
            hunks = 0;
            if is_here {
                begins_at = number;
            }
        } else if is_here && line.starts_with("@@ ") {
            hunks += 1;
            if hunks == hunk {
                return number;
            }
        }
    }
    begins_at
}

fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    let plain = name
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    (plain && name.components().next().is_some()).then(|| folder.join(name))
}

fn unsupported(path: &Path, what: &str) -> PatchError {
    PatchError::Unsupported {
        path: path.to_owned(),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{PatchError, apply};

    const PATCH: &str =
        "--- a/app/orders.py\n+++ b/app/orders.py\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    fn solution() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("app")).unwrap();
        fs::write(dir.path().join("app/orders.py"), "one\ntwo\nthree\n").unwrap();
        dir
    }

    fn apply_text(text: &str) -> (Result<(), PatchError>, String) {
        let dir = solution();
        let patch = dir.path().join("x.patch");
        fs::write(&patch, text).unwrap();
        let applied = apply(&patch, dir.path());
        let now = fs::read_to_string(dir.path().join("app/orders.py")).unwrap();
        (applied, now)
    }

    #[test]
    fn changes_the_lines_it_names() {
        let (applied, now) = apply_text(PATCH);
        applied.unwrap();
        assert_eq!(now, "one\nTWO\nthree\n");
    }

    #[test]
    fn a_stale_patch_is_an_error_that_names_both_files() {
        let (applied, now) = apply_text(&PATCH.replace("-two", "-zwei"));
        let error = applied.unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("x.patch:3: hunk 1 no longer applies to app/orders.py"),
            "{text}"
        );
        assert_eq!(now, "one\ntwo\nthree\n");
    }

    #[test]
    fn the_hunk_that_fails_is_named_and_not_another() {
        let text = format!(
            "--- a/app/other.py\n+++ b/app/other.py\n@@ -0,0 +1 @@\n+new\n{PATCH}@@ -9,2 +9,2 @@\n nine\n-ten\n+TEN\n"
        );
        let text = text.replace("--- a/app/other.py", "--- /dev/null");
        let error = apply_text(&text).0.unwrap_err().to_string();
        assert!(error.contains("x.patch:12: hunk 2 no longer"), "{error}");
    }

    #[test]
    fn a_path_that_leaves_the_solution_is_refused() {
        let (applied, _) = apply_text(&PATCH.replace("app/orders.py", "../orders.py"));
        let error = applied.unwrap_err();
        assert!(matches!(error, PatchError::Unsupported { .. }), "{error:?}");
    }

    #[test]
    fn a_text_without_hunks_is_refused() {
        assert!(apply_text("nothing to see\n").0.is_err());
    }
}
