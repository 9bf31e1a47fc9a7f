//! The submission's own processes: its migration, and its app.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rustix::process::Signal;
use tokio::net::TcpStream;

use super::{
    LocalError, build,
    child::{Child, Order},
    printed::Printed,
    service::Service,
    site::Site,
    wrapper::Limits,
};
use crate::{
    AppFailure, AppSpec, LogTail,
    setup::{Runtime, arguments},
    wait::HttpAnswer,
};

const APP: &str = "app";

/// Where and as what the submission runs.
#[derive(Debug)]
pub(super) struct App {
    pub(super) spec: AppSpec,
    pub(super) runtime: &'static Runtime,
    pub(super) address: SocketAddr,
    /// Each service's URL, by its variable.
    urls: Vec<(String, String)>,
    /// What the app printed, over all its starts.
    pub(super) printed: Arc<Mutex<Printed>>,
}

impl App {
    pub(super) fn new(
        spec: &AppSpec,
        runtime: &'static Runtime,
        address: SocketAddr,
        services: &[Service],
    ) -> Self {
        Self {
            spec: spec.clone(),
            runtime,
            address,
            urls: services.iter().map(|service| service.url.clone()).collect(),
            printed: Arc::default(),
        }
    }

    fn start_process(
        &self,
        site: &Site,
        role: &str,
        command: &str,
    ) -> Result<Arc<Child>, LocalError> {
        let limits = &self.spec.limits;
        site.start(&Order {
            role,
            program: arguments(command).into_iter().map(OsString::from).collect(),
            environment: self.environment(site),
            folder: &site.folder("app"),
            limits: Some(Limits {
                memory: limits.memory,
                processes: limits.pids,
                open_files: Some(limits.open_files),
            }),
            user: None,
            politely: Signal::TERM,
            printed: (role == APP).then(|| Arc::clone(&self.printed)),
        })
    }

    fn environment(&self, site: &Site) -> BTreeMap<String, OsString> {
        let mut all = build::environment(site, self.runtime);
        let told = self
            .spec
            .env
            .iter()
            .map(|(name, value)| (name.clone(), value.into()));
        all.extend(told);
        let urls = self
            .urls
            .iter()
            .map(|(name, url)| (name.clone(), url.into()));
        all.extend(urls);
        all.insert("PORT".to_owned(), self.address.port().to_string().into());
        all
    }

    /// Runs the migration; in the inner error, why the app cannot be started.
    pub(super) async fn migrate(
        &self,
        site: &Site,
        command: &str,
    ) -> Result<Result<LogTail, AppFailure>, LocalError> {
        let within = self.spec.migrate_within;
        let child = self.start_process(site, "migrate", command)?;
        tokio::select! {
            biased;
            () = child.ended() => {}
            () = tokio::time::sleep(within) => {}
        }
        let (code, exit) = (child.exit_code()?, child.exit()?);
        let log = child.log().await;
        site.end_of(&child).await?;
        Ok(match (code, exit) {
            (Some(0), _) => Ok(log),
            (_, Some(exit)) => Err(AppFailure::MigrationFailed { exit, log }),
            (_, None) => Err(AppFailure::MigrationTooLong { within, log }),
        })
    }

    /// Starts the app and waits for its first answer; in the inner error, why it cannot be used.
    pub(super) async fn start(
        &self,
        site: &Site,
    ) -> Result<Result<Arc<Child>, AppFailure>, LocalError> {
        let command = self.spec.setup.start().unwrap_or_default();
        let child = self.start_process(site, APP, command)?;
        let answer = HttpAnswer::to_get(self.address, &self.spec.ready_path);
        let within = self.spec.start_within;
        tokio::select! {
            biased;
            () = child.ended() => {}
            () = answer.begins() => return Ok(Ok(child)),
            () = tokio::time::sleep(within) => {}
        }
        let exit = child.exit()?;
        let log = child.log().await;
        site.end_of(&child).await?;
        let port = self.address.port();
        Ok(Err(match exit {
            Some(_) if self.is_taken().await => return Err(LocalError::PortTaken { port }),
            Some(exit) => AppFailure::DiedAtStart { exit, log },
            None if answer.connected() => AppFailure::NeverAnswered {
                port,
                path: self.spec.ready_path.clone(),
                within,
                log,
            },
            None => AppFailure::NeverListened { port, within, log },
        }))
    }

    /// Whether somebody listens there although nothing of the submission runs.
    async fn is_taken(&self) -> bool {
        TcpStream::connect(self.address).await.is_ok()
    }
}
