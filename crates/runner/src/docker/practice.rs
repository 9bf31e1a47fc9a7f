//! A language's tools in a container without a network, without rights, on a read-only root, bounded.

use std::{collections::HashMap, time::Duration};

use bollard::{
    container::LogOutput,
    exec::{CreateExecOptions, StartExecResults},
    models::{ContainerCreateBody, HostConfig},
};
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::{SandboxError, ended, limits, site::Site, teardown};
use crate::practice::{Sources, Tool, ToolRun, read};

const ROLE: &str = "practice";
/// Of all processes and of what they write, in bytes.
const MEMORY: u64 = 1536 * 1024 * 1024;
/// Of `/tmp`, which is all that can be written to.
const TMP: u64 = 512 * 1024 * 1024;
const PIDS: u32 = 256;
const OPEN_FILES: u32 = 4096;
/// For each tool, in seconds.
const WITHIN: u64 = 45;
/// For all of it, whatever a tool does.
const ALL_WITHIN: Duration = Duration::from_mins(2);
/// What is read of a tool's findings, in bytes; what comes behind is passed over.
const MOST_FOUND: usize = 16 * 1024 * 1024;
/// What is read of its complaints.
const MOST_COMPLAINTS: usize = 64 * 1024;
/// What a tool ends with when it was ended.
const TOO_LONG: i64 = 124;
const KILLED: i64 = 137;
/// What a command of ours ends with where its tool cannot be run.
const NOTHING_TO_SAY: i64 = 3;

/// What each tool of the sources' language says of them.
pub(super) async fn look(
    site: &Site,
    image: String,
    sources: &Sources,
) -> Result<Vec<ToolRun>, SandboxError> {
    let container = site.make_container(ROLE, body(image)).await?;
    let looking = Looking {
        site,
        container: &container,
    };
    let looked = tokio::time::timeout(ALL_WITHIN, looking.at(sources)).await;
    let removed = teardown::remove_container(&site.engine, &container).await;
    let looked = looked.unwrap_or_else(|_| {
        let seconds = ALL_WITHIN.as_secs();
        Err(failed(format!("not done within {seconds} s")))
    })?;
    removed?;
    Ok(looked)
}

fn failed(message: String) -> SandboxError {
    SandboxError::Practice { message }
}

fn body(image: String) -> ContainerCreateBody {
    let alive = (2 * ALL_WITHIN.as_secs()).to_string();
    let tmp = format!("rw,exec,nosuid,nodev,size={TMP},mode=1777");
    let kept_in = limits::aside(MEMORY, PIDS);
    ContainerCreateBody {
        image: Some(image),
        user: Some(format!("{0}:{0}", crate::practice::USER)),
        env: Some(vec!["HOME=/tmp".to_owned()]),
        entrypoint: Some(Vec::new()),
        cmd: Some(vec!["sleep".to_owned(), alive]),
        working_dir: Some("/tmp".to_owned()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            readonly_rootfs: Some(true),
            tmpfs: Some(HashMap::from([("/tmp".to_owned(), tmp)])),
            ulimits: Some(vec![limits::open_files(OPEN_FILES)]),
            init: Some(false),
            ..kept_in
        }),
        ..Default::default()
    }
}

struct Looking<'a> {
    site: &'a Site,
    container: &'a str,
}

/// How a command ended, and what it printed.
struct Ran {
    code: i64,
    found: Vec<u8>,
    complaints: Vec<u8>,
    cut: bool,
}

impl Looking<'_> {
    async fn at(&self, sources: &Sources) -> Result<Vec<ToolRun>, SandboxError> {
        self.site.start(ROLE, self.container).await?;
        // Its size is told, so that the end of what is written need not be.
        let unpack = format!(
            "mkdir {folder} && head -c {size} | tar -x -C {folder}",
            folder = crate::practice::FOLDER,
            size = sources.tar.len()
        );
        let unpacked = self.run(&unpack, &sources.tar).await?;
        if unpacked.code != 0 {
            return Err(failed(complaint(&unpacked.complaints)));
        }
        let mut runs = Vec::new();
        for tool in sources.language.tools {
            runs.push(self.tool(tool).await?);
        }
        Ok(runs)
    }

    async fn tool(&self, tool: &'static Tool) -> Result<ToolRun, SandboxError> {
        let command = "cd \"$0\" && exec timeout -k 2 \"$1\" sh -c \"$2\"";
        let within = WITHIN.to_string();
        let words = [
            "sh",
            "-c",
            command,
            crate::practice::FOLDER,
            &within,
            tool.command,
        ];
        Ok(said(tool, &self.execute(&words, &[]).await?))
    }

    async fn run(&self, command: &str, input: &[u8]) -> Result<Ran, SandboxError> {
        self.execute(&["sh", "-c", command], input).await
    }

    async fn execute(&self, words: &[&str], input: &[u8]) -> Result<Ran, SandboxError> {
        let docker = self.site.docker();
        let wrong = |source| SandboxError::Command {
            role: ROLE.to_owned(),
            command: "a tool".to_owned(),
            source,
        };
        let options = CreateExecOptions {
            attach_stdin: Some(!input.is_empty()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(words.iter().map(|&word| word.to_owned()).collect()),
            ..Default::default()
        };
        let exec = docker.create_exec(self.container, options).await;
        let exec = exec.map_err(wrong)?.id;
        let mut ran = Ran {
            code: -1,
            found: Vec::new(),
            complaints: Vec::new(),
            cut: false,
        };
        let started = docker.start_exec(&exec, None).await.map_err(wrong)?;
        if let StartExecResults::Attached {
            mut output,
            input: mut sink,
        } = started
        {
            let writing = async {
                let written = sink.write_all(input).await;
                written.map_err(|error| failed(error.to_string()))?;
                let flushed = sink.flush().await;
                flushed.map_err(|error| failed(error.to_string()))
            };
            let reading = async {
                while let Some(piece) = output.next().await {
                    ran.take(&piece.map_err(wrong)?);
                }
                Ok::<_, SandboxError>(())
            };
            tokio::try_join!(writing, reading)?;
        }
        loop {
            let state = docker.inspect_exec(&exec).await.map_err(wrong)?;
            // The output ends a moment before the engine hears of the exit.
            if let Some(code) = ended::of_exec(&state) {
                ran.code = code;
                return Ok(ran);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Ran {
    fn take(&mut self, piece: &LogOutput) {
        let (kept, most, message) = match piece {
            LogOutput::StdErr { message } => (&mut self.complaints, MOST_COMPLAINTS, message),
            LogOutput::StdOut { message }
            | LogOutput::StdIn { message }
            | LogOutput::Console { message } => (&mut self.found, MOST_FOUND, message),
        };
        let room = most.saturating_sub(kept.len());
        kept.extend_from_slice(&message[..message.len().min(room)]);
        self.cut |= message.len() > room && most == MOST_FOUND;
    }
}

/// What came of a tool. Most end with 1 where they have found something: one that ends so, has found
/// nothing and complains has failed.
fn said(tool: &'static Tool, ran: &Ran) -> ToolRun {
    let printed = String::from_utf8_lossy(&ran.found);
    let (version, rest) = printed.split_once('\n').unwrap_or((&printed, ""));
    let version = Some(version.trim().to_owned()).filter(|version| !version.is_empty());
    let mut findings = read(tool, rest);
    findings.cut = ran.cut;
    let said = match ran.code {
        TOO_LONG => Err(format!("not done within {WITHIN} s")),
        KILLED => Err("it took more memory or time than it may have".to_owned()),
        0..=2 if findings.count > 0 || ran.code == 0 || ran.complaints.is_empty() => Ok(findings),
        NOTHING_TO_SAY => Err(complaint(&ran.complaints)),
        code => Err(format!("exit code {code}: {}", complaint(&ran.complaints))),
    };
    ToolRun {
        tool: tool.name,
        about: tool.about,
        version,
        said,
    }
}

/// The first line that calls itself an error, else the last one.
fn complaint(complaints: &[u8]) -> String {
    let text = String::from_utf8_lossy(complaints);
    let is_error = |line: &&str| line.starts_with("error") || line.starts_with("Error");
    let error = text.lines().find(is_error);
    let last = || text.lines().rfind(|line| !line.trim().is_empty());
    let line = error.or_else(last).unwrap_or("it says nothing");
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::Language;

    #[test]
    fn the_tools_of_a_language_are_kept_in() {
        let body = body("image".to_owned());
        assert_eq!(body.user.as_deref(), Some("65534:65534"));
        let host = body.host_config.unwrap();
        assert_eq!(host.network_mode.as_deref(), Some("none"));
        assert_eq!(host.readonly_rootfs, Some(true));
        assert_eq!(host.cap_drop, Some(vec!["ALL".to_owned()]));
        let no_new_privileges = vec!["no-new-privileges".to_owned()];
        assert_eq!(host.security_opt, Some(no_new_privileges));
        assert_eq!(host.memory, host.memory_swap);
        assert_eq!(host.memory, Some(1536 * 1024 * 1024));
        assert_eq!(host.nano_cpus, Some(2_000_000_000));
        assert_eq!(host.pids_limit, Some(256));
        assert!(host.binds.is_none() && host.mounts.is_none());
        let tmp = host.tmpfs.unwrap();
        let tmp = tmp.get("/tmp").filter(|_| tmp.len() == 1).unwrap();
        assert!(tmp.contains("nosuid,nodev,size=536870912"), "{tmp}");
    }

    #[test]
    fn a_tool_that_fails_is_told_from_one_that_finds_something() {
        let python = Language::of_runtime("python").unwrap();
        let tool = &python.tools[0];
        let ran = |code, found: &str, complaints: &str| Ran {
            code,
            found: found.as_bytes().to_vec(),
            complaints: complaints.as_bytes().to_vec(),
            cut: false,
        };
        let of = |code, found: &str, complaints: &str| said(tool, &ran(code, found, complaints));
        let finding = r#"{"code":"F401","filename":"a.py","location":{"row":1},"message":"m"}"#;
        let found = of(1, &format!("0.17.6\n{finding}\n"), "warning: a word\n");
        assert_eq!(found.version.as_deref(), Some("0.17.6"));
        assert_eq!(found.said.unwrap().count, 1);
        assert_eq!(of(0, "0.17.6\n", "a word\n").said.unwrap().count, 0);
        let why = |run: ToolRun| run.said.unwrap_err();
        assert_eq!(why(of(1, "0.17.6\n", "a\nb\n\n")), "exit code 1: b");
        let usage = why(of(1, "1.8.0\n", "error: no manifest\n\nUsage:\n"));
        assert_eq!(usage, "exit code 1: error: no manifest");
        assert_eq!(why(of(3, "1.24.4\n", "no modules\n")), "no modules");
        assert_eq!(why(of(124, "0.17.6\n", "")), "not done within 45 s");
        assert!(why(of(137, "", "")).contains("memory"));
        assert_eq!(why(of(127, "", "")), "exit code 127: it says nothing");
    }
}
