//! The mutator in a container without a network, without rights, and bounded.

use std::time::Duration;

use async_trait::async_trait;
use bollard::{
    body_full,
    models::ContainerCreateBody,
    query_parameters::{DownloadFromContainerOptionsBuilder, UploadToContainerOptionsBuilder},
};
use futures_util::StreamExt as _;

use super::{DockerBackend, SandboxError, ended, limits, log, site::Site, teardown};
use crate::{
    RunId, RunnerError, RunnerEvent,
    mutator::{Changes, Mutator},
};

const IMAGE: &str = "tryout/mutator:1.14";
const ROLE: &str = "mutator";
const USER: u64 = 65534;
const MEMORY: u64 = 1024 * 1024 * 1024;
const PIDS: u32 = 64;
const WITHIN: Duration = Duration::from_mins(10);
/// Of all changes as they are told.
const MOST_BYTES: usize = 256 * 1024 * 1024;

#[async_trait]
impl Mutator for DockerBackend {
    fn tool(&self) -> &'static str {
        "universalmutator 1.14.1"
    }

    async fn changes(
        &self,
        run: &RunId,
        files: &[(String, String)],
    ) -> Result<Vec<Changes>, RunnerError> {
        let images = self.images.ensure(&[IMAGE], &|_: RunnerEvent| {}).await?;
        let image = images.get(IMAGE).cloned().unwrap_or_default();
        let site = Site::new(&self.engine, &self.lease, run, self.makings.of(run));
        let container = site.make_container(ROLE, body(image)).await?;
        let changes = made(&site, &container, files).await;
        let removed = teardown::remove_container(&self.engine, &container).await;
        let changes = changes?;
        removed?;
        Ok(changes)
    }
}

fn body(image: String) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(limits::aside(MEMORY, PIDS)),
        ..Default::default()
    }
}

async fn made(
    site: &Site,
    container: &str,
    files: &[(String, String)],
) -> Result<Vec<Changes>, SandboxError> {
    let failed = |message: String| SandboxError::Mutator { message };
    let archive = archive(files).map_err(|error| failed(error.to_string()))?;
    let options = UploadToContainerOptionsBuilder::new().path("/").build();
    site.docker()
        .upload_to_container(container, Some(options), body_full(archive.into()))
        .await
        .map_err(|error| failed(error.to_string()))?;
    site.start(ROLE, container).await?;
    let ended = tokio::time::timeout(WITHIN, ended::wait(site.docker(), container)).await;
    if ended.is_err() {
        return Err(failed(format!("not done within {} s", WITHIN.as_secs())));
    }
    let state = ended::state(site, ROLE, container).await?;
    if state.exit_code != Some(0) {
        let printed = log::tail(site.docker(), ROLE, container).await?.lines;
        return Err(failed(printed.join("\n")));
    }
    let told = download(site, container).await?;
    let changes: Vec<Changes> =
        serde_json::from_slice(&told).map_err(|error| failed(error.to_string()))?;
    if changes.len() == files.len() {
        return Ok(changes);
    }
    let message = format!("it told of {} files of {}", changes.len(), files.len());
    Err(failed(message))
}

fn archive(files: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_uid(USER);
    header.set_gid(USER);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    for ((name, text), number) in files.iter().zip(1_u32..) {
        header.set_size(text.len() as u64);
        let name = name.rsplit('/').next().unwrap_or(name);
        archive.append_data(
            &mut header,
            format!("changes/in/{number}/{name}"),
            text.as_bytes(),
        )?;
    }
    archive.into_inner()
}

async fn download(site: &Site, container: &str) -> Result<Vec<u8>, SandboxError> {
    let failed = |message: String| SandboxError::Mutator { message };
    let options = DownloadFromContainerOptionsBuilder::new()
        .path("/changes/out.json")
        .build();
    let mut stream = site
        .docker()
        .download_from_container(container, Some(options));
    let mut packed = Vec::new();
    while let Some(piece) = stream.next().await {
        packed.extend_from_slice(&piece.map_err(|error| failed(error.to_string()))?);
        if packed.len() > MOST_BYTES {
            return Err(failed(format!("it told more than {MOST_BYTES} bytes")));
        }
    }
    let read = || {
        let mut archive = tar::Archive::new(packed.as_slice());
        let mut file = archive.entries()?.next().transpose()?;
        let mut text = Vec::new();
        if let Some(file) = &mut file {
            std::io::Read::read_to_end(file, &mut text)?;
        }
        Ok::<_, std::io::Error>(text)
    };
    read().map_err(|error| failed(error.to_string()))
}
