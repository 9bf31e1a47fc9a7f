//! A report as files: each whole, or not there at all.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use thiserror::Error;

use crate::{model::Report, render};

/// A kind of report file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For programs: `report.json`, from which the others can be made again.
    Json,
    /// For people: `report.html`, one file that needs nothing else.
    Html,
    /// For a comment on a pull request: `report.md`.
    Markdown,
    /// For a CI server: `junit.xml`.
    Junit,
}

/// A report file that could not be made.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The report has no form in that format.
    #[error("cannot render {name}")]
    Render {
        /// The file's name.
        name: &'static str,
        /// Why.
        #[source]
        source: render::RenderError,
    },
    /// The folder is not there and cannot be made.
    #[error("cannot create the report's folder {}", path.display())]
    CreateFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The content cannot be written into the folder.
    #[error("cannot write {} into its folder", path.display())]
    WriteFile {
        /// The file that was to be.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The content is written, but cannot take the place of what bears its name.
    #[error("cannot put {} in place", path.display())]
    PlaceFile {
        /// The file that was to be.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Format {
    /// Every format, in the order in which a person would name them.
    pub const ALL: [Self; 4] = [Self::Json, Self::Html, Self::Markdown, Self::Junit];

    /// The file's name inside the report's folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Html => "report.html",
            Self::Markdown => "report.md",
            Self::Junit => "junit.xml",
        }
    }

    /// The file's content.
    ///
    /// # Errors
    /// The report has no form in that format.
    pub fn render(self, report: &Report) -> Result<String, render::RenderError> {
        match self {
            Self::Json => Ok(report.to_json()),
            Self::Html => render::html::render(report),
            Self::Markdown => Ok(render::markdown::render(report)),
            Self::Junit => render::junit::render(report),
        }
    }
}

/// Writes `report` into the folder `dir`, which is made if it is not there, and returns the files'
/// paths in the order of `formats`. All files are complete on the disk before the first takes its
/// name; an earlier report of the same name is replaced, anything else in the folder is left alone.
///
/// # Errors
/// The folder or a file cannot be written. A file that is named in the error is as it was before.
pub fn write_all(
    dir: &Path,
    report: &Report,
    formats: &[Format],
) -> Result<Vec<PathBuf>, WriteError> {
    let mut contents = Vec::with_capacity(formats.len());
    for &format in formats {
        let name = format.file_name();
        let content = format
            .render(report)
            .map_err(|source| WriteError::Render { name, source })?;
        contents.push((dir.join(name), content));
    }
    write_files(dir, contents)
}

/// Writes contents to their paths, all of which are in the folder `dir`: as [`write_all`] does.
pub(crate) fn write_files(
    dir: &Path,
    contents: Vec<(PathBuf, String)>,
) -> Result<Vec<PathBuf>, WriteError> {
    fs::create_dir_all(dir).map_err(|source| WriteError::CreateFolder {
        path: dir.to_owned(),
        source,
    })?;
    let mut staged = Vec::with_capacity(contents.len());
    for (path, content) in contents {
        match stage(dir, &content) {
            Ok(file) => staged.push((path, file)),
            Err(source) => return Err(WriteError::WriteFile { path, source }),
        }
    }
    let mut written = Vec::with_capacity(staged.len());
    for (path, file) in staged {
        if let Err(error) = file.persist(&path) {
            let source = error.error;
            return Err(WriteError::PlaceFile { path, source });
        }
        written.push(path);
    }
    sync_folder(dir);
    Ok(written)
}

/// Writes `content` to a file without a name that anybody looks for, down to the disk. The file
/// is removed unless it is put in place.
fn stage(dir: &Path, content: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".tryout-")
        .suffix(".part")
        // As any other file of the user's: the process's umask takes from it.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(dir)?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Brings the new names to the disk. Some file systems cannot do that for a folder; the files
/// themselves are whole either way.
fn sync_folder(dir: &Path) {
    if let Ok(folder) = File::open(dir) {
        let _ = folder.sync_all();
    }
}
