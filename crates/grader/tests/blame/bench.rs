//! A challenge written to a folder, and a backend that needs no engine.

use std::{
    fs,
    net::SocketAddr,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, Selection, Subject, SubjectKind, challenge_files, grade};
use report::model::Report;
use runner::{
    AppFailure, AppState, Backend, Beside, EngineFacts, Fault, Hold, Lack, LogMark, LogTail,
    Mended, OnBehalf, Opening, PrintedLines, Progress, Reading, Replica, Reset, Restart, RunId,
    RunnerError, Sandbox, SandboxFacts, SandboxSpec, ServiceEndpoint, ServiceState, Turns,
    snapshot::Snapshot,
    visit::{Visit, VisitEnd, Visited, VisitorSpec},
};
use sidecar::protocol::{Answer, Journal, Order};
use tokio::net::TcpListener;

/// How the sandbox behaves behind the submission's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// The process runs.
    Running,
    /// The process is gone, and comes back when it is started again.
    Dies,
    /// The engine does not answer.
    EngineGone,
    /// The engine does not give what the submission printed.
    LogGone,
    /// It does not come up again on a clean database.
    NotBack,
    /// The submission does not build.
    NotBuilt,
    /// Its migration fails.
    NotMigrated,
    /// The engine is gone before anything is open.
    NeverOpened,
    /// Nothing more can be written.
    DiskFull,
    /// The stub runs and does not follow.
    StubSilent,
    /// The stub has died.
    StubDead,
    /// Nothing can be done to a service.
    NoFaults,
    /// The engine does not do anything to a service.
    FaultRefused,
    /// What was done to a service cannot be taken back.
    FaultStays,
    /// To make a fault and to take it back takes long.
    FaultTakesLong,
    /// A service comes back without the submission alone.
    FaultKept,
    /// There is no stub.
    NoStub,
    /// There is no database.
    NoDatabase,
    /// There is no database, and the submission does not start.
    NotStartedWithoutDatabase,
    /// The process runs, and the tools of its language are to be asked.
    WithPractice,
    /// The same of a submission without sources.
    WithPracticeOfNothing,
    /// The process runs, and can be held to cores.
    Holdable,
    /// Others have all cores, and it waits for one.
    Crowded,
    /// The same from six tenths of a second on; until then the cores have nothing to do.
    CrowdedLater,
    /// The same for all but the submission's app, which is one of those others.
    CrowdedByItself,
    /// Others have all cores; of its visitors the first two do not come to an end, and later ones do.
    CrowdedAtFirst,
    /// Others have all cores, and it sleeps.
    Asleep,
    /// The cores have nothing to do.
    Quiet,
}

/// What was asked of a sandbox's programs, in words.
pub(crate) type Holds = Arc<Mutex<Vec<String>>>;

/// Grades whatever listens at `app` by these checks.
pub(crate) async fn graded(app: SocketAddr, behind: Behind, checks: &str) -> Report {
    graded_with(
        app,
        behind,
        checks,
        ("Dockerfile", "FROM scratch\n"),
        &Events::silent(),
    )
    .await
}

/// The same of a submission with another file, with somebody who listens.
pub(crate) async fn graded_with(
    app: SocketAddr,
    behind: Behind,
    checks: &str,
    (file, content): (&str, &str),
    events: &Events,
) -> Report {
    let bench = Bench {
        app,
        behind,
        turns: None,
        told: Arc::default(),
        visits: Arc::default(),
        holds: Holds::default(),
    };
    graded_on(&bench, checks, (file, content), events).await
}

/// The same, and what was done to services.
pub(crate) async fn graded_breaking(
    app: SocketAddr,
    behind: Behind,
    checks: &str,
) -> (Report, Vec<String>) {
    let bench = Bench {
        app,
        behind,
        turns: None,
        told: Arc::default(),
        visits: Arc::default(),
        holds: Holds::default(),
    };
    let file = ("Dockerfile", "FROM scratch\n");
    let report = graded_on(&bench, checks, file, &Events::silent()).await;
    let told = bench.told.lock().unwrap().clone();
    (report, told)
}

/// The same on a backend that holds programs, which is noted.
pub(crate) async fn graded_held(app: SocketAddr, checks: &str, holds: &Holds) -> Report {
    let bench = Bench {
        app,
        behind: Behind::Holdable,
        turns: None,
        told: Arc::default(),
        visits: Arc::default(),
        holds: holds.clone(),
    };
    let file = ("Dockerfile", "FROM scratch\n");
    graded_on(&bench, checks, file, &Events::silent()).await
}

/// The same on an engine that others use too.
pub(crate) async fn graded_in_turn(
    app: SocketAddr,
    turns: &Turns,
    checks: &str,
    events: &Events,
) -> Report {
    let bench = Bench {
        app,
        behind: Behind::Running,
        turns: Some(turns.clone()),
        told: Arc::default(),
        visits: Arc::default(),
        holds: Holds::default(),
    };
    graded_on(&bench, checks, ("Dockerfile", "FROM scratch\n"), events).await
}

async fn graded_on(
    bench: &Bench,
    checks: &str,
    (file, content): (&str, &str),
    events: &Events,
) -> Report {
    let behind = bench.behind;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tiny");
    fs::create_dir(&folder).unwrap();
    for (file, content) in [
        ("brief.md", "Answer.\n"),
        ("tryout.yaml", "test: ./run\n"),
        ("good/Dockerfile", "FROM scratch\n"),
        ("good/answer", "good\n"),
        (
            "bad.patch",
            "--- a/answer\n+++ b/answer\n@@ -1 +1 @@\n-good\n+bad\n",
        ),
        (file, content),
    ] {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    if behind == Behind::WithPractice {
        fs::write(folder.join("app.py"), "import os\n").unwrap();
    }
    let limit = if checks.contains("within: 1m") {
        ", check: 2s"
    } else {
        ""
    };
    let text = format!(
        "schema: 1\nid: tiny\ntitle: Tiny\nversion: 1.0.0\nsummary: Tiny\nlimits: {{ request: 300ms{limit} }}\nservices: {{ db: {{ postgres: {{ version: \"17\", database: shop }} }}, pricing: {{ stub: {{ env: PRICING_URL, rate_limit: {{ per_second: 1 }} }} }} }}\nchecks:\n{checks}"
    );
    fs::write(folder.join("challenge.yaml"), text).unwrap();
    let skills = Skills::embedded();
    let challenge = Challenge::load(&folder, &skills).unwrap_or_else(|error| {
        panic!(
            "{}",
            error
                .problems()
                .map_or_else(|| error.to_string(), |all| all.list().to_string())
        )
    });
    let subject = Subject::of_folder(&challenge, SubjectKind::Submission, &folder).unwrap();
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
    let plan = match behind {
        Behind::WithPractice | Behind::WithPracticeOfNothing => plan.with_practice(),
        _ => plan,
    };
    grade(&plan, bench, events, Duration::ZERO).await
}

#[derive(Debug, Clone)]
struct Bench {
    app: SocketAddr,
    behind: Behind,
    turns: Option<Turns>,
    /// What was done to services.
    told: Arc<Mutex<Vec<String>>>,
    /// How many visitors there were.
    visits: Arc<AtomicU32>,
    holds: Holds,
}

#[derive(Debug)]
struct Open {
    bench: Bench,
    began: Instant,
    facts: SandboxFacts,
    is_bad: bool,
    is_submission: bool,
}

impl Open {
    fn told(&self, what: String) {
        self.bench.told.lock().unwrap().push(what);
    }
}

#[async_trait]
impl Backend for Bench {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn engine(&self) -> Option<&EngineFacts> {
        None
    }

    fn turns(&self) -> Option<&Turns> {
        self.turns.as_ref()
    }

    async fn open(
        &self,
        _: &SandboxSpec,
        files: &Snapshot,
        _: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        let mut facts = SandboxFacts::default();
        if matches!(
            self.behind,
            Behind::NoDatabase | Behind::NotStartedWithoutDatabase
        ) {
            facts.lacks.push(Lack::Service {
                name: "db".to_owned(),
                why: "not installed".to_owned(),
            });
        }
        if self.behind == Behind::NoStub {
            facts.lacks.push(Lack::Service {
                name: "pricing".to_owned(),
                why: "not here".to_owned(),
            });
        }
        match self.behind {
            Behind::NeverOpened => Err(gone()),
            Behind::NotBuilt => Ok(Opening::Refused {
                failure: AppFailure::DidNotBuild {
                    reason: "no".to_owned(),
                    log: LogTail::default(),
                },
                facts,
            }),
            Behind::NotStartedWithoutDatabase => Ok(Opening::Refused {
                failure: AppFailure::DiedAtStart {
                    exit: "exit code 1".to_owned(),
                    log: LogTail::default(),
                },
                facts,
            }),
            Behind::NotMigrated => Ok(Opening::Refused {
                failure: AppFailure::MigrationFailed {
                    exit: "exit code 3".to_owned(),
                    log: LogTail {
                        lines: vec!["no such table".to_owned()],
                        omitted: 0,
                    },
                },
                facts: SandboxFacts {
                    migrate: Duration::from_millis(70),
                    ..facts
                },
            }),
            _ => Ok(Opening::Ready(Box::new(Open {
                bench: self.clone(),
                began: Instant::now(),
                facts,
                is_submission: files.paths().any(|path| path == "challenge.yaml"),
                is_bad: files
                    .read("answer")
                    .unwrap()
                    .is_some_and(|text| text == b"bad\n"),
            }))),
        }
    }

    fn has_visits(&self) -> bool {
        true
    }

    async fn visitor(
        &self,
        _: &RunId,
        _: &VisitorSpec,
        _: &Snapshot,
        _: &dyn Progress,
    ) -> Result<Result<String, AppFailure>, RunnerError> {
        Ok(Ok("image".to_owned()))
    }

    async fn close(&self, _: &RunId) -> Result<(), RunnerError> {
        Ok(())
    }
}

#[async_trait]
impl Sandbox for Open {
    fn app(&self) -> SocketAddr {
        self.bench.app
    }

    fn service(&self, name: &str) -> Option<&ServiceEndpoint> {
        let is_there = name == "pricing" && self.bench.behind != Behind::NoStub;
        is_there.then(|| &STUB.1)
    }

    fn facts(&self) -> &SandboxFacts {
        &self.facts
    }

    async fn app_state(&self) -> Result<AppState, RunnerError> {
        match self.bench.behind {
            Behind::Dies => Ok(AppState::Exited {
                exit: "exit code 7".to_owned(),
            }),
            Behind::EngineGone => Err(gone()),
            _ => Ok(AppState::Running),
        }
    }

    async fn service_state(&self, name: &str) -> Result<ServiceState, RunnerError> {
        match self.bench.behind {
            Behind::StubDead if name == "pricing" => Ok(ServiceState::Exited {
                exit: "exit code 101".to_owned(),
            }),
            _ => Ok(ServiceState::Running),
        }
    }

    async fn steer(&self, _: &str, order: &Order) -> Result<Answer, RunnerError> {
        match (self.bench.behind, order) {
            (Behind::StubDead | Behind::NoStub, _) => Err(gone()),
            (_, Order::Behave(_) | Order::Delay { .. }) => Ok(Answer::Done),
            (Behind::StubSilent, _) => Err(gone()),
            (_, Order::Begin) => Ok(Answer::Begun { window: 1 }),
            (_, Order::End { .. }) => Ok(Answer::Counted(Journal {
                calls: 2,
                ..Journal::default()
            })),
        }
    }

    fn has_faults(&self) -> bool {
        self.bench.behind != Behind::NoFaults
    }

    async fn break_service(&self, name: &str, fault: Fault) -> Result<(), RunnerError> {
        self.told(format!("break {name} {fault:?}"));
        match self.bench.behind {
            Behind::FaultRefused => Err(gone()),
            Behind::FaultTakesLong => {
                tokio::time::sleep(Duration::from_millis(2_500)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn mend_service(&self, name: &str, _: Fault) -> Result<Mended, RunnerError> {
        self.told(format!("mend {name}"));
        match self.bench.behind {
            Behind::FaultStays => Err(gone()),
            Behind::FaultTakesLong => {
                tokio::time::sleep(Duration::from_millis(2_500)).await;
                Ok(Mended::Ready)
            }
            Behind::FaultKept => Ok(Mended::Kept {
                how: "it is silent".to_owned(),
            }),
            _ => Ok(Mended::Ready),
        }
    }

    async fn cores(&self) -> Result<Vec<u32>, RunnerError> {
        if self.bench.behind != Behind::Holdable {
            return Err(RunnerError::NotHeld);
        }
        let count = thread::available_parallelism().unwrap().get();
        Ok((0..u32::try_from(count).unwrap()).collect())
    }

    async fn hold(&self, hold: Hold) -> Result<(), RunnerError> {
        self.bench.holds.lock().unwrap().push(format!("{hold:?}"));
        Ok(())
    }

    fn let_go(&self) {
        self.bench.holds.lock().unwrap().push("let go".to_owned());
    }

    async fn outage(&self) -> Option<String> {
        let is_full = self.bench.behind == Behind::DiskFull;
        is_full.then(|| "the engine's disk is full".to_owned())
    }

    async fn app_log(&self) -> Result<LogTail, RunnerError> {
        Ok(LogTail {
            lines: vec!["last words".to_owned()],
            omitted: 0,
        })
    }

    async fn reading(&self) -> Option<Reading> {
        let at = Instant::now();
        let all = at.duration_since(self.began);
        let (waited, idle) = match self.bench.behind {
            Behind::Crowded | Behind::CrowdedAtFirst | Behind::CrowdedByItself => {
                (all, Duration::ZERO)
            }
            Behind::CrowdedLater => {
                let quiet = all.min(Duration::from_millis(600));
                (all.saturating_sub(quiet), quiet * 2)
            }
            Behind::Asleep => (Duration::ZERO, Duration::ZERO),
            Behind::Quiet => (all, all * 2),
            _ => return None,
        };
        Some(Reading {
            at,
            computed: if self.bench.behind == Behind::CrowdedByItself && self.is_submission {
                all * 2
            } else {
                Duration::ZERO
            },
            on_behalf: OnBehalf::default(),
            waited: Some(waited),
            idle,
        })
    }

    /// Those that end reject what is bad.
    async fn visit(&self, visit: &Visit) -> Result<Visited, RunnerError> {
        let took = Duration::from_millis(300);
        tokio::time::sleep(took).await;
        let number = self.bench.visits.fetch_add(1, Ordering::Relaxed);
        let end = match self.bench.behind {
            Behind::CrowdedAtFirst if number >= 2 => VisitEnd::Exited {
                code: self.is_bad.into(),
            },
            _ => VisitEnd::TooLong,
        };
        Ok(Visited {
            end,
            log: LogTail {
                lines: vec![format!("{} has run {}", visit.name, visit.command)],
                omitted: 0,
            },
            results: Ok(Vec::new()),
            took,
            reading: self.reading().await,
        })
    }

    fn has_replicas(&self) -> bool {
        true
    }

    async fn start_replica(&self) -> Result<Replica, RunnerError> {
        Ok(Replica::Ready(self.bench.app))
    }

    async fn replica_state(&self) -> Result<AppState, RunnerError> {
        Ok(AppState::Running)
    }

    async fn replica_log(&self) -> Result<LogTail, RunnerError> {
        Ok(LogTail {
            lines: vec!["the second's last words".to_owned()],
            omitted: 0,
        })
    }

    async fn log_mark(&self) -> Result<LogMark, RunnerError> {
        Ok(LogMark::default())
    }

    async fn app_lines(&self, _: &LogMark) -> Result<PrintedLines, RunnerError> {
        match self.bench.behind {
            Behind::LogGone => Err(gone()),
            _ => Ok(PrintedLines::default()),
        }
    }

    async fn reset(&self, _: &dyn Beside) -> Result<Reset, RunnerError> {
        let app = match self.bench.behind {
            Behind::EngineGone => return Err(gone()),
            Behind::NotBack => Restart::Refused(AppFailure::MigrationFailed {
                exit: "exit code 3".to_owned(),
                log: LogTail {
                    lines: vec!["no such table".to_owned()],
                    omitted: 0,
                },
            }),
            _ => Restart::Ready,
        };
        Ok(Reset {
            services: Duration::ZERO,
            app,
        })
    }

    async fn close(&self) -> Result<(), RunnerError> {
        Ok(())
    }

    async fn restart_app(&self) -> Result<Restart, RunnerError> {
        Ok(Restart::Ready)
    }
}

/// Nothing is asked there, but somebody listens: one that refuses is taken for one at its end.
static STUB: LazyLock<(std::net::TcpListener, ServiceEndpoint)> = LazyLock::new(|| {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, ServiceEndpoint::Stub { address })
});

fn gone() -> RunnerError {
    RunnerError::NoEngine {
        address: "nowhere".to_owned(),
        source: "gone".into(),
    }
}

/// Accepts, and says nothing.
pub(crate) async fn silent() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}
