//! A server's first state, made once and kept as an image.
//!
//! The key is all that the state depends on: the image beneath, what is done to it, the database's
//! name, the seeds. The password of the grader's role is made at random with the image and kept in a
//! label of it, which nothing in a sandbox can read.

use bollard::{
    body_full,
    models::{ContainerConfig, ContainerCreateBody, HostConfig, ImageInspect},
    query_parameters::{CommitContainerOptionsBuilder, UploadToContainerOptionsBuilder},
};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use super::{SandboxError, ended, limits, log, site::Site, teardown};
use crate::{
    RunnerError, SqlFile,
    images::{kept_labels, use_kept},
    lease,
    service::{FirstState, PrepareFailure, folders, random_password},
};

const REPOSITORY: &str = "tryout-cache/service";
const PASSWORD_LABEL: &str = "tryout.grader-password";
/// Making it is our own work, once; it gets more than a sandbox's server.
const MEMORY: u64 = 1024 * 1024 * 1024;
/// Of `/tmp` meanwhile, in memory.
const TMP: u64 = 64 * 1024 * 1024;

/// Lets one image be made at a time: the second of two that want the same finds it made.
#[derive(Debug, Default)]
pub(super) struct Preparing(Mutex<()>);

impl Preparing {
    /// The kept image, made now where there is none.
    pub(super) async fn image(
        &self,
        site: &Site,
        service: &str,
        state: FirstState<'_>,
        base: &str,
    ) -> Result<Prepared, RunnerError> {
        let tag = key(state, base);
        let name = format!("{REPOSITORY}:{tag}");
        if let Some(image) = kept(site, &name).await? {
            return Ok(image);
        }
        let _one_at_a_time = self.0.lock().await;
        if let Some(image) = kept(site, &name).await? {
            return Ok(image);
        }
        Ok(prepare(site, service, state, base, &tag).await?)
    }
}

/// What a server is started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The image's id.
    pub(super) image: String,
    /// Of the grader's own role; nothing in a sandbox can read it.
    pub(super) grader_password: String,
}

impl Prepared {
    /// What needs no first state.
    pub(super) fn of_base(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            grader_password: random_password(),
        }
    }
}

/// The base's id stands for kind and version.
fn key(state: FirstState<'_>, base: &str) -> String {
    let mut hash = Sha256::new();
    let mut feed = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    for part in [
        state.script,
        state.app_password,
        base,
        state.database,
        template(state),
    ] {
        feed(part);
    }
    for SqlFile { name, sql } in state.seed {
        feed(name);
        feed(sql);
    }
    hash.finalize()[..16]
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn template(state: FirstState<'_>) -> &'static str {
    if state.template { "1" } else { "" }
}

async fn kept(site: &Site, name: &str) -> Result<Option<Prepared>, RunnerError> {
    let Some(id) = use_kept(&site.engine, name).await? else {
        return Ok(None);
    };
    let image = site.docker().inspect_image(&id).await;
    let image = image.map_err(|source| SandboxError::InspectImage {
        image: name.to_owned(),
        source,
    })?;
    Ok(password(&image).map(|grader_password| Prepared {
        image: id,
        grader_password,
    }))
}

fn password(image: &ImageInspect) -> Option<String> {
    let labels = image.config.as_ref()?.labels.as_ref()?;
    labels.get(PASSWORD_LABEL).cloned()
}

async fn prepare(
    site: &Site,
    service: &str,
    state: FirstState<'_>,
    base: &str,
    tag: &str,
) -> Result<Prepared, SandboxError> {
    let role = format!("{service}-seed");
    let password = random_password();
    let container = site
        .make_container(&role, body(state, base, &password))
        .await?;
    hand_in(site, service, &container, state).await?;
    site.start(&role, &container).await?;
    ended::wait(site.docker(), &container).await;
    let printed = log::tail(site.docker(), &role, &container).await?.lines;
    let prepared = state.check(state.seeds, printed);
    prepared.map_err(|failure| named(service, failure))?;
    let image = keep(site, service, &container, tag, &password).await?;
    teardown::remove_container(&site.engine, &container).await?;
    Ok(Prepared {
        image,
        grader_password: password,
    })
}

fn body(state: FirstState<'_>, base: &str, password: &str) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(base.to_owned()),
        entrypoint: Some(Vec::new()),
        cmd: Some(["sh", "-c", state.script].map(str::to_owned).to_vec()),
        env: Some(vec![
            format!("DATABASE={}", state.database),
            format!("GRADER_PASSWORD={password}"),
            format!("APP_PASSWORD={}", state.app_password),
            format!("SEEDS={}", state.seeds),
            format!("TEMPLATE={}", template(state)),
        ]),
        host_config: Some(HostConfig {
            network_mode: Some("none".to_owned()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            tmpfs: Some(folders(TMP)),
            ..limits::host_config(MEMORY, 2.0, 128)
        }),
        ..Default::default()
    }
}

async fn hand_in(
    site: &Site,
    service: &str,
    container: &str,
    state: FirstState<'_>,
) -> Result<(), SandboxError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| SandboxError::SeedUpload {
        service: service.to_owned(),
        source,
    };
    let archive = archive(state).map_err(|e| failed(e.into()))?;
    let options = UploadToContainerOptionsBuilder::new().path("/").build();
    site.docker()
        .upload_to_container(container, Some(options), body_full(archive.into()))
        .await
        .map_err(|e| failed(e.into()))
}

fn archive(state: FirstState<'_>) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_uid(state.user);
    header.set_gid(state.user);
    header.set_mode(0o755);
    header.set_size(0);
    header.set_entry_type(tar::EntryType::Directory);
    let folder = state.seeds.trim_start_matches('/');
    archive.append_data(&mut header, folder, std::io::empty())?;
    header.set_entry_type(tar::EntryType::Regular);
    for (name, file) in state.files() {
        header.set_size(file.sql.len() as u64);
        let path = format!("{folder}/{name}");
        archive.append_data(&mut header, path, file.sql.as_bytes())?;
    }
    archive.into_inner()
}

/// In words that name the service.
fn named(service: &str, failure: PrepareFailure) -> SandboxError {
    let service = service.to_owned();
    match failure {
        PrepareFailure::Seed { file, message } => SandboxError::Seed {
            service,
            file,
            message,
        },
        PrepareFailure::Script { message } => SandboxError::PrepareService { service, message },
    }
}

async fn keep(
    site: &Site,
    service: &str,
    container: &str,
    tag: &str,
    password: &str,
) -> Result<String, SandboxError> {
    let options = CommitContainerOptionsBuilder::new()
        .container(container)
        .repo(REPOSITORY)
        .tag(tag)
        .pause(false)
        .build();
    let mut labels = kept_labels("service");
    labels.insert(PASSWORD_LABEL.to_owned(), password.to_owned());
    // An image takes over its container's labels where it is given none; it is of no run.
    for label in [
        lease::RUN_LABEL,
        lease::SANDBOX_LABEL,
        lease::HOST_LABEL,
        lease::OWNER_LABEL,
        lease::LEASE_LABEL,
    ] {
        labels.insert(label.to_owned(), String::new());
    }
    let config = ContainerConfig {
        labels: Some(labels),
        ..Default::default()
    };
    let kept = site.docker().commit_container(options, config).await;
    kept.map(|image| image.id)
        .map_err(|source| SandboxError::KeepService {
            service: service.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(files: &[(&str, &str)]) -> Vec<SqlFile> {
        let file = |&(name, sql): &(&str, &str)| SqlFile {
            name: name.to_owned(),
            sql: sql.to_owned(),
        };
        files.iter().map(file).collect()
    }

    fn state<'a>(database: &'a str, seed: &'a [SqlFile]) -> FirstState<'a> {
        FirstState {
            script: "true",
            user: 999,
            seeds: "/var/lib/postgresql/seed",
            told_before_path: "psql:",
            database,
            app_password: "app",
            seed,
            template: false,
        }
    }

    #[test]
    fn all_that_the_state_depends_on_is_in_the_key() {
        let key = |database: &str, files: &[(&str, &str)], base: &str| {
            let seed = seed(files);
            super::key(state(database, &seed), base)
        };
        let two = [("a.sql", "x"), ("b.sql", "y")];
        let keys = [
            key("shop", &two, "sha256:1"),
            key("shop", &two, "sha256:2"),
            key("other", &two, "sha256:1"),
            key("shop", &[("a.sql", "x"), ("b.sql", "z")], "sha256:1"),
            key("shop", &[("b.sql", "y"), ("a.sql", "x")], "sha256:1"),
            key("shop", &[("a.sql", "xb.sqly")], "sha256:1"),
            super::key(
                FirstState {
                    script: "false",
                    ..state("shop", &seed(&two))
                },
                "sha256:1",
            ),
            super::key(
                FirstState {
                    template: true,
                    ..state("shop", &seed(&two))
                },
                "sha256:1",
            ),
        ];
        assert_eq!(key("shop", &two, "sha256:1"), keys[0]);
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn a_failure_names_its_service() {
        let failure = PrepareFailure::Seed {
            file: "items.sql".to_owned(),
            message: "items.sql:3: ERROR:  no such table".to_owned(),
        };
        assert_eq!(
            named("db", failure).to_string(),
            "items.sql of the service `db` failed: items.sql:3: ERROR:  no such table"
        );
    }
}
