//! A MariaDB server: its accounts, and how it is started from its kept image.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;

use super::kind::{FirstState, Kind, Reset, Server};
use crate::{
    MariaDbSpec, ServiceEndpoint, ServiceLimits,
    wait::{self, Login},
};

const PORT: u16 = 3306;
/// May do anything in the database, and nothing beside it.
const APP_USER: &str = "app";
/// Fixed: nobody but the submission reaches its database, and it is told the password anyway.
const APP_PASSWORD: &str = "app";
/// Reads the database.
const GRADER_USER: &str = "tryout_grader";
/// For the socket, and for tables that a query makes for itself.
const TMP: u64 = 64 * 1024 * 1024;

impl Kind for MariaDbSpec {
    fn base(&self) -> String {
        format!("tryout/mariadb:{}", self.version)
    }

    fn port(&self) -> u16 {
        PORT
    }

    /// `mysql:`, which is what clients know.
    fn app_url(&self, host: &str, port: u16) -> String {
        let database = &self.database;
        format!("mysql://{APP_USER}:{APP_PASSWORD}@{host}:{port}/{database}")
    }

    fn first_state(&self) -> Option<FirstState<'_>> {
        Some(FirstState {
            script: include_str!("mariadb/prepare.sh"),
            user: 999,
            seeds: "/var/lib/mysql-seed",
            told_before_path: "",
            database: &self.database,
            app_password: APP_PASSWORD,
            seed: &self.seed,
            template: false,
        })
    }

    fn server(&self, _: &ServiceLimits, _: &str) -> Server {
        Server {
            command: ["mariadbd", "--defaults-file=/etc/mysql/tryout.cnf"]
                .map(str::to_owned)
                .to_vec(),
            environment: Vec::new(),
            // The data directory is in the image.
            read_only: false,
            tmp: TMP,
        }
    }

    fn ready<'a>(&'a self, address: SocketAddr, grader_password: &'a str) -> BoxFuture<'a, ()> {
        let login = Login {
            user: GRADER_USER,
            password: grader_password,
            database: &self.database,
        };
        Box::pin(wait::logs_in(address, login))
    }

    /// It has no databases that are made from others.
    fn reset(&self) -> Option<Reset<'_>> {
        None
    }

    /// Its log of changes is written late, so that a kill would lose some.
    fn ended_by(&self) -> &'static str {
        "SIGTERM"
    }

    fn endpoint(&self, address: SocketAddr, grader_password: &str) -> ServiceEndpoint {
        ServiceEndpoint::MariaDb {
            address,
            database: self.database.clone(),
            user: GRADER_USER.to_owned(),
            password: grader_password.to_owned(),
        }
    }
}
