//! Products in the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use deadpool_postgres::{Pool, Transaction};

use super::{NewProduct, Product, ProductChange, not_found};
use crate::{
    database,
    error::{Problem, Result},
    headers::IfMatch,
    values::{MAX_STOCK, PriceCents, Sku},
};

pub async fn add(pool: &Pool, new: &NewProduct) -> Result<Product> {
    let sql = "insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
               on conflict (sku) do nothing
               returning sku, name, price_cents, stock, version";
    let (sku, name) = (new.sku.as_str(), new.name.as_str());
    let (price, stock) = (new.price_cents.get(), new.stock.get());
    let added = database::row(&pool.get().await?, sql, &[&sku, &name, &price, &stock]).await?;
    let product =
        added.ok_or_else(|| Problem::conflict(format!("There is a product {sku} already.")))?;
    Ok(product.into())
}

pub async fn get(pool: &Pool, sku: &Sku) -> Result<Product> {
    let sql = "select sku, name, price_cents, stock, version from products where sku = $1";
    let found = database::row(&pool.get().await?, sql, &[&sku.as_str()]).await?;
    Ok(found.ok_or_else(not_found)?.into())
}

pub async fn change(
    pool: &Pool,
    sku: &Sku,
    if_match: &IfMatch,
    change: &ProductChange,
) -> Result<Product> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;

    // From here to the end of the transaction nobody else changes it.
    let sql = "select version from products where sku = $1 for no key update";
    let present = database::row(&tx, sql, &[&sku.as_str()])
        .await?
        .ok_or_else(not_found)?;
    if_match.check(present.get("version"))?;

    let sql = "update products
               set name = coalesce($2, name), price_cents = coalesce($3, price_cents),
                   version = version + 1
               where sku = $1
               returning sku, name, price_cents, stock, version";
    let name = change.name.as_ref().map(|name| name.as_str());
    let price = change.price_cents.map(PriceCents::get);
    let changed = database::row(&tx, sql, &[&sku.as_str(), &name, &price]).await?;
    tx.commit().await?;
    Ok(changed.ok_or_else(not_found)?.into())
}

pub async fn adjust_stock(pool: &Pool, sku: &Sku, change: i64) -> Result<Product> {
    let sql = "update products
               set stock = stock + $2, version = version + 1
               where sku = $1 and stock + $2 between 0 and $3
               returning sku, name, price_cents, stock, version";
    let parameters: [database::Parameter; 3] = [&sku.as_str(), &change, &MAX_STOCK];
    let adjusted = database::row(&pool.get().await?, sql, &parameters).await?;
    if let Some(product) = adjusted {
        return Ok(product.into());
    }
    // Either there is none, or its stock does not allow it.
    get(pool, sku).await?;
    let detail = format!("The stock has to be 0 to {MAX_STOCK} after the change.");
    Err(Problem::conflict(detail).into())
}

/// Reads those of the products that there are, and keeps them from changing until the transaction
/// ends. They are locked in the order of their skus, so that no two wait for each other.
pub async fn lock(tx: &Transaction<'_>, skus: &BTreeSet<&str>) -> Result<HashMap<String, Product>> {
    let sql = "select sku, name, price_cents, stock, version from products where sku = any($1)
               order by sku collate \"C\" for no key update";
    let skus: Vec<_> = skus.iter().collect();
    let rows = database::rows(tx, sql, &[&skus]).await?;
    let products = rows.into_iter().map(Product::from);
    Ok(products
        .map(|product| (product.sku.clone(), product))
        .collect())
}

/// Takes quantities from the stock of products that the transaction has locked. What is below zero
/// is given back.
pub async fn take(tx: &Transaction<'_>, quantities: &BTreeMap<&str, i64>) -> Result<()> {
    let sql = "update products
               set stock = stock - taken.quantity, version = version + 1
               from unnest($1::text[], $2::bigint[]) as taken (sku, quantity)
               where products.sku = taken.sku and taken.quantity <> 0";
    let skus: Vec<_> = quantities.keys().collect();
    let quantities: Vec<_> = quantities.values().collect();
    database::execute(tx, sql, &[&skus, &quantities]).await?;
    Ok(())
}
