//! What a machine lacks costs nobody a point.
//!
//! The rule is simple rather than clever: as long as a service is wanting, whatever does not pass may
//! not pass for want of it, and stays undecided. What passes has passed.

use challenge_spec::model::{ChallengeFile, Check, Step};
use report::model::{Blame, Outcome};
use runner::Lack;

use crate::{step::service_of, verdict::Verdict};

/// Of each check, where the submission cannot be used at all.
pub(crate) fn refused(lacks: &[Lack], reason: &str) -> Verdict {
    match wanting(lacks) {
        None => Verdict::skipped(Blame::Submission, reason),
        Some(lack) => Verdict::skipped(Blame::Nobody, format!("{reason}; perhaps {lack}")),
    }
}

/// Why a check is not run: a step of it asks a service that is wanting.
pub(crate) fn before(lacks: &[Lack], file: &ChallengeFile, check: &Check) -> Option<Verdict> {
    let mut asked = asked(&check.steps).into_iter();
    let lack = asked.find_map(|named| {
        let service = service_of(file, named)?;
        let is_it = |lack: &&Lack| matches!(lack, Lack::Service { name, .. } if name == service);
        lacks.iter().find(is_it)
    })?;
    Some(Verdict::skipped(Blame::Nobody, lack.to_string()))
}

/// What a check that was run came to.
pub(crate) fn after(lacks: &[Lack], verdict: Verdict) -> Verdict {
    match (verdict.outcome, wanting(lacks)) {
        (Outcome::Failed, Some(lack)) => {
            let reason = verdict.reason.unwrap_or_default();
            Verdict {
                outcome: Outcome::Skipped,
                blame: Some(Blame::Nobody),
                reason: Some(format!("{reason}; perhaps {lack}")),
                evidence: verdict.evidence,
            }
        }
        _ => verdict,
    }
}

/// What a check that failed came to, where something of the host is out of order.
pub(crate) fn with_outage(outage: Option<String>, failed: Verdict) -> Verdict {
    let Some(outage) = outage else {
        return failed;
    };
    let reason = failed.reason.unwrap_or_default();
    Verdict::errored(
        format!("{outage}; what came of it: {reason}"),
        failed.evidence,
    )
}

/// All of them in one sentence.
fn wanting(lacks: &[Lack]) -> Option<String> {
    let told: Vec<_> = lacks.iter().map(ToString::to_string).collect();
    (!told.is_empty()).then(|| told.join(" and "))
}

/// Of the steps that ask a database, and of those inside of others, which one they name.
fn asked(steps: &[Step]) -> Vec<Option<&str>> {
    steps.iter().flat_map(asked_by).collect()
}

fn asked_by(step: &Step) -> Vec<Option<&str>> {
    let mut asked = match step {
        Step::Sql(step) => vec![step.service.as_deref()],
        Step::Queries(step) => vec![step.service.as_deref()],
        Step::Explain(step) => vec![step.service.as_deref()],
        _ => Vec::new(),
    };
    if let Some((_, steps)) = step.inner() {
        asked.extend(self::asked(steps));
    }
    asked
}
