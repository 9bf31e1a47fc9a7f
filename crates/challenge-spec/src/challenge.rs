//! A challenge, read from its folder and found valid.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;

use crate::{
    load::LoadError,
    model::{ChallengeFile, Check, Defect, Service},
    problem::{Problem, Problems},
    schema,
    shape::{self, Shaped},
    skills::{Skills, disagreement},
    source,
    validate::{self, Surroundings},
    yaml,
};

/// The name of the file that makes a folder a challenge.
pub const CHALLENGE_FILE: &str = "challenge.yaml";

/// A challenge, read from its folder and found valid.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Its folder; the paths in `file` are relative to it.
    pub dir: PathBuf,
    /// What `challenge.yaml` says.
    pub file: ChallengeFile,
    /// The candidate's text, Markdown.
    pub brief: String,
    /// The SQL of each seed file, by its path as `challenge.yaml` writes it.
    pub seeds: IndexMap<PathBuf, String>,
}

impl Challenge {
    /// Reads `dir/challenge.yaml` and the texts that it names. All mistakes are reported at once:
    /// syntax alone, else shape, names, templates and files together.
    pub fn load(dir: &Path, skills: &Skills) -> Result<Self, LoadError> {
        if !dir.is_dir() {
            return Err(LoadError::NoFolder {
                path: dir.to_owned(),
            });
        }
        let path = dir.join(CHALLENGE_FILE);
        let name = path.display().to_string();
        let text = source::read(&path, &name, source::MOST_BYTES)
            .map_err(|unread| LoadError::unread(path.clone(), unread))?;
        let file = read_file(&text, dir, skills)
            .map_err(|problems| Box::new(Problems::new(&name, &text, problems)))?;
        Self::with_texts(dir, file)
    }

    fn with_texts(dir: &Path, file: ChallengeFile) -> Result<Self, LoadError> {
        let brief = text_of(&dir.join(&file.brief))?;
        let mut seeds = IndexMap::new();
        for seed in file.services.values().flat_map(Service::seed) {
            seeds.insert(seed.clone(), text_of(&dir.join(seed))?);
        }
        Ok(Self {
            dir: dir.to_owned(),
            file,
            brief,
            seeds,
        })
    }

    /// The folders below `challenges` that hold a `challenge.yaml`, by the folder's name, which a
    /// valid challenge has as its id; sorted. Nothing is read of them.
    pub fn discover(challenges: &Path) -> io::Result<Vec<(String, PathBuf)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(challenges)? {
            let dir = entry?.path();
            if dir.join(CHALLENGE_FILE).is_file()
                && let Some(name) = dir.file_name().and_then(|name| name.to_str())
            {
                found.push((name.to_owned(), dir));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Its id, which is its folder's name.
    pub fn id(&self) -> &str {
        &self.file.id
    }

    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.file.checks.iter().find(|check| check.id == id)
    }

    /// The defect of this id.
    pub fn defect(&self, id: &str) -> Option<&Defect> {
        self.file.defects.iter().find(|defect| defect.id == id)
    }

    /// The points of all checks together.
    pub fn possible_points(&self) -> u64 {
        self.file
            .checks
            .iter()
            .map(|check| u64::from(check.points))
            .sum()
    }

    /// The OpenAPI document's path, where there is one.
    pub fn openapi(&self) -> Option<PathBuf> {
        self.file.openapi.as_ref().map(|path| self.dir.join(path))
    }

    /// The folder of the solution of this language.
    pub fn solution(&self, language: &str) -> Option<PathBuf> {
        self.file
            .solutions
            .get(language)
            .map(|path| self.dir.join(path))
    }

    /// The folder to begin from in this language.
    pub fn starter(&self, language: &str) -> Option<PathBuf> {
        self.file
            .starters
            .get(language)
            .map(|path| self.dir.join(path))
    }
}

/// The text of a challenge file, read and checked. The files that it names are looked for in `dir`.
pub(crate) fn read_file(
    text: &str,
    dir: &Path,
    skills: &Skills,
) -> Result<ChallengeFile, Vec<Problem>> {
    let root = yaml::parse(text).map_err(|problem| vec![*problem])?;
    if let Some(finding) = validate::unsupported(&root) {
        return Err(vec![finding.into_problem(text, &root)]);
    }
    let Shaped {
        value,
        mut findings,
        repaired,
    } = shape::check(&schema::challenge_schema(), text, &root);
    let mut problems = yaml::duplicates(&root);
    let file: Option<ChallengeFile> = match serde_json::from_value(value) {
        Ok(file) => Some(file),
        Err(error) => {
            if findings.is_empty() {
                problems.push(disagreement(&error));
            }
            None
        }
    };
    if let Some(file) = &file {
        let surroundings = Surroundings {
            dir,
            skills,
            repaired: &repaired,
        };
        findings.extend(validate::findings(file, &surroundings));
    }
    problems.extend(
        findings
            .into_iter()
            .map(|finding| finding.into_problem(text, &root)),
    );
    match file {
        Some(file) if problems.is_empty() => Ok(file),
        _ => Err(problems),
    }
}

fn text_of(path: &Path) -> Result<String, LoadError> {
    source::read(path, &path.display().to_string(), source::MOST_BYTES)
        .map_err(|unread| LoadError::unread(path.to_owned(), unread))
}
