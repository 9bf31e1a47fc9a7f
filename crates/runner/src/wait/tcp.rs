//! Until a connection is accepted.

use std::{net::SocketAddr, time::Duration};

use tokio::net::TcpStream;

/// Nothing on this host needs longer for a handshake, unless the listener's queue is full.
const HANDSHAKE: Duration = Duration::from_secs(1);

/// One try; none when it was refused or not taken up.
pub(super) async fn connect(address: SocketAddr) -> Option<TcpStream> {
    tokio::time::timeout(HANDSHAKE, TcpStream::connect(address))
        .await
        .ok()?
        .ok()
}
