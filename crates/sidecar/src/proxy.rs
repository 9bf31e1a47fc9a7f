//! A TCP proxy that can make a service slow.
//!
//! What the submission says is passed on at once. What the service says is passed on so much later as is told, in
//! its order and at its pace: it waits in a line, not each piece for the one before it, so that a delay takes
//! nothing of the throughput as long as what is on its way fits into the memory. Where it does not, the service is
//! not read on. Ends of one direction and resets are passed on, those of the service with the delay.

mod connection;
mod line;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

use crate::{
    control::{PAUSE, Steered, refused},
    protocol::{Answer, Order},
};

/// More than any service takes up. Who comes beyond waits to be accepted.
const CONNECTIONS: usize = 1_100;
/// Of what all connections have on its way, in bytes, beside what each may always have.
const ON_ITS_WAY: usize = 64 * 1024 * 1024;

/// What passes on. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Proxy {
    to: SocketAddr,
    delay: Arc<watch::Sender<Duration>>,
    room: Arc<Semaphore>,
}

impl Proxy {
    /// One that passes on to here, without a delay.
    pub fn new(to: SocketAddr) -> Self {
        Self {
            to,
            delay: Arc::new(watch::Sender::new(Duration::ZERO)),
            room: Arc::new(Semaphore::new(ON_ITS_WAY)),
        }
    }

    /// Passes on what comes to a port, for ever.
    pub async fn serve(&self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let Ok((client, _)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let proxy = self.clone();
            tokio::spawn(async move {
                connection::pass(&proxy, client).await;
                drop(place);
            });
        }
    }
}

impl Steered for Proxy {
    async fn follow(&self, order: Order) -> Answer {
        match order {
            Order::Delay { by_ms } => {
                self.delay.send_replace(Duration::from_millis(by_ms));
                Answer::Done
            }
            Order::Behave(_) | Order::Begin | Order::End { .. } => {
                refused("a proxy has no routes and counts nothing".to_owned())
            }
        }
    }
}
