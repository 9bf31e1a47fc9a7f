//! Products and their stock.

mod list;
mod store;

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, header::LOCATION, request::Parts},
    response::IntoResponse,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

pub use self::store::{lock, take};
use crate::{
    app::App,
    auth::{Admin, Anyone},
    body::{Body, given},
    error::{Problem, Result},
    headers::{IfMatch, etag},
    values::{Name, PriceCents, Sku, Stock, StockChange},
};

#[derive(Debug, Clone, Serialize)]
pub struct Product {
    pub sku: String,
    pub name: String,
    pub price_cents: i64,
    pub stock: i64,
    /// Another one after every change.
    #[serde(skip)]
    pub version: i64,
}

impl From<Row> for Product {
    fn from(row: Row) -> Self {
        Self {
            sku: row.get("sku"),
            name: row.get("name"),
            price_cents: row.get("price_cents"),
            stock: row.get("stock"),
            version: row.get("version"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProduct {
    sku: Sku,
    name: Name,
    price_cents: PriceCents,
    stock: Stock,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductChange {
    #[serde(default, deserialize_with = "given")]
    name: Option<Name>,
    #[serde(default, deserialize_with = "given")]
    price_cents: Option<PriceCents>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adjustment {
    change: StockChange,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/products", get(list::list).post(add))
        .route("/products/{sku}", get(show).patch(change))
        .route("/products/{sku}/stock", post(adjust_stock))
}

async fn add(
    _: Admin,
    State(app): State<App>,
    Body(new): Body<NewProduct>,
) -> Result<impl IntoResponse> {
    let product = store::add(&app.pool, &new).await?;
    let location = [(LOCATION, format!("/products/{}", product.sku))];
    Ok((StatusCode::CREATED, location, shown(product)))
}

async fn show(
    _: Anyone,
    State(app): State<App>,
    ProductPath(sku): ProductPath,
) -> Result<impl IntoResponse> {
    Ok(shown(store::get(&app.pool, &sku).await?))
}

async fn change(
    _: Admin,
    State(app): State<App>,
    ProductPath(sku): ProductPath,
    if_match: IfMatch,
    Body(change): Body<ProductChange>,
) -> Result<impl IntoResponse> {
    if change.name.is_none() && change.price_cents.is_none() {
        return Err(Problem::invalid(
            "Give name, price_cents or both: there is nothing to change.",
        )
        .into());
    }
    Ok(shown(
        store::change(&app.pool, &sku, &if_match, &change).await?,
    ))
}

async fn adjust_stock(
    _: Admin,
    State(app): State<App>,
    ProductPath(sku): ProductPath,
    Body(Adjustment { change }): Body<Adjustment>,
) -> Result<impl IntoResponse> {
    if change.get() == 0 {
        return Err(Problem::invalid("A change of 0 is none.").into());
    }
    Ok(shown(
        store::adjust_stock(&app.pool, &sku, change.get()).await?,
    ))
}

fn shown(product: Product) -> impl IntoResponse {
    (etag(product.version), Json(product))
}

fn not_found() -> Problem {
    Problem::not_found("There is no product of this sku.")
}

/// The sku in a path. What cannot be one is no product's.
struct ProductPath(Sku);

impl<S: Send + Sync> FromRequestParts<S> for ProductPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<Sku>::from_request_parts(parts, state).await {
            Ok(Path(sku)) => Ok(Self(sku)),
            Err(_) => Err(not_found()),
        }
    }
}
