//! What a container of this machine has used, as the kernel has it at this moment. An engine looks once a
//! second at what it tells, which is long beside a load of a second or two.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::Told;
use crate::machine;

/// Of the container with this id, whose first process has this number on its host; none where that is not this
/// machine, or nothing is told here.
pub(super) fn told(id: &str, process: i64) -> Option<Told> {
    told_below(Path::new("/"), id, process)
}

/// How long each of its tasks has waited for a core so far, though it could have run; by the task's number.
pub(super) fn waits(id: &str, process: i64) -> Option<HashMap<u32, Duration>> {
    waits_below(Path::new("/"), id, process)
}

/// With another root folder than `/`.
fn told_below(root: &Path, id: &str, process: i64) -> Option<Told> {
    let groups = Groups::of(root, id, process)?;
    let number = |path: &Path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    if let Some(computing) = groups.of_controller("cpuacct") {
        let cpu = number(&computing.join("cpuacct.usage"))?;
        let memory = groups.of_controller("memory");
        return Some(Told {
            cpu: Some(Duration::from_nanos(cpu)),
            memory_peak: memory.and_then(|group| number(&group.join("memory.max_usage_in_bytes"))),
        });
    }
    let group = groups.of_all()?;
    let stat = fs::read_to_string(group.join("cpu.stat")).ok()?;
    let micros = stat
        .lines()
        .find_map(|line| line.strip_prefix("usage_usec "))?;
    Some(Told {
        cpu: Some(Duration::from_micros(micros.trim().parse().ok()?)),
        memory_peak: number(&group.join("memory.peak")),
    })
}

fn waits_below(root: &Path, id: &str, process: i64) -> Option<HashMap<u32, Duration>> {
    let groups = Groups::of(root, id, process)?;
    let (group, file) = match groups.of_controller("cpuacct") {
        Some(group) => (group, "tasks"),
        None => (groups.of_all()?, "cgroup.threads"),
    };
    // A kernel without this account tells of none.
    fs::metadata(root.join("proc/self/schedstat")).ok()?;
    let mut waits = HashMap::new();
    let mut folders = vec![group];
    while let Some(folder) = folders.pop() {
        let tasks = fs::read_to_string(folder.join(file)).unwrap_or_default();
        for task in tasks.lines().filter_map(|line| line.parse().ok()) {
            if let Some(thread) = machine::thread_of(&root.join(format!("proc/{task}"))) {
                waits.insert(task, thread.waited);
            }
        }
        let inside = fs::read_dir(&folder).into_iter().flatten().flatten();
        let inside = inside.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.extend(inside.map(|entry| entry.path()));
    }
    Some(waits)
}

/// The control groups of a container, as its first process has them.
struct Groups<'a> {
    mounts: PathBuf,
    told: String,
    id: &'a str,
}

impl<'a> Groups<'a> {
    fn of(root: &Path, id: &'a str, process: i64) -> Option<Self> {
        Some(Self {
            mounts: root.join("sys/fs/cgroup"),
            told: fs::read_to_string(root.join(format!("proc/{process}/cgroup"))).ok()?,
            id,
        })
    }

    /// Where a controller has a tree of its own.
    fn of_controller(&self, controller: &str) -> Option<PathBuf> {
        Some(self.mounts.join(controller).join(self.path(controller)?))
    }

    /// Where all controllers have one tree.
    fn of_all(&self) -> Option<PathBuf> {
        Some(self.mounts.join(self.path("")?))
    }

    /// `4:cpu,cpuacct:/docker/ID`, or for all controllers together `0::/system.slice/docker-ID.scope`
    /// (cgroups(7)). Without the id it is a process of this machine that happens to have the number.
    fn path(&self, controller: &str) -> Option<&str> {
        let mut lines = self.told.lines().map(|line| line.splitn(3, ':').skip(1));
        lines.find_map(|mut line| {
            let controllers = line.next()?;
            let path = line.next()?.trim_start_matches('/');
            let below = path.find(self.id)? + self.id.len();
            // Of the container as a whole, whatever groups its processes are in.
            let end = path[below..]
                .find('/')
                .map_or(path.len(), |end| below + end);
            let is_it = controllers.split(',').any(|one| one == controller);
            is_it.then_some(&path[..end])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4be1b1a4";

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn told(files: &[(&str, &str)]) -> Option<Told> {
        told_below(machine(files).path(), ID, 77)
    }

    #[test]
    fn each_version_of_control_groups_tells() {
        let first = [
            (
                "proc/77/cgroup",
                "9:memory:/docker/4be1b1a4\n4:cpu,cpuacct:/docker/4be1b1a4\n0::/\n",
            ),
            (
                "sys/fs/cgroup/cpuacct/docker/4be1b1a4/cpuacct.usage",
                "1500000000\n",
            ),
            (
                "sys/fs/cgroup/memory/docker/4be1b1a4/memory.max_usage_in_bytes",
                "4096\n",
            ),
        ];
        let second = [
            ("proc/77/cgroup", "0::/system.slice/docker-4be1b1a4.scope\n"),
            (
                "sys/fs/cgroup/system.slice/docker-4be1b1a4.scope/cpu.stat",
                "usage_usec 1500000\nuser_usec 900000\n",
            ),
            (
                "sys/fs/cgroup/system.slice/docker-4be1b1a4.scope/memory.peak",
                "4096\n",
            ),
        ];
        for files in [&first[..], &second[..]] {
            let told = told(files).unwrap();
            assert_eq!(told.cpu, Some(Duration::from_millis(1_500)));
            assert_eq!(told.memory_peak, Some(4096));
        }
        // Older kernels know no peak in the second version.
        assert_eq!(told(&second[..2]).unwrap().memory_peak, None);
        assert!(told(&second[..1]).is_none());
    }

    #[test]
    fn a_group_inside_of_a_container_is_counted_with_it() {
        let files = [
            (
                "proc/77/cgroup",
                "0::/system.slice/docker-4be1b1a4.scope/small\n",
            ),
            (
                "sys/fs/cgroup/system.slice/docker-4be1b1a4.scope/cpu.stat",
                "usage_usec 1500000\n",
            ),
            (
                "sys/fs/cgroup/system.slice/docker-4be1b1a4.scope/small/cpu.stat",
                "usage_usec 1\n",
            ),
        ];
        let told = told(&files).unwrap();
        assert_eq!(told.cpu, Some(Duration::from_millis(1_500)));
    }

    #[test]
    fn each_task_that_runs_tells_how_long_it_waited() {
        let account = [
            ("proc/self/schedstat", "1 1 1\n"),
            ("proc/77/schedstat", "900 7000000 12\n"),
            ("proc/78/schedstat", "900 8000000 12\n"),
        ];
        let first = [
            ("proc/77/cgroup", "4:cpu,cpuacct:/docker/4be1b1a4\n0::/\n"),
            (
                "sys/fs/cgroup/cpuacct/docker/4be1b1a4/tasks",
                "77\n78\n79\n",
            ),
        ];
        let second = [
            ("proc/77/cgroup", "0::/docker-4be1b1a4.scope\n"),
            (
                "sys/fs/cgroup/docker-4be1b1a4.scope/cgroup.threads",
                "77\n79\n",
            ),
            (
                "sys/fs/cgroup/docker-4be1b1a4.scope/small/cgroup.threads",
                "78\n",
            ),
        ];
        let waits =
            |files: &[&[(&str, &str)]]| waits_below(machine(&files.concat()).path(), ID, 77);
        for groups in [&first[..], &second[..]] {
            let told = waits(&[&account, groups]).unwrap();
            assert_eq!(told.len(), 2, "{told:?}");
            assert_eq!(told[&77], Duration::from_millis(7));
            assert_eq!(told[&78], Duration::from_millis(8));
            assert_eq!(waits(&[groups]), None);
        }
        assert_eq!(waits(&[&account]), None);
    }

    #[test]
    fn a_process_of_this_machine_with_the_number_of_one_elsewhere_tells_nothing() {
        let other = [
            ("proc/77/cgroup", "4:cpu,cpuacct:/docker/00aa\n0::/\n"),
            ("sys/fs/cgroup/cpuacct/docker/00aa/cpuacct.usage", "15\n"),
            ("sys/fs/cgroup/cpu.stat", "usage_usec 15\n"),
        ];
        assert!(told(&other).is_none());
        assert!(told(&[]).is_none());
    }
}
