//! One process that we started, with all that comes of it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitId, WaitIdOptions, waitid},
};
use tokio::{io::AsyncReadExt as _, net::unix::pipe, sync::watch};

use super::{
    LocalError,
    family::Family,
    mark::{MARK, Mark},
    printed::Printed,
    wrapper::{Limits, User, Wrapper},
};
use crate::{
    LogTail, exit,
    lease::{Process, Seen},
    tail::Tail,
};

/// For what still stands in the pipe when a process has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// Whether it has ended is looked at so often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// Between the request to end and the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is to be started.
#[derive(Debug)]
pub(super) struct Order<'a> {
    /// What it is, in messages and marks.
    pub(super) role: &'a str,
    pub(super) program: Vec<OsString>,
    /// All of its environment but the mark.
    pub(super) environment: BTreeMap<String, OsString>,
    /// Where it is started.
    pub(super) folder: &'a Path,
    pub(super) limits: Option<Limits>,
    pub(super) user: Option<User>,
    /// What asks it to end.
    pub(super) politely: Signal,
    /// Where all that it prints is kept, beside its last lines.
    pub(super) printed: Option<Arc<Mutex<Printed>>>,
}

/// A process in a session of its own. Its id stays its own until [`Child::end`] has seen all that came
/// of it go.
#[derive(Debug)]
pub(super) struct Child {
    role: String,
    mark: Mark,
    leader: Option<Process>,
    id: u32,
    process: Mutex<Option<std::process::Child>>,
    /// The exit code, once its id is given away.
    over: OnceLock<i64>,
    politely: Signal,
    log: Arc<Mutex<Tail>>,
    /// Whether the pipe is at its end.
    heard_out: watch::Receiver<bool>,
}

impl Child {
    pub(super) fn start(
        wrapper: &Wrapper,
        record: &Path,
        mark: Mark,
        order: &Order<'_>,
    ) -> Result<Self, LocalError> {
        let failed = |source| LocalError::Spawn {
            role: order.role.to_owned(),
            source,
        };
        let words = wrapper.words(
            record,
            order.politely,
            order.limits,
            order.user,
            &order.program,
        );
        let (ours, theirs) = io::pipe().map_err(failed)?;
        let log = Arc::new(Mutex::new(Tail::default()));
        let pipe = pipe::Receiver::from_owned_fd(ours.into()).map_err(failed)?;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .env_clear()
            .envs(&order.environment)
            .env(MARK, mark.as_str())
            .current_dir(order.folder)
            .stdin(Stdio::null())
            .stdout(theirs.try_clone().map_err(failed)?)
            .stderr(theirs);
        let process = command.spawn().map_err(failed)?;
        drop(command);
        let leader = Seen::of(process.id()).map(|seen| seen.process);
        let (end, heard_out) = watch::channel(false);
        let printed = order.printed.clone();
        tokio::spawn(listen(pipe, Arc::clone(&log), printed, end));
        Ok(Self {
            role: order.role.to_owned(),
            mark,
            leader,
            id: process.id(),
            process: Mutex::new(Some(process)),
            over: OnceLock::new(),
            politely: order.politely,
            log,
            heard_out,
        })
    }

    /// Ends when the process itself has, or cannot be seen.
    pub(super) async fn ended(&self) {
        while matches!(self.exit_code(), Ok(None)) {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// How it ended, as an exit code; none while it runs.
    pub(super) fn exit_code(&self) -> Result<Option<i64>, LocalError> {
        if let Some(code) = self.over.get() {
            return Ok(Some(*code));
        }
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let id = i32::try_from(self.id).ok().and_then(Pid::from_raw);
        let seen = id.map_or(Err(Errno::CHILD), |id| waitid(WaitId::Pid(id), look));
        match seen {
            Ok(status) => Ok(status.map(|status| match status.terminating_signal() {
                Some(signal) => 128 + i64::from(signal),
                None => status.exit_status().map_or(-1, i64::from),
            })),
            // Another task has given its id away meanwhile.
            Err(_) if self.over.get().is_some() => Ok(self.over.get().copied()),
            Err(source) => Err(LocalError::Watch {
                role: self.role.clone(),
                source: source.into(),
            }),
        }
    }

    /// How it ended, in words; none while it runs.
    pub(super) fn exit(&self) -> Result<Option<String>, LocalError> {
        let code = self.exit_code()?;
        Ok(code.map(|code| exit::in_words(code, false)))
    }

    /// What it and its children printed last.
    pub(super) async fn log(&self) -> LogTail {
        if !matches!(self.exit_code(), Ok(None)) {
            let mut heard_out = self.heard_out.clone();
            let last = heard_out.wait_for(|&is_over| is_over);
            // A child of it may hold the pipe for ever.
            let _ = tokio::time::timeout(LAST_WORDS, last).await;
        }
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone().finish()
    }

    /// Ends it and all that came of it.
    pub(super) async fn end(&self) -> Result<(), LocalError> {
        let is_marked = |mark: &str| mark == self.mark.as_str();
        let left = self.family(&is_marked).end(self.politely, PATIENCE).await;
        if left > 0 {
            return Err(LocalError::StillThere {
                role: self.role.clone(),
                left,
            });
        }
        self.let_go();
        Ok(())
    }

    /// The same at once, without asking.
    pub(super) fn end_now(&self) {
        let is_marked = |mark: &str| mark == self.mark.as_str();
        self.family(&is_marked).end_now();
        self.let_go();
    }

    fn family<'a>(&'a self, is_marked: &'a (dyn Fn(&str) -> bool + Sync)) -> Family<'a> {
        Family {
            leader: self.leader.as_ref(),
            is_marked,
        }
    }

    /// Gives its id away: nothing that came of it is left.
    fn let_go(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut process) = process.take() {
            // It has ended, so that this does not wait.
            let code = process.wait().ok().map(|status| match status.signal() {
                Some(signal) => 128 + i64::from(signal),
                None => status.code().map_or(-1, i64::from),
            });
            let _ = self.over.set(code.unwrap_or(-1));
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let is_there = self
            .process
            .get_mut()
            .is_ok_and(|process| process.is_some());
        if is_there {
            self.end_now();
        }
    }
}

async fn listen(
    mut pipe: pipe::Receiver,
    log: Arc<Mutex<Tail>>,
    printed: Option<Arc<Mutex<Printed>>>,
    end: watch::Sender<bool>,
) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = pipe.read(&mut piece).await {
        if let Some(printed) = &printed {
            let mut printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
            printed.push(&piece[..read]);
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(&piece[..read]);
    }
    let _ = end.send(true);
}
