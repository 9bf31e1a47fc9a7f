//! Doing something bad to a service, and taking it back.

use std::time::Duration;

use bollard::{errors::Error as EngineError, query_parameters::KillContainerOptionsBuilder};
use thiserror::Error;

use super::{
    SandboxError,
    app::ROLE,
    ended, reset,
    sandbox::DockerSandbox,
    services::{READY_WITHIN, Service},
    slowing, steering,
};
use crate::{Fault, Mended, ServiceSpec, service};

/// For a server that writes what it has before it ends. One that the submission keeps from ending in time is killed.
const END_WITHIN: Duration = Duration::from_secs(20);

/// For the engine to freeze or to free what it runs.
const ASKED_WITHIN: Duration = Duration::from_secs(30);

/// What can go wrong when something is done to a service, or taken back.
#[derive(Debug, Error)]
pub enum BreakingError {
    /// A service could not be put into trouble, or out of it.
    #[error("the engine did not {what} the service `{service}`")]
    Refused {
        /// Its name.
        service: String,
        /// `pause`, `unpause`, `stop`.
        what: &'static str,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A service was not made to be made slow.
    #[error("the service `{service}` has no proxy that could make it slow")]
    NoProxy {
        /// Its name.
        service: String,
    },
    /// A service runs on after it was ended.
    #[error("the service `{service}` did not end")]
    NotStopped {
        /// Its name.
        service: String,
    },
    /// A service did not come back when its fault was taken away, with no submission beside it.
    #[error("the service `{service}` did not come back: {message}")]
    NotMended {
        /// Its name.
        service: String,
        /// In words.
        message: String,
    },
}

pub(super) async fn make(
    sandbox: &DockerSandbox,
    name: &str,
    fault: Fault,
) -> Result<(), SandboxError> {
    let (spec, service) = sandbox.find_both(name)?;
    let docker = sandbox.site.docker();
    match fault {
        Fault::Paused => {
            let paused = docker.pause_container(&service.container);
            asked(name, "pause", paused).await
        }
        Fault::Stopped => stop(sandbox, spec, service).await,
        Fault::Slow { by } => slowing::delay(&sandbox.site, spec, service, by).await,
    }
}

/// Beside the submission at first. Where the service does not come up there, it may be the submission that
/// keeps it from that, by all its connections or what it sends: then it is tried without.
pub(super) async fn mend(
    sandbox: &DockerSandbox,
    name: &str,
    fault: Fault,
) -> Result<Mended, SandboxError> {
    let (spec, service) = sandbox.find_both(name)?;
    if let Fault::Slow { .. } = fault {
        return Box::pin(speed_up(sandbox, spec, service)).await;
    }
    take_back(sandbox, spec, service, fault).await?;
    let Some(how) = trouble(sandbox, spec, service).await? else {
        return Ok(Mended::Ready);
    };
    if let Some(how) = sandbox.disk_verdict(name) {
        return Ok(Mended::Kept { how });
    }
    reset::end(&sandbox.site, ROLE, &sandbox.container).await?;
    stop(sandbox, spec, service).await?;
    start(sandbox, spec, service).await?;
    match trouble(sandbox, spec, service).await? {
        None => Ok(Mended::Kept {
            how: format!("beside the submission {how}, and without it it came back"),
        }),
        Some(message) => {
            let service = name.to_owned();
            Err(BreakingError::NotMended { service, message }.into())
        }
    }
}

/// Whatever of it was done.
async fn take_back(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
    fault: Fault,
) -> Result<(), SandboxError> {
    let (site, name) = (&sandbox.site, spec.name.as_str());
    match fault {
        Fault::Paused => {
            let state = ended::state(site, name, &service.container).await?;
            if state.paused == Some(true) {
                let unpaused = site.docker().unpause_container(&service.container);
                asked(name, "unpause", unpaused).await?;
            }
            Ok(())
        }
        Fault::Stopped => {
            stop(sandbox, spec, service).await?;
            start(sandbox, spec, service).await
        }
        Fault::Slow { .. } => slowing::delay(site, spec, service, Duration::ZERO).await,
    }
}

/// A proxy that has ended of its use is started again, so that it costs the check that it ended in.
async fn speed_up(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<Mended, SandboxError> {
    let site = &sandbox.site;
    let Err(error) = slowing::delay(site, spec, service, Duration::ZERO).await else {
        return Ok(Mended::Ready);
    };
    let Some(proxy) = &service.proxy else {
        return Err(error);
    };
    let state = ended::state(site, &slowing::role(&spec.name), proxy).await?;
    if state.running == Some(true) || steering::is_from_outside(slowing::MEMORY, &state) {
        return Err(error);
    }
    slowing::start(site, &spec.name, proxy).await?;
    Ok(Mended::Kept {
        how: format!("the proxy before it died: {}", ended::in_words(&state)),
    })
}

/// With the proxy before it, where it has one.
async fn start(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<(), SandboxError> {
    let site = &sandbox.site;
    site.start(&spec.name, &service.container).await?;
    match &service.proxy {
        Some(proxy) => slowing::start(site, &spec.name, proxy).await,
        None => Ok(()),
    }
}

/// Ends its server, and the proxy before it, which would take up connections in its place. One that does not
/// run is none that could be in the way.
async fn stop(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<(), SandboxError> {
    stop_server(sandbox, spec, service).await?;
    match &service.proxy {
        Some(proxy) => reset::end(&sandbox.site, &slowing::role(&spec.name), proxy).await,
        None => Ok(()),
    }
}

async fn stop_server(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<(), SandboxError> {
    let docker = sandbox.site.docker();
    let options = KillContainerOptionsBuilder::new()
        .signal(service::of(&spec.kind).ended_by())
        .build();
    let ends = ended::wait(docker, &service.container);
    match docker
        .kill_container(&service.container, Some(options))
        .await
    {
        Ok(()) => drop(tokio::time::timeout(END_WITHIN, ends).await),
        Err(EngineError::DockerResponseServerError {
            status_code: 409, ..
        }) => return Ok(()),
        Err(source) => return Err(failed(&spec.name, "stop")(source)),
    }
    reset::end(&sandbox.site, &spec.name, &service.container).await?;
    let state = ended::state(&sandbox.site, &spec.name, &service.container).await?;
    match state.running {
        Some(true) => {
            let service = spec.name.clone();
            Err(BreakingError::NotStopped { service }.into())
        }
        _ => Ok(()),
    }
}

/// Why the service does not come up, if it does not.
async fn trouble(
    sandbox: &DockerSandbox,
    spec: &ServiceSpec,
    service: &Service,
) -> Result<Option<String>, SandboxError> {
    let kind = service::of(&spec.kind);
    let endpoint = &service.endpoint;
    let seconds = READY_WITHIN.as_secs();
    tokio::select! {
        biased;
        () = kind.ready(endpoint.address(), endpoint.password()) => Ok(None),
        () = ended::wait(sandbox.site.docker(), &service.container) => {
            let state = ended::state(&sandbox.site, &spec.name, &service.container).await?;
            Ok(Some(format!("it died: {}", ended::in_words(&state))))
        }
        () = tokio::time::sleep(READY_WITHIN) => {
            Ok(Some(format!("it took up no session of the grader's within {seconds} s")))
        }
    }
}

/// Processes that the kernel cannot freeze now keep the engine waiting.
async fn asked(
    service: &str,
    what: &'static str,
    asking: impl Future<Output = Result<(), EngineError>>,
) -> Result<(), SandboxError> {
    match tokio::time::timeout(ASKED_WITHIN, asking).await {
        Ok(asked) => asked.map_err(failed(service, what)),
        Err(_) => Err(failed(service, what)(EngineError::RequestTimeoutError)),
    }
}

fn failed(service: &str, what: &'static str) -> impl FnOnce(EngineError) -> SandboxError {
    let service = service.to_owned();
    move |source| {
        let refused = BreakingError::Refused {
            service,
            what,
            source,
        };
        refused.into()
    }
}
