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
    watched: Arc<Watched>,
    looking: AbortHandle,
}

#[derive(Debug)]
struct Watched {
    docker: Docker,
    container: String,
    limit: u64,
    /// What was found when it was beyond the limit, in bytes.
    beyond: OnceLock<u64>,
}

/// What a look found.
enum Look {
    Runs,
    /// It does not, and may be started again.
    Ended,
    Gone,
    /// The engine did not say.
    Untold,
}

impl DiskWatch {
    /// Kills the container once it has written more than so many bytes.
    pub(super) fn start(docker: Docker, container: String, limit: u64) -> Self {
        let watched = Arc::new(Watched {
            docker,
            container,
            limit,
            beyond: OnceLock::new(),
        });
        let watching = Arc::clone(&watched);
        let looking = tokio::spawn(async move { watching.watch().await });
        Self {
            watched,
            looking: looking.abort_handle(),
        }
    }

    /// Whether it went beyond the limit, looked at now: also one that has ended between two looks.
    pub(super) async fn is_beyond(&self) -> bool {
        self.watched.look().await;
        self.watched.beyond.get().is_some()
    }

    /// In words, when it was beyond the limit.
    pub(super) fn verdict(&self) -> Option<String> {
        let limit = self.watched.limit;
        self.watched.beyond.get().map(|written| {
            format!("stopped after it had written {written} bytes to disk, more than {limit}")
        })
    }
}

impl Drop for DiskWatch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

impl Watched {
    async fn watch(&self) {
        loop {
            match self.look().await {
                Look::Gone => return,
                Look::Runs if self.beyond.get().is_some() => return self.kill().await,
                // An engine that does not answer now may do so again.
                Look::Runs | Look::Ended | Look::Untold => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
        }
    }

    async fn kill(&self) {
        let container = &self.container;
        let options = None::<KillContainerOptions>;
        if let Err(error) = self.docker.kill_container(container, options).await {
            tracing::warn!(%error, container, "cannot be killed, beyond its disk limit");
        }
    }

    /// Takes it down when it is beyond the limit, before anybody kills it: whoever sees it dead knows why.
    async fn look(&self) -> Look {
        let options = InspectContainerOptionsBuilder::new().size(true).build();
        let inspecting = self
            .docker
            .inspect_container(&self.container, Some(options));
        let inspected = match inspecting.await {
            Ok(inspected) => inspected,
            Err(EngineError::DockerResponseServerError {
                status_code: 404, ..
            }) => return Look::Gone,
            Err(_) => return Look::Untold,
        };
        let written = inspected.size_rw.and_then(|size| u64::try_from(size).ok());
        if let Some(written) = written.filter(|written| *written > self.limit) {
            let _ = self.beyond.set(written);
        }
        match inspected.state.and_then(|state| state.running) {
            Some(true) => Look::Runs,
            _ => Look::Ended,
        }
    }
}
