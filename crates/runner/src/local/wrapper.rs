//! How a program is started so that it stands alone: in a session of its own, recorded, with limits,
//! as somebody who is not root.

use std::{ffi::OsString, fs, os::unix::fs::MetadataExt as _, path::Path, path::PathBuf};

use rustix::process::{Resource, Signal, geteuid, getrlimit};

use super::{LocalError, mark::RECORD, search::Search};
use crate::lease::Seen;

/// Of processor time, for one process: what is forgotten does not run for ever.
const PROCESSOR_SECONDS: u64 = 3600;
/// Limits of processes count all of a user's, whose other programs may start some meanwhile.
const OTHERS: u64 = 512;

/// What a process may use. None of it is counted for several processes together but their number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// In bytes.
    pub(super) memory: u64,
    /// Processes and threads.
    pub(super) processes: u32,
    pub(super) open_files: Option<u32>,
}

/// Somebody who runs servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl User {
    /// Whom servers are run as: nobody else unless we are root.
    pub(super) fn of_servers() -> Result<Option<Self>, LocalError> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::named(name, &users));
        found.map(Some).ok_or(LocalError::NobodyElse)
    }

    fn named(name: &str, users: &str) -> Option<Self> {
        let mut users = users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>());
        let fields = users.find(|fields| fields.first() == Some(&name))?;
        let number = |place: usize| fields.get(place)?.parse().ok();
        let (uid, gid) = (number(2)?, number(3)?);
        (uid != 0).then_some(Self { uid, gid })
    }
}

/// The programs that it takes.
#[derive(Debug, Clone)]
pub(super) struct Wrapper {
    setsid: PathBuf,
    prlimit: PathBuf,
    setpriv: PathBuf,
}

impl Wrapper {
    pub(super) fn find(search: &Search) -> Result<Self, LocalError> {
        let find = |name: &'static str| {
            search
                .program(&[name])
                .ok_or_else(|| LocalError::NotInstalled {
                    what: format!("the program `{name}`"),
                    needed_by: "the local backend".to_owned(),
                    packages: "util-linux".to_owned(),
                })
        };
        Ok(Self {
            setsid: find("setsid")?,
            prlimit: find("prlimit")?,
            setpriv: find("setpriv")?,
        })
    }

    /// The words that start a program so. Each program in them takes the place of the one before.
    pub(super) fn words(
        &self,
        record: &Path,
        politely: Signal,
        limits: Option<Limits>,
        user: Option<User>,
        program: &[OsString],
    ) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![self.setsid.clone().into()];
        words.extend(["/bin/sh", "-c", RECORD, "sh"].map(OsString::from));
        words.push(record.into());
        words.push(politely.as_raw().to_string().into());
        words.push(self.prlimit.clone().into());
        words.extend(options(limits).into_iter().map(OsString::from));
        words.push("--".into());
        if let Some(User { uid, gid }) = user {
            words.push(self.setpriv.clone().into());
            let options = [
                format!("--reuid={uid}"),
                format!("--regid={gid}"),
                "--clear-groups".to_owned(),
                "--".to_owned(),
            ];
            words.extend(options.map(OsString::from));
        }
        words.extend_from_slice(program);
        words
    }
}

/// As `prlimit` takes them.
fn options(limits: Option<Limits>) -> Vec<String> {
    let mut options = vec!["--core=0:0".to_owned()];
    let Some(limits) = limits else {
        return options;
    };
    let mut limit = |name: &str, resource, value: u64| {
        // Nobody may raise what they have been given.
        let value = getrlimit(resource)
            .maximum
            .map_or(value, |most| most.min(value));
        options.push(format!("--{name}={value}:{value}"));
    };
    limit("cpu", Resource::Cpu, PROCESSOR_SECONDS);
    limit("data", Resource::Data, limits.memory);
    if let Some(count) = limits.open_files {
        limit("nofile", Resource::Nofile, count.into());
    }
    // The system counts nothing for root.
    if !geteuid().is_root() {
        let count = of_this_user() + u64::from(limits.processes) + OTHERS;
        limit("nproc", Resource::Nproc, count);
    }
    options
}

/// Threads of all that our user runs, which a limit counts too.
fn of_this_user() -> u64 {
    let us = geteuid().as_raw();
    let ours = Seen::all().into_iter().filter(|seen| {
        let owner = fs::metadata(format!("/proc/{}", seen.process.id()));
        owner.is_ok_and(|owner| owner.uid() == us)
    });
    ours.map(|seen| u64::from(seen.threads)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_and_never_root() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:a,b:/var:/bin/bash\nodd:x:x\n";
        let postgres = User { uid: 101, gid: 104 };
        assert_eq!(User::named("postgres", users), Some(postgres));
        for name in ["root", "odd", "nobody"] {
            assert_eq!(User::named(name, users), None);
        }
    }
}
