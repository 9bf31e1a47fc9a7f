//! Writers that are at work while a migration is run, and a session that watches for whom they wait.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use report::model::{LockWait, MigrationRun, WriteFailure};
use runner::{Beside, ServiceEndpoint};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use crate::{
    finish,
    sql::{Wait, Waits, Writer, behind_others},
};

/// Between two transactions of a writer.
const PACE: Duration = Duration::from_millis(20);
/// Between two looks at who waits.
const LOOKS: Duration = Duration::from_millis(20);
/// For what takes a moment: to begin, and to end when the migration has ended.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many waits are shown, the longest.
const WAITS: usize = 10;
/// So many kinds of failures are told apart, of so many characters.
const FAILURES: usize = 10;
const SAID: usize = 500;

/// Writers beside one run of a migration.
pub(super) struct Writing<'a> {
    endpoint: &'a ServiceEndpoint,
    writers: u32,
    /// A transaction's statements, in each of its renderings.
    forms: Arc<Vec<Vec<String>>>,
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Before,
    At(Work),
    /// What came of it, or why it could not begin.
    Ended(Result<MigrationRun, String>),
}

/// Ends when it is dropped.
struct Work {
    began: Instant,
    /// Of the writers, in their order.
    pids: Vec<i32>,
    writers: JoinSet<Written>,
    watcher: Watcher,
    /// Whether the writers are to come to their end.
    enough: Arc<AtomicBool>,
}

/// A watcher that ends when it is dropped.
struct Watcher {
    task: JoinHandle<Seen>,
    enough: Arc<AtomicBool>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What came of a writer.
#[derive(Default)]
struct Written {
    transactions: u64,
    failures: Failures,
}

/// How many transactions failed, by what they failed with.
#[derive(Default)]
struct Failures(BTreeMap<String, u64>);

impl Failures {
    fn add(&mut self, what: String, count: u64) {
        let known = self.0.contains_key(&what) || self.0.len() < FAILURES;
        let what = if known { what } else { "others".to_owned() };
        *self.0.entry(what).or_default() += count;
    }
}

/// What a watcher has seen.
#[derive(Default)]
struct Seen {
    longest: Duration,
    /// By process and beginning.
    waits: BTreeMap<(i32, i64), Wait>,
    /// Why it could not go on.
    lost: Option<String>,
}

impl Seen {
    fn take(&mut self, wait: Wait) {
        self.longest = self.longest.max(wait.waited);
        let key = (wait.pid, wait.since_micros);
        self.waits.insert(key, wait);
        if self.waits.len() > WAITS {
            let shortest = self.waits.iter().min_by_key(|(_, wait)| wait.waited);
            if let Some(key) = shortest.map(|(key, _)| *key) {
                self.waits.remove(&key);
            }
        }
    }
}

impl<'a> Writing<'a> {
    pub(super) fn new(
        endpoint: &'a ServiceEndpoint,
        writers: u32,
        forms: Vec<Vec<String>>,
    ) -> Self {
        Self {
            endpoint,
            writers,
            forms: Arc::new(forms),
            state: Mutex::default(),
        }
    }

    /// What came of it; an error where it is ours.
    pub(super) fn account(&self) -> Result<MigrationRun, String> {
        let state = std::mem::take(&mut *self.lock());
        match state {
            State::Ended(ended) => ended,
            State::Before | State::At(_) => Err("the migration was not run".to_owned()),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With one transaction of each writer done: that they can write before the migration begins.
    async fn begun(&self) -> Result<Work, sqlx::Error> {
        let mut waits = Waits::open(self.endpoint).await?;
        let mut writers = Vec::new();
        for _ in 0..self.writers {
            let mut writer = Writer::open(self.endpoint).await?;
            writer.write(&self.forms[0]).await?;
            writers.push(writer);
        }
        let pids: Vec<i32> = writers.iter().map(|writer| writer.pid).collect();
        waits.look(&pids).await?;
        let enough = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        let apart = self.forms.len() / writers.len().max(1);
        for (number, writer) in writers.into_iter().enumerate() {
            let (forms, enough) = (Arc::clone(&self.forms), Arc::clone(&enough));
            tasks.spawn(write(writer, forms, number * apart + 1, enough));
        }
        let seen_enough = Arc::new(AtomicBool::new(false));
        Ok(Work {
            began: Instant::now(),
            pids: pids.clone(),
            writers: tasks,
            watcher: Watcher {
                task: tokio::spawn(watch(waits, pids, Arc::clone(&seen_enough))),
                enough: seen_enough,
            },
            enough,
        })
    }
}

impl Beside for Writing<'_> {
    fn begin(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let state = match timeout(PATIENCE, self.begun()).await {
                Ok(Ok(work)) => State::At(work),
                Ok(Err(error)) => State::Ended(Err(format!(
                    "before the migration began, a writer could not write: {}",
                    finish::chain(&error)
                ))),
                Err(_) => State::Ended(Err(format!(
                    "before the migration began, writers had not written within {} s",
                    PATIENCE.as_secs()
                ))),
            };
            *self.lock() = state;
        })
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let state = std::mem::take(&mut *self.lock());
            let state = match state {
                State::At(work) => State::Ended(work.ended().await),
                other => other,
            };
            *self.lock() = state;
        })
    }
}

impl Work {
    async fn ended(mut self) -> Result<MigrationRun, String> {
        let writers = self.pids.len() as u64;
        let took = self.began.elapsed();
        self.enough.store(true, Relaxed);
        let mut all = Written::default();
        let mut back = 0;
        let until = tokio::time::Instant::now() + PATIENCE;
        while let Ok(Some(one)) = tokio::time::timeout_at(until, self.writers.join_next()).await {
            let one = one.map_err(|error| format!("a writer broke down: {error}"))?;
            back += 1;
            all.transactions += one.transactions;
            for (what, count) in one.failures.0 {
                all.failures.add(what, count);
            }
        }
        if back < writers {
            let what = format!(
                "not done {} s after the migration had ended",
                PATIENCE.as_secs()
            );
            all.failures.add(what, writers - back);
        }
        self.watcher.enough.store(true, Relaxed);
        let seen = timeout(PATIENCE, &mut self.watcher.task).await;
        let seen = match seen {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => return Err(format!("who waits could not be watched: {error}")),
            Err(_) => Seen {
                lost: Some("the server did not answer".to_owned()),
                ..Seen::default()
            },
        };
        if let Some(lost) = seen.lost {
            // The server ran before the migration began: whatever it is, it came of that.
            all.failures
                .add(format!("who waits is not told: {lost}"), 1);
        }
        let mut waits: Vec<Wait> = seen.waits.into_values().collect();
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.waited));
        let number = |pid| {
            self.pids
                .iter()
                .position(|one| *one == pid)
                .map_or(0, |at| at + 1)
        };
        let mut failures: Vec<WriteFailure> = all
            .failures
            .0
            .into_iter()
            .map(|(what, count)| WriteFailure { what, count })
            .collect();
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.count));
        Ok(MigrationRun {
            took_ms: finish::millis(took),
            transactions: all.transactions,
            longest_wait_ms: finish::millis(seen.longest),
            waits: waits
                .into_iter()
                .map(|wait| LockWait {
                    writer: u32::try_from(number(wait.pid)).unwrap_or(u32::MAX),
                    waited_ms: finish::millis(wait.waited),
                    lock: wait.mode,
                    behind: wait.behind.into_iter().map(|by| by.statement).collect(),
                })
                .collect(),
            failures,
        })
    }
}

/// One transaction after the other.
async fn write(
    mut writer: Writer,
    forms: Arc<Vec<Vec<String>>>,
    first: usize,
    enough: Arc<AtomicBool>,
) -> Written {
    let mut written = Written::default();
    for number in first.. {
        if enough.load(Relaxed) {
            break;
        }
        match writer.write(&forms[number % forms.len()]).await {
            Ok(()) => written.transactions += 1,
            Err(error) => {
                let (what, is_over) = in_words(&error);
                written.failures.add(what, 1);
                if is_over {
                    return written;
                }
            }
        }
        sleep(PACE).await;
    }
    let _ = timeout(PATIENCE, writer.close()).await;
    written
}

/// What a transaction failed with, and whether its session is over.
fn in_words(error: &sqlx::Error) -> (String, bool) {
    let said = |text: &str| report::neutral::brief(text, SAID);
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // Class 08 is a broken connection, 57P a session that somebody ended.
            let is_over = code.starts_with("08") || code.starts_with("57P");
            (said(error.message()), is_over)
        }
        other => (said(&format!("its session ended: {other}")), true),
    }
}

async fn watch(mut waits: Waits, pids: Vec<i32>, enough: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::default();
    while !enough.load(Relaxed) {
        match waits.look(&pids).await {
            Ok(now) => {
                for wait in behind_others(now, &pids) {
                    seen.take(wait);
                }
            }
            Err(error) => {
                seen.lost = Some(in_words(&error).0);
                break;
            }
        }
        sleep(LOOKS).await;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_waits_are_kept() {
        let mut seen = Seen::default();
        let wait = |pid: i32, ms: u64| Wait {
            pid,
            since_micros: 0,
            waited: Duration::from_millis(ms),
            mode: String::new(),
            behind: Vec::new(),
        };
        for pid in 0..50 {
            seen.take(wait(pid, u64::try_from(pid).unwrap()));
        }
        // Looked at again, it is the same wait.
        seen.take(wait(49, 60));
        assert_eq!(seen.longest, Duration::from_millis(60));
        let kept: Vec<i32> = seen.waits.keys().map(|(pid, _)| *pid).collect();
        assert_eq!(kept, (40..50).collect::<Vec<_>>());
    }

    #[test]
    fn a_flood_of_different_failures_stays_bounded() {
        let mut failures = Failures::default();
        for number in 0..1000 {
            failures.add(format!("no {number}"), 1);
        }
        assert_eq!(failures.0.len(), FAILURES + 1);
        assert_eq!(failures.0["others"], 990);
    }
}
