//! What of a check's time is ours.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Of the check that runs: making faults and taking them back, starting a second instance.
#[derive(Debug, Default)]
pub(crate) struct OwnTime {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    spent: Duration,
    /// Since when more is being spent.
    since: Option<Instant>,
}

/// Until it is dropped, the time is nobody's.
pub(super) struct Spending<'a>(&'a OwnTime);

impl OwnTime {
    /// Begins a check.
    pub(super) fn begin(&self) {
        self.inner().spent = Duration::ZERO;
    }

    /// What it came to so far.
    pub(crate) fn spent(&self) -> Duration {
        let inner = self.inner();
        let now = inner.since.map(|since| since.elapsed());
        inner.spent + now.unwrap_or_default()
    }

    pub(super) fn spend(&self) -> Spending<'_> {
        self.inner().since = Some(Instant::now());
        Spending(self)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Spending<'_> {
    fn drop(&mut self) {
        let mut inner = self.0.inner();
        if let Some(since) = inner.since.take() {
            inner.spent += since.elapsed();
        }
    }
}
