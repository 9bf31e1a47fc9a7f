//! Who made a thing on the engine, and whether that maker is still there.
//!
//! Everything made carries four labels. A maker on this host is dead when its process is gone; of a
//! maker on another host nothing can be seen, so that its things are dead only when their lease has
//! run out. A thing without all labels was made by somebody else and is never dead.

mod host;
mod process;

use std::{
    collections::HashMap,
    hash::BuildHasher,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::RunId;

pub use process::Process;
pub(crate) use process::Seen;

/// The run that a thing belongs to.
pub const RUN_LABEL: &str = "tryout.run";
/// The sandbox that a thing belongs to, beside its run; what a run makes for all has none.
pub const SANDBOX_LABEL: &str = "tryout.sandbox";
/// The host that the maker ran on, as a digest.
pub const HOST_LABEL: &str = "tryout.host";
/// The maker's process: its id and its start time.
pub const OWNER_LABEL: &str = "tryout.owner";
/// When the thing may be removed by anybody, in seconds since 1970.
pub const LEASE_LABEL: &str = "tryout.lease";

/// How long a run's things are left alone by other hosts; far longer than any run may take.
const LEASE: Duration = Duration::from_hours(12);

/// The maker of things: this process on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    host: String,
    owner: Process,
    expires: u64,
}

impl Lease {
    /// A lease of this process, from now on.
    pub fn of_this_process() -> Self {
        Self {
            host: host::digest(),
            owner: Process::current(),
            expires: unix_now() + LEASE.as_secs(),
        }
    }

    /// The labels of one run's things.
    pub fn labels(&self, run: &RunId) -> HashMap<String, String> {
        HashMap::from([
            (RUN_LABEL.to_owned(), run.as_str().to_owned()),
            (HOST_LABEL.to_owned(), self.host.clone()),
            (OWNER_LABEL.to_owned(), self.owner.to_string()),
            (LEASE_LABEL.to_owned(), self.expires.to_string()),
        ])
    }
}

/// Whether the maker of a thing with these labels is gone.
pub fn is_dead<S: BuildHasher>(labels: &HashMap<String, String, S>) -> bool {
    is_dead_seen_from(&host::digest(), unix_now(), labels)
}

/// Whether a thing with these labels was made on this host by a process that is gone.
pub(crate) fn is_dead_here<S: BuildHasher>(labels: &HashMap<String, String, S>) -> bool {
    labels.get(HOST_LABEL).map(String::as_str) == Some(&*host::digest()) && is_dead(labels)
}

fn is_dead_seen_from<S: BuildHasher>(
    here: &str,
    now: u64,
    labels: &HashMap<String, String, S>,
) -> bool {
    let (Some(host), Some(owner), Some(lease), true) = (
        labels.get(HOST_LABEL),
        labels.get(OWNER_LABEL),
        labels.get(LEASE_LABEL).and_then(|l| l.parse::<u64>().ok()),
        labels.contains_key(RUN_LABEL),
    ) else {
        return false;
    };
    if host == here
        && let Ok(owner) = owner.parse::<Process>()
    {
        return !owner.is_alive();
    }
    lease < now
}

fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    use std::process::{Child, Command, Stdio};

    fn labels_of(process: &Process) -> HashMap<String, String> {
        let lease = Lease {
            owner: process.clone(),
            ..Lease::of_this_process()
        };
        lease.labels(&RunId::random())
    }

    #[test]
    fn own_things_are_alive() {
        let labels = Lease::of_this_process().labels(&RunId::random());
        assert!(!is_dead(&labels));
    }

    /// A child that ends when its standard input is closed.
    fn child() -> (Child, Process) {
        let child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::of(child.id()).unwrap();
        (child, process)
    }

    #[test]
    fn a_child_is_alive_until_it_is_killed() {
        let (mut child, process) = child();
        let labels = labels_of(&process);
        assert!(!is_dead(&labels));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_dead(&labels));
    }

    #[test]
    fn a_child_that_ended_is_dead_before_it_is_waited_for() {
        let (mut child, process) = child();
        let labels = labels_of(&process);
        drop(child.stdin.take());
        let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(id), ended).unwrap();
        assert!(is_dead(&labels), "a zombie owns nothing");
        child.wait().unwrap();
    }

    #[test]
    fn a_process_id_in_use_again_is_another_process() {
        let (id, start) = Process::current()
            .to_string()
            .split_once('-')
            .map(|(id, start)| (id.to_owned(), start.parse::<u64>().unwrap()))
            .unwrap();
        let mut labels = Lease::of_this_process().labels(&RunId::random());
        labels.insert(OWNER_LABEL.to_owned(), format!("{id}-{}", start - 1));
        assert!(is_dead(&labels));
    }

    #[test]
    fn another_hosts_things_are_dead_only_when_their_lease_is_over() {
        let labels = Lease::of_this_process().labels(&RunId::random());
        let lease: u64 = labels[LEASE_LABEL].parse().unwrap();
        assert!(!is_dead_seen_from("elsewhere", lease, &labels));
        assert!(is_dead_seen_from("elsewhere", lease + 1, &labels));
        assert!(!is_dead_seen_from(&host::digest(), lease + 1, &labels));
    }

    #[test]
    fn things_of_others_are_never_dead() {
        let (mut child, process) = child();
        child.kill().unwrap();
        child.wait().unwrap();
        let labels = labels_of(&process);
        assert!(is_dead(&labels));
        for missing in [RUN_LABEL, HOST_LABEL, OWNER_LABEL, LEASE_LABEL] {
            let mut fewer = labels.clone();
            fewer.remove(missing);
            assert!(!is_dead(&fewer), "without {missing}");
        }
        assert!(!is_dead(&HashMap::new()));
    }
}
