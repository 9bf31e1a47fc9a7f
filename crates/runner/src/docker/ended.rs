//! Until a container's process has ended.

use std::time::Duration;

use bollard::{
    Docker,
    models::{ContainerInspectResponse, ContainerState, ExecInspectResponse},
    query_parameters::WaitContainerOptionsBuilder,
};
use futures_util::StreamExt as _;

use super::{SandboxError, site::Site};
use crate::{AppState, exit};

/// How often and how long apart an exit by SIGKILL is looked at again: the engine hears that memory
/// ran out from another side, and sometimes later, than that the process ended.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Ends when a started container has ended or is gone, or when the engine does not say any more: the
/// caller looks at it then.
pub(super) async fn wait(docker: &Docker, container: &str) {
    let options = WaitContainerOptionsBuilder::new()
        .condition("not-running")
        .build();
    // An exit code other than 0 comes as an error.
    let _ = docker.wait_container(container, Some(options)).next().await;
}

/// How a container is, with out-of-memory known where it ended so.
pub(super) async fn state(
    site: &Site,
    role: &str,
    container: &str,
) -> Result<ContainerState, SandboxError> {
    let mut state = state_of(site.inspect(role, container).await?);
    for _ in 0..LOOKS {
        let settled = state.oom_killed == Some(true) || state.exit_code != Some(137);
        if state.running == Some(true) || settled {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        state = state_of(site.inspect(role, container).await?);
    }
    Ok(state)
}

/// The exit code of a program started in a standing container, once it has ended. Of one that it is just about
/// to start, and of one whose end it is just hearing of, the engine says a half of it only.
pub(super) fn of_exec(state: &ExecInspectResponse) -> Option<i64> {
    state.exit_code.filter(|_| state.running == Some(false))
}

/// Whether an app's process runs.
pub(super) fn of_app(state: &ContainerState) -> AppState {
    match state.running {
        Some(true) => AppState::Running,
        _ => AppState::Exited {
            exit: in_words(state),
        },
    }
}

/// How a container's process ended.
pub(super) fn in_words(state: &ContainerState) -> String {
    exit::in_words(
        state.exit_code.unwrap_or(-1),
        state.oom_killed == Some(true),
    )
}

fn state_of(container: ContainerInspectResponse) -> ContainerState {
    container.state.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_ended_when_the_engine_says_both_halves_of_it() {
        let said = |running, exit_code| {
            of_exec(&ExecInspectResponse {
                running,
                exit_code,
                ..Default::default()
            })
        };
        assert_eq!(said(Some(false), Some(3)), Some(3));
        // About to start, running, ending.
        assert_eq!(said(Some(false), None), None);
        assert_eq!(said(Some(true), None), None);
        assert_eq!(said(Some(true), Some(0)), None);
        assert_eq!(said(None, Some(0)), None);
    }
}
