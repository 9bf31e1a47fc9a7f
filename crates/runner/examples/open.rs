//! Opens a sandbox several times and prints where the time goes.
//!
//! `cargo run --release -p runner --example open -- FOLDER [TIMES]`, with `RUST_LOG=runner=debug` for
//! each step.

use std::{
    error::Error,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use runner::{
    AppLimits, AppSpec, Backend as _, BuildLimits, BuildNetwork, DockerBackend, Engine,
    HostNetwork, Opening, PostgresSpec, RunId, RunnerEvent, SandboxSpec, ServiceKind,
    ServiceLimits, ServiceSpec, SqlFile,
    images::ImageStore,
    setup::Setup,
    snapshot::{Snapshot, SubmissionLimits},
};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

const MIB: u64 = 1024 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(std::io::stderr)
        .init();
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let times = arguments.next().map_or(Ok(5), |times| times.parse())?;
    let engine = Engine::connect().await?;
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runner-images");
    let images = ImageStore::new(engine.clone(), &recipes, HostNetwork::of_environment())?;
    let backend = DockerBackend::new(engine, images);
    let limits = SubmissionLimits {
        files: 10_000,
        bytes: 256 * MIB,
    };
    let submission = Snapshot::of_folder(Path::new(&folder), limits)?;
    let mut out = std::io::stdout();
    for _ in 0..times {
        let spec = spec();
        let began = Instant::now();
        let opening = backend.open(&spec, &submission, &|_: RunnerEvent| {}).await;
        let open = began.elapsed();
        let began = Instant::now();
        backend.close(&spec.run).await?;
        let close = began.elapsed();
        match opening? {
            Opening::Ready(sandbox) => {
                let facts = sandbox.facts();
                writeln!(
                    out,
                    "open {open:?}: build {:?}, services {:?}, first answer {:?}; close {close:?}",
                    facts.build, facts.services, facts.start
                )?;
            }
            Opening::Refused { failure, .. } => writeln!(out, "open {open:?}: {failure}")?,
        }
    }
    Ok(())
}

fn spec() -> SandboxSpec {
    SandboxSpec {
        run: RunId::random(),
        app: AppSpec {
            setup: Setup::of_dockerfile("Dockerfile"),
            port: 8080,
            ready_path: "/".to_owned(),
            env: std::collections::BTreeMap::new(),
            migrate_within: Duration::from_mins(1),
            start_within: Duration::from_secs(20),
            build_limits: BuildLimits {
                time: Duration::from_mins(5),
                memory: 1024 * MIB,
                cpus: 2.0,
                pids: 256,
                disk: 1024 * MIB,
            },
            build_network: BuildNetwork::Registries { hosts: Vec::new() },
            limits: AppLimits {
                memory: 512 * MIB,
                cpus: 1.0,
                pids: 256,
                open_files: 1024,
                tmp: 64 * MIB,
                log: 4 * MIB,
            },
        },
        visited: false,
        replicated: false,
        services: vec![ServiceSpec {
            name: "db".to_owned(),
            env: "DATABASE_URL".to_owned(),
            limits: ServiceLimits {
                memory: 512 * MIB,
                cpus: 1.0,
                pids: 256,
                disk: 256 * MIB,
            },
            slowed: false,
            kind: ServiceKind::Postgres(PostgresSpec {
                reset: false,
                counts_statements: false,
                version: "17".to_owned(),
                database: "shop".to_owned(),
                seed: vec![SqlFile {
                    name: "schema.sql".to_owned(),
                    sql: "create table items (id int primary key);".to_owned(),
                }],
            }),
        }],
    }
}
