//! What is done beside a submission's migration, when it is run again.

use futures_util::future::{BoxFuture, ready};

/// What is done beside a migration that is run again.
pub trait Beside: Send + Sync {
    /// Begins: services are in their first state, and nothing of the submission runs.
    fn begin(&self) -> BoxFuture<'_, ()>;

    /// Ends: the migration has ended, and the submission is not started yet.
    fn end(&self) -> BoxFuture<'_, ()>;
}

/// Nothing is done beside it.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Beside for Alone {
    fn begin(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }
}
