//! `migration`: the submission's migration, run anew while writers write as the version before it did.
//!
//! That a writer's transaction fails is nothing that a busy machine does. That one waits for long may be:
//! so a wait that is too long is looked at again, and loses only if it is too long each time.

mod beside;

use std::time::Duration;

use challenge_spec::model::{ChallengeFile, Migration};
use probe::{
    evidence::{self, Secrets},
    expression::{RenderError, Scope},
};
use report::model::{Evidence, Migration as Shown, MigrationRun, Mismatch};

use super::{Place, blame, query::service_of};
use crate::{
    finish,
    session::{Ready, Session},
    sql::bound,
    verdict::StepEnd,
};

use beside::Writing;

/// How often a migration is run before a wait that is too long is believed.
const RUNS: u32 = 3;
/// So many renderings there are of a transaction.
const FORMS: u32 = 64;
/// For all of ours that a run takes: the services' first state, the writers' beginning and end.
const OWN_TIME: Duration = Duration::from_secs(90);

/// How long it may take at most.
pub(crate) fn longest(file: &ChallengeFile) -> Duration {
    (file.limits.migrate.get() + file.limits.start.get() + OWN_TIME) * RUNS
}

pub(super) async fn run(
    session: &Session<'_>,
    step: &Migration,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let Some(service) = service_of(session.file, step.service.as_deref()) else {
        return StepEnd::errored(format!("step {place}: no service that speaks SQL"));
    };
    let Some(endpoint) = session.sandbox.service(service) else {
        return StepEnd::errored(format!(
            "step {place}: the sandbox has no service `{service}`"
        ));
    };
    let forms = match forms(step, scope) {
        Ok(forms) => forms,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let bound = step.expect.longest_wait.get();
    let secrets = session.secrets(scope);
    let mut shown = Shown {
        step: place.to_string(),
        service: service.to_owned(),
        writers: step.writers,
        runs: Vec::new(),
        mismatches: Vec::new(),
    };
    for _ in 0..RUNS {
        let writing = Writing::new(endpoint, step.writers, forms.clone());
        let ready = match session.reset_beside(&writing).await {
            Ok(ready) => ready,
            Err(error) => {
                return StepEnd::errored(format!("step {place}: {}", finish::chain(&error)));
            }
        };
        let run = match writing.account() {
            Ok(run) => hidden(run, &secrets),
            Err(why) => return StepEnd::errored(format!("step {place}: {why}")),
        };
        let judged = judged(&run, bound);
        shown.runs.push(run);
        shown.mismatches = judged.mismatches;
        if let Ready::Dead(reason, evidence) = ready {
            let reason = format!("with writers beside its migration, {reason}");
            return StepEnd::Failed { reason, evidence }.after(vec![of(shown)]);
        }
        match judged.end {
            End::Held => return StepEnd::Held(vec![of(shown)]),
            End::Failed(reason) => {
                return StepEnd::Failed {
                    reason,
                    evidence: vec![of(shown)],
                };
            }
            End::Again => {}
        }
    }
    StepEnd::Failed {
        reason: too_long(&shown.runs, bound),
        evidence: vec![of(shown)],
    }
}

/// A transaction's statements, in each of its renderings.
fn forms(step: &Migration, scope: &Scope) -> Result<Vec<Vec<String>>, RenderError> {
    let rendered = (0..FORMS).map(|index| {
        let scope = scope.with_index(index);
        let statements = step.writes.iter().map(|write| {
            let args = write.args.iter().map(|arg| scope.render_json(&arg.0));
            Ok(bound(&write.query, &args.collect::<Result<Vec<_>, _>>()?))
        });
        statements.collect()
    });
    rendered.collect()
}

fn of(shown: Shown) -> Evidence {
    Evidence::Migration(Box::new(shown))
}

fn hidden(mut run: MigrationRun, secrets: &Secrets) -> MigrationRun {
    for wait in &mut run.waits {
        for statement in &mut wait.behind {
            *statement = finish::in_one_line(&evidence::text(statement, secrets));
        }
    }
    for failure in &mut run.failures {
        failure.what = evidence::text(&failure.what, secrets);
    }
    run
}

/// What a run says.
struct Judged {
    end: End,
    mismatches: Vec<Mismatch>,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Held,
    Failed(String),
    /// A wait was too long, which may be the machine's doing.
    Again,
}

fn judged(run: &MigrationRun, bound: Duration) -> Judged {
    let failed: u64 = run.failures.iter().map(|failure| failure.count).sum();
    let mut mismatches = Vec::new();
    if failed > 0 {
        mismatches.push(mismatch(
            "transactions that failed",
            "0",
            failed.to_string(),
        ));
    }
    let bound = finish::millis(bound);
    let is_long = run.longest_wait_ms > bound;
    if is_long {
        let expected = format!("at most {bound} ms");
        let actual = format!("{} ms", run.longest_wait_ms);
        mismatches.push(mismatch("longest wait", &expected, actual));
    }
    let end = match run.failures.first() {
        Some(failure) => End::Failed(format!(
            "{failed} transactions failed that wrote beside the migration: {}",
            finish::statement(&failure.what)
        )),
        None if is_long => End::Again,
        None => End::Held,
    };
    Judged { end, mismatches }
}

fn mismatch(at: &str, expected: &str, actual: String) -> Mismatch {
    Mismatch {
        at: at.to_owned(),
        expected: expected.to_owned(),
        actual,
    }
}

/// Of runs in each of which a writer waited for too long.
fn too_long(runs: &[MigrationRun], bound: Duration) -> String {
    let shortest = runs.iter().min_by_key(|run| run.longest_wait_ms);
    let waited = shortest.map_or(0, |run| run.longest_wait_ms);
    let wait = shortest.and_then(|run| run.waits.first());
    let behind = wait
        .and_then(|wait| wait.behind.first())
        .map(|statement| format!(", behind `{}`", finish::statement(statement)))
        .unwrap_or_default();
    format!(
        "in each of {} runs of the migration a writer beside it waited for longer than {} ms: \
         {waited} ms in the best of them{behind}",
        runs.len(),
        finish::millis(bound)
    )
}

#[cfg(test)]
mod tests {
    use report::model::{LockWait, WriteFailure};

    use super::*;

    const BOUND: Duration = Duration::from_secs(2);

    fn run(longest_wait_ms: u64, failures: &[&str]) -> MigrationRun {
        MigrationRun {
            longest_wait_ms,
            waits: vec![LockWait {
                writer: 1,
                waited_ms: longest_wait_ms,
                lock: "RowExclusiveLock".to_owned(),
                behind: vec!["create  index\n on t (a)".to_owned()],
            }],
            failures: failures
                .iter()
                .map(|what| WriteFailure {
                    what: (*what).to_owned(),
                    count: 2,
                })
                .collect(),
            ..MigrationRun::default()
        }
    }

    #[test]
    fn a_long_wait_is_looked_at_again_and_a_failure_is_not() {
        assert_eq!(judged(&run(2_000, &[]), BOUND).end, End::Held);
        let long = judged(&run(2_001, &[]), BOUND);
        assert_eq!((long.end, long.mismatches.len()), (End::Again, 1));
        let failed = judged(&run(2_001, &["deadlock detected"]), BOUND);
        assert_eq!(
            failed.end,
            End::Failed(
                "2 transactions failed that wrote beside the migration: deadlock detected"
                    .to_owned()
            )
        );
        assert_eq!(failed.mismatches.len(), 2);
    }

    #[test]
    fn the_best_run_is_told() {
        let runs = [run(9_000, &[]), run(4_000, &[]), run(5_000, &[])];
        assert_eq!(
            too_long(&runs, BOUND),
            "in each of 3 runs of the migration a writer beside it waited for longer than 2000 ms: \
             4000 ms in the best of them, behind `create index on t (a)`"
        );
    }
}
