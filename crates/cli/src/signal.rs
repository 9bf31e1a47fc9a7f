//! Ctrl-C and SIGTERM end the work; what was made is removed before the process ends.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Does the work unless a signal comes first; the work is dropped then.
pub(crate) async fn unless_stopped<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        done = work => Ok(done),
        stopped = first() => Err(stopped),
    }
}

/// The first signal that asks to stop, or why none can be heard.
pub(crate) async fn first() -> Failure {
    match listen().await {
        Ok((name, number)) => Failure::Stopped {
            name,
            code: 128 + number,
        },
        Err(error) => Failure::Ours(format!("cannot listen for signals: {error}")),
    }
}

async fn listen() -> std::io::Result<(&'static str, u8)> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = interrupt.recv() => ("Ctrl-C", 2),
        _ = terminate.recv() => ("SIGTERM", 15),
        _ = hang_up.recv() => ("SIGHUP", 1),
    })
}
