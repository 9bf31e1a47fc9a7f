//! Reports as a grader would make them, one of each kind that a reader meets.

mod capacity;
mod evidence;
mod load;
mod mixed;
mod practice;

use std::collections::BTreeMap;

use challenge_spec::model::Visibility;
use chrono::{DateTime, TimeDelta, Utc};
use report::{
    model::{
        Blame, ChallengeRef, CheckReport, Engine, Evidence, Isolation, Log, Outcome, Phases,
        Report, Run, SCHEMA_VERSION, Setup, SubmissionFailure, SubmissionRef, Tool,
    },
    points,
};

pub(crate) use mixed::mixed;

/// Every example, by name.
pub(crate) fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("all-passed", all_passed()),
        ("mixed", mixed()),
        ("did-not-build", did_not_build()),
        ("partial", partial()),
        ("undecided", undecided()),
        ("local", local()),
    ]
}

/// Everything held.
pub(crate) fn all_passed() -> Report {
    let mut report = report(ten().into_iter().map(|check| passed(check, 38)).collect());
    if let Some(last) = report.checks.last_mut() {
        last.evidence = vec![load::fast()];
    }
    report.practice = Some(practice::of_go());
    report
}

/// Run on the machine itself, which has no database.
pub(crate) fn local() -> Report {
    let why = "step 2: 500 should be 201; perhaps for want of the service `db` (PostgreSQL is not \
        installed here; as root on Debian: apt-get install postgresql)";
    let of_check = |(place, check): (usize, CheckReport)| match place {
        0..4 => passed(check, 38),
        _ => skipped(check, Blame::Nobody, why),
    };
    let mut report = report(ten().into_iter().enumerate().map(of_check).collect());
    "local".clone_into(&mut report.run.backend);
    report.run.engine = None;
    report.practice = Some(practice::not_run());
    report.run.images.clear();
    let python = "Python 3.11.2; images of ours have Python 3.13";
    report.run.programs = BTreeMap::from([("app".to_owned(), python.to_owned())]);
    report.run.isolation = vec![Isolation {
        item: "this machine".to_owned(),
        enforced: false,
        detail: "not isolated: built and run as the user who started it".to_owned(),
    }];
    report
}

/// No check could be run, and that is the submission's doing.
pub(crate) fn did_not_build() -> Report {
    let checks = ten()
        .into_iter()
        .map(|check| {
            let why = "the submission did not build";
            skipped(check, Blame::Submission, why)
        })
        .collect();
    let mut report = report(checks);
    report.run.phases.start_ms = 0;
    report.run.phases.checks_ms = 0;
    report.run.duration_ms = 6_120;
    report.submission_failure = Some(SubmissionFailure {
        kind: "did-not-build".to_owned(),
        reason: "The build ended with code 1 at `RUN pip install -r requirements.txt`.".to_owned(),
        evidence: vec![Evidence::Log(Log {
            source: "build".to_owned(),
            lines: lines(&[
                "Step 4/7 : COPY requirements.txt .",
                "Step 5/7 : RUN pip install -r requirements.txt",
                "ERROR: Could not find a version that satisfies the requirement fastapi==9.9",
                "\u{1b}[31mERROR: No matching distribution found for fastapi==9.9\u{1b}[0m",
                "The command '/bin/sh -c pip install -r requirements.txt' returned a non-zero code: 1",
            ]),
            lines_omitted: 41,
        })],
    });
    report
}

/// Two checks were asked for.
pub(crate) fn partial() -> Report {
    let mut checks: Vec<CheckReport> = ten().into_iter().skip(3).take(2).collect();
    let second = checks.remove(1);
    let mut report = report(vec![
        passed(checks.remove(0), 22),
        failed(second, "step 2: status: expected 409, got 201", Vec::new()),
    ]);
    report.total = None;
    report.run.only = Some(vec![
        "idempotent-create".to_owned(),
        "stock-floor".to_owned(),
    ]);
    report
}

/// The engine was not there.
pub(crate) fn undecided() -> Report {
    let checks = ten()
        .into_iter()
        .map(|check| CheckReport {
            outcome: Outcome::Errored,
            blame: Some(Blame::Ours),
            reason: Some("the Docker engine at tcp://127.0.0.1:1 does not answer".to_owned()),
            ..check
        })
        .collect();
    let mut report = report(checks);
    report.run.engine = None;
    report.run.images.clear();
    report.run.isolation.clear();
    report.run.phases = Phases::default();
    report.run.duration_ms = 12;
    report
}

/// The checks of the example challenge, none of them run yet.
fn ten() -> Vec<CheckReport> {
    [
        (
            "create-order",
            "An order can be placed and read back",
            "api-design",
            4,
        ),
        (
            "validation",
            "A malformed order is refused with the field's name",
            "api-design/validation",
            3,
        ),
        (
            "paging",
            "The list pages without gaps or repeats",
            "api-design",
            4,
        ),
        (
            "idempotent-create",
            "A retried create makes one order",
            "api-design/idempotency",
            5,
        ),
        (
            "stock-floor",
            "Stock never goes below zero under parallel orders",
            "business-logic/concurrency",
            8,
        ),
        (
            "cancel-restocks",
            "A cancelled order gives its stock back, once",
            "business-logic",
            3,
        ),
        (
            "price-snapshot",
            "An order keeps the price it was placed at",
            "data-modeling",
            4,
        ),
        (
            "foreign-keys",
            "No order line points at a product that is gone",
            "data-modeling/integrity",
            3,
        ),
        (
            "token-required",
            "Every order call without a valid token is refused",
            "security/authentication",
            2,
        ),
        (
            "stranger",
            "Another customer's order stays hidden",
            "security/authorization",
            4,
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (id, title, skill, points))| CheckReport {
        id: id.to_owned(),
        title: title.to_owned(),
        skill: skill.to_owned(),
        visibility: if index < 2 {
            Visibility::Public
        } else {
            Visibility::Hidden
        },
        points,
        earned: 0,
        outcome: Outcome::Skipped,
        blame: None,
        reason: None,
        duration_ms: 0,
        evidence: Vec::new(),
        ask: None,
    })
    .collect()
}

fn passed(check: CheckReport, duration_ms: u64) -> CheckReport {
    CheckReport {
        earned: check.points,
        outcome: Outcome::Passed,
        duration_ms,
        ..check
    }
}

fn failed(check: CheckReport, reason: &str, evidence: Vec<Evidence>) -> CheckReport {
    CheckReport {
        outcome: Outcome::Failed,
        blame: Some(Blame::Submission),
        reason: Some(reason.to_owned()),
        duration_ms: 64,
        evidence,
        ..check
    }
}

fn skipped(check: CheckReport, blame: Blame, reason: &str) -> CheckReport {
    CheckReport {
        outcome: Outcome::Skipped,
        blame: Some(blame),
        reason: Some(reason.to_owned()),
        ..check
    }
}

/// The names of the skills as the taxonomy has them.
fn title(root: &str) -> String {
    let title = match root {
        "api-design" => "API design",
        "business-logic" => "Business logic",
        "data-modeling" => "Data modeling",
        "security" => "Security",
        other => other,
    };
    title.to_owned()
}

fn report(checks: Vec<CheckReport>) -> Report {
    Report {
        certification: None,
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "tryout".to_owned(),
            version: "0.1.0".to_owned(),
        },
        challenge: ChallengeRef {
            id: "orders-api".to_owned(),
            title: "Orders API".to_owned(),
            version: "1.0.0".to_owned(),
            digest: digest('c'),
        },
        submission: SubmissionRef {
            name: "jane-doe".to_owned(),
            subject: "submission".to_owned(),
            digest: digest('5'),
            files: 14,
        },
        run: run(),
        total: Some(points::score(&checks)),
        skills: points::skills(&checks, title),
        submission_failure: None,
        checks,
        practice: None,
    }
}

fn run() -> Run {
    let isolation = [
        (
            "network",
            true,
            "nftables output chain in the holder: own services only",
        ),
        ("read-only root", true, "ReadonlyRootfs, /tmp of 64 MiB"),
        (
            "capabilities",
            true,
            "all dropped, no-new-privileges, default seccomp",
        ),
        (
            "disk quota",
            false,
            "the engine's storage driver has no quota; the read-only root bounds it",
        ),
    ];
    Run {
        id: "r-20261124-7f3a".to_owned(),
        setup: Some(Setup {
            found: "package.json at the top: Node.js 20, installed by `npm ci`, migrated by `npm run migrate`, started by `npm start`".to_owned(),
            runtime: Some("node-20".to_owned()),
            migrate: Some("npm run migrate".to_owned()),
            start: Some("npm start".to_owned()),
            test: None,
        }),
        seed: 4_815_162_342,
        backend: "docker".to_owned(),
        engine: Some(Engine {
            name: "Docker Engine 20.10.24".to_owned(),
            api: "1.41".to_owned(),
            platform: "linux/amd64".to_owned(),
        }),
        started_at: moment(),
        duration_ms: 3_460,
        phases: Phases {
            snapshot_ms: 12,
            build_ms: 0,
            services_ms: 610,
            migrate_ms: 320,
            start_ms: 1_240,
            checks_ms: 1_480,
            practice_ms: 0,
        },
        images: BTreeMap::from([
            ("app".to_owned(), digest('a')),
            ("db".to_owned(), digest('d')),
            ("holder".to_owned(), digest('e')),
        ]),
        programs: BTreeMap::new(),
        isolation: isolation
            .into_iter()
            .map(|(item, enforced, detail)| Isolation {
                item: item.to_owned(),
                enforced,
                detail: detail.to_owned(),
            })
            .collect(),
        only: None,
    }
}

/// When all of it began.
fn moment() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_795_512_000_250)
}

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}
