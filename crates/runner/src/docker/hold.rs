//! Holding a sandbox's programs while something is measured: off a core, or still.
//!
//! What is wanted and what is done are kept apart: whoever cannot wait says what is wanted and leaves
//! the rest to the engine, and whoever comes later does what is wanted last.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    sync::{Arc, Mutex as Shared, PoisonError},
    time::Duration,
};

use bollard::{errors::Error as EngineError, models::ContainerUpdateBody};
use futures_util::future::try_join_all;
use tokio::sync::{Mutex, OnceCell};

use super::{SandboxError, app::ROLE, command, holder::Holder, services::Service, site::Site};
use crate::Hold;

/// This boot of a kernel, and the cores of whoever asks.
const ASK: &str = "cat /proc/sys/kernel/random/boot_id && grep Cpus_allowed_list /proc/self/status";
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// How often what is held is let go of before it is given up.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// What the programs of one sandbox are held to.
#[derive(Debug)]
pub(super) struct Holding {
    site: Site,
    /// Each with its role.
    containers: Vec<(String, String)>,
    cores: OnceCell<Vec<u32>>,
    wanted: Shared<Hold>,
    /// None where it is not known.
    done: Mutex<Option<Done>>,
}

#[derive(Debug)]
struct Done {
    hold: Hold,
    /// The cores that the engine was told last, if any: those of who stands still are as before.
    cores: Option<String>,
}

impl Holding {
    pub(super) fn new(site: &Site, app: &str, services: &[Service]) -> Self {
        let services = services.iter();
        let services = services.map(|service| (service.name.clone(), service.container.clone()));
        let app = (ROLE.to_owned(), app.to_owned());
        Self {
            site: site.clone(),
            containers: std::iter::once(app).chain(services).collect(),
            cores: OnceCell::new(),
            wanted: Shared::default(),
            done: Mutex::new(Some(Done {
                hold: Hold::Free,
                cores: None,
            })),
        }
    }

    /// Which of this host's cores containers have that nobody holds.
    pub(super) async fn cores(&self, holder: &Holder) -> Result<Vec<u32>, SandboxError> {
        let cores = self.cores.get_or_try_init(|| self.look(holder)).await?;
        Ok(cores.clone())
    }

    async fn look(&self, holder: &Holder) -> Result<Vec<u32>, SandboxError> {
        let unknown = |why: &str| SandboxError::NoCores {
            why: why.to_owned(),
        };
        let docker = self.site.docker();
        let system = docker.info().await.map_err(|source| SandboxError::List {
            things: "abilities",
            source,
        })?;
        if system.cpu_set == Some(false) {
            return Err(unknown("it has no control group for cores"));
        }
        let told = command::run_as(
            docker,
            "holder",
            (&holder.id, 65534),
            &["sh", "-c", ASK],
            vec![],
        )
        .await?;
        let mut lines = told.output.lines();
        let boot = fs::read_to_string(BOOT).unwrap_or_default();
        match (lines.next(), lines.next().and_then(listed)) {
            // Those of another machine are numbered by themselves.
            (Some(theirs), Some(_)) if theirs.trim() != boot.trim() => {
                Err(unknown("it is on another machine"))
            }
            (Some(_), Some(cores)) => Ok(cores.into_iter().collect()),
            _ => Err(unknown("its kernel does not say")),
        }
    }

    pub(super) async fn hold(&self, hold: Hold) -> Result<(), SandboxError> {
        if let Hold::OffCore(core) = hold {
            let mut cores = self.cores.get().into_iter().flatten();
            if !cores.any(|have| *have != core) {
                return Err(SandboxError::NoCores {
                    why: "none is known beside the one to be left".to_owned(),
                });
            }
        }
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = hold;
        self.settle().await
    }

    /// Lets go of them without anybody waiting for it.
    pub(super) fn let_go(this: &Arc<Self>) {
        *this.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Hold::Free;
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let this = Arc::clone(this);
        runtime.spawn(async move {
            for _ in 0..TRIES {
                match this.settle().await {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, "a sandbox is still held"),
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    /// Does what is wanted now.
    async fn settle(&self) -> Result<(), SandboxError> {
        let mut done = self.done.lock().await;
        let wanted = *self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if done.as_ref().is_some_and(|done| done.hold == wanted) {
            return Ok(());
        }
        let before = done.take();
        let told = before.as_ref().and_then(|before| before.cores.clone());
        let change = self
            .cores_for(wanted)
            .filter(|cores| Some(cores) != told.as_ref());
        let before = before.map(|before| before.hold);
        let each = self.containers.iter();
        let each = each.map(|one| self.settle_one(one, before, wanted, change.as_deref()));
        try_join_all(each).await?;
        *done = Some(Done {
            hold: wanted,
            cores: change.or(told),
        });
        Ok(())
    }

    async fn settle_one(
        &self,
        (role, id): &(String, String),
        before: Option<Hold>,
        wanted: Hold,
        cores: Option<&str>,
    ) -> Result<(), SandboxError> {
        let docker = self.site.docker();
        let still = wanted == Hold::Still;
        if still || before.is_none_or(|before| before == Hold::Still) {
            let what = if still { "pause" } else { "unpause" };
            let asked = match what {
                "pause" => docker.pause_container(id).await,
                _ => docker.unpause_container(id).await,
            };
            if let Err(source) = asked {
                self.stands((role, id), still, what, source).await?;
            }
        }
        let Some(cores) = cores else {
            return Ok(());
        };
        let change = ContainerUpdateBody {
            cpuset_cpus: Some(cores.to_owned()),
            ..ContainerUpdateBody::default()
        };
        let moved = docker.update_container(id, change).await;
        moved.map_err(|source| SandboxError::Hold {
            what: "move",
            role: role.clone(),
            source,
        })
    }

    /// As the engine is told them; none where there is nothing to tell.
    fn cores_for(&self, wanted: Hold) -> Option<String> {
        let cores = self.cores.get()?;
        match wanted {
            Hold::Still => None,
            Hold::Free => Some(told(cores.iter().copied())),
            Hold::OffCore(core) => Some(told(cores.iter().copied().filter(|have| *have != core))),
        }
    }

    /// One that is as it is to be, or does not run, needs nothing.
    async fn stands(
        &self,
        (role, id): (&str, &str),
        still: bool,
        what: &'static str,
        source: EngineError,
    ) -> Result<(), SandboxError> {
        let inspected = self.site.inspect(role, id).await?;
        let state = inspected.state.unwrap_or_default();
        let is_paused = state.paused == Some(true);
        if is_paused == still || state.running != Some(true) {
            return Ok(());
        }
        Err(SandboxError::Hold {
            what,
            role: role.to_owned(),
            source,
        })
    }
}

/// `0,1,3`.
fn told(cores: impl Iterator<Item = u32>) -> String {
    let mut told = String::new();
    for core in cores {
        let comma = if told.is_empty() { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(told, "{comma}{core}");
    }
    told
}

/// Reads `Cpus_allowed_list: 0-3,8`.
fn listed(line: &str) -> Option<BTreeSet<u32>> {
    let (_, list) = line.split_once(':')?;
    let mut cores = BTreeSet::new();
    for part in list.trim().split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        cores.extend(from.parse::<u32>().ok()?..=to.parse::<u32>().ok()?);
    }
    Some(cores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_read_and_told() {
        let read = |line| listed(line).map(|cores| told(cores.into_iter()));
        let list = "Cpus_allowed_list:\t0-2,5,7-8";
        assert_eq!(read(list).as_deref(), Some("0,1,2,5,7,8"));
        assert_eq!(read("Cpus_allowed_list:\t0").as_deref(), Some("0"));
        assert_eq!(read("Cpus_allowed_list:\t"), None);
        assert_eq!(read("nothing"), None);
    }
}
