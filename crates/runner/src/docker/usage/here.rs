//! What a container of this machine has used, as the kernel has it at this moment. An engine looks once a
//! second at what it tells, which is long beside a load of a second or two.

use std::{fs, path::Path, time::Duration};

use super::Told;

/// Of the container with this id, whose first process has this number on its host; none where that is not this
/// machine, or nothing is told here.
pub(super) fn told(id: &str, process: i64) -> Option<Told> {
    told_below(Path::new("/"), id, process)
}

/// With another root folder than `/`.
fn told_below(root: &Path, id: &str, process: i64) -> Option<Told> {
    let groups = fs::read_to_string(root.join(format!("proc/{process}/cgroup"))).ok()?;
    let mounts = root.join("sys/fs/cgroup");
    // `4:cpu,cpuacct:/docker/ID`, or for all controllers together `0::/system.slice/docker-ID.scope`
    // (cgroups(7)). Without the id it is a process of this machine that happens to have the number.
    let group = |controller: &str| {
        let mut lines = groups.lines().map(|line| line.splitn(3, ':').skip(1));
        lines.find_map(|mut line| {
            let controllers = line.next()?;
            let path = line.next()?.trim_start_matches('/');
            let below = path.find(id)? + id.len();
            // Of the container as a whole, whatever groups its processes are in.
            let end = path[below..]
                .find('/')
                .map_or(path.len(), |end| below + end);
            let is_it = controllers.split(',').any(|one| one == controller);
            is_it.then(|| path[..end].to_owned())
        })
    };
    let number = |path: &Path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    if let Some(computing) = group("cpuacct") {
        let cpu = number(&mounts.join("cpuacct").join(computing).join("cpuacct.usage"))?;
        let memory = group("memory").map(|group| mounts.join("memory").join(group));
        return Some(Told {
            cpu: Some(Duration::from_nanos(cpu)),
            memory_peak: memory.and_then(|group| number(&group.join("memory.max_usage_in_bytes"))),
        });
    }
    let group = mounts.join(group("")?);
    let stat = fs::read_to_string(group.join("cpu.stat")).ok()?;
    let micros = stat
        .lines()
        .find_map(|line| line.strip_prefix("usage_usec "))?;
    Some(Told {
        cpu: Some(Duration::from_micros(micros.trim().parse().ok()?)),
        memory_peak: number(&group.join("memory.peak")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4be1b1a4";

    fn told(files: &[(&str, &str)]) -> Option<Told> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        told_below(root.path(), ID, 77)
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
