//! One submission's build, its image kept or made.

use std::time::{Duration, Instant};

use super::{
    Build, BuildError, BuiltImage, Workshop,
    clock::Clock,
    context::Context,
    did_not_build,
    paths::Ignored,
    sentence,
    workshop::{Guard, Open},
};
use crate::{
    BuildLimits, LogTail, Progress, RunnerEvent,
    classic::{self, Confinement, Order, Stopped},
    dockerfile::Plain,
    images::{ImageStore, kept_labels, use_kept},
    snapshot::{Snapshot, SnapshotError, blocking},
};

/// The digest of the snapshot that an image was built from.
const SUBMISSION_LABEL: &str = "tryout.submission";

/// How often a build is tried that an image of another one has ended by going away.
const TRIES: u32 = 5;

/// What a build is asked for.
pub(super) struct Work<'a> {
    pub(super) store: &'a ImageStore,
    pub(super) submission: &'a Snapshot,
    pub(super) limits: BuildLimits,
    pub(super) workshop: &'a dyn Workshop,
    /// The ids of the images of ours that it starts from.
    pub(super) ours: Vec<String>,
    /// Under which the image is kept.
    pub(super) name: String,
    /// As the engine is given it.
    pub(super) dockerfile: Plain,
    /// The Dockerfile, where it is none of the submission's.
    pub(super) made: Option<&'a str>,
    /// What the submission keeps from its builds.
    pub(super) ignored: Ignored,
    pub(super) progress: &'a dyn Progress,
}

impl Work<'_> {
    pub(super) async fn cached_or_built(&self) -> Result<Build, BuildError> {
        let _turn = self.store.building(&self.name).await;
        if let Some(id) = use_kept(self.store.engine(), &self.name).await? {
            return Ok(Build::Image(BuiltImage {
                id,
                cached: true,
                took: Duration::ZERO,
            }));
        }
        let started = Instant::now();
        let context = self.context().await?;
        let Open { confinement, guard } = self.workshop.open(&self.ours).await?;
        let built = tokio::select! {
            built = self.build_twice(&context, &confinement, &*guard) => built?,
            // Dropping the build ends its processes.
            reason = guard.alarm() => {
                self.tell(guard.told().await);
                return Ok(did_not_build(reason, LogTail::default()));
            }
        };
        let took = started.elapsed();
        self.tell(guard.told().await);
        match built {
            Ok(id) => Ok(Build::Image(BuiltImage {
                id,
                cached: false,
                took,
            })),
            Err(Stopped::Step { step, message, log }) => {
                let reason = sentence::of_step(step.as_deref(), &message);
                accounted(reason, log, &*guard).await
            }
            Err(Stopped::Time { step, log }) => {
                let reason = sentence::of_time(step.as_deref(), self.limits.time);
                accounted(reason, log, &*guard).await
            }
            Err(Stopped::Engine(error)) => Err(BuildError::BreakOff(Box::new(error))),
            Err(Stopped::NoImage) => Err(BuildError::NoImage),
        }
    }

    fn tell(&self, lines: Vec<String>) {
        for line in lines {
            self.progress.tell(RunnerEvent::BuildLine(line));
        }
    }

    /// A step that fails after it asked a registry is tried once more, for a registry may be away for a
    /// moment; the engine has the steps before it. Both have the time of one build.
    async fn build_twice(
        &self,
        context: &Context,
        confinement: &Confinement,
        guard: &dyn Guard,
    ) -> Result<Result<String, Stopped>, BuildError> {
        let clock = Clock::start(self.limits);
        let first = self.build(context, confinement, guard, &clock).await?;
        let over = clock.left(guard).is_zero();
        if !matches!(first, Err(Stopped::Step { .. })) || over || !guard.asked().await {
            return Ok(first);
        }
        let again = "(it used the network and failed; it is tried once more)";
        self.progress.tell(RunnerEvent::BuildLine(again.to_owned()));
        match self.build(context, confinement, guard, &clock).await? {
            // What is known of the first says more than that there was no time for another.
            Err(Stopped::Time { .. }) => Ok(first),
            second => Ok(second),
        }
    }

    async fn context(&self) -> Result<Context, SnapshotError> {
        let submission = self.submission.clone();
        let Plain { text, modes, .. } = self.dockerfile.clone();
        let ignored = self.ignored.clone();
        blocking(move || Context::of(&submission, &text, &ignored, &modes)).await
    }

    async fn build(
        &self,
        context: &Context,
        confinement: &Confinement,
        guard: &dyn Guard,
        clock: &Clock,
    ) -> Result<Result<String, Stopped>, BuildError> {
        // Other builds' images may be removed at any time. All tries have the time of one build.
        for _ in 0..TRIES {
            let over = clock.over(guard);
            let built = self.build_once(context, confinement, over).await?;
            if !built.as_ref().is_err_and(Stopped::is_of_another_image) {
                return Ok(built);
            }
        }
        Ok(Err(Stopped::NoImage))
    }

    async fn build_once(
        &self,
        context: &Context,
        confinement: &Confinement,
        over: impl Future<Output = ()>,
    ) -> Result<Result<String, Stopped>, BuildError> {
        let mut labels = kept_labels("app");
        let digest = self.submission.digest().to_owned();
        labels.insert(SUBMISSION_LABEL.to_owned(), digest);
        let args = confinement.args.clone();
        let order = Order {
            tag: self.name.clone(),
            dockerfile: context.dockerfile.clone(),
            args: args.unwrap_or_else(|| self.store.host().build_args()),
            labels,
            // The engine knows a step by all that went into it, so that submissions share only what
            // is the same for both.
            cached_steps: true,
            network: confinement.network.clone(),
        };
        let parent = confinement.cgroup_parent.as_deref();
        let docker = classic::limited(self.store.engine(), self.limits, parent);
        let tell = |line: &str| self.progress.tell(RunnerEvent::BuildLine(line.to_owned()));
        if let Some(made) = self.made {
            made.lines().for_each(tell);
        }
        Ok(classic::build(&docker, order, context.stream(), over, &tell).await)
    }
}

/// The submission's failure, unless its way out is to blame.
async fn accounted(
    reason: String,
    mut log: LogTail,
    guard: &dyn Guard,
) -> Result<Build, BuildError> {
    let account = guard.account().await?;
    let reason = account
        .iter()
        .fold(reason, |reason, line| format!("{reason} {line}"));
    log.lines.extend(account);
    Ok(did_not_build(reason, log))
}
