//! What runs that died have left on this host.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;

use super::{
    family::Family,
    mark::{self, Recorded},
};
use crate::{lease::Process, temp};

/// Between the request to end and the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends the processes whose makers are gone and removes their folders; says how many and which.
pub(crate) async fn remove_dead() -> (usize, Vec<PathBuf>) {
    let mut ended = 0;
    for folder in temp::dead() {
        // What others wrote might name any process.
        if temp::is_ours(&folder) {
            for Recorded { process, politely } in mark::recorded(&folder) {
                // The system may have given its id to another by now.
                if process.is_alive() {
                    ended += end(Some(&process), &|_| false, politely).await;
                }
            }
        }
    }
    // Those that have left their session, and those without a folder.
    ended += end(None, &mark::is_dead, Signal::TERM).await;
    (ended, temp::remove_dead())
}

/// How many there were.
async fn end(
    leader: Option<&Process>,
    is_marked: &(dyn Fn(&str) -> bool + Sync),
    politely: Signal,
) -> usize {
    let family = Family { leader, is_marked };
    let there = family.members().len();
    if there > 0 {
        let left = family.end(politely, PATIENCE).await;
        return there.saturating_sub(left);
    }
    0
}
