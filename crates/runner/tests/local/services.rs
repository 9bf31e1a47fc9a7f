//! PostgreSQL and Redis of this host, as the submission and the grader get them.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use runner::{
    Lack, RedisProgram, RunnerError, ServiceEndpoint, ServiceKind, ServiceSpec, ServiceState,
    StubSpec,
};
use sidecar::protocol::{Behaviour, Order};
use sqlx::{Connection as _, PgConnection, Row as _, postgres::PgConnectOptions};

use crate::stand::{Stand, broken, marked, postgres, redis, server, spec};

const SCHEMA: (&str, &str) = (
    "schema.sql",
    "create table items (id int primary key, name text); insert into items values (1, 'cup');",
);

async fn with_postgres() -> Stand {
    let submission = server();
    let mut spec = spec(&submission);
    spec.services = vec![postgres(&[SCHEMA])];
    Stand::of(spec, &submission).await
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn grader(stand: &Stand) -> PgConnection {
    let Some(ServiceEndpoint::Postgres {
        address,
        database,
        user,
        password,
    }) = stand.sandbox.service("db")
    else {
        panic!("no PostgreSQL");
    };
    assert!(address.ip().is_loopback());
    let options = PgConnectOptions::new_without_pgpass()
        .host(&address.ip().to_string())
        .port(address.port())
        .username(user)
        .password(password)
        .database(database);
    PgConnection::connect_with(&options).await.unwrap()
}

fn refusal(error: sqlx::Error) -> String {
    error.into_database_error().unwrap().message().to_owned()
}

#[tokio::test]
async fn the_submission_owns_its_database_and_is_no_superuser() {
    let stand = with_postgres().await;
    let mut app = connect(&stand.ask("os.environ['DATABASE_URL']")).await;
    sqlx::raw_sql("create table more (id int); insert into items values (2, 'pot')")
        .execute(&mut app)
        .await
        .unwrap();
    let row = sqlx::query(
        "select rolsuper, current_setting('listen_addresses') as at from pg_roles where rolname = current_user",
    )
    .fetch_one(&mut app)
    .await
    .unwrap();
    assert!(!row.get::<bool, _>("rolsuper"));
    assert_eq!(row.get::<String, _>("at"), "127.0.0.1");
    let error = sqlx::raw_sql("alter system set fsync = on")
        .execute(&mut app)
        .await;
    assert!(refusal(error.unwrap_err()).contains("permission denied"));
    let facts = stand.sandbox.facts();
    let told = &facts.programs["db"];
    assert!(
        told.starts_with("PostgreSQL ")
            && facts.lacks.iter().all(|l| !l.to_string().contains("db"))
    );
    stand.close().await;
}

#[tokio::test]
async fn the_grader_reads_all_and_writes_nothing() {
    let stand = with_postgres().await;
    let mut grader = grader(&stand).await;
    let rows = sqlx::query("select name from items")
        .fetch_all(&mut grader)
        .await
        .unwrap();
    assert_eq!(rows[0].get::<String, _>("name"), "cup");
    let error = sqlx::raw_sql("insert into items values (3, 'x')")
        .execute(&mut grader)
        .await;
    assert!(refusal(error.unwrap_err()).contains("read-only"));
    let mut say = async |sql: &'static str| sqlx::raw_sql(sql).execute(&mut grader).await;
    say("set default_transaction_read_only = off")
        .await
        .unwrap();
    let error = say("insert into items values (3, 'x')").await;
    assert!(refusal(error.unwrap_err()).contains("permission denied"));
    stand.close().await;
}

#[tokio::test]
async fn the_grader_gets_in_when_the_submission_took_all_connections() {
    let stand = with_postgres().await;
    let url = stand.ask("os.environ['DATABASE_URL']");
    let mut taken = Vec::new();
    let full = loop {
        match PgConnection::connect(&url).await {
            Ok(connection) => taken.push(connection),
            Err(error) => break refusal(error),
        }
    };
    assert!(
        full.contains("too many connections") || full.contains("remaining connection"),
        "{full}"
    );
    assert!(taken.len() >= 80, "only {}", taken.len());
    drop(grader(&stand).await);
    stand.close().await;
}

#[tokio::test]
async fn a_service_that_is_killed_is_seen_and_leaves_nothing_behind() {
    let stand = with_postgres().await;
    let [server] = marked(&format!("{}:db-", stand.run))[..] else {
        panic!("{:?}", marked(stand.run.as_str()));
    };
    // A session whose process is not of the server's own session.
    let app = connect(&stand.ask("os.environ['DATABASE_URL']")).await;
    assert_eq!(
        stand.sandbox.service_state("db").await.unwrap(),
        ServiceState::Running
    );
    let id = rustix::process::Pid::from_raw(i32::try_from(server).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    crate::stand::until("it is dead", || !crate::stand::runs(server)).await;
    let exit = "killed by signal 9 (SIGKILL)".to_owned();
    assert_eq!(
        stand.sandbox.service_state("db").await.unwrap(),
        ServiceState::Exited { exit }
    );
    drop(app);
    stand.close().await;
}

#[tokio::test]
async fn a_seed_that_fails_is_named_and_ours() {
    let submission = server();
    let mut spec = spec(&submission);
    spec.services = vec![postgres(&[
        SCHEMA,
        ("more.sql", "\ninsert into nowhere values (1);"),
    ])];
    let error = broken(&crate::stand::backend(), spec, &submission)
        .await
        .to_string();
    assert!(
        error.starts_with("the service `db` could not be made ready: more.sql failed: "),
        "{error}"
    );
    assert!(
        error.contains("more.sql:2: ERROR:  relation \"nowhere\" does not exist"),
        "{error}"
    );
}

/// What a Redis server answers, as text.
fn say(address: std::net::SocketAddr, user: &str, password: &str, command: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    write!(stream, "AUTH {user} {password}\r\n{command}\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn redis_is_the_submissions_to_use_and_the_graders_to_read() {
    let submission = server();
    let mut spec = spec(&submission);
    // There is no Valkey here: Redis takes its place, and that is told.
    spec.services = vec![redis(RedisProgram::Valkey)];
    let stand = Stand::of(spec, &submission).await;
    let told = &stand.sandbox.facts().programs["cache"];
    assert!(
        told.starts_with("Redis ") && told.ends_with("asks for Valkey 8"),
        "{told}"
    );
    let Some(ServiceEndpoint::Redis {
        address,
        user,
        password,
    }) = stand.sandbox.service("cache")
    else {
        panic!("no Redis");
    };
    assert!(address.ip().is_loopback());
    let url = stand.ask("os.environ['REDIS_URL']");
    assert_eq!(url, format!("redis://default:app@{address}/0"));
    assert!(say(*address, "default", "app", "SET k v").contains("+OK\r\n+OK"));
    assert!(say(*address, "default", "app", "CONFIG GET *").contains("NOPERM"));
    assert!(say(*address, user, password, "GET k").contains("$1\r\nv"));
    assert!(say(*address, user, password, "SET k w").contains("NOPERM"));
    assert_eq!(
        say(*address, "default", "wrong", "GET k")
            .matches("-WRONGPASS")
            .count(),
        1
    );
    assert_eq!(
        stand.sandbox.service_state("cache").await.unwrap(),
        ServiceState::Running
    );
    stand.close().await;
}

#[tokio::test]
async fn a_stub_is_wanting_and_its_url_leads_nowhere() {
    let submission = server();
    let mut spec = spec(&submission);
    spec.services = vec![ServiceSpec {
        name: "pricing".to_owned(),
        env: "PRICING_URL".to_owned(),
        slowed: false,
        kind: ServiceKind::Stub(StubSpec {
            behaviour: Behaviour::default(),
        }),
        ..redis(RedisProgram::Redis)
    }];
    let stand = Stand::of(spec, &submission).await;
    let facts = stand.sandbox.facts();
    let [Lack::Service { name, why }] = &facts.lacks[..] else {
        panic!("{:?}", facts.lacks);
    };
    assert_eq!(name, "pricing");
    assert!(
        why.contains("with a container engine there is one"),
        "{why}"
    );
    assert!(stand.sandbox.service("pricing").is_none());
    let steered = stand.sandbox.steer("pricing", &Order::Begin).await;
    assert!(matches!(steered, Err(RunnerError::NoStubs)), "{steered:?}");
    let url = stand.ask("os.environ['PRICING_URL']");
    let address = url.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_err(), "{url}");
    stand.close().await;
}

#[tokio::test]
async fn two_sandboxes_at_once_do_not_meet() {
    let (one, other) = tokio::join!(with_postgres(), with_postgres());
    let url = |stand: &Stand| stand.ask("os.environ['DATABASE_URL']");
    assert_ne!(url(&one), url(&other));
    let (left, right) = (url(&one), url(&other));
    sqlx::raw_sql("create table mine (id int)")
        .execute(&mut connect(&left).await)
        .await
        .unwrap();
    let asked = sqlx::raw_sql("select * from mine")
        .execute(&mut connect(&right).await)
        .await;
    assert!(refusal(asked.unwrap_err()).contains("does not exist"));
    one.close().await;
    assert_eq!(other.ask("1 + 1"), "2");
    drop(connect(&right).await);
    other.close().await;
}
