//! What of a challenge a candidate may have: its public checks and what these need, and nothing that
//! tells of the others.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use crate::{
    Challenge,
    model::{ChallengeFile, Check, STARTER, Service, Visibility},
};

mod used;
mod written;

/// The candidate's side of a challenge.
#[derive(Debug, Clone)]
pub struct Public {
    /// The file with the public checks alone; valid where the folder has `files` and `folders`.
    pub file: ChallengeFile,
    /// Texts that belong to it, relative to the challenge's folder: brief, OpenAPI document, seeds.
    pub files: Vec<PathBuf>,
    /// Folders that belong to it: the starters, and suites whose checks are public.
    pub folders: Vec<PathBuf>,
    /// What an author might miss in it.
    pub left_out: Vec<LeftOut>,
}

/// Something that is left out although it is not hidden by its nature, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// A public check that compares with a solution, which the candidate does not have.
    ComparesWithSolution {
        /// Its id.
        check: String,
    },
    /// A public check that runs the submission's tests against implementations, which the candidate
    /// does not have.
    NeedsImplementations {
        /// Its id.
        check: String,
    },
    /// A seed that the brief does not name.
    UnnamedSeed {
        /// Its path.
        path: PathBuf,
    },
    /// That a public check requires one that is left out.
    Requirement {
        /// The public check.
        check: String,
        /// The one that is left out.
        required: String,
    },
}

impl Challenge {
    /// What of it a candidate may have. A seed is public where the brief names its path.
    pub fn public(&self) -> Public {
        let mut left_out = Vec::new();
        let mut file = ChallengeFile {
            title: format!("{} (public checks)", self.file.title),
            checks: checks(&self.file, &mut left_out),
            solutions: indexmap::IndexMap::new(),
            defects: Vec::new(),
            implementations: indexmap::IndexMap::new(),
            ..self.file.clone()
        };
        let used = used::names(&file);
        file.vars.retain(|name, _| used.contains(name));
        for service in file.services.values_mut() {
            let Some(seeds) = service.seed_mut() else {
                continue;
            };
            let named = |path: &PathBuf| self.brief.contains(&*path.to_string_lossy());
            let (public, others) = seeds.drain(..).partition(named);
            *seeds = public;
            left_out.extend(others.into_iter().map(|path| LeftOut::UnnamedSeed { path }));
        }
        file.suites
            .retain(|name, _| file.checks.iter().any(|check| stands_for(check, name)));
        let mut files = vec![file.brief.clone()];
        files.extend(file.openapi.clone());
        files.extend(
            file.services
                .values()
                .flat_map(Service::seed)
                .map(PathBuf::clone),
        );
        Public {
            folders: file
                .starters
                .values()
                .chain(file.suites.values().map(|suite| &suite.from))
                .cloned()
                .collect(),
            file,
            files,
            left_out,
        }
    }
}

fn checks(file: &ChallengeFile, left_out: &mut Vec<LeftOut>) -> Vec<Check> {
    let mut public = Vec::new();
    for check in &file.checks {
        if check.visibility != Visibility::Public {
            continue;
        }
        if compares_with_solution(check) {
            let check = check.id.clone();
            left_out.push(LeftOut::ComparesWithSolution { check });
        } else if check.own_suite().next().is_some() {
            let check = check.id.clone();
            left_out.push(LeftOut::NeedsImplementations { check });
        } else {
            public.push(check.clone());
        }
    }
    let ids: BTreeSet<String> = public.iter().map(|check| check.id.clone()).collect();
    for check in &mut public {
        check.ask = None;
        let (there, gone) = check.requires.drain(..).partition(|id| ids.contains(id));
        check.requires = there;
        left_out.extend(gone.into_iter().map(|required| LeftOut::Requirement {
            check: check.id.clone(),
            required,
        }));
    }
    public
}

fn stands_for(check: &Check, suite: &str) -> bool {
    check.suite_test().is_some_and(|test| test.of == suite)
}

fn compares_with_solution(check: &Check) -> bool {
    check.references().iter().any(|name| *name != STARTER)
}

impl Public {
    /// The file as YAML, without what is there by default anyway.
    pub fn yaml(&self) -> String {
        let file = &self.file;
        format!(
            "# The public checks of {} {}. Try them on your work:\n#   tryout grade FOLDER --challenge {} --challenges THIS-BUNDLE\n{}",
            file.id,
            file.version,
            file.id,
            written::yaml(file)
        )
    }

    /// Whether a path, relative to the challenge's folder, belongs to it as it stands there.
    pub fn has(&self, path: &Path) -> bool {
        let path = plain(path);
        self.files.iter().any(|file| plain(file) == path)
            || self
                .folders
                .iter()
                .any(|folder| path.starts_with(plain(folder)))
    }
}

/// A path without `.`; one of a valid challenge has no `..`.
pub fn plain(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| *part != Component::CurDir)
        .collect()
}
