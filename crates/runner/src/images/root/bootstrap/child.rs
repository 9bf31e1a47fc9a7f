//! Runs a program of the host that may take long.

use std::{io, process::Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::BootstrapError;
use crate::classic::Tail;

/// Runs it to its end, telling what it prints to standard error.
pub(super) async fn run(
    program: &'static str,
    mut command: Command,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<(), BootstrapError> {
    let start = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => BootstrapError::NoProgram,
        _ => BootstrapError::Start { program, source },
    };
    command
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = Ended(command.spawn().map_err(start)?);
    let mut log = Tail::default();
    if let Some(printed) = child.0.stderr.take() {
        let mut lines = BufReader::new(printed).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line);
            tell(&line);
            log.push(&line);
        }
    }
    let status = child.0.wait().await.map_err(start)?;
    if status.success() {
        Ok(())
    } else {
        Err(BootstrapError::Failed {
            program,
            status: status.to_string(),
            log: log.finish(),
        })
    }
}

/// Ends a program that is no longer waited for, in a way that lets it take away what it made.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Without an id it has been waited for.
        if let Some(id) = self.0.id().and_then(|id| i32::try_from(id).ok())
            && let Some(id) = Pid::from_raw(id)
        {
            let _ = kill_process(id, Signal::TERM);
        }
    }
}
