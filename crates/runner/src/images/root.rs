//! What the base image begins with: Debian pulled, else bootstrapped.

mod bootstrap;

use std::{fs::File, time::Duration};

use bollard::{errors::Error as EngineError, query_parameters::CreateImageOptionsBuilder};
use futures_util::StreamExt;
use thiserror::Error;
use tokio_util::io::ReaderStream;

pub use self::bootstrap::BootstrapError;
use crate::{
    Engine,
    pull::{Bounds, PullError, pull},
};

/// What is pulled where a registry is reached.
const PULLED: &str = "debian:trixie-slim";

/// What was bootstrapped earlier, without a tag as the import wants it.
const BOOTSTRAPPED: (&str, &str) = ("tryout/root", "trixie");

const BOUNDS: Bounds = Bounds {
    silence: Duration::from_secs(20),
    time: Duration::from_mins(10),
    bytes: 1 << 30,
};

/// Why there is nothing to begin with.
#[derive(Debug, Error)]
pub enum RootError {
    /// It is neither pulled nor bootstrapped.
    #[error("{PULLED} cannot be pulled ({pull}), nor can it be bootstrapped")]
    Bootstrap {
        /// Why it is not pulled.
        pull: String,
        /// Why it is not bootstrapped.
        #[source]
        source: BootstrapError,
    },
    /// What was bootstrapped cannot be read again.
    #[error("the bootstrapped Debian cannot be read")]
    Read(#[source] std::io::Error),
    /// The engine did not take it.
    #[error("the engine did not take the bootstrapped Debian")]
    Import(#[source] Box<EngineError>),
}

/// The image to begin with. `fresh`: one bootstrapped earlier does not count.
pub(super) async fn root(
    engine: &Engine,
    fresh: bool,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<String, RootError> {
    let docker = engine.docker();
    let refused = match pull(docker, PULLED, BOUNDS).await {
        Ok(()) => return Ok(PULLED.to_owned()),
        Err(error) => error,
    };
    let (name, tag) = BOOTSTRAPPED;
    let bootstrapped = format!("{name}:{tag}");
    tell(&format!("{PULLED} cannot be pulled: {}", reason(&refused)));
    let earlier = if fresh { None } else { Some(&*bootstrapped) };
    for there in [PULLED].into_iter().chain(earlier) {
        if docker.inspect_image(there).await.is_ok() {
            return Ok(there.to_owned());
        }
    }
    let architecture = engine
        .facts()
        .platform
        .rsplit('/')
        .next()
        .unwrap_or("amd64");
    let tar = bootstrap::bootstrap(architecture, tell)
        .await
        .map_err(|source| RootError::Bootstrap {
            pull: reason(&refused),
            source,
        })?;
    import(engine, tar).await?;
    Ok(bootstrapped)
}

async fn import(engine: &Engine, tar: File) -> Result<(), RootError> {
    let (name, tag) = BOOTSTRAPPED;
    let body = ReaderStream::with_capacity(tokio::fs::File::from_std(tar), 1 << 20);
    let options = CreateImageOptionsBuilder::new()
        .from_src("-")
        .repo(name)
        .tag(tag)
        .build();
    let mut told = std::pin::pin!(engine.docker().create_image(
        Some(options),
        Some(bollard::body_try_stream(body)),
        None
    ));
    while let Some(news) = told.next().await {
        news.map_err(|error| RootError::Import(Box::new(error)))?;
    }
    Ok(())
}

/// In one line, with what is behind it.
fn reason(error: &PullError) -> String {
    match error {
        PullError::Registry(source) => source.to_string(),
        other => other.to_string(),
    }
}
