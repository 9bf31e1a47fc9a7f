//! How much the steps of a build write.

use std::{collections::HashMap, time::Duration};

use bollard::{Docker, query_parameters::ListContainersOptionsBuilder};

/// The engine walks what a step wrote each time.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Looks at the containers of a build's steps.
pub(super) struct StepsDisk {
    docker: Docker,
    /// By which the steps are known among all containers.
    network_mode: String,
    limit: u64,
}

impl StepsDisk {
    pub(super) fn new(docker: Docker, network_mode: String, limit: u64) -> Self {
        Self {
            docker,
            network_mode,
            limit,
        }
    }

    /// Ends when all steps together have written more than the limit, and says so.
    pub(super) async fn beyond(&self) -> String {
        let mut steps = HashMap::new();
        loop {
            self.look(&mut steps).await;
            let written: u64 = steps.values().sum();
            if written > self.limit {
                return format!(
                    "its steps had written {written} bytes to disk, more than {}",
                    self.limit
                );
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Takes down the most that each step was seen to have written. An engine that does not answer is
    /// the build's to notice.
    async fn look(&self, steps: &mut HashMap<String, u64>) {
        let options = ListContainersOptionsBuilder::new().size(true).build();
        let containers = self.docker.list_containers(Some(options)).await;
        for container in containers.unwrap_or_default() {
            let mode = container.host_config.and_then(|host| host.network_mode);
            if mode.as_deref() != Some(&self.network_mode) {
                continue;
            }
            let written = container.size_rw.unwrap_or_default();
            let most = steps.entry(container.id.unwrap_or_default()).or_default();
            *most = (*most).max(u64::try_from(written).unwrap_or_default());
        }
    }
}
