use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use sha2::{Digest, Sha256};

/// The seed of a run, from which every generated value follows.
///
/// The stream of a value is `ChaCha20(SHA-256(parts))`, where the parts are, each preceded by its
/// length in eight bytes: `tryout-seed-1`, the run's seed (eight bytes, big-endian), `check` and the
/// check's id or `run` and nothing, the function's name, and the key. Numbers below a bound are drawn
/// by rejection, so that each is equally likely. None of it may change without a new first part:
/// a run is repeated by its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    run: u64,
}

/// Where values are generated for: two places give different values for the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Run,
    Check(String),
}

/// Random numbers of one value.
pub(super) struct Stream(ChaCha20Rng);

impl Seeds {
    /// The seeds that follow from a run's seed.
    pub const fn new(run: u64) -> Self {
        Self { run }
    }

    /// Some items of the whole run in another order, for a purpose.
    pub fn shuffled<T>(self, purpose: &str, items: Vec<T>) -> Vec<T> {
        self.stream(&Place::Run, "order", purpose).shuffle(items)
    }

    pub(super) fn stream(self, place: &Place, function: &str, key: &str) -> Stream {
        let (kind, check) = match place {
            Place::Run => ("run", ""),
            Place::Check(id) => ("check", id.as_str()),
        };
        let mut hash = Sha256::new();
        let run = self.run.to_be_bytes();
        for part in [
            b"tryout-seed-1".as_slice(),
            &run,
            kind.as_bytes(),
            check.as_bytes(),
            function.as_bytes(),
            key.as_bytes(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Stream(ChaCha20Rng::from_seed(hash.finalize().into()))
    }
}

impl Stream {
    /// A number below `bound`, which is above 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let unfair = (u64::MAX % bound + 1) % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn <= u64::MAX - unfair {
                return drawn % bound;
            }
        }
    }

    /// A place in a list of that length, which is above 0.
    pub(super) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a usize")
    }

    pub(super) fn shuffle<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.place(last + 1));
        }
        items
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
