//! Redis and Valkey: what a submission may do with its server, and what its server does at its limits.

use runner::{
    RedisProgram, RedisSpec, Sandbox, SandboxSpec, ServiceEndpoint, ServiceKind, ServiceLimits,
    ServiceSpec, ServiceState,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::stand::{MIB, Stand, ask};

const URL: &str = "redis://default:app@cache:6379/0";
const BOTH: [RedisProgram; 2] = [RedisProgram::Redis, RedisProgram::Valkey];

pub(crate) fn cache(program: RedisProgram, memory: u64) -> ServiceSpec {
    ServiceSpec {
        name: "cache".to_owned(),
        env: "REDIS_URL".to_owned(),
        limits: ServiceLimits {
            memory,
            cpus: 1.0,
            pids: 64,
            disk: 256 * MIB,
        },
        slowed: false,
        kind: ServiceKind::Redis(RedisSpec {
            program,
            version: "8".to_owned(),
        }),
    }
}

async fn opened(
    stand: &Stand,
    program: RedisProgram,
    memory: u64,
) -> (SandboxSpec, Box<dyn Sandbox>) {
    let spec = stand.spec_with(vec![cache(program, memory)]);
    let sandbox = stand.open(&spec).await;
    (spec, sandbox)
}

/// The answers that the submission gets to its commands.
pub(crate) async fn told(sandbox: &dyn Sandbox, commands: Value) -> Vec<Value> {
    let asked = json!({ "url": URL, "commands": commands });
    let answers = ask(sandbox.app(), "/redis", asked).await;
    let answers = answers.as_array().unwrap();
    assert_eq!(answers[0], "+OK", "it logs in");
    answers[1..].to_vec()
}

/// The answer that the grader gets to one command, written as in a terminal.
pub(crate) async fn grader(sandbox: &dyn Sandbox, command: &str) -> String {
    let ServiceEndpoint::Redis {
        address,
        user,
        password,
    } = sandbox.service("cache").unwrap()
    else {
        panic!("no Redis");
    };
    let mut stream = TcpStream::connect(address).await.unwrap();
    let commands = format!("AUTH {user} {password}\r\n{command}\r\nQUIT\r\n");
    stream.write_all(commands.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let answer = answer.strip_prefix("+OK\r\n").expect("it logs in");
    answer.trim_end_matches("+OK\r\n").to_owned()
}

#[tokio::test]
async fn an_app_uses_its_server_and_does_not_administer_it() {
    for program in BOTH {
        let stand = Stand::new().await;
        let (_, sandbox) = opened(&stand, program, 64 * MIB).await;
        let found = ask(sandbox.app(), "/look", json!(null)).await;
        assert_eq!(found["environment"]["REDIS_URL"], URL);

        let ordinary = json!([
            ["SET", "a", "1"],
            ["INCR", "a"],
            ["EVAL", "return redis.call('get', KEYS[1])", 1, "a"],
            ["MULTI"],
            ["LPUSH", "list", "x"],
            ["EXEC"],
            ["XADD", "stream", "*", "k", "v"],
            ["PUBLISH", "channel", "x"],
            ["CLIENT", "SETNAME", "me"],
            ["KEYS", "*"],
            ["INFO", "server"],
            ["FLUSHALL"],
            ["DBSIZE"],
        ]);
        let answers = told(&*sandbox, ordinary).await;
        for answer in &answers {
            let refused = answer.as_str().is_some_and(|text| text.starts_with('-'));
            assert!(!refused, "{program:?}: {answers:?}");
        }
        assert_eq!(answers[2], "2");
        assert_eq!(answers[12], 0);

        let forbidden = [
            json!(["CONFIG", "GET", "*"]),
            json!(["CONFIG", "SET", "maxmemory", "0"]),
            // The grader goes by these counts.
            json!(["CONFIG", "RESETSTAT"]),
            json!(["DEBUG", "SLEEP", "0"]),
            json!(["SHUTDOWN", "NOSAVE"]),
            json!(["MODULE", "LIST"]),
            json!(["MODULE", "LOAD", "/tmp/x.so"]),
            json!(["REPLICAOF", "10.0.0.1", "6379"]),
            json!(["SLAVEOF", "10.0.0.1", "6379"]),
            json!(["ACL", "LIST"]),
            json!(["ACL", "SETUSER", "default", "+@all"]),
            json!(["ACL", "WHOAMI"]),
            json!(["MONITOR"]),
            json!(["SAVE"]),
            json!(["BGSAVE"]),
            json!(["BGREWRITEAOF"]),
            json!(["CLIENT", "LIST"]),
            json!(["CLIENT", "KILL", "TYPE", "normal"]),
            json!(["CLIENT", "PAUSE", "1000"]),
            json!(["MIGRATE", "10.0.0.1", "6379", "a", "0", "10"]),
            json!(["SLOWLOG", "GET"]),
            json!(["LATENCY", "RESET"]),
            json!(["FAILOVER"]),
            json!(["PSYNC", "?", "-1"]),
            json!(["CLUSTER", "INFO"]),
            json!(["RESTORE", "a", 0, "x"]),
            json!(["EVAL", "return redis.call('restore', 'a', 0, 'x')", 0]),
        ];
        let answers = told(&*sandbox, json!(forbidden)).await;
        for (command, answer) in forbidden.iter().zip(&answers) {
            let answer = answer.as_str().unwrap_or_default();
            let refused = answer.starts_with("-NOPERM") || answer.contains("ACL failure in script");
            // What is switched off says so first.
            let off = answer.contains("cluster support disabled")
                || answer.contains("command not allowed. If");
            assert!(refused || off, "{program:?} {command}: {answer}");
        }
        let wrong = json!({ "url": "redis://default:wrong@cache:6379", "commands": [["PING"]] });
        let answers = ask(sandbox.app(), "/redis", wrong).await;
        assert!(
            answers[1].as_str().unwrap().starts_with("-NOAUTH"),
            "{answers}"
        );
    }
}

#[tokio::test]
async fn the_grader_reads_every_key_and_changes_nothing() {
    for program in BOTH {
        let stand = Stand::new().await;
        let (_, sandbox) = opened(&stand, program, 64 * MIB).await;
        told(&*sandbox, json!([["SET", "a", "1"], ["SADD", "set", "x"]])).await;
        assert_eq!(grader(&*sandbox, "GET a").await, "$1\r\n1\r\n");
        assert_eq!(grader(&*sandbox, "SMEMBERS set").await, "*1\r\n$1\r\nx\r\n");
        assert_eq!(grader(&*sandbox, "DBSIZE").await, ":2\r\n");
        assert!(grader(&*sandbox, "SCAN 0").await.starts_with("*2"));
        assert!(grader(&*sandbox, "INFO memory").await.starts_with('$'));
        assert_eq!(grader(&*sandbox, "PTTL a").await, ":-1\r\n");
        assert_eq!(grader(&*sandbox, "SELECT 3").await, "");
        for command in [
            "SET a 2",
            "DEL a",
            "GETDEL a",
            "EXPIRE a 1",
            "FLUSHALL",
            "EVAL return 0",
            "PUBLISH channel x",
            "BLPOP list 0",
            "CONFIG GET *",
            "ACL LIST",
            "SHUTDOWN",
            "CLIENT KILL TYPE normal",
        ] {
            let answer = grader(&*sandbox, command).await;
            assert!(
                answer.starts_with("-NOPERM"),
                "{program:?} {command}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_flood_is_refused_and_does_not_kill_the_server() {
    for program in BOTH {
        for size in [100, 64 * 1024] {
            let stand = Stand::new().await;
            let (_, sandbox) = opened(&stand, program, 48 * MIB).await;
            let asked = json!({ "url": URL, "key": "flood", "size": size });
            let told = ask(sandbox.app(), "/flood", asked).await;
            let refusal = told[1].as_str().unwrap();
            assert!(refusal.starts_with("-OOM"), "{program:?}: {told}");
            // A good part of the memory is for data.
            let taken = told[0].as_u64().unwrap() * size;
            assert!(taken > 5 * MIB, "{program:?}: {taken} bytes");
            let state = sandbox.service_state("cache").await.unwrap();
            assert_eq!(state, ServiceState::Running);
            assert!(
                grader(&*sandbox, "GET flood:0")
                    .await
                    .starts_with(&format!("${size}"))
            );
        }
    }
}

/// The memory of scripts is not bounded by the server, only by its container.
#[tokio::test]
async fn a_server_killed_at_its_limit_is_said_to_have_run_out_of_memory() {
    let stand = Stand::new().await;
    let (_, sandbox) = opened(&stand, RedisProgram::Redis, 48 * MIB).await;
    let script = "local t = {} for i = 1, 100000 do t[i] = string.rep(tostring(i), 1000) end";
    let app = sandbox.app();
    let asked = json!({ "url": URL, "commands": [["EVAL", script, 0]] });
    let broken = tokio::spawn(async move { ask(app, "/redis", asked).await }).await;
    assert!(broken.is_err(), "no answer comes");
    crate::stand::until("the server has ended", async || {
        sandbox.service_state("cache").await.unwrap() != ServiceState::Running
    })
    .await;
    let exit = "killed by signal 9 (out of memory)".to_owned();
    assert_eq!(
        sandbox.service_state("cache").await.unwrap(),
        ServiceState::Exited { exit }
    );
}

#[tokio::test]
async fn a_server_is_kept_in_as_the_app_is() {
    for program in BOTH {
        let stand = Stand::new().await;
        let (spec, sandbox) = opened(&stand, program, 64 * MIB).await;
        let container = stand.container(&spec.run, "cache").await;
        let host = container.host_config.unwrap();
        assert_eq!(host.readonly_rootfs, Some(true));
        assert_eq!(host.cap_drop.unwrap(), ["ALL"]);
        assert_eq!(host.security_opt.unwrap(), ["no-new-privileges"]);
        assert_eq!(host.memory, Some(64 * 1024 * 1024));
        assert_eq!(host.pids_limit, Some(64));
        let tmpfs = host.tmpfs.unwrap();
        assert_eq!(tmpfs.len(), 1);
        assert!(tmpfs["/tmp"].contains("size=1048576"));
        let user = container.config.unwrap().user.unwrap();
        assert_eq!(
            user,
            if program == RedisProgram::Redis {
                "redis"
            } else {
                "valkey"
            }
        );
        let holder = stand.container(&spec.run, "cache-holder").await.id.unwrap();
        let rules = stand.rules_in(&holder).await;
        assert_eq!(rules.matches("tcp dport 6379 accept").count(), 2, "{rules}");
        assert_eq!(rules.matches("policy drop").count(), 2, "{rules}");
        let reached = json!([
            ["service", "tcp", "cache", 6379],
            ["other", "tcp", "cache", 6380]
        ]);
        let reached = ask(sandbox.app(), "/attack", reached).await;
        assert_eq!(reached["service"], "reached");
        assert_ne!(reached["other"], "reached");
        // The grader's password is nowhere that the server's users can see.
        let ServiceEndpoint::Redis { password, .. } = sandbox.service("cache").unwrap() else {
            panic!("no Redis");
        };
        let info = told(&*sandbox, json!([["INFO", "everything"]])).await;
        assert!(!info[0].as_str().unwrap().contains(password));
    }
}

#[tokio::test]
async fn services_stand_beside_each_other() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    spec.services.push(cache(RedisProgram::Valkey, 64 * MIB));
    let sandbox = stand.open(&spec).await;
    let attempts = json!([
        ["database", "postgres", "db", 5432],
        ["cache", "tcp", "cache", 6379],
        ["database's other port", "tcp", "db", 6379],
        ["cache's other port", "tcp", "cache", 5432],
    ]);
    let reached = ask(sandbox.app(), "/attack", attempts).await;
    assert_eq!(reached["database"], "reached");
    assert_eq!(reached["cache"], "reached");
    assert_ne!(reached["database's other port"], "reached");
    assert_ne!(reached["cache's other port"], "reached");
    assert_eq!(told(&*sandbox, json!([["PING"]])).await, ["+PONG"]);
    // Neither lets the other in.
    for (role, port) in [("db-holder", 5432), ("cache-holder", 6379)] {
        let holder = stand.container(&spec.run, role).await.id.unwrap();
        let rules = stand.rules_in(&holder).await;
        let entry = format!("tcp dport {port} accept");
        assert_eq!(rules.matches(&entry).count(), 2, "{rules}");
        assert!(!rules.contains("ip daddr 172"), "{rules}");
    }
}

#[tokio::test]
async fn each_opening_has_a_password_of_its_own_for_the_grader() {
    let stand = Stand::new().await;
    let password = async || {
        let (_, sandbox) = opened(&stand, RedisProgram::Redis, 64 * MIB).await;
        let ServiceEndpoint::Redis { password, .. } = sandbox.service("cache").unwrap() else {
            panic!("no Redis");
        };
        password.clone()
    };
    let (one, other) = (password().await, password().await);
    assert_ne!(one, other);
    assert_eq!(one.len(), 32);
}
