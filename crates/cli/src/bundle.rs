//! Packed challenges: those in this program, and those that somebody packed.
//!
//! They are unpacked once, into the user's cache, under a name made of what is in them: whole, or not
//! at all.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use runner::snapshot::{Snapshot, SnapshotError, SubmissionLimits};
use thiserror::Error;

/// The challenges and image recipes of this program's repository, packed when it was built.
const BUNDLED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bundled.tar.gz"));

/// Seeds and hidden suites may be large; a bomb is larger.
const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 100_000,
    bytes: 4 << 30,
};

/// Why a bundle cannot be used.
#[derive(Debug, Error)]
pub(crate) enum BundleError {
    /// It is no archive, or a hostile one.
    #[error("the bundle {} cannot be unpacked", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: SnapshotError,
    },
    /// Nobody says where caches are kept.
    #[error("there is no folder for caches: set XDG_CACHE_HOME or HOME")]
    NoCache,
    /// The cache cannot be written to.
    #[error("the cache {} cannot be written to", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The folder with what is in this program: `challenges` and `runner-images`.
pub(crate) fn bundled() -> Result<PathBuf, BundleError> {
    let cache = cache()?;
    let write = |source| BundleError::Write {
        path: cache.clone(),
        source,
    };
    let mut file = tempfile::Builder::new()
        .suffix(".tar.gz")
        .tempfile_in(&cache)
        .map_err(write)?;
    io::Write::write_all(&mut file, BUNDLED).map_err(write)?;
    unpacked_into(&cache, file.path())
}

/// The folder with what somebody packed.
pub(crate) fn unpacked(bundle: &Path) -> Result<PathBuf, BundleError> {
    unpacked_into(&cache()?, bundle)
}

fn unpacked_into(cache: &Path, bundle: &Path) -> Result<PathBuf, BundleError> {
    let read = |source| BundleError::Read {
        path: bundle.to_owned(),
        source,
    };
    let write = |source| BundleError::Write {
        path: cache.to_owned(),
        source,
    };
    let snapshot = Snapshot::of_path(bundle, LIMITS).map_err(read)?;
    let digest = snapshot.digest();
    let name = digest.rsplit(':').next().unwrap_or(digest);
    let folder = cache.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let whole = tempfile::tempdir_in(cache).map_err(write)?;
    snapshot.unpack_into(whole.path()).map_err(read)?;
    match fs::rename(whole.path(), &folder) {
        Ok(()) => {
            // It is no longer there under its own name.
            let _ = whole.keep();
            Ok(folder)
        }
        // Another process was first.
        Err(_) if folder.is_dir() => Ok(folder),
        Err(source) => Err(write(source)),
    }
}

/// The folder of our caches, made if it is not there.
pub(crate) fn cache() -> Result<PathBuf, BundleError> {
    let set = |name: &str| {
        let path = env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let caches = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let path = caches.ok_or(BundleError::NoCache)?.join("tryout");
    fs::create_dir_all(&path).map_err(|source| BundleError::Write {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}
