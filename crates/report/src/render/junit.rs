//! `junit.xml`, for a CI server.
//!
//! One suite, one test case a check: `failed` is a failure, `errored` an error, `skipped` and
//! `inconclusive` are skipped. A submission that could not be used at all is one more test case, a
//! failure, since else every case would be skipped and nothing red.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::{
    model::{CheckReport, Outcome, Report, SubmissionFailure},
    neutral::brief,
};

use super::{RenderError, headline, transcript};

/// Renders `report`.
///
/// # Errors
/// The XML could not be written.
pub fn render(report: &Report) -> Result<String, RenderError> {
    let time = Duration::from_millis(report.run.duration_ms);
    let mut suite = TestSuite::new(brief(&report.challenge.id, 200));
    suite.set_timestamp(report.run.started_at);
    suite.set_time(time);
    suite.add_properties(properties(report));
    if let Some(failure) = &report.submission_failure {
        suite.add_test_case(failure_case(report, failure));
    }
    suite.add_test_cases(report.checks.iter().map(|check| case(report, check)));
    let mut junit = Junit::new("tryout");
    junit.set_timestamp(report.run.started_at);
    junit.set_time(time);
    junit.add_test_suite(suite);
    junit.to_string().map_err(RenderError::Junit)
}

fn properties(report: &Report) -> Vec<Property> {
    let score = headline::Headline::of(report).score;
    let property = |name: &str, value: String| Property::new(name, brief(&value, 400));
    vec![
        property("submission", report.submission.name.clone()),
        property("submission.digest", report.submission.digest.clone()),
        property("challenge.version", report.challenge.version.clone()),
        property("backend", report.run.backend.clone()),
        property("seed", report.run.seed.to_string()),
        property("points.earned", score.earned.to_string()),
        property("points.lost", score.lost.to_string()),
        property("points.undecided", score.undecided.to_string()),
        property("points.possible", score.possible.to_string()),
    ]
}

fn failure_case(report: &Report, failure: &SubmissionFailure) -> TestCase {
    let kind = match headline::Headline::of(report).score.lost {
        // What the machine lacks may be why.
        0 => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(brief(&failure.kind, 80));
    status.set_message(brief(&failure.reason, 1_000));
    status.set_description(transcript::of(&failure.evidence));
    let mut case = TestCase::new("submission", status);
    case.set_classname(brief(&report.challenge.id, 200));
    case
}

fn case(report: &Report, check: &CheckReport) -> TestCase {
    let mut status = match check.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Errored => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Skipped | Outcome::Inconclusive => TestCaseStatus::skipped(),
    };
    status.set_type(headline::outcome_word(check.outcome));
    let (title, reason) = (
        brief(&check.title, 400),
        brief(headline::reason(check), 1_000),
    );
    status.set_message(format!("{title}: {reason}"));
    let evidence = transcript::of(&check.evidence);
    if !evidence.is_empty() {
        status.set_description(evidence);
    }
    let mut case = TestCase::new(brief(&check.id, 200), status);
    let skill = check.skill.replace('/', ".");
    case.set_classname(brief(&format!("{}.{skill}", report.challenge.id), 400));
    case.set_time(Duration::from_millis(check.duration_ms));
    case.add_property(Property::new("title", title.as_str()));
    case.add_property(Property::new("points", check.points.to_string().as_str()));
    case
}
