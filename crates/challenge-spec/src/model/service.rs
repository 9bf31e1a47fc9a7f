mod stub;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ServiceLimits;

pub use stub::{RateLimit, Stub, StubErrors, StubRoute};

/// What stands beside the submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// A PostgreSQL server with one database; the submission owns the database and is no superuser.
    Postgres(Postgres),
    /// A MariaDB server with one database; the submission may do anything in it and nothing beside it.
    MariaDb(MariaDb),
    /// A Redis server, empty at first; the submission may not administer it.
    Redis(Redis),
    /// A Valkey server, empty at first; the submission may not administer it.
    Valkey(Redis),
    /// An HTTP upstream that answers as it is told.
    Stub(Stub),
}

/// A PostgreSQL server with one database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Postgres {
    /// The major version: `"17"`.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// The environment variable that carries its URL.
    #[serde(default = "database_url")]
    pub env: String,
    /// SQL files run in this order, as the database's owner, before the submission starts;
    /// relative to the challenge's folder.
    #[serde(default)]
    pub seed: Vec<PathBuf>,
    /// What it may use.
    #[serde(default)]
    pub limits: ServiceLimits,
}

/// A MariaDB server with one database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MariaDb {
    /// The release series: `"11.8"`.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// The environment variable that carries its URL.
    #[serde(default = "database_url")]
    pub env: String,
    /// SQL files run in this order, as the submission's account, before the submission starts;
    /// relative to the challenge's folder.
    #[serde(default)]
    pub seed: Vec<PathBuf>,
    /// What it may use.
    #[serde(default)]
    pub limits: ServiceLimits,
}

/// A Redis or Valkey server, which keeps its data in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// The major version: `"8"`.
    pub version: String,
    /// The environment variable that carries its URL.
    #[serde(default = "redis_url")]
    pub env: String,
    /// What it may use.
    #[serde(default)]
    pub limits: ServiceLimits,
}

impl Service {
    /// The key that names its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::MariaDb(_) => "mariadb",
            Self::Redis(_) => "redis",
            Self::Valkey(_) => "valkey",
            Self::Stub(_) => "stub",
        }
    }

    /// Its version, as written; empty of a kind that has none.
    pub fn version(&self) -> &str {
        match self {
            Self::Postgres(postgres) => &postgres.version,
            Self::MariaDb(mariadb) => &mariadb.version,
            Self::Redis(redis) | Self::Valkey(redis) => &redis.version,
            Self::Stub(_) => "",
        }
    }

    /// The versions of its kind that there are images of.
    pub fn versions(&self) -> &'static [&'static str] {
        match self {
            Self::Postgres(_) => &["17"],
            Self::MariaDb(_) => &["11.8"],
            Self::Redis(_) | Self::Valkey(_) => &["8"],
            Self::Stub(_) => &[""],
        }
    }

    /// The environment variable that carries its URL.
    pub fn env(&self) -> &str {
        match self {
            Self::Postgres(postgres) => &postgres.env,
            Self::MariaDb(mariadb) => &mariadb.env,
            Self::Redis(redis) | Self::Valkey(redis) => &redis.env,
            Self::Stub(stub) => &stub.env,
        }
    }

    /// What it may use.
    pub fn limits(&self) -> &ServiceLimits {
        match self {
            Self::Postgres(postgres) => &postgres.limits,
            Self::MariaDb(mariadb) => &mariadb.limits,
            Self::Redis(redis) | Self::Valkey(redis) => &redis.limits,
            Self::Stub(stub) => &stub.limits,
        }
    }

    /// The name of its database; none where it does not speak SQL.
    pub fn database(&self) -> Option<&str> {
        match self {
            Self::Postgres(postgres) => Some(&postgres.database),
            Self::MariaDb(mariadb) => Some(&mariadb.database),
            Self::Redis(_) | Self::Valkey(_) | Self::Stub(_) => None,
        }
    }

    /// The files of SQL that it begins with.
    pub fn seed(&self) -> &[PathBuf] {
        match self {
            Self::Postgres(postgres) => &postgres.seed,
            Self::MariaDb(mariadb) => &mariadb.seed,
            Self::Redis(_) | Self::Valkey(_) | Self::Stub(_) => &[],
        }
    }

    /// The same, to be changed; none of a kind that begins with nothing.
    pub fn seed_mut(&mut self) -> Option<&mut Vec<PathBuf>> {
        match self {
            Self::Postgres(postgres) => Some(&mut postgres.seed),
            Self::MariaDb(mariadb) => Some(&mut mariadb.seed),
            Self::Redis(_) | Self::Valkey(_) | Self::Stub(_) => None,
        }
    }

    /// Whether a query can go to it.
    pub fn speaks_sql(&self) -> bool {
        self.database().is_some()
    }

    /// Whether it is a Redis or Valkey server.
    pub fn is_redis(&self) -> bool {
        matches!(self, Self::Redis(_) | Self::Valkey(_))
    }

    /// What it is, where it is a stub.
    pub fn as_stub(&self) -> Option<&Stub> {
        match self {
            Self::Stub(stub) => Some(stub),
            Self::Postgres(_) | Self::MariaDb(_) | Self::Redis(_) | Self::Valkey(_) => None,
        }
    }
}

fn database_url() -> String {
    "DATABASE_URL".to_owned()
}

fn redis_url() -> String {
    "REDIS_URL".to_owned()
}
