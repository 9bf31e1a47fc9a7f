//! Puts a report together from what a run left.

use std::time::Duration;

use challenge_spec::model::Check;
use report::{
    certificate::certification,
    event::Event,
    model::{
        ChallengeRef, CheckReport, Engine, Isolation, Outcome, Phases, Report, Run, SCHEMA_VERSION,
        Setup, SubmissionFailure, SubmissionRef, Tool,
    },
    points,
};
use runner::{AppFailure, EngineFacts, IsolationItem};

use super::{Ended, Grading};
use crate::{finish, session, verdict::Verdict};

pub(crate) fn check(check: &Check, verdict: Verdict, took: Duration) -> CheckReport {
    CheckReport {
        id: check.id.clone(),
        title: check.title.clone(),
        skill: check.skill.clone(),
        visibility: check.visibility,
        points: check.points,
        earned: if verdict.outcome == Outcome::Passed {
            check.points
        } else {
            0
        },
        outcome: verdict.outcome,
        blame: verdict.blame,
        reason: verdict.reason,
        duration_ms: finish::millis(took),
        evidence: verdict.evidence,
        ask: check.ask.clone(),
    }
}

/// That a check has ended.
pub(crate) fn ended(run: &str, report: &CheckReport) -> Event {
    Event::CheckEnded {
        run: run.to_owned(),
        check: report.id.clone(),
        title: report.title.clone(),
        outcome: report.outcome,
        points: report.points,
        reason: report.reason.clone(),
        duration_ms: report.duration_ms,
    }
}

pub(super) fn report(grading: &Grading<'_>, ended: Ended, snapshot_took: Duration) -> Report {
    let plan = grading.plan;
    let file = plan.file();
    let score = points::score(&ended.checks);
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "tryout".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        challenge: ChallengeRef {
            id: file.id.clone(),
            title: file.title.clone(),
            version: file.version.clone(),
            digest: plan.challenge_digest.clone(),
        },
        certification: Some(certification(&plan.challenge.dir, &plan.challenge_digest)),
        submission: SubmissionRef {
            name: plan.subject.snapshot.name().to_owned(),
            subject: plan.subject.kind.to_string(),
            digest: plan.subject.snapshot.digest().to_owned(),
            files: plan.subject.snapshot.files(),
        },
        total: (!plan.partial).then_some(score),
        skills: points::skills(&ended.checks, |root| plan.skill_title(root)),
        submission_failure: ended.failure.as_ref().map(submission_failure),
        run: run(grading, &ended, snapshot_took),
        practice: ended.practice.map(|looked| looked.practice),
        checks: ended.checks,
    }
}

fn run(grading: &Grading<'_>, ended: &Ended, snapshot_took: Duration) -> Run {
    let plan = grading.plan;
    let facts = &ended.facts;
    Run {
        id: plan.run.to_string(),
        setup: ended.setup.as_ref().map(setup),
        seed: plan.seed,
        backend: grading.backend.to_owned(),
        engine: grading.engine.as_ref().map(engine),
        started_at: grading.started_at,
        duration_ms: finish::millis(grading.clock.elapsed() + snapshot_took),
        phases: phases(ended, snapshot_took),
        images: facts.images.clone(),
        programs: facts.programs.clone(),
        isolation: facts.isolation.iter().map(isolation).collect(),
        only: plan.partial.then(|| plan.checks.clone()),
    }
}

fn setup(setup: &runner::setup::Setup) -> Setup {
    Setup {
        found: setup.found().to_owned(),
        runtime: setup.runtime().map(str::to_owned),
        migrate: setup.migrate().map(str::to_owned),
        start: setup.start().map(str::to_owned),
        test: setup.test().map(str::to_owned),
    }
}

fn phases(ended: &Ended, snapshot: Duration) -> Phases {
    let facts = &ended.facts;
    let practice = ended.practice.as_ref().map(|looked| looked.took);
    Phases {
        snapshot_ms: finish::millis(snapshot),
        build_ms: finish::millis(facts.build),
        services_ms: finish::millis(facts.services),
        migrate_ms: finish::millis(facts.migrate),
        start_ms: finish::millis(facts.start),
        checks_ms: finish::millis(ended.checks_took),
        practice_ms: finish::millis(practice.unwrap_or_default()),
    }
}

fn engine(facts: &EngineFacts) -> Engine {
    Engine {
        name: facts.name.clone(),
        api: facts.api.clone(),
        platform: facts.platform.clone(),
    }
}

fn isolation(item: &IsolationItem) -> Isolation {
    Isolation {
        item: item.item.clone(),
        enforced: item.enforced,
        detail: item.detail.clone(),
    }
}

fn submission_failure(failure: &AppFailure) -> SubmissionFailure {
    let (kind, source) = match failure {
        AppFailure::DidNotBuild { .. } => ("did-not-build", "build"),
        AppFailure::MigrationFailed { .. } => ("migration-failed", "migrate"),
        AppFailure::MigrationTooLong { .. } => ("migration-too-long", "migrate"),
        AppFailure::DiedAtStart { .. } => ("died-at-start", "app"),
        AppFailure::NeverListened { .. } => ("never-listened", "app"),
        AppFailure::NeverAnswered { .. } => ("never-answered", "app"),
    };
    let log = failure.log();
    SubmissionFailure {
        kind: kind.to_owned(),
        reason: failure.to_string(),
        evidence: if log.lines.is_empty() {
            Vec::new()
        } else {
            vec![session::log(source, log)]
        },
    }
}
