//! What the submission's pipeline file shows: read as its host reads it, and its jobs rehearsed.

mod rehearsal;

use challenge_spec::{
    model::Pipeline,
    pipeline::{self, Job, Script},
};
use runner::{Backend, LogTail};
use tokio::sync::OnceCell;

use self::rehearsal::{Rehearsal, Rehearsed};
use crate::{Plan, finish};

/// More files than anybody has are not read.
const MOST_FILES: usize = 20;
/// More jobs than anybody has are not rehearsed.
const MOST_JOBS: usize = 20;

/// Why a step does not hold.
#[derive(Debug)]
pub(super) enum Lost {
    /// There is evidence against the submission: its mistakes with their places, or what its jobs do.
    Theirs { reason: String, log: LogTail },
    /// Something of ours broke.
    Ours(String),
}

/// The submission's pipeline, read and rehearsed once for all checks.
pub(super) struct OwnPipeline<'a> {
    plan: &'a Plan,
    backend: &'a dyn Backend,
    seen: OnceCell<Result<Seen, String>>,
}

/// What there is of it.
#[derive(Debug, Default)]
struct Seen {
    files: usize,
    /// The first mistake of each file that has any, and all of them; its jobs do not count.
    mistakes: Vec<(String, LogTail)>,
    jobs: Vec<Tried>,
}

/// A job, and what became of it in its rehearsal.
#[derive(Debug)]
struct Tried {
    job: Job,
    rehearsed: Rehearsed,
}

impl<'a> OwnPipeline<'a> {
    pub(super) fn of(plan: &'a Plan, backend: &'a dyn Backend) -> Self {
        Self {
            plan,
            backend,
            seen: OnceCell::new(),
        }
    }

    /// Whether it shows what is asked for. `test` is the submission's command that runs its tests.
    pub(super) async fn shows(&self, asked: Pipeline, test: &str) -> Result<(), Lost> {
        let seen = self.seen.get_or_init(|| self.look(test)).await;
        match seen {
            Ok(seen) => seen.judge(asked, test),
            Err(why) => Err(Lost::Ours(format!(
                "the pipeline cannot be looked at: {why}"
            ))),
        }
    }

    async fn look(&self, test: &str) -> Result<Seen, String> {
        let submission = &self.plan.subject.snapshot;
        let mut seen = Seen::default();
        let mut jobs: Vec<Job> = Vec::new();
        let such = |path: &&str| pipeline::host_of(path).is_some();
        for path in submission.paths().filter(such).take(MOST_FILES) {
            let read = submission.read(path);
            // Neither a folder nor a link that leads nowhere is a pipeline.
            let Some(bytes) = read.map_err(|error| finish::chain(&error))? else {
                continue;
            };
            seen.files += 1;
            match pipeline::read(path, bytes) {
                Ok(more) => jobs.extend(more),
                Err(problems) => {
                    let list = problems.list().to_string();
                    let lines: Vec<String> = list.lines().map(str::to_owned).collect();
                    let first = lines.first().cloned().unwrap_or_default();
                    seen.mistakes.push((first, LogTail { lines, omitted: 0 }));
                }
            }
        }
        let rehearsal = Rehearsal {
            backend: self.backend,
            run: &self.plan.run,
            test,
            files: submission.paths().collect(),
        };
        // Those first that are likeliest to run them.
        jobs.sort_by_key(|job| !rehearsal.may_run_tests(job));
        for job in jobs.iter().flat_map(by_occasion).take(MOST_JOBS) {
            let rehearsed = rehearsal.of(&job).await?;
            seen.jobs.push(Tried { job, rehearsed });
        }
        Ok(seen)
    }
}

/// A job as it runs when commits are pushed and as it runs for reviews; one where these are the same.
fn by_occasion(job: &Job) -> Vec<Job> {
    let with = |on_push: bool, on_review: bool| {
        let mut one = job.clone();
        (one.on_push, one.on_review) = (on_push, on_review);
        let runs =
            |script: &Script| (!on_push || script.on_push) && (!on_review || script.on_review);
        one.scripts.retain(runs);
        one
    };
    if !(job.on_push && job.on_review) {
        return vec![with(job.on_push, job.on_review)];
    }
    let (push, review) = (with(true, false), with(false, true));
    if push.scripts == review.scripts {
        vec![with(true, true)]
    } else {
        vec![push, review]
    }
}

impl Tried {
    /// Whether the pipeline fails by it when the tests fail.
    fn fails(&self) -> bool {
        self.rehearsed.fails && !self.job.soft
    }
}

impl Seen {
    fn judge(&self, asked: Pipeline, test: &str) -> Result<(), Lost> {
        let lost = |reason: String, log: LogTail| Err(Lost::Theirs { reason, log });
        if self.files == 0 {
            let none =
                "there is no pipeline: no workflow in .github/workflows, and no .gitlab-ci.yml";
            return lost(none.to_owned(), LogTail::default());
        }
        if asked == Pipeline::Valid {
            return match self.mistakes.first() {
                None => Ok(()),
                Some((first, all)) => {
                    lost(format!("the pipeline is not valid: {first}"), all.clone())
                }
            };
        }
        let testing = || self.jobs.iter().filter(|tried| tried.rehearsed.runs_tests);
        let any = |such: fn(&Job) -> bool| testing().any(|tried| such(&tried.job));
        // On each occasion on which they are run at all.
        let fails = |on: fn(&Job) -> bool| {
            let mut there = testing().filter(|tried| on(&tried.job)).peekable();
            there.peek().is_none() || there.any(Tried::fails)
        };
        if testing().next().is_none() {
            let reason = match self.mistakes.first() {
                Some((first, _)) => {
                    format!("no job runs the tests; and the pipeline is not valid: {first}")
                }
                None => format!("no job runs the tests, with the command `{test}` of tryout.yaml"),
            };
            return lost(reason, self.told());
        }
        let (holds, reason) = match asked {
            Pipeline::Valid | Pipeline::RunsTests => return Ok(()),
            Pipeline::OnPush => (
                any(|job| job.on_push),
                "the tests are not run when commits are pushed",
            ),
            Pipeline::OnReview => (
                any(|job| job.on_review),
                "the tests are not run for pull or merge requests",
            ),
            Pipeline::FailsWithTests => (
                fails(|_| true) && fails(|job| job.on_push) && fails(|job| job.on_review),
                "the pipeline passes also when the tests fail",
            ),
            Pipeline::Caches => (
                any(|job| job.caches),
                "the job that runs the tests keeps nothing from one run to the next",
            ),
        };
        if holds {
            return Ok(());
        }
        lost(reason.to_owned(), self.told())
    }

    /// What was seen of each job, in words.
    fn told(&self) -> LogTail {
        let line = |tried: &Tried| {
            let Tried { job, rehearsed } = tried;
            let yes = |is: bool| if is { "yes" } else { "no" };
            format!(
                "job {}: on pushes {}, on reviews {}, runs the tests {}, fails with them {}, caches {}",
                job.name,
                yes(job.on_push),
                yes(job.on_review),
                yes(rehearsed.runs_tests),
                yes(tried.fails()),
                yes(job.caches)
            )
        };
        LogTail {
            lines: self.jobs.iter().map(line).collect(),
            omitted: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(on: (bool, bool), runs_tests: bool, fails: bool, soft: bool) -> Tried {
        Tried {
            job: Job {
                name: "test".to_owned(),
                on_push: on.0,
                on_review: on.1,
                soft,
                caches: false,
                env: Vec::new(),
                scripts: Vec::new(),
            },
            rehearsed: Rehearsed { runs_tests, fails },
        }
    }

    fn holds(asked: Pipeline, jobs: Vec<Tried>) -> bool {
        let seen = Seen {
            files: 1,
            mistakes: Vec::new(),
            jobs,
        };
        seen.judge(asked, "pytest").is_ok()
    }

    #[test]
    fn it_fails_with_its_tests_on_each_occasion_on_which_they_are_run() {
        let (push, review, both) = ((true, false), (false, true), (true, true));
        let fails = Pipeline::FailsWithTests;
        assert!(holds(fails, vec![tried(both, true, true, false)]));
        assert!(!holds(fails, vec![tried(both, true, true, true)]));
        let swallowing = || tried(push, true, false, false);
        assert!(!holds(
            fails,
            vec![tried(review, true, true, false), swallowing()]
        ));
        assert!(holds(
            fails,
            vec![tried(both, true, true, false), swallowing()]
        ));
        // A job that does not run them says nothing of them.
        let other = || tried(push, false, true, false);
        assert!(!holds(fails, vec![other()]));
        assert!(!holds(
            Pipeline::OnPush,
            vec![tried(review, true, true, false), other()]
        ));
    }
}
