//! Where challenges and image recipes are on this machine.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use challenge_spec::{Challenge, LoadError, Skills};

use crate::{args::Global, failure::Failure};

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    challenges: Option<PathBuf>,
    runner_images: Option<PathBuf>,
}

/// A challenge, and the taxonomy that its skills are of.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) challenge: Arc<Challenge>,
    pub(crate) skills: Skills,
}

impl Places {
    /// From the flags, else found: upwards from the current folder, then from the program's own.
    pub(crate) fn find(global: &Global) -> Self {
        let found = |flag: &Option<PathBuf>, name: &str, proof: &str| {
            flag.clone().or_else(|| upwards(name, proof))
        };
        Self {
            challenges: found(&global.challenges, "challenges", "skills.yaml"),
            runner_images: found(&global.runner_images, "runner-images", "base"),
        }
    }

    /// The folder of challenges.
    pub(crate) fn challenges(&self) -> Result<&Path, Failure> {
        let dir = self.challenges.as_deref().ok_or_else(|| {
            Failure::Input(
                "there is no folder `challenges` here or above: name one with --challenges DIR"
                    .to_owned(),
            )
        })?;
        if dir.is_dir() {
            return Ok(dir);
        }
        Err(Failure::Input(format!(
            "there is no folder {}: name the challenges' folder with --challenges DIR",
            dir.display()
        )))
    }

    /// The folder of image recipes.
    pub(crate) fn runner_images(&self) -> Result<PathBuf, Failure> {
        self.runner_images.clone().ok_or_else(|| {
            Failure::Input(
                "there is no folder `runner-images` here or above: name one with --runner-images DIR"
                    .to_owned(),
            )
        })
    }

    /// A challenge by its id, or by its folder.
    pub(crate) fn challenge(&self, name: &str) -> Result<Found, Failure> {
        let dir = self.challenge_dir(name)?;
        let skills = skills_beside(&dir)?;
        let challenge = Challenge::load(&dir, &skills).map_err(unreadable)?;
        Ok(Found {
            challenge: Arc::new(challenge),
            skills,
        })
    }

    /// The challenges named, or all there are.
    pub(crate) fn names_or_all(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        if !names.is_empty() {
            return Ok(names.to_vec());
        }
        let found =
            Challenge::discover(self.challenges()?).map_err(|error| Failure::input(&error))?;
        Ok(found.into_iter().map(|(id, _)| id).collect())
    }

    fn challenge_dir(&self, name: &str) -> Result<PathBuf, Failure> {
        let as_folder = Path::new(name);
        if as_folder.join("challenge.yaml").is_file() {
            return Ok(as_folder.to_owned());
        }
        let looks_like_path = name.contains('/') || name.starts_with('.');
        if looks_like_path {
            return Err(Failure::Input(format!(
                "there is no challenge at {name}: the folder needs a challenge.yaml"
            )));
        }
        let challenges = self.challenges()?;
        let dir = challenges.join(name);
        if dir.join("challenge.yaml").is_file() {
            return Ok(dir);
        }
        let known: Vec<String> = Challenge::discover(challenges)
            .map_err(|error| Failure::input(&error))?
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        let hint = challenge_spec::suggestion::nearest(name, known.iter().map(String::as_str))
            .map(|near| format!(" Did you mean `{near}`?"))
            .unwrap_or_default();
        Err(Failure::Input(format!(
            "there is no challenge `{name}` in {}.{hint} There is: {}",
            challenges.display(),
            known.join(", ")
        )))
    }
}

pub(crate) fn unreadable(error: LoadError) -> Failure {
    Failure::Mistakes(Box::new(error))
}

/// The taxonomy beside the challenge, else the one that is built in.
fn skills_beside(dir: &Path) -> Result<Skills, Failure> {
    let beside = dir
        .parent()
        .map(|parent| parent.join("skills.yaml"))
        .filter(|path| path.is_file());
    match beside {
        Some(path) => Skills::load(&path).map_err(unreadable),
        None => Ok(Skills::embedded()),
    }
}

fn upwards(name: &str, proof: &str) -> Option<PathBuf> {
    let here = env::current_dir().ok();
    let program = env::current_exe().ok();
    let has = |folder: &Path| {
        let candidate = folder.join(name);
        candidate.join(proof).exists().then_some(candidate)
    };
    [here, program]
        .iter()
        .flatten()
        .find_map(|start| start.ancestors().find_map(has))
}
