use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ByteSize, Cpus, Duration};

/// What the submission may use; every limit has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Of the submitted files.
    pub submission: SubmissionLimits,
    /// While its image is built.
    pub build: BuildLimits,
    /// While it runs.
    pub app: AppLimits,
    /// Its migration, where it has one, from its process starting to its end.
    pub migrate: Duration,
    /// From its process starting to its first HTTP answer.
    pub start: Duration,
    /// For one answer, unless the request says otherwise.
    pub request: Duration,
    /// For one check, all steps together.
    pub check: Duration,
}

/// Of the submitted files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubmissionLimits {
    /// How many files and folders.
    #[schemars(range(min = 1))]
    pub files: u32,
    /// How much, all files together.
    pub size: ByteSize,
}

/// While the submission's image is built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BuildLimits {
    /// From its first step to its image.
    pub time: Duration,
    /// Of one step's processes together.
    pub memory: ByteSize,
    /// Of one step's processes together.
    pub cpus: Cpus,
    /// Processes and threads of one step.
    #[schemars(range(min = 1))]
    pub pids: u32,
    /// Of what all steps write together.
    pub disk: ByteSize,
    /// What the steps may reach.
    pub network: BuildNetwork,
    /// Hosts that they may reach beside the package registries.
    pub hosts: Vec<String>,
}

/// What the steps of a build may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BuildNetwork {
    /// Nothing.
    None,
    /// The registries of the languages' package managers, and nothing else.
    Registries,
}

/// While the submission runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AppLimits {
    /// Of all its processes together; swap is off.
    pub memory: ByteSize,
    /// Of all its processes together.
    pub cpus: Cpus,
    /// Processes and threads.
    #[schemars(range(min = 1))]
    pub pids: u32,
    /// Open files of one process.
    #[schemars(range(min = 1))]
    pub open_files: u32,
    /// Of `/tmp`, the only place it can write to.
    pub tmp: ByteSize,
    /// Of what it prints; older lines are dropped.
    pub log: ByteSize,
}

/// While a service runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceLimits {
    /// Of all its processes together; swap is off.
    pub memory: ByteSize,
    /// Of all its processes together.
    pub cpus: Cpus,
    /// Processes and threads.
    #[schemars(range(min = 1))]
    pub pids: u32,
    /// Of what it writes to its own files beyond its seed; a service beyond it is stopped.
    pub disk: ByteSize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            submission: SubmissionLimits::default(),
            build: BuildLimits::default(),
            app: AppLimits::default(),
            migrate: Duration::from_secs(60),
            start: Duration::from_secs(30),
            request: Duration::from_secs(10),
            check: Duration::from_secs(60),
        }
    }
}

impl Default for SubmissionLimits {
    fn default() -> Self {
        Self {
            files: 10_000,
            size: ByteSize::mib(64),
        }
    }
}

impl Default for BuildLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(600),
            memory: ByteSize::mib(2048),
            cpus: Cpus::new(2.0),
            pids: 1024,
            disk: ByteSize::mib(4096),
            network: BuildNetwork::Registries,
            hosts: Vec::new(),
        }
    }
}

impl Default for AppLimits {
    fn default() -> Self {
        Self {
            memory: ByteSize::mib(512),
            cpus: Cpus::new(1.0),
            pids: 256,
            open_files: 4096,
            tmp: ByteSize::mib(64),
            log: ByteSize::mib(8),
        }
    }
}

impl Default for ServiceLimits {
    fn default() -> Self {
        Self {
            memory: ByteSize::mib(1024),
            cpus: Cpus::new(2.0),
            pids: 512,
            disk: ByteSize::mib(2048),
        }
    }
}
