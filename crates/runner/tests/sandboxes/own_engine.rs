//! Engines of the tests' own, each in a network namespace of its own, reached over a pair of devices with
//! addresses for documentation (198.51.100.0/24, RFC 5737). Needs root, `ip`, `nsenter`, `unshare`, `mount`,
//! `python3` and `dockerd`; fails without.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use futures_util::{StreamExt as _, TryStreamExt as _};
use runner::{Engine, HostNetwork, RunnerEvent, images::ImageStore};

use crate::stand::{RECIPES, until};

/// What a sandbox with a database is made of.
const IMAGES: [&str; 6] = [
    "tryout/root:trixie",
    "tryout/base:trixie",
    "tryout/holder:1",
    "tryout/proxy:1",
    "tryout/python:3.13",
    "tryout/postgres:17",
];
/// More than a sandbox and a build ask for; what is not written takes no memory.
const DISK: &str = "size=8g";
/// Runs a program where the file named first is in the place of the host's list of resolvers.
const HIDE: &str = r#"mount --bind "$0" /etc/resolv.conf && exec "$@""#;
/// Says which names it is asked for, a line each, and answers each with an address for documentation.
const RESOLVER: &str = r#"
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("listens", flush=True)
while True:
    question, peer = s.recvfrom(512)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    print(".".join(labels), flush=True)
    head = question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0"
    s.sendto(head + question[12 : at + 5] + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\xc0\0\2\1", peer)
"#;

/// Which of the engines: tests run side by side, and each has devices and addresses of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    OutOfReach,
    OnASmallDisk,
    FilledFromInside,
    /// Its host has a resolver of its own, at the loopback address.
    WithAResolver,
}

/// An engine; all of it is gone when it is dropped.
pub(crate) struct OwnEngine {
    which: Which,
    namespace: String,
    engine: Child,
    folder: tempfile::TempDir,
}

impl OwnEngine {
    /// One that has the images of a sandbox with a database.
    pub(crate) async fn new(which: Which) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if which.has_a_disk() {
            let data = folder.path().join("data");
            std::fs::create_dir(&data).unwrap();
            let data = data.to_str().unwrap();
            run("mount", &["-t", "tmpfs", "-o", DISK, "tryout-test", data]);
        }
        let namespace = format!("tryout-test-{which:?}-{}", std::process::id());
        join(which, &namespace);
        let mut own = Self {
            engine: start(which, &namespace, folder.path()),
            which,
            namespace,
            folder,
        };
        until("the engine answers", async || {
            let ended = own.engine.try_wait().unwrap();
            assert!(ended.is_none(), "dockerd ended: {ended:?}");
            Engine::connect_to(&own.address()).await.is_ok()
        })
        .await;
        own.take(&IMAGES).await;
        own
    }

    /// That of the host which it is reached from.
    pub(crate) fn ours(&self) -> String {
        self.which.address(1)
    }

    pub(crate) fn theirs(&self) -> String {
        self.which.address(2)
    }

    /// As `DOCKER_HOST` has it.
    pub(crate) fn address(&self) -> String {
        format!("tcp://{}:2375", self.theirs())
    }

    /// Leaves so many MiB on its disk.
    pub(crate) fn leave(&self, left: u64) {
        let data = self.data();
        let used = used(&data);
        let size = format!("remount,size={}", used + (left << 20));
        run("mount", &["-o", &size, data.to_str().unwrap()]);
    }

    /// Starts a resolver at its loopback address.
    pub(crate) async fn resolver(&self) -> Resolver {
        let asked = self.folder.path().join("asked");
        let resolver = within(&self.namespace)
            .args(["python3", "-c", RESOLVER])
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&asked).unwrap())
            .spawn()
            .unwrap();
        let resolver = Resolver { resolver, asked };
        until("the resolver listens", async || {
            resolver.said().starts_with("listens\n")
        })
        .await;
        resolver
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Copies images of ours from the usual engine.
    async fn take(&self, images: &[&str]) {
        let from = Engine::connect().await.unwrap();
        let host = HostNetwork::of_environment();
        let store = ImageStore::new(from.clone(), Path::new(RECIPES), host).unwrap();
        let made: Vec<_> = store.names().filter(|name| images.contains(name)).collect();
        store.ensure(&made, &|_: RunnerEvent| {}).await.unwrap();
        let to = Engine::connect_to(&self.address()).await.unwrap();
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

impl Drop for OwnEngine {
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg(self.engine.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        let _ = self.engine.wait();
        run("ip", &["netns", "delete", &self.namespace]);
        if self.which.has_a_disk() {
            run("umount", &["--lazy", self.data().to_str().unwrap()]);
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            let _ = std::io::stderr().write_all(log.unwrap_or_default().as_bytes());
        }
    }
}

/// It is ended when it is dropped.
pub(crate) struct Resolver {
    resolver: Child,
    /// It writes a name here before it answers: whoever has the answer finds the name.
    asked: PathBuf,
}

impl Resolver {
    /// Which names it was asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.said().lines().skip(1).map(str::to_owned).collect()
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.asked).unwrap()
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        let _ = self.resolver.kill();
        let _ = self.resolver.wait();
    }
}

impl Which {
    fn has_a_disk(self) -> bool {
        matches!(self, Self::OnASmallDisk | Self::FilledFromInside)
    }

    /// The first or second of its pair.
    fn address(self, of_pair: u8) -> String {
        format!("198.51.100.{}", 4 * self as u8 + of_pair)
    }
}

/// Makes a network namespace and joins it to this one.
fn join(which: Which, namespace: &str) {
    run("ip", &["netns", "add", namespace]);
    let number = which as u8;
    let (here, there) = (
        format!("tryout-here{number}"),
        format!("tryout-there{number}"),
    );
    let pair = ["link", "add", &here, "type", "veth", "peer", "name", &there];
    run("ip", &[&pair[..], &["netns", namespace]].concat());
    let address = format!("{}/30", which.address(1));
    run("ip", &["addr", "add", &address, "dev", &here]);
    run("ip", &["link", "set", &here, "up"]);
    let address = format!("{}/30", which.address(2));
    run(
        "ip",
        &["-n", namespace, "addr", "add", &address, "dev", &there],
    );
    for device in [&there, "lo"] {
        run("ip", &["-n", namespace, "link", "set", device, "up"]);
    }
}

fn start(which: Which, namespace: &str, folder: &Path) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let settings = folder.join("daemon.json");
    std::fs::write(&settings, "{}").unwrap();
    let address = format!("tcp://{}:2375", which.address(2));
    let mut engine = within(namespace);
    if matches!(which, Which::WithAResolver) {
        // In a mount namespace of its own, so that nobody else has this file.
        let resolvers = folder.join("resolv.conf");
        std::fs::write(&resolvers, "nameserver 127.0.0.1\n").unwrap();
        engine.args(["unshare", "--mount", "sh", "-c", HIDE]);
        engine.arg(resolvers);
    }
    engine
        .args(["dockerd", "--host", &address, "--config-file"])
        .arg(settings)
        .arg("--data-root")
        .arg(folder.join("data"))
        .arg("--exec-root")
        .arg(folder.join("exec"))
        .arg("--pidfile")
        .arg(folder.join("pid"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// A program in a network namespace.
fn within(namespace: &str) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/var/run/netns/{namespace}"));
    command
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}

/// Bytes.
fn used(folder: &Path) -> u64 {
    let told = Command::new("df")
        .args(["--block-size=1", "--output=used"])
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().last().unwrap().trim().parse().unwrap()
}
