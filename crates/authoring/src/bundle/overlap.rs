//! Whether something hidden lies in what is handed out.

use std::path::{Path, PathBuf};

use challenge_spec::{
    CHALLENGE_FILE, Challenge,
    model::Service,
    public::{Public, plain},
};

use super::PackError;

pub(super) fn look(challenge: &Challenge, public: &Public) -> Result<(), PackError> {
    let file = &challenge.file;
    let mut hidden: Vec<&Path> = vec![Path::new(CHALLENGE_FILE)];
    hidden.extend(file.solutions.values().map(PathBuf::as_path));
    hidden.extend(file.defects.iter().map(|defect| defect.patch.as_path()));
    let seeds = file.services.values().flat_map(Service::seed);
    hidden.extend(
        seeds
            .filter(|seed| !public.files.contains(seed))
            .map(PathBuf::as_path),
    );
    for folder in public.files.iter().chain(&public.folders) {
        for path in &hidden {
            let inside = plain(path).starts_with(plain(folder));
            // The other way round a starter would be a part of a solution: as open, but meant.
            if inside {
                return Err(PackError::Overlap {
                    hidden: path.display().to_string(),
                    folder: folder.display().to_string(),
                });
            }
        }
    }
    Ok(())
}
