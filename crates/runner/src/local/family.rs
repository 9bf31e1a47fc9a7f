//! All processes that came of one that we started, and their end.
//!
//! They are told by what is certain: the session and the group of the first, as long as it holds its
//! id; who is whose child; and a mark in the environment, which also those keep that leave the session
//! and outlive their parents. Never by a name. Each is signalled only as the process that was seen,
//! not as whoever has its id later.

use std::{collections::BTreeSet, fs, time::Duration};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::mark::MARK;
use crate::lease::{Process, Seen};

/// How often all are looked for again and killed.
const ROUNDS: u32 = 200;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// How the processes of a family are known.
#[derive(Clone, Copy)]
pub(super) struct Family<'a> {
    /// The first of them, which leads its session.
    pub(super) leader: Option<&'a Process>,
    /// Whether this is what a variable of the environment says of them.
    pub(super) is_marked: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Family<'_> {
    /// Those that run.
    pub(super) fn members(&self) -> Vec<Process> {
        let all = Seen::all();
        let us = std::process::id();
        let holds = |leader: &&Process| all.iter().any(|seen| seen.process == **leader);
        let leader = self.leader.filter(holds).map(Process::id);
        let mut ids: BTreeSet<u32> = all
            .iter()
            .filter(|seen| {
                let is_of =
                    |id: u32| seen.process.id() == id || seen.session == id || seen.group == id;
                leader.is_some_and(is_of) || self.marks(&seen.process)
            })
            .map(|seen| seen.process.id())
            .collect();
        // Children of children, to the last.
        loop {
            let is_new =
                |seen: &&Seen| ids.contains(&seen.parent) && !ids.contains(&seen.process.id());
            let more: Vec<u32> = all.iter().filter(is_new).map(|s| s.process.id()).collect();
            if more.is_empty() {
                break;
            }
            ids.extend(more);
        }
        let is_one = |seen: &Seen| {
            let id = seen.process.id();
            !seen.is_over && id != us && id != 1 && ids.contains(&id)
        };
        let members = all.into_iter().filter(is_one);
        members.map(|seen| seen.process).collect()
    }

    fn marks(&self, process: &Process) -> bool {
        // That of a process of somebody else cannot be read.
        let Ok(environment) = fs::read(format!("/proc/{}/environ", process.id())) else {
            return false;
        };
        let mark = environment.split(|&byte| byte == 0).find_map(|variable| {
            let variable = std::str::from_utf8(variable).ok()?;
            variable.strip_prefix(MARK)?.strip_prefix('=')
        });
        mark.is_some_and(self.is_marked)
    }

    /// Asks them to end, and kills what has not ended by then; gives how many are left.
    pub(super) async fn end(&self, politely: Signal, patience: Duration) -> usize {
        let members = self.members();
        if members.is_empty() {
            return 0;
        }
        let group = self.leader.map(Process::id);
        let of_group = members.iter().filter(|member| {
            let seen = Seen::of(member.id());
            seen.is_some_and(|seen| Some(seen.group) == group)
        });
        of_group.for_each(|member| send(member, politely));
        let waiting = async {
            while !self.members().is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        if tokio::time::timeout(patience, waiting).await.is_ok() && !any_alive(&members) {
            return 0;
        }
        for _ in 0..ROUNDS {
            if self.kill(&members) == 0 {
                return 0;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.members().len()
    }

    /// Kills them at once.
    pub(super) fn end_now(&self) {
        for _ in 0..ROUNDS {
            if self.kill(&[]) == 0 {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Kills those that are there, and those that were; gives how many there were.
    fn kill(&self, earlier: &[Process]) -> usize {
        let mut members = self.members();
        let more = earlier.iter().filter(|member| member.is_alive());
        members.extend(more.cloned());
        for member in &members {
            send(member, Signal::KILL);
        }
        members.len()
    }
}

fn any_alive(processes: &[Process]) -> bool {
    processes.iter().any(Process::is_alive)
}

/// Signals a process unless it is gone. Between the look and the signal it is held by a descriptor,
/// so that nobody else can be hit.
fn send(process: &Process, signal: Signal) {
    let id = i32::try_from(process.id()).ok().and_then(Pid::from_raw);
    let Some(Ok(held)) = id.map(|id| pidfd_open(id, PidfdFlags::empty())) else {
        return;
    };
    if process.is_alive() {
        // It may have ended just now.
        let _ = pidfd_send_signal(&held, signal);
    }
}
