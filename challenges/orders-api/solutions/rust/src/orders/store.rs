//! Orders in the database. Transactions lock in one order, so that none waits for one that waits
//! for it: an idempotency key, then an order, then products by sku.

use std::collections::{BTreeMap, HashMap};

use deadpool_postgres::{GenericClient, Pool, Transaction};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::{Amounts, Item, Order, Quantities, Status, fill, not_found};
use crate::{
    database::{self, Parameter},
    error::{Problem, Result},
    headers::IfMatch,
    products,
};

/// Orders with their items; what follows says which.
pub const SELECT: &str = "
    select id, customer_id, status, subtotal_cents, discount_cents, shipping_cents, total_cents,
           created_at, version,
           (select json_agg(json_build_object(
                       'sku', sku, 'quantity', quantity, 'unit_price_cents', unit_price_cents
                   ) order by sku collate \"C\")
            from order_items where order_id = orders.id) as items
    from orders";

/// Makes a customer's order, or finds the one that the key has made before. It tells whether the
/// order is new.
pub async fn place(
    pool: &Pool,
    customer_id: &str,
    key: Option<&str>,
    wanted: &Quantities,
) -> Result<(Order, bool)> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if let Some(key) = key {
        if !claim(&tx, customer_id, key, wanted).await? {
            return Ok((made_before(&tx, customer_id, key, wanted).await?, false));
        }
    }

    let products = products::lock(&tx, &fill::skus(wanted, &[])).await?;
    let items = fill::items(wanted, &[], &products)?;
    products::take(&tx, &fill::difference(&items, &[], &products)?).await?;

    let id = Uuid::new_v4();
    let Amounts {
        subtotal_cents,
        discount_cents,
        shipping_cents,
        total_cents,
    } = Amounts::of(&items);
    let status = Status::Confirmed.as_str();
    // The time at which it is added: now() is when the transaction began, before it had its locks.
    let sql = "insert into orders (id, customer_id, status, subtotal_cents, discount_cents,
                                   shipping_cents, total_cents, idempotency_key, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())";
    let parameters: [Parameter; 8] = [
        &id,
        &customer_id,
        &status,
        &subtotal_cents,
        &discount_cents,
        &shipping_cents,
        &total_cents,
        &key,
    ];
    database::execute(&tx, sql, &parameters).await?;
    add_items(&tx, id, &items).await?;
    let order = read(&tx, id).await?;
    tx.commit().await?;
    Ok((order, true))
}

/// Notes what a key is used with, unless it was used before. Until the transaction ends, others
/// with the same key wait here; they find the order then, or take its place if it failed.
async fn claim(
    tx: &Transaction<'_>,
    customer_id: &str,
    key: &str,
    wanted: &Quantities,
) -> Result<bool> {
    let sql = "insert into idempotency_keys (customer_id, key, quantities) values ($1, $2, $3)
               on conflict do nothing";
    let claimed = database::execute(tx, sql, &[&customer_id, &key, &Json(&wanted.0)]).await?;
    Ok(claimed == 1)
}

async fn made_before(
    tx: &Transaction<'_>,
    customer_id: &str,
    key: &str,
    wanted: &Quantities,
) -> Result<Order> {
    let sql = "select orders.id, quantities
               from orders join idempotency_keys keys
                    on (orders.customer_id, idempotency_key) = (keys.customer_id, key)
               where keys.customer_id = $1 and key = $2";
    let made = database::row(tx, sql, &[&customer_id, &key])
        .await?
        .ok_or_else(not_found)?;
    let Json(quantities): Json<BTreeMap<String, i64>> = made.get("quantities");
    if quantities != wanted.0 {
        return Err(Problem::invalid(
            "This Idempotency-Key was used with other items. Take a new one.",
        )
        .into());
    }
    read(tx, made.get("id")).await
}

/// An order; with an owner, only if it is theirs.
pub async fn get(pool: &Pool, id: Uuid, owner: Option<&str>) -> Result<Order> {
    let sql = format!("{SELECT} where id = $1 and customer_id = coalesce($2, customer_id)");
    let found = database::row(&pool.get().await?, &sql, &[&id, &owner]).await?;
    Ok(found.ok_or_else(not_found)?.into())
}

pub async fn change(
    pool: &Pool,
    id: Uuid,
    owner: &str,
    if_match: &IfMatch,
    wanted: &Quantities,
) -> Result<Order> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let before = lock(&tx, id, owner).await?;
    if_match.check(before.version)?;
    if before.status == Status::Cancelled {
        return Err(Problem::conflict("The order is cancelled and cannot be changed.").into());
    }

    let products = products::lock(&tx, &fill::skus(wanted, &before.items)).await?;
    let items = fill::items(wanted, &before.items, &products)?;
    products::take(&tx, &fill::difference(&items, &before.items, &products)?).await?;

    database::execute(&tx, "delete from order_items where order_id = $1", &[&id]).await?;
    add_items(&tx, id, &items).await?;
    let Amounts {
        subtotal_cents,
        discount_cents,
        shipping_cents,
        total_cents,
    } = Amounts::of(&items);
    let sql = "update orders
               set subtotal_cents = $2, discount_cents = $3, shipping_cents = $4, total_cents = $5,
                   version = version + 1
               where id = $1";
    let parameters: [Parameter; 5] = [
        &id,
        &subtotal_cents,
        &discount_cents,
        &shipping_cents,
        &total_cents,
    ];
    database::execute(&tx, sql, &parameters).await?;
    let order = read(&tx, id).await?;
    tx.commit().await?;
    Ok(order)
}

pub async fn cancel(pool: &Pool, id: Uuid, owner: &str) -> Result<Order> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let before = lock(&tx, id, owner).await?;
    if before.status == Status::Cancelled {
        return Err(Problem::conflict("The order is cancelled already.").into());
    }

    let nothing = Quantities(BTreeMap::new());
    products::lock(&tx, &fill::skus(&nothing, &before.items)).await?;
    products::take(&tx, &fill::difference(&[], &before.items, &HashMap::new())?).await?;

    let sql = "update orders set status = $2, version = version + 1 where id = $1";
    database::execute(&tx, sql, &[&id, &Status::Cancelled.as_str()]).await?;
    let order = read(&tx, id).await?;
    tx.commit().await?;
    Ok(order)
}

/// Reads a customer's order, and keeps it from changing until the transaction ends.
async fn lock(tx: &Transaction<'_>, id: Uuid, owner: &str) -> Result<Order> {
    let sql = "select from orders where id = $1 and customer_id = $2 for no key update";
    database::row(tx, sql, &[&id, &owner])
        .await?
        .ok_or_else(not_found)?;
    // A query of its own: but for the row that it locks, the first one reads what was there before
    // it waited.
    read(tx, id).await
}

async fn read(db: &impl GenericClient, id: Uuid) -> Result<Order> {
    let found = database::row(db, &format!("{SELECT} where id = $1"), &[&id]).await?;
    Ok(found.ok_or_else(not_found)?.into())
}

async fn add_items(tx: &Transaction<'_>, id: Uuid, items: &[Item]) -> Result<()> {
    let sql = "insert into order_items (order_id, sku, quantity, unit_price_cents)
               select $1, sku, quantity, unit_price_cents
               from unnest($2::text[], $3::bigint[], $4::bigint[])
                    as item (sku, quantity, unit_price_cents)";
    let skus: Vec<_> = items.iter().map(|item| &*item.sku).collect();
    let quantities: Vec<_> = items.iter().map(|item| item.quantity).collect();
    let prices: Vec<_> = items.iter().map(|item| item.unit_price_cents).collect();
    database::execute(tx, sql, &[&id, &skus, &quantities, &prices]).await?;
    Ok(())
}
