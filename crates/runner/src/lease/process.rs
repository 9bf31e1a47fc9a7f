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
        let seen = Seen::of(id)?;
        (!seen.is_over).then_some(seen.process)
    }

    /// Its id, which another process may have by now.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        Self::of(self.id).as_ref() == Some(self)
    }
}

/// A process as the system shows it, one that has ended and was not waited for included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) process: Process,
    /// Whether it has ended.
    pub(crate) is_over: bool,
    pub(crate) parent: u32,
    pub(crate) group: u32,
    pub(crate) session: u32,
    pub(crate) threads: u32,
}

impl Seen {
    /// The process with an id.
    pub(crate) fn of(id: u32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// All processes.
    pub(crate) fn all() -> Vec<Self> {
        let entries = std::fs::read_dir("/proc").into_iter().flatten();
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(Self::of)
            .collect()
    }

    /// The content of `/proc/PID/stat` (proc(5)); the second field is a name that may hold blanks and
    /// brackets.
    pub(crate) fn parse(stat: &str) -> Option<Self> {
        let (head, rest) = stat.rsplit_once(')')?;
        let id = head.split_ascii_whitespace().next()?.parse().ok()?;
        let fields: Vec<_> = rest.split_ascii_whitespace().collect();
        // The first of them is field 3.
        let field = |number: usize| fields.get(number - 3).copied();
        let threads = field(20)?.parse().ok()?;
        Some(Self {
            process: Process {
                id,
                started: field(22)?.parse().ok()?,
            },
            // One whose first thread alone has ended looks the same but for the others.
            is_over: matches!(field(3)?, "Z" | "X" | "x") && threads <= 1,
            parent: field(4)?.parse().ok()?,
            group: field(5)?.parse().ok()?,
            session: field(6)?.parse().ok()?,
            threads,
        })
    }
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
        let fields = (7..=21)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" ");
        let stat = format!("7 (a) R 9 (b) S 4 5 6 {fields} 4711 23 24");
        let expected = Seen {
            process: Process {
                id: 7,
                started: 4711,
            },
            is_over: false,
            parent: 4,
            group: 5,
            session: 6,
            threads: 20,
        };
        assert_eq!(Seen::parse(&stat), Some(expected));
        let ended = stat.replace("S 4", "Z 4");
        assert!(!Seen::parse(&ended).unwrap().is_over, "threads of it run");
        assert!(Seen::parse(&ended.replace(" 20 ", " 1 ")).unwrap().is_over);
        assert_eq!(Seen::parse("7 (a) S 4"), None);
    }

    #[test]
    fn it_is_read_back_as_written() {
        let process = Process::current();
        assert_eq!(process.to_string().parse(), Ok(process));
        assert_eq!("12".parse::<Process>(), Err(NotAProcess));
    }
}
