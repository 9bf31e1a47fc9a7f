//! A challenge in a folder of its own, and a backend that serves a subject's one file.

use std::{
    fmt::Write as _,
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Condvar, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use campaign::{
    Bench, Budget, Journal, Proof, Repeats, Scope, Stability, Thoroughness, Told, VerifyError,
    stability, verify,
};
use challenge_spec::{Challenge, Skills};
use grader::Events;
use runner::{
    AppFailure, AppState, Backend, Beside, EngineFacts, LogMark, LogTail, OnBehalf, Opening,
    PrintedLines, Progress, Reading, Reset, Restart, RunId, RunnerError, Sandbox, SandboxFacts,
    SandboxSpec, ServiceEndpoint, ServiceState, Turns, docker::SandboxError, snapshot::Snapshot,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const ANSWER: &str = "answer.json";
const RIGHT: &str = "{\n\"n\": 1,\n\"m\": 1\n}\n";

/// A defect: its id, the lines it takes and gives, the checks it says it loses.
pub(crate) type Defect<'a> = (&'a str, &'a str, &'a str, &'a str);

/// What is proven, and how.
pub(crate) struct Asked<'a> {
    /// The solution's answer.
    pub(crate) solution: &'a str,
    /// The starter's.
    pub(crate) starter: &'a str,
    /// What `m` requires.
    pub(crate) requires: &'a str,
    /// More of the challenge file, at its top.
    pub(crate) more: &'a str,
    pub(crate) defects: &'a [Defect<'a>],
    pub(crate) seeds: u32,
    pub(crate) repeat: u32,
    pub(crate) scope: Scope,
    /// In the folder given, where it is not the bench's own.
    pub(crate) journal: Option<&'a Path>,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self {
            solution: RIGHT,
            starter: "{}\n",
            requires: "[]",
            more: "",
            defects: &[],
            seeds: 1,
            repeat: 1,
            scope: Scope::All,
            journal: None,
        }
    }
}

/// What came of it.
pub(crate) struct Seen {
    pub(crate) proof: Result<Proof, VerifyError>,
    /// How many sandboxes were opened.
    pub(crate) opened: usize,
    /// How many stood at once at most.
    pub(crate) at_once: usize,
    /// Results that the journal had.
    pub(crate) kept: usize,
}

/// Two checks, `n` and `m`, each of one number of the answer; `m` requires what is given.
pub(crate) async fn matrix(
    solution: &str,
    requires: &str,
    defects: &[Defect<'_>],
) -> Result<Proof, VerifyError> {
    let asked = Asked {
        solution,
        requires,
        defects,
        ..Asked::default()
    };
    prove(&asked, &Arc::default()).await.proof
}

/// Proves it with a backend.
pub(crate) async fn prove(asked: &Asked<'_>, backend: &Arc<Files>) -> Seen {
    let how = Thoroughness {
        seed: 1,
        seeds: asked.seeds,
        repeat: asked.repeat,
        scope: asked.scope,
    };
    let (proof, kept) = on_bench(asked, backend, async |bench| verify(bench, how).await).await;
    Seen {
        proof,
        opened: backend.opened.load(Ordering::SeqCst),
        at_once: backend.most.load(Ordering::SeqCst),
        kept,
    }
}

/// Grades it again and again.
pub(crate) async fn repeat(
    asked: &Asked<'_>,
    backend: &Arc<Files>,
    how: Repeats<'_>,
) -> Result<Stability, VerifyError> {
    on_bench(asked, backend, async |bench| stability(bench, how).await)
        .await
        .0
}

/// What came of it, and how many results the journal had.
async fn on_bench<T>(
    asked: &Asked<'_>,
    backend: &Arc<Files>,
    work: impl AsyncFnOnce(&Bench) -> T,
) -> (T, usize) {
    let dir = tempfile::tempdir().unwrap();
    let challenge = challenge(asked, dir.path());
    let journal = asked.journal.map(|path| {
        let about = ("tiny", "sha256:tiny");
        Arc::new(Journal::open(path, about, "1", 1, false).unwrap())
    });
    let kept = Arc::new(AtomicUsize::new(0));
    let told = {
        let kept = Arc::clone(&kept);
        move |told: Told<'_>| {
            if let Told::Agenda { kept: known, .. } = told {
                kept.store(known, Ordering::SeqCst);
            }
        }
    };
    let bench = Bench {
        challenge,
        skills: Arc::new(Skills::embedded()),
        backend: Arc::clone(backend) as Arc<dyn Backend>,
        budget: Arc::new(Budget::of(2)),
        journal,
        events: Events::silent(),
        told: Arc::new(told),
    };
    let done = work(&bench).await;
    (done, kept.load(Ordering::SeqCst))
}

fn challenge(asked: &Asked<'_>, dir: &Path) -> Arc<Challenge> {
    let folder = dir.join("tiny");
    write(&folder.join("brief.md"), "Answer.\n");
    write(&folder.join("solution").join(ANSWER), asked.solution);
    write(&folder.join("starter").join(ANSWER), asked.starter);
    for subject in ["solution", "starter"] {
        write(&folder.join(subject).join("Dockerfile"), "FROM scratch\n");
    }
    let mut text = format!(
        "schema: 1\nid: tiny\ntitle: Tiny\nversion: 1.0.0\nsummary: Tiny\nstarters: {{ file: starter }}\nsolutions: {{ file: solution }}\n{}checks:\n{}{}",
        asked.more,
        check("n", "[]"),
        check("m", asked.requires)
    );
    if !asked.defects.is_empty() {
        text.push_str("defects:\n");
    }
    for (id, takes, gives, loses) in asked.defects {
        let patch =
            format!("--- a/{ANSWER}\n+++ b/{ANSWER}\n@@ -1,4 +1,4 @@\n {{\n{takes}{gives} }}\n");
        write(&folder.join(format!("{id}.patch")), &patch);
        let _ = writeln!(
            text,
            "  - {{ id: {id}, title: T, of: file, patch: {id}.patch, loses: {loses} }}"
        );
    }
    write(&folder.join("challenge.yaml"), &text);
    Arc::new(Challenge::load(&folder, &Skills::embedded()).unwrap())
}

/// The right answer, for a solution.
pub(crate) fn right() -> &'static str {
    RIGHT
}

/// More of the challenge file: who is waited for is waited for shortly.
pub(crate) const SHORT: &str = "limits: { request: 300ms }\n";

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

/// Serves a subject's one file. Answers may depend on how many requests came before.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// The first so many sandboxes cannot be opened, by our own fault.
    pub(crate) broken: AtomicUsize,
    /// The database's message for the seed of every sandbox.
    pub(crate) seed_fails: Option<&'static str>,
    /// The first request of a sandbox gets this instead of the file.
    pub(crate) first_answer: Option<&'static str>,
    /// A sandbox whose app has another `SEEDED` in its environment than the first answers nothing right.
    pub(crate) one_seed: bool,
    pub(crate) first_seeded: OnceLock<Option<String>>,
    /// In the first so many sandboxes the first answer is late, because others have the cores.
    pub(crate) crowded: AtomicUsize,
    /// With whom the engine is shared.
    pub(crate) turns: Option<Turns>,
    /// The first two sandboxes are opened together: each holds up its thread until the other is there, for a while.
    pub(crate) by_two: Option<ByTwo>,
    pub(crate) opened: AtomicUsize,
    pub(crate) open: Arc<AtomicUsize>,
    pub(crate) most: AtomicUsize,
}

/// Who has come so far.
#[derive(Debug, Default)]
pub(crate) struct ByTwo(Mutex<usize>, Condvar);

impl ByTwo {
    /// Whether the other came.
    fn meet(&self) -> bool {
        let mut come = self.0.lock().unwrap();
        *come += 1;
        self.1.notify_all();
        let a_while = Duration::from_secs(5);
        let alone = |come: &mut usize| *come < 2;
        let (come, _) = self.1.wait_timeout_while(come, a_while, alone).unwrap();
        *come >= 2
    }
}

struct Open {
    server: MockServer,
    facts: SandboxFacts,
    standing: Arc<AtomicUsize>,
    crowded_since: Option<Instant>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.standing.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether this is one of so many, of which there is one less then.
fn is_one_of(left: &AtomicUsize) -> bool {
    let one_less = |left: usize| left.checked_sub(1);
    let seen = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
    seen.is_ok()
}

#[async_trait]
impl Backend for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn turns(&self) -> Option<&Turns> {
        self.turns.as_ref()
    }

    fn engine(&self) -> Option<&EngineFacts> {
        None
    }

    async fn open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
        _: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        if let Some(message) = self.seed_fails {
            return Err(RunnerError::Sandbox(SandboxError::Seed {
                service: "db".to_owned(),
                file: "seed/schema.sql".to_owned(),
                message: message.to_owned(),
            }));
        }
        if let Some(by_two) = &self.by_two {
            assert!(by_two.meet(), "one sandbox waits for another");
        }
        if is_one_of(&self.broken) {
            let what = "a network".to_owned();
            return Err(RunnerError::Sandbox(SandboxError::GivenUp { what }));
        }
        let answer = submission.read(ANSWER).unwrap().unwrap_or_default();
        if answer.is_empty() {
            let lines = ["step 3", "no such file"];
            return Ok(Opening::Refused {
                failure: AppFailure::DidNotBuild {
                    reason: "nothing there".to_owned(),
                    log: LogTail {
                        lines: lines.map(str::to_owned).to_vec(),
                        omitted: 0,
                    },
                },
                facts: SandboxFacts::default(),
            });
        }
        self.opened.fetch_add(1, Ordering::SeqCst);
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        let seeded = spec.app.env.get("SEEDED").cloned();
        let first = self.first_seeded.get_or_init(|| seeded.clone());
        let is_wrong = self.one_seed && *first != seeded;
        let answer = if is_wrong { b"{}".to_vec() } else { answer };
        let server = MockServer::start().await;
        if let Some(first) = self.first_answer {
            let first = ResponseTemplate::new(200).set_body_raw(first, "application/json");
            let once = Mock::given(any()).respond_with(first).up_to_n_times(1);
            once.mount(&server).await;
        }
        let crowded_since = is_one_of(&self.crowded).then(Instant::now);
        if crowded_since.is_some() {
            let late = ResponseTemplate::new(200).set_delay(Duration::from_millis(600));
            let once = Mock::given(any()).respond_with(late).up_to_n_times(1);
            once.mount(&server).await;
        }
        let answer = ResponseTemplate::new(200).set_body_raw(answer, "application/json");
        Mock::given(any()).respond_with(answer).mount(&server).await;
        Ok(Opening::Ready(Box::new(Open {
            server,
            facts: SandboxFacts::default(),
            standing: Arc::clone(&self.open),
            crowded_since,
        })))
    }

    async fn close(&self, _: &RunId) -> Result<(), RunnerError> {
        Ok(())
    }
}

#[async_trait]
impl Sandbox for Open {
    fn app(&self) -> SocketAddr {
        *self.server.address()
    }

    fn service(&self, _: &str) -> Option<&ServiceEndpoint> {
        None
    }

    fn facts(&self) -> &SandboxFacts {
        &self.facts
    }

    async fn app_state(&self) -> Result<AppState, RunnerError> {
        Ok(AppState::Running)
    }

    async fn service_state(&self, _: &str) -> Result<ServiceState, RunnerError> {
        Ok(ServiceState::Running)
    }

    async fn outage(&self) -> Option<String> {
        None
    }

    async fn reading(&self) -> Option<Reading> {
        let at = Instant::now();
        Some(Reading {
            at,
            computed: Duration::ZERO,
            on_behalf: OnBehalf::default(),
            waited: Some(at.duration_since(self.crowded_since?)),
            idle: Duration::ZERO,
        })
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

    async fn reset(&self, _: &dyn Beside) -> Result<Reset, RunnerError> {
        Ok(Reset {
            services: Duration::ZERO,
            app: Restart::Ready,
        })
    }

    async fn close(&self) -> Result<(), RunnerError> {
        Ok(())
    }

    async fn restart_app(&self) -> Result<Restart, RunnerError> {
        Ok(Restart::Ready)
    }
}
