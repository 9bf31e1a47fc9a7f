//! What a grade is made with: an engine, our images, a backend.

use std::{path::PathBuf, time::Instant};

use grader::{Events, Plan, Selection, Subject, SubjectKind, challenge_files};
use report::model::Report;
use runner::{
    Backend, Containment, DockerBackend, Engine, HostNetwork, LocalBackend, RunnerError, clean,
    clean_host, docker::SandboxError, images::ImageStore, snapshot::Source,
};

use crate::{
    args::{BackendName, Ground, Isolation, Level},
    bundle,
    failure::Failure,
    places::{Found, Places},
    signal,
};

/// Refuses what was not asked for in so many words: code on this machine itself.
pub(crate) fn demand_trust(ground: &Ground) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Input(why.to_owned()));
    if ground.backend == BackendName::Docker {
        return Ok(());
    }
    if !ground.i_trust_this_code {
        return refused(
            "--backend local builds and runs the submission on this machine as you, isolated by nothing: its code can \
             read and change all that you can. Add --i-trust-this-code if it is your own, or leave --backend out to \
             use containers",
        );
    }
    if ground.isolation.isolation == Level::Strict {
        return refused(
            "--isolation strict cannot be had with --backend local, which isolates nothing",
        );
    }
    if ground.isolation.runtime.is_some() {
        return refused("--runtime is for containers, and --backend local starts none");
    }
    Ok(())
}

/// The backend that was asked for; [`demand_trust`] comes first.
pub(crate) async fn backend(
    places: &Places,
    ground: &Ground,
) -> Result<Result<Box<dyn Backend>, RunnerError>, Failure> {
    match ground.backend {
        BackendName::Local => Ok(Ok(Box::new(local()))),
        BackendName::Docker => {
            let backend = docker(places, Some(&ground.isolation)).await?;
            Ok(backend.map(|backend| Box::new(backend) as Box<dyn Backend>))
        }
    }
}

/// This machine itself; what dead runs left there is removed meanwhile.
pub(crate) fn local() -> LocalBackend {
    tokio::spawn(clean_host());
    let backend = LocalBackend::new(HostNetwork::of_environment());
    match turns() {
        Some(folder) => backend.taking_turns(&folder),
        None => backend,
    }
}

/// Connects to the engine; what dead runs left there is removed meanwhile.
pub(crate) async fn docker(
    places: &Places,
    isolation: Option<&Isolation>,
) -> Result<Result<DockerBackend, RunnerError>, Failure> {
    let recipes = places.runner_images()?;
    let engine = match Engine::connect().await {
        Ok(engine) => engine,
        Err(error) => return Ok(Err(error)),
    };
    let sweeping = engine.clone();
    tokio::spawn(async move {
        if let Err(error) = clean(&sweeping).await {
            tracing::warn!(%error, "cannot remove what dead runs left");
        }
    });
    let images = ImageStore::new(engine.clone(), &recipes, HostNetwork::of_environment())
        .map_err(|error| Failure::input(&error))?;
    let mut backend = DockerBackend::new(engine, images);
    if let Ok(cache) = bundle::cache() {
        backend = backend.keeping_practice(&cache.join("practice"));
    }
    if let Some(folder) = turns() {
        backend = match backend.taking_turns(&folder).await {
            Ok(backend) => backend,
            Err(error) => return Ok(Err(error)),
        };
    }
    let Some(isolation) = isolation else {
        return Ok(Ok(backend));
    };
    let containment = Containment {
        strict: isolation.isolation == Level::Strict,
        runtime: isolation.runtime.clone(),
    };
    match backend.contained(containment).await {
        Err(error @ RunnerError::Sandbox(SandboxError::NoSuchRuntime { .. })) => {
            Err(Failure::input(&error))
        }
        contained => Ok(contained),
    }
}

/// Where processes of this user take turns on an engine; none where nobody says where caches are kept.
fn turns() -> Option<PathBuf> {
    Some(bundle::cache().ok()?.join("turns"))
}

/// A plan for what is handed in, with the time that reading it took.
pub(crate) async fn plan(
    challenge: Found,
    kind: SubjectKind,
    source: &Source,
    seed: u64,
    selection: &Selection,
) -> Result<(Plan, std::time::Duration), Failure> {
    let clock = Instant::now();
    let reading = Subject::of_source(&challenge.challenge, kind, source);
    let subject = signal::unless_stopped(reading).await?.map_err(|error| {
        if error.is_ours() {
            Failure::ours(&error)
        } else {
            Failure::input(&error)
        }
    })?;
    let took = clock.elapsed();
    let files = challenge_files(&challenge.challenge).map_err(|error| Failure::input(&error))?;
    let Found { challenge, skills } = challenge;
    let plan = Plan::compile(challenge, &files, &skills, subject, seed, selection)
        .map_err(|error| Failure::input(&error))?;
    Ok((plan, took))
}

/// Grades, and hands the report to `then` while the sandbox is being removed. All that the run made
/// is removed however it ends.
pub(crate) async fn grade<T>(
    plan: &Plan,
    backend: &dyn Backend,
    events: &Events,
    snapshot_took: std::time::Duration,
    then: impl FnOnce(Report) -> T,
) -> Result<T, Failure> {
    let graded = signal::unless_stopped(grader::grade(plan, backend, events, snapshot_took)).await;
    let (closed, result) = match graded {
        Ok(report) => {
            // Its removal is under way while the report is written.
            let closing = grader::close(backend, plan.run());
            let writing = async { then(report) };
            let (closed, result) = tokio::join!(closing, writing);
            (closed, Ok(result))
        }
        // Whoever stops it does not wait for others.
        Err(failure) => (backend.close(plan.run()).await, Err(failure)),
    };
    if let Err(error) = closed {
        tracing::warn!(%error, "the sandbox could not be removed");
        crate::output::say(&format!(
            "warning: {error}; `tryout clean` removes what is left\n"
        ));
    }
    result
}

/// A seed that nobody chose.
pub(crate) fn any_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // At most nine digits, so that a person can copy it.
    RandomState::new().build_hasher().finish() % 1_000_000_000
}
