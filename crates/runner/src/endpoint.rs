//! Where the grader reaches services.

use std::net::SocketAddr;

use crate::service::SUBMISSION;

/// Where the grader reaches a service, with a role of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceEndpoint {
    /// A PostgreSQL server.
    Postgres {
        /// Where it listens.
        address: SocketAddr,
        /// The database.
        database: String,
        /// A role that can read everything and write nothing.
        user: String,
        /// Its password.
        password: String,
    },
    /// A MariaDB server.
    MariaDb {
        /// Where it listens.
        address: SocketAddr,
        /// The database.
        database: String,
        /// An account that can read the database and nothing else.
        user: String,
        /// Its password.
        password: String,
    },
    /// A Redis or Valkey server.
    Redis {
        /// Where it listens.
        address: SocketAddr,
        /// A user that can read every key and write none.
        user: String,
        /// Its password.
        password: String,
    },
    /// A stub; what it does and counts is asked by [`crate::Sandbox::steer`].
    Stub {
        /// Where it listens.
        address: SocketAddr,
    },
}

impl ServiceEndpoint {
    /// Of the grader's role; empty where there is none.
    pub fn password(&self) -> &str {
        match self {
            Self::Postgres { password, .. }
            | Self::MariaDb { password, .. }
            | Self::Redis { password, .. } => password,
            Self::Stub { .. } => "",
        }
    }

    /// The role that submissions have, by name and password; none where they have none.
    pub fn submissions_role(&self) -> Option<(&'static str, &'static str)> {
        matches!(self, Self::Postgres { .. }).then_some(SUBMISSION)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Postgres { address, .. }
            | Self::MariaDb { address, .. }
            | Self::Redis { address, .. }
            | Self::Stub { address } => *address,
        }
    }
}
