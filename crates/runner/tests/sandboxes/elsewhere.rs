//! An engine whose containers' addresses are out of this host's reach: one of the test's own in a
//! network namespace of its own, reached over a pair of devices with addresses for documentation
//! (198.51.100.0/24, RFC 5737). Needs root, `ip`, `nsenter` and `dockerd`; fails without.

use std::{
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _};
use runner::{
    AppFailure, AppState, Backend as _, Engine, HostNetwork, Opening, Restart, RunnerEvent,
    images::ImageStore,
};
use serde_json::json;
use sqlx::Connection as _;

use crate::opening::grader;
use crate::stand::{RECIPES, Stand, ask, probe, until};

const OURS: &str = "198.51.100.1";
const THEIRS: &str = "198.51.100.2";
/// What a sandbox with a database is made of.
const IMAGES: [&str; 6] = [
    "tryout/root:trixie",
    "tryout/base:trixie",
    "tryout/holder:1",
    "tryout/proxy:1",
    "tryout/python:3.13",
    "tryout/postgres:17",
];

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}

/// An engine in a namespace; both are gone when it is dropped.
struct Elsewhere {
    namespace: String,
    engine: Child,
    folder: tempfile::TempDir,
}

impl Elsewhere {
    async fn new() -> Self {
        let namespace = format!("tryout-test-{}", std::process::id());
        run("ip", &["netns", "add", &namespace]);
        let (here, there) = ("tryout-here", "tryout-there");
        let pair = ["link", "add", here, "type", "veth", "peer", "name", there];
        run("ip", &[&pair[..], &["netns", &namespace]].concat());
        run("ip", &["addr", "add", &format!("{OURS}/30"), "dev", here]);
        run("ip", &["link", "set", here, "up"]);
        let inside = ["-n", &namespace];
        let address = format!("{THEIRS}/30");
        run(
            "ip",
            &[&inside[..], &["addr", "add", &address, "dev", there]].concat(),
        );
        for device in [there, "lo"] {
            run(
                "ip",
                &[&inside[..], &["link", "set", device, "up"]].concat(),
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let settings = folder.path().join("daemon.json");
        std::fs::write(&settings, "{}").unwrap();
        let engine = Command::new("nsenter")
            .arg(format!("--net=/var/run/netns/{namespace}"))
            .args(["dockerd", "--host", &format!("tcp://{THEIRS}:2375")])
            .arg("--config-file")
            .arg(settings)
            .arg("--data-root")
            .arg(folder.path().join("data"))
            .arg("--exec-root")
            .arg(folder.path().join("exec"))
            .arg("--pidfile")
            .arg(folder.path().join("pid"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut elsewhere = Self {
            namespace,
            engine,
            folder,
        };
        until("the engine answers", async || {
            let ended = elsewhere.engine.try_wait().unwrap();
            assert!(ended.is_none(), "dockerd ended: {ended:?}");
            Engine::connect_to(&Elsewhere::address()).await.is_ok()
        })
        .await;
        elsewhere
    }

    fn address() -> String {
        format!("tcp://{THEIRS}:2375")
    }

    /// Copies images of ours from the usual engine.
    async fn take(&self, images: &[&str]) {
        let from = Engine::connect().await.unwrap();
        let host = HostNetwork::of_environment();
        let store = ImageStore::new(from.clone(), Path::new(RECIPES), host).unwrap();
        let made: Vec<_> = store.names().filter(|name| images.contains(name)).collect();
        store.ensure(&made, &|_: RunnerEvent| {}).await.unwrap();
        let to = Engine::connect_to(&Self::address()).await.unwrap();
        let archive = from.docker().export_images(images);
        let archive = archive.map_err(std::io::Error::other);
        let options = bollard::query_parameters::ImportImageOptions::default();
        let loaded = to
            .docker()
            .import_image(options, bollard::body_try_stream(archive), None);
        let loaded: Vec<_> = loaded.collect().await;
        assert!(loaded.iter().all(Result::is_ok), "{loaded:?}");
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg(self.engine.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        let _ = self.engine.wait();
        run("ip", &["netns", "delete", &self.namespace]);
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            let _ = std::io::stderr().write_all(log.unwrap_or_default().as_bytes());
        }
    }
}

/// One engine for all of it: it takes seconds to start and to fill.
#[tokio::test]
async fn a_sandbox_out_of_reach_is_used_through_a_forwarder() {
    let elsewhere = Elsewhere::new().await;
    elsewhere.take(&IMAGES).await;
    let stand = Stand::at(&Elsewhere::address()).await;
    let spec = stand.spec();
    let sandbox = stand.open(&spec).await;
    assert_eq!(sandbox.app().ip().to_string(), THEIRS);

    // The app, a service, and the app again after its death.
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    assert_eq!(found["write_tmp"], "reached");
    let mut session = sqlx::PgConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    let items: i64 = sqlx::query_scalar("select count(*) from items")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!(items, 3);
    let app = sandbox.app();
    let dying = tokio::spawn(async move { ask(app, "/die", json!(null)).await });
    assert!(dying.await.is_err());
    until("it is seen to be dead", async || {
        sandbox.app_state().await.unwrap() != AppState::Running
    })
    .await;
    assert_eq!(sandbox.restart_app().await.unwrap(), Restart::Ready);

    // From inside, the forwarder is no way out.
    let forwarder = stand.container(&spec.run, "forwarder").await;
    let networks = forwarder.network_settings.unwrap().networks.unwrap();
    let addresses = networks
        .into_values()
        .filter_map(|network| network.ip_address);
    let attempts: Vec<_> = addresses
        .chain([OURS.to_owned(), THEIRS.to_owned()])
        .flat_map(|address| {
            let tcp = |port: u16| json!([format!("{address} {port}"), "tcp", address, port]);
            [tcp(20_000), tcp(20_001), tcp(2375)]
        })
        .collect();
    let told = ask(sandbox.app(), "/attack", json!(attempts)).await;
    let told = told.as_object().unwrap();
    assert_eq!(told.len(), 12, "{told:#?}");
    let reached = told
        .values()
        .filter(|outcome| *outcome == "reached")
        .count();
    assert_eq!(reached, 0, "{told:#?}");
    drop(sandbox);
    stand.backend.close(&spec.run).await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, [""; 0]);

    // Who takes up the connection is the forwarder's affair, not the submission's.
    let mut spec = stand.spec_of_mode("sleep");
    spec.app.start_within = Duration::from_secs(1);
    match stand.try_open(&spec, &probe()).await.unwrap() {
        Opening::Refused {
            failure: AppFailure::NeverListened { .. },
            ..
        } => {}
        other => panic!("{other:?}"),
    }
}
