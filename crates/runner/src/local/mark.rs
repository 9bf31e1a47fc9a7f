//! What tells whose a process is: written into its environment, and beside its folder.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use rustix::process::Signal;

use crate::{
    RunId,
    lease::{self, HOST_LABEL, LEASE_LABEL, Lease, OWNER_LABEL, Process, RUN_LABEL, Seen},
};

/// The variable of the environment that all processes of a sandbox have.
pub(super) const MARK: &str = "TRYOUT_SANDBOX";
/// In the order in which they are written.
const LABELS: [&str; 4] = [HOST_LABEL, OWNER_LABEL, LEASE_LABEL, RUN_LABEL];
/// Folder of the records.
const FOLDER: &str = "processes";

/// Writes what the system says of the shell itself, which the program takes the place of, and only
/// then starts that: there is no moment at which a process runs that is not recorded. Of its
/// arguments, the first is the record's path, the second the signal that ends the program politely.
pub(super) const RECORD: &str = r#"read -r stat <"/proc/$$/stat" || exit 125
printf '%s\n%s\n' "$stat" "$2" >"$1" || exit 125
shift 2
exec "$@""#;

/// The mark of one process and what comes of it: `HOST:OWNER:LEASE:RUN:ROLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    pub(super) fn of(lease: &Lease, run: &RunId, role: &str) -> Self {
        let labels = lease.labels(run);
        let mut parts: Vec<_> = LABELS.iter().map(|label| labels[*label].as_str()).collect();
        parts.push(role);
        Self(parts.join(":"))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a mark is of a process whose maker was on this host and is gone.
pub(super) fn is_dead(mark: &str) -> bool {
    let parts: Vec<_> = mark
        .splitn(LABELS.len() + 1, ':')
        .map(str::to_owned)
        .collect();
    if parts.len() != LABELS.len() + 1 {
        return false;
    }
    let names = LABELS.iter().map(|label| (*label).to_owned());
    let labels: HashMap<_, _> = names.zip(parts).collect();
    lease::is_dead_here(&labels)
}

/// A process that was recorded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) process: Process,
    pub(super) politely: Signal,
}

/// Where a process of this role is recorded in a folder.
pub(super) fn record(folder: &Path, role: &str) -> PathBuf {
    folder.join(FOLDER).join(role)
}

/// Those that were recorded in a folder.
pub(super) fn recorded(folder: &Path) -> Vec<Recorded> {
    let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten();
    entries
        .filter_map(|entry| read(&fs::read_to_string(entry.ok()?.path()).ok()?))
        .collect()
}

fn read(text: &str) -> Option<Recorded> {
    let (stat, signal) = text.trim_end().rsplit_once('\n')?;
    Some(Recorded {
        process: Seen::parse(stat)?.process,
        politely: Signal::from_named_raw(signal.parse().ok()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_dead_when_its_maker_is() {
        let run = RunId::random();
        let mark = Mark::of(&Lease::of_this_process(), &run, "app");
        assert!(!is_dead(mark.as_str()));
        let id = std::process::id().to_string();
        let parts: Vec<_> = mark.as_str().split(':').collect();
        assert!(parts[1].starts_with(&id) && parts[4] == "app");
        // A process that had our id once.
        let dead = mark.as_str().replace(parts[1], &format!("{id}-1"));
        assert!(is_dead(&dead));
        let elsewhere = dead.replace(parts[0], "elsewhere");
        assert!(!is_dead(&elsewhere));
        assert!(!is_dead(dead.rsplit_once(':').unwrap().0));
        assert!(!is_dead(""));
    }

    #[test]
    fn a_record_is_read_back_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        fs::write(record(folder.path(), "app"), format!("{stat}15\n")).unwrap();
        fs::write(record(folder.path(), "half"), &stat).unwrap();
        fs::write(record(folder.path(), "none"), "").unwrap();
        let expected = Recorded {
            process: Process::current(),
            politely: Signal::TERM,
        };
        assert_eq!(recorded(folder.path()), [expected]);
        assert_eq!(recorded(&folder.path().join("nowhere")), []);
    }
}
