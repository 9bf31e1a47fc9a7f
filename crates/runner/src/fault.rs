//! Something bad that is done to a service.

use std::time::Duration;

/// What is done to a service until it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its processes stand still: connections stay open and new ones are taken up, and nothing is answered.
    Paused,
    /// Its process has ended, with all that it had been given kept where it is one that keeps data: connections
    /// are broken, and new ones refused at once.
    Stopped,
    /// What it says to the submission comes later.
    Slow {
        /// By so much.
        by: Duration,
    },
}

/// What came of taking a fault back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mended {
    /// The service is as before.
    Ready,
    /// It is, but only without the submission, which has been ended for it: it kept the service from coming up.
    Kept {
        /// In words.
        how: String,
    },
}
