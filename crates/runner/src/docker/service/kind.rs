//! What a kind of service has to say of itself.

use std::{collections::HashMap, net::SocketAddr};

use futures_util::future::BoxFuture;

use crate::{ServiceEndpoint, ServiceLimits, SqlFile};

/// One service of a kind, as the challenge wants it.
pub(in crate::docker) trait Kind: Send + Sync {
    /// The image of ours that it is made from.
    fn base(&self) -> String;

    /// Where it listens.
    fn port(&self) -> u16;

    /// The URL that the submission is handed; `host` is the service's name.
    fn app_url(&self, host: &str) -> String;

    /// What is done to the base once and kept as an image; none where a server begins empty.
    fn first_state(&self) -> Option<FirstState<'_>>;

    /// How its server is started.
    fn server(&self, limits: &ServiceLimits, prepared: &Prepared) -> Server;

    /// Ends when the server at this address takes up the grader's sessions; never else.
    fn ready<'a>(&'a self, address: SocketAddr, prepared: &'a Prepared) -> BoxFuture<'a, ()>;

    /// Where the grader reaches it.
    fn endpoint(&self, address: SocketAddr, prepared: &Prepared) -> ServiceEndpoint;
}

/// What a server is started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::docker) struct Prepared {
    /// The image's id.
    pub(in crate::docker) image: String,
    /// Of the grader's own role; nothing in a sandbox can read it.
    pub(in crate::docker) grader_password: String,
}

impl Prepared {
    /// What needs no first state.
    pub(in crate::docker) fn of_base(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            grader_password: random_password(),
        }
    }
}

/// Of 122 random bits.
pub(super) fn random_password() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The first state of a server: roles, a database, seeds.
#[derive(Debug, Clone, Copy)]
pub(in crate::docker) struct FirstState<'a> {
    /// Makes it. Runs by `sh` as the base image's user, without a network, and is given `DATABASE`,
    /// `APP_PASSWORD`, `GRADER_PASSWORD` and `SEEDS`, the folder of `0001.sql` and so on. The last
    /// line that it prints is `tryout: prepared`, or `tryout: failed: 0001`.
    pub(in crate::docker) script: &'static str,
    /// The id of the base image's user and group.
    pub(in crate::docker) user: u64,
    /// Where the seeds lie while they are run; that user's alone.
    pub(in crate::docker) seeds: &'static str,
    /// What stands before a seed's path where its errors are told.
    pub(in crate::docker) told_before_path: &'static str,
    /// The database's name.
    pub(in crate::docker) database: &'a str,
    /// Its owner's password.
    pub(in crate::docker) app_password: &'static str,
    /// Run in this order, as the database's owner.
    pub(in crate::docker) seed: &'a [SqlFile],
}

/// How a server is started; what all services have in common is not said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::docker) struct Server {
    /// The program and its arguments.
    pub(in crate::docker) command: Vec<String>,
    /// `NAME=value`.
    pub(in crate::docker) environment: Vec<String>,
    /// Whether it writes to its folders in memory alone.
    pub(in crate::docker) read_only: bool,
    /// Size of `/tmp` in bytes, which is in memory.
    pub(in crate::docker) tmp: u64,
}

impl Server {
    /// `/tmp`, which must not be kept in an image.
    pub(in crate::docker) fn folders(&self) -> HashMap<String, String> {
        folders(self.tmp)
    }
}

/// `/tmp` of this size.
pub(super) fn folders(size: u64) -> HashMap<String, String> {
    let options = format!("rw,nosuid,nodev,noexec,size={size},mode=1777");
    HashMap::from([("/tmp".to_owned(), options)])
}
