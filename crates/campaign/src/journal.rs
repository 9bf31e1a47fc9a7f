//! What a proof has found out already, so that an interrupted one goes on where it was.
//!
//! A file of JSON lines that is only added to: first what it is about, then one line for each variant
//! that was graded, on the disk before the next begins. The end of a last line that was never finished
//! is cut off. What is about another challenge, another state of it or another version of this program
//! is not used.

use std::{
    collections::HashMap,
    fs::{self, File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use report::model::Report;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Record, astray};

/// Raised when lines change their meaning.
const FORMAT: u32 = 2;
/// A journal is far smaller; what is larger is none.
const MOST_BYTES: u64 = 256 << 20;

/// Why there is no journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another process proves the same challenge.
    #[error("another process is using the journal {}: wait for it, or name another with --journal", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be used.
    #[error("the journal {} cannot be {what}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `opened`, `read`, `written`, `removed`.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What a journal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    journal: u32,
    challenge: String,
    grounds: String,
    version: String,
    seed: u64,
}

/// A journal, locked for this process.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    seed: u64,
    kept: HashMap<String, Record>,
}

impl Journal {
    /// Opens the one at a path, or begins it. One that is there gives its seed and what it has, if it
    /// is about these grounds ([`crate::Grounds::of_any_grade`]) of this challenge and this version; else, and
    /// when `anew`, it begins again with `seed`.
    ///
    /// # Errors
    /// When another process has it, and when the file cannot be used.
    pub fn open(
        path: &Path,
        (challenge, grounds): (&str, &str),
        version: &str,
        seed: u64,
        anew: bool,
    ) -> Result<Self, JournalError> {
        let mut file = lock(path)?;
        let failed = |what| move |source| file_error(path, what, source);
        let mut head = Head {
            journal: FORMAT,
            challenge: challenge.to_owned(),
            grounds: grounds.to_owned(),
            version: version.to_owned(),
            seed,
        };
        let bytes = read(&mut file).map_err(failed("read"))?;
        let (found, records, end) = understood(&bytes);
        let ours = found.filter(|found| {
            Head {
                seed,
                ..found.clone()
            } == head
        });
        let mut kept = HashMap::new();
        if let (Some(found), false) = (ours, anew) {
            head.seed = found.seed;
            kept = records;
            cut(&mut file, end).map_err(failed("written"))?;
        } else {
            astray::forget(&astray::folder(path)).map_err(failed("written"))?;
            cut(&mut file, 0).map_err(failed("written"))?;
            line(&mut file, &head).map_err(failed("written"))?;
        }
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            seed: head.seed,
            kept,
        })
    }

    /// The seed that it was begun with.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many results it had when it was opened.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether it had none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// A result that it had when it was opened.
    pub(crate) fn get(&self, key: &str) -> Option<&Record> {
        self.kept.get(key)
    }

    /// Adds a result; it is on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&self, record: &Record) -> Result<(), JournalError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let end = file.stream_position();
        let written = line(&mut file, record);
        if let (Err(_), Ok(end)) = (&written, end) {
            // What comes next is not to stand behind half a line.
            let _ = cut(&mut file, end);
        }
        written.map_err(|source| file_error(&self.path, "written", source))
    }

    /// Keeps the report of a grade that was not as it must be, beside the journal, until that is begun anew.
    pub(crate) fn keep(&self, record: &Record, report: &Report) {
        let folder = astray::folder(&self.path);
        if let Err(error) = astray::keep(&folder, record, report) {
            tracing::warn!(%error, folder = %folder.display(), "a report cannot be kept");
        }
    }

    /// The folder of the reports of grades that were not as they must be, as `report.json` is; none where there are none.
    pub fn astray(&self) -> Option<PathBuf> {
        let folder = astray::folder(&self.path);
        astray::has_any(&folder).then_some(folder)
    }

    /// Removes it: there is nothing left to go on with.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self) -> Result<(), JournalError> {
        fs::remove_file(&self.path).map_err(|source| file_error(&self.path, "removed", source))
    }
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let failed = |source| file_error(path, "opened", source);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false);
    let file = file.open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn file_error(path: &Path, what: &'static str, source: io::Error) -> JournalError {
    JournalError::File {
        path: path.to_owned(),
        what,
        source,
    }
}

fn read(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.metadata()?.len() <= MOST_BYTES {
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The head, the results, and where the last whole line ends. A line that is damaged is passed over:
/// its variant is graded again.
fn understood(bytes: &[u8]) -> (Option<Head>, HashMap<String, Record>, u64) {
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let head = lines
        .next()
        .and_then(|line| serde_json::from_slice(line).ok());
    let records = lines
        .filter_map(|line| serde_json::from_slice::<Record>(line).ok())
        .map(|record| (record.key.clone(), record))
        .collect();
    (head, records, end as u64)
}

fn cut(file: &mut File, end: u64) -> io::Result<()> {
    file.set_len(end)?;
    file.seek(io::SeekFrom::Start(end))?;
    Ok(())
}

fn line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}
