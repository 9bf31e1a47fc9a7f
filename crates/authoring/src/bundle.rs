//! A challenge in one file: for a candidate, without anything hidden; or whole, for another machine.
//!
//! Both are `.tar.gz`, made of the same files in the same bytes, and read by `--challenges`. In them
//! lies one folder, with the challenge in a folder of its own name and the taxonomy of skills beside
//! it, where there is one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use challenge_spec::{CHALLENGE_FILE, Challenge, public::LeftOut};
use runner::snapshot::{Snapshot, SnapshotError, SubmissionLimits};
use thiserror::Error;

mod archive;
mod overlap;

use archive::Archive;

/// Of a challenge's own files, which are ours.
const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 100_000,
    bytes: 4 << 30,
};

/// The taxonomy of skills, beside the challenges.
const SKILLS: &str = "skills.yaml";

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The paths in the bundle, below its one folder, in their order.
    pub paths: Vec<String>,
    /// What of the public side is not in it, and why.
    pub left_out: Vec<LeftOut>,
}

/// Why there is no bundle.
#[derive(Debug, Error)]
pub enum PackError {
    /// The challenge's files cannot be read.
    #[error("cannot read the challenge's files")]
    Files(#[source] SnapshotError),
    /// The taxonomy beside it cannot be read.
    #[error("cannot read {}", path.display())]
    Skills {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There would be nothing to try oneself with.
    #[error(
        "the challenge `{challenge}` has no public check that a candidate could run: mark one with `visibility: public`"
    )]
    NothingPublic {
        /// Its id.
        challenge: String,
    },
    /// Something hidden lies in a folder that is handed out.
    #[error("`{hidden}` lies in `{folder}`, which is handed out: move one of them")]
    Overlap {
        /// The hidden path.
        hidden: String,
        /// The public one.
        folder: String,
    },
    /// A link in a folder that is handed out leads to something that is not.
    #[error(
        "the link `{link}` is handed out and leads to `{target}`, which is not: put a copy in its place"
    )]
    Link {
        /// The link.
        link: String,
        /// What it says.
        target: String,
    },
    /// The file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Packs what a candidate may have: the brief, the OpenAPI document, starters, public checks and the
/// seeds that the brief names.
///
/// # Errors
/// When something hidden lies in what is handed out, when files cannot be read or written.
pub fn candidate(challenge: &Challenge, out: &Path) -> Result<Packed, PackError> {
    let public = challenge.public();
    if public.file.checks.is_empty() {
        let challenge = challenge.id().to_owned();
        return Err(PackError::NothingPublic { challenge });
    }
    overlap::look(challenge, &public)?;
    let files = snapshot(challenge)?;
    let mut archive = Archive::begin(out, &format!("{}-public", challenge.id()))?;
    add_skills(&mut archive, challenge)?;
    archive.text(
        &format!("{}/{CHALLENGE_FILE}", challenge.id()),
        &public.yaml(),
    )?;
    archive.files(&files, challenge.id(), |path| public.has(Path::new(path)))?;
    Ok(Packed {
        paths: archive.finish()?,
        left_out: public.left_out,
    })
}

/// Packs all of it.
///
/// # Errors
/// When files cannot be read or written.
pub fn whole(challenge: &Challenge, out: &Path) -> Result<Packed, PackError> {
    let files = snapshot(challenge)?;
    let mut archive = Archive::begin(out, &format!("{}-full", challenge.id()))?;
    add_skills(&mut archive, challenge)?;
    archive.files(&files, challenge.id(), |_| true)?;
    Ok(Packed {
        paths: archive.finish()?,
        left_out: Vec::new(),
    })
}

fn snapshot(challenge: &Challenge) -> Result<Snapshot, PackError> {
    Snapshot::of_folder(&challenge.dir, LIMITS).map_err(PackError::Files)
}

fn add_skills(archive: &mut Archive, challenge: &Challenge) -> Result<(), PackError> {
    let dir = std::path::absolute(&challenge.dir).unwrap_or_else(|_| challenge.dir.clone());
    let Some(path) = dir.parent().map(|parent| parent.join(SKILLS)) else {
        return Ok(());
    };
    match fs::read_to_string(&path) {
        Ok(text) => archive.text(SKILLS, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(PackError::Skills { path, source }),
    }
}
