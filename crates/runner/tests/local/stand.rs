//! A submission written to a folder, and a sandbox of it on this host.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use runner::{
    AppFailure, AppLimits, AppSpec, Backend as _, BuildLimits, BuildNetwork, HostNetwork,
    LocalBackend, Opening, PostgresSpec, RedisProgram, RedisSpec, RunId, RunnerError, RunnerEvent,
    Sandbox, SandboxFacts, SandboxSpec, ServiceKind, ServiceLimits, ServiceSpec, SqlFile,
    setup::{Declared, Ground, Setup},
    snapshot::{Snapshot, SubmissionLimits},
};

pub(crate) const MIB: u64 = 1024 * 1024;

/// Answers each path with what a function of it says; `/` with `ok`.
pub(crate) const SERVER: &str = r#"
import os, resource, subprocess, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            text = str(eval(unquote(self.path[1:]))) if self.path != "/" else "ok"
        except BaseException as error:
            text = "error: " + repr(error)
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

print("listening", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

/// A submission in Python without dependencies.
pub(crate) fn submission(files: &[(&str, &str)]) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let limits = SubmissionLimits {
        files: 100,
        bytes: MIB,
    };
    Snapshot::of_folder(folder.path(), limits).unwrap()
}

pub(crate) fn server() -> Snapshot {
    submission(&[("main.py", SERVER)])
}

/// In Python, with nothing to install: that would be most of a test's time.
pub(crate) fn python() -> Declared {
    Declared {
        runtime: Some("python-3.13".to_owned()),
        ..Declared::default()
    }
}

pub(crate) fn spec_of(submission: &Snapshot, declared: &Declared) -> SandboxSpec {
    SandboxSpec {
        run: RunId::random(),
        app: AppSpec {
            setup: Setup::on(Ground::Host, submission, declared)
                .unwrap()
                .unwrap(),
            port: 8080,
            ready_path: "/".to_owned(),
            env: BTreeMap::from([("AUTH_SECRET".to_owned(), "s3cret".to_owned())]),
            migrate_within: Duration::from_secs(20),
            start_within: Duration::from_secs(20),
            build_limits: BuildLimits {
                time: Duration::from_mins(2),
                memory: 1024 * MIB,
                cpus: 2.0,
                pids: 512,
                disk: 1024 * MIB,
            },
            build_network: BuildNetwork::Registries { hosts: Vec::new() },
            limits: AppLimits {
                memory: 256 * MIB,
                cpus: 1.0,
                pids: 64,
                open_files: 128,
                tmp: 16 * MIB,
                log: MIB,
            },
        },
        services: Vec::new(),
        visited: false,
        replicated: false,
    }
}

pub(crate) fn spec(submission: &Snapshot) -> SandboxSpec {
    spec_of(submission, &python())
}

const SERVICE_LIMITS: ServiceLimits = ServiceLimits {
    memory: 256 * MIB,
    cpus: 1.0,
    pids: 128,
    disk: 256 * MIB,
};

pub(crate) fn postgres(seed: &[(&str, &str)]) -> ServiceSpec {
    let seed = seed.iter().map(|&(name, sql)| SqlFile {
        name: name.to_owned(),
        sql: sql.to_owned(),
    });
    ServiceSpec {
        name: "db".to_owned(),
        env: "DATABASE_URL".to_owned(),
        limits: SERVICE_LIMITS,
        slowed: false,
        kind: ServiceKind::Postgres(PostgresSpec {
            reset: false,
            counts_statements: false,
            version: "17".to_owned(),
            database: "shop".to_owned(),
            seed: seed.collect(),
        }),
    }
}

pub(crate) fn redis(program: RedisProgram) -> ServiceSpec {
    ServiceSpec {
        name: "cache".to_owned(),
        env: "REDIS_URL".to_owned(),
        limits: SERVICE_LIMITS,
        slowed: false,
        kind: ServiceKind::Redis(RedisSpec {
            program,
            version: "8".to_owned(),
        }),
    }
}

pub(crate) fn backend() -> LocalBackend {
    LocalBackend::new(HostNetwork::of_environment())
}

/// An open sandbox, its backend, its run.
pub(crate) struct Stand {
    pub(crate) backend: LocalBackend,
    pub(crate) sandbox: Box<dyn Sandbox>,
    pub(crate) run: RunId,
}

impl Stand {
    pub(crate) async fn of(spec: SandboxSpec, submission: &Snapshot) -> Self {
        let backend = backend();
        match backend.open(&spec, submission, &|_: RunnerEvent| {}).await {
            Ok(Opening::Ready(sandbox)) => Self {
                backend,
                sandbox,
                run: spec.run,
            },
            other => panic!("not ready: {other:?}"),
        }
    }

    pub(crate) async fn server() -> Self {
        let submission = server();
        Self::of(spec(&submission), &submission).await
    }

    /// What the submission says that an expression is.
    pub(crate) fn ask(&self, expression: &str) -> String {
        ask(self.sandbox.app(), expression).unwrap()
    }

    pub(crate) async fn close(self) {
        drop(self.sandbox);
        self.backend.close(&self.run).await.unwrap();
    }
}

pub(crate) fn ask(address: SocketAddr, expression: &str) -> std::io::Result<String> {
    let encoded = expression.bytes().map(|byte| format!("%{byte:02x}"));
    let encoded = encoded.collect::<String>();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(
        stream,
        "GET /{encoded} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(body.to_owned())
}

/// What became of a submission that does not come to answer, and the lines told meanwhile.
pub(crate) async fn refused(
    spec: SandboxSpec,
    submission: &Snapshot,
) -> (AppFailure, SandboxFacts, Vec<RunnerEvent>) {
    let backend = backend();
    let heard: Arc<Mutex<Vec<RunnerEvent>>> = Arc::default();
    let progress = {
        let heard = Arc::clone(&heard);
        move |event| heard.lock().unwrap().push(event)
    };
    let opening = backend.open(&spec, submission, &progress).await;
    backend.close(&spec.run).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    match opening {
        Ok(Opening::Refused { failure, facts }) => (failure, facts, heard),
        other => panic!("not refused: {other:?}"),
    }
}

/// Why it cannot be said whether a submission runs.
pub(crate) async fn broken(
    backend: &LocalBackend,
    spec: SandboxSpec,
    submission: &Snapshot,
) -> RunnerError {
    let opening = backend.open(&spec, submission, &|_: RunnerEvent| {}).await;
    backend.close(&spec.run).await.unwrap();
    opening.expect_err("it broke")
}

/// Ids of the processes whose environment has this in it.
pub(crate) fn marked(text: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap();
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        *id != std::process::id()
            && environment
                .windows(text.len())
                .any(|part| part == text.as_bytes())
    })
    .collect()
}

/// Whether a process is there and has not ended.
pub(crate) fn runs(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("{what}: not within 30 s"));
}
