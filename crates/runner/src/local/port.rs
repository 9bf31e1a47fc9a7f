//! Free ports of the loopback address.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};

use super::LocalError;

/// Below those that the system itself hands out (32768 and above on Linux), so that no program that
/// asks for any port gets one of ours between our look and the server's start.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;
const TRIES: u32 = 200;

/// Those of this process.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port that nobody listened on; kept from others of this process until dropped.
#[derive(Debug)]
pub(super) struct Port(u16);

impl Port {
    pub(super) fn free() -> Result<Self, LocalError> {
        for _ in 0..TRIES {
            let [low, high, ..] = *uuid::Uuid::new_v4().as_bytes();
            let port = FIRST + u16::from_le_bytes([low, high]) % COUNT;
            // A server may listen on all addresses.
            let is_free = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok();
            if is_free && taken().insert(port) {
                return Ok(Self(port));
            }
        }
        Err(LocalError::NoPort)
    }

    pub(super) fn number(&self) -> u16 {
        self.0
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        taken().remove(&self.0);
    }
}

fn taken() -> std::sync::MutexGuard<'static, BTreeSet<u16>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_none_is_in_use() {
        let ports: Vec<_> = (0..300).map(|_| Port::free().unwrap()).collect();
        let numbers: BTreeSet<_> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
        for number in numbers {
            assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok());
        }
    }
}
