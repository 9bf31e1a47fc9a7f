//! Puts the service together.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, header::CONTENT_TYPE},
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::get,
};
use deadpool_postgres::Pool;

use crate::{
    auth, body, cursors::Cursors, error::Problem, health, orders, products, tokens::Tokens, trace,
};

/// The description of this service, for clients and for people.
const DESCRIPTION: &str = include_str!("../openapi.json");

/// What handlers need.
#[derive(Clone)]
pub struct App {
    pub pool: Pool,
    pub cursors: Cursors,
}

pub fn router(pool: Pool, secret: &str) -> Router {
    let cursors = Cursors::new(secret);
    Router::new()
        .merge(products::routes())
        .merge(orders::routes())
        // Whoever adds a route above this line adds one that asks for a token.
        .route_layer(from_fn_with_state(Tokens::new(secret), auth::authenticate))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/openapi.json", get(describe))
        .fallback(nothing_here)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
        .layer(from_fn(trace::always_answer))
        .layer(from_fn(trace::trace))
        .with_state(App { pool, cursors })
}

async fn describe() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION)
}

async fn nothing_here() -> Problem {
    Problem::not_found("There is nothing at this path.")
}

async fn no_such_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "The methods of this path are those that the header Allow names.",
    )
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, Response},
    };
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::database;

    /// No request here gets as far as the database.
    async fn answer(method: &str, path: &str) -> Response<Body> {
        let pool = database::open("postgres://nobody@localhost/nothing").unwrap();
        let request = Request::builder().method(method).uri(path);
        router(pool, "secret")
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn every_described_operation_is_there_and_asks_for_a_token() {
        let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
        let mut asked = 0;
        for (path, operations) in description["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if method == "parameters" || operation.get("security").is_some() {
                    continue;
                }
                let answer = answer(&method.to_uppercase(), path).await;
                assert_eq!(answer.status(), 401, "{method} {path}");
                assert_eq!(answer.headers()["www-authenticate"], "Bearer");
                asked += 1;
            }
        }
        assert_eq!(asked, 10);
    }

    #[tokio::test]
    async fn what_is_not_there_is_a_problem() {
        for (method, path, status) in [
            ("GET", "/nothing", 404),
            ("GET", "/orders/", 404),
            ("GET", "//orders", 404),
            ("DELETE", "/orders", 405),
            ("POST", "/health", 405),
        ] {
            let answer = answer(method, path).await;
            assert_eq!(answer.status(), status, "{method} {path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert!(answer.headers().contains_key("x-request-id"));
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["status"], status);
        }
    }
}
