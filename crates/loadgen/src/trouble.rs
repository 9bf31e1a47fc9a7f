//! Why a request did not end in the right answer.

use std::{collections::BTreeMap, io};

use schemars::JsonSchema;
use serde::Serialize;

/// Why a request did not end in the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Nobody listens at the address.
    Refused,
    /// The address was not reached: no route, no such network.
    Unreachable,
    /// This machine gave no connection: too many open files, no free port, no memory. Never the
    /// server's doing.
    NoSocket,
    /// No TLS connection came about, or none of the version of HTTP that was asked for.
    Tls,
    /// The connection was reset.
    Reset,
    /// The connection ended before the answer did.
    ClosedEarly,
    /// No whole answer came within the time a request may take.
    TimedOut,
    /// It was due, and could not be sent within the time a request may take: all connections waited
    /// for answers.
    NotSent,
    /// What came is no HTTP.
    BadAnswer,
    /// The head of the answer, or a body that was to be looked at, is longer than is read.
    TooLarge,
    /// Another status than expected; where any will do, that of an error which the caller's matcher refused.
    WrongStatus,
    /// Another length than expected.
    WrongLength,
    /// The caller's matcher said no.
    WrongAnswer,
}

impl Trouble {
    /// Every kind, in order.
    pub const ALL: [Self; 13] = [
        Self::Refused,
        Self::Unreachable,
        Self::NoSocket,
        Self::Tls,
        Self::Reset,
        Self::ClosedEarly,
        Self::TimedOut,
        Self::NotSent,
        Self::BadAnswer,
        Self::TooLarge,
        Self::WrongStatus,
        Self::WrongLength,
        Self::WrongAnswer,
    ];

    /// For people, in a few words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Unreachable => "address not reached",
            Self::NoSocket => "no connection to be had from this machine",
            Self::Tls => "no TLS connection",
            Self::Reset => "connection reset",
            Self::ClosedEarly => "connection closed before the answer ended",
            Self::TimedOut => "no whole answer in time",
            Self::NotSent => "due, but not sent in time",
            Self::BadAnswer => "answer is no HTTP",
            Self::TooLarge => "answer too large to be read",
            Self::WrongStatus => "wrong status",
            Self::WrongLength => "wrong length",
            Self::WrongAnswer => "wrong answer",
        }
    }

    /// Whether it waited as long as a request may: its latency is at least that.
    pub(crate) const fn waited(self) -> bool {
        matches!(self, Self::TimedOut | Self::NotSent)
    }

    /// What an error of the system means for a connection that is there.
    pub(crate) fn of_connection(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected => Self::ClosedEarly,
            io::ErrorKind::InvalidData => Self::Tls,
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Reset,
        }
    }

    /// What an error of the system means for a connection that was asked for.
    pub(crate) fn of_connecting(error: &io::Error) -> Self {
        use rustix::io::Errno;
        let ours = [
            Errno::MFILE,
            Errno::NFILE,
            Errno::NOMEM,
            Errno::NOBUFS,
            Errno::ADDRNOTAVAIL,
            Errno::PERM,
            Errno::ACCESS,
        ];
        let code = error.raw_os_error();
        if ours.iter().any(|ours| Some(ours.raw_os_error()) == code) {
            return Self::NoSocket;
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Reset,
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Unreachable,
        }
    }
}

/// How often each kind came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Troubles([u64; Trouble::ALL.len()]);

impl Troubles {
    pub(crate) fn add(&mut self, trouble: Trouble) {
        self.0[trouble as usize] += 1;
    }

    pub(crate) fn of(&self, trouble: Trouble) -> u64 {
        self.0[trouble as usize]
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Those that came at all.
    pub(crate) fn by_kind(&self) -> BTreeMap<Trouble, u64> {
        Trouble::ALL
            .into_iter()
            .map(|kind| (kind, self.of(kind)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Trouble, Troubles};

    #[test]
    fn each_kind_has_a_place_of_its_own() {
        let mut troubles = Troubles::default();
        for (place, kind) in Trouble::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
            troubles.add(kind);
        }
        assert_eq!(troubles.total(), 13);
        assert!(troubles.by_kind().values().all(|count| *count == 1));
    }
}
