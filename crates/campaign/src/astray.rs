//! The reports of grades that were not as they must be: what was seen in one may not come again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use report::model::Report;

use crate::Record;

/// So many of a campaign are kept: who has more need not look at all of them.
const MOST: usize = 50;

/// Where they are kept, beside a journal.
pub(crate) fn folder(journal: &Path) -> PathBuf {
    journal.with_extension("astray")
}

/// Writes one, to be shown by `tryout report FILE`.
pub(crate) fn keep(folder: &Path, record: &Record, report: &Report) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.count() >= MOST {
        return Ok(());
    }
    let subject = record.subject.replace(':', "-");
    let key = record.key.get(..8).unwrap_or_default();
    fs::write(
        folder.join(format!("{subject}-{}-{key}.json", record.seed)),
        report.to_json(),
    )
}

/// Whether any are kept.
pub(crate) fn has_any(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

/// Removes what an earlier campaign has left; nothing else in the folder.
pub(crate) fn forget(folder: &Path) -> io::Result<()> {
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for file in files {
        let path = file?.path();
        if path.extension().is_some_and(|kind| kind == "json") {
            fs::remove_file(path)?;
        }
    }
    // It stays where it has something else.
    let _ = fs::remove_dir(folder);
    Ok(())
}
