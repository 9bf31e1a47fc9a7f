//! The attacks: what a submission reaches from inside, with the rules and without.
//!
//! All traffic stays on this machine. The outside is played by an address of a range for
//! documentation (203.0.113.0/24, RFC 5737) that a bridge made for the test gives to this host; nothing
//! is sent before the kernel says that the address is local.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bollard::{
    models::{ContainerCreateBody, HostConfig, Ipam, IpamConfig, NetworkCreateRequest},
    query_parameters::{CreateContainerOptions, LogsOptionsBuilder, WaitContainerOptions},
};
use futures_util::StreamExt as _;
use runner::{AppState, Containment, Restart, RunId, Sandbox, docker::Rules};
use serde_json::{Value, json};
use tokio::net::{TcpListener, UdpSocket};

use crate::stand::{Stand, ask, until};

/// Listens on every address of this host and counts who comes.
pub(crate) struct Listener {
    pub(crate) tcp: u16,
    pub(crate) udp: u16,
    came: Arc<AtomicUsize>,
}

impl Listener {
    pub(crate) async fn new() -> Self {
        let came = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind("[::]:0").await.unwrap();
        let tcp = listener.local_addr().unwrap().port();
        let counted = Arc::clone(&came);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let socket = UdpSocket::bind("[::]:0").await.unwrap();
        let udp = socket.local_addr().unwrap().port();
        let counted = Arc::clone(&came);
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = socket.send_to(&question[..length], from).await;
            }
        });
        Self { tcp, udp, came }
    }

    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

/// Gives this host an address that stands for the outside.
pub(crate) async fn outside(stand: &Stand, run: &RunId) -> IpAddr {
    for part in 0..16 {
        // Another test may have this part at the moment.
        let part = (part + std::process::id() % 16) % 16 * 16;
        let request = NetworkCreateRequest {
            name: format!("tryout-test-outside-{run}"),
            ipam: Some(Ipam {
                config: Some(vec![IpamConfig {
                    subnet: Some(format!("203.0.113.{part}/28")),
                    ..Default::default()
                }]),
                ..Default::default()
            }),
            labels: Some([("tryout.run".to_owned(), run.to_string())].into()),
            ..Default::default()
        };
        if stand.engine.docker().create_network(request).await.is_ok() {
            let address = Ipv4Addr::new(203, 0, 113, u8::try_from(part).unwrap() + 1);
            let route = Command::new("ip")
                .args(["route", "get", &address.to_string()])
                .output()
                .unwrap();
            let route = String::from_utf8(route.stdout).unwrap();
            assert!(route.starts_with("local "), "{route}");
            return IpAddr::V4(address);
        }
    }
    panic!("no part of the range is free");
}

/// This host's address in a sandbox's network.
async fn gateway(stand: &Stand, run: &RunId) -> IpAddr {
    let names = stand.things_of(run).await;
    let holder = names.iter().find(|n| n.ends_with("-app-holder")).unwrap();
    let holder = holder.trim_start_matches('/');
    let inspected = stand.engine.docker().inspect_container(holder, None).await;
    let networks = inspected
        .unwrap()
        .network_settings
        .unwrap()
        .networks
        .unwrap();
    let network = networks.into_values().next().unwrap();
    network.gateway.unwrap().parse().unwrap()
}

/// Switches IPv6 on in the app's namespace, as a kinder engine might, and gives this host's address on
/// the link.
async fn with_ipv6(stand: &Stand, run: &RunId) -> String {
    const SWITCH: &str = "set -e
        echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6
        echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6
        until grep -q '^fe80.* 80 *eth0$' /proc/net/if_inet6; do sleep 0.1; done";
    let names = stand.things_of(run).await;
    let holder = names.iter().find(|n| n.ends_with("-app-holder")).unwrap();
    let holder = holder.trim_start_matches('/');
    let docker = stand.engine.docker();
    let body = ContainerCreateBody {
        image: Some("tryout/holder:1".to_owned()),
        cmd: Some(["sh", "-c", SWITCH].map(str::to_owned).to_vec()),
        labels: Some([("tryout.run".to_owned(), run.to_string())].into()),
        host_config: Some(HostConfig {
            network_mode: Some(format!("container:{holder}")),
            cap_add: Some(vec!["NET_ADMIN".to_owned()]),
            // So that /proc/sys can be written to.
            readonly_paths: Some(Vec::new()),
            ..Default::default()
        }),
        ..Default::default()
    };
    let made = docker.create_container(None::<CreateContainerOptions>, body);
    let made = made.await.unwrap().id;
    docker.start_container(&made, None).await.unwrap();
    let ended = docker
        .wait_container(&made, None::<WaitContainerOptions>)
        .next()
        .await;
    if !matches!(ended, Some(Ok(_))) {
        let options = LogsOptionsBuilder::new().stderr(true).build();
        let log: Vec<_> = docker.logs(&made, Some(options)).collect().await;
        panic!("{ended:?}: {log:?}");
    }
    let network = stand.network_id(run).await;
    let bridge = format!("br-{}", &network[..12]);
    let addresses = std::fs::read_to_string("/proc/net/if_inet6").unwrap();
    let address = addresses
        .lines()
        .filter(|line| line.ends_with(&bridge) && line.starts_with("fe80"))
        .find_map(|line| u128::from_str_radix(line.get(..32)?, 16).ok())
        .expect("the bridge has an address of its own");
    format!("{}%eth0", std::net::Ipv6Addr::from(address))
}

/// Reaches for everything and says what came of each.
async fn reach_out(
    app: &dyn Sandbox,
    neighbour: &dyn Sandbox,
    places: &[(&str, String)],
    listener: &Listener,
) -> serde_json::Map<String, Value> {
    let mut attempts = Vec::new();
    for (place, host) in places {
        attempts.push(json!([format!("tcp {place}"), "tcp", host, listener.tcp]));
        attempts.push(json!([format!("udp {place}"), "udp", host, listener.udp]));
        attempts.push(json!([format!("ping {place}"), "ping", host]));
        if !host.contains(':') {
            attempts.push(json!([format!("dns {place}"), "dns", host, listener.udp]));
        }
    }
    let neighbours = database(neighbour);
    attempts.push(json!([
        "tcp neighbour",
        "tcp",
        neighbour.app().ip(),
        neighbour.app().port()
    ]));
    attempts.push(json!([
        "neighbour's database",
        "postgres",
        neighbours.ip(),
        neighbours.port()
    ]));
    attempts.push(json!(["raw", "raw", places[0].1]));
    attempts.push(json!(["packet", "packet", "-"]));
    attempts.push(json!(["own database", "postgres", "db", 5432]));
    let told = ask(app.app(), "/attack", json!(attempts)).await;
    told.as_object().unwrap().clone()
}

fn database(sandbox: &dyn Sandbox) -> SocketAddr {
    sandbox.service("db").unwrap().address()
}

/// What was reached, in the order of the names.
fn reached(told: &serde_json::Map<String, Value>) -> Vec<&str> {
    let mut all: Vec<_> = told
        .iter()
        .filter(|(_, outcome)| outcome.as_str().unwrap().starts_with("reached"))
        .map(|(name, _)| name.as_str())
        .collect();
    all.sort_unstable();
    all
}

/// Two sandboxes, and everything that one of them may reach for.
struct Scene {
    stand: Stand,
    run: RunId,
    app: Box<dyn Sandbox>,
    neighbour: Box<dyn Sandbox>,
    places: Vec<(&'static str, String)>,
    listener: Listener,
}

impl Scene {
    async fn new(stand: Stand) -> Self {
        let (spec, other) = (stand.spec(), stand.spec());
        let (app, neighbour) = tokio::join!(stand.open(&spec), stand.open(&other));
        let places = vec![
            ("gateway", gateway(&stand, &spec.run).await.to_string()),
            ("host", gateway(&stand, &other.run).await.to_string()),
            ("outside", outside(&stand, &spec.run).await.to_string()),
            ("link", with_ipv6(&stand, &spec.run).await),
        ];
        Self {
            listener: Listener::new().await,
            run: spec.run,
            stand,
            app,
            neighbour,
            places,
        }
    }

    async fn reach_out(&self) -> serde_json::Map<String, Value> {
        reach_out(&*self.app, &*self.neighbour, &self.places, &self.listener).await
    }
}

#[tokio::test]
async fn nothing_but_its_own_services_is_reached_also_after_a_restart() {
    let scene = Scene::new(Stand::new().await).await;
    let told = scene.reach_out().await;
    assert_eq!(reached(&told), ["own database"], "{told:#?}");
    assert_eq!(scene.listener.came(), 0);

    let app = scene.app.app();
    let dying = tokio::spawn(async move { ask(app, "/die", json!(null)).await });
    assert!(dying.await.is_err());
    // The engine hears of it a moment after the connection has ended.
    until("the app has ended", async || {
        scene.app.app_state().await.unwrap() != AppState::Running
    })
    .await;
    assert_eq!(scene.app.restart_app().await.unwrap(), Restart::Ready);
    let told = scene.reach_out().await;
    assert_eq!(reached(&told), ["own database"], "{told:#?}");
    assert_eq!(scene.listener.came(), 0);

    let names = json!([
        ["own", "resolve", "db"],
        ["outside", "resolve", "secret.example.com"],
        ["resolver", "dns", "127.0.0.11", 53],
        ["resolver by tcp", "tcp", "127.0.0.11", 53],
    ]);
    let told = ask(app, "/attack", names).await;
    assert_eq!(reached(told.as_object().unwrap()), ["own"], "{told:#}");
    assert!(!scene.stand.things_of(&scene.run).await.is_empty());
}

#[tokio::test]
async fn without_the_rules_the_same_attempts_get_through() {
    let scene = Scene::new(Stand::with_rules(Rules::Off).await).await;
    let told = scene.reach_out().await;
    let reached = reached(&told);
    for attempt in [
        "tcp gateway",
        "udp gateway",
        "dns gateway",
        "ping gateway",
        "tcp host",
        "udp host",
        "dns host",
        "ping host",
        "tcp outside",
        "udp outside",
        "dns outside",
        "ping outside",
        "tcp link",
        "udp link",
        "ping link",
        "own database",
    ] {
        assert!(reached.contains(&attempt), "{attempt}: {told:#?}");
    }
    assert!(scene.listener.came() > 0);
    let facts = scene.app.facts();
    let network = facts.isolation.iter().find(|i| i.item == "network");
    assert!(!network.unwrap().enforced, "the report says so");
}

/// The kernel of its own joins the holder's namespace, so that the same rules hold.
#[tokio::test]
async fn with_gvisor_nothing_is_reached_and_nothing_is_left_unenforced() {
    let stand = Stand::contained(Containment {
        strict: true,
        runtime: Some("runsc".to_owned()),
    });
    let scene = Scene::new(stand.await).await;
    let told = scene.reach_out().await;
    assert_eq!(reached(&told), ["own database"], "{told:#?}");
    assert_eq!(scene.listener.came(), 0);
}

#[tokio::test]
async fn a_service_reaches_nothing_and_is_reached_by_its_app_alone() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let _sandbox = stand.open(&spec).await;
    let names = stand.things_of(&spec.run).await;
    let holder = names.iter().find(|n| n.ends_with("-db-holder")).unwrap();
    let rules = stand.rules_in(holder.trim_start_matches('/')).await;
    // The engine's resolver, which is refused.
    assert_eq!(rules.matches("daddr").count(), 1, "{rules}");
    assert_eq!(rules.matches("tcp dport 5432 accept").count(), 2, "{rules}");
    assert_eq!(rules.matches("saddr").count(), 2, "{rules}");
    assert_eq!(rules.matches("policy drop").count(), 2, "{rules}");
}

#[tokio::test]
async fn a_submission_has_no_rights_and_no_room_beyond_its_limits() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let submission =
        stand.probe_with("VOLUME /data /tmp/\nUSER root\nHEALTHCHECK CMD touch /tmp/x");
    let sandbox = stand.open_with(&spec, &submission).await;
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    let status = &found["status"];
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(status[set], "0000000000000000", "{set}");
    }
    assert_eq!(status["NoNewPrivs"], "1");
    assert_eq!(status["Seccomp"], "2");
    assert_eq!(found["user"], json!([10_001, 10_001]));
    assert_eq!(found["write_tmp"], "reached");
    for (attempt, error) in [
        ("write_root", "Read-only file system"),
        ("write_hosts", "Read-only file system"),
        ("write_tmp_much", "No space left on device"),
        ("write_data_much", "No space left on device"),
        ("write_shm_much", "No space left on device"),
        ("open_files", "Too many open files"),
        ("processes", "Resource temporarily unavailable"),
    ] {
        let outcome = found[attempt].as_str().unwrap();
        assert!(outcome.contains(error), "{attempt}: {outcome}");
    }
    assert_eq!(found["sockets"], json!([]));

    for item in &sandbox.facts().isolation {
        assert!(
            item.enforced || item.item == "virtual machine sockets",
            "{item:?}"
        );
    }
    assert!(sandbox.facts().isolation.len() > 10);
}
