//! Opening, asking and closing sandboxes.

use std::time::Duration;

use crate::stand::{Stand, Told, ask, probe, until};
use bollard::query_parameters::KillContainerOptions;
use runner::{
    AppState, Backend as _, Opening, Restart, RunnerError, RunnerEvent, RunnerPhase, Sandbox,
    ServiceEndpoint, ServiceKind, ServiceState, SqlFile, docker::SandboxError,
};
use serde_json::json;
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _, postgres::PgConnectOptions};

pub(crate) fn grader(sandbox: &dyn Sandbox) -> PgConnectOptions {
    let ServiceEndpoint::Postgres {
        address,
        database,
        user,
        password,
    } = sandbox.service("db").unwrap()
    else {
        panic!("no PostgreSQL");
    };
    PgConnectOptions::new_without_pgpass()
        .host(&address.ip().to_string())
        .port(address.port())
        .database(database)
        .username(user)
        .password(password)
}

fn owner(sandbox: &dyn Sandbox) -> PgConnectOptions {
    grader(sandbox).username("app").password("app")
}

#[tokio::test]
async fn a_sandbox_opens_and_closes_and_tells_how_it_was_made() {
    let stand = Stand::new().await;
    // The images are made and kept by now.
    stand.open(&stand.spec()).await;

    let spec = stand.spec();
    let told = Told::default();
    let opening = stand.backend.open(&spec, &probe(), &told).await.unwrap();
    let Opening::Ready(sandbox) = opening else {
        panic!("{opening:?}");
    };
    let facts = sandbox.facts();
    assert_eq!(facts.build, Duration::ZERO);
    assert!(facts.services > Duration::ZERO && facts.start > Duration::ZERO);
    let roles: Vec<_> = facts.images.keys().collect();
    assert_eq!(roles, ["app", "db", "holder"]);
    assert!(facts.images.values().all(|id| id.starts_with("sha256:")));
    assert!(sandbox.service("other").is_none());
    assert_eq!(sandbox.app_state().await.unwrap(), AppState::Running);
    assert_eq!(
        sandbox.service_state("db").await.unwrap(),
        ServiceState::Running
    );
    let phases: Vec<_> = told.0.lock().unwrap().clone();
    let place = |wanted: RunnerPhase, ended: bool| {
        let found = phases.iter().position(|event| match event {
            RunnerEvent::Started(phase) => !ended && *phase == wanted,
            RunnerEvent::Ended { phase, .. } => ended && *phase == wanted,
            RunnerEvent::BuildLine(_) | RunnerEvent::MigrateLine(_) => false,
        });
        found.unwrap_or_else(|| panic!("{wanted:?} in {phases:?}"))
    };
    assert!(place(RunnerPhase::Services, false) < place(RunnerPhase::Build, true));
    assert!(place(RunnerPhase::Services, true) < place(RunnerPhase::Start, false));
    assert!(place(RunnerPhase::Start, false) < place(RunnerPhase::Start, true));

    stand.backend.close(&spec.run).await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, Vec::<String>::new());
    stand
        .backend
        .close(&spec.run)
        .await
        .expect("nothing to remove is no error");
}

#[tokio::test]
async fn the_app_owns_its_database_and_the_grader_only_reads_it() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec()).await;
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    assert_eq!(
        found["environment"]["DATABASE_URL"],
        "postgres://app:app@db:5432/shop"
    );
    assert_eq!(found["environment"]["PORT"], "8080");
    let reached = json!([["db", "postgres", "db", 5432]]);
    let reached = ask(sandbox.app(), "/attack", reached).await;
    assert_eq!(reached["db"], "reached");

    let mut app = PgConnection::connect_with(&owner(&*sandbox)).await.unwrap();
    app.execute("insert into items values ('d')").await.unwrap();
    app.execute("create table more (id int)").await.unwrap();
    let superuser = app
        .fetch_one("select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = current_user")
        .await
        .unwrap();
    assert!(!superuser.get::<bool, _>(0));

    let mut reader = PgConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    let rows = reader
        .fetch_all("select sku from items order by 1")
        .await
        .unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(rows, ["a", "b", "c", "d"]);
    reader.execute("select * from more").await.unwrap();
    let error = reader.execute("insert into items values ('x')").await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("read-only transaction"), "{error}");
    // Nor when it forgets itself.
    reader
        .execute("set default_transaction_read_only = off")
        .await
        .unwrap();
    for writing in [
        "insert into items values ('x')",
        "update items set sku = 'x'",
        "drop table items",
        "create table public.mine (id int)",
        "create schema mine",
    ] {
        let error = reader.execute(writing).await.expect_err(writing);
        let error = error.to_string();
        let refused = ["permission denied", "must be owner"];
        assert!(refused.iter().any(|why| error.contains(why)), "{error}");
    }
    let timeout = reader.fetch_one("show statement_timeout").await.unwrap();
    assert_eq!(timeout.get::<String, _>(0), "10s");
}

#[tokio::test]
async fn the_grader_gets_in_when_the_app_has_taken_every_connection() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec()).await;
    let mut taken = Vec::new();
    let error = loop {
        match PgConnection::connect_with(&owner(&*sandbox)).await {
            Ok(connection) => taken.push(connection),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("reserved"), "{error}");
    PgConnection::connect_with(&grader(&*sandbox))
        .await
        .expect("reserved for it");
}

#[tokio::test]
async fn two_sandboxes_do_not_share_a_database() {
    let stand = Stand::new().await;
    let (one, other) = (stand.spec(), stand.spec());
    let (one, other) = tokio::join!(stand.open(&one), stand.open(&other));
    assert_eq!(one.facts().images["db"], other.facts().images["db"]);
    let mut app = PgConnection::connect_with(&owner(&*one)).await.unwrap();
    app.execute("delete from items").await.unwrap();
    let mut app = PgConnection::connect_with(&owner(&*other)).await.unwrap();
    let left = app.fetch_one("select count(*) from items").await.unwrap();
    assert_eq!(left.get::<i64, _>(0), 3);
}

#[tokio::test]
async fn a_dead_app_is_seen_and_starts_again_with_the_same_address() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec()).await;
    let address = sandbox.app();
    let lines: Vec<_> = (0..100).map(|n| format!("line {n}")).collect();
    ask(address, "/say", json!(lines)).await;
    until("the log has all lines", async || {
        let log = sandbox.app_log().await.unwrap();
        log.lines.last().is_some_and(|line| line == "line 99")
    })
    .await;
    let log = sandbox.app_log().await.unwrap();
    assert_eq!(log.lines.len(), 60);
    assert_eq!(log.lines[0], "line 40");
    // The first is `mode serve`.
    assert_eq!(log.omitted, 41);

    let dying = tokio::spawn(async move { ask(address, "/die", json!(null)).await });
    until("the app has ended", async || {
        sandbox.app_state().await.unwrap() != AppState::Running
    })
    .await;
    assert!(dying.await.is_err());
    let exit = "exit code 7".to_owned();
    assert_eq!(
        sandbox.app_state().await.unwrap(),
        AppState::Exited { exit }
    );
    assert_eq!(sandbox.restart_app().await.unwrap(), Restart::Ready);
    assert_eq!(sandbox.app(), address);
    let reached = json!([["db", "postgres", "db", 5432]]);
    assert_eq!(ask(address, "/attack", reached).await["db"], "reached");
}

#[tokio::test]
async fn a_dead_service_is_seen_and_refuses_at_once() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let sandbox = stand.open(&spec).await;
    let names = stand.things_of(&spec.run).await;
    let db = names.iter().find(|name| name.ends_with("-db")).unwrap();
    let docker = stand.engine.docker();
    let kill = None::<KillContainerOptions>;
    docker
        .kill_container(db.trim_start_matches('/'), kill)
        .await
        .unwrap();
    let exit = "killed by signal 9 (SIGKILL)".to_owned();
    assert_eq!(
        sandbox.service_state("db").await.unwrap(),
        ServiceState::Exited { exit }
    );
    let reached = ask(sandbox.app(), "/attack", json!([["db", "tcp", "db", 5432]])).await;
    let reached = reached["db"].as_str().unwrap();
    assert!(reached.starts_with("ConnectionRefusedError"), "{reached}");
    let error = sandbox.service_state("cache").await.unwrap_err();
    assert!(error.to_string().contains("no service `cache`"));
}

/// Whatever the submission does then, it had no part in it.
#[tokio::test]
async fn a_service_that_dies_before_the_app_starts_is_our_error() {
    for mode in ["serve", "die"] {
        let stand = Stand::new().await;
        let mut spec = stand.spec();
        spec.app.env.insert("MODE".to_owned(), mode.to_owned());
        let label = format!("label=tryout.run={}", spec.run);
        let kill = |event: RunnerEvent| {
            if event != RunnerEvent::Started(RunnerPhase::Start) {
                return;
            }
            let docker = |args: &[&str]| {
                let ran = std::process::Command::new("docker").args(args).output();
                String::from_utf8(ran.unwrap().stdout).unwrap()
            };
            let names = docker(&["ps", "--filter", &label, "--format", "{{.Names}}"]);
            let db = names.lines().find(|name| name.ends_with("-db")).unwrap();
            docker(&["kill", db]);
            docker(&["wait", db]);
        };
        let opening = stand.backend.open(&spec, &probe(), &kill).await;
        let error = opening.unwrap_err().to_string();
        let died = "the service `db` died at start: killed by signal 9 (SIGKILL)";
        assert!(error.contains(died), "{mode}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_seed_is_our_error_and_names_file_and_line() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    let ServiceKind::Postgres(postgres) = &mut spec.services[0].kind else {
        panic!("no PostgreSQL");
    };
    postgres.seed.push(SqlFile {
        name: "prices.sql".to_owned(),
        sql: "select 1;\ninsert into prices values (1);".to_owned(),
    });
    let error = stand.try_open(&spec, &probe()).await.unwrap_err();
    let RunnerError::Sandbox(SandboxError::Seed {
        service,
        file,
        message,
    }) = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!((service.as_str(), file.as_str()), ("db", "prices.sql"));
    assert!(
        message.contains("prices.sql:2: ERROR:  relation \"prices\" does not exist"),
        "{message}"
    );
}

#[tokio::test]
async fn a_seed_has_no_more_rights_than_the_app() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    let ServiceKind::Postgres(postgres) = &mut spec.services[0].kind else {
        panic!("no PostgreSQL");
    };
    postgres.seed.push(SqlFile {
        name: "role.sql".to_owned(),
        sql: "create role intruder superuser;".to_owned(),
    });
    let error = stand.try_open(&spec, &probe()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("permission denied to create role"),
        "{error}"
    );
}

/// As many as a busy worker would, on however few cores: none is taken for one that does not answer.
#[tokio::test]
async fn eight_sandboxes_open_at_once() {
    let stand = Stand::new().await;
    let specs: Vec<_> = (0..8).map(|_| stand.spec()).collect();
    let submission = probe();
    let opened = specs.iter().map(|spec| stand.try_open(spec, &submission));
    for opened in futures_util::future::join_all(opened).await {
        match opened.unwrap() {
            Opening::Ready(_) => {}
            Opening::Refused { failure, .. } => panic!("{failure:?}"),
        }
    }
}
