//! How much room the engine's disk has, where it is a disk of this host.
//!
//! What a submission may write within its limits is its own doing, and there is room for that before it
//! is started. A disk that is full all the same was filled by others.

use std::path::PathBuf;

use bollard::models::SystemInfo;

use super::{SandboxError, disk::DiskWatch};

/// As little as a database takes to go on for a moment, in bytes: as good as none.
const NONE: u64 = 16 << 20;
/// So few files can still be made.
const NO_FILES: u64 = 256;

/// Where the engine keeps its containers' files.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    folder: Option<PathBuf>,
}

/// Whether an engine is one of this host.
pub(super) fn is_here(system: &SystemInfo) -> bool {
    let here = rustix::system::uname();
    system.name.as_deref() == Some(&*here.nodename().to_string_lossy())
}

/// What is left on a disk for who is not root.
struct Left {
    bytes: u64,
    files: u64,
}

impl Disk {
    /// An engine of another host, or in a virtual machine, has a folder that is not to be seen here.
    pub(super) fn of(system: &SystemInfo) -> Self {
        let folder = system.docker_root_dir.as_ref().map(PathBuf::from);
        Self {
            folder: folder.filter(|folder| is_here(system) && folder.is_dir()),
        }
    }

    /// Sees to it that what comes may write so many bytes.
    pub(super) fn must_have(&self, needed: u64, of: &'static str) -> Result<(), SandboxError> {
        match self.left() {
            Some((folder, left)) if left.bytes < needed => Err(SandboxError::NoRoom {
                folder,
                left: left.bytes,
                needed,
                of,
            }),
            _ => Ok(()),
        }
    }

    /// In words, when nothing more can be written.
    pub(super) fn full(&self) -> Option<String> {
        let (folder, left) = self.left()?;
        let folder = folder.display();
        if left.bytes < NONE {
            let bytes = left.bytes;
            Some(format!(
                "the engine's disk is full: {bytes} bytes are left in {folder}"
            ))
        } else if left.files < NO_FILES {
            let files = left.files;
            Some(format!(
                "the engine's disk is full: {files} more files can be made in {folder}"
            ))
        } else {
            None
        }
    }

    /// The same, where none of these services has written more than it may: between two looks it may have
    /// been more than there was room for.
    pub(super) async fn full_beside(&self, services: &[DiskWatch]) -> Option<String> {
        let full = self.full()?;
        for service in services {
            if service.is_beyond().await {
                return None;
            }
        }
        Some(full)
    }

    fn left(&self) -> Option<(PathBuf, Left)> {
        let folder = self.folder.as_ref()?;
        let told = rustix::fs::statvfs(folder)
            .inspect_err(|error| tracing::warn!(%error, ?folder, "the engine's disk is not told"))
            .ok()?;
        // Some file systems have no number of files.
        let files = if told.f_files == 0 {
            u64::MAX
        } else {
            told.f_favail
        };
        let bytes = told.f_bavail.saturating_mul(told.f_frsize);
        Some((folder.clone(), Left { bytes, files }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, folder: &str) -> Disk {
        Disk::of(&SystemInfo {
            name: Some(name.to_owned()),
            docker_root_dir: Some(folder.to_owned()),
            ..Default::default()
        })
    }

    #[test]
    fn only_a_disk_of_this_host_is_looked_at() {
        let here = rustix::system::uname();
        let here = here.nodename().to_str().unwrap();
        let most = u64::MAX;
        assert!(told(here, "/").must_have(most, "a build").is_err());
        assert!(
            told("docker-desktop", "/")
                .must_have(most, "a build")
                .is_ok()
        );
        assert!(told(here, "/nowhere").must_have(most, "a build").is_ok());
        assert_eq!(told(here, "/").full(), None);
    }
}
