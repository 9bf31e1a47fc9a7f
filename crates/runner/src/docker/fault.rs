//! What can go wrong while a sandbox is made, watched or removed, by no fault of the submission.

use std::{path::PathBuf, time::Duration};

use bollard::errors::Error as EngineError;
use thiserror::Error;

use super::breaking::BreakingError;

/// An error of ours, or of the engine, around one sandbox.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// Every private network takes an address range from the engine's pools.
    #[error(
        "the engine has no address range left for another private network; remove unused networks \
         (`tryout clean`, `docker network prune`) or give it more (`default-address-pools`)"
    )]
    NoAddressRangeLeft {
        /// As the engine says it.
        #[source]
        source: EngineError,
    },
    /// The runtime asked for is not there.
    #[error(
        "the engine has no runtime `{runtime}`; it has {known}. Install it and name it in the engine's \
         daemon.json, or leave --runtime out"
    )]
    NoSuchRuntime {
        /// What was asked for.
        runtime: String,
        /// What there is.
        known: String,
    },
    /// What a submission may write would not fit.
    #[error(
        "the engine's disk has {left} bytes left in {}, and {of} may write {needed}; make room \
         (`tryout images prune`, `docker system df`)", folder.display()
    )]
    NoRoom {
        /// Where the engine keeps what containers write.
        folder: PathBuf,
        /// Bytes.
        left: u64,
        /// Bytes.
        needed: u64,
        /// What writes.
        of: &'static str,
    },
    /// The submission cannot be used, and that may be because the host's disk is full.
    #[error("{full}; what came of it: {failure}")]
    DiskFull {
        /// How full it is.
        full: String,
        /// What would else be the submission's failure.
        failure: String,
    },
    /// Strict isolation was asked for, and cannot be had.
    #[error("strict isolation cannot be had on this engine: {}", missing.join("; "))]
    NotIsolated {
        /// Each item that is not in force, and why.
        missing: Vec<String>,
    },
    /// Another reason.
    #[error("the engine made no private network")]
    MakeNetwork {
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A container could not be made.
    #[error("the engine made no container `{role}`")]
    MakeContainer {
        /// What it was to be.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A service could not be given its first state again.
    #[error("the service `{service}` could not be given its first state again: {message}")]
    ResetService {
        /// Its name.
        service: String,
        /// What it said, or what is missing.
        message: String,
    },
    /// What was to be done to a service was not, or could not be taken back.
    #[error(transparent)]
    Breaking(#[from] BreakingError),
    /// A container could not be ended.
    #[error("the engine did not end the container `{role}`")]
    EndContainer {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// It is not known which cores containers have.
    #[error("which cores the engine's containers have is not known: {why}")]
    NoCores {
        /// In words.
        why: String,
    },
    /// A container could not be held, or let go of.
    #[error("the engine did not {what} the container `{role}`")]
    Hold {
        /// `pause`, `unpause`, `move`.
        what: &'static str,
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A container could not be started.
    #[error("the engine did not start the container `{role}`")]
    StartContainer {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// The submission's user is one that the engine lacks.
    #[error(
        "the engine has no user {user}, which the submission runs as: an engine without root, or with \
         `userns-remap`, has those of its range in /etc/subuid and /etc/subgid only, 65,536 as a rule"
    )]
    NoSuchUser {
        /// Numbers of the user and its group.
        user: String,
    },
    /// A container could not be put into a second network.
    #[error("the engine did not put the container `{role}` into the private network")]
    Connect {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A container could not be looked at.
    #[error("the engine does not say how the container `{role}` is")]
    Inspect {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A container has no address in its network.
    #[error("the container `{role}` has no address in its private network")]
    NoAddress {
        /// What it is.
        role: String,
    },
    /// A sandbox out of this host's reach has no way in.
    #[error(
        "the engine published port {port} of the forwarder nowhere at {address}; is that an address of the engine's host?"
    )]
    NotPublished {
        /// Of the forwarder.
        port: u16,
        /// Where it should be reached.
        address: std::net::IpAddr,
    },
    /// An image could not be looked at.
    #[error("the engine does not say what the image `{image}` is")]
    InspectImage {
        /// Which.
        image: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A file could not be read out of an image.
    #[error("{path} could not be read from the image of `{role}`")]
    ReadImage {
        /// Whose image.
        role: String,
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A command of ours could not be run.
    #[error("`{command}` could not be run in the container `{role}`")]
    Command {
        /// Where.
        role: String,
        /// What.
        command: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// The services' names could not be made known.
    #[error("the names of services were not added in `{role}` (exit code {exit_code}): {output}")]
    NamesRefused {
        /// Where.
        role: String,
        /// Of the shell.
        exit_code: i64,
        /// What it printed.
        output: String,
    },
    /// The network rules were refused.
    #[error("the network rules of `{role}` were not loaded (exit code {exit_code}): {output}")]
    RulesRefused {
        /// Whose.
        role: String,
        /// Of `nft`.
        exit_code: i64,
        /// What it printed.
        output: String,
    },
    /// Other rules are there than were loaded.
    #[error("the network rules of `{role}` are not those that were loaded: {listed}")]
    RulesDiffer {
        /// Whose.
        role: String,
        /// What is there.
        listed: String,
    },
    /// A stub, or the proxy before a service, does not do what it was told.
    #[error("our program at `{service}` does not follow: {message}")]
    Steer {
        /// Its name.
        service: String,
        /// What it said, or what is missing.
        message: String,
    },
    /// A service's first state could not be handed in.
    #[error("the seed of `{service}` could not be handed to the engine")]
    SeedUpload {
        /// Which service.
        service: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A seed's SQL failed.
    #[error("{file} of the service `{service}` failed: {message}")]
    Seed {
        /// Which service.
        service: String,
        /// The seed's file.
        file: String,
        /// As psql says it.
        message: String,
    },
    /// A service could not be prepared.
    #[error("the service `{service}` could not be prepared: {message}")]
    PrepareService {
        /// Which.
        service: String,
        /// Its last lines.
        message: String,
    },
    /// A service's first state could not be kept.
    #[error("the seeded image of `{service}` could not be kept")]
    KeepService {
        /// Which.
        service: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A service ended before the submission was started.
    #[error("the service `{service}` died at start: {exit}: {log}")]
    ServiceDied {
        /// Which.
        service: String,
        /// In words.
        exit: String,
        /// Its last lines.
        log: String,
    },
    /// A service took too long.
    #[error("the service `{service}` accepted no connection within {} s", within.as_secs_f32())]
    ServiceNotReady {
        /// Which.
        service: String,
        /// How long was waited.
        within: Duration,
    },
    /// No service of that name.
    #[error("there is no service `{service}` in the sandbox")]
    NoSuchService {
        /// The name.
        service: String,
    },
    /// What a container printed could not be read.
    #[error("the engine does not give what `{role}` printed")]
    ReadLog {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// What a container has used could not be learned.
    #[error("the engine does not say what the container of `{role}` has used")]
    Usage {
        /// `app`, a service's name.
        role: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// What is there could not be listed.
    #[error("the engine does not list its {things}")]
    List {
        /// `containers`, `networks`.
        things: &'static str,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A container could not be removed.
    #[error("the container {name} could not be removed")]
    RemoveContainer {
        /// Its name or id.
        name: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// A network could not be removed.
    #[error("the network {name} could not be removed")]
    RemoveNetwork {
        /// Its name or id.
        name: String,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// Things keep appearing, or stay.
    #[error("{left} containers and networks with {label} are still there after {rounds} rounds")]
    StillThere {
        /// The label that they carry.
        label: String,
        /// How many.
        left: usize,
        /// How often all were removed.
        rounds: u32,
    },
    /// A suite's container cannot be used, through no fault of the submission.
    #[error("the container `{role}` cannot be used: {why}")]
    Visitor {
        /// Which.
        role: String,
        /// In words.
        why: String,
    },
    /// The program that makes small changes to source files could not be used.
    #[error("the mutator failed: {message}")]
    Mutator {
        /// As it says it.
        message: String,
    },
    /// The container in which a language's tools are run could not be used.
    #[error("the tools of the language could not be run: {message}")]
    Practice {
        /// Why.
        message: String,
    },
    /// A request to the engine was given up while its answer was awaited.
    #[error("making {what} was given up")]
    GivenUp {
        /// What was to be made.
        what: String,
    },
}
