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
    /// By the submission's doing it was not, and had to be helped: the submission may have been ended for it.
    Kept {
        /// In words.
        how: String,
    },
}
