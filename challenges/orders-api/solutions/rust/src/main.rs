//! Serves the Orders API.

mod app;
mod auth;
mod body;
mod cursors;
mod database;
mod error;
mod headers;
mod health;
mod orders;
mod paging;
mod products;
mod query;
mod signing;
mod tokens;
mod trace;
mod values;

use std::{env, error::Error, net::Ipv4Addr, process::ExitCode, time::Duration};

use futures_util::FutureExt;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};

const START_WITHIN: Duration = Duration::from_secs(25);
const STOP_WITHIN: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() -> ExitCode {
    trace::start_log();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(?error, "the service ends");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let port = setting("PORT")?.parse()?;
    let database_url = setting("DATABASE_URL")?;
    let secret = setting("AUTH_SECRET")?;

    // The first process of a container gets no signal that it does not ask for.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    }
    .boxed()
    .shared();

    let pool = database::open(&database_url)?;
    tokio::select! {
        migrated = timeout(START_WITHIN, database::migrate(&pool)) => migrated??,
        () = stop.clone() => return Ok(()),
    }

    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    tracing::info!(port, "listening");
    let server =
        axum::serve(listener, app::router(pool, &secret)).with_graceful_shutdown(stop.clone());
    tokio::select! {
        served = server.into_future() => served?,
        () = stop.then(|()| sleep(STOP_WITHIN)) => tracing::warn!("requests are left unanswered"),
    }
    Ok(())
}

fn setting(name: &str) -> Result<String, String> {
    match env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(format!("the environment variable {name} is not set")),
    }
}
