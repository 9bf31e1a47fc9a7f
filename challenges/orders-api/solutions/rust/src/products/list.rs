//! `GET /products`.

use axum::{Json, extract::State};
use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};

use super::Product;
use crate::{
    app::App,
    auth::Anyone,
    database::Select,
    error::Result,
    paging::Paging,
    query::{Parameters, written},
    values::{Name, PriceCents},
};

/// Which products are listed, in which order. A cursor belongs to one of these.
#[derive(Deserialize, Serialize)]
pub struct Filter {
    #[serde(default)]
    sort: Sort,
    q: Option<Name>,
    #[serde(default, deserialize_with = "written")]
    min_price_cents: Option<PriceCents>,
    #[serde(default, deserialize_with = "written")]
    max_price_cents: Option<PriceCents>,
    #[serde(default, deserialize_with = "written")]
    in_stock: Option<bool>,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
enum Sort {
    #[default]
    #[serde(rename = "sku")]
    Sku,
    #[serde(rename = "-sku")]
    SkuDown,
    #[serde(rename = "price_cents")]
    Price,
    #[serde(rename = "-price_cents")]
    PriceDown,
}

/// Where a page ends.
#[derive(Deserialize, Serialize)]
struct Position {
    price_cents: i64,
    sku: String,
}

#[derive(Serialize)]
pub struct Page {
    products: Vec<Product>,
    next_cursor: Option<String>,
}

pub async fn list(
    _: Anyone,
    State(app): State<App>,
    Parameters(paging): Parameters<Paging>,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page>> {
    let after = paging
        .cursor
        .as_ref()
        .map(|cursor| app.cursors.open(&filter, cursor))
        .transpose()?;
    let mut products = read(&app.pool, &filter, after.as_ref(), paging.rows()).await?;
    let next_cursor = paging.cut(&mut products).map(|last| {
        let position = Position {
            price_cents: last.price_cents,
            sku: last.sku.clone(),
        };
        app.cursors.seal(&filter, &position)
    });
    Ok(Json(Page {
        next_cursor: next_cursor.transpose()?,
        products,
    }))
}

async fn read(
    pool: &Pool,
    filter: &Filter,
    after: Option<&Position>,
    limit: i64,
) -> Result<Vec<Product>> {
    let search = filter.q.as_ref().map(Name::as_str);
    let [least, most] =
        [filter.min_price_cents, filter.max_price_cents].map(|price| price.map(PriceCents::get));

    let mut select = Select::from("select sku, name, price_cents, stock, version from products");
    if let Some(search) = &search {
        // In the collation "C" only ASCII letters have an upper and a lower case.
        select.and(
            "strpos(lower(name collate \"C\"), lower(?::text collate \"C\")) > 0",
            &[search],
        );
    }
    if let Some(least) = &least {
        select.and("price_cents >= ?", &[least]);
    }
    if let Some(most) = &most {
        select.and("price_cents <= ?", &[most]);
    }
    if let Some(in_stock) = &filter.in_stock {
        select.and("(stock > 0) = ?", &[in_stock]);
    }
    if let Some(Position { price_cents, sku }) = after {
        match filter.sort {
            Sort::Sku => select.and("sku collate \"C\" > ?", &[sku]),
            Sort::SkuDown => select.and("sku collate \"C\" < ?", &[sku]),
            Sort::Price => select.and(
                "(price_cents, sku collate \"C\") > (?, ?)",
                &[price_cents, sku],
            ),
            Sort::PriceDown => select.and(
                "(price_cents, sku collate \"C\") < (?, ?)",
                &[price_cents, sku],
            ),
        }
    }
    select.then(
        match filter.sort {
            Sort::Sku => "order by sku collate \"C\"",
            Sort::SkuDown => "order by sku collate \"C\" desc",
            Sort::Price => "order by price_cents, sku collate \"C\"",
            Sort::PriceDown => "order by price_cents desc, sku collate \"C\" desc",
        },
        &[],
    );
    select.then("limit ?", &[&limit]);

    let rows = select.rows(&pool.get().await?).await?;
    Ok(rows.into_iter().map(Product::from).collect())
}
