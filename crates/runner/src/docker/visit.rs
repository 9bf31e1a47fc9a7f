//! A visitor's container: like an app's, in a namespace of the sandbox's network whose rules let it reach
//! the app and nothing else.

use std::time::{Duration, Instant};

use bollard::{
    container::LogOutput,
    exec::{CreateExecOptions, StartExecResults},
};
use futures_util::{Stream, StreamExt as _};

use super::{
    SandboxError,
    app::{self, Made, Process, Started},
    ended,
    holder::Holder,
    reading,
    rules::Endpoint,
    sandbox::DockerSandbox,
    site::Site,
    teardown,
};
use crate::{
    LogTail, SandboxSpec, setup,
    tail::Tail,
    visit::{Visit, VisitEnd, Visited},
};

/// What holders of visitors are called.
pub(super) const ROLE: &str = "visitor";
/// Where results are left; in memory, and bounded with the rest of `/tmp`.
const RESULTS: &str = "/tmp/results";
/// Of all results together, in bytes.
const MOST_RESULTS: usize = 32 * 1024 * 1024;
/// How long its container lives beside its program.
const MARGIN: Duration = Duration::from_mins(2);
/// How often the engine is asked whether the program has ended: one that leaves others behind does not
/// close what it prints to.
const LOOK: Duration = Duration::from_millis(100);
/// The same once it prints nothing more, as it does when it ends.
const SOON: Duration = Duration::from_millis(5);
/// How long the engine may say of a program that it neither runs nor has ended.
const LOST: Duration = Duration::from_secs(10);
/// Prints each file of results behind a line with its size and name.
const READ: &str = r#"cd "$RESULTS" 2> /dev/null || exit 0
for file in *.xml *.tap; do
    [ -f "$file" ] || continue
    printf '%s %s\n' "$(wc -c < "$file")" "$file" && cat "$file"
done"#;

/// Where visitors of a sandbox stand.
#[derive(Debug, Clone)]
pub(super) struct Entrance {
    pub(super) holder: Holder,
    /// The app, as they reach it.
    pub(super) app: Endpoint,
}

/// Runs a visitor's program to its end and removes its container.
pub(super) async fn run(
    sandbox: &DockerSandbox,
    entrance: &Entrance,
    visit: &Visit,
) -> Result<Visited, SandboxError> {
    let site = &sandbox.site;
    let spec = spec(sandbox, entrance, visit);
    let role = format!("{ROLE}-{}", visit.name);
    let mold = match app::mold(site, &spec, &visit.image).await? {
        Ok(mold) => mold,
        Err(why) => return Ok(unusable(why)),
    };
    // Lives as long as is needed to read what it leaves.
    let alive = format!("sleep {}", (visit.within + MARGIN).as_secs());
    let process = Process {
        role: &role,
        command: Some(&alive),
    };
    let made = app::make(
        site,
        &spec,
        &entrance.holder,
        &mold,
        process,
        &sandbox.control,
    );
    let container = match Box::pin(made).await? {
        Made::Container(container) => container,
        Made::Refused { exit } => return Ok(unusable(exit)),
    };
    let visiting = Visiting {
        sandbox,
        site,
        role: &role,
        container: &container,
        visit,
    };
    let present = sandbox.accounts.present(&container);
    let visited = visiting.go(&spec, &entrance.holder).await;
    drop(present);
    let removed = teardown::remove_container(&site.engine, &container).await;
    let visited = visited?;
    removed?;
    Ok(visited)
}

/// What its container is asked for; it has no services.
fn spec(sandbox: &DockerSandbox, entrance: &Entrance, visit: &Visit) -> SandboxSpec {
    let mut spec = sandbox.spec.clone();
    spec.services.clear();
    spec.app.limits = visit.limits;
    spec.app.env.clone_from(&visit.env);
    let Endpoint { address, port } = entrance.app;
    let ours = [
        ("BASE_URL", format!("http://{address}:{port}")),
        ("RESULTS", RESULTS.to_owned()),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value));
    spec.app.env.extend(ours);
    spec
}

struct Visiting<'a> {
    sandbox: &'a DockerSandbox,
    site: &'a Site,
    role: &'a str,
    container: &'a str,
    visit: &'a Visit,
}

impl Visiting<'_> {
    async fn go(&self, spec: &SandboxSpec, holder: &Holder) -> Result<Visited, SandboxError> {
        let names = (self.role, self.container);
        let control = &self.sandbox.control;
        let started = app::start(self.site, spec, holder, names, control);
        if let Started::Refused { exit } = started.await? {
            return Ok(unusable(exit));
        }
        let began = Instant::now();
        let mut tail = Tail::default();
        let code = self.program(&mut tail).await;
        let took = began.elapsed();
        // Gone, its container tells nothing of what it has computed.
        let reading = reading::of(self.sandbox).await;
        let log = tail.finish();
        // Whatever its engine says of a program whose container is gone, the container's end comes first.
        if let Some(end) = self.end_of_container().await? {
            return Ok(Visited {
                end,
                log,
                results: Ok(Vec::new()),
                took,
                reading,
            });
        }
        let end = match code? {
            Some(code) => VisitEnd::Exited { code },
            None => VisitEnd::TooLong,
        };
        let results = if self.visit.read_results {
            self.results().await?
        } else {
            Ok(Vec::new())
        };
        Ok(Visited {
            end,
            log,
            results,
            took,
            reading,
        })
    }

    /// Runs it; gives its exit code, or none where it was not done in time.
    async fn program(&self, tail: &mut Tail) -> Result<Option<i64>, SandboxError> {
        let command = format!("mkdir -p {RESULTS}\n{}", self.visit.command);
        let (exec, output) = self.execute(&command).await?;
        let mut take = |piece: &[u8]| tail.push(piece);
        let ended = self.until_ended(&exec, output, &mut take);
        let whole = self.visit.within + 3 * LOST;
        tokio::time::timeout(whole, ended)
            .await
            .unwrap_or_else(|_| Err(self.lost()))
    }

    /// How its container ended, if it did.
    async fn end_of_container(&self) -> Result<Option<VisitEnd>, SandboxError> {
        let state = ended::state(self.site, self.role, self.container).await?;
        Ok(match (state.running, state.oom_killed) {
            (Some(true), _) => None,
            (_, Some(true)) => Some(VisitEnd::OutOfMemory),
            _ => Some(VisitEnd::Unusable {
                why: ended::in_words(&state),
            }),
        })
    }

    fn failed(&self, source: bollard::errors::Error) -> SandboxError {
        SandboxError::Command {
            role: self.role.to_owned(),
            command: "the suite".to_owned(),
            source,
        }
    }

    /// Starts a command as the container's user in its folder; gives its name and what it prints.
    async fn execute(
        &self,
        command: &str,
    ) -> Result<(String, impl Stream<Item = Result<LogOutput, SandboxError>>), SandboxError> {
        let docker = self.site.docker();
        let options = CreateExecOptions {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(setup::arguments(command)),
            ..Default::default()
        };
        let exec = docker.create_exec(self.container, options).await;
        let exec = exec.map_err(|source| self.failed(source))?.id;
        let started = docker.start_exec(&exec, None).await;
        let output = match started.map_err(|source| self.failed(source))? {
            StartExecResults::Attached { output, .. } => output.left_stream(),
            StartExecResults::Detached => futures_util::stream::empty().right_stream(),
        };
        let output = output.map(|piece| piece.map_err(|source| self.failed(source)));
        Ok((exec, output))
    }

    fn lost(&self) -> SandboxError {
        SandboxError::Visitor {
            role: self.role.to_owned(),
            why: "the engine does not say how its program ended".to_owned(),
        }
    }

    /// Its exit code once it has ended, or none where it has been seen to run for too long. What the engine
    /// takes to begin it is not its time, and one that the engine has lost did not take too long.
    async fn until_ended(
        &self,
        exec: &str,
        output: impl Stream<Item = Result<LogOutput, SandboxError>>,
        take: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Option<i64>, SandboxError> {
        let mut output = std::pin::pin!(output.fuse());
        let mut printing = true;
        let mut began: Option<Instant> = None;
        let mut looks = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
        let mut lost: Option<Instant> = None;
        let code = loop {
            // Whatever it prints, it is looked at.
            tokio::select! {
                piece = output.next(), if printing => match piece {
                    Some(piece) => {
                        take(&piece?.into_bytes());
                        continue;
                    }
                    None => printing = false,
                },
                _ = looks.tick(), if printing => {}
                () = tokio::time::sleep(SOON), if !printing => {}
            }
            let state = self.site.docker().inspect_exec(exec).await;
            let state = state.map_err(|source| self.failed(source))?;
            if let Some(code) = ended::of_exec(&state) {
                break code;
            }
            if state.running == Some(true) {
                lost = None;
                if began.get_or_insert_with(Instant::now).elapsed() > self.visit.within {
                    return Ok(None);
                }
            } else if lost.get_or_insert_with(Instant::now).elapsed() > LOST {
                return Err(self.lost());
            }
        };
        // What is still on its way; others may hold on to the stream for ever.
        let rest = async {
            while let Some(piece) = output.next().await {
                take(&piece?.into_bytes());
            }
            Ok::<(), SandboxError>(())
        };
        tokio::time::timeout(LOOK, rest).await.unwrap_or(Ok(()))?;
        Ok(Some(code))
    }

    /// What it left; in the inner error, why it is not read.
    async fn results(&self) -> Result<Result<Vec<(String, Vec<u8>)>, String>, SandboxError> {
        let (_, output) = self.execute(READ).await?;
        let mut packed = Vec::new();
        let reading = async {
            let mut output = std::pin::pin!(output);
            while let Some(piece) = output.next().await {
                if let LogOutput::StdOut { message } = piece? {
                    packed.extend_from_slice(&message);
                }
                if packed.len() > MOST_RESULTS {
                    break;
                }
            }
            Ok::<_, SandboxError>(())
        };
        match tokio::time::timeout(MARGIN / 2, reading).await {
            Ok(read) => read?,
            Err(_) => {
                return Err(SandboxError::Visitor {
                    role: self.role.to_owned(),
                    why: "its results could not be read in time".to_owned(),
                });
            }
        }
        if packed.len() > MOST_RESULTS {
            return Ok(Err(format!("they are larger than {MOST_RESULTS} bytes")));
        }
        Ok(unpacked(&packed).ok_or_else(|| "they changed while they were read".to_owned()))
    }
}

/// Of a container in which nothing was run.
fn unusable(why: String) -> Visited {
    Visited {
        end: VisitEnd::Unusable { why },
        log: LogTail::default(),
        results: Ok(Vec::new()),
        took: Duration::ZERO,
        reading: None,
    }
}

fn unpacked(mut packed: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    while !packed.is_empty() {
        let end = packed.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&packed[..end]).ok()?;
        let (size, name) = line.trim_start().split_once(' ')?;
        let rest = &packed[end + 1..];
        let content = rest.get(..size.parse().ok()?)?;
        files.push((name.to_owned(), content.to_vec()));
        packed = &rest[content.len()..];
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::unpacked;

    #[test]
    fn files_are_told_apart_by_their_sizes() {
        let file = |name: &str, content: &[u8]| (name.to_owned(), content.to_vec());
        assert_eq!(
            unpacked(b"3 a b.xml\nx\ny0 c.tap\n"),
            Some(vec![file("a b.xml", b"x\ny"), file("c.tap", b"")])
        );
        assert_eq!(unpacked(b""), Some(Vec::new()));
        for broken in [&b"4 a\nxyz"[..], b"a", b"x a\nb", b"3\nabc"] {
            assert_eq!(unpacked(broken), None);
        }
    }
}
