//! What containers have used.

mod here;

use std::{collections::HashMap, time::Duration};

use bollard::{
    Docker,
    errors::Error,
    models::ContainerStatsResponse,
    query_parameters::{InspectContainerOptions, StatsOptionsBuilder},
};
use futures_util::{StreamExt as _, future::try_join_all};

use super::SandboxError;
use crate::Usage;

/// What one container has used, as far as that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    cpu: Option<Duration>,
    memory_peak: Option<u64>,
}

/// Of all these containers, each with its role; none where it is not told. It is so at some moment while this
/// waits: at once on this machine, up to a second later where the engine has to be asked.
pub(super) async fn of(
    docker: &Docker,
    containers: impl Iterator<Item = (&str, &str)>,
) -> Result<Option<Usage>, SandboxError> {
    let asked = containers.map(|(role, container)| async move {
        let told = told(docker, container).await;
        let told = told.map_err(|source| SandboxError::Usage {
            role: role.to_owned(),
            source,
        })?;
        Ok::<_, SandboxError>((role, told))
    });
    let all = try_join_all(asked).await?;
    Ok(added_up(&all))
}

/// Of one container; none where it is gone or the engine does not tell: one without control groups says
/// that there was none at all.
pub(super) async fn computing_time(docker: &Docker, container: &str) -> Option<Duration> {
    let told = told(docker, container).await.ok().flatten();
    let told = told.and_then(|told| told.cpu);
    told.filter(|time| !time.is_zero())
}

/// A container's id, and the number of its first process on its host.
pub(super) type Place = (String, i64);

/// Where a container runs, if it does.
pub(super) async fn place(docker: &Docker, container: &str) -> Result<Option<Place>, Error> {
    let inspected = docker
        .inspect_container(container, None::<InspectContainerOptions>)
        .await?;
    let process = inspected.state.and_then(|state| state.pid);
    Ok(inspected.id.zip(process.filter(|process| *process > 0)))
}

/// Of one that runs there on this machine, at this moment.
pub(super) fn computing_time_here((id, process): &Place) -> Option<Duration> {
    here::told(id, *process)?.cpu
}

/// How long each task of it has waited for a core so far, by the task's number.
pub(super) fn waits_here((id, process): &Place) -> Option<HashMap<u32, Duration>> {
    here::waits(id, *process)
}

async fn told(docker: &Docker, container: &str) -> Result<Option<Told>, Error> {
    let place = place(docker, container).await?;
    if let Some(told) = place.and_then(|(id, process)| here::told(&id, process)) {
        return Ok(Some(told));
    }
    let once = StatsOptionsBuilder::default()
        .stream(false)
        .one_shot(true)
        .build();
    let mut told = Box::pin(docker.stats(container, Some(once)));
    Ok(told.next().await.transpose()?.as_ref().map(by_engine))
}

fn by_engine(told: &ContainerStatsResponse) -> Told {
    let cpu = told.cpu_stats.as_ref();
    let cpu = cpu.and_then(|cpu| cpu.cpu_usage.as_ref()?.total_usage);
    let memory = told.memory_stats.as_ref();
    Told {
        cpu: cpu.map(Duration::from_nanos),
        memory_peak: memory.and_then(|memory| memory.max_usage),
    }
}

fn added_up(all: &[(&str, Option<Told>)]) -> Option<Usage> {
    let mut usage = Usage::default();
    for (role, told) in all {
        let told = (*told)?;
        usage.cpu += told.cpu?;
        if let Some(peak) = told.memory_peak {
            usage.memory_peak.insert((*role).to_owned(), peak);
        }
    }
    Some(usage)
}

#[cfg(test)]
mod tests {
    use bollard::models::{ContainerCpuStats, ContainerCpuUsage, ContainerMemoryStats};

    use super::*;

    fn told(cpu: Option<u64>, peak: Option<u64>) -> Told {
        by_engine(&ContainerStatsResponse {
            cpu_stats: Some(ContainerCpuStats {
                cpu_usage: Some(ContainerCpuUsage {
                    total_usage: cpu,
                    ..ContainerCpuUsage::default()
                }),
                ..ContainerCpuStats::default()
            }),
            memory_stats: Some(ContainerMemoryStats {
                max_usage: peak,
                ..ContainerMemoryStats::default()
            }),
            ..ContainerStatsResponse::default()
        })
    }

    #[test]
    fn computing_time_is_of_all_or_not_told() {
        let app = ("app", Some(told(Some(1_500_000_000), Some(7))));
        let db = ("db", Some(told(Some(500_000_000), None)));
        let usage = added_up(&[app, db]).unwrap();
        assert_eq!(usage.cpu, Duration::from_secs(2));
        assert_eq!(
            usage.memory_peak.into_iter().collect::<Vec<_>>(),
            [("app".to_owned(), 7)]
        );
        assert_eq!(added_up(&[app, ("db", Some(told(None, None)))]), None);
        assert_eq!(added_up(&[app, ("db", None)]), None);
    }
}
