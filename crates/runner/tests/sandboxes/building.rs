//! What a submission's build reaches and uses, and whose fault its failures are.
//!
//! The outside is played as in [`crate::isolation`].

use std::{
    process::{Child, Command},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use runner::{
    AppFailure, Backend as _, BuildNetwork, Containment, DockerBackend, LogTail, Opening,
    RunnerError, RunnerEvent, SandboxSpec,
    build::BuildError,
    docker::{Rules, SandboxError},
};

use crate::{
    isolation::{Listener, outside},
    stand::{MIB, Stand, Told},
};

/// Reaches for the host and the outside by every means a build has, and prints what it reached.
const ATTACK: &str = r#"
import socket, struct, sys
outside, tcp, udp = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.connect((outside, 9))
    own = s.getsockname()[0]
gateway = own.rsplit(".", 1)[0] + ".1"

def by_tcp(host):
    socket.create_connection((host, tcp), 1).close()

def by_udp(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.sendto(b"x", (host, udp))
        s.recv(1)

def by_ping(host):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
        s.settimeout(1)
        s.sendto(struct.pack("!BBHHH", 8, 0, 0xf7ff, 0, 0), (host, 0))
        s.recv(64)

def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

def by_frame(host):
    """A datagram in a frame of its own making, to whoever takes it; the listener counts it."""
    body = struct.pack("!HHHH", 4000, udp, 10, 0) + b"xx"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0, socket.inet_aton(own), socket.inet_aton(host))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("eth0", 0))
        s.send(b"\xff" * 6 + s.getsockname()[4] + b"\x08\x00" + head + body)

for name, attempt, host in (
    ("tcp gateway", by_tcp, gateway), ("udp gateway", by_udp, gateway), ("ping gateway", by_ping, gateway),
    ("tcp outside", by_tcp, outside), ("udp outside", by_udp, outside), ("ping outside", by_ping, outside),
    ("frame", by_frame, gateway),
):
    try:
        attempt(host)
        print("reached", name, flush=True)
    except OSError as error:
        print("stopped", name, error, flush=True)
"#;

/// The attack as a step; the build fails after it, so that its log is seen.
fn attack_by(outside: impl std::fmt::Display, listener: &Listener) -> String {
    let (tcp, udp) = (listener.tcp, listener.udp);
    let script = ATTACK.replace('\\', "\\\\").replace('\'', "'\"'\"'");
    let script = script.replace('\n', "\\n");
    // Unlike any other build's, so that no step is taken from a cache.
    let once = uuid::Uuid::new_v4();
    format!(
        "RUN printf '%b' '{script}' > /tmp/a.py && python /tmp/a.py {outside} {tcp} {udp}; echo {once}; exit 9"
    )
}

fn log_of(failure: AppFailure) -> (String, LogTail) {
    match failure {
        AppFailure::DidNotBuild { reason, log } => (reason, log),
        other => panic!("{other:?}"),
    }
}

async fn failure_of(stand: &Stand, spec: &SandboxSpec, lines: &str) -> (String, LogTail) {
    let submission = stand.probe_with(lines);
    log_of(stand.refusal(spec, &submission).await)
}

fn reached(log: &LogTail) -> Vec<&str> {
    let lines = log.lines.iter();
    lines
        .filter_map(|line| line.strip_prefix("reached "))
        .collect()
}

fn spec(stand: &Stand) -> SandboxSpec {
    stand.spec_of_mode("serve")
}

fn once(step: &str) -> String {
    format!("RUN : {}; {step}", uuid::Uuid::new_v4())
}

#[tokio::test]
async fn a_build_reaches_neither_host_nor_outside() {
    let stand = Stand::new().await;
    let spec = spec(&stand);
    let listener = Listener::new().await;
    let outside = outside(&stand, &spec.run).await;
    let (_, log) = failure_of(&stand, &spec, &attack_by(outside, &listener)).await;
    // Nobody tells whoever sends a frame that it was dropped.
    let reached = reached(&log);
    assert!(reached.is_empty() || reached == ["frame"], "{log:#?}");
    assert_eq!(
        log.lines
            .iter()
            .filter(|l| l.starts_with("stopped "))
            .count(),
        7 - reached.len()
    );
    assert_eq!(listener.came(), 0);
}

#[tokio::test]
async fn without_the_rules_a_build_reaches_both() {
    let stand = Stand::with_rules(Rules::Off).await;
    let spec = spec(&stand);
    let listener = Listener::new().await;
    let outside = outside(&stand, &spec.run).await;
    let (_, log) = failure_of(&stand, &spec, &attack_by(outside, &listener)).await;
    assert_eq!(reached(&log).len(), 7, "{log:#?}");
    // Two by TCP, two by UDP, and the frame.
    assert_eq!(listener.came(), 5);
}

#[tokio::test]
async fn a_build_without_network_has_none_and_its_log_says_so() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    spec.app.build_network = BuildNetwork::None;
    let step = once("pip install --retries 0 anyio; ls /sys/class/net; exit 9");
    let (_, log) = failure_of(&stand, &spec, &step).await;
    let end = &log.lines[log.lines.len() - 2..];
    assert_eq!(end, ["lo", "(this challenge's builds have no network)"]);
}

#[tokio::test]
async fn a_host_that_is_refused_is_named() {
    let stand = Stand::new().await;
    let step =
        once("python -c \"import urllib.request as r; r.urlopen('https://elsewhere.example/x')\"");
    let (reason, log) = failure_of(&stand, &spec(&stand), &step).await;
    assert!(reason.contains("ended with exit code 1"), "{reason}");
    assert_eq!(
        log.lines.last().unwrap(),
        "(a build reaches package registries only; it was refused elsewhere.example)"
    );
}

#[tokio::test]
async fn a_registry_that_was_away_for_a_moment_costs_nothing() {
    let stand = Stand::new().await;
    let registry = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = registry.local_addr().unwrap().port();
    tokio::spawn(async move {
        for status in ["503 Service Unavailable", "200 OK", "200 OK", "200 OK"] {
            let (mut stream, _) = registry.accept().await.unwrap();
            // To the end of its head: who closes with something unread resets the connection, and the
            // proxy, which writes a head in pieces, may then lose the answer.
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n")
                && stream.read_buf(&mut head).await.is_ok_and(|n| n > 0)
            {}
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let host = stand.engines_gateway().await;
    let mut spec = spec(&stand);
    spec.app.build_network = BuildNetwork::Registries {
        hosts: vec![host.clone()],
    };
    let fetch = format!("import urllib.request as r; r.urlopen('http://{host}:{port}/x')");
    let submission = stand.probe_with(&once(&format!("python -c \"{fetch}\"")));
    let told = Told::default();
    let opening = stand.backend.open(&spec, &submission, &told).await;
    assert!(matches!(opening.unwrap(), Opening::Ready(_)));
    // What came of the way out is kept, also when all is well.
    let asked = RunnerEvent::BuildLine(format!("(the build asked {host})"));
    let told = told.0.lock().unwrap();
    assert!(told.contains(&asked), "{told:#?}");
}

#[tokio::test]
async fn a_registry_that_cannot_be_reached_is_not_the_submissions_fault() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    spec.app.build_network = BuildNetwork::Registries {
        hosts: vec!["registry.invalid".to_owned()],
    };
    let step = once("pip install --retries 0 --index-url https://registry.invalid/simple anyio");
    let submission = stand.probe_with(&step);
    let error = stand.try_open(&spec, &submission).await.unwrap_err();
    let RunnerError::Build(BuildError::RegistryUnreachable { host, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(host, "registry.invalid");
}

/// Who asks by a way that the build has ended learns nothing of the registry.
#[tokio::test]
async fn a_build_that_ends_its_way_to_the_registries_has_itself_to_blame() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    spec.app.build_network = BuildNetwork::Registries {
        hosts: vec!["registry.invalid".to_owned()],
    };
    let ask = "pip install --retries 0 --index-url https://registry.invalid/simple anyio";
    let step = once(&format!("{ask}; echo it ends now; sleep 5; exit 9"));
    let submission = stand.probe_with(&step);
    let label = format!("label=tryout.run={}", spec.run);
    let end = |event: RunnerEvent| {
        if event != RunnerEvent::BuildLine("it ends now".to_owned()) {
            return;
        }
        let docker = |args: &[&str]| {
            let ran = std::process::Command::new("docker").args(args).output();
            String::from_utf8(ran.unwrap().stdout).unwrap()
        };
        let names = docker(&["ps", "--filter", &label, "--format", "{{.Names}}"]);
        // The step is tried twice.
        if let Some(proxy) = names.lines().find(|name| name.ends_with("-build-proxy")) {
            docker(&["kill", "--signal", "TERM", proxy]);
        }
    };
    let opening = stand.backend.open(&spec, &submission, &end).await;
    let Opening::Refused { failure, .. } = opening.unwrap() else {
        panic!("it should not build");
    };
    let (_, log) = log_of(failure);
    let last = log.lines.last().unwrap();
    assert!(
        last.starts_with("(its way to the registries ended meanwhile: "),
        "{last}"
    );
}

/// What the engine says of a failed step quotes the step.
#[tokio::test]
async fn a_step_that_speaks_of_a_full_disk_has_failed_like_any_other() {
    let stand = Stand::new().await;
    for step in [
        once("exit 9 # no space left on device"),
        "COPY [\"no space left on device\", \"/\"]".to_owned(),
        "COPY --chown=1:no space left on device app.py /".to_owned(),
    ] {
        let (reason, _) = failure_of(&stand, &spec(&stand), &step).await;
        assert!(!reason.contains("disk is full"), "{reason}");
    }
}

/// It is the engine that would ask, from its own host.
#[tokio::test]
async fn an_image_comes_from_nowhere_that_the_challenge_does_not_name() {
    let stand = Stand::new().await;
    let (listener, mut spec) = (Listener::new().await, spec(&stand));
    let host = format!("127.0.0.1:{}", listener.tcp);
    let stage = format!("FROM {host}/x:1");
    let (reason, _) = failure_of(&stand, &spec, &stage).await;
    assert!(reason.contains("limits.build.hosts"), "{reason}");
    assert_eq!(listener.came(), 0);

    let ids = stand
        .backend
        .images()
        .ensure(&["tryout/base:trixie"], &|_: RunnerEvent| {});
    let id = ids.await.unwrap()["tryout/base:trixie"].clone();
    let short = &id.trim_start_matches("sha256:")[..12];
    for image in [short, "tryout-cache/app:0123"] {
        let (reason, _) = failure_of(&stand, &spec, &format!("FROM {image}")).await;
        let (by_id, kept) = (
            reason.contains("is an id"),
            reason.contains("there is no image"),
        );
        assert!(by_id || kept, "{reason}");
    }

    // Whoever is named is asked.
    let hosts = vec![host];
    spec.app.build_network = BuildNetwork::Registries { hosts };
    let submission = stand.probe_with(&stage);
    let asked = stand.try_open(&spec, &submission).await;
    assert!(listener.came() > 0, "{asked:?}");

    spec.app.build_network = BuildNetwork::None;
    let (reason, _) = failure_of(&stand, &spec, "FROM there-is-no-such-image-4711").await;
    assert!(reason.contains("limits.build.network"), "{reason}");
}

/// Not even a step of its build.
#[tokio::test]
async fn strictly_nothing_is_built_where_the_build_is_not_kept_in() {
    let strict = Containment {
        strict: true,
        runtime: None,
    };
    let change = async |backend: DockerBackend| {
        let loosened = backend.with_rules(Rules::Off);
        loosened.contained(strict).await.unwrap()
    };
    let stand = Stand::with_backend(change).await;
    let submission = stand.probe_with(&once("echo it runs"));
    let lines = std::sync::atomic::AtomicUsize::new(0);
    let count = |event: RunnerEvent| {
        // Images of ours may be made, and say whose lines they are.
        if matches!(event, RunnerEvent::BuildLine(line) if !line.starts_with("tryout/")) {
            lines.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let opening = stand.backend.open(&spec(&stand), &submission, &count).await;
    let Err(RunnerError::Sandbox(SandboxError::NotIsolated { missing })) = opening else {
        panic!("{opening:?}");
    };
    assert!(
        missing
            .iter()
            .any(|item| item.starts_with("build network: ")),
        "{missing:?}"
    );
    assert_eq!(lines.into_inner(), 0);
}

#[tokio::test]
async fn a_package_that_does_not_exist_is_the_submissions_fault() {
    let stand = Stand::new().await;
    let step = once("pip install --retries 0 there-is-no-such-package-4711");
    let (reason, log) = failure_of(&stand, &spec(&stand), &step).await;
    assert!(reason.contains("ended with exit code 1"), "{reason}");
    let lines = log.lines.join("\n");
    assert!(lines.contains("No matching distribution found"), "{lines}");
}

#[tokio::test]
async fn a_build_may_start_from_several_images_of_ours() {
    let stand = Stand::new().await;
    let stages = format!(
        "FROM tryout/base:trixie\n{}",
        once("echo the second stage; exit 9")
    );
    let (_, log) = failure_of(&stand, &spec(&stand), &stages).await;
    assert!(
        log.lines.iter().any(|line| line == "the second stage"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_builds_processes_are_bounded() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    let said = async |spec: &SandboxSpec| {
        let step = once("for n in $(seq 200); do sleep 5 & done; wait; echo all; exit 9");
        let (_, log) = failure_of(&stand, spec, &step).await;
        log.lines.join("\n")
    };
    spec.app.build_limits.pids = 40;
    let with = said(&spec).await;
    assert!(with.contains("Cannot fork"), "{with}");
    spec.app.build_limits.pids = 4000;
    let without = said(&spec).await;
    assert!(without.ends_with("all"), "{without}");
}

#[tokio::test]
async fn a_build_that_fills_the_disk_is_stopped() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    let failed = async |spec: &SandboxSpec| {
        // In bits, so that it is looked at before it has ended.
        let step = once(
            "for n in $(seq 600); do head -c 1000000 /dev/zero >> /filled; sleep 0.01; done; echo all; exit 9",
        );
        failure_of(&stand, spec, &step).await
    };
    spec.app.build_limits.disk = 64 * MIB;
    let (reason, _) = failed(&spec).await;
    assert!(reason.starts_with("its steps had written "), "{reason}");
    assert!(reason.ends_with("more than 67108864"), "{reason}");
    spec.app.build_limits.disk = 4096 * MIB;
    let (_, log) = failed(&spec).await;
    assert_eq!(log.lines.last().map(String::as_str), Some("all"));
}

/// Takes a machine's cores from all others, in sessions of their own, as schedulers go by these.
struct Hogs(Vec<Child>);

impl Hogs {
    fn new(on_each_core: usize) -> Self {
        let cores = std::thread::available_parallelism().unwrap().get();
        let hog = |_| {
            // Ends by itself if the test does not end it.
            let script = "ulimit -t 60; while :; do :; done";
            let mut command = Command::new("setsid");
            command.args(["sh", "-c", script]).spawn().unwrap()
        };
        Self((0..cores * on_each_core).map(hog).collect())
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        for hog in &mut self.0 {
            hog.kill().unwrap();
            hog.wait().unwrap();
        }
    }
}

#[tokio::test]
async fn what_others_take_of_the_cores_is_no_time_of_a_build() {
    let stand = Stand::new().await;
    let mut spec = spec(&stand);
    // Alone it computes for a third of its time; with a share of the cores it is not done when that is over.
    spec.app.build_limits.time = Duration::from_secs(8);
    let hogs = Hogs::new(3);
    let script = "import time; all(time.process_time() < 2.5 for _ in iter(int, 1))";
    let computes = once(&format!("python -c '{script}'; exit 9"));
    let (reason, _) = failure_of(&stand, &spec, &computes).await;
    assert!(reason.ends_with("exit code 9"), "{reason}");

    // That it ends all the same.
    let (reason, _) = failure_of(&stand, &spec, &once("while :; do :; done")).await;
    let end = "was not done when the 8 s for the whole build were over";
    assert!(reason.ends_with(end), "{reason}");
    drop(hogs);
}
