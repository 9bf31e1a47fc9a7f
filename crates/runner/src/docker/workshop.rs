//! The closed place where a submission is built.
//!
//! A build's steps run as root, with the engine's usual capabilities. They join the network namespace
//! of a holder, whose rules let them reach a proxy and nothing else, and stand below the holder's
//! control group, which bounds their processes. The proxy passes on to package registries; its journal
//! says what was asked. A build without network joins a namespace without any.

mod journal;
mod proxy;
mod registries;
mod steps;

use async_trait::async_trait;
use bollard::models::{SystemInfo, SystemInfoCgroupDriverEnum, SystemInfoCgroupVersionEnum};

use super::{
    Rules, SandboxError,
    holder::{Allowance, Holder},
    room::{self, Disk},
    rules::Ruleset,
    site::Site,
};
use crate::{
    BuildLimits, BuildNetwork, HostNetwork, Reading,
    build::{
        BuildError, ImageSources, Workshop,
        workshop::{Guard, Open},
    },
    classic::Confinement,
};

use proxy::Proxy;
use registries::Registries;
use steps::Steps;

/// What the holder is called in names and messages.
const ROLE: &str = "build";
/// The holder's own process beside those of the build.
const OWN_MEMORY: u64 = 32 * 1024 * 1024;
const OWN_PIDS: u32 = 16;

/// Where a submission would be built.
#[derive(Debug)]
pub(super) struct DockerWorkshop<'a> {
    pub(super) site: &'a Site,
    pub(super) system: &'a SystemInfo,
    pub(super) host: &'a HostNetwork,
    pub(super) limits: BuildLimits,
    pub(super) network: &'a BuildNetwork,
    pub(super) rules: Rules,
    pub(super) holder_image: &'a str,
    pub(super) proxy_image: &'a str,
}

/// The guard of one build.
struct Watch {
    steps: Steps,
    /// Of the engine.
    room: Disk,
    proxy: Option<Proxy>,
}

#[async_trait]
impl Workshop for DockerWorkshop<'_> {
    fn sources(&self) -> ImageSources {
        let index = self.system.index_server_address.as_deref();
        ImageSources::of(self.network, index)
    }

    async fn open(&self, ours: &[String]) -> Result<Open, BuildError> {
        Box::pin(self.make(ours))
            .await
            .map_err(|error| BuildError::Workshop(Box::new(error)))
    }
}

impl DockerWorkshop<'_> {
    async fn make(&self, ours: &[String]) -> Result<Open, SandboxError> {
        let room = Disk::of(self.system);
        room.must_have(self.limits.disk, "a build")?;
        let allowance = Allowance {
            memory: self.limits.memory + OWN_MEMORY,
            cpus: self.limits.cpus,
            pids: self.limits.pids + OWN_PIDS,
        };
        let (holder, proxy) = match self.network {
            BuildNetwork::None => (self.holder("none", allowance).await?, None),
            BuildNetwork::Registries { hosts } => {
                let network = self.site.make_network_of(ROLE).await?;
                let registries = Registries::of_images(self.site, ours.iter(), hosts);
                let (holder, registries) =
                    tokio::try_join!(self.holder(&network.name, allowance), registries)?;
                let proxy = Proxy::open(self, &network.name, &holder, registries).await?;
                (holder, Some(proxy))
            }
        };
        Ok(Open {
            confinement: Confinement {
                network: Some(holder.network_mode()),
                cgroup_parent: bounds_processes(self.system)
                    .then(|| format!("/docker/{}", holder.id)),
                args: Some(proxy.as_ref().map(Proxy::build_args).unwrap_or_default()),
            },
            guard: Box::new(Watch {
                steps: Steps::new(
                    self.site.docker().clone(),
                    holder.network_mode(),
                    self.limits.disk,
                    room::is_here(self.system),
                ),
                room,
                proxy,
            }),
        })
    }

    async fn holder(&self, network: &str, allowance: Allowance) -> Result<Holder, SandboxError> {
        let image = self.holder_image;
        let holder = Holder::make_allowing(self.site, ROLE, image, network, allowance).await?;
        self.site.start(ROLE, &holder.id).await?;
        Ok(holder)
    }

    fn filters_frames(&self) -> bool {
        filters_frames(self.system)
    }

    /// Lets the holder's namespace reach the proxy and nothing else.
    async fn close(&self, holder: &Holder, proxy: &Ruleset) -> Result<(), SandboxError> {
        match self.rules {
            Rules::On => proxy.load(self.site.docker(), ROLE, &holder.id).await,
            Rules::Off => Ok(()),
        }
    }
}

/// What [`bounds_processes`] asks for.
pub(super) const BOUNDS_PROCESSES: &str = "needs cgroup v1 with the driver cgroupfs";

/// Whether a step can be put below the control group of a container: in the second version a group with
/// processes has no groups with bounds below it, and systemd makes groups of its own only.
pub(super) fn bounds_processes(system: &SystemInfo) -> bool {
    system.cgroup_version == Some(SystemInfoCgroupVersionEnum::_1)
        && system.cgroup_driver == Some(SystemInfoCgroupDriverEnum::CGROUPFS)
}

/// Whether the kernel looks at frames on their way out, as it does from 5.16 on.
pub(super) fn filters_frames(system: &SystemInfo) -> bool {
    let version = system.kernel_version.as_deref().unwrap_or_default();
    let mut numbers = version
        .split(['.', '-'])
        .map_while(|n| n.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(16))
}

#[async_trait]
impl Guard for Watch {
    async fn alarm(&self) -> String {
        self.steps.watch().await
    }

    fn reading(&self) -> Option<Reading> {
        self.steps.reading()
    }

    async fn asked(&self) -> bool {
        match &self.proxy {
            Some(proxy) => proxy.was_asked().await,
            None => false,
        }
    }

    async fn told(&self) -> Vec<String> {
        match &self.proxy {
            Some(proxy) => proxy.told().await,
            None => Vec::new(),
        }
    }

    async fn account(&self) -> Result<Vec<String>, BuildError> {
        // What its steps had written is gone with them.
        if let Some(full) = self.room.full() {
            let failure = "the submission did not build".to_owned();
            let error = SandboxError::DiskFull { full, failure };
            return Err(BuildError::Workshop(Box::new(error)));
        }
        match &self.proxy {
            Some(proxy) => proxy.account().await,
            None => Ok(vec!["(this challenge's builds have no network)".to_owned()]),
        }
    }
}
