//! Until an HTTP answer begins, whatever its status.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{PAUSE, tcp};

/// What every HTTP/1 answer begins with (RFC 9112, section 4).
const BEGINNING: &[u8] = b"HTTP/";

/// How long the first question may go unanswered before another is asked on a new connection; each
/// further one may take twice as long, so that a server that is slow at first gets to its answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many bytes of the first answer are read, and for how long.
const POLITENESS: (u64, Duration) = (1024 * 1024, Duration::from_secs(5));

/// Asks a server until it answers.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    address: SocketAddr,
    request: Vec<u8>,
    connected: AtomicBool,
}

impl HttpAnswer {
    pub(crate) fn to_get(address: SocketAddr, path: &str) -> Self {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        Self {
            address,
            request: request.into_bytes(),
            connected: AtomicBool::new(false),
        }
    }

    /// Whether any connection was accepted so far.
    pub(crate) fn connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    /// Ends when an answer has begun; never else.
    pub(crate) async fn begins(&self) {
        let mut patience = PATIENCE;
        loop {
            if let Some(stream) = tcp::connect(self.address).await {
                self.connected.store(true, Ordering::Relaxed);
                match tokio::time::timeout(patience, self.ask(stream)).await {
                    Ok(Ok(true)) => return,
                    Ok(_) => {}
                    Err(_) => patience *= 2,
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits for no more than an answer's first five bytes.
    async fn ask(&self, mut stream: TcpStream) -> std::io::Result<bool> {
        stream.write_all(&self.request).await?;
        let mut begun = [0; BEGINNING.len()];
        stream.read_exact(&mut begun).await?;
        if begun != BEGINNING {
            return Ok(false);
        }
        tokio::spawn(hear_out(stream));
        Ok(true)
    }
}

/// Reads the rest beside what follows: a server whose answer is cut off prints that it was.
async fn hear_out(stream: TcpStream) {
    let mut rest = stream.take(POLITENESS.0);
    let mut nowhere = tokio::io::sink();
    let reading = tokio::io::copy(&mut rest, &mut nowhere);
    let _ = tokio::time::timeout(POLITENESS.1, reading).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Serves connections one after another with these answers, then none.
    async fn server(answers: &'static [&'static [u8]]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut asked = [0; 4];
                stream.read_exact(&mut asked).await.unwrap();
                assert_eq!(&asked, b"GET ");
                stream.write_all(answer).await.unwrap();
            }
            std::future::pending::<()>().await;
        });
        address
    }

    #[tokio::test]
    async fn any_status_is_an_answer_and_garbage_or_silence_is_none() {
        let address = server(&[b"SSH-2.0-x\r\n", b"", b"HTT", b"HTTP/1.1 503 no\r\n\r\n"]).await;
        let answer = HttpAnswer::to_get(address, "/");
        answer.begins().await;
        assert!(answer.connected());
    }

    #[tokio::test]
    async fn the_first_answer_is_heard_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 200 fine\r\n\r\n").await?;
            stream.write_all(&vec![b'x'; 500_000]).await?;
            stream.shutdown().await?;
            // The other side ends without an error only when it has read everything.
            stream.read_to_end(&mut Vec::new()).await
        });
        HttpAnswer::to_get(address, "/").begins().await;
        server.await.unwrap().expect("no reset");
    }

    #[tokio::test]
    async fn a_server_without_an_answer_is_told_from_none() {
        let silent = server(&[b"not http\n"]).await;
        let answer = HttpAnswer::to_get(silent, "/");
        let window = Duration::from_millis(300);
        assert!(tokio::time::timeout(window, answer.begins()).await.is_err());
        assert!(answer.connected());

        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = gone.local_addr().unwrap();
        drop(gone);
        let answer = HttpAnswer::to_get(nobody, "/");
        assert!(tokio::time::timeout(window, answer.begins()).await.is_err());
        assert!(!answer.connected());
    }
}
