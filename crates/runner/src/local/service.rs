//! Servers that this host has, one kind a file.
//!
//! One that is not installed is no error: the sandbox stands without it, and what needs it stays
//! undecided.

mod postgres;
mod redis;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rustix::process::Signal;

use super::{
    LocalError,
    child::{Child, Order},
    site::Site,
    wrapper::User,
};
use crate::{
    Lack, ServiceEndpoint, ServiceKind, ServiceSpec,
    service::{self, random_password},
};

/// For a server that starts from a prepared state on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// A server that takes up sessions, or why there is none.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) name: String,
    /// The variable of the app's environment, and what it holds.
    pub(super) url: (String, String),
    pub(super) state: State,
}

/// Whether a service is there.
#[derive(Debug)]
pub(super) enum State {
    Stands {
        child: Arc<Child>,
        endpoint: ServiceEndpoint,
        /// What it truly is: `PostgreSQL 15.18`.
        program: String,
    },
    Missing(Lack),
}

/// A server's programs on this host.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    /// The folder that they are in.
    folder: std::path::PathBuf,
    /// The server itself.
    server: &'static str,
    /// `PostgreSQL`.
    title: &'static str,
    /// `15.18`.
    version: String,
}

/// What is known when a server is started.
struct Start<'a> {
    site: &'a Site,
    spec: &'a ServiceSpec,
    installed: &'a Installed,
    /// Its own.
    folder: &'a Path,
    user: Option<User>,
    port: u16,
    grader_password: &'a str,
}

/// Finds the server of a kind; in the error, what is missing and how it is had.
pub(super) async fn find(
    search: &super::search::Search,
    kind: &ServiceKind,
) -> Result<Installed, String> {
    match kind {
        ServiceKind::Postgres(spec) => postgres::find(search, spec).await,
        ServiceKind::Redis(spec) => redis::find(search, spec).await,
        ServiceKind::MariaDb(_) => Err(
            "the local backend starts no MariaDB; with a container engine there is one".to_owned(),
        ),
        ServiceKind::Stub(_) => {
            Err("the local backend starts no stub; with a container engine there is one".to_owned())
        }
    }
}

/// Starts a service where its server is installed.
pub(super) async fn open(site: &Site, spec: &ServiceSpec) -> Result<Service, LocalError> {
    let port = site.port()?;
    let kind = service::of(&spec.kind);
    let host = Ipv4Addr::LOCALHOST.to_string();
    let url = (spec.env.clone(), kind.app_url(&host, port));
    let state = match find(&site.search, &spec.kind).await {
        Ok(installed) => stand(site, spec, &installed, port).await?,
        // The app is told a port that nobody listens on, as if the server were down.
        Err(why) => State::Missing(Lack::Service {
            name: spec.name.clone(),
            why,
        }),
    };
    Ok(Service {
        name: spec.name.clone(),
        url,
        state,
    })
}

async fn stand(
    site: &Site,
    spec: &ServiceSpec,
    installed: &Installed,
    port: u16,
) -> Result<State, LocalError> {
    let user = User::of_servers()?;
    let folder = site.folder_of(user)?;
    let grader_password = random_password();
    let start = Start {
        site,
        spec,
        installed,
        folder: &folder,
        user,
        port,
        grader_password: &grader_password,
    };
    let child = match &spec.kind {
        ServiceKind::Postgres(postgres) => start.postgres(postgres).await?,
        ServiceKind::Redis(_) => start.redis()?,
        ServiceKind::MariaDb(_) | ServiceKind::Stub(_) => {
            return Err(start.unprepared("it is not started here"));
        }
    };
    let kind = service::of(&spec.kind);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    tokio::select! {
        biased;
        () = child.ended() => {
            return Err(LocalError::ServiceDied {
                service: spec.name.clone(),
                exit: child.exit()?.unwrap_or_default(),
                log: child.log().await.lines.join("\n"),
            });
        }
        () = kind.ready(address, &grader_password) => {}
        () = tokio::time::sleep(READY_WITHIN) => {
            return Err(LocalError::ServiceNotReady {
                service: spec.name.clone(),
                within: READY_WITHIN,
            });
        }
    }
    Ok(State::Stands {
        child,
        endpoint: kind.endpoint(address, &grader_password),
        program: installed.told(&spec.kind),
    })
}

impl Installed {
    /// `PostgreSQL 15.18`, and what the challenge asks for where that is another version.
    fn told(&self, kind: &ServiceKind) -> String {
        let (wanted, title) = match kind {
            ServiceKind::Postgres(spec) => (&spec.version, "PostgreSQL"),
            ServiceKind::MariaDb(spec) => (&spec.version, "MariaDB"),
            ServiceKind::Redis(spec) => (&spec.version, redis::title(spec)),
            ServiceKind::Stub(_) => return self.name(),
        };
        let has = format!("{} {}", self.title, self.version);
        let is_wanted = self.title == title
            && (self.version == *wanted || self.version.starts_with(&format!("{wanted}.")));
        if is_wanted {
            has
        } else {
            format!("{has}; the challenge asks for {title} {wanted}")
        }
    }

    /// `PostgreSQL 15.18`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.title, self.version)
    }

    fn path(&self, program: &str) -> OsString {
        self.folder.join(program).into()
    }
}

impl Start<'_> {
    fn unprepared(&self, message: &str) -> LocalError {
        LocalError::PrepareService {
            service: self.spec.name.clone(),
            message: message.to_owned(),
        }
    }

    /// Nothing of the sandbox's own programs, and messages in English.
    fn environment(&self) -> BTreeMap<String, OsString> {
        let mut environment = self.site.environment();
        let folder = OsString::from(self.folder);
        environment.insert("HOME".to_owned(), folder.clone());
        environment.insert("TMPDIR".to_owned(), folder);
        environment.insert("LANG".to_owned(), "C".into());
        environment
    }

    fn spawn(
        &self,
        role: &str,
        program: Vec<OsString>,
        environment: BTreeMap<String, OsString>,
        politely: Signal,
    ) -> Result<Arc<Child>, LocalError> {
        self.site.start(&Order {
            role,
            program,
            environment,
            folder: self.folder,
            limits: None,
            user: self.user,
            politely,
            printed: None,
        })
    }

    /// Runs a command of ours to its end, and gives what it printed.
    async fn run(
        &self,
        program: Vec<OsString>,
        environment: BTreeMap<String, OsString>,
    ) -> Result<(Option<i64>, Vec<String>), LocalError> {
        let role = format!("{}-prepare", self.spec.name);
        let child = self.spawn(&role, program, environment, Signal::TERM)?;
        child.ended().await;
        let code = child.exit_code()?;
        let printed = child.log().await.lines;
        self.site.end_of(&child).await?;
        Ok((code, printed))
    }
}

/// The first word of a line that begins with a digit.
fn number(line: &str) -> Option<String> {
    let mut words = line.split([' ', '=', 'v']);
    let word = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_servers_say() {
        for (line, expected) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)",
                "15.18",
            ),
            (
                "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0",
                "7.0.15",
            ),
            ("Valkey server v=8.1.1 sha=0", "8.1.1"),
        ] {
            assert_eq!(number(line).as_deref(), Some(expected));
        }
        assert_eq!(number("nothing"), None);
    }
}
