//! What a sandbox is to be.

use std::{collections::BTreeMap, fmt, time::Duration};

use sidecar::protocol::Behaviour;

use crate::setup::Setup;

/// Names one run; a label of everything that the run makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(String);

/// One submission's app, the services beside it, its private network and its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct SandboxSpec {
    /// The run that it belongs to.
    pub run: RunId,
    /// The submission.
    pub app: AppSpec,
    /// What stands beside it; each is reached by its name as a host name.
    pub services: Vec<ServiceSpec>,
    /// Whether visitors are let in; see [`crate::visit`].
    pub visited: bool,
    /// Whether there is room for a second instance ([`crate::Sandbox::start_replica`]).
    pub replicated: bool,
}

/// How the submission is started.
#[derive(Debug, Clone, PartialEq)]
pub struct AppSpec {
    /// How it is built, migrated and started.
    pub setup: Setup,
    /// The port it listens on; handed to it as `PORT`.
    pub port: u16,
    /// The path asked until any HTTP answer comes.
    pub ready_path: String,
    /// Environment beside `PORT` and the services' URLs.
    pub env: BTreeMap<String, String>,
    /// Of its migration, where it has one: from its process starting to its end.
    pub migrate_within: Duration,
    /// From its process starting to its first answer.
    pub start_within: Duration,
    /// While its image is built.
    pub build_limits: BuildLimits,
    /// What its build may reach.
    pub build_network: BuildNetwork,
    /// While it runs.
    pub limits: AppLimits,
}

/// While the submission's image is built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuildLimits {
    /// From its first step to its image.
    pub time: Duration,
    /// In bytes, of one step's processes together.
    pub memory: u64,
    /// In cores.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
    /// Of what its steps write, in bytes.
    pub disk: u64,
}

/// What a submission's build may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildNetwork {
    /// Nothing.
    None,
    /// The package registries that the tools in our images are set up for, by a proxy of ours.
    Registries {
        /// Further hosts.
        hosts: Vec<String>,
    },
}

/// While the submission runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AppLimits {
    /// In bytes, of all its processes together.
    pub memory: u64,
    /// In cores.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
    /// Open files of one process.
    pub open_files: u32,
    /// Of `/tmp`, in bytes.
    pub tmp: u64,
    /// Of what it prints, in bytes.
    pub log: u64,
}

/// A service beside the submission.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceSpec {
    /// Its name in the challenge and its host name.
    pub name: String,
    /// The environment variable that carries its URL.
    pub env: String,
    /// What it may use.
    pub limits: ServiceLimits,
    /// Whether it can be made slow ([`crate::Fault::Slow`]): what the app and it say to each other then goes through
    /// a proxy.
    pub slowed: bool,
    /// What it is.
    pub kind: ServiceKind,
}

/// While a service runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceLimits {
    /// In bytes, of all its processes together.
    pub memory: u64,
    /// In cores.
    pub cpus: f64,
    /// Processes and threads.
    pub pids: u32,
    /// Of what it writes beyond its first state, in bytes.
    pub disk: u64,
}

/// What a service is.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceKind {
    /// A PostgreSQL server with one database.
    Postgres(PostgresSpec),
    /// A MariaDB server with one database.
    MariaDb(MariaDbSpec),
    /// A Redis or Valkey server.
    Redis(RedisSpec),
    /// An HTTP upstream that answers as it is told.
    Stub(StubSpec),
}

/// A PostgreSQL server with one database; its owner, the submission, is no superuser.
#[derive(Debug, Clone, PartialEq)]
pub struct PostgresSpec {
    /// The major version.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// Run in this order, as the database's owner.
    pub seed: Vec<SqlFile>,
    /// Whether it can be given its first state again ([`crate::Sandbox::reset`]), which doubles what its
    /// image holds of the database.
    pub reset: bool,
    /// Whether the server counts statements (`pg_stat_statements`), as its role for the grader may read in its
    /// database `postgres`.
    pub counts_statements: bool,
}

/// A MariaDB server with one database; the submission may do anything in it and nothing beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct MariaDbSpec {
    /// Such as `11.8`.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// Run in this order, as the submission's account.
    pub seed: Vec<SqlFile>,
}

/// A server that keeps its data in memory, empty at first; the submission may not administer it.
#[derive(Debug, Clone, PartialEq)]
pub struct RedisSpec {
    /// Which of the two.
    pub program: RedisProgram,
    /// The major version.
    pub version: String,
}

/// Who speaks the protocol of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisProgram {
    /// Redis.
    Redis,
    /// Valkey.
    Valkey,
}

/// An HTTP upstream that answers as it is told; see [`crate::Sandbox::steer`].
#[derive(Debug, Clone, PartialEq)]
pub struct StubSpec {
    /// What it does at first, and again after a reset.
    pub behaviour: Behaviour,
}

/// A file of SQL.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub sql: String,
}

impl RunId {
    /// A new one, unlike any other.
    pub fn random() -> Self {
        let mut id = uuid::Uuid::new_v4().simple().to_string();
        id.truncate(12);
        Self(id)
    }

    /// As in labels and names.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
