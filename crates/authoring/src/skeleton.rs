//! A small challenge that is proven as it is, to be changed into one's own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::{Draft, DraftError};

/// What stands in its texts for the language, and what for the challenge's id and title.
const LANGUAGE: &str = "LANGUAGE";
const ID: &str = "my-challenge";
const TITLE: &str = "My challenge";

/// The texts in which these words are replaced, by their paths in the skeleton and in a challenge.
const TEXTS: [&str; 4] = ["challenge.yaml", "brief.md", "openapi.yaml", "private.yaml"];
/// The folders of a language, and where they go.
const FOLDERS: [(&str, &str); 3] = [
    ("starter", "starters/LANGUAGE"),
    ("solution", "solutions/LANGUAGE"),
    ("defects", "defects"),
];

/// The folder of the skeleton: texts, and a folder for each language.
#[derive(Debug, Clone)]
pub struct Skeleton {
    folder: PathBuf,
    languages: Vec<String>,
}

/// Why no challenge can be made of it.
#[derive(Debug, Error)]
pub enum SkeletonError {
    /// The skeleton cannot be read.
    #[error("cannot read the skeleton's {}", path.display())]
    Read {
        /// What of it.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It has no such language.
    #[error("there is no skeleton in `{language}`; there is {}", known.join(", "))]
    NoLanguage {
        /// What was asked for.
        language: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The challenge cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

impl Skeleton {
    /// Looks which languages it has.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(folder: &Path) -> Result<Self, SkeletonError> {
        let names = names_in(folder)?;
        let is_language = |name: &String| folder.join(name).join("solution").is_dir();
        Ok(Self {
            folder: folder.to_owned(),
            languages: names.into_iter().filter(is_language).collect(),
        })
    }

    /// The languages it has, sorted.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// Writes a challenge that is to be at `target`, with its starter and solution in a language.
    ///
    /// # Errors
    /// When it has no such language, when the draft cannot be begun or written.
    pub fn draft(&self, target: &Path, language: &str) -> Result<Draft, SkeletonError> {
        if !self.languages.iter().any(|known| known == language) {
            return Err(SkeletonError::NoLanguage {
                language: language.to_owned(),
                known: self.languages.clone(),
            });
        }
        let draft = Draft::begin(target)?;
        let title = title(draft.id());
        for text in TEXTS {
            let path = self.folder.join(text);
            let read = |source| SkeletonError::Read {
                path: path.clone(),
                source,
            };
            let words = fs::read_to_string(&path).map_err(read)?;
            let words = words
                .replace(LANGUAGE, language)
                .replace(ID, draft.id())
                .replace(TITLE, &title);
            draft.write(Path::new(text), words.as_bytes(), false)?;
        }
        for (from, to) in FOLDERS {
            let from = self.folder.join(language).join(from);
            copy(&from, &draft, Path::new(&to.replace(LANGUAGE, language)))?;
        }
        Ok(draft)
    }
}

fn copy(from: &Path, draft: &Draft, to: &Path) -> Result<(), SkeletonError> {
    for name in names_in(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, draft, &to)?;
            continue;
        }
        let content = fs::read(&from).map_err(|source| SkeletonError::Read {
            path: from.clone(),
            source,
        })?;
        draft.write(&to, &content, false)?;
    }
    Ok(())
}

fn names_in(folder: &Path) -> Result<Vec<String>, SkeletonError> {
    let read = |source| SkeletonError::Read {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(read)?;
    let names: io::Result<Vec<String>> = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect();
    let mut names = names.map_err(read)?;
    names.sort();
    Ok(names)
}

/// `Notes API` of `notes-api`.
fn title(id: &str) -> String {
    let words: Vec<String> = id
        .split('-')
        .enumerate()
        .map(|(place, word)| match (place, word) {
            (_, "api") => "API".to_owned(),
            (0, word) => word[..1].to_uppercase() + &word[1..],
            (_, word) => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn an_id_becomes_a_title() {
        assert_eq!(title("notes-api"), "Notes API");
        assert_eq!(title("to-do-lists"), "To do lists");
    }
}
