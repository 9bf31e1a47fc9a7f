//! What is on its way for a while, in its order.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::Instant,
};

/// What a connection may always have on its way, in bytes, so that none waits for another.
const ALWAYS: usize = 32 * 1024;
/// The largest piece, in bytes.
pub(super) const PIECE: usize = 16 * 1024;
/// What a piece takes beside its bytes.
const AROUND: usize = 128;

/// Where it goes in.
#[derive(Debug)]
pub(super) struct Entrance {
    own: Arc<Semaphore>,
    all: Arc<Semaphore>,
    line: mpsc::UnboundedSender<Piece>,
}

/// Where it comes out.
#[derive(Debug)]
pub(super) struct Exit {
    line: mpsc::UnboundedReceiver<Piece>,
    delay: watch::Receiver<Duration>,
}

/// Some bytes on their way; none are the end.
#[derive(Debug)]
pub(super) struct Piece {
    came: Instant,
    pub(super) bytes: Vec<u8>,
    /// Held until they are passed on.
    _room: Option<OwnedSemaphorePermit>,
}

/// A line that shares this room with others.
pub(super) fn new(all: Arc<Semaphore>, delay: watch::Receiver<Duration>) -> (Entrance, Exit) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let entrance = Entrance {
        own: Arc::new(Semaphore::new(ALWAYS)),
        all,
        line: sender,
    };
    let exit = Exit {
        line: receiver,
        delay,
    };
    (entrance, exit)
}

impl Entrance {
    /// Takes in at most [`PIECE`] bytes, once there is room for them.
    pub(super) async fn put(&self, bytes: &[u8]) {
        let came = Instant::now();
        let takes = u32::try_from(bytes.len() + AROUND).unwrap_or(u32::MAX);
        let room = tokio::select! {
            biased;
            room = Arc::clone(&self.own).acquire_many_owned(takes) => room,
            room = Arc::clone(&self.all).acquire_many_owned(takes) => room,
        };
        // Where nobody is at the other end, the connection is at its end too.
        let _ = self.line.send(Piece {
            came,
            bytes: bytes.to_vec(),
            _room: room.ok(),
        });
    }

    /// Nothing comes any more.
    pub(super) fn end(self) {
        let _ = self.line.send(Piece {
            came: Instant::now(),
            bytes: Vec::new(),
            _room: None,
        });
    }
}

impl Exit {
    /// The next piece, or none at the end, when its time has come.
    pub(super) async fn take(&mut self) -> Option<Piece> {
        let piece = self.line.recv().await?;
        loop {
            let by = *self.delay.borrow_and_update();
            if by.is_zero() {
                break;
            }
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(piece.came + by) => break,
                changed = self.delay.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
            }
        }
        (!piece.bytes.is_empty()).then_some(piece)
    }
}
