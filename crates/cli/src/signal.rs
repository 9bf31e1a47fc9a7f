//! Ctrl-C and SIGTERM end the work; what was made is removed before the process ends.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Does the work unless a signal comes first; the work is dropped then.
pub(crate) async fn unless_stopped<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let stopped = |name: &'static str, number: u8| Failure::Stopped {
        name,
        code: 128 + number,
    };
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::Ours(format!("cannot listen for signals: {error}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    tokio::select! {
        done = work => Ok(done),
        _ = interrupt.recv() => Err(stopped("Ctrl-C", 2)),
        _ = terminate.recv() => Err(stopped("SIGTERM", 15)),
        _ = hang_up.recv() => Err(stopped("SIGHUP", 1)),
    }
}
