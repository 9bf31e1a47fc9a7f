//! What runs that died have left on this host.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::Signal;

use super::{
    family::Family,
    mark::{self, Recorded},
};
use crate::{lease::Process, temp};

/// Between the request to end and the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends the processes whose makers are gone and removes their folders; says how many and which.
pub(crate) async fn remove_dead() -> (usize, Vec<PathBuf>) {
    let mut ended = 0;
    for folder in temp::dead() {
        ended += end_recorded(&folder).await;
    }
    // Those that have left their session, and those without a folder.
    ended += end(None, &mark::is_dead, Signal::TERM).await;
    (ended, temp::remove_dead())
}

/// Those that were recorded in a folder.
async fn end_recorded(folder: &Path) -> usize {
    let mut ended = 0;
    // What others wrote might name any process.
    if !temp::is_ours(folder) {
        return ended;
    }
    for Recorded { process, politely } in mark::recorded(folder) {
        // The system may have given its id to another by now.
        if process.is_alive() {
            ended += end(Some(&process), &|_| false, politely).await;
        }
    }
    ended
}

/// How many there were.
async fn end(
    leader: Option<&Process>,
    is_marked: &(dyn Fn(&str) -> bool + Sync),
    politely: Signal,
) -> usize {
    let family = Family { leader, is_marked };
    let there = family.members().len();
    if there > 0 {
        let left = family.end(politely, PATIENCE).await;
        return there.saturating_sub(left);
    }
    0
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::{fs::symlink, process::CommandExt as _},
        process::{Child, Command},
    };

    use super::*;

    /// A process that leads a group of its own, and what the system says of it.
    fn sleeper() -> (Child, String) {
        let mut command = Command::new("sleep");
        let child = command.arg("600").process_group(0).spawn().unwrap();
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        (child, stat)
    }

    fn record(folder: &Path, stat: &str) {
        fs::create_dir_all(folder.join("processes")).unwrap();
        fs::write(mark::record(folder, "app"), format!("{stat}15\n")).unwrap();
    }

    #[tokio::test]
    async fn who_was_recorded_is_ended_and_who_has_its_id_now_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, stat) = sleeper();
        let started = stat.rsplit_once(')').unwrap().1;
        let started = started.split_ascii_whitespace().nth(19).unwrap();
        let earlier = started.parse::<u64>().unwrap() - 1;
        let of_an_earlier = stat.replace(started, &earlier.to_string());
        record(folder.path(), &of_an_earlier);
        assert_eq!(end_recorded(folder.path()).await, 0);
        assert!(
            child.try_wait().unwrap().is_none(),
            "somebody else was ended"
        );
        record(folder.path(), &stat);
        assert_eq!(end_recorded(folder.path()).await, 1);
        assert!(child.wait().unwrap().code().is_none());
    }

    #[tokio::test]
    async fn what_a_folder_of_somebody_else_says_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, stat) = sleeper();
        record(folder.path(), &stat);
        let link = folder.path().join("link");
        symlink(folder.path(), &link).unwrap();
        assert_eq!(end_recorded(&link).await, 0);
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(folder.path(), Some(65_534), None).unwrap();
            assert_eq!(end_recorded(folder.path()).await, 0);
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "somebody's word was taken"
        );
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
