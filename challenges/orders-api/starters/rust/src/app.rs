//! Puts the service together; begin here.

use axum::{
    Json, Router,
    http::StatusCode,
    routing::{get, post},
};
use deadpool_postgres::Pool;
use serde_json::{Value, json};

use crate::problem::Problem;

/// What handlers need; one that takes `State(app): State<App>` gets it.
#[derive(Clone)]
#[allow(dead_code)] // Until your handlers use it.
pub struct App {
    pub pool: Pool,
    /// What tokens are signed with.
    pub secret: String,
}

pub fn router(pool: Pool, secret: String) -> Router {
    Router::new()
        .route("/health", get(health))
        // From here on it is yours. Each of these answers 501 until you write it, and so does all
        // that is not here.
        .route("/ready", get(not_built_yet))
        .route("/openapi.json", get(not_built_yet))
        .route("/products", get(not_built_yet).post(not_built_yet))
        .route("/products/{sku}", get(not_built_yet).patch(not_built_yet))
        .route("/products/{sku}/stock", post(not_built_yet))
        .route("/orders", get(not_built_yet).post(not_built_yet))
        .route("/orders/{id}", get(not_built_yet).patch(not_built_yet))
        .route("/orders/{id}/cancel", post(not_built_yet))
        .fallback(not_built_yet)
        .method_not_allowed_fallback(not_built_yet)
        .with_state(App { pool, secret })
}

async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn not_built_yet() -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, "This is not built yet.")
}
