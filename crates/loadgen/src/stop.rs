//! Ending a run before its time, with the figures so far.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends the runs that it was given to. Its clones are one.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl Stop {
    /// One that nobody has asked to stop.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Ends the runs; what they have measured so far is their result.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody asked.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Until somebody asks.
    pub(crate) async fn stopped(&self) {
        // The sender is alive, it is ours.
        let _ = self.0.subscribe().wait_for(|stopped| *stopped).await;
    }
}

/// Stops when it goes out of scope: a run whose caller has gone does not go on.
pub(crate) struct StopOnDrop(pub(crate) Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
