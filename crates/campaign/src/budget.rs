//! How many sandboxes stand at once.

use std::thread;

use challenge_spec::model::ChallengeFile;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Never more than this, whatever the machine: the engine sets up one thing after the other.
const MOST: usize = 16;
/// What the machine keeps for itself and the engine, in bytes.
const KEPT: u64 = 1 << 30;

/// Room for so many sandboxes.
#[derive(Debug)]
pub struct Budget {
    at_once: usize,
    room: Semaphore,
}

impl Budget {
    /// Room for exactly so many, one at least.
    pub fn of(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            at_once,
            room: Semaphore::new(at_once),
        }
    }

    /// As many as this machine bears of a challenge's sandboxes: one for each core, and no more than
    /// fit into its memory when each uses what its limits allow. A machine that is busier than that
    /// answers late, and lateness is told of a submission.
    pub fn of_machine(challenge: &ChallengeFile) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::of(at_most(cores, memory(), of_sandbox(challenge)))
    }

    /// How many that is.
    pub fn at_once(&self) -> usize {
        self.at_once
    }

    /// Waits until none stands that was given room.
    pub async fn empty(&self) {
        let all = u32::try_from(self.at_once).unwrap_or(u32::MAX);
        let _all = self.room.acquire_many(all).await;
    }

    /// Waits for room, which is free again when the permit is dropped.
    pub(crate) async fn room(&self) -> SemaphorePermit<'_> {
        self.room
            .acquire()
            .await
            .expect("nobody closes the semaphore")
    }
}

fn at_most(cores: usize, memory: u64, sandbox: u64) -> usize {
    let fit = memory.saturating_sub(KEPT) / sandbox.max(1);
    let fit = usize::try_from(fit).unwrap_or(usize::MAX);
    cores.min(fit).clamp(1, MOST)
}

/// This host's memory in bytes; an engine elsewhere is taken for one like it.
fn memory() -> u64 {
    let info = rustix::system::sysinfo();
    info.totalram.saturating_mul(u64::from(info.mem_unit))
}

/// What one sandbox may use, in bytes.
fn of_sandbox(challenge: &ChallengeFile) -> u64 {
    let services = challenge.services.values();
    let services: u64 = services
        .map(|service| service.limits().memory.bytes())
        .sum();
    let app = challenge.limits.app.memory.bytes();
    let build = challenge.limits.build.memory.bytes();
    // A grade has several at once with tests beside them.
    let tested = if challenge.implementations.is_empty() {
        0
    } else {
        let at_once = u64::try_from(grader::implementations_at_once()).unwrap_or(u64::MAX);
        let tests = challenge.own_suite.limits.memory.bytes();
        services
            .saturating_add(app)
            .saturating_add(tests)
            .saturating_mul(at_once)
    };
    services.saturating_add(app).max(build).max(tested)
}

#[cfg(test)]
mod tests {
    use super::at_most;

    const GIB: u64 = 1 << 30;

    #[test]
    fn cores_and_memory_bound_it_and_one_always_fits() {
        assert_eq!(at_most(4, 64 * GIB, 2 * GIB), 4);
        assert_eq!(at_most(8, 9 * GIB, 2 * GIB), 4);
        assert_eq!(at_most(2, GIB, 2 * GIB), 1);
        assert_eq!(at_most(64, 1024 * GIB, GIB), 16);
    }
}
