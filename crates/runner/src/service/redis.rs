//! A Redis or Valkey server: one configuration, for both programs read the same.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};

use super::kind::{FirstState, Kind, Reset, Server};
use crate::{RedisProgram, RedisSpec, ServiceEndpoint, ServiceLimits, snapshot::hex, wait};

const PORT: u16 = 6379;
/// The user that a connection has until it says otherwise, and that clients without a user name mean.
const APP_USER: &str = "default";
/// Fixed: nobody but the submission reaches its server, and it is told the password anyway.
const APP_PASSWORD: &str = "app";
/// Reads every key and writes none.
const GRADER_USER: &str = "tryout_grader";
/// For the configuration alone.
const TMP: u64 = 1024 * 1024;
const MIB: u64 = 1024 * 1024;

/// The server is not given its configuration as arguments, which would show in its title.
const START: &str =
    r#"printf '%s' "$CONFIG" > /tmp/server.conf && unset CONFIG && exec "$0" /tmp/server.conf"#;

/// What a submission may not do: administer the server, or reach other servers. What is counted as
/// dangerous only because it takes long or removes all is ordinary in tests and clients.
const APP_RIGHTS: &str = "~* &* +@all -@admin -@dangerous -acl \
    +info +keys +flushdb +flushall +sort +sort_ro +swapdb";
const GRADER_RIGHTS: &str = "%R~* resetchannels +@read +@connection -@dangerous -@blocking +info";

impl RedisSpec {
    /// `redis` or `valkey`.
    fn program(&self) -> &'static str {
        match self.program {
            RedisProgram::Redis => "redis",
            RedisProgram::Valkey => "valkey",
        }
    }
}

impl Kind for RedisSpec {
    fn base(&self) -> String {
        format!("tryout/{}:{}", self.program(), self.version)
    }

    fn port(&self) -> u16 {
        PORT
    }

    /// `redis:` for Valkey too: it is what clients know.
    fn app_url(&self, host: &str, port: u16) -> String {
        format!("redis://{APP_USER}:{APP_PASSWORD}@{host}:{port}/0")
    }

    fn first_state(&self) -> Option<FirstState<'_>> {
        None
    }

    fn server(&self, limits: &ServiceLimits, grader_password: &str) -> Server {
        let program = format!("{}-server", self.program());
        let config = configuration(limits.memory, grader_password, Listening::in_a_container());
        Server {
            command: ["sh", "-c", START, &program].map(str::to_owned).to_vec(),
            environment: vec![format!("CONFIG={config}")],
            read_only: true,
            tmp: TMP,
        }
    }

    fn ready<'a>(&'a self, address: SocketAddr, grader_password: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(wait::pongs(address, GRADER_USER, grader_password))
    }

    fn reset(&self) -> Option<Reset<'_>> {
        Some(Reset::Restart)
    }

    /// It keeps nothing.
    fn ended_by(&self) -> &'static str {
        "SIGKILL"
    }

    fn endpoint(&self, address: SocketAddr, grader_password: &str) -> ServiceEndpoint {
        ServiceEndpoint::Redis {
            address,
            user: GRADER_USER.to_owned(),
            password: grader_password.to_owned(),
        }
    }
}

/// Where a server listens, and where it may write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listening<'a> {
    /// An address, or `0.0.0.0`.
    pub(crate) bind: &'a str,
    pub(crate) port: u16,
    pub(crate) folder: &'a str,
}

impl Listening<'_> {
    fn in_a_container() -> Self {
        Self {
            bind: "0.0.0.0",
            port: PORT,
            folder: "/tmp",
        }
    }
}

/// The server refuses writes before its container is out of memory: of `memory`, 16 MiB are for the
/// program, and of the rest 7 tenths for data, 1 tenth for what clients send and are sent, and 2
/// tenths for what the allocator cannot use.
pub(crate) fn configuration(
    memory: u64,
    grader_password: &str,
    Listening { bind, port, folder }: Listening<'_>,
) -> String {
    let room = memory.saturating_sub(16 * MIB).max(4 * MIB);
    let (data, clients) = (room / 10 * 7, room / 10);
    let message = (clients / 2).clamp(MIB, 512 * MIB);
    let grader = hex(&Sha256::digest(grader_password));
    format!(
        "bind {bind}
port {port}
protected-mode no
dir {folder}
save \"\"
appendonly no
loglevel warning
maxclients 1000
maxmemory {data}
maxmemory-policy noeviction
maxmemory-clients {clients}
proto-max-bulk-len {message}
client-query-buffer-limit {message}
client-output-buffer-limit normal {clients} 0 0
client-output-buffer-limit pubsub {clients} 0 0
user {APP_USER} reset on >{APP_PASSWORD} {APP_RIGHTS}
user {GRADER_USER} reset on #{grader} {GRADER_RIGHTS}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(config: &str, name: &str) -> u64 {
        let line = config.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    }

    #[test]
    fn data_and_clients_leave_room_in_the_container() {
        for memory in [32, 64, 256, 1024].map(|mib| mib * MIB) {
            let config = configuration(memory, "secret", Listening::in_a_container());
            let data = value(&config, "maxmemory ");
            let clients = value(&config, "maxmemory-clients ");
            assert!(data + clients + 16 * MIB < memory, "{config}");
            assert!(data >= memory / 4, "{config}");
            assert!(value(&config, "proto-max-bulk-len ") >= MIB);
        }
    }

    #[test]
    fn the_graders_password_is_not_in_the_configuration() {
        let config = configuration(64 * MIB, "secret", Listening::in_a_container());
        assert!(!config.contains("secret"));
        // printf secret | sha256sum
        assert!(
            config.contains("#2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
        );
    }
}
