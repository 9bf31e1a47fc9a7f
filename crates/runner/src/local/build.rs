//! Building a submission with this host's own tools.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::{
    LocalError,
    child::Order,
    program::{self, Program},
    site::{Site, unready},
    wrapper::Limits,
};
use crate::{
    AppFailure, BuildLimits, HostNetwork, LogTail, Progress, RunnerEvent,
    build::sentence,
    setup::{HostSteps, Runtime, Setup, arguments},
};

/// For a question to a package registry.
const ASKED_WITHIN: Duration = Duration::from_secs(30);

/// A submission's build.
pub(super) struct Build<'a> {
    pub(super) site: &'a Site,
    pub(super) setup: &'a Setup,
    pub(super) steps: &'a HostSteps,
    pub(super) runtime: &'static Runtime,
    pub(super) limits: BuildLimits,
    pub(super) network: &'a HostNetwork,
    pub(super) progress: &'a dyn Progress,
}

/// How one command ended.
struct Ended {
    code: Option<i64>,
    exit: String,
    log: LogTail,
}

/// Finds the tools of a language, and gives its own program.
pub(super) async fn tools(site: &Site, runtime: &Runtime) -> Result<Program, LocalError> {
    let toolchain = &runtime.on_host;
    match program::all_of(&site.search, toolchain).await {
        Ok(mut programs) => Ok(programs.swap_remove(0)),
        Err(names) => Err(LocalError::NotInstalled {
            what: format!("`{}`", names.join("` or `")),
            needed_by: format!("a submission in {}", runtime.title),
            packages: toolchain.packages.to_owned(),
        }),
    }
}

/// What the submission's own processes are told beside what all are.
pub(super) fn environment(site: &Site, runtime: &Runtime) -> BTreeMap<String, OsString> {
    let mut environment = site.environment();
    let mut folders = runtime.on_host.programs_made.to_vec();
    folders.push("bin");
    environment.insert("PATH".to_owned(), site.path(&folders));
    for (name, value) in runtime.on_host.environment {
        environment.insert((*name).to_owned(), (*value).into());
    }
    environment
}

impl Build<'_> {
    /// Runs all steps; in the inner error, why the submission does not build.
    pub(super) async fn run(
        &self,
        program: &Program,
    ) -> Result<Result<(), AppFailure>, LocalError> {
        let began = Instant::now();
        self.prepare(program).await?;
        for (step, reaches_out) in [(&self.steps.install, true), (&self.steps.build, true)] {
            let Some(command) = step else { continue };
            let left = self.limits.time.saturating_sub(began.elapsed());
            let ended = self.command("build", arguments(command), left).await?;
            for line in &ended.log.lines {
                self.progress.tell(RunnerEvent::BuildLine(line.clone()));
            }
            let reason = match ended.code {
                Some(0) => continue,
                Some(_) => format!(
                    "step `{}` ended with {}",
                    sentence::shortened(command),
                    ended.exit
                ),
                None => sentence::of_time(Some(command), self.limits.time),
            };
            if reaches_out && ended.code.is_some() {
                self.demand_registry(&reason).await?;
            }
            let log = ended.log;
            return Ok(Err(AppFailure::DidNotBuild { reason, log }));
        }
        Ok(Ok(()))
    }

    /// Makes what dependencies are installed into; it failing has nothing to do with the submission.
    async fn prepare(&self, program: &Program) -> Result<(), LocalError> {
        let arguments = if self.installs_nothing() {
            self.runtime.on_host.prepare_bare
        } else {
            self.runtime.on_host.prepare
        };
        if arguments.is_empty() {
            return Ok(());
        }
        let mut words = vec![program.path.display().to_string()];
        words.extend(arguments.iter().map(|&argument| argument.to_owned()));
        let command = words.join(" ");
        let ended = self.command("prepare", words, self.limits.time).await?;
        if ended.code == Some(0) {
            return Ok(());
        }
        Err(LocalError::Toolchain {
            command,
            exit: ended.exit,
            packages: self.runtime.on_host.packages.to_owned(),
            log: ended.log.lines.join("\n"),
        })
    }

    /// Neither we nor any command of its own, as far as can be seen.
    fn installs_nothing(&self) -> bool {
        let own = [self.setup.migrate(), self.setup.start()];
        let mentions_installer = own.iter().flatten().any(|command| command.contains("pip"));
        self.steps.install.is_none() && self.steps.build.is_none() && !mentions_installer
    }

    /// Where the registry does not answer us either, it is to blame.
    async fn demand_registry(&self, reason: &str) -> Result<(), LocalError> {
        let asked = self.runtime.on_host.ask_registry;
        let ended = self
            .command("registry", arguments(asked), ASKED_WITHIN)
            .await?;
        if ended.code == Some(0) {
            return Ok(());
        }
        Err(LocalError::RegistryUnreachable {
            reason: reason.to_owned(),
            asked: asked.to_owned(),
            told: ended.log.lines.last().cloned().unwrap_or(ended.exit),
        })
    }

    async fn command(
        &self,
        role: &str,
        words: Vec<String>,
        within: Duration,
    ) -> Result<Ended, LocalError> {
        let mut environment = environment(self.site, self.runtime);
        let certificates = self.certificates()?;
        environment.extend(self.network.environment(certificates.as_deref()));
        let folder = self.site.folder("app");
        let child = self.site.start(&Order {
            role,
            program: words.into_iter().map(OsString::from).collect(),
            environment,
            folder: &folder,
            limits: Some(Limits {
                memory: self.limits.memory,
                processes: self.limits.pids,
                open_files: None,
            }),
            user: None,
            politely: Signal::TERM,
            printed: None,
        })?;
        tokio::select! {
            biased;
            () = child.ended() => {}
            () = tokio::time::sleep(within) => {}
        }
        let (code, exit) = (child.exit_code()?, child.exit()?);
        let log = child.log().await;
        self.site.end_of(&child).await?;
        Ok(Ended {
            code,
            exit: exit.unwrap_or_else(|| "no end in time".to_owned()),
            log,
        })
    }

    /// Those of this host as a file that tools are pointed to.
    fn certificates(&self) -> Result<Option<PathBuf>, LocalError> {
        let content = self.network.certificates();
        if content.is_empty() {
            return Ok(None);
        }
        let path: PathBuf = self.site.folder("certificates.pem");
        write_once(&path, content)?;
        Ok(Some(path))
    }
}

fn write_once(path: &Path, content: &[u8]) -> Result<(), LocalError> {
    if path.exists() {
        return Ok(());
    }
    fs::write(path, content).map_err(unready(path))
}
