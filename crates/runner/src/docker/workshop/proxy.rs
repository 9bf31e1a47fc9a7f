//! A build's way to the package registries, and what it was used for.

use std::{
    collections::{BTreeSet, HashMap},
    net::Ipv4Addr,
};

use bollard::{
    Docker,
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{InspectContainerOptions, LogsOptionsBuilder},
};
use futures_util::StreamExt as _;

use super::{
    DockerWorkshop,
    journal::Journal,
    registries::{Known, Registries},
};
use crate::{
    build::BuildError,
    docker::{
        SandboxError, command, ended,
        holder::Holder,
        limits,
        rules::{Endpoint, Ruleset},
        site,
    },
};

const ROLE: &str = "build-proxy";
const PORT: u16 = 8888;
const MEMORY: u64 = 128 * 1024 * 1024;
const PIDS: u32 = 128;
/// The exit code of who was killed.
const KILLED: i64 = 128 + 9;
/// How many hosts are named.
const NAMED: usize = 5;
/// Of the journal, in bytes.
const READ: usize = 4 * 1024 * 1024;

/// Nobody listens to a proxy that does not take part in the namespace's rules; asked of the shell, which
/// is in every base, within ten seconds.
const LISTENS: &str = "for n in $(seq 500); do (: > /dev/tcp/$ADDRESS/$PORT) 2> /dev/null && exit 0; sleep 0.02; done; exit 1";
/// Fetches by the means of Debian's own package manager, which is in every base.
const FETCH: &str = "/usr/lib/apt/apt-helper -o APT::Sandbox::User=root -o Acquire::Retries=0 \
    -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 download-file \"$URL\" /tmp/known 2>&1";

/// A running proxy.
#[derive(Debug)]
pub(super) struct Proxy {
    docker: Docker,
    container: String,
    /// Whose namespace the build's steps are in.
    holder: String,
    address: Ipv4Addr,
    registries: Registries,
}

impl Proxy {
    pub(super) async fn open(
        workshop: &DockerWorkshop<'_>,
        network: &str,
        holder: &Holder,
        registries: Registries,
    ) -> Result<Self, SandboxError> {
        let site = workshop.site;
        let body = body(workshop, &registries);
        let container = site.make_container(ROLE, body).await?;
        site.connect(ROLE, &container, network).await?;
        site.start(ROLE, &container).await?;
        let inspected = site.inspect(ROLE, &container).await?;
        let (address, _) = site::address(ROLE, &inspected, network)?;
        let endpoint = Endpoint {
            address,
            port: PORT,
        };
        workshop
            .close(
                holder,
                &Ruleset::of_build(endpoint, workshop.filters_frames()),
            )
            .await?;
        let proxy = Self {
            docker: site.docker().clone(),
            container,
            holder: holder.id.clone(),
            address,
            registries,
        };
        proxy.listens().await?;
        Ok(proxy)
    }

    async fn listens(&self) -> Result<(), SandboxError> {
        let environment = vec![format!("ADDRESS={}", self.address), format!("PORT={PORT}")];
        let command = ["bash", "-c", LISTENS];
        let ended = command::run_as_root(
            &self.docker,
            super::ROLE,
            &self.holder,
            &command,
            environment,
        );
        if ended.await?.exit_code == 0 {
            return Ok(());
        }
        Err(SandboxError::ServiceNotReady {
            service: ROLE.to_owned(),
            within: std::time::Duration::from_secs(10),
        })
    }

    fn url(&self) -> String {
        format!("http://{}:{PORT}", self.address)
    }

    /// For the build, in both cases: programs disagree about which one they read. Engines keep build
    /// arguments of these names out of the image and of its cache's key.
    pub(super) fn build_args(&self) -> HashMap<String, String> {
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
        let by_name = names.map(|name| (name.to_owned(), self.url()));
        by_name.into()
    }

    /// Whether anybody who may be asked was.
    pub(super) async fn was_asked(&self) -> bool {
        let journal = self.journal().await;
        let mut asked = journal.asked.iter();
        asked.any(|host| self.registries.sample(host).is_some())
    }

    /// Who was asked and who was refused, a line each.
    pub(super) async fn told(&self) -> Vec<String> {
        let journal = self.journal().await;
        let reached: Vec<_> = journal.asked.difference(&journal.refused).collect();
        let mut lines = Vec::new();
        if !reached.is_empty() {
            lines.push(format!("(the build asked {})", named(reached.into_iter())));
        }
        lines.extend(words(&journal.refused));
        lines
    }

    /// What was asked, refused, and whether the registries that were asked are there.
    pub(super) async fn account(&self) -> Result<Vec<String>, BuildError> {
        let journal = self.journal().await;
        for host in &journal.asked {
            let Some((url, known)) = self.registries.sample(host) else {
                continue;
            };
            if let Some(told) = self.missing(&url, known).await? {
                // Nobody but the build used it, so that who asks through it now learns nothing of
                // the registry.
                if let Some(exit) = self.ended().await? {
                    let mut lines = words(&journal.refused);
                    lines.push(format!(
                        "(its way to the registries ended meanwhile: {exit})"
                    ));
                    return Ok(lines);
                }
                return Err(BuildError::RegistryUnreachable {
                    host: host.clone(),
                    told,
                });
            }
        }
        Ok(words(&journal.refused))
    }

    /// How it ended, where it does not run any more. A kill from outside is none of a build's doing.
    async fn ended(&self) -> Result<Option<String>, BuildError> {
        let inspected = self
            .docker
            .inspect_container(&self.container, None::<InspectContainerOptions>)
            .await
            .map_err(|error| BuildError::Workshop(Box::new(error)))?;
        let state = inspected.state.unwrap_or_default();
        let is_killed = state.exit_code == Some(KILLED) && state.oom_killed != Some(true);
        let is_of_the_build = state.running != Some(true) && !is_killed;
        Ok(is_of_the_build.then(|| ended::in_words(&state)))
    }

    /// Asks as the build asked; none when it is there, else what was told.
    async fn missing(&self, url: &str, known: Known) -> Result<Option<String>, BuildError> {
        let mut environment = vec![format!("URL={url}")];
        for name in ["http_proxy", "https_proxy"] {
            environment.push(format!("{name}={}", self.url()));
        }
        let command = ["sh", "-c", FETCH];
        let fetched = command::run_as_root(
            &self.docker,
            super::ROLE,
            &self.holder,
            &command,
            environment,
        )
        .await
        .map_err(|error| BuildError::Workshop(Box::new(error)))?;
        let there = fetched.exit_code == 0 || known == Known::Host && is_answer(&fetched.output);
        Ok((!there).then(|| in_one_line(&fetched.output)))
    }

    /// Empty where the engine does not give it.
    async fn journal(&self) -> Journal {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).build();
        let mut log = self.docker.logs(&self.container, Some(options));
        let mut text = Vec::new();
        while let Some(Ok(piece)) = log.next().await {
            text.extend_from_slice(&piece.into_bytes());
            if text.len() > READ {
                break;
            }
        }
        let mut journal = Journal::default();
        String::from_utf8_lossy(&text)
            .lines()
            .for_each(|line| journal.line(line));
        journal
    }
}

fn body(workshop: &DockerWorkshop<'_>, registries: &Registries) -> ContainerCreateBody {
    let onward = workshop.host.proxy();
    let onward = onward.map(|proxy| format!("Upstream http {proxy}"));
    ContainerCreateBody {
        image: Some(workshop.proxy_image.to_owned()),
        user: Some("65534:65534".to_owned()),
        env: Some(vec![
            format!("HOSTS={}", registries.patterns()),
            format!("CONFIGURATION={}", onward.unwrap_or_default()),
        ]),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(true),
            tmpfs: Some([("/tmp".to_owned(), "rw,noexec,size=1m,mode=1777".to_owned())].into()),
            ..limits::host_config(MEMORY, 1.0, PIDS)
        }),
        ..Default::default()
    }
}

/// For the build's log.
fn words(refused: &BTreeSet<String>) -> Vec<String> {
    if refused.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "(a build reaches package registries only; it was refused {})",
        named(refused.iter())
    )]
}

/// The first of some hosts, and how many there are beside.
fn named<'a>(hosts: impl ExactSizeIterator<Item = &'a String>) -> String {
    let more = match hosts.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let hosts: Vec<_> = hosts.take(NAMED).map(String::as_str).collect();
    hosts.join(", ") + &more
}

/// Whether a server answered, if only that there is no such page: `  404  Not Found [IP: ...]`.
fn is_answer(output: &str) -> bool {
    output.lines().any(|line| {
        let status = line.split_whitespace().next().unwrap_or_default();
        line.starts_with(' ') && matches!(status.parse(), Ok(200..500))
    })
}

fn in_one_line(output: &str) -> String {
    let error = output.lines().find(|line| line.starts_with("E: "));
    let words = error.or(output.lines().last()).unwrap_or("no answer");
    words.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_the_host_is_told_from_one_of_the_proxy() {
        let of_host = "Err:1 https://a.example/\n  404  Not Found [IP: 127.0.0.1 8888]\nE: x\n";
        assert!(is_answer(of_host));
        let of_proxy =
            "Err:1 https://a.example/\n  Invalid response from proxy: HTTP/1.1 403 Filtered\n";
        assert!(!is_answer(of_proxy));
        assert!(!is_answer(
            "  503  Service Unavailable [IP: 127.0.0.1 8888]\n"
        ));
        assert!(!is_answer(""));
    }
}
