//! The database.

use std::error::Error;

use deadpool_postgres::{Manager, Pool, PoolError};
use tokio_postgres::NoTls;

const CONNECTIONS: usize = 10;

/// Prepares a pool. It does not connect yet.
pub fn open(url: &str) -> Result<Pool, Box<dyn Error>> {
    let manager = Manager::new(url.parse()?, NoTls);
    Ok(Pool::builder(manager).max_size(CONNECTIONS).build()?)
}

/// Connects. The tables of the brief are there; what you want beside them goes here, and runs at
/// start.
pub async fn migrate(pool: &Pool) -> Result<(), PoolError> {
    let _client = pool.get().await?;
    Ok(())
}
