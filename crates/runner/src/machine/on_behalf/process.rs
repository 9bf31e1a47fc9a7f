//! What `/proc` says of one process, and whom that works for.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    process,
    sync::Arc,
};

/// Of a process's arguments, in bytes, and of what the kernel says of its state.
const HEAD: u64 = 16 * 1024;

/// By its number and the moment of its start, as a number is given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Process {
    pub(super) number: u32,
    pub(super) start: u64,
}

/// Whom a process works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Every sandbox, as far as anybody can tell.
    All,
    /// All containers of the engine.
    Engine,
    /// The container with this id.
    One(Arc<str>),
}

/// Whether a process that cannot be read is not there any more.
pub(super) fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
}

impl Role {
    /// By its name, as the kernel has it: fifteen bytes. In a container anything can be called so.
    pub(super) fn of(number: u32, name: &str, folder: &Path) -> Option<Self> {
        if number == process::id() {
            return Some(Self::All);
        }
        let role: fn(&Path) -> Self = match name {
            "docker-proxy" => |_| Self::All,
            "dockerd" | "containerd" => |_| Self::Engine,
            "containerd-shim" | "conmon" => |folder| id(folder).map_or(Self::All, Self::One),
            _ => return None,
        };
        is_outside(folder).then(|| role(folder))
    }
}

/// Whether it has one number only, here: one in a container has another there (`NSpid` in `proc_pid_status(5)`).
fn is_outside(folder: &Path) -> bool {
    let status = head(&folder.join("status")).unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    numbers.is_none_or(|numbers| numbers.split_whitespace().count() == 1)
}

/// A container's id stands among the arguments of the process that the engine has for it.
fn id(folder: &Path) -> Option<Arc<str>> {
    let arguments = head(&folder.join("cmdline"))?;
    let is_id = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    arguments.split('\0').find(is_id).map(Arc::from)
}

/// As much of a file as matters.
fn head(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(HEAD).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A process's name, when it was started and how long it computed, in ticks. `proc_pid_stat(5)`: the name is in
/// parentheses and may have some itself; after it, the fields 14, 15 and 22 are meant, and it ends field 2.
pub(super) fn understood(told: &str) -> Option<(&str, u64, u64)> {
    let (named, fields) = told.rsplit_once(')')?;
    let name = named.split_once('(')?.1;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some((name, field(22)?, field(14)?.saturating_add(field(15)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_one_whatever_it_is_called() {
        let told = format!(
            "1 (any (name) :) S{} 7 1{} 3 7",
            " 0".repeat(10),
            " 0".repeat(6)
        );
        assert_eq!(understood(&told), Some(("any (name) :", 3, 8)));
        assert_eq!(
            Role::of(process::id(), "any", Path::new("/")),
            Some(Role::All)
        );
        assert_eq!(Role::of(process::id() + 1, "any", Path::new("/")), None);
    }
}
