//! Where challenges and image recipes are.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use challenge_spec::{Challenge, LoadError, Skills};

use crate::{args::Global, bundle, failure::Failure};

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
    /// As the flags say. What they do not say is found when it is asked for: here or above, as in a
    /// checkout, else in this program.
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            challenges: global.challenges.clone(),
            runner_images: global.runner_images.clone(),
        }
    }

    /// The folder of challenges.
    pub(crate) fn challenges(&self) -> Result<PathBuf, Failure> {
        let Some(given) = &self.challenges else {
            return found("challenges", "skills.yaml");
        };
        if given.is_dir() {
            return Ok(given.clone());
        }
        if given.is_file() {
            return bundle::unpacked(given).map_err(|error| Failure::input(&error));
        }
        Err(Failure::Input(format!(
            "there is no folder and no bundle {}: name one with --challenges",
            given.display()
        )))
    }

    /// The folder of image recipes.
    pub(crate) fn runner_images(&self) -> Result<PathBuf, Failure> {
        match &self.runner_images {
            Some(given) => Ok(given.clone()),
            None => found("runner-images", "base"),
        }
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
            Challenge::discover(&self.challenges()?).map_err(|error| Failure::input(&error))?;
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
        let known: Vec<String> = Challenge::discover(&challenges)
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

/// The folder of the skeleton, which is in this program.
pub(crate) fn skeleton() -> Result<PathBuf, Failure> {
    let bundled = bundle::bundled().map_err(|error| Failure::input(&error))?;
    Ok(bundled.join("skeleton"))
}

pub(crate) fn unreadable(error: LoadError) -> Failure {
    Failure::Mistakes(Box::new(error))
}

/// The taxonomy beside the challenge, else the one that is built in.
pub(crate) fn skills_beside(dir: &Path) -> Result<Skills, Failure> {
    let beside = dir
        .parent()
        .map(|parent| parent.join("skills.yaml"))
        .filter(|path| path.is_file());
    match beside {
        Some(path) => Skills::load(&path).map_err(unreadable),
        None => Ok(Skills::embedded()),
    }
}

/// The folder here or above that has `proof` in it, else what is in this program.
fn found(name: &str, proof: &str) -> Result<PathBuf, Failure> {
    let here = env::current_dir().ok();
    let above = here.iter().flat_map(|here| here.ancestors());
    let mut candidates = above.map(|folder| folder.join(name));
    if let Some(folder) = candidates.find(|candidate| candidate.join(proof).exists()) {
        return Ok(folder);
    }
    let bundled = bundle::bundled().map_err(|error| Failure::input(&error))?;
    Ok(bundled.join(name))
}
