//! A challenge with services, a submission that does as told, and the grade of it.

use std::{fs, path::Path, sync::Arc, time::Duration};

use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, Selection, Subject, SubjectKind, challenge_files, grade};
use report::model::{CheckReport, Evidence, Outcome, Report};
use runner::{Backend as _, DockerBackend, Engine, HostNetwork, images::ImageStore};
use serde_json::{Value, json};

const RECIPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runner-images");
const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/services");

/// Of a database that is to be there before the app is.
const SEED: &str = "create table orders (id int generated always as identity primary key, customer int not null, note text not null);
create table items (order_id int not null references orders, line int not null, primary key (order_id, line));
create table counts (name text primary key, n int not null);
insert into orders (customer, note) select n % 50, 'x' from generate_series(1, 5000) as n;
insert into counts values ('orders', 0);
";

/// Grades the app, which begins with `at_start`, by one check of these steps; services and steps are
/// given in the words of a challenge.
pub(crate) async fn graded(services: &Value, at_start: &Value, steps: &Value) -> Report {
    let check = json!([{
        "id": "one",
        "title": "One",
        "skill": "business-logic",
        "points": 3,
        "steps": steps,
    }]);
    graded_by(services, at_start, &check).await
}

/// The same by several checks.
pub(crate) async fn graded_by(services: &Value, at_start: &Value, checks: &Value) -> Report {
    let bench = Bench::new(services, at_start, checks);
    bench.grade().await
}

/// A grade that is still to come.
pub(crate) struct Bench {
    plan: Plan,
    digest: String,
    _dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new(services: &Value, at_start: &Value, checks: &Value) -> Self {
        let (plan, digest, dir) = plan(services, at_start, checks);
        Self {
            plan,
            digest,
            _dir: dir,
        }
    }

    pub(crate) async fn grade(&self) -> Report {
        let backend = backend().await;
        let report = grade(&self.plan, &backend, &Events::silent(), Duration::ZERO).await;
        backend.close(self.plan.run()).await.unwrap();
        remove_image(backend.images(), &self.digest).await;
        report
    }

    /// Kills a service as soon as the submission runs.
    pub(crate) async fn kill(&self, service: &str) {
        let engine = Engine::connect().await.unwrap();
        let run = self.plan.run().to_string();
        loop {
            let running = engine.docker().list_containers(None).await.unwrap();
            let names: Vec<String> = running
                .into_iter()
                .flat_map(|container| container.names.unwrap_or_default())
                .filter(|name| name.contains(&run))
                .collect();
            let of = |role: &str| {
                names
                    .iter()
                    .find(|name| name.ends_with(&format!("-{role}")))
            };
            if let (Some(service), Some(_)) = (of(service), of("app")) {
                let name = service.trim_start_matches('/');
                engine.docker().kill_container(name, None).await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn plan(services: &Value, at_start: &Value, checks: &Value) -> (Plan, String, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tiny");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("brief.md"), "Serve.\n").unwrap();
    fs::write(folder.join("seed.sql"), SEED).unwrap();
    let file = json!({
        "schema": 1,
        "id": "tiny",
        "title": "Tiny",
        "version": "1.0.0",
        "summary": "Tiny",
        "app": { "ready": "/" },
        "limits": { "request": "40s", "check": "60s" },
        "services": services,
        "checks": checks,
    });
    // JSON is YAML.
    fs::write(folder.join("challenge.yaml"), format!("{file:#}")).unwrap();
    let skills = Skills::embedded();
    let challenge = Challenge::load(&folder, &skills).unwrap_or_else(|error| {
        let problems = error.problems().map(|all| all.list().to_string());
        panic!("{}", problems.unwrap_or_else(|| error.to_string()))
    });

    let submission = dir.path().join("submission");
    fs::create_dir(&submission).unwrap();
    for name in ["Dockerfile", "app.py"] {
        fs::copy(Path::new(APP).join(name), submission.join(name)).unwrap();
    }
    let at_start = at_start.to_string();
    fs::write(submission.join("at_start.json"), &at_start).unwrap();
    if at_start.contains("\"migrate ") {
        let text = "migrate: python app.py migrate\n";
        fs::write(submission.join("tryout.yaml"), text).unwrap();
    }
    let subject = Subject::of_folder(&challenge, SubjectKind::Submission, &submission).unwrap();
    let digest = subject.snapshot.digest().to_owned();
    let files = challenge_files(&challenge).unwrap();
    let plan = Plan::compile(
        Arc::new(challenge),
        &files,
        &skills,
        subject,
        1,
        &Selection::All,
    )
    .unwrap();
    (plan, digest, dir)
}

pub(crate) async fn backend() -> DockerBackend {
    let engine = Engine::connect()
        .await
        .expect("a container engine is needed");
    let host = HostNetwork::of_environment();
    let images = ImageStore::new(engine, Path::new(RECIPES), host).unwrap();
    DockerBackend::new(images.engine().clone(), images)
}

pub(crate) async fn remove_image(images: &ImageStore, digest: &str) {
    let digest = digest.trim_start_matches("sha256:");
    for row in images.list().await.unwrap() {
        if row.name.ends_with(digest) {
            let _ = images.remove(&row).await;
        }
    }
}

/// A check of these steps.
pub(crate) fn check(id: &str, steps: &Value) -> Value {
    json!({ "id": id, "title": "One", "skill": "scalability", "points": 1, "steps": steps })
}

/// The only check.
pub(crate) fn only(report: &Report) -> &CheckReport {
    assert!(
        report.submission_failure.is_none(),
        "{:?}",
        report.submission_failure
    );
    &report.checks[0]
}

pub(crate) fn passes(report: &Report) {
    let check = only(report);
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(check));
}

/// That the check failed, by the submission's doing, for this reason.
pub(crate) fn fails(report: &Report, because: &str) {
    let check = only(report);
    assert_eq!(check.outcome, Outcome::Failed, "{}", told(check));
    let told = told(check);
    assert!(told.contains(because), "{told}");
    let total = report.total.unwrap();
    assert_eq!((total.lost, total.undecided), (total.possible, 0));
}

/// The reason, and the sentences among the evidence.
pub(crate) fn told(check: &CheckReport) -> String {
    let mut text = format!("{:?}: ", check.outcome);
    text.push_str(check.reason.as_deref().unwrap_or_default());
    for evidence in &check.evidence {
        match evidence {
            Evidence::Note(note) => text = format!("{text}\n{note}"),
            Evidence::Exchange(exchange) => text = format!("{text}\n{:?}", exchange.answer),
            _ => {}
        }
    }
    text
}

/// What is [`told`] of each check, one after the other.
pub(crate) fn all_told(report: &Report) -> String {
    let told: Vec<String> = report.checks.iter().map(told).collect();
    told.join("\n")
}

/// What each check came to, by its id.
pub(crate) fn outcomes(report: &Report) -> Vec<(&str, Outcome)> {
    let checks = report.checks.iter();
    checks
        .map(|check| (check.id.as_str(), check.outcome))
        .collect()
}
