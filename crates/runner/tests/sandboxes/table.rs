//! Every item of isolation but the network: what a submission tries, with the item and without.
//!
//! Several items may stop the same attempt; those others are taken away in both sandboxes, so that it
//! is this item that makes the difference.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use bollard::{
    models::{ContainerCreateBody, ContainerStateStatusEnum},
    query_parameters::LogsOptionsBuilder,
};
use futures_util::{StreamExt as _, stream};
use runner::{
    Containment, DockerBackend, HostNetwork, RunnerError, SandboxSpec,
    docker::{Part, SandboxError},
    images::ImageStore,
};
use serde_json::json;

use crate::stand::{MIB, RECIPES, Stand, ask, probe, snapshot};

const ATTACKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/attacker");

/// Takes something away.
type Loosen = fn(&mut ContainerCreateBody);

struct Trial {
    /// As reports and `docs/isolation.md` call it.
    item: &'static str,
    /// What the attacker calls what it does.
    attempt: &'static str,
    /// What would stop it too.
    others: Loosen,
    off: Loosen,
}

macro_rules! host {
    ($($field:ident: $value:expr),+) => {
        |body| {
            let host = body.host_config.as_mut().unwrap();
            $(host.$field = $value;)+
        }
    };
}

const NOTHING: Loosen = |_| {};
const AS_ROOT: Loosen = |body| body.user = Some("0:0".to_owned());

const fn trial(item: &'static str, attempt: &'static str, others: Loosen, off: Loosen) -> Trial {
    Trial {
        item,
        attempt,
        others,
        off,
    }
}

fn trials() -> Vec<Trial> {
    vec![
        trial("non-root", "read_secret", NOTHING, AS_ROOT),
        trial(
            "capabilities",
            "change_owner",
            AS_ROOT,
            host!(cap_drop: None),
        ),
        trial(
            "no new privileges",
            "become_root",
            NOTHING,
            host!(security_opt: None),
        ),
        trial("system calls", "new_user_namespace", NOTHING, |body| {
            let host = body.host_config.as_mut().unwrap();
            let options = host.security_opt.get_or_insert_default();
            options.push("seccomp=unconfined".to_owned());
        }),
        trial(
            "kernel interfaces",
            "read_keys",
            NOTHING,
            host!(masked_paths: Some(Vec::new())),
        ),
        trial(
            "kernel interfaces",
            "set_kernel_value",
            AS_ROOT,
            host!(readonly_paths: Some(Vec::new())),
        ),
        trial(
            "other processes",
            "see_processes",
            NOTHING,
            host!(pid_mode: Some("host".to_owned())),
        ),
        trial(
            "engine's socket",
            "engine_socket",
            AS_ROOT,
            host!(binds: Some(vec!["/var/run/docker.sock:/var/run/docker.sock".to_owned()])),
        ),
        trial(
            "read-only root",
            "write_root",
            NOTHING,
            host!(readonly_rootfs: None),
        ),
        trial(
            "writable folders",
            "write_tmp",
            NOTHING,
            host!(tmpfs: Some([("/tmp".to_owned(), "rw,mode=1777".to_owned())].into())),
        ),
        trial(
            "shared memory",
            "write_shared",
            NOTHING,
            host!(shm_size: Some(1 << 30)),
        ),
        trial(
            "memory",
            "take_memory",
            NOTHING,
            host!(memory: None, memory_swap: None),
        ),
        trial("processor", "burn", NOTHING, host!(nano_cpus: None)),
        trial("processes", "fork_many", NOTHING, host!(pids_limit: None)),
        trial("open files", "open_many", NOTHING, host!(ulimits: None)),
        trial("log", "print_much", NOTHING, |body| {
            let host = body.host_config.as_mut().unwrap();
            host.log_config.as_mut().unwrap().config = None;
        }),
    ]
}

/// What came of an attempt in one sandbox.
struct Came {
    through: bool,
    /// What the attacker says.
    words: String,
    /// Whether the sandbox says that the item is in force.
    enforced: bool,
}

async fn attempt(
    trial: &Trial,
    loosen: impl Fn(&mut ContainerCreateBody) + Send + Sync + 'static,
) -> Came {
    let stand = Stand::loosened(loosen).await;
    let mut spec = spec(&stand);
    if trial.item == "processor" {
        // Little enough that a busy machine gives more.
        spec.app.limits.cpus = 0.1;
    }
    let submission = snapshot(Path::new(ATTACKER));
    let sandbox = stand.open_with(&spec, &submission).await;
    let said = ask(sandbox.app(), "/", json!(trial.attempt)).await;
    let item = sandbox
        .facts()
        .isolation
        .iter()
        .find(|i| i.item == trial.item);
    let mut came = Came {
        through: said.get("got").is_some(),
        words: said
            .as_object()
            .and_then(|said| said.values().next()?.as_str())
            .unwrap()
            .to_owned(),
        enforced: item
            .unwrap_or_else(|| panic!("no item {}", trial.item))
            .enforced,
    };
    if trial.item == "log" {
        // A program is not told that its older lines go.
        let kept = log_size(&stand, &spec).await;
        came.through = kept >= 4 * MIB;
        came.words = format!("printed 4 MiB, of which {} KiB are kept", kept / 1024);
    }
    came
}

fn spec(stand: &Stand) -> SandboxSpec {
    let mut spec = stand.spec();
    spec.services.clear();
    spec
}

/// How much of what the app printed the engine has, in bytes, once it has all that it will have.
async fn log_size(stand: &Stand, spec: &SandboxSpec) -> u64 {
    let names = stand.things_of(&spec.run).await;
    let app = names.iter().find(|name| name.ends_with("-app")).unwrap();
    let app = app.trim_start_matches('/');
    for _ in 0..100 {
        let kept = engine_log(stand, app).await;
        if kept.ends_with(b"that was all\n") {
            return kept.len() as u64;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("what it printed last is not in the log of {app}");
}

async fn engine_log(stand: &Stand, container: &str) -> Vec<u8> {
    let options = LogsOptionsBuilder::new().stdout(true).build();
    let mut log = stand.engine.docker().logs(container, Some(options));
    let mut kept = Vec::new();
    while let Some(piece) = log.next().await {
        kept.extend(piece.unwrap().into_bytes());
    }
    kept
}

async fn with_and_without(trial: Trial) -> (Came, Came, Trial) {
    let (others, off) = (trial.others, trial.off);
    let with = attempt(&trial, others).await;
    let without = attempt(&trial, move |body| {
        others(body);
        off(body);
    });
    (with, without.await, trial)
}

#[tokio::test]
async fn each_item_stops_what_gets_through_without_it() {
    let rows = stream::iter(trials()).map(with_and_without);
    let rows: Vec<_> = rows.buffered(2).collect().await;

    println!("isolation, tried from inside");
    let mut wrong = Vec::new();
    for (with, without, trial) in &rows {
        println!("{:18} with:    {}", trial.item, with.words);
        println!("{:18} without: {}", "", without.words);
        let told = with.enforced && !without.enforced;
        if with.through || !without.through || !told {
            wrong.push((trial.item, trial.attempt, with.enforced, without.enforced));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// They know no network namespaces. Engines before 23 let them in, gVisor does not.
#[tokio::test]
async fn gvisor_keeps_virtual_machine_sockets_out() {
    let attempt = async |runtime: Option<&str>| {
        let containment = Containment {
            strict: false,
            runtime: runtime.map(str::to_owned),
        };
        let stand = Stand::contained(containment).await;
        let submission = snapshot(Path::new(ATTACKER));
        let sandbox = stand.open_with(&spec(&stand), &submission).await;
        let said = ask(sandbox.app(), "/", json!("virtual_socket")).await;
        let mut items = sandbox.facts().isolation.iter();
        let item = items.find(|item| item.item == "virtual machine sockets");
        (said.get("got").is_some(), item.unwrap().enforced)
    };
    assert_eq!(attempt(Some("runsc")).await, (false, true));
    let (through, enforced) = attempt(None).await;
    assert_ne!(through, enforced);
}

#[tokio::test]
async fn strictly_nothing_is_started_where_an_item_is_not_in_force() {
    let strict = Containment {
        strict: true,
        runtime: None,
    };
    let change = async |backend: DockerBackend| {
        let loosened = backend.loosened(Part::App, host!(cap_drop: None));
        loosened.contained(strict).await.unwrap()
    };
    let stand = Stand::with_backend(change).await;
    let spec = spec(&stand);
    let refused = stand.try_open(&spec, &probe()).await.unwrap_err();
    let RunnerError::Sandbox(SandboxError::NotIsolated { missing }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        missing
            .iter()
            .any(|item| item.starts_with("capabilities: ")),
        "{missing:?}"
    );
    let names = stand.things_of(&spec.run).await;
    let app = names.iter().find(|name| name.ends_with("-app")).unwrap();
    let app = stand
        .engine
        .docker()
        .inspect_container(app.trim_start_matches('/'), None);
    assert_eq!(
        app.await.unwrap().state.unwrap().status,
        Some(ContainerStateStatusEnum::CREATED)
    );
}

#[tokio::test]
async fn a_runtime_that_the_engine_does_not_have_is_told_with_those_it_has() {
    let stand = Stand::new().await;
    let images = ImageStore::new(
        stand.engine.clone(),
        Path::new(RECIPES),
        HostNetwork::default(),
    );
    let backend = DockerBackend::new(stand.engine.clone(), images.unwrap());
    let containment = Containment {
        strict: false,
        runtime: Some("runs".to_owned()),
    };
    let refused = backend
        .contained(containment)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("no runtime `runs`; it has runc"),
        "{refused}"
    );
}

/// `docs/isolation.md` has a row for each item that a report names and for no other, and each row names
/// tests that are there.
#[tokio::test]
async fn the_page_says_what_a_report_says() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec()).await;
    let facts = sandbox.facts();
    let items: BTreeSet<&str> = facts.isolation.iter().map(|i| i.item.as_str()).collect();

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../../docs/isolation.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| {
            line.split(" |")
                .map(|cell| cell.trim_start_matches('|').trim())
                .collect()
        })
        .filter(|row: &Vec<&str>| row[0] != "item" && !row[0].starts_with("---"))
        .collect();
    let documented: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(documented, items);

    let folders = ["tests/sandboxes", "tests/build"].into_iter();
    let tests = folders.flat_map(|folder| fs::read_dir(here.join(folder)).unwrap());
    let tests = tests.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let tests: String = tests.collect();
    for row in rows {
        let named: Vec<&str> = row[3].split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{} names no test", row[0]);
        for test in named {
            assert!(tests.contains(&format!("fn {test}()")), "{test} is no test");
        }
    }
}
