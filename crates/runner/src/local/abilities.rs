//! What the local backend can do on this host.

use super::{program, search::Search, service, wrapper::Wrapper};
use crate::{PostgresSpec, RedisProgram, RedisSpec, ServiceKind, setup::Runtime};

/// What the local backend finds here, and what it lacks, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Abilities {
    /// `Python 3.11.2`, `PostgreSQL 15.18` ...
    pub there: Vec<String>,
    /// `Go 1.24 (apt-get install golang-go)` ...
    pub missing: Vec<String>,
}

/// Looks for all that it can use.
pub async fn abilities() -> Abilities {
    let search = Search::of_environment();
    let mut found = Abilities::default();
    if let Err(error) = Wrapper::find(&search) {
        found.missing.push(error.to_string());
    }
    for runtime in Runtime::all() {
        match program::all_of(&search, &runtime.on_host).await {
            Ok(programs) => {
                let language = runtime.title.split(' ').next().unwrap_or(runtime.title);
                found.there.push(named(language, &programs[0].version));
            }
            Err(_) => found.missing.push(format!(
                "{} (apt-get install {})",
                runtime.title, runtime.on_host.packages
            )),
        }
    }
    for kind in servers() {
        match service::find(&search, &kind).await {
            Ok(installed) => found.there.push(installed.name()),
            Err(why) => found.missing.push(why),
        }
    }
    found
}

/// A version that does not say of what it is one.
fn named(language: &str, version: &str) -> String {
    if version.to_lowercase().starts_with(&language.to_lowercase()) {
        version.to_owned()
    } else {
        format!("{language} {version}")
    }
}

/// Any version will do.
fn servers() -> [ServiceKind; 2] {
    let any = String::new;
    [
        ServiceKind::Postgres(PostgresSpec {
            version: any(),
            database: any(),
            seed: Vec::new(),
            reset: false,
            counts_statements: false,
        }),
        ServiceKind::Redis(RedisSpec {
            program: RedisProgram::Redis,
            version: any(),
        }),
    ]
}
