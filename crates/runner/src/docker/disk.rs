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
    errors::Error as EngineError,
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
    docker: Docker,
    container: String,
    looking: AbortHandle,
}

impl DiskWatch {
    /// Kills the container once it has written more than so many bytes.
    pub(super) fn start(docker: Docker, container: String, limit: u64) -> Self {
        let beyond = Arc::new(OnceLock::new());
        let found = Arc::clone(&beyond);
        let watch = (docker.clone(), container.clone());
        let looking = tokio::spawn(async move {
            loop {
                let written = match written(&docker, &container).await {
                    Written::Bytes(written) => written,
                    // An engine that does not answer now may do so again.
                    Written::Untold => 0,
                    Written::Ended => return,
                };
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
            docker: watch.0,
            container: watch.1,
            looking: looking.abort_handle(),
        }
    }

    /// Whether it is beyond the limit, looked at now.
    pub(super) async fn is_beyond(&self) -> bool {
        if self.beyond.get().is_some() {
            return true;
        }
        let written = written(&self.docker, &self.container).await;
        matches!(written, Written::Bytes(written) if written > self.limit)
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

/// What is known of a container's writing.
enum Written {
    Bytes(u64),
    /// The engine did not say.
    Untold,
    /// It does not run.
    Ended,
}

async fn written(docker: &Docker, container: &str) -> Written {
    let options = InspectContainerOptionsBuilder::new().size(true).build();
    let inspected = match docker.inspect_container(container, Some(options)).await {
        Ok(inspected) => inspected,
        Err(EngineError::DockerResponseServerError {
            status_code: 404, ..
        }) => return Written::Ended,
        Err(_) => return Written::Untold,
    };
    let running = inspected.state.and_then(|state| state.running);
    if running != Some(true) {
        return Written::Ended;
    }
    match inspected.size_rw.map(u64::try_from) {
        Some(Ok(written)) => Written::Bytes(written),
        _ => Written::Untold,
    }
}
