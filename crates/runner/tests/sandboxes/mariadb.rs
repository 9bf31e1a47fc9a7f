//! MariaDB: what a submission may do with its server, and what the grader may.

use runner::{
    MariaDbSpec, RunnerError, Sandbox, SandboxSpec, ServiceEndpoint, ServiceKind, ServiceLimits,
    ServiceSpec, ServiceState, SqlFile, docker::SandboxError,
};
use serde_json::json;
use sqlx::{
    Connection as _, Executor as _, MySqlConnection, Row as _,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};

use crate::stand::{MIB, Stand, ask, until};

const URL: &str = "mysql://app:app@db:3306/my_shop";

fn database() -> ServiceSpec {
    let file = |name: &str, sql: &str| SqlFile {
        name: name.to_owned(),
        sql: sql.to_owned(),
    };
    ServiceSpec {
        name: "db".to_owned(),
        env: "DATABASE_URL".to_owned(),
        limits: ServiceLimits {
            memory: 384 * MIB,
            cpus: 1.0,
            pids: 256,
            disk: 256 * MIB,
        },
        slowed: false,
        kind: ServiceKind::MariaDb(MariaDbSpec {
            version: "11.8".to_owned(),
            database: "my_shop".to_owned(),
            seed: vec![
                file(
                    "schema.sql",
                    "create table items (sku varchar(20) primary key);",
                ),
                file("items.sql", "insert into items values ('a'), ('b'), ('c');"),
            ],
        }),
    }
}

fn seeds(spec: &mut SandboxSpec) -> &mut Vec<SqlFile> {
    match &mut spec.services[0].kind {
        ServiceKind::MariaDb(mariadb) => &mut mariadb.seed,
        other => panic!("{other:?}"),
    }
}

async fn opened(stand: &Stand) -> (SandboxSpec, Box<dyn Sandbox>) {
    let spec = stand.spec_with(vec![database()]);
    let sandbox = stand.open(&spec).await;
    (spec, sandbox)
}

fn grader(sandbox: &dyn Sandbox) -> MySqlConnectOptions {
    let ServiceEndpoint::MariaDb {
        address,
        database,
        user,
        password,
    } = sandbox.service("db").unwrap()
    else {
        panic!("no MariaDB");
    };
    MySqlConnectOptions::new()
        .host(&address.ip().to_string())
        .port(address.port())
        .database(database)
        .username(user)
        .password(password)
        .ssl_mode(MySqlSslMode::Disabled)
}

async fn app(sandbox: &dyn Sandbox) -> MySqlConnection {
    let options = grader(sandbox).username("app").password("app");
    MySqlConnection::connect_with(&options).await.unwrap()
}

async fn refusal(connection: &mut MySqlConnection, statement: &str) -> String {
    match connection
        .execute(sqlx::AssertSqlSafe(statement.to_owned()))
        .await
    {
        Ok(done) => panic!("{statement}: {done:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_real_client_in_the_app_uses_its_database() {
    let stand = Stand::new().await;
    let spec = stand.spec_with(vec![database()]);
    let with_client = stand.probe_with("RUN pip install --no-cache-dir pymysql==1.1.2");
    let sandbox = stand.open_with(&spec, &with_client).await;
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    assert_eq!(found["environment"]["DATABASE_URL"], URL);
    let statements = json!([
        "insert into items values ('d')",
        "select count(*) from items",
        "create table orders (id int auto_increment primary key, sku varchar(20) references items)",
        "create view skus as select sku from items",
        "create trigger upper_sku before insert on items for each row set new.sku = upper(new.sku)",
        "insert into items values ('e')",
        "select group_concat(sku order by sku) from skus",
        "create database other",
        "select user from mysql.global_priv",
    ]);
    let told = ask(
        sandbox.app(),
        "/sql",
        json!({ "url": URL, "statements": statements }),
    )
    .await;
    let expected = json!([[], [[4]], [], [], [], [], [["a,b,c,d,E"]]]);
    assert_eq!(json!(told.as_array().unwrap()[..7]), expected);
    let refused = |at: usize| told[at].as_str().unwrap();
    assert!(refused(7).contains("Access denied"), "{told}");
    assert!(refused(8).contains("denied"), "{told}");
}

#[tokio::test]
async fn the_app_has_its_database_and_nothing_beside_it() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand).await;
    let mut app = app(&*sandbox).await;
    let grants = app.fetch_all("show grants").await.unwrap();
    let grants: Vec<String> = grants.iter().map(|row| row.get(0)).collect();
    assert_eq!(grants.len(), 2, "{grants:?}");
    assert!(grants[0].starts_with("GRANT USAGE ON *.*"), "{grants:?}");
    assert!(
        grants[1].starts_with(r"GRANT ALL PRIVILEGES ON `my\_shop`.*"),
        "{grants:?}"
    );
    assert!(!grants[1].contains("GRANT OPTION"));
    for statement in [
        "create database other",
        // A name that a wildcard in the grant would cover.
        "create database myxshop",
        "create user intruder",
        "grant select on my_shop.* to tryout_grader",
        "set password for tryout_grader = password('x')",
        "drop user tryout_grader",
        "set global max_connections = 1",
        "set global general_log = on",
        "select * from mysql.global_priv",
        "select * from items into outfile '/tmp/x'",
        "load data infile '/etc/passwd' into table items",
        "install soname 'ha_federatedx'",
        "create function f returns string soname 'x.so'",
        "create server s foreign data wrapper mysql options (host '10.0.0.1')",
        "change master to master_host = '10.0.0.1'",
        "flush tables",
        "shutdown",
        "create definer = tryout_grader procedure p() select 1",
        "create definer = tryout_grader view v as select 1",
        "set session sql_log_bin = 0",
        "set role mariadb_root",
    ] {
        let error = refusal(&mut app, statement).await;
        let refused = ["denied", "Access", "not allowed", "Invalid role"];
        assert!(
            refused.iter().any(|why| error.contains(why)),
            "{statement}: {error}"
        );
    }
    let file = app
        .fetch_one("select load_file('/etc/passwd')")
        .await
        .unwrap();
    assert_eq!(file.get::<Option<String>, _>(0), None);

    let mut other = MySqlConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    let id = other.fetch_one("select connection_id()").await.unwrap();
    let id: u64 = id.get(0);
    let error = refusal(&mut app, &format!("kill {id}")).await;
    assert!(error.contains("not owner"), "{error}");
    let seen = app.fetch_all("show processlist").await.unwrap();
    assert_eq!(seen.len(), 1, "its own session alone");
    other.ping().await.unwrap();
}

#[tokio::test]
async fn root_comes_in_by_the_socket_alone() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand).await;
    for (user, password) in [
        ("root", ""),
        ("mysql", ""),
        ("mariadb.sys", ""),
        ("", ""),
        ("tryout_grader", ""),
        ("tryout_grader", "app"),
        ("app", ""),
    ] {
        let options = grader(&*sandbox).username(user).password(password);
        let error = MySqlConnection::connect_with(&options).await.unwrap_err();
        assert!(error.to_string().contains("denied"), "{user}: {error}");
    }
}

#[tokio::test]
async fn the_grader_reads_the_database_and_nothing_else() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand).await;
    let mut app = app(&*sandbox).await;
    app.execute("create table more (id int)").await.unwrap();
    app.execute("create function one() returns int deterministic return 1")
        .await
        .unwrap();
    app.execute("create procedure two() select 2")
        .await
        .unwrap();
    let mut reader = MySqlConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    let rows = reader
        .fetch_all("select sku from items order by 1")
        .await
        .unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(rows, ["a", "b", "c"]);
    reader.execute("select * from more").await.unwrap();
    for statement in [
        "insert into items values ('x')",
        "update items set sku = 'x'",
        "delete from items",
        "drop table items",
        "create table mine (id int)",
        "create temporary table mine (id int)",
        "lock tables items write",
        "select one()",
        "call two()",
        "select * from mysql.global_priv",
        "select * from items into outfile '/tmp/x'",
        "set global max_connections = 1",
        "create database other",
    ] {
        let error = refusal(&mut reader, statement).await;
        assert!(
            error.contains("denied") || error.contains("Access"),
            "{statement}: {error}"
        );
    }
    let limit = reader
        .fetch_one("select @@max_statement_time")
        .await
        .unwrap();
    assert!((limit.get::<f64, _>(0) - 10.0).abs() < 0.001);
}

#[tokio::test]
async fn the_grader_gets_in_when_the_app_has_taken_every_connection() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand).await;
    let options = grader(&*sandbox).username("app").password("app");
    let mut taken = Vec::new();
    let error = loop {
        match MySqlConnection::connect_with(&options).await {
            Ok(connection) => taken.push(connection),
            Err(error) => break error,
        }
    };
    assert!(
        error.to_string().contains("max_user_connections"),
        "{error}"
    );
    assert_eq!(taken.len(), 100);
    MySqlConnection::connect_with(&grader(&*sandbox))
        .await
        .expect("kept free for it");
}

#[tokio::test]
async fn a_seeded_server_is_kept_and_not_shared() {
    let stand = Stand::new().await;
    let ((_, one), (_, other)) = tokio::join!(opened(&stand), opened(&stand));
    assert_eq!(one.facts().images["db"], other.facts().images["db"]);
    app(&*one).await.execute("delete from items").await.unwrap();
    let left = app(&*other)
        .await
        .fetch_one("select count(*) from items")
        .await
        .unwrap();
    assert_eq!(left.get::<i64, _>(0), 3);
}

#[tokio::test]
async fn a_wrong_seed_is_our_error_and_names_file_and_line() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_with(vec![database()]);
    seeds(&mut spec).push(SqlFile {
        name: "prices.sql".to_owned(),
        sql: "select 1;\ninsert into prices values (1);".to_owned(),
    });
    let error = stand
        .try_open(&spec, &crate::stand::probe())
        .await
        .unwrap_err();
    let RunnerError::Sandbox(SandboxError::Seed { file, message, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(file, "prices.sql");
    assert!(
        message.contains(
            "prices.sql: ERROR 1146 (42S02) at line 2: Table 'my_shop.prices' doesn't exist"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn a_seed_has_no_more_rights_than_the_app() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_with(vec![database()]);
    seeds(&mut spec).push(SqlFile {
        name: "user.sql".to_owned(),
        sql: "create user intruder;".to_owned(),
    });
    let error = stand
        .try_open(&spec, &crate::stand::probe())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Access denied"), "{error}");
}

/// Whatever a session keeps for itself is bounded by the container alone.
#[tokio::test]
async fn a_server_killed_at_its_limit_is_said_to_have_run_out_of_memory() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand).await;
    let mut app = app(&*sandbox).await;
    for number in 0..100 {
        let taking = format!("set @v{number} = repeat('x', 16000000)");
        if app.execute(sqlx::AssertSqlSafe(taking)).await.is_err() {
            break;
        }
    }
    until("the server has ended", async || {
        sandbox.service_state("db").await.unwrap() != ServiceState::Running
    })
    .await;
    let exit = "killed by signal 9 (out of memory)".to_owned();
    assert_eq!(
        sandbox.service_state("db").await.unwrap(),
        ServiceState::Exited { exit }
    );
}

#[tokio::test]
async fn a_server_is_kept_in_but_for_its_data() {
    let stand = Stand::new().await;
    let (spec, _sandbox) = opened(&stand).await;
    let container = stand.container(&spec.run, "db").await;
    let host = container.host_config.unwrap();
    assert_eq!(host.cap_drop.unwrap(), ["ALL"]);
    assert_eq!(host.security_opt.unwrap(), ["no-new-privileges"]);
    assert!(host.tmpfs.unwrap()["/tmp"].contains("size=67108864"));
    assert_eq!(container.config.unwrap().user.unwrap(), "mysql");
    let holder = stand.container(&spec.run, "db-holder").await.id.unwrap();
    let rules = stand.rules_in(&holder).await;
    assert_eq!(rules.matches("tcp dport 3306 accept").count(), 2, "{rules}");
    assert_eq!(rules.matches("policy drop").count(), 2, "{rules}");
}
