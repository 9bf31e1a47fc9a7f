//! A programmable HTTP upstream.

mod answer;
mod chance;
mod connection;
mod fill;
mod follow;
mod journal;
mod pattern;
mod rate;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{net::TcpListener, sync::Semaphore};

pub use self::pattern::Pattern;
use self::{
    answer::{Answering, Reply},
    journal::Counting,
};
use crate::{control::PAUSE, protocol::Behaviour};

/// How many connections are heard at once. Each may hold a head and an answer: together with the
/// program they stay within half of [`crate::protocol::ENOUGH_MEMORY`]. Many systems let a process open 1,024 files, and orders need some.
const CONNECTIONS: usize = 900;

/// What answers. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Stub {
    answering: Arc<Mutex<Answering>>,
    counting: Counting,
}

impl Stub {
    /// One that behaves so.
    ///
    /// # Errors
    /// In words, what of it cannot be done.
    pub fn new(behaviour: Behaviour) -> Result<Self, String> {
        Ok(Self {
            answering: Arc::new(Mutex::new(Answering::new(behaviour)?)),
            counting: Counting::default(),
        })
    }

    /// Answers what comes to a port, for ever. A connection beyond 900 is closed unheard.
    pub async fn serve(&self, listener: TcpListener) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                self.counting.refused();
                continue;
            };
            let stub = self.clone();
            tokio::spawn(async move {
                connection::serve(&stub, stream).await;
                drop(place);
            });
        }
    }

    fn behave(&self, answering: Answering) {
        *self
            .answering
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = answering;
    }

    fn reply(&self, method: &str, path: &str) -> Reply {
        let mut answering = self
            .answering
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answering.reply(method, path)
    }
}
