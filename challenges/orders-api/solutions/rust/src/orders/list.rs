//! `GET /orders`.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Order, Status, store};
use crate::{
    app::App,
    auth::OrderReader,
    database::Select,
    error::Result,
    paging::Paging,
    query::{Bound, Parameters, written},
};

/// Which orders are listed, in which order. A cursor belongs to one of these.
#[derive(Deserialize, Serialize)]
pub struct Filter {
    #[serde(default)]
    sort: Sort,
    customer_id: Option<String>,
    status: Option<Status>,
    #[serde(default, deserialize_with = "written")]
    created_from: Option<Bound>,
    #[serde(default, deserialize_with = "written")]
    created_to: Option<Bound>,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
enum Sort {
    #[default]
    #[serde(rename = "-created_at")]
    NewestFirst,
    #[serde(rename = "created_at")]
    OldestFirst,
}

/// Where a page ends.
#[derive(Deserialize, Serialize)]
struct Position {
    created_at: DateTime<Utc>,
    id: Uuid,
}

#[derive(Serialize)]
pub struct Page {
    orders: Vec<Order>,
    next_cursor: Option<String>,
}

pub async fn list(
    reader: OrderReader,
    State(app): State<App>,
    Parameters(paging): Parameters<Paging>,
    Parameters(mut filter): Parameters<Filter>,
) -> Result<Json<Page>> {
    // A customer's list holds their own orders, whatever it is asked for.
    if let OrderReader::Customer(id) = reader {
        filter.customer_id = Some(id);
    }
    let after = paging
        .cursor
        .as_ref()
        .map(|cursor| app.cursors.open(&filter, cursor))
        .transpose()?;
    let mut orders = read(&app.pool, &filter, after.as_ref(), paging.rows()).await?;
    let next_cursor = paging.cut(&mut orders).map(|last| {
        let position = Position {
            created_at: last.created_at,
            id: last.id,
        };
        app.cursors.seal(&filter, &position)
    });
    Ok(Json(Page {
        next_cursor: next_cursor.transpose()?,
        orders,
    }))
}

async fn read(
    pool: &Pool,
    filter: &Filter,
    after: Option<&Position>,
    limit: i64,
) -> Result<Vec<Order>> {
    let status = filter.status.map(Status::as_str);

    let mut select = Select::from(store::SELECT);
    if let Some(customer_id) = &filter.customer_id {
        select.and("customer_id = ?", &[customer_id]);
    }
    if let Some(status) = &status {
        select.and("status = ?", &[status]);
    }
    if let Some(from) = &filter.created_from {
        select.and("created_at >= ?", &[from.time()]);
    }
    if let Some(to) = &filter.created_to {
        select.and("created_at < ?", &[to.time()]);
    }
    if let Some(Position { created_at, id }) = after {
        match filter.sort {
            Sort::NewestFirst => select.and("(created_at, id) < (?, ?)", &[created_at, id]),
            Sort::OldestFirst => select.and("(created_at, id) > (?, ?)", &[created_at, id]),
        }
    }
    match filter.sort {
        Sort::NewestFirst => select.then("order by created_at desc, id desc", &[]),
        Sort::OldestFirst => select.then("order by created_at, id", &[]),
    }
    select.then("limit ?", &[&limit]);

    let rows = select.rows(&pool.get().await?).await?;
    Ok(rows.into_iter().map(Order::from).collect())
}
