use std::sync::atomic::{AtomicUsize, Ordering};

/// How large a body may be, before and after its content encoding is undone.
pub const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// How large all bodies of a burst may be together.
pub const BURST_LIMIT: usize = 128 * 1024 * 1024;

/// What may still be read, shared by the answers of a burst.
#[derive(Debug)]
pub(crate) struct Allowance(AtomicUsize);

/// More was to be read than is allowed; how much that is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exceeded(pub(super) usize);

impl Allowance {
    pub(crate) const fn for_one() -> Self {
        Self(AtomicUsize::new(2 * ANSWER_LIMIT))
    }

    pub(crate) const fn for_burst() -> Self {
        Self(AtomicUsize::new(BURST_LIMIT))
    }

    /// Reads `more` bytes of a body of which `have` are there.
    pub(super) fn take(&self, have: usize, more: usize) -> Result<(), Exceeded> {
        if have + more > ANSWER_LIMIT {
            return Err(Exceeded(ANSWER_LIMIT));
        }
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(more)
            })
            .map(|_| ())
            .map_err(|_| Exceeded(BURST_LIMIT))
    }
}
