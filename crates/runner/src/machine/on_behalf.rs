//! What computes for a submission without being in its sandbox: this program, and the engine's own processes,
//! which copy all that it prints.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// As the kernel names the engine's processes: fifteen bytes of each.
const ENGINE: [&str; 6] = [
    "dockerd",
    "containerd",
    "containerd-shim",
    "docker-proxy",
    "runc",
    "conmon",
];

/// All processes of a machine are looked through for it, which sandboxes do together where they do so at about one time.
const LATELY: Duration = Duration::from_millis(20);

/// Of this program, with the moment of the last look.
static COMPUTED: Mutex<Option<(Instant, OnBehalf)>> = Mutex::new(None);

/// What they have computed so far, as of now or a moment ago. Never less than before.
pub(crate) fn computed_on_behalf() -> Duration {
    let mut computed = COMPUTED.lock().unwrap_or_else(PoisonError::into_inner);
    let (looked, all) = computed.get_or_insert_with(|| (Instant::now(), OnBehalf::looked()));
    if looked.elapsed() > LATELY {
        all.look();
        *looked = Instant::now();
    }
    all.computed()
}

/// The computing time of all of them, also of those that have ended.
#[derive(Debug, Default)]
struct OnBehalf {
    running: HashMap<Process, Duration>,
    ended: Duration,
}

/// By its number and the moment of its start, as a number is given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Process {
    number: u32,
    start: u64,
}

impl OnBehalf {
    fn looked() -> Self {
        let mut all = Self::default();
        all.look();
        all
    }

    fn look(&mut self) {
        self.look_below(Path::new("/proc"), rustix::param::clock_ticks_per_second());
    }

    fn computed(&self) -> Duration {
        self.ended + self.running.values().sum::<Duration>()
    }

    fn look_below(&mut self, processes: &Path, ticks_per_second: u64) {
        let mut before = std::mem::take(&mut self.running);
        // One that is gone by now says no more.
        let entries = fs::read_dir(processes).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let Some(number) = name.to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let told = fs::read_to_string(entry.path().join("stat"));
            let found = told.ok().and_then(|told| counted(number, &told));
            if let Some((start, ticks)) = found {
                let process = Process { number, start };
                before.remove(&process);
                let computed = super::duration(ticks, ticks_per_second);
                self.running.insert(process, computed);
            }
        }
        self.ended += before.values().sum::<Duration>();
    }
}

/// When it was started and how long it computed, in ticks; none where it is none of them. `proc_pid_stat(5)`: the name
/// is in parentheses and may have some itself; after it, the fields 14, 15 and 22 are meant, and it ends field 2.
fn counted(number: u32, told: &str) -> Option<(u64, u64)> {
    let (named, fields) = told.rsplit_once(')')?;
    let name = named.split_once('(')?.1;
    (number == process::id() || ENGINE.contains(&name)).then_some(())?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some((field(22)?, field(14)?.saturating_add(field(15)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder like `/proc`, in which 40 is the engine.
    fn processes(engine: &str, others: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (number, told) in [("40", engine), ("self", engine)].iter().chain(others) {
            fs::create_dir(folder.path().join(number)).unwrap();
            fs::write(folder.path().join(number).join("stat"), told).unwrap();
        }
        folder
    }

    fn stat(name: &str, ticks: (u64, u64), start: u64) -> String {
        let (user, system) = ticks;
        format!(
            "40 ({name}) S 1 40 40 0 -1 4194560 9 0 0 0 {user} {system} 0 0 20 0 9 0 {start} 7 8\n"
        )
    }

    #[test]
    fn who_has_ended_counts_and_who_got_its_number_counts_anew() {
        let mut on_behalf = OnBehalf::default();
        let mut computed = |engine: &str, others: &[(&str, &str)]| {
            let folder = processes(engine, others);
            on_behalf.look_below(folder.path(), 100);
            on_behalf.computed().as_millis()
        };
        assert_eq!(computed(&stat("dockerd", (300, 100), 5), &[]), 4000);
        assert_eq!(computed(&stat("dockerd", (310, 100), 5), &[]), 4100);
        let shim = stat("containerd-shim", (2, 1), 8);
        let others = [
            ("41", shim.as_str()),
            ("42", &stat("python3 (dockerd)", (900, 0), 5)),
            ("43", "no such thing"),
        ];
        assert_eq!(computed(&stat("dockerd", (310, 100), 5), &others), 4130);
        assert_eq!(computed(&stat("dockerd", (20, 0), 9), &[]), 4330);
        assert_eq!(computed(&stat("python3", (50, 0), 12), &[]), 4330);
    }

    #[test]
    fn this_program_is_one_whatever_it_is_called() {
        let told = stat("any (name) :)", (7, 1), 3);
        assert_eq!(counted(process::id(), &told), Some((3, 8)));
        assert_eq!(counted(process::id() + 1, &told), None);
        // At first it is looked, and again after a while.
        let before = computed_on_behalf();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) && computed_on_behalf() == before {
            std::hint::spin_loop();
        }
        assert!(computed_on_behalf() > before);
    }
}
