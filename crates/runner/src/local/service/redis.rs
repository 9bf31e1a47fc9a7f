//! A Redis or Valkey server of this host. They speak one protocol and read one configuration, so that
//! each takes the other's place where only that is there.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use rustix::process::Signal;

use super::{Installed, Start, number};
use crate::{
    RedisProgram, RedisSpec,
    local::{
        LocalError,
        child::Child,
        program::version,
        search::Search,
        site::{give, unready},
    },
    service::{Listening, redis_configuration},
};

const REDIS: (&str, &str) = ("redis-server", "Redis");
const VALKEY: (&str, &str) = ("valkey-server", "Valkey");

pub(super) fn title(spec: &RedisSpec) -> &'static str {
    match spec.program {
        RedisProgram::Redis => REDIS.1,
        RedisProgram::Valkey => VALKEY.1,
    }
}

pub(super) async fn find(search: &Search, spec: &RedisSpec) -> Result<Installed, String> {
    let order = match spec.program {
        RedisProgram::Redis => [REDIS, VALKEY],
        RedisProgram::Valkey => [VALKEY, REDIS],
    };
    for (server, title) in order {
        let Some(program) = search.program(&[server]) else {
            continue;
        };
        let said = version(&program, &["--version"]).await;
        let folder = program.parent().map(std::path::Path::to_owned);
        if let (Some(version), Some(folder)) = (said.as_deref().and_then(number), folder) {
            return Ok(Installed {
                folder,
                server,
                title,
                version,
            });
        }
    }
    let (server, title) = order[0];
    Err(format!(
        "{title} is not installed here; as root on Debian: apt-get install {server}"
    ))
}

impl Start<'_> {
    pub(super) fn redis(&self) -> Result<Arc<Child>, LocalError> {
        let folder = self.folder.display().to_string();
        let listening = Listening {
            bind: "127.0.0.1",
            port: self.port,
            folder: &folder,
        };
        let text = redis_configuration(self.spec.limits.memory, self.grader_password, listening);
        let path = self.folder.join("server.conf");
        fs::write(&path, text).map_err(unready(&path))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(unready(&path))?;
        give(&path, self.user)?;
        let program = vec![self.installed.path(self.installed.server), path.into()];
        self.spawn(&self.spec.name, program, self.environment(), Signal::TERM)
    }
}
