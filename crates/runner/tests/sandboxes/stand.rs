//! Sandboxes for one test: all that their runs made is removed at the end, also when the test fails.

use std::{
    collections::BTreeMap,
    fmt::Display,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bollard::{
    exec::{CreateExecOptions, StartExecResults},
    models::{ContainerCreateBody, ContainerInspectResponse},
    query_parameters::{
        ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder,
        RemoveContainerOptionsBuilder, RemoveImageOptionsBuilder,
    },
};
use futures_util::StreamExt as _;
use runner::{
    AppFailure, AppLimits, AppSpec, Backend as _, BuildLimits, BuildNetwork, Containment,
    DockerBackend, Engine, HostNetwork, Opening, PostgresSpec, RunId, RunnerError, RunnerEvent,
    Sandbox, SandboxSpec, ServiceKind, ServiceLimits, ServiceSpec, SqlFile,
    docker::{Part, Rules},
    images::ImageStore,
    setup::Setup,
    snapshot::{Snapshot, SubmissionLimits},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) const RECIPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runner-images");
const PROBE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/probe");
pub(crate) const MIB: u64 = 1024 * 1024;

/// Makes sandboxes and removes what they left.
pub(crate) struct Stand {
    pub(crate) engine: Engine,
    pub(crate) backend: DockerBackend,
    runs: Mutex<Vec<RunId>>,
    /// Digests of submissions that no other test has.
    own: Mutex<Vec<String>>,
}

impl Stand {
    pub(crate) async fn new() -> Self {
        Self::with_rules(Rules::On).await
    }

    pub(crate) async fn with_rules(rules: Rules) -> Self {
        Self::with_backend(async |backend| backend.with_rules(rules)).await
    }

    /// With less asked of the engine for the app's container.
    pub(crate) async fn loosened(
        loosen: impl Fn(&mut ContainerCreateBody) + Send + Sync + 'static,
    ) -> Self {
        Self::with_backend(async |backend| backend.loosened(Part::App, loosen)).await
    }

    /// With demands on how the app is kept in.
    pub(crate) async fn contained(containment: Containment) -> Self {
        Self::with_backend(async |backend| backend.contained(containment).await.unwrap()).await
    }

    pub(crate) async fn with_backend(
        change: impl AsyncFnOnce(DockerBackend) -> DockerBackend,
    ) -> Self {
        let engine = Engine::connect()
            .await
            .expect("a container engine is needed");
        Self::of_engine(engine, change).await
    }

    /// On another engine than the usual one.
    pub(crate) async fn at(address: &str) -> Self {
        let engine = Engine::connect_to(address).await.unwrap();
        Self::of_engine(engine, async |backend| backend).await
    }

    pub(crate) async fn of_engine(
        engine: Engine,
        change: impl AsyncFnOnce(DockerBackend) -> DockerBackend,
    ) -> Self {
        let host = HostNetwork::of_environment();
        let images = ImageStore::new(engine.clone(), Path::new(RECIPES), host).unwrap();
        Self {
            backend: change(DockerBackend::new(engine.clone(), images)).await,
            engine,
            runs: Mutex::default(),
            own: Mutex::default(),
        }
    }

    /// A specification of a run that is removed at the end: the probe beside a database.
    pub(crate) fn spec(&self) -> SandboxSpec {
        let run = RunId::random();
        self.runs.lock().unwrap().push(run.clone());
        SandboxSpec {
            run,
            app: app(),
            services: vec![database()],
            visited: false,
            replicated: false,
        }
    }

    /// The same with other services.
    pub(crate) fn spec_with(&self, services: Vec<ServiceSpec>) -> SandboxSpec {
        SandboxSpec {
            services,
            ..self.spec()
        }
    }

    /// The same without a database, in a mode of the probe.
    pub(crate) fn spec_of_mode(&self, mode: &str) -> SandboxSpec {
        let mut spec = self.spec();
        spec.services.clear();
        spec.app.env.insert("MODE".to_owned(), mode.to_owned());
        spec
    }

    pub(crate) async fn try_open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
    ) -> Result<Opening, RunnerError> {
        self.backend
            .open(spec, submission, &|_: RunnerEvent| {})
            .await
    }

    pub(crate) async fn open(&self, spec: &SandboxSpec) -> Box<dyn Sandbox> {
        self.open_with(spec, &probe()).await
    }

    pub(crate) async fn open_with(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
    ) -> Box<dyn Sandbox> {
        match self.try_open(spec, submission).await.unwrap() {
            Opening::Ready(sandbox) => sandbox,
            Opening::Refused { failure, .. } => panic!("refused: {failure:?}"),
        }
    }

    pub(crate) async fn refusal(&self, spec: &SandboxSpec, submission: &Snapshot) -> AppFailure {
        match self.try_open(spec, submission).await.unwrap() {
            Opening::Ready(_) => panic!("it should have been refused"),
            Opening::Refused { failure, .. } => failure,
        }
    }

    /// The probe with further lines in its Dockerfile; its image is removed at the end.
    pub(crate) fn probe_with(&self, lines: &str) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        for file in ["Dockerfile", "app.py"] {
            fs::copy(Path::new(PROBE).join(file), folder.path().join(file)).unwrap();
        }
        let dockerfile = folder.path().join("Dockerfile");
        let text = fs::read_to_string(&dockerfile).unwrap();
        fs::write(&dockerfile, format!("{text}{lines}\n")).unwrap();
        self.own_snapshot(folder.path())
    }

    pub(crate) fn own_snapshot(&self, folder: &Path) -> Snapshot {
        let snapshot = snapshot(folder);
        let digest = snapshot.digest().to_owned();
        self.own.lock().unwrap().push(digest);
        snapshot
    }

    /// The address that this host has in the engine's usual network.
    pub(crate) async fn engines_gateway(&self) -> String {
        let network = self.engine.docker().inspect_network("bridge", None);
        let ipam = network.await.unwrap().ipam.unwrap();
        let configured = ipam.config.unwrap_or_default().swap_remove(0);
        configured.gateway.unwrap_or_else(|| {
            // An engine that is started for the first time does not say; it takes the first address.
            let subnet = configured.subnet.unwrap();
            let (first, _) = subnet.split_once('/').unwrap();
            let first: Ipv4Addr = first.parse().unwrap();
            Ipv4Addr::from_bits(first.to_bits() + 1).to_string()
        })
    }

    /// The id of a run's private network.
    pub(crate) async fn network_id(&self, run: &RunId) -> String {
        let names = self.things_of(run).await;
        let network = names
            .iter()
            .find(|name| name.starts_with(&format!("tryout-{run}")))
            .unwrap();
        let inspected = self.engine.docker().inspect_network(network, None).await;
        inspected.unwrap().id.unwrap()
    }

    /// How the engine runs the container that plays a role in a run.
    pub(crate) async fn container(&self, run: &RunId, role: &str) -> ContainerInspectResponse {
        let names = self.things_of(run).await;
        let end = format!("-{role}");
        let name = names
            .iter()
            .find(|name| name.ends_with(&end) && name.starts_with('/'));
        let name = name.unwrap().trim_start_matches('/');
        let docker = self.engine.docker();
        docker.inspect_container(name, None).await.unwrap()
    }

    /// The rules in a holder's namespace, as its root sees them.
    pub(crate) async fn rules_in(&self, holder: &str) -> String {
        let list = ["nft", "list", "table", "inet", "tryout"];
        self.run_as(holder, Some("0:0"), &list).await
    }

    /// What a command in a container prints, run as the container's own user.
    pub(crate) async fn run_in(&self, container: &str, command: &[&str]) -> String {
        self.run_as(container, None, command).await
    }

    async fn run_as(&self, container: &str, user: Option<&str>, command: &[&str]) -> String {
        let docker = self.engine.docker();
        let options = CreateExecOptions {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            user,
            cmd: Some(command.to_vec()),
            ..Default::default()
        };
        let exec = docker
            .create_exec(container.trim_start_matches('/'), options)
            .await
            .unwrap();
        let started = docker.start_exec(&exec.id, None).await.unwrap();
        let StartExecResults::Attached { output, .. } = started else {
            panic!("{started:?}");
        };
        let lines: Vec<_> = output.map(|line| line.unwrap().to_string()).collect().await;
        lines.concat()
    }

    /// Names of all that carries a run's label.
    pub(crate) async fn things_of(&self, run: impl Display) -> Vec<String> {
        things(&self.engine, &run.to_string()).await
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let engine = self.engine.clone();
        let runs = std::mem::take(&mut *self.runs.lock().unwrap());
        let own = std::mem::take(&mut *self.own.lock().unwrap());
        // Dropped within a runtime, which must not be blocked by another one.
        let removing = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(remove(engine, runs, own));
        });
        removing.join().unwrap();
    }
}

/// Not by the means under test.
async fn remove(engine: Engine, runs: Vec<RunId>, own: Vec<String>) {
    let docker = engine.docker();
    for run in runs {
        let label = format!("tryout.run={run}");
        let filters = [("label", vec![label.as_str()])].into();
        let all = ListContainersOptionsBuilder::new().all(true);
        let options = all.filters(&filters).build();
        let listed = docker.list_containers(Some(options)).await;
        for container in listed.unwrap_or_default() {
            let options = RemoveContainerOptionsBuilder::new().force(true).v(true);
            let id = container.id.unwrap_or_default();
            let _ = docker.remove_container(&id, Some(options.build())).await;
        }
        let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
        let listed = docker.list_networks(Some(options)).await;
        for network in listed.unwrap_or_default() {
            let _ = docker.remove_network(&network.id.unwrap_or_default()).await;
        }
    }
    for digest in own {
        let label = format!("tryout.submission={digest}");
        let filters = [("label", vec![label.as_str()])].into();
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        for image in docker.list_images(Some(options)).await.unwrap_or_default() {
            let options = RemoveImageOptionsBuilder::new().force(true).build();
            let _ = docker.remove_image(&image.id, Some(options), None).await;
        }
    }
}

async fn things(engine: &Engine, run: &str) -> Vec<String> {
    let docker = engine.docker();
    let label = format!("tryout.run={run}");
    let filters = [("label", vec![label.as_str()])].into();
    let all = ListContainersOptionsBuilder::new().all(true);
    let options = all.filters(&filters).build();
    let containers = docker.list_containers(Some(options)).await.unwrap();
    let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let networks = docker.list_networks(Some(options)).await.unwrap();
    let containers = containers.into_iter().filter_map(|c| c.names);
    let networks = networks.into_iter().filter_map(|n| n.name);
    containers.flatten().chain(networks).collect()
}

/// The submission that does what a test asks.
pub(crate) fn probe() -> Snapshot {
    snapshot(Path::new(PROBE))
}

/// A submission that other tests may use at the same time; its image stays.
pub(crate) fn snapshot(folder: &Path) -> Snapshot {
    let limits = SubmissionLimits {
        files: 100,
        bytes: MIB,
    };
    Snapshot::of_folder(folder, limits).unwrap()
}

fn app() -> AppSpec {
    AppSpec {
        setup: Setup::of_dockerfile("Dockerfile"),
        port: 8080,
        ready_path: "/missing".to_owned(),
        env: BTreeMap::new(),
        migrate_within: Duration::from_mins(1),
        start_within: Duration::from_mins(1),
        build_limits: BuildLimits {
            time: Duration::from_mins(5),
            memory: 512 * MIB,
            cpus: 2.0,
            pids: 256,
            disk: 1024 * MIB,
        },
        build_network: BuildNetwork::Registries { hosts: Vec::new() },
        limits: AppLimits {
            memory: 256 * MIB,
            cpus: 1.0,
            pids: 64,
            open_files: 256,
            tmp: 16 * MIB,
            log: MIB,
        },
    }
}

fn database() -> ServiceSpec {
    ServiceSpec {
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
            seed: vec![
                SqlFile {
                    name: "schema.sql".to_owned(),
                    sql: "create table items (sku text primary key);".to_owned(),
                },
                SqlFile {
                    name: "items.sql".to_owned(),
                    sql: "insert into items values ('a'), ('b'), ('c');".to_owned(),
                },
            ],
        }),
    }
}

/// Asks the probe to do something and gives what came of it.
pub(crate) async fn ask(app: SocketAddr, path: &str, what: Value) -> Value {
    let body = what.to_string();
    let request = format!(
        "POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(app).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer");
    serde_json::from_str(body).unwrap()
}

/// Waits until something holds.
pub(crate) async fn until<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting)
        .await
        .unwrap_or_else(|_| panic!("{what}: not within a minute"));
}

/// Keeps what is told.
#[derive(Clone, Default)]
pub(crate) struct Told(pub(crate) Arc<Mutex<Vec<RunnerEvent>>>);

impl runner::Progress for Told {
    fn tell(&self, event: RunnerEvent) {
        self.0.lock().unwrap().push(event);
    }
}
