//! The suites of a challenge: each is built and run once against a subject, when the first check needs a test
//! of it. What goes wrong with building it is ours.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use challenge_spec::model::{ChallengeFile, Check, Suite};
use runner::{
    Backend, LogTail, RunnerEvent, Sandbox,
    snapshot::Snapshot,
    visit::{Visit, VisitEnd, Visited},
};
use tokio::sync::Mutex;

use crate::{Plan, finish, manifest, results::Results, sandbox_spec, subject, watch};

/// What runs beside each other, as reasons name it.
const PROGRAMS: &str = "the suite and the submission";

/// Suites by name, and what their last run said.
pub(crate) struct Suites<'a> {
    plan: &'a Plan,
    backend: &'a dyn Backend,
    ran: Mutex<BTreeMap<String, Run>>,
}

/// What came of a run; in the error, why there was none.
type Run = Result<Arc<Ran>, String>;

/// One run of a suite against a subject.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) end: VisitEnd,
    pub(crate) results: Results,
    pub(crate) log: LogTail,
    pub(crate) within: Duration,
    /// Why it is nobody's doing here if it took long.
    pub(crate) others: Option<String>,
}

impl<'a> Suites<'a> {
    pub(crate) fn of(plan: &'a Plan, backend: &'a dyn Backend) -> Self {
        Self {
            plan,
            backend,
            ran: Mutex::default(),
        }
    }

    /// Why no suite can be run here at all, where a check needs one.
    pub(crate) fn lack(&self, check: &Check) -> Option<String> {
        let test = check.suite_test()?;
        (!self.backend.has_visits())
            .then(|| format!("the suite `{}` needs containers to be run in", test.of))
    }

    /// Runs the suite that a check needs, unless it was run on this state already.
    pub(crate) async fn make_ready(&self, check: &Check, sandbox: &dyn Sandbox) {
        let Some(test) = check.suite_test() else {
            return;
        };
        let mut ran = self.ran.lock().await;
        if ran.contains_key(&test.of) {
            return;
        }
        let run = self.run(&test.of, sandbox).await;
        let run = run.map_err(|why| format!("the suite `{}` cannot be run: {why}", test.of));
        ran.insert(test.of.clone(), run);
    }

    /// What the run said that was made ready.
    pub(crate) async fn ran(&self, name: &str) -> Run {
        let ran = self.ran.lock().await;
        let missing = || Err(format!("the suite `{name}` was not run"));
        ran.get(name).cloned().unwrap_or_else(missing)
    }

    /// Forgets all runs: services are as at first again.
    pub(crate) async fn forget(&self) {
        self.ran.lock().await.clear();
    }

    async fn run(&self, name: &str, sandbox: &dyn Sandbox) -> Run {
        let said = |error: &dyn std::error::Error| finish::chain(error);
        let file = self.file();
        let suite = file.suites.get(name);
        let suite = suite.ok_or_else(|| "the challenge has none of that name".to_owned())?;
        let image = self.image(suite).await?;
        let visit = Visit {
            name: name.to_owned(),
            image,
            command: suite.run.clone(),
            env: self.env(),
            limits: sandbox_spec::app_limits(&suite.limits),
            within: suite.within.get(),
            read_results: true,
        };
        // Neither waits for a core that it may not have.
        let cpus = visit.limits.cpus.min(file.limits.app.cpus.cores());
        let visited = watch::visited(sandbox, None, &visit, cpus, PROGRAMS).await;
        let (visited, others) = visited.map_err(|error| said(&error))?;
        Ok(Arc::new(Ran::of(visited, suite, others)))
    }

    /// Builds it, or takes what is kept from an earlier build.
    async fn image(&self, suite: &Suite) -> Result<String, String> {
        let said = |error: &dyn std::error::Error| finish::chain(error);
        let challenge = &self.plan.challenge;
        let folder = challenge.dir.join(&suite.from);
        let files = Snapshot::of_folder(&folder, subject::limits(challenge));
        let files = files.map_err(|error| said(&error))?;
        let setup = manifest::unstarted(&files, self.backend.ground());
        let setup = setup.map_err(|error| said(&error))?;
        let setup = setup.map_err(|failure| failure.to_string())?;
        let spec = sandbox_spec::of_suite(self.file(), setup);
        let silent = |event: RunnerEvent| tracing::debug!(?event, "suite");
        let built = self
            .backend
            .visitor(&self.plan.run, &spec, &files, &silent)
            .await;
        built
            .map_err(|error| said(&error))?
            .map_err(|failure| finish::with_log(&failure.to_string(), failure.log()))
    }

    /// What the submission gets, so that a suite can make tokens too, and where its random values are to
    /// come from.
    fn env(&self) -> BTreeMap<String, String> {
        let mut env: BTreeMap<_, _> = self.plan.env_text().collect();
        env.insert("SEED".to_owned(), self.plan.seed.to_string());
        env
    }

    fn file(&self) -> &ChallengeFile {
        self.plan.file()
    }
}

impl Ran {
    fn of(visited: Visited, suite: &Suite, others: Option<String>) -> Self {
        let results = match visited.results {
            Ok(files) => Results::of(&files),
            Err(why) => Results::unread(why),
        };
        Self {
            end: visited.end,
            results,
            log: visited.log,
            within: suite.within.get(),
            others,
        }
    }
}
