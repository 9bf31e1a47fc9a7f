//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    app::App,
    error::{Problem, Result},
};

const READY_WITHIN: Duration = Duration::from_secs(2);

pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

pub async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let asked = async {
        app.pool.get().await?.check_connection().await?;
        Result::<()>::Ok(())
    };
    match timeout(READY_WITHIN, asked).await {
        Ok(Ok(())) => Ok(Json(json!({"status": "ready"}))),
        _ => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "The database is away.",
        )),
    }
}
