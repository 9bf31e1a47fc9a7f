//! How much the steps of a build write.

use std::{collections::HashMap, time::Duration};

use bollard::{
    Docker,
    query_parameters::{InspectContainerOptionsBuilder, ListContainersOptionsBuilder},
};

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
    /// the build's to notice. It is asked about the steps alone: one without native diffs walks all files of
    /// each container that it is asked about, for a second or so.
    async fn look(&self, steps: &mut HashMap<String, u64>) {
        let options = ListContainersOptionsBuilder::new().build();
        let containers = self.docker.list_containers(Some(options)).await;
        for container in containers.unwrap_or_default() {
            let mode = container.host_config.and_then(|host| host.network_mode);
            let Some(id) = container
                .id
                .filter(|_| mode.as_ref() == Some(&self.network_mode))
            else {
                continue;
            };
            let options = InspectContainerOptionsBuilder::new().size(true).build();
            let inspected = self.docker.inspect_container(&id, Some(options)).await;
            // One that has just ended is gone.
            let written = inspected.ok().and_then(|container| container.size_rw);
            let most = steps.entry(id).or_default();
            *most = (*most).max(u64::try_from(written.unwrap_or_default()).unwrap_or_default());
        }
    }
}
