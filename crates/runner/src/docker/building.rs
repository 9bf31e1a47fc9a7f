//! Building in a workshop of ours: a submission for its sandbox, and what is to visit sandboxes.

use super::{
    DockerBackend,
    opening::{HOLDER, PROXY},
    site::Site,
    stage::Images,
    workshop::DockerWorkshop,
};
use crate::{
    BuildLimits, BuildNetwork, Progress, RunnerError,
    build::{self, Build},
    setup::Setup,
    snapshot::Snapshot,
    visit::VisitorSpec,
};

/// What a build needs beside what is built.
pub(super) struct Building<'a> {
    pub(super) backend: &'a DockerBackend,
    pub(super) site: &'a Site,
    pub(super) images: &'a Images,
    pub(super) progress: &'a dyn Progress,
}

impl Building<'_> {
    pub(super) async fn image_of(
        &self,
        files: &Snapshot,
        setup: &Setup,
        limits: BuildLimits,
        network: &BuildNetwork,
    ) -> Result<Build, RunnerError> {
        let workshop = DockerWorkshop {
            site: self.site,
            system: self.backend.system().await?,
            host: self.backend.images.host(),
            limits,
            network,
            rules: self.backend.rules,
            holder_image: &self.images.holder,
            proxy_image: &self.images.proxy,
        };
        let store = &self.backend.images;
        Ok(build::image_of(store, files, setup, limits, &workshop, self.progress).await?)
    }
}

/// Builds what is to visit sandboxes.
pub(super) async fn visitor(
    backend: &DockerBackend,
    site: &Site,
    spec: &VisitorSpec,
    files: &Snapshot,
    progress: &dyn Progress,
) -> Result<Build, RunnerError> {
    let ids = backend.images.ensure(&[HOLDER, PROXY], progress).await?;
    let id = |name: &str| ids.get(name).cloned().unwrap_or_default();
    let images = Images {
        holder: id(HOLDER),
        proxy: id(PROXY),
        sidecar: String::new(),
        services: Vec::new(),
    };
    let building = Building {
        backend,
        site,
        images: &images,
        progress,
    };
    building
        .image_of(files, &spec.setup, spec.build_limits, &spec.build_network)
        .await
}
