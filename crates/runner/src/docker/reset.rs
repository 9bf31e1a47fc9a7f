//! A clean start of a sandbox: services in their first state, the submission migrated and started anew.

use std::time::{Duration, Instant};

use bollard::{errors::Error as EngineError, query_parameters::KillContainerOptions};
use futures_util::future::try_join_all;

use super::{
    SandboxError,
    app::{self, Made, Process, ROLE},
    command, ended, migrate,
    sandbox::DockerSandbox,
    services::Service,
    site::Site,
};
use crate::{
    AppFailure, Beside, LogTail, Reset, Restart, RunnerError, Sandbox as _, ServiceSpec,
    service::{self, Reset as How},
};

/// For one service. Nothing of the submission runs meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn reset(
    sandbox: &DockerSandbox,
    beside: &dyn Beside,
) -> Result<Reset, RunnerError> {
    end(&sandbox.site, ROLE, &sandbox.container).await?;
    sandbox.end_replica().await?;
    let began = Instant::now();
    let services = sandbox.spec.services.iter().zip(&sandbox.services);
    try_join_all(services.map(|(spec, service)| reset_service(&sandbox.site, spec, service)))
        .await?;
    let services = began.elapsed();
    beside.begin().await;
    let migrated = migrated(sandbox).await;
    beside.end().await;
    let app = match migrated? {
        Ok(()) => sandbox.restart_app().await?,
        Err(failure) => Restart::Refused(failure),
    };
    Ok(Reset { services, app })
}

/// Ends a container's process, if it runs, and waits for that.
pub(super) async fn end(site: &Site, role: &str, container: &str) -> Result<(), SandboxError> {
    let killed = site
        .docker()
        .kill_container(container, None::<KillContainerOptions>);
    match killed.await {
        Ok(()) => ended::wait(site.docker(), container).await,
        // It does not run.
        Err(EngineError::DockerResponseServerError {
            status_code: 409, ..
        }) => {}
        Err(source) => {
            return Err(SandboxError::EndContainer {
                role: role.to_owned(),
                source,
            });
        }
    }
    Ok(())
}

async fn reset_service(
    site: &Site,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<(), SandboxError> {
    let failed = |message: String| SandboxError::ResetService {
        service: spec.name.clone(),
        message,
    };
    let kind = service::of(&spec.kind);
    let work = async {
        match kind.reset() {
            None => Err(failed("it was not made for that".to_owned())),
            Some(How::Script {
                script,
                user,
                environment,
            }) => {
                let environment = environment.map(|(name, value)| format!("{name}={value}"));
                let finished = command::run_as(
                    site.docker(),
                    &spec.name,
                    (&service.container, user),
                    &["sh", "-c", script],
                    environment.to_vec(),
                )
                .await?;
                let output = finished.output.trim();
                if finished.exit_code == 0 && output.ends_with("tryout: reset") {
                    Ok(())
                } else {
                    Err(failed(output.to_owned()))
                }
            }
            Some(How::Restart) => {
                end(site, &spec.name, &service.container).await?;
                site.start(&spec.name, &service.container).await?;
                let endpoint = &service.endpoint;
                kind.ready(endpoint.address(), endpoint.password()).await;
                Ok(())
            }
        }
    };
    let seconds = PATIENCE.as_secs();
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(failed(format!("it took more than {seconds} s"))))
}

/// Runs the submission's migration, where it has one, in a container of its own as at first.
async fn migrated(sandbox: &DockerSandbox) -> Result<Result<(), AppFailure>, RunnerError> {
    let (site, spec, control) = (&sandbox.site, &sandbox.spec, &sandbox.control);
    let Some(command) = spec.app.setup.migrate() else {
        return Ok(Ok(()));
    };
    let refused = |exit| AppFailure::MigrationFailed {
        exit,
        log: LogTail::default(),
    };
    let image = sandbox.facts.images.get(ROLE).cloned().unwrap_or_default();
    let mold = match app::mold(site, spec, &image).await? {
        Ok(mold) => mold,
        Err(exit) => return Ok(Err(refused(exit))),
    };
    let process = Process {
        role: migrate::ROLE,
        command: Some(command),
    };
    let made = app::make(site, spec, &sandbox.holder, &mold, process, control);
    let container = match Box::pin(made).await? {
        Made::Container(container) => container,
        Made::Refused { exit } => return Ok(Err(refused(exit))),
    };
    let ran = migrate::run(site, spec, &sandbox.holder, &container, control);
    Ok(Box::pin(ran).await?.map(|_| ()))
}
