//! What computes for a submission without being in its sandbox: this program, and the engine's own processes, which
//! copy all that it prints.
//!
//! An engine has a process for each container, which hands on what it prints, and some for all of them, which write
//! that down and make other containers besides. Theirs is a sandbox's doing as far as its own could have given them
//! so much to do: those of a container that prints nothing, and in which nothing is started, do nothing.

mod process;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use self::process::{Process, Role, is_gone, understood};
use super::threads::threads_of;

/// All processes of a machine are looked through for it, which sandboxes do together where they do so at about one time.
const LATELY: Duration = Duration::from_millis(20);

/// To write down what a container prints takes the engine at most so many times as long as its own process takes to
/// hand it on. Measured with Docker 20.10: empty lines 170, short ones 23, long ones 17.
const WRITTEN: u32 = 500;

/// Of so many containers that are gone it is kept what their own processes had computed.
const GONE: usize = 4096;

/// Of this program, with the moment of the last look.
static LOOKED: Mutex<Option<(Instant, Processes)>> = Mutex::new(None);

/// What was computed for a sandbox's containers by one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnBehalf {
    /// By this program, and whatever else nobody can tell for whom it works.
    ours: Duration,
    /// By the engine, for all containers.
    engines: Duration,
    /// By the processes that the engine has for these; none where there are none.
    copied: Option<Duration>,
}

impl OnBehalf {
    /// How much was computed for the sandbox from this moment to a later one, at most.
    pub(super) fn until(self, later: Self) -> Duration {
        let ours = later.ours.saturating_sub(self.ours);
        let engines = later.engines.saturating_sub(self.engines);
        let handed_on = later.copied.zip(self.copied);
        let of_engine = match handed_on.and_then(|(after, before)| after.checked_sub(before)) {
            Some(handed_on) => handed_on + engines.min(handed_on * WRITTEN),
            // An engine of another kind, or nobody knows any more.
            None => engines,
        };
        ours + of_engine
    }

    /// The same with what was computed for another sandbox.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.copied = self
            .copied
            .zip(other.copied)
            .map(|(own, other)| own + other);
        self
    }
}

/// What was computed so far for the containers with these ids.
pub(crate) fn on_behalf(containers: &[String]) -> OnBehalf {
    let mut looked = LOOKED.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, processes) = looked.get_or_insert_with(|| (Instant::now(), Processes::looked()));
    if at.elapsed() > LATELY {
        processes.look();
        *at = Instant::now();
    }
    processes.on_behalf(containers)
}

/// Those that compute for sandboxes.
#[derive(Debug, Default)]
struct Processes {
    running: HashMap<Process, Counted>,
    /// Those that have ended among them.
    ours: Duration,
    engines: Duration,
    /// Those that have ended, by their containers.
    copied: HashMap<Arc<str>, Duration>,
}

/// One of them, and what it had computed when it was looked at last.
#[derive(Debug)]
struct Counted {
    role: Role,
    computed: Duration,
    /// By the kernel's finest measure, where that was asked for.
    precisely: Duration,
}

impl Processes {
    fn looked() -> Self {
        let mut all = Self::default();
        all.look();
        all
    }

    fn look(&mut self) {
        self.look_below(Path::new("/proc"), rustix::param::clock_ticks_per_second());
    }

    fn on_behalf(&mut self, containers: &[String]) -> OnBehalf {
        self.on_behalf_below(Path::new("/proc"), containers)
    }

    fn look_below(&mut self, processes: &Path, ticks_per_second: u64) {
        // Where nothing can be looked at just now, all is as before.
        let Ok(entries) = fs::read_dir(processes) else {
            return;
        };
        let mut before = std::mem::take(&mut self.running);
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(number) = name.to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let told = match fs::read_to_string(entry.path().join("stat")) {
                Ok(told) => told,
                // One that is gone by now says no more.
                Err(error) if is_gone(&error) => continue,
                Err(_) => {
                    let known = before.extract_if(|process, _| process.number == number);
                    self.running.extend(known);
                    continue;
                }
            };
            let Some((name, start, ticks)) = understood(&told) else {
                continue;
            };
            let process = Process { number, start };
            let known = before.remove(&process).or_else(|| {
                Some(Counted {
                    role: Role::of(number, name, &entry.path())?,
                    computed: Duration::ZERO,
                    precisely: Duration::ZERO,
                })
            });
            let Some(mut counted) = known else { continue };
            let computed = super::duration(ticks, ticks_per_second);
            let more = computed.saturating_sub(counted.computed);
            match counted.role {
                Role::All => self.ours += more,
                Role::Engine => self.engines += more,
                Role::One(_) => {}
            }
            counted.computed = computed;
            self.running.insert(process, counted);
        }
        self.bury(before.into_values());
    }

    /// Nothing of what was computed for a container is forgotten while its sandbox stands.
    fn bury(&mut self, ended: impl Iterator<Item = Counted>) {
        for counted in ended {
            if let Role::One(id) = counted.role {
                *self.copied.entry(id).or_default() += counted.precisely;
            }
        }
        if self.copied.len() > GONE {
            self.copied.clear();
        }
    }

    /// A container's own process computes little: it is asked for that with the kernel's finest measure.
    fn on_behalf_below(&mut self, processes: &Path, containers: &[String]) -> OnBehalf {
        let is_own = |id: &str| containers.iter().any(|own| own == id);
        let gone = self.copied.iter().filter(|(id, _)| is_own(id));
        let mut copied = gone
            .map(|(_, computed)| *computed)
            .reduce(|all, one| all + one);
        for (process, counted) in &mut self.running {
            if !matches!(&counted.role, Role::One(id) if is_own(id)) {
                continue;
            }
            let threads = threads_of(&processes.join(process.number.to_string()));
            let computed = threads.values().map(|thread| thread.computed).sum();
            // Of a thread that has ended nothing is told any more.
            counted.precisely = counted.precisely.max(computed);
            copied = Some(copied.unwrap_or_default() + counted.precisely);
        }
        OnBehalf {
            ours: self.ours,
            engines: self.engines,
            copied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const THEIRS: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const SHIM: &str = "containerd-shim";
    /// The number of a process in a container.
    const INSIDE: &str = "66";

    /// A number, a name, what it computed in hundredths of a second, when it was started, and the container if there
    /// is one.
    type Told<'a> = (&'a str, &'a str, u64, u64, &'a str);

    /// A folder like `/proc`.
    fn processes(all: &[Told<'_>]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (number, name, ticks, start, container) in all {
            let process = folder.path().join(number);
            let thread = process.join("task").join(number);
            fs::create_dir_all(&thread).unwrap();
            let stat = format!(
                "40 ({name}) S 1 40 40 0 -1 4194560 9 0 0 0 {ticks} 0 0 0 20 0 9 0 {start} 7 8\n"
            );
            fs::write(process.join("stat"), stat).unwrap();
            let schedstat = format!("{} 7 8\n", ticks * 10_000_000);
            fs::write(thread.join("schedstat"), schedstat).unwrap();
            let arguments = format!("/bin/x\0-id\0{container}\0-address\0y\0");
            fs::write(process.join("cmdline"), arguments).unwrap();
            let inside = if *number == INSIDE { "\t7" } else { "" };
            let status = format!("Name:\tx\nNSpid:\t{number}{inside}\n");
            fs::write(process.join("status"), status).unwrap();
        }
        folder
    }

    /// What was computed for ours, and for theirs, in milliseconds from each look to the next.
    fn computed(looks: &[&[Told<'_>]]) -> Vec<(u128, u128)> {
        let mut all = Processes::default();
        let told = looks.iter().map(|look| {
            let folder = processes(look);
            all.look_below(folder.path(), 100);
            let mut of = |id: &str| all.on_behalf_below(folder.path(), &[id.to_owned()]);
            (of(OURS), of(THEIRS))
        });
        let told: Vec<_> = told.collect();
        let from = |before: OnBehalf, after| before.until(after).as_millis();
        told.windows(2)
            .map(|two| (from(two[0].0, two[1].0), from(two[0].1, two[1].1)))
            .collect()
    }

    #[test]
    fn the_engines_work_is_that_of_who_gave_it_something_to_do() {
        let looks: [&[Told<'_>]; 7] = [
            &[
                ("40", "dockerd", 90_000, 5, ""),
                ("41", SHIM, 10, 6, OURS),
                ("42", SHIM, 20, 7, THEIRS),
                ("self", "dockerd", 5, 5, ""),
                ("43", "python3 (dockerd)", 900, 5, ""),
                (INSIDE, SHIM, 50, 4, OURS),
            ],
            // Ours prints.
            &[
                ("40", "dockerd", 90_100, 5, ""),
                ("41", SHIM, 12, 6, OURS),
                ("42", SHIM, 20, 7, THEIRS),
                (INSIDE, SHIM, 90, 4, OURS),
                ("67", "docker-proxy", 0, 4, ""),
            ],
            // Ours could not have given it so much to do.
            &[
                ("40", "dockerd", 92_100, 5, ""),
                ("41", SHIM, 14, 6, OURS),
                ("42", SHIM, 20, 7, THEIRS),
            ],
            // One of which nothing is known could be anybody's.
            &[
                ("40", "dockerd", 92_200, 5, ""),
                ("41", SHIM, 14, 6, OURS),
                ("42", SHIM, 20, 7, THEIRS),
                ("44", SHIM, 3, 9, "c0ffee"),
                ("45", SHIM, 10, 9, &"c".repeat(64)),
            ],
            // The engine was started again.
            &[
                ("40", "dockerd", 7, 12, ""),
                ("41", SHIM, 24, 6, OURS),
                ("42", SHIM, 20, 7, THEIRS),
            ],
            // Our container has ended, and is started again.
            &[("40", "dockerd", 107, 12, ""), ("42", SHIM, 20, 7, THEIRS)],
            &[
                ("40", "dockerd", 207, 12, ""),
                ("42", SHIM, 20, 7, THEIRS),
                ("46", SHIM, 3, 14, OURS),
            ],
        ];
        let expected = [
            (1_020, 0),
            (10_020, 0),
            (30, 30),
            (170, 0),
            (0, 0),
            (1_030, 0),
        ];
        assert_eq!(computed(&looks), expected);
    }

    #[test]
    fn where_no_container_is_known_the_engine_works_for_anybody() {
        let looks: [&[Told<'_>]; 2] = [
            &[("40", "dockerd", 500, 5, "")],
            &[("40", "dockerd", 530, 5, "")],
        ];
        assert_eq!(computed(&looks), [(300, 300)]);
    }

    #[test]
    fn this_program_is_looked_at_again_after_a_while() {
        let before = on_behalf(&[]).ours;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) && on_behalf(&[]).ours == before {
            std::hint::spin_loop();
        }
        assert!(on_behalf(&[]).ours > before);
    }
}
