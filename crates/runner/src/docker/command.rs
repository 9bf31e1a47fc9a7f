//! A short command of ours in a container of ours.

use bollard::{
    Docker,
    exec::{CreateExecOptions, StartExecResults},
};
use futures_util::StreamExt as _;

use super::{SandboxError, ended};

/// More than any command of ours prints.
const OUTPUT: usize = 1024 * 1024;

/// What came of a command.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) exit_code: i64,
    /// Both streams as they came.
    pub(super) output: String,
}

/// Runs a command as the container's root, with the capabilities that the container was given.
pub(super) async fn run_as_root(
    docker: &Docker,
    role: &str,
    container: &str,
    command: &[&str],
    environment: Vec<String>,
) -> Result<Finished, SandboxError> {
    run_as(docker, role, (container, 0), command, environment).await
}

/// Runs a command as a user, and as the group of the same number.
pub(super) async fn run_as(
    docker: &Docker,
    role: &str,
    (container, user): (&str, u64),
    command: &[&str],
    environment: Vec<String>,
) -> Result<Finished, SandboxError> {
    let failed = |source| SandboxError::Command {
        role: role.to_owned(),
        command: command.join(" "),
        source,
    };
    let options = CreateExecOptions {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        user: Some(format!("{user}:{user}")),
        cmd: Some(command.iter().map(|&word| word.to_owned()).collect()),
        env: Some(environment),
        ..Default::default()
    };
    let exec = docker
        .create_exec(container, options)
        .await
        .map_err(failed)?;
    let started = docker.start_exec(&exec.id, None).await.map_err(failed)?;
    let mut output = Vec::new();
    if let StartExecResults::Attached {
        output: mut stream, ..
    } = started
    {
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(failed)?.into_bytes();
            let room = OUTPUT.saturating_sub(output.len());
            output.extend_from_slice(&piece[..piece.len().min(room)]);
        }
    }
    loop {
        let state = docker.inspect_exec(&exec.id).await.map_err(failed)?;
        // The output ends a moment before the engine hears of the exit.
        if let Some(exit_code) = ended::of_exec(&state) {
            return Ok(Finished {
                exit_code,
                output: String::from_utf8_lossy(&output).into_owned(),
            });
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
