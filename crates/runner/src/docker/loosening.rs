//! What tests take away from a sandbox, in order to show what it keeps from happening.

use std::{fmt, sync::Arc};

use bollard::models::ContainerCreateBody;

/// Whose containers a loosening is of.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The app's, and what else runs as the submission.
    App,
    /// The holders' of namespaces.
    Holder,
}

type Change = dyn Fn(&mut ContainerCreateBody) + Send + Sync;

/// Changes what the engine is asked for before a container is made.
#[derive(Clone)]
pub(super) struct Loosening {
    part: Part,
    change: Arc<Change>,
}

impl Loosening {
    pub(super) fn new(
        part: Part,
        change: impl Fn(&mut ContainerCreateBody) + Send + Sync + 'static,
    ) -> Self {
        Self {
            part,
            change: Arc::new(change),
        }
    }

    pub(super) fn apply(&self, part: Part, body: &mut ContainerCreateBody) {
        if part == self.part {
            (self.change)(body);
        }
    }
}

impl fmt::Debug for Loosening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loosening")
    }
}
