//! A challenge in a folder of its own, and a backend that serves a subject's one file.

use std::{fmt::Write as _, fs, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use campaign::{KillMatrix, VerifyError, verify};
use challenge_spec::{Challenge, Skills};
use grader::Events;
use runner::{
    AppFailure, AppState, Backend, EngineFacts, LogMark, LogTail, Opening, PrintedLines, Progress,
    Reset, Restart, RunId, RunnerError, Sandbox, SandboxFacts, SandboxSpec, ServiceEndpoint,
    ServiceState, snapshot::Snapshot,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const ANSWER: &str = "answer.json";
const RIGHT: &str = "{\n\"n\": 1,\n\"m\": 1\n}\n";

/// A defect: its id, the lines it takes and gives, the checks it says it loses.
pub(crate) type Defect<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Two checks, `n` and `m`, each of one number of the answer; `m` requires what is given.
pub(crate) async fn matrix(
    solution: &str,
    requires: &str,
    defects: &[Defect<'_>],
) -> Result<KillMatrix, VerifyError> {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tiny");
    write(&folder.join("brief.md"), "Answer.\n");
    write(&folder.join("solution").join(ANSWER), solution);
    write(&folder.join("starter").join(ANSWER), "{}\n");
    for subject in ["solution", "starter"] {
        write(&folder.join(subject).join("Dockerfile"), "FROM scratch\n");
    }
    let mut text = format!(
        "schema: 1\nid: tiny\ntitle: Tiny\nversion: 1.0.0\nsummary: Tiny\nstarters: {{ file: starter }}\nsolutions: {{ file: solution }}\nchecks:\n{}{}",
        check("n", "[]"),
        check("m", requires)
    );
    if !defects.is_empty() {
        text.push_str("defects:\n");
    }
    for (id, takes, gives, loses) in defects {
        let patch =
            format!("--- a/{ANSWER}\n+++ b/{ANSWER}\n@@ -1,4 +1,4 @@\n {{\n{takes}{gives} }}\n");
        write(&folder.join(format!("{id}.patch")), &patch);
        let _ = writeln!(
            text,
            "  - {{ id: {id}, title: T, of: file, patch: {id}.patch, loses: {loses} }}"
        );
    }
    write(&folder.join("challenge.yaml"), &text);
    let skills = Skills::embedded();
    let challenge = Arc::new(Challenge::load(&folder, &skills).unwrap());
    verify(
        &challenge,
        &skills,
        &Files,
        1,
        2,
        &Events::silent(),
        &|_| {},
    )
    .await
}

/// The right answer, for a solution.
pub(crate) fn right() -> &'static str {
    RIGHT
}

/// Makes `n` wrong.
pub(crate) const WRONG_N: (&str, &str) = ("-\"n\": 1,\n+\"n\": 2,\n", " \"m\": 1\n");
/// Makes `m` wrong.
pub(crate) const WRONG_M: (&str, &str) = (" \"n\": 1,\n", "-\"m\": 1\n+\"m\": 2\n");

fn check(name: &str, requires: &str) -> String {
    format!(
        "  - id: {name}\n    title: T\n    skill: api-design\n    points: 2\n    requires: {requires}\n    steps:\n      - request: {{ send: GET /, expect: {{ json: {{ {name}: 1 }} }} }}\n"
    )
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[derive(Debug)]
struct Files;

struct Open(MockServer, SandboxFacts);

#[async_trait]
impl Backend for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn engine(&self) -> Option<&EngineFacts> {
        None
    }

    async fn open(
        &self,
        _: &SandboxSpec,
        submission: &Snapshot,
        _: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        let Some(answer) = submission.read(ANSWER).unwrap() else {
            return Ok(Opening::Refused {
                failure: AppFailure::DidNotBuild {
                    reason: "nothing there".to_owned(),
                    log: LogTail::default(),
                },
                facts: SandboxFacts::default(),
            });
        };
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_raw(answer, "application/json");
        Mock::given(any()).respond_with(answer).mount(&server).await;
        Ok(Opening::Ready(Box::new(Open(
            server,
            SandboxFacts::default(),
        ))))
    }

    async fn close(&self, _: &RunId) -> Result<(), RunnerError> {
        Ok(())
    }
}

#[async_trait]
impl Sandbox for Open {
    fn app(&self) -> SocketAddr {
        *self.0.address()
    }

    fn service(&self, _: &str) -> Option<&ServiceEndpoint> {
        None
    }

    fn facts(&self) -> &SandboxFacts {
        &self.1
    }

    async fn app_state(&self) -> Result<AppState, RunnerError> {
        Ok(AppState::Running)
    }

    async fn service_state(&self, _: &str) -> Result<ServiceState, RunnerError> {
        Ok(ServiceState::Running)
    }

    async fn app_log(&self) -> Result<LogTail, RunnerError> {
        Ok(LogTail::default())
    }

    async fn log_mark(&self) -> Result<LogMark, RunnerError> {
        Ok(LogMark::default())
    }

    async fn app_lines(&self, _: &LogMark) -> Result<PrintedLines, RunnerError> {
        Ok(PrintedLines::default())
    }

    async fn reset(&self) -> Result<Reset, RunnerError> {
        Ok(Reset {
            services: Duration::ZERO,
            app: Restart::Ready,
        })
    }

    async fn restart_app(&self) -> Result<Restart, RunnerError> {
        Ok(Restart::Ready)
    }
}
