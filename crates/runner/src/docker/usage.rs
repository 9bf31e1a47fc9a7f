//! What containers have used, by the engine's own account.

use std::time::Duration;

use bollard::{
    Docker, errors::Error, models::ContainerStatsResponse, query_parameters::StatsOptionsBuilder,
};
use futures_util::{StreamExt as _, future::try_join_all};

use super::SandboxError;
use crate::Usage;

/// Of all these containers, each with its role; none where the engine does not tell of one.
pub(super) async fn of(
    docker: &Docker,
    containers: impl Iterator<Item = (&str, &str)>,
) -> Result<Option<Usage>, SandboxError> {
    let asked = containers.map(|(role, container)| async move {
        let told = stats(docker, container).await;
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
    let told = stats(docker, container).await.ok().flatten();
    let told = told.as_ref().and_then(cpu);
    told.filter(|time| !time.is_zero())
}

fn cpu(told: &ContainerStatsResponse) -> Option<Duration> {
    let nanos = told.cpu_stats.as_ref()?.cpu_usage.as_ref()?.total_usage?;
    Some(Duration::from_nanos(nanos))
}

async fn stats(docker: &Docker, container: &str) -> Result<Option<ContainerStatsResponse>, Error> {
    let once = StatsOptionsBuilder::default()
        .stream(false)
        .one_shot(true)
        .build();
    let mut told = Box::pin(docker.stats(container, Some(once)));
    told.next().await.transpose()
}

fn added_up(all: &[(&str, Option<ContainerStatsResponse>)]) -> Option<Usage> {
    let mut usage = Usage::default();
    for (role, told) in all {
        let told = told.as_ref()?;
        usage.cpu += cpu(told)?;
        let memory = told.memory_stats.as_ref();
        if let Some(peak) = memory.and_then(|memory| memory.max_usage) {
            usage.memory_peak.insert((*role).to_owned(), peak);
        }
    }
    Some(usage)
}

#[cfg(test)]
mod tests {
    use bollard::models::{ContainerCpuStats, ContainerCpuUsage, ContainerMemoryStats};

    use super::*;

    fn told(cpu: Option<u64>, peak: Option<u64>) -> ContainerStatsResponse {
        ContainerStatsResponse {
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
        }
    }

    #[test]
    fn computing_time_is_of_all_or_not_told() {
        let app = ("app", Some(told(Some(1_500_000_000), Some(7))));
        let db = ("db", Some(told(Some(500_000_000), None)));
        let usage = added_up(&[app.clone(), db]).unwrap();
        assert_eq!(usage.cpu, Duration::from_secs(2));
        assert_eq!(
            usage.memory_peak.into_iter().collect::<Vec<_>>(),
            [("app".to_owned(), 7)]
        );
        assert_eq!(
            added_up(&[app.clone(), ("db", Some(told(None, None)))]),
            None
        );
        assert_eq!(added_up(&[app, ("db", None)]), None);
    }
}
