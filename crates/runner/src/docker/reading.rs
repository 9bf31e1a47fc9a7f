//! What a sandbox's programs and this machine's cores have done.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::{
    replica::Replicable,
    sandbox::DockerSandbox,
    usage::{self, Place},
};
use crate::machine::{self, Reading};

/// The computing time of each container, also of those that have ended meanwhile.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    containers: Mutex<HashMap<String, Account>>,
    /// Containers of visitors that are there.
    visitors: Mutex<Vec<String>>,
}

/// For as long as it is there, a visitor's container is looked at with those of the sandbox.
#[derive(Debug)]
pub(super) struct Presence<'a> {
    accounts: &'a Accounts,
    container: String,
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        let mut visitors = self.accounts.visitors();
        visitors.retain(|visitor| *visitor != self.container);
    }
}

#[derive(Debug, Default, Clone)]
struct Account {
    /// Where it ran when it was looked at last, so that the engine need not be asked each time.
    place: Option<Place>,
    id: Option<String>,
    /// Of all its lives.
    computed: Duration,
    /// As the kernel told last, of the life that it has.
    last: Duration,
    /// For how long its tasks waited for a core, those that have ended among them.
    waited: Duration,
    /// As the kernel told last of each.
    waits: HashMap<u32, Duration>,
}

impl Account {
    /// The kernel begins anew with each life of a container.
    fn take(&mut self, told: Duration) {
        self.computed += since(self.last, told);
        self.last = told;
    }

    fn take_waits(&mut self, told: HashMap<u32, Duration>) {
        let more = told.iter().map(|(task, told)| {
            let last = self.waits.get(task).copied().unwrap_or_default();
            since(last, *told)
        });
        self.waited += more.sum::<Duration>();
        self.waits = told;
    }
}

/// What is told now and was not told last; all of it where something else has got the number.
fn since(last: Duration, told: Duration) -> Duration {
    told.checked_sub(last).unwrap_or(told)
}

impl Accounts {
    pub(super) fn present(&self, visitor: &str) -> Presence<'_> {
        self.visitors().push(visitor.to_owned());
        Presence {
            accounts: self,
            container: visitor.to_owned(),
        }
    }

    fn visitors(&self) -> MutexGuard<'_, Vec<String>> {
        self.visitors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, container: &str) -> Option<Place> {
        self.all().get(container)?.place.clone()
    }

    /// Also of those that do not run any more.
    fn ids(&self) -> Vec<String> {
        let all = self.all();
        all.values()
            .filter_map(|account| account.id.clone())
            .collect()
    }

    fn take(&self, container: &str, place: Option<Place>, told: Option<Duration>) {
        let mut all = self.all();
        let account = all.entry(container.to_owned()).or_default();
        if let Some((id, _)) = &place {
            account.id = Some(id.clone());
        }
        account.place = place;
        if let Some(told) = told {
            account.take(told);
        }
    }

    fn take_waits(&self, container: &str, told: HashMap<u32, Duration>) {
        let mut all = self.all();
        all.entry(container.to_owned())
            .or_default()
            .take_waits(told);
    }

    fn computed(&self) -> Duration {
        self.all().values().map(|account| account.computed).sum()
    }

    fn waited(&self) -> Duration {
        self.all().values().map(|account| account.waited).sum()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        self.containers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// None where the engine is on another machine, or the kernel does not tell.
pub(super) async fn of(sandbox: &DockerSandbox) -> Option<Reading> {
    let mut containers = vec![sandbox.container.clone()];
    let services = sandbox.services.iter();
    containers.extend(services.clone().map(|service| service.container.clone()));
    // What the submission sends through one is its doing, too.
    containers.extend(services.filter_map(|service| service.proxy.clone()));
    containers.extend(sandbox.replica.as_ref().and_then(Replicable::made));
    containers.extend(sandbox.accounts.visitors().iter().cloned());
    let looked = containers.iter().map(|container| look(sandbox, container));
    let looked = join_all(looked).await;
    let computed = sandbox.accounts.computed();
    // What this program and the engine compute for a submission, as when it prints without end or answers by the
    // megabyte, is its doing.
    let on_behalf = machine::on_behalf(&sandbox.accounts.ids());
    let (at, idle) = (Instant::now(), machine::idle()?);
    let waits = looked.iter().flatten().all(|waits| *waits);
    looked.iter().any(Option::is_some).then(|| Reading {
        at,
        computed,
        on_behalf,
        waited: waits.then(|| sandbox.accounts.waited()),
        idle,
    })
}

/// None where nothing is told of this container; else whether it is told how long its tasks waited.
async fn look(sandbox: &DockerSandbox, container: &str) -> Option<bool> {
    let accounts = &sandbox.accounts;
    let mut place = accounts.place(container);
    let mut told = place.as_ref().and_then(usage::computing_time_here);
    if told.is_none() {
        let asked = usage::place(sandbox.site.docker(), container).await;
        place = asked.ok().flatten();
        told = place.as_ref().and_then(usage::computing_time_here);
    }
    let waits = place.as_ref().and_then(usage::waits_here);
    accounts.take(container, place, told);
    let are_told = waits.is_some();
    if let Some(waits) = waits {
        accounts.take_waits(container, waits);
    }
    told.map(|_| are_told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_counts_and_what_was_started_again_goes_on() {
        let accounts = Accounts::default();
        let told = |app: u64, db: Option<u64>| {
            accounts.take("app", None, Some(Duration::from_secs(app)));
            accounts.take("db", None, db.map(Duration::from_secs));
            accounts.computed().as_secs()
        };
        assert_eq!(told(3, Some(10)), 13);
        assert_eq!(told(4, None), 14);
        let waited = |tasks: &[(u32, u64)]| {
            let told = tasks
                .iter()
                .map(|(task, told)| (*task, Duration::from_secs(*told)));
            accounts.take_waits("app", told.collect());
            accounts.waited().as_secs()
        };
        assert_eq!(waited(&[(7, 2), (8, 1)]), 3);
        assert_eq!(waited(&[(7, 3)]), 4);
        // Another has its number.
        assert_eq!(waited(&[(7, 1), (8, 1)]), 6);
        // It was stopped, and began at nothing.
        assert_eq!(told(4, Some(2)), 16);
        assert_eq!(told(4, Some(3)), 17);
    }
}
