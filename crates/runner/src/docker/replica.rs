//! A second instance of the submission: the same image, services and limits, in a namespace of its own.

use std::net::SocketAddr;

use tokio::sync::Mutex;

use super::{
    SandboxError,
    app::{self, Made, Process, ROLE as APP, Started},
    ended,
    holder::Holder,
    log as lines, readiness, reset,
    sandbox::DockerSandbox,
};
use crate::{AppFailure, AppState, LogTail, Replica, RunnerError};

/// What its container is called in labels of ours, names and messages.
pub(super) const ROLE: &str = "replica";

/// Room for one.
#[derive(Debug)]
pub(super) struct Replicable {
    holder: Holder,
    /// Where it is reached.
    address: SocketAddr,
    /// None as long as it was never wanted.
    container: Mutex<Option<String>>,
}

impl Replicable {
    pub(super) fn new(holder: Holder, address: SocketAddr) -> Self {
        Self {
            holder,
            address,
            container: Mutex::default(),
        }
    }

    /// Its container, once it is made.
    pub(super) fn made(&self) -> Option<String> {
        self.container.try_lock().ok()?.clone()
    }
}

/// Starts it, unless it runs, and waits for its answer.
pub(super) async fn start(sandbox: &DockerSandbox) -> Result<Replica, RunnerError> {
    let room = room(sandbox)?;
    let (site, spec, control) = (&sandbox.site, &sandbox.spec, &sandbox.control);
    let mut standing = room.container.lock().await;
    let container = match &*standing {
        Some(container) => container.clone(),
        None => match Box::pin(make(sandbox, room)).await? {
            Made::Container(container) => standing.insert(container).clone(),
            Made::Refused { exit } => return Ok(refused(exit, LogTail::default())),
        },
    };
    let state = ended::state(site, ROLE, &container).await?;
    if state.running == Some(true) {
        return Ok(Replica::Ready(room.address));
    }
    let started = app::start(site, spec, &room.holder, (ROLE, &container), control);
    if let Started::Refused { exit } = started.await? {
        let log = lines::tail(site.docker(), ROLE, &container).await?;
        return Ok(refused(exit, log));
    }
    let ready = readiness::of_app(
        site,
        &spec.app,
        room.address,
        &room.holder,
        (ROLE, &container),
    );
    Ok(match ready.await? {
        Ok(()) => Replica::Ready(room.address),
        Err(failure) => Replica::Refused(failure),
    })
}

pub(super) async fn state(sandbox: &DockerSandbox) -> Result<AppState, RunnerError> {
    let container = container(sandbox).await?;
    let state = ended::state(&sandbox.site, ROLE, &container).await?;
    Ok(ended::of_app(&state))
}

pub(super) async fn log(sandbox: &DockerSandbox) -> Result<LogTail, RunnerError> {
    let container = container(sandbox).await?;
    Ok(lines::tail(sandbox.site.docker(), ROLE, &container).await?)
}

/// Ends it, if it runs.
pub(super) async fn end(sandbox: &DockerSandbox) -> Result<(), RunnerError> {
    let Some(room) = &sandbox.replica else {
        return Ok(());
    };
    if let Some(container) = &*room.container.lock().await {
        reset::end(&sandbox.site, ROLE, container).await?;
    }
    Ok(())
}

async fn make(sandbox: &DockerSandbox, room: &Replicable) -> Result<Made, SandboxError> {
    let (site, spec) = (&sandbox.site, &sandbox.spec);
    let image = sandbox.facts.images.get(APP).cloned().unwrap_or_default();
    let mold = match app::mold(site, spec, &image).await? {
        Ok(mold) => mold,
        Err(exit) => return Ok(Made::Refused { exit }),
    };
    let process = Process {
        role: ROLE,
        command: spec.app.setup.start(),
    };
    Box::pin(app::make(
        site,
        spec,
        &room.holder,
        &mold,
        process,
        &sandbox.control,
    ))
    .await
}

fn refused(exit: String, log: LogTail) -> Replica {
    Replica::Refused(AppFailure::DiedAtStart { exit, log })
}

fn room(sandbox: &DockerSandbox) -> Result<&Replicable, RunnerError> {
    sandbox.replica.as_ref().ok_or(RunnerError::NoReplicas)
}

async fn container(sandbox: &DockerSandbox) -> Result<String, RunnerError> {
    let container = room(sandbox)?.container.lock().await.clone();
    container.ok_or(RunnerError::NoReplicas)
}
