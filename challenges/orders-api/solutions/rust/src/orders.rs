//! Orders: placing, changing, cancelling and showing them.

mod amounts;
mod fill;
mod list;
mod store;

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, header::LOCATION, request::Parts},
    response::IntoResponse,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio_postgres::{Row, types::Json as JsonColumn};
use uuid::Uuid;

use self::amounts::Amounts;
use crate::{
    app::App,
    auth::{Customer, OrderReader},
    body::{Body, Object},
    error::{Problem, Result},
    headers::{IfMatch, etag, is_visible},
    values::{Quantity, Sku},
};

const MAX_ITEMS: usize = 20;
const MAX_KEY: usize = 255;

#[derive(Debug, Serialize)]
pub struct Order {
    id: Uuid,
    customer_id: String,
    status: Status,
    items: Vec<Item>,
    #[serde(flatten)]
    amounts: Amounts,
    created_at: DateTime<Utc>,
    /// Another one after every change.
    #[serde(skip)]
    version: i64,
}

/// A product in an order, at the price that it had when it came in.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
struct Item {
    sku: String,
    quantity: i64,
    unit_price_cents: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Confirmed,
    Cancelled,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        let JsonColumn(items) = row.get("items");
        Self {
            id: row.get("id"),
            customer_id: row.get("customer_id"),
            status: match row.get("status") {
                "cancelled" => Status::Cancelled,
                _ => Status::Confirmed,
            },
            items,
            amounts: Amounts {
                subtotal_cents: row.get("subtotal_cents"),
                discount_cents: row.get("discount_cents"),
                shipping_cents: row.get("shipping_cents"),
                total_cents: row.get("total_cents"),
            },
            created_at: row.get("created_at"),
            version: row.get("version"),
        }
    }
}

/// What a new order or a change asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    items: Quantities,
}

/// Quantities by sku.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<Object<Line>>")]
struct Quantities(BTreeMap<String, i64>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sku: Sku,
    quantity: Quantity,
}

impl TryFrom<Vec<Object<Line>>> for Quantities {
    type Error = String;

    fn try_from(lines: Vec<Object<Line>>) -> Result<Self, String> {
        if !(1..=MAX_ITEMS).contains(&lines.len()) {
            return Err(format!("an order has 1 to {MAX_ITEMS} items"));
        }
        let mut quantities = BTreeMap::new();
        for Object(Line { sku, quantity }) in lines {
            if quantities
                .insert(sku.as_str().to_owned(), quantity.get())
                .is_some()
            {
                return Err(format!("the product {} is there twice", sku.as_str()));
            }
        }
        Ok(Self(quantities))
    }
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/orders", get(list::list).post(place))
        .route("/orders/{id}", get(show).patch(change))
        .route("/orders/{id}/cancel", post(cancel))
}

async fn place(
    Customer(customer_id): Customer,
    State(app): State<App>,
    IdempotencyKey(key): IdempotencyKey,
    Body(Wanted { items }): Body<Wanted>,
) -> Result<impl IntoResponse> {
    let (order, is_new) = store::place(&app.pool, &customer_id, key.as_deref(), &items).await?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let location = [(LOCATION, format!("/orders/{}", order.id))];
    Ok((status, location, shown(order)))
}

async fn show(
    reader: OrderReader,
    State(app): State<App>,
    OrderPath(id): OrderPath,
) -> Result<impl IntoResponse> {
    Ok(shown(store::get(&app.pool, id, reader.owner()).await?))
}

async fn change(
    Customer(customer_id): Customer,
    State(app): State<App>,
    OrderPath(id): OrderPath,
    if_match: IfMatch,
    Body(Wanted { items }): Body<Wanted>,
) -> Result<impl IntoResponse> {
    Ok(shown(
        store::change(&app.pool, id, &customer_id, &if_match, &items).await?,
    ))
}

async fn cancel(
    Customer(customer_id): Customer,
    State(app): State<App>,
    OrderPath(id): OrderPath,
) -> Result<impl IntoResponse> {
    Ok(shown(store::cancel(&app.pool, id, &customer_id).await?))
}

fn shown(order: Order) -> impl IntoResponse {
    (etag(order.version), Json(order))
}

fn not_found() -> Problem {
    Problem::not_found("There is no such order.")
}

/// The id in a path. What is no UUID is no order's.
struct OrderPath(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for OrderPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(not_found()),
        }
    }
}

struct IdempotencyKey(Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all("idempotency-key").iter();
        match (given.next().map(|key| key.to_str()), given.next()) {
            (None, _) => Ok(Self(None)),
            (Some(Ok(key)), None) if is_visible(key, MAX_KEY) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::invalid(format!(
                "There may be one Idempotency-Key of 1 to {MAX_KEY} visible ASCII characters."
            ))),
        }
    }
}
