//! What is done to services, and that it is taken back.

use std::time::{Duration, Instant};

use bollard::query_parameters::KillContainerOptions;
use runner::{Backend as _, Fault, Mended, RedisProgram, Sandbox, SandboxSpec, ServiceState};
use serde_json::{Value, json};

use crate::{
    failures::fill,
    redis::{cache, grader, told},
    stand::{MIB, Stand, ask, until},
};

/// Much longer than anything takes that is not held up.
const LONG: Duration = Duration::from_secs(8);

async fn opened(stand: &Stand, slowed: bool) -> (SandboxSpec, Box<dyn Sandbox>) {
    let mut cache = cache(RedisProgram::Redis, 64 * MIB);
    cache.slowed = slowed;
    let spec = stand.spec_with(vec![cache]);
    let sandbox = stand.open(&spec).await;
    (spec, sandbox)
}

async fn breaks(sandbox: &dyn Sandbox, fault: Fault) {
    sandbox.break_service("cache", fault).await.unwrap();
}

async fn mends(sandbox: &dyn Sandbox, fault: Fault) {
    let mended = sandbox.mend_service("cache", fault).await.unwrap();
    assert_eq!(mended, Mended::Ready);
}

/// What a submission hears of the ports.
async fn attacked(sandbox: &dyn Sandbox) -> Value {
    let attempts = json!([
        ["port", "tcp", "cache", 6379],
        ["proxy", "tcp", "cache", 17_000]
    ]);
    ask(sandbox.app(), "/attack", attempts).await
}

async fn pings(sandbox: &dyn Sandbox) {
    assert_eq!(told(sandbox, json!([["PING"]])).await, ["+PONG"]);
}

#[tokio::test]
async fn what_a_slow_service_tells_the_app_comes_later_and_what_it_tells_the_grader_does_not() {
    for forwarded in [false, true] {
        let stand = Stand::with_backend(async |backend| {
            if forwarded {
                backend.forwarded()
            } else {
                backend
            }
        })
        .await;
        let (spec, sandbox) = opened(&stand, true).await;
        let began = Instant::now();
        pings(&*sandbox).await;
        assert!(began.elapsed() < LONG);
        assert_eq!(grader(&*sandbox, "GET a").await, "$-1\r\n");

        let fault = Fault::Slow { by: LONG };
        breaks(&*sandbox, fault).await;
        let began = Instant::now();
        assert_eq!(grader(&*sandbox, "GET a").await, "$-1\r\n");
        assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
        let began = Instant::now();
        pings(&*sandbox).await;
        assert!(began.elapsed() >= LONG, "{:?}", began.elapsed());

        mends(&*sandbox, fault).await;
        let began = Instant::now();
        pings(&*sandbox).await;
        assert!(began.elapsed() < LONG, "{:?}", began.elapsed());

        // It has no port for the app but the service's.
        let told = attacked(&*sandbox).await;
        assert_eq!(told["port"], "reached");
        assert_ne!(told["proxy"], "reached");
        let proxy = stand.container(&spec.run, "cache-delay").await;
        let host = proxy.host_config.unwrap();
        assert_eq!(host.readonly_rootfs, Some(true));
        assert_eq!(host.cap_drop, Some(vec!["ALL".to_owned()]));
        assert_eq!(host.cap_add.unwrap_or_default(), [""; 0]);
        assert_eq!(proxy.config.unwrap().user.unwrap(), "65534:65534");
    }
}

#[tokio::test]
async fn a_stopped_service_refuses_at_once_and_comes_back_empty() {
    for slowed in [false, true] {
        let stand = Stand::new().await;
        let (_, sandbox) = opened(&stand, slowed).await;
        assert_eq!(told(&*sandbox, json!([["SET", "a", "1"]])).await, ["+OK"]);
        breaks(&*sandbox, Fault::Stopped).await;
        let heard = attacked(&*sandbox).await;
        let heard = heard["port"].as_str().unwrap();
        assert!(heard.starts_with("ConnectionRefusedError"), "{heard}");
        mends(&*sandbox, Fault::Stopped).await;
        let state = sandbox.service_state("cache").await.unwrap();
        assert_eq!(state, ServiceState::Running);
        assert_eq!(told(&*sandbox, json!([["DBSIZE"]])).await, [0]);
        // Whatever was done by a half only.
        mends(&*sandbox, Fault::Stopped).await;
        pings(&*sandbox).await;
    }
}

#[tokio::test]
async fn a_paused_service_answers_nobody_until_it_is_mended() {
    for slowed in [false, true] {
        let stand = Stand::new().await;
        let (_, sandbox) = opened(&stand, slowed).await;
        breaks(&*sandbox, Fault::Paused).await;
        assert_eq!(attacked(&*sandbox).await["port"], "reached");
        let state = sandbox.service_state("cache").await.unwrap();
        assert_eq!(state, ServiceState::Running);
        let asked = tokio::time::timeout(Duration::from_secs(1), pings(&*sandbox));
        assert!(asked.await.is_err());
        mends(&*sandbox, Fault::Paused).await;
        pings(&*sandbox).await;
        mends(&*sandbox, Fault::Paused).await;
    }
}

/// As after a cancellation.
#[tokio::test]
async fn a_sandbox_is_removed_whatever_is_done_to_its_services() {
    for fault in [Fault::Paused, Fault::Stopped, Fault::Slow { by: LONG }] {
        let stand = Stand::new().await;
        let (spec, sandbox) = opened(&stand, true).await;
        breaks(&*sandbox, fault).await;
        drop(sandbox);
        stand.backend.close(&spec.run).await.unwrap();
        assert_eq!(stand.things_of(&spec.run).await, [""; 0], "{fault:?}");
    }
}

#[tokio::test]
async fn a_service_that_was_not_made_for_it_is_not_slow() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand, false).await;
    let slow = Fault::Slow { by: LONG };
    let error = sandbox.break_service("cache", slow).await.unwrap_err();
    assert!(error.to_string().contains("has no proxy"), "{error}");
    let error = sandbox.break_service("other", slow).await.unwrap_err();
    assert!(error.to_string().contains("no service `other`"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_was_ended_from_outside_is_an_outage() {
    let stand = Stand::new().await;
    let (spec, sandbox) = opened(&stand, true).await;
    assert_eq!(sandbox.outage().await, None);
    let proxy = stand.container(&spec.run, "cache-delay").await.id.unwrap();
    let docker = stand.engine.docker();
    let killed = docker.kill_container(&proxy, None::<KillContainerOptions>);
    killed.await.unwrap();
    until("it is seen to be dead", async || {
        sandbox.service_state("cache").await.unwrap() != ServiceState::Running
    })
    .await;
    let outage = sandbox.outage().await.unwrap();
    assert!(
        outage.contains("`cache` was ended from outside"),
        "{outage}"
    );
    let fault = Fault::Slow { by: LONG };
    assert!(sandbox.break_service("cache", fault).await.is_err());
    assert!(sandbox.mend_service("cache", fault).await.is_err());
}

/// More connections than it takes up, words without end, and answers that nobody reads.
#[tokio::test]
async fn a_crowd_keeps_a_proxy_neither_from_orders_nor_from_life() {
    let stand = Stand::new().await;
    let mut cache = cache(RedisProgram::Redis, 256 * MIB);
    cache.slowed = true;
    let mut spec = stand.spec_with(vec![cache]);
    spec.app.limits.open_files = 8_000;
    let sandbox = stand.open(&spec).await;
    let large = json!([["SET", "large", "x".repeat(100_000)]]);
    assert_eq!(told(&*sandbox, large).await, ["+OK"]);
    let slow = Fault::Slow { by: LONG };
    breaks(&*sandbox, slow).await;
    let login = "AUTH default app\r\n";
    let unread = format!("{login}{}", "GET large\r\n".repeat(50));
    for (count, text) in [(900, unread), (1_900, "x".repeat(15_000))] {
        let crowd = json!(["cache", 6379, count, text]);
        let made = ask(sandbox.app(), "/crowd", crowd).await;
        assert!(made.as_u64().unwrap() >= 900, "{made}");
    }
    mends(&*sandbox, slow).await;
    breaks(&*sandbox, slow).await;
    let proxy = stand.container(&spec.run, "cache-delay").await.id.unwrap();
    let peak = "cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null";
    let peak = stand.run_in(&proxy, &["sh", "-c", peak]).await;
    let peak: u64 = peak.trim().parse().unwrap();
    assert!(peak < 256 * MIB, "{peak}");
    let state = sandbox.service_state("cache").await.unwrap();
    assert_eq!(state, ServiceState::Running);
    assert_eq!(sandbox.outage().await, None);
}

/// What it writes is looked at as before.
#[tokio::test]
async fn a_service_that_was_stopped_does_not_fill_its_disk_afterwards() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    spec.services[0].limits.disk = 96 * MIB;
    let sandbox = stand.open(&spec).await;
    sandbox.break_service("db", Fault::Stopped).await.unwrap();
    // Until who looks has seen it.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mended = sandbox.mend_service("db", Fault::Stopped).await.unwrap();
    assert_eq!(mended, Mended::Ready);
    fill(&stand, &spec).await;
    until("the service ends", async || {
        sandbox.service_state("db").await.unwrap() != ServiceState::Running
    })
    .await;
}
