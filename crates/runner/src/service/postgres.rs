//! A PostgreSQL server: its roles, and how it is started from its kept image.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;

use super::kind::{FirstState, Kind, Reset, Server};
use crate::{PostgresSpec, ServiceEndpoint, ServiceLimits, wait};

const PORT: u16 = 5432;
/// The owner of the database; not a superuser.
const APP_ROLE: &str = "app";
/// Fixed: nobody but the submission reaches its database, and it is told the password anyway.
const APP_PASSWORD: &str = "app";
/// By name and password.
pub(crate) const SUBMISSION: (&str, &str) = (APP_ROLE, APP_PASSWORD);
/// Reads everything and writes nothing.
const GRADER_ROLE: &str = "tryout_grader";
/// Of the image: the superuser's.
const USER: u64 = 999;
/// For the socket alone.
const TMP: u64 = 16 * 1024 * 1024;

/// What makes a server count statements, where that is asked for.
pub(crate) fn counting(spec: &PostgresSpec) -> impl Iterator<Item = &'static str> + use<> {
    let settings = [
        "shared_preload_libraries=pg_stat_statements",
        "pg_stat_statements.max=5000",
        // Those inside of functions are no questions of the app's.
        "pg_stat_statements.track=top",
        "pg_stat_statements.save=off",
    ];
    let all = settings.into_iter().flat_map(|setting| ["-c", setting]);
    all.filter(|_| spec.counts_statements)
        .collect::<Vec<_>>()
        .into_iter()
}

impl Kind for PostgresSpec {
    fn base(&self) -> String {
        format!("tryout/postgres:{}", self.version)
    }

    fn port(&self) -> u16 {
        PORT
    }

    fn app_url(&self, host: &str, port: u16) -> String {
        let database = &self.database;
        format!("postgres://{APP_ROLE}:{APP_PASSWORD}@{host}:{port}/{database}")
    }

    fn first_state(&self) -> Option<FirstState<'_>> {
        Some(FirstState {
            script: include_str!("postgres/prepare.sh"),
            user: USER,
            seeds: "/var/lib/postgresql/seed",
            told_before_path: "psql:",
            database: &self.database,
            app_password: APP_PASSWORD,
            seed: &self.seed,
            template: self.reset,
        })
    }

    fn server(&self, _: &ServiceLimits, _: &str) -> Server {
        Server {
            command: ["postgres", "-k", "/tmp"]
                .into_iter()
                .chain(counting(self))
                .map(str::to_owned)
                .collect(),
            environment: Vec::new(),
            // The data directory is in the image.
            read_only: false,
            tmp: TMP,
        }
    }

    fn ready<'a>(&'a self, address: SocketAddr, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(wait::accepts_sessions(address, GRADER_ROLE, &self.database))
    }

    fn reset(&self) -> Option<Reset<'_>> {
        self.reset.then(|| Reset::Script {
            script: include_str!("postgres/reset.sh"),
            user: USER,
            environment: [("DATABASE", &self.database), ("APP_PASSWORD", APP_PASSWORD)],
        })
    }

    /// A fast shutdown: its log of changes is written late, so that a kill would lose some.
    fn ended_by(&self) -> &'static str {
        "SIGINT"
    }

    fn endpoint(&self, address: SocketAddr, grader_password: &str) -> ServiceEndpoint {
        ServiceEndpoint::Postgres {
            address,
            database: self.database.clone(),
            user: GRADER_ROLE.to_owned(),
            password: grader_password.to_owned(),
        }
    }
}
