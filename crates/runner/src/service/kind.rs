//! What a kind of service has to say of itself.

use std::{collections::HashMap, net::SocketAddr};

use futures_util::future::BoxFuture;

use super::PrepareFailure;
use crate::{ServiceEndpoint, ServiceLimits, SqlFile};

/// One service of a kind, as the challenge wants it.
pub(crate) trait Kind: Send + Sync {
    /// The image of ours that it is made from.
    fn base(&self) -> String;

    /// Where it listens in a container.
    fn port(&self) -> u16;

    /// The URL that the submission is handed, of a server at this host and port.
    fn app_url(&self, host: &str, port: u16) -> String;

    /// What is done to the base once and kept as an image; none where a server begins empty.
    fn first_state(&self) -> Option<FirstState<'_>>;

    /// How its server is started in a container.
    fn server(&self, limits: &ServiceLimits, grader_password: &str) -> Server;

    /// Ends when the server at this address takes up the grader's sessions; never else.
    fn ready<'a>(&'a self, address: SocketAddr, grader_password: &'a str) -> BoxFuture<'a, ()>;

    /// How it is given its first state again while the submission is stopped; none where it cannot be.
    fn reset(&self) -> Option<Reset<'_>>;

    /// The signal that ends its server with all kept that it had promised to keep.
    fn ended_by(&self) -> &'static str;

    /// Where the grader reaches it.
    fn endpoint(&self, address: SocketAddr, grader_password: &str) -> ServiceEndpoint;
}

/// Of 122 random bits.
pub(crate) fn random_password() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The first state of a server: roles, a database, seeds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstState<'a> {
    /// Makes it. Runs by `sh` as the server's user, without a network, and is given `DATABASE`,
    /// `APP_PASSWORD`, `GRADER_PASSWORD` and `SEEDS`, the folder of `0001.sql` and so on; `SCRATCH`
    /// may name a folder for what it needs meanwhile, in place of `/tmp`. The last line that it
    /// prints is `tryout: prepared`, or `tryout: failed: 0001`.
    pub(crate) script: &'static str,
    /// The id of the base image's user and group.
    pub(crate) user: u64,
    /// Where the seeds lie in a container while they are run; that user's alone.
    pub(crate) seeds: &'static str,
    /// What stands before a seed's path where its errors are told.
    pub(crate) told_before_path: &'static str,
    /// The database's name.
    pub(crate) database: &'a str,
    /// Its owner's password.
    pub(crate) app_password: &'static str,
    /// Run in this order, as the database's owner.
    pub(crate) seed: &'a [SqlFile],
    /// Whether a second copy is kept, for [`Kind::reset`]; told to the script as `TEMPLATE`, empty or 1.
    pub(crate) template: bool,
}

/// How a server is given its first state again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reset<'a> {
    /// By a script that runs in its container by `sh`, as the base image's user. The last line that it
    /// prints is `tryout: reset`.
    Script {
        /// Its text.
        script: &'static str,
        /// The id of the base image's user and group.
        user: u64,
        /// `NAME` and value.
        environment: [(&'static str, &'a str); 2],
    },
    /// By starting it again: it keeps nothing.
    Restart,
}

impl FirstState<'_> {
    /// The seeds by the names that the script finds them by: sorted as a shell sorts them.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, &SqlFile)> {
        let numbered = (1..).zip(self.seed);
        numbered.map(|(number, file)| (format!("{number:04}.sql"), file))
    }

    /// What the script's last line says; `seeds` is the folder that it was given.
    pub(crate) fn check(
        &self,
        seeds: &str,
        mut printed: Vec<String>,
    ) -> Result<(), PrepareFailure> {
        let last = printed.pop().unwrap_or_default();
        if last == "tryout: prepared" {
            return Ok(());
        }
        let failed = last.strip_prefix("tryout: failed: ");
        let failed = failed.and_then(|stem| {
            let mut files = self.files();
            files.find(|(name, _)| name.strip_suffix(".sql") == Some(stem))
        });
        if let Some((name, file)) = failed {
            let path = format!("{}{seeds}/{name}", self.told_before_path);
            return Err(PrepareFailure::Seed {
                file: file.name.clone(),
                message: printed.join("\n").replace(&path, &file.name),
            });
        }
        printed.push(last);
        Err(PrepareFailure::Script {
            message: printed.join("\n"),
        })
    }
}

/// How a server is started in a container; what all services have in common is not said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    /// `NAME=value`.
    pub(crate) environment: Vec<String>,
    /// Whether it writes to its folders in memory alone.
    pub(crate) read_only: bool,
    /// Size of `/tmp` in bytes, which is in memory.
    pub(crate) tmp: u64,
}

impl Server {
    /// `/tmp`, which must not be kept in an image.
    pub(crate) fn folders(&self) -> HashMap<String, String> {
        folders(self.tmp)
    }
}

/// `/tmp` of this size.
pub(crate) fn folders(size: u64) -> HashMap<String, String> {
    let options = format!("rw,nosuid,nodev,noexec,size={size},mode=1777");
    HashMap::from([("/tmp".to_owned(), options)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_seed_is_named_as_its_author_knows_it() {
        let seed = ["schema.sql", "items.sql"].map(|name| SqlFile {
            name: name.to_owned(),
            sql: String::new(),
        });
        let state = FirstState {
            script: "true",
            user: 999,
            seeds: "/var/lib/postgresql/seed",
            told_before_path: "psql:",
            database: "shop",
            app_password: "app",
            seed: &seed,
            template: false,
        };
        let check = |printed: &[&str]| {
            let printed = printed.iter().map(|&line| line.to_owned()).collect();
            state.check("/seeds", printed)
        };
        let error = check(&[
            "psql:/seeds/0002.sql:3: ERROR:  no such table",
            "tryout: failed: 0002",
        ]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "items.sql failed: items.sql:3: ERROR:  no such table"
        );
        let error = check(&["no space left"]).unwrap_err();
        assert_eq!(error.to_string(), "it could not be prepared: no space left");
        assert!(check(&["", "tryout: prepared"]).is_ok());
    }
}
