//! What isolation and the forwarder cost, measured in turn in one run: medians and ratios.
//!
//! `cargo run --release -p runner --example costs -- [TIMES]`

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::Write as _,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use bollard::models::ContainerCreateBody;
use runner::{
    AppLimits, AppSpec, Backend as _, BuildLimits, BuildNetwork, DockerBackend, Engine,
    HostNetwork, Opening, RunId, RunnerEvent, SandboxSpec,
    docker::{Part, Rules},
    images::ImageStore,
    setup::Setup,
    snapshot::{Snapshot, SubmissionLimits},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const MIB: u64 = 1024 * 1024;
/// Of a large answer, in MiB.
const LARGE: f64 = 256.0;
const SMALL_REQUESTS: usize = 400;
const APP: &str = r#"
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
PIECE = b"x" * 1048576
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(256 if self.path == "/large" else 0):
            self.wfile.write(PIECE)
    def log_message(self, *_):
        pass
ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
"#;
const DOCKERFILE: &str =
    "FROM tryout/python:3.13\nCOPY app.py /app.py\nCMD [\"python\", \"/app.py\"]\n";

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let times = std::env::args()
        .nth(1)
        .map_or(Ok(7), |times| times.parse())?;
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("app.py"), APP)?;
    fs::write(folder.path().join("Dockerfile"), DOCKERFILE)?;
    let limits = SubmissionLimits {
        files: 10,
        bytes: MIB,
    };
    let submission = Snapshot::of_folder(folder.path(), limits)?;
    let backends = [
        ("isolation as it is", backend().await?),
        (
            "without network rules",
            backend().await?.with_rules(Rules::Off),
        ),
        (
            "without all items of the container",
            backend().await?.loosened(Part::App, bare),
        ),
        (
            "without both",
            backend()
                .await?
                .with_rules(Rules::Off)
                .loosened(Part::App, bare),
        ),
        ("through a forwarder", backend().await?.forwarded()),
    ];
    let mut measured = vec![Measured::default(); backends.len()];
    // The first round builds the image.
    for round in 0..=times {
        for ((_, backend), measured) in backends.iter().zip(&mut measured) {
            let one = measure(backend, &submission).await?;
            if round > 0 {
                measured.add(&one);
            }
        }
    }
    let mut out = std::io::stdout();
    for ((name, _), measured) in backends.iter().zip(&mut measured) {
        let [open, close, small, large] = [0, 1, 2, 3].map(|n| median(&mut measured.0[n]));
        let rate = LARGE / large;
        writeln!(
            out,
            "{name:36} open {open:.3} s, close {close:.3} s, one request {:.0} us, {rate:.0} MiB/s",
            small * 1e6
        )?;
    }
    Ok(())
}

/// Opening, closing, one small request, one large answer; in seconds.
#[derive(Clone, Default)]
struct Measured([Vec<f64>; 4]);

impl Measured {
    fn add(&mut self, one: &[Duration; 4]) {
        for (all, one) in self.0.iter_mut().zip(one) {
            all.push(one.as_secs_f64());
        }
    }
}

async fn backend() -> Result<DockerBackend, Failure> {
    let engine = Engine::connect().await?;
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runner-images");
    let images = ImageStore::new(engine.clone(), &recipes, HostNetwork::of_environment())?;
    Ok(DockerBackend::new(engine, images))
}

/// Leaves the network and nothing else.
fn bare(body: &mut ContainerCreateBody) {
    body.user = None;
    if let Some(host) = &mut body.host_config {
        let network = host.network_mode.take();
        *host = bollard::models::HostConfig {
            network_mode: network,
            ..Default::default()
        };
    }
}

async fn measure(backend: &DockerBackend, submission: &Snapshot) -> Result<[Duration; 4], Failure> {
    let spec = spec();
    let began = Instant::now();
    let opening = backend
        .open(&spec, submission, &|_: RunnerEvent| {})
        .await?;
    let open = began.elapsed();
    let Opening::Ready(sandbox) = opening else {
        return Err(format!("{opening:?}").into());
    };
    let began = Instant::now();
    for _ in 0..SMALL_REQUESTS {
        get(sandbox.app(), "/").await?;
    }
    let small = began.elapsed() / u32::try_from(SMALL_REQUESTS)?;
    let began = Instant::now();
    get(sandbox.app(), "/large").await?;
    let large = began.elapsed();
    let began = Instant::now();
    backend.close(&spec.run).await?;
    Ok([open, began.elapsed(), small, large])
}

async fn get(app: SocketAddr, path: &str) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(app).await?;
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut piece = vec![0; 256 * 1024];
    while stream.read(&mut piece).await? > 0 {}
    Ok(())
}

fn median(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn spec() -> SandboxSpec {
    SandboxSpec {
        run: RunId::random(),
        app: AppSpec {
            setup: Setup::of_dockerfile("Dockerfile"),
            port: 8080,
            ready_path: "/".to_owned(),
            env: BTreeMap::new(),
            start_within: Duration::from_mins(1),
            migrate_within: Duration::from_mins(1),
            build_limits: BuildLimits {
                time: Duration::from_mins(5),
                memory: 512 * MIB,
                cpus: 2.0,
                pids: 256,
                disk: 1024 * MIB,
            },
            build_network: BuildNetwork::None,
            limits: AppLimits {
                memory: 256 * MIB,
                cpus: 2.0,
                pids: 64,
                open_files: 1024,
                tmp: 16 * MIB,
                log: MIB,
            },
        },
        services: Vec::new(),
        visited: false,
        replicated: false,
    }
}
