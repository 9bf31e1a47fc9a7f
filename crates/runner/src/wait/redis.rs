//! Until a Redis or Valkey server answers a PING of a user who has logged in.
//!
//! A server that is loading accepts connections and refuses commands.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{PAUSE, tcp};

/// The answers to both commands.
const ANSWER: &[u8] = b"+OK\r\n+PONG\r\n";
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends when a server has taken up a session of this user; never else.
pub(crate) async fn pongs(address: SocketAddr, user: &str, password: &str) {
    let commands = format!("AUTH {user} {password}\r\nPING\r\n");
    loop {
        if let Some(stream) = tcp::connect(address).await
            && let Ok(Ok(true)) = tokio::time::timeout(PATIENCE, ask(stream, &commands)).await
        {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(mut stream: TcpStream, commands: &str) -> std::io::Result<bool> {
    stream.write_all(commands.as_bytes()).await?;
    let mut answer = [0; ANSWER.len()];
    stream.read_exact(&mut answer).await?;
    Ok(answer == ANSWER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_server_that_is_loading_or_refuses_the_user_is_asked_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let mut asked = 0;
            for answer in [
                &b"-LOADING Redis is loading\r\n-LOADING\r\n"[..],
                b"-WRONGPASS invalid\r\n-NOAUTH\r\n",
                b"",
                b"+OK\r\n+PONG\r\n",
            ] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let expected = b"AUTH someone secret\r\nPING\r\n";
                let mut question = vec![0; expected.len()];
                stream.read_exact(&mut question).await.unwrap();
                assert_eq!(question, expected);
                stream.write_all(answer).await.unwrap();
                asked += 1;
            }
            asked
        });
        pongs(address, "someone", "secret").await;
        assert_eq!(server.await.unwrap(), 4);
    }
}
