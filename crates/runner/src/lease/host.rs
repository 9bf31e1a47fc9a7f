//! Which host this is, as far as process ids are concerned.

use sha2::{Digest, Sha256};

/// What together tells one space of process ids from every other: the machine, its boot (ids start
/// again), and the process namespace (a container on the same machine counts from 1).
const SOURCES: [&str; 2] = ["/etc/machine-id", "/proc/sys/kernel/random/boot_id"];

/// A digest of this host, this boot and this process namespace.
pub(super) fn digest() -> String {
    let mut hash = Sha256::new();
    for source in SOURCES {
        hash.update(std::fs::read(source).unwrap_or_default());
        hash.update([0]);
    }
    if let Ok(namespace) = std::fs::read_link("/proc/self/ns/pid") {
        hash.update(namespace.as_os_str().as_encoded_bytes());
    }
    hash.finalize()[..8]
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
