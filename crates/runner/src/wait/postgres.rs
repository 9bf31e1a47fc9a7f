//! Until a PostgreSQL server takes up sessions.
//!
//! A server that is starting accepts connections and refuses each session with an error. One that is
//! ready asks for a password (PostgreSQL 17, "Message Formats": `R` against `E`), which is enough to know.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{PAUSE, tcp};

/// Version 3.0 of the protocol.
const PROTOCOL: u32 = 3 << 16;
/// How long one question may go unanswered.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends when a server would take up a session of this role; never else.
pub(crate) async fn accepts_sessions(address: SocketAddr, role: &str, database: &str) {
    let message = startup(role, database);
    loop {
        if let Some(stream) = tcp::connect(address).await
            && let Ok(Ok(true)) = tokio::time::timeout(PATIENCE, ask(stream, &message)).await
        {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(mut stream: TcpStream, message: &[u8]) -> std::io::Result<bool> {
    stream.write_all(message).await?;
    Ok(stream.read_u8().await? == b'R')
}

fn startup(role: &str, database: &str) -> Vec<u8> {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    for word in ["user", role, "database", database] {
        body.extend_from_slice(word.as_bytes());
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(&body);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_server_that_is_starting_is_asked_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let mut asked = 0;
            for answer in [&b"E\0\0\0\x08"[..], b"", b"R\0\0\0\x17"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let length = stream.read_u32().await.unwrap();
                let mut rest = vec![0; length as usize - 4];
                stream.read_exact(&mut rest).await.unwrap();
                assert_eq!(&rest, b"\0\x03\0\0user\0someone\0database\0shop\0\0");
                stream.write_all(answer).await.unwrap();
                asked += 1;
            }
            asked
        });
        accepts_sessions(address, "someone", "shop").await;
        assert_eq!(server.await.unwrap(), 3);
    }
}
