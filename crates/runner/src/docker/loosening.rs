//! What tests take away from a sandbox, in order to show what it keeps from happening.

use std::{fmt, sync::Arc};

use bollard::models::ContainerCreateBody;

/// Changes what the engine is asked for before an app's container is made.
#[derive(Clone)]
pub(super) struct Loosening(Arc<dyn Fn(&mut ContainerCreateBody) + Send + Sync>);

impl Loosening {
    pub(super) fn new(loosen: impl Fn(&mut ContainerCreateBody) + Send + Sync + 'static) -> Self {
        Self(Arc::new(loosen))
    }

    pub(super) fn apply(&self, body: &mut ContainerCreateBody) {
        (self.0)(body);
    }
}

impl fmt::Debug for Loosening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loosening")
    }
}
