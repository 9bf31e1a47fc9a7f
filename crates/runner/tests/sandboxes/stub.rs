//! Stubs: what a submission reaches of one, who steers it, and whose its end is.

use bollard::query_parameters::KillContainerOptions;
use runner::{
    Alone, Sandbox, SandboxSpec, ServiceKind, ServiceLimits, ServiceSpec, ServiceState, StubSpec,
};
use serde_json::{Value, json};
use sidecar::protocol::{Answer, Behaviour, Body, ENOUGH_MEMORY, Journal, Order, Route};

use crate::stand::{MIB, Stand, ask};

const URL: &str = "http://pricing:8080";

fn behaviour(price: u32) -> Behaviour {
    Behaviour {
        seed: 1,
        routes: vec![Route {
            on: "GET /prices/{sku}".to_owned(),
            status: 200,
            headers: std::collections::BTreeMap::new(),
            body: Body::Json(json!({ "sku": "{sku}", "price": price })),
            latency: None,
            errors: None,
        }],
        per_second: None,
    }
}

fn pricing(memory: u64) -> ServiceSpec {
    ServiceSpec {
        name: "pricing".to_owned(),
        env: "PRICING_URL".to_owned(),
        limits: ServiceLimits {
            memory,
            cpus: 1.0,
            pids: 32,
            disk: 64 * MIB,
        },
        slowed: false,
        kind: ServiceKind::Stub(StubSpec {
            behaviour: behaviour(1000),
        }),
    }
}

async fn opened(stand: &Stand, memory: u64, files: u32) -> (SandboxSpec, Box<dyn Sandbox>) {
    let mut spec = stand.spec_with(vec![pricing(memory)]);
    spec.app.limits.open_files = files;
    let sandbox = stand.open(&spec).await;
    (spec, sandbox)
}

async fn get(sandbox: &dyn Sandbox, path: &str) -> Value {
    let asked = json!([["GET", format!("{URL}{path}")]]);
    ask(sandbox.app(), "/call", asked).await[0].take()
}

async fn begin(sandbox: &dyn Sandbox) -> u64 {
    match sandbox.steer("pricing", &Order::Begin).await.unwrap() {
        Answer::Begun { window } => window,
        answer => panic!("{answer:?}"),
    }
}

async fn end(sandbox: &dyn Sandbox, window: u64) -> Journal {
    let order = Order::End { window };
    match sandbox.steer("pricing", &order).await.unwrap() {
        Answer::Counted(journal) => journal,
        answer => panic!("{answer:?}"),
    }
}

/// Near the most that is read of one.
fn half_a_head() -> String {
    format!("GET / HTTP/1.1\r\nx: {}", "x".repeat(15_000))
}

fn price(sku: &str, price: u32) -> Value {
    let body = json!({ "sku": sku, "price": price });
    json!([200, body.to_string()])
}

#[tokio::test]
async fn a_stub_answers_counts_and_does_as_it_is_told() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand, 256 * MIB, 256).await;
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    assert_eq!(found["environment"]["PRICING_URL"], URL);
    let names = found["environment"].as_object().unwrap().keys();
    assert!(
        !names.clone().any(|name| name.starts_with("TRYOUT")),
        "{names:?}"
    );

    let window = begin(&*sandbox).await;
    assert_eq!(get(&*sandbox, "/prices/a?x=1").await, price("a", 1000));
    assert_eq!(get(&*sandbox, "/prices/b").await, price("b", 1000));
    assert_eq!(get(&*sandbox, "/nothing").await[0], 404);
    let journal = end(&*sandbox, window).await;
    assert_eq!((journal.calls, journal.at_once), (3, 1));
    let forms: Vec<_> = journal
        .forms
        .iter()
        .map(|form| form.call.as_str())
        .collect();
    assert_eq!(forms, ["GET /prices/a", "GET /prices/b", "GET /nothing"]);

    let order = Order::Behave(behaviour(7));
    assert_eq!(
        sandbox.steer("pricing", &order).await.unwrap(),
        Answer::Done
    );
    assert_eq!(get(&*sandbox, "/prices/a").await, price("a", 7));
    sandbox.reset(&Alone).await.unwrap();
    assert_eq!(get(&*sandbox, "/prices/a").await, price("a", 1000));

    let refused = Order::End { window };
    let refused = sandbox.steer("pricing", &refused).await.unwrap_err();
    assert!(
        refused.to_string().contains("nothing is counted"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_stub_out_of_reach_is_steered_all_the_same() {
    let stand = Stand::with_backend(async |backend| backend.forwarded()).await;
    let (_, sandbox) = opened(&stand, 256 * MIB, 256).await;
    let window = begin(&*sandbox).await;
    assert_eq!(get(&*sandbox, "/prices/a").await, price("a", 1000));
    assert_eq!(end(&*sandbox, window).await.calls, 1);
}

/// The control channel is a socket in a folder of the stub's own container.
#[tokio::test]
async fn a_submission_reaches_the_port_of_a_stub_and_nothing_that_steers_it() {
    let stand = Stand::new().await;
    let (spec, sandbox) = opened(&stand, 256 * MIB, 256).await;
    let stub = stand.container(&spec.run, "pricing").await.id.unwrap();
    let listening = "grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6; cat /proc/net/udp /proc/net/raw";
    let listening = stand.run_in(&stub, &["sh", "-c", listening]).await;
    let open: Vec<&str> = listening
        .lines()
        // Headings, and the engine's resolver, which is root's at 127.0.0.11.
        .filter(|line| !line.contains("local_address") && !line.contains(" 0B00007F:"))
        .collect();
    // 8080 in hexadecimal digits.
    assert!(open.len() == 1 && open[0].contains(":1F90 "), "{listening}");
    let socket = stand
        .run_in(&stub, &["stat", "-c", "%F %a", "/tmp/orders"])
        .await;
    assert_eq!(socket.trim(), "socket 600");

    let app = stand.container(&spec.run, "app").await.id.unwrap();
    let seen = "ls /tmp/orders /usr/local/bin/sidecar 2>/dev/null; cat /proc/net/unix";
    let seen = stand.run_in(&app, &["sh", "-c", seen]).await;
    assert!(
        !seen.contains("orders") && !seen.contains("sidecar"),
        "{seen}"
    );

    let order = serde_json::to_string(&Order::Behave(behaviour(7))).unwrap();
    let mut tries = Vec::new();
    for path in ["/", "/stub", "/tmp/stub", "/steer", "/prices/a"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            tries.push(json!([method, format!("{URL}{path}"), order]));
        }
    }
    let told = ask(sandbox.app(), "/call", json!(tries)).await;
    for answer in told.as_array().unwrap() {
        assert_eq!(answer[0], 404, "{told}");
    }
    let attempts = json!([
        ["port", "tcp", "pricing", 8080],
        ["another", "tcp", "pricing", 8081],
        ["shell", "tcp", "pricing", 22],
    ]);
    let told = ask(sandbox.app(), "/attack", attempts).await;
    assert_eq!(told["port"], "reached");
    assert_ne!(told["another"], "reached");
    assert_ne!(told["shell"], "reached");
    assert_eq!(get(&*sandbox, "/prices/a").await, price("a", 1000));
}

#[tokio::test]
async fn ten_thousand_connections_keep_a_stub_neither_from_orders_nor_from_life() {
    let stand = Stand::new().await;
    let (spec, sandbox) = opened(&stand, 256 * MIB, 12_000).await;
    let stub = stand.container(&spec.run, "pricing").await.id.unwrap();
    let window = begin(&*sandbox).await;
    let mut large = behaviour(1000);
    large.routes[0].body = Body::Text("x".repeat(60_000));
    let large = Order::Behave(large);
    assert_eq!(
        sandbox.steer("pricing", &large).await.unwrap(),
        Answer::Done
    );
    // Heads that never end, and answers that nobody reads.
    let unread = "GET /prices/a HTTP/1.1\r\nhost: a\r\n\r\n".repeat(100);
    for (count, text) in [(10_000, half_a_head()), (1_000, unread)] {
        let crowd = json!(["pricing", 8080, count, text]);
        let made = ask(sandbox.app(), "/crowd", crowd).await;
        assert!(made.as_u64().unwrap() >= 900, "{made}");
    }
    let order = Order::Behave(behaviour(7));
    assert_eq!(
        sandbox.steer("pricing", &order).await.unwrap(),
        Answer::Done
    );
    let journal = end(&*sandbox, window).await;
    assert!(journal.connections_refused > 0, "{journal:?}");
    let peak = "cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null";
    let peak = stand.run_in(&stub, &["sh", "-c", peak]).await;
    let peak: u64 = peak.trim().parse().unwrap();
    assert!(peak < ENOUGH_MEMORY / 2, "{peak}");
    let state = sandbox.service_state("pricing").await.unwrap();
    assert_eq!(state, ServiceState::Running);
}

#[tokio::test]
async fn a_stub_that_was_ended_from_outside_is_an_outage_and_one_out_of_memory_is_none() {
    let stand = Stand::new().await;
    let (spec, sandbox) = opened(&stand, 256 * MIB, 256).await;
    assert_eq!(sandbox.outage().await, None);
    let stub = stand.container(&spec.run, "pricing").await.id.unwrap();
    let docker = stand.engine.docker();
    let killed = docker.kill_container(&stub, None::<KillContainerOptions>);
    killed.await.unwrap();
    let gone = async {
        while sandbox.service_state("pricing").await.unwrap() == ServiceState::Running {
            tokio::task::yield_now().await;
        }
    };
    gone.await;
    let outage = sandbox.outage().await.unwrap();
    assert!(
        outage.contains("`pricing` was ended from outside"),
        "{outage}"
    );
    assert!(sandbox.steer("pricing", &Order::Begin).await.is_err());

    // Less than a challenge may give: what 900 connections may say does not fit.
    let (_, sandbox) = opened(&stand, 8 * MIB, 1_200).await;
    let crowd = json!(["pricing", 8080, 1_000, half_a_head()]);
    ask(sandbox.app(), "/crowd", crowd).await;
    let dead = async {
        loop {
            if let ServiceState::Exited { exit } = sandbox.service_state("pricing").await.unwrap() {
                return exit;
            }
        }
    };
    let exit = tokio::time::timeout(std::time::Duration::from_mins(1), dead)
        .await
        .unwrap();
    // The engine does not always hear that memory ran out.
    assert!(exit.contains("killed by signal 9"), "{exit}");
    assert_eq!(sandbox.outage().await, None);
}
