//! Waiting for something to accept connections, one way of asking a file.
//!
//! Each asks again every 20 ms until it has its answer. How long it may take, and that its container
//! may die meanwhile, is the caller's to bound.

mod http;
mod mariadb;
mod postgres;
mod redis;
mod tcp;

use std::time::Duration;

pub(crate) use http::HttpAnswer;
pub(crate) use mariadb::{Login, logs_in};
pub(crate) use postgres::accepts_sessions;
pub(crate) use redis::pongs;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
