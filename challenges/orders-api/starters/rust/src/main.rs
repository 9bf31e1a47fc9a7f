//! Serves the Orders API.

mod app;
mod database;
mod problem;

use std::{env, error::Error, net::Ipv4Addr};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The first process of a container gets no signal that it does not ask for.
    let mut terminate = signal(SignalKind::terminate())?;
    let port = env::var("PORT")?.parse()?;
    let secret = env::var("AUTH_SECRET")?;

    let pool = database::open(&env::var("DATABASE_URL")?)?;
    database::migrate(&pool).await?;

    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    axum::serve(listener, app::router(pool, secret))
        .with_graceful_shutdown(async move {
            terminate.recv().await;
        })
        .await?;
    Ok(())
}
