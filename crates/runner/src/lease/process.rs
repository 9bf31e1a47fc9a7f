//! A process that cannot be taken for a later one with the same id.

use std::{fmt, str::FromStr};

/// A process: its id and the moment it started, in clock ticks since boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    id: u32,
    started: u64,
}

impl Process {
    /// This one.
    pub fn current() -> Self {
        let id = std::process::id();
        // Where /proc is not mounted every process seems gone, this one too; 0 keeps them apart.
        Self::of(id).unwrap_or(Self { id, started: 0 })
    }

    /// The running process with an id; none where there is none.
    pub fn of(id: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (state, started) = state_and_start(&stat)?;
        (!matches!(state, 'Z' | 'X' | 'x')).then_some(Self { id, started })
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        Self::of(self.id).as_ref() == Some(self)
    }
}

/// Fields 3 and 22 of `/proc/PID/stat` (proc(5)); the second field is a name that may hold blanks and
/// brackets.
fn state_and_start(stat: &str) -> Option<(char, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let started = fields.nth(18)?.parse().ok()?;
    Some((state, started))
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.id, self.started)
    }
}

/// Not `ID-START`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a process as ID-START")]
pub struct NotAProcess;

impl FromStr for Process {
    type Err = NotAProcess;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, started) = text.split_once('-').ok_or(NotAProcess)?;
        Ok(Self {
            id: id.parse().map_err(|_| NotAProcess)?,
            started: started.parse().map_err(|_| NotAProcess)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_hides_nothing() {
        let fields = (4..=21)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" ");
        let stat = format!("7 (a) R 9 (b) S {fields} 4711 23 24");
        assert_eq!(state_and_start(&stat), Some(('S', 4711)));
    }

    #[test]
    fn it_is_read_back_as_written() {
        let process = Process::current();
        assert_eq!(process.to_string().parse(), Ok(process));
        assert_eq!("12".parse::<Process>(), Err(NotAProcess));
    }
}
