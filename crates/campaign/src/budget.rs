//! Runs so many things at once and no more, and keeps their order.

use std::future::Future;

use futures_util::{StreamExt, stream};

/// Runs `work` for each item, `at_once` at a time; results in the items' order.
pub(crate) async fn spread<I, T, F>(items: Vec<I>, at_once: usize, work: impl Fn(I) -> F) -> Vec<T>
where
    F: Future<Output = T>,
{
    stream::iter(items)
        .map(work)
        .buffered(at_once.max(1))
        .collect()
        .await
}
