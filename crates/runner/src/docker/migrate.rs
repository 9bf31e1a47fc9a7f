//! The submission's migration: a container like the app's, with another command, that is to end well
//! before the app is started.

use super::{
    SandboxError,
    app::{self, Started},
    ended,
    holder::Holder,
    log,
    site::Site,
    teardown,
};
use crate::{AppFailure, LogTail, SandboxSpec};

/// What its container is called in labels of ours, names and messages.
pub(super) const ROLE: &str = "migrate";

/// Runs a container that was made for it and removes it; in the inner error, why the app cannot be
/// started.
pub(super) async fn run(
    site: &Site,
    spec: &SandboxSpec,
    holder: &Holder,
    container: &str,
    control: &str,
) -> Result<Result<LogTail, AppFailure>, SandboxError> {
    let started = app::start(site, spec, holder, (ROLE, container), control);
    if let Started::Refused { exit } = started.await? {
        let log = LogTail::default();
        return Ok(Err(AppFailure::MigrationFailed { exit, log }));
    }
    let within = spec.app.migrate_within;
    tokio::select! {
        biased;
        () = ended::wait(site.docker(), container) => {}
        () = tokio::time::sleep(within) => {}
    }
    let state = ended::state(site, ROLE, container).await?;
    let log = log::tail(site.docker(), ROLE, container).await?;
    teardown::remove_container(&site.engine, container).await?;
    Ok(if state.running == Some(true) {
        Err(AppFailure::MigrationTooLong { within, log })
    } else if state.exit_code == Some(0) {
        Ok(log)
    } else {
        let exit = ended::in_words(&state);
        Err(AppFailure::MigrationFailed { exit, log })
    })
}
