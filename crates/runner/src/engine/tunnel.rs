//! An engine's socket on another host, brought here by ssh.

use std::{io, process::Stdio, time::Duration};

use tempfile::TempDir;
use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::temp;

/// Where the engine is on a host whose address does not say.
const SOCKET: &str = "/var/run/docker.sock";
/// How long it may take to be let in, with servers that look up who comes.
const WITHIN: Duration = Duration::from_secs(30);
/// How long somebody who is not let in may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What the far end says once it is there.
const THERE: &str = "tryout-is-there";
/// Of what `ssh` says, in bytes.
const SAID: u64 = 4096;

/// The connection; it ends when this is dropped, or with this process.
#[derive(Debug)]
pub(super) struct Tunnel {
    folder: TempDir,
    /// Its input is held open: when it is closed, the far end's program ends, and with it `ssh`.
    #[expect(dead_code, reason = "held, not read")]
    ssh: Child,
}

/// Why there is none.
#[derive(Debug, Error)]
pub(super) enum TunnelError {
    #[error("the program `ssh` cannot be run")]
    Run(#[source] io::Error),
    #[error("the folder for a socket cannot be made")]
    Folder(#[source] io::Error),
    #[error("ssh did not connect: {said}")]
    NotThere { said: String },
    #[error("{host:?} is no host for ssh")]
    NoHost { host: String },
    #[error("ssh did not connect within {} s", WITHIN.as_secs())]
    Late,
}

impl Tunnel {
    /// To `USER@HOST:PORT/SOCKET`, of which all but the host may be left out.
    pub(super) async fn open(far: &str) -> Result<Self, TunnelError> {
        let Far { host, port, socket } = Far::read(far)?;
        let folder = temp::folder().map_err(TunnelError::Folder)?;
        let near = folder.path().join("docker.sock");
        let mut command = Command::new("ssh");
        // Nobody is there to be asked; whom one does not know yet is not trusted. A connection that others
        // share would outlive this one.
        for option in [
            "BatchMode=yes",
            "ControlMaster=no",
            "ControlPath=none",
            "ExitOnForwardFailure=yes",
            "RemoteCommand=none",
            "RequestTTY=no",
            "ServerAliveInterval=15",
        ] {
            command.args(["-o", option]);
        }
        command
            .arg("-L")
            .arg(format!("{}:{socket}", near.display()));
        if let Some(port) = port {
            command.args(["-p", port]);
        }
        command.args(["--", host]);
        command.arg(format!("echo {THERE} && exec cat"));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for us: what is on the engine is removed by this way.
            .process_group(0)
            .kill_on_drop(true);
        let mut ssh = command.spawn().map_err(TunnelError::Run)?;
        let is_there = tokio::time::timeout(WITHIN, is_there(&mut ssh)).await;
        let is_late = is_there.is_err();
        if is_there.unwrap_or_default() {
            // Later warnings are nobody's business, but must go somewhere.
            if let Some(mut stderr) = ssh.stderr.take() {
                tokio::spawn(
                    async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await },
                );
            }
            return Ok(Self { folder, ssh });
        }
        if is_late {
            return Err(TunnelError::Late);
        }
        Err(TunnelError::NotThere {
            said: last_words(&mut ssh).await,
        })
    }

    /// As `DOCKER_HOST` has it.
    pub(super) fn address(&self) -> String {
        format!(
            "unix://{}",
            self.folder.path().join("docker.sock").display()
        )
    }
}

/// What it complained of. Whoever goes on without being there is ended.
async fn last_words(ssh: &mut Child) -> String {
    let mut said = String::new();
    if let Some(stderr) = ssh.stderr.take() {
        let mut stderr = stderr.take(SAID);
        let reading = stderr.read_to_string(&mut said);
        let _ = tokio::time::timeout(LAST_WORDS, reading).await;
    }
    let _ = ssh.start_kill();
    match said.trim() {
        "" => "it ended without a word".to_owned(),
        said => said.replace('\n', "; "),
    }
}

/// Whether the far end said so before it ended.
async fn is_there(ssh: &mut Child) -> bool {
    let Some(stdout) = ssh.stdout.take() else {
        return false;
    };
    // A login may greet first.
    let mut lines = BufReader::new(stdout.take(SAID)).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == THERE {
            return true;
        }
    }
    false
}

#[derive(Debug, PartialEq, Eq)]
struct Far<'a> {
    /// With the user, where one is said.
    host: &'a str,
    port: Option<&'a str>,
    socket: &'a str,
}

impl<'a> Far<'a> {
    fn read(text: &'a str) -> Result<Self, TunnelError> {
        let end = text.find('/').unwrap_or(text.len());
        let (host, socket) = text.split_at(end);
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port))
            }
            _ => (host, None),
        };
        if host.is_empty() || host.ends_with('@') {
            return Err(TunnelError::NoHost {
                host: host.to_owned(),
            });
        }
        let socket = if matches!(socket, "" | "/") {
            SOCKET
        } else {
            socket
        };
        Ok(Self { host, port, socket })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_host_may_be_left_out() {
        let far = |host, port, socket| Far { host, port, socket };
        for (text, expected) in [
            ("h", far("h", None, SOCKET)),
            ("h/", far("h", None, SOCKET)),
            ("me@h:2222", far("me@h", Some("2222"), SOCKET)),
            (
                "h/run/user/1000/docker.sock",
                far("h", None, "/run/user/1000/docker.sock"),
            ),
        ] {
            assert_eq!(Far::read(text).unwrap(), expected, "{text}");
        }
        for none in ["", "me@", ":22", "/x"] {
            assert!(Far::read(none).is_err(), "{none}");
        }
    }
}
