//! How much a container writes beyond its image.
//!
//! Not every engine can bound it (on ext4, 20.10 refuses to), so it is looked at, and a container
//! that is beyond its limit is killed. What it may be beyond the limit is what it writes between two
//! looks.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bollard::{
    Docker,
    query_parameters::{InspectContainerOptionsBuilder, KillContainerOptions},
};
use tokio::task::AbortHandle;

/// The engine walks what was written, a few milliseconds for a small database.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Looks at one container until dropped.
#[derive(Debug)]
pub(super) struct DiskWatch {
    /// What was found when it was beyond the limit, in bytes.
    beyond: Arc<OnceLock<u64>>,
    limit: u64,
    looking: AbortHandle,
}

impl DiskWatch {
    /// Kills the container once it has written more than so many bytes.
    pub(super) fn start(docker: Docker, container: String, limit: u64) -> Self {
        let beyond = Arc::new(OnceLock::new());
        let found = Arc::clone(&beyond);
        let looking = tokio::spawn(async move {
            while let Some(written) = written(&docker, &container).await {
                if written > limit {
                    // First, so that whoever sees it dead knows why.
                    let _ = found.set(written);
                    let kill = docker.kill_container(&container, None::<KillContainerOptions>);
                    if let Err(error) = kill.await {
                        tracing::warn!(%error, container, "cannot be killed, beyond its disk limit");
                    }
                    return;
                }
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        });
        Self {
            beyond,
            limit,
            looking: looking.abort_handle(),
        }
    }

    /// In words, when it was beyond the limit.
    pub(super) fn verdict(&self) -> Option<String> {
        self.beyond.get().map(|written| {
            let limit = self.limit;
            format!("stopped after it had written {written} bytes to disk, more than {limit}")
        })
    }
}

impl Drop for DiskWatch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

/// What a container has written, in bytes; none when it is gone or the engine does not say.
async fn written(docker: &Docker, container: &str) -> Option<u64> {
    let options = InspectContainerOptionsBuilder::new().size(true).build();
    let inspected = docker.inspect_container(container, Some(options)).await;
    let inspected = inspected.ok()?;
    if inspected.state?.running != Some(true) {
        return None;
    }
    u64::try_from(inspected.size_rw?).ok()
}
