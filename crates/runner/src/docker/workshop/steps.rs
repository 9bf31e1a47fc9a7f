//! What the steps of a build write, and for how long they compute.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bollard::{
    Docker,
    query_parameters::{InspectContainerOptionsBuilder, ListContainersOptionsBuilder},
};

use crate::{
    docker::usage,
    machine::{self, OnBehalf, Reading},
};

/// How long they compute is looked at so often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// The engine walks all files that a step wrote to tell how large they are, and a build that writes many waits
/// for that: it rests for so many times what the answer took.
const REST: u32 = 9;
/// However long the answer took, it is asked again after this.
const LONGEST_REST: Duration = Duration::from_secs(3);

/// Looks at the containers of a build's steps.
pub(super) struct Steps {
    docker: Docker,
    /// By which the steps are known among all containers.
    network_mode: String,
    /// Of all that they write, in bytes.
    limit: u64,
    /// Whether their machine is this one.
    are_here: bool,
    last: Mutex<Option<Reading>>,
}

/// The most that was seen of a step.
#[derive(Debug, Default)]
struct Step {
    written: u64,
    computed: Duration,
    /// Whether it was not there any more at the last look.
    is_over: bool,
}

/// For how long nobody is asked how large the files are, where that took so long.
fn rest(took: Duration) -> Duration {
    (took * REST).min(LONGEST_REST)
}

impl Steps {
    pub(super) fn new(docker: Docker, network_mode: String, limit: u64, are_here: bool) -> Self {
        Self {
            docker,
            network_mode,
            limit,
            are_here,
            last: Mutex::default(),
        }
    }

    /// What was last seen of them and their machine.
    pub(super) fn reading(&self) -> Option<Reading> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when all steps together have written more than the limit, and says so.
    pub(super) async fn beyond_disk(&self) -> String {
        let mut steps = HashMap::new();
        let mut due = Instant::now();
        loop {
            if self.look(&mut steps).await && self.are_here {
                self.take_down(&steps);
            }
            if Instant::now() >= due {
                let began = Instant::now();
                self.measure(&mut steps).await;
                due = Instant::now() + rest(began.elapsed());
            }
            let written: u64 = steps.values().map(|step| step.written).sum();
            if written > self.limit {
                return format!(
                    "its steps had written {written} bytes to disk, more than {}",
                    self.limit
                );
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Takes down for how long each step has computed. An engine that does not answer is the build's to
    /// notice. Whether it told that of each.
    async fn look(&self, steps: &mut HashMap<String, Step>) -> bool {
        let mut all_told = true;
        for step in steps.values_mut() {
            step.is_over = true;
        }
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
            let computed = usage::computing_time(&self.docker, &id).await;
            all_told &= computed.is_some();
            let most = steps.entry(id).or_default();
            most.computed = most.computed.max(computed.unwrap_or_default());
            most.is_over = false;
        }
        all_told
    }

    /// Takes down the most that each step was seen to have written, of those that were there at the last look. The
    /// engine is asked about these alone: one without native diffs walks all files of each container that it is
    /// asked about, for a second or so.
    async fn measure(&self, steps: &mut HashMap<String, Step>) {
        for (id, most) in steps.iter_mut().filter(|(_, step)| !step.is_over) {
            let options = InspectContainerOptionsBuilder::new().size(true).build();
            let inspected = self.docker.inspect_container(id, Some(options)).await;
            // One that has just ended is gone.
            let written = inspected.ok().and_then(|container| container.size_rw);
            let written = u64::try_from(written.unwrap_or_default()).unwrap_or_default();
            most.written = most.written.max(written);
        }
    }

    fn take_down(&self, steps: &HashMap<String, Step>) {
        let reading = machine::idle().map(|idle| Reading {
            at: Instant::now(),
            computed: steps.values().map(|step| step.computed).sum(),
            on_behalf: OnBehalf::default(),
            waited: None,
            idle,
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = reading;
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, LONGEST_REST, rest};

    #[test]
    fn to_be_looked_at_costs_a_build_a_tenth_of_its_time_at_most_until_that_is_seldom() {
        let quick = Duration::from_millis(10);
        assert_eq!(rest(quick), Duration::from_millis(90));
        assert_eq!(rest(Duration::from_secs(10)), LONGEST_REST);
    }
}
