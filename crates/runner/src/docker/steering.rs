//! Orders to stubs, by commands of ours in their containers.

use std::time::Duration;

use bollard::models::ContainerState;
use sidecar::protocol::{Answer, ENOUGH_MEMORY, Order};

use super::{SandboxError, command, ended, sandbox::DockerSandbox, site::Site, slowing};
use crate::{ServiceKind, service::order as order_of};

/// For the engine, beside the 10 s that the stub itself is given.
const PATIENCE: Duration = Duration::from_secs(20);

/// Gives an order to a stub, and returns what it says.
pub(super) async fn steer(
    sandbox: &DockerSandbox,
    stub: &str,
    order: &Order,
) -> Result<Answer, SandboxError> {
    let service = sandbox
        .find(stub)
        .ok_or_else(|| SandboxError::NoSuchService {
            service: stub.to_owned(),
        })?;
    give(&sandbox.site, stub, &service.container, order).await
}

/// Gives an order to the program in a container, and returns what it says.
pub(super) async fn give(
    site: &Site,
    role: &str,
    container: &str,
    order: &Order,
) -> Result<Answer, SandboxError> {
    let failed = |message: String| SandboxError::Steer {
        service: role.to_owned(),
        message,
    };
    let steering = order_of(order);
    let ran = command::run_as(
        site.docker(),
        role,
        (container, steering.user),
        &steering.command,
        steering.environment,
    );
    let finished = tokio::time::timeout(PATIENCE, ran)
        .await
        .map_err(|_| failed(format!("it took more than {} s", PATIENCE.as_secs())))??;
    let output = finished.output.trim();
    if finished.exit_code != 0 {
        return Err(failed(output.to_owned()));
    }
    match serde_json::from_str(output) {
        Ok(Answer::Refused { why }) => Err(failed(why)),
        Ok(answer) => Ok(answer),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Of the first stub or proxy that was ended from outside, in words. Nothing that a submission asks of one sends it a
/// signal, but for the kernel's where its memory runs out. The engine does not always hear of that, so only one
/// with memory enough is believed; what ends of its own accord has been brought to it.
pub(super) async fn ended_from_outside(sandbox: &DockerSandbox) -> Option<String> {
    let services = sandbox.spec.services.iter().zip(&sandbox.services);
    for (spec, service) in services {
        let (container, memory, what) = match (&spec.kind, &service.proxy) {
            (ServiceKind::Stub(_), _) => (&service.container, spec.limits.memory, "stub"),
            (_, Some(proxy)) => (proxy, slowing::MEMORY, "proxy before the service"),
            (_, None) => continue,
        };
        // Where the engine does not say, it has been told elsewhere.
        let state = ended::state(&sandbox.site, &spec.name, container).await;
        let is_it = |state: &ContainerState| is_from_outside(memory, state);
        if let Some(state) = state.ok().filter(is_it) {
            let exit = ended::in_words(&state);
            return Some(format!(
                "the {what} `{}` was ended from outside of the sandbox: {exit}",
                spec.name
            ));
        }
    }
    None
}

pub(super) fn is_from_outside(memory: u64, state: &ContainerState) -> bool {
    let by_signal = matches!(state.exit_code, Some(130 | 137 | 143));
    let out_of_memory = memory < ENOUGH_MEMORY || state.oom_killed == Some(true);
    state.running != Some(true) && by_signal && !out_of_memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signal_comes_from_outside() {
        let state = |running, code, out_of_memory| ContainerState {
            running: Some(running),
            exit_code: Some(code),
            oom_killed: Some(out_of_memory),
            ..Default::default()
        };
        assert!(is_from_outside(ENOUGH_MEMORY, &state(false, 137, false)));
        assert!(is_from_outside(ENOUGH_MEMORY, &state(false, 143, false)));
        assert!(!is_from_outside(ENOUGH_MEMORY, &state(false, 137, true)));
        assert!(!is_from_outside(
            ENOUGH_MEMORY - 1,
            &state(false, 137, false)
        ));
        assert!(!is_from_outside(ENOUGH_MEMORY, &state(false, 101, false)));
        assert!(!is_from_outside(ENOUGH_MEMORY, &state(false, 134, false)));
        assert!(!is_from_outside(ENOUGH_MEMORY, &state(true, 0, false)));
    }
}
