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

use super::{APP_PASSWORD, socket_folder};
use crate::{
    PostgresSpec, RunnerError, ServiceSpec, SqlFile,
    docker::{SandboxError, ended, limits, log, site::Site, teardown},
    images::{kept_labels, use_kept},
    lease,
};

const SCRIPT: &str = include_str!("prepare.sh");
const REPOSITORY: &str = "tryout-cache/service";
const PASSWORD_LABEL: &str = "tryout.grader-password";
/// In the home of `postgres`.
const SEEDS: &str = "/var/lib/postgresql/seed";
/// Of `postgres` in our image.
const USER: u64 = 999;
/// Making it is our own work, once; it gets more than a sandbox's server.
const MEMORY: u64 = 1024 * 1024 * 1024;

/// A kept image of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::docker) struct PreparedImage {
    pub(in crate::docker) id: String,
    pub(in crate::docker) grader_password: String,
}

/// Lets one image be made at a time: the second of two that want the same finds it made.
#[derive(Debug, Default)]
pub(in crate::docker) struct Preparing(Mutex<()>);

impl Preparing {
    /// The kept image, made now where there is none.
    pub(in crate::docker) async fn image(
        &self,
        site: &Site,
        service: &ServiceSpec,
        postgres: &PostgresSpec,
        base: &str,
    ) -> Result<PreparedImage, RunnerError> {
        let tag = key(postgres, base);
        let name = format!("{REPOSITORY}:{tag}");
        if let Some(image) = kept(site, &name).await? {
            return Ok(image);
        }
        let _one_at_a_time = self.0.lock().await;
        if let Some(image) = kept(site, &name).await? {
            return Ok(image);
        }
        Ok(prepare(site, service, postgres, base, &tag).await?)
    }
}

fn key(postgres: &PostgresSpec, base: &str) -> String {
    let mut hash = Sha256::new();
    let mut feed = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    for part in ["postgres", SCRIPT, APP_PASSWORD, base] {
        feed(part);
    }
    feed(&postgres.version);
    feed(&postgres.database);
    for SqlFile { name, sql } in &postgres.seed {
        feed(name);
        feed(sql);
    }
    hash.finalize()[..16]
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

async fn kept(site: &Site, name: &str) -> Result<Option<PreparedImage>, RunnerError> {
    let Some(id) = use_kept(&site.engine, name).await? else {
        return Ok(None);
    };
    let image = site.docker().inspect_image(&id).await;
    let image = image.map_err(|source| SandboxError::InspectImage {
        image: name.to_owned(),
        source,
    })?;
    Ok(password(&image).map(|grader_password| PreparedImage {
        id,
        grader_password,
    }))
}

fn password(image: &ImageInspect) -> Option<String> {
    let labels = image.config.as_ref()?.labels.as_ref()?;
    labels.get(PASSWORD_LABEL).cloned()
}

async fn prepare(
    site: &Site,
    service: &ServiceSpec,
    postgres: &PostgresSpec,
    base: &str,
    tag: &str,
) -> Result<PreparedImage, SandboxError> {
    let role = format!("{}-seed", service.name);
    let password = uuid::Uuid::new_v4().simple().to_string();
    let container = site
        .make_container(&role, body(postgres, base, &password))
        .await?;
    hand_in(site, &service.name, &container, &postgres.seed).await?;
    site.start(&role, &container).await?;
    ended::wait(site.docker(), &container).await;
    let printed = log::tail(site.docker(), &role, &container).await?.lines;
    check(&service.name, postgres, printed)?;
    let id = keep(site, &service.name, &container, tag, &password).await?;
    teardown::remove_container(&site.engine, &container).await?;
    Ok(PreparedImage {
        id,
        grader_password: password,
    })
}

fn body(postgres: &PostgresSpec, base: &str, password: &str) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(base.to_owned()),
        entrypoint: Some(Vec::new()),
        cmd: Some(["sh", "-c", SCRIPT].map(str::to_owned).to_vec()),
        env: Some(vec![
            format!("DATABASE={}", postgres.database),
            format!("GRADER_PASSWORD={password}"),
            format!("APP_PASSWORD={APP_PASSWORD}"),
            format!("SEEDS={SEEDS}"),
        ]),
        host_config: Some(HostConfig {
            network_mode: Some("none".to_owned()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            tmpfs: Some(socket_folder()),
            ..limits::host_config(MEMORY, 2.0, 128)
        }),
        ..Default::default()
    }
}

async fn hand_in(
    site: &Site,
    service: &str,
    container: &str,
    seed: &[SqlFile],
) -> Result<(), SandboxError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| SandboxError::SeedUpload {
        service: service.to_owned(),
        source,
    };
    let archive = archive(seed).map_err(|e| failed(e.into()))?;
    let options = UploadToContainerOptionsBuilder::new().path("/").build();
    site.docker()
        .upload_to_container(container, Some(options), body_full(archive.into()))
        .await
        .map_err(|e| failed(e.into()))
}

fn archive(seed: &[SqlFile]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_uid(USER);
    header.set_gid(USER);
    header.set_mode(0o755);
    header.set_size(0);
    header.set_entry_type(tar::EntryType::Directory);
    let folder = SEEDS.trim_start_matches('/');
    archive.append_data(&mut header, folder, std::io::empty())?;
    header.set_entry_type(tar::EntryType::Regular);
    for (number, file) in (1..).zip(seed) {
        header.set_size(file.sql.len() as u64);
        let path = format!("{folder}/{}.sql", stem(number));
        archive.append_data(&mut header, path, file.sql.as_bytes())?;
    }
    archive.into_inner()
}

/// Sorted as the shell sorts them.
fn stem(number: usize) -> String {
    format!("{number:04}")
}

/// What the script's last line says.
fn check(
    service: &str,
    postgres: &PostgresSpec,
    mut printed: Vec<String>,
) -> Result<(), SandboxError> {
    let last = printed.pop().unwrap_or_default();
    if last == "tryout: prepared" {
        return Ok(());
    }
    let failed = (1..)
        .zip(&postgres.seed)
        .find(|(number, _)| last.strip_prefix("tryout: failed: ") == Some(&stem(*number)));
    if let Some((number, file)) = failed {
        let path = format!("psql:{SEEDS}/{}.sql", stem(number));
        return Err(SandboxError::Seed {
            service: service.to_owned(),
            file: file.name.clone(),
            message: printed.join("\n").replace(&path, &file.name),
        });
    }
    printed.push(last);
    Err(SandboxError::PrepareService {
        service: service.to_owned(),
        message: printed.join("\n"),
    })
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
        lease::HOST_LABEL,
        lease::OWNER_LABEL,
        lease::LEASE_LABEL,
    ] {
        labels.insert(label.to_owned(), String::new());
    }
    let config = ContainerConfig {
        labels: Some(labels),
        cmd: Some(vec!["postgres".to_owned()]),
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

    fn postgres(seed: &[(&str, &str)]) -> PostgresSpec {
        PostgresSpec {
            version: "17".to_owned(),
            database: "shop".to_owned(),
            seed: seed
                .iter()
                .map(|&(name, sql)| SqlFile {
                    name: name.to_owned(),
                    sql: sql.to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn all_that_the_state_depends_on_is_in_the_key() {
        let one = postgres(&[("a.sql", "x"), ("b.sql", "y")]);
        let keys = [
            key(&one, "sha256:1"),
            key(&one, "sha256:2"),
            key(&postgres(&[("a.sql", "x"), ("b.sql", "z")]), "sha256:1"),
            key(&postgres(&[("b.sql", "y"), ("a.sql", "x")]), "sha256:1"),
            key(&postgres(&[("a.sql", "xb.sqly")]), "sha256:1"),
            key(
                &PostgresSpec {
                    database: "other".to_owned(),
                    ..one.clone()
                },
                "sha256:1",
            ),
        ];
        assert_eq!(key(&one, "sha256:1"), keys[0]);
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn a_failed_seed_is_named_as_its_author_knows_it() {
        let spec = postgres(&[("schema.sql", ""), ("items.sql", "")]);
        let printed = [
            "psql:/var/lib/postgresql/seed/0002.sql:3: ERROR:  no such table",
            "tryout: failed: 0002",
        ];
        let error = check("db", &spec, printed.map(str::to_owned).to_vec()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "items.sql of the service `db` failed: items.sql:3: ERROR:  no such table"
        );
        let error = check("db", &spec, vec!["no space left".to_owned()]).unwrap_err();
        assert!(error.to_string().ends_with("no space left"));
        assert!(check("db", &spec, vec!["tryout: prepared".to_owned()]).is_ok());
    }
}
