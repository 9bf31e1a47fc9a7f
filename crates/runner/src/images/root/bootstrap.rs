//! Debian without a registry: its packages, unpacked by a program of the host.

mod child;

use std::{
    fs::File,
    io::{self, Seek},
    process::Stdio,
};

use thiserror::Error;
use tokio::process::Command;

use self::child::run;
use crate::{LogTail, temp};

/// Left out, as in Debian's own slim images.
const LEFT_OUT: [&str; 3] = ["man", "info", "locale"];

/// Why nothing was bootstrapped.
#[derive(Debug, Error)]
pub enum BootstrapError {
    /// No program for it.
    #[error(
        "neither mmdebstrap nor debootstrap is installed; on Debian: apt-get install mmdebstrap"
    )]
    NoProgram,
    /// The program did not start.
    #[error("{program} cannot be started")]
    Start {
        /// Which.
        program: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It may not be done by this user.
    #[error(
        "mmdebstrap needs root, or user ids to act as root in: as root on Debian, apt-get install uidmap, then \
         usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER"
    )]
    NoIds,
    /// The program failed.
    #[error("{program} failed with {status}:\n{}", told(log).join("\n"))]
    Failed {
        /// Which.
        program: &'static str,
        /// `exit status: 1`.
        status: String,
        /// What it printed last.
        log: LogTail,
    },
    /// There is no room for what it makes.
    #[error("there is no place for the bootstrapped Debian in {}", std::env::temp_dir().display())]
    Store(#[source] io::Error),
}

/// A tar of a minimal Debian, at its beginning, in a file without a name.
pub(super) async fn bootstrap(
    architecture: &str,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<File, BootstrapError> {
    let first = match with_mmdebstrap(architecture, tell).await {
        Err(error) => error,
        made => return made,
    };
    tell(&first.to_string());
    match (first, with_debootstrap(architecture, tell).await) {
        (_, Ok(tar)) => Ok(tar),
        (BootstrapError::NoProgram, Err(second)) => Err(second),
        (first, Err(_)) => Err(first),
    }
}

async fn with_mmdebstrap(
    architecture: &str,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<File, BootstrapError> {
    let tar = nameless()?;
    let mut command = Command::new("mmdebstrap");
    command
        .args(["--variant=minbase", "--format=tar"])
        .arg(format!("--architectures={architecture}"))
        .args(LEFT_OUT.map(|name| format!("--dpkgopt=path-exclude=/usr/share/{name}/*")))
        // Without a mirror it takes the release's own sources, with its updates and security fixes.
        .args(["trixie", "-"])
        .stdout(own(&tar)?);
    match run("mmdebstrap", command, tell).await {
        Ok(()) => rewound(tar),
        Err(BootstrapError::Failed { log, .. }) if lacks_ids(&log) => Err(BootstrapError::NoIds),
        Err(error) => Err(error),
    }
}

async fn with_debootstrap(
    architecture: &str,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<File, BootstrapError> {
    let folder = temp::folder().map_err(BootstrapError::Store)?;
    let root = folder.path().join("root");
    let mut command = Command::new("debootstrap");
    command
        .arg("--variant=minbase")
        .arg(format!("--arch={architecture}"))
        .arg("trixie")
        .arg(&root)
        // It says all it does here, and nothing on the other.
        .stdout(Stdio::null());
    run("debootstrap", command, tell).await?;

    let tar = nameless()?;
    let mut command = Command::new("tar");
    command
        .args(["--numeric-owner", "--one-file-system"])
        .arg("--exclude=./var/cache/apt/archives/*.deb")
        .arg("--exclude=./var/lib/apt/lists/*")
        .args(LEFT_OUT.map(|name| format!("--exclude=./usr/share/{name}/*")))
        .arg("-C")
        .arg(&root)
        .args(["-cf", "-", "."])
        .stdout(own(&tar)?);
    run("tar", command, tell).await?;
    rewound(tar)
}

fn nameless() -> Result<File, BootstrapError> {
    tempfile::tempfile().map_err(BootstrapError::Store)
}

fn own(tar: &File) -> Result<Stdio, BootstrapError> {
    Ok(tar.try_clone().map_err(BootstrapError::Store)?.into())
}

fn rewound(mut tar: File) -> Result<File, BootstrapError> {
    tar.rewind().map_err(BootstrapError::Store)?;
    Ok(tar)
}

/// Without root it would change to ids of the user's own, else to fakechroot.
fn lacks_ids(log: &LogTail) -> bool {
    log.lines
        .iter()
        .any(|line| line.starts_with("E: unable to pick chroot mode automatically"))
}

/// The errors among what was printed; all of it where there is none. Reports have room for a few words.
fn told(log: &LogTail) -> Vec<&str> {
    let all = || log.lines.iter().map(String::as_str);
    let errors: Vec<_> = all().filter(|line| line.starts_with("E: ")).collect();
    if errors.is_empty() {
        all().collect()
    } else {
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[&str]) -> LogTail {
        LogTail {
            lines: lines.iter().map(|&line| line.to_owned()).collect(),
            omitted: 0,
        }
    }

    /// As mmdebstrap 1.3 prints it where the folder for temporary files is open to its user alone.
    #[test]
    fn of_what_a_program_prints_its_errors_are_told() {
        let denied = "E: cannot create /run/user/1000/mmdebstrap.A_oXAzxyO4: Permission denied";
        let printed = log(&[
            "I: automatically chosen mode: unshare",
            denied,
            "I: removing",
        ]);
        assert_eq!(told(&printed), [denied]);
        let printed = log(&["tar: no space left"]);
        assert_eq!(told(&printed), ["tar: no space left"]);
    }

    #[test]
    fn a_user_without_ids_of_its_own_is_told_how_to_get_some() {
        // As mmdebstrap 1.3 prints it.
        let printed =
            "E: unable to pick chroot mode automatically (use --mode for manual selection)";
        assert!(lacks_ids(&log(&[printed])));
        assert!(!lacks_ids(&log(&["E: apt-get update failed"])));
        assert!(BootstrapError::NoIds.to_string().contains("uidmap"));
    }
}
