//! A stream that is read to a limit and no further, whatever its headers promise.

use std::{
    cell::Cell,
    io::{self, Read},
};

/// What happened to a stream.
#[derive(Debug, Default)]
pub(super) struct Watch {
    beyond: Cell<bool>,
    ended: Cell<bool>,
}

impl Watch {
    /// It has more bytes than allowed.
    pub(super) fn went_beyond(&self) -> bool {
        self.beyond.get()
    }

    /// It was read to its end.
    pub(super) fn ended(&self) -> bool {
        self.ended.get()
    }
}

/// A stream under watch.
#[derive(Debug)]
pub(super) struct Bounded<'a, R> {
    stream: R,
    left: u64,
    watch: &'a Watch,
}

impl<'a, R> Bounded<'a, R> {
    pub(super) fn new(stream: R, limit: u64, watch: &'a Watch) -> Self {
        Self {
            stream,
            left: limit,
            watch,
        }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // One byte more than is left tells a stream that goes on from one that ends there.
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
            .min(buffer.len());
        let read = self.stream.read(&mut buffer[..most])?;
        if read == 0 && !buffer.is_empty() {
            self.watch.ended.set(true);
        }
        let Some(left) = self.left.checked_sub(read as u64) else {
            self.watch.beyond.set(true);
            return Err(io::Error::other("it goes beyond the limit"));
        };
        self.left = left;
        Ok(read)
    }
}
