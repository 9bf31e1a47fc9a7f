//! The protocol of Redis, as far as a few questions need it, with an end to how much is read: what is stored is
//! the submission's, names of keys among it.
//!
//! RESP2: <https://redis.io/docs/latest/develop/reference/protocol-spec/>.

use std::io;

use thiserror::Error;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};

/// So many bytes of one answer are read.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// So many bytes of a line.
const LINE: u64 = 64 * 1024;
/// How deep lists stand inside each other, at most.
const DEEPEST: u32 = 4;

/// A connection.
pub(super) struct Wire<S>(BufReader<S>);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Text(Vec<u8>),
    Number(i64),
    List(Vec<Reply>),
    /// The server's own words.
    Refused(String),
    Nothing,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(super) enum WireError {
    #[error("the connection broke")]
    Broken(#[from] io::Error),
    #[error("an answer is larger than {} KiB", MOST_BYTES / 1024)]
    TooLarge,
    #[error("an answer is not of the protocol")]
    Garbled,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    /// Sends commands together, and reads an answer to each.
    pub(super) async fn ask(&mut self, commands: &[Vec<&[u8]>]) -> Result<Vec<Reply>, WireError> {
        let mut bytes = Vec::new();
        for command in commands {
            bytes.extend_from_slice(format!("*{}\r\n", command.len()).as_bytes());
            for word in command {
                bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
                bytes.extend_from_slice(word);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        self.0.get_mut().write_all(&bytes).await?;
        let mut replies = Vec::with_capacity(commands.len());
        for _ in commands {
            let mut left = MOST_BYTES;
            replies.push(self.reply(&mut left, DEEPEST).await?);
        }
        Ok(replies)
    }

    async fn reply(&mut self, left: &mut usize, depth: u32) -> Result<Reply, WireError> {
        let line = self.line().await?;
        *left = left
            .checked_sub(line.len() + 2)
            .ok_or(WireError::TooLarge)?;
        let (sort, rest) = line.split_first().ok_or(WireError::Garbled)?;
        let text = || String::from_utf8_lossy(rest).into_owned();
        let number = || text().parse::<i64>().map_err(|_| WireError::Garbled);
        match sort {
            b'+' => Ok(Reply::Text(rest.to_vec())),
            b'-' => Ok(Reply::Refused(text())),
            b':' => Ok(Reply::Number(number()?)),
            b'$' => match usize::try_from(number()?) {
                Err(_) => Ok(Reply::Nothing),
                Ok(size) => {
                    *left = left
                        .checked_sub(size.saturating_add(2))
                        .ok_or(WireError::TooLarge)?;
                    let mut bytes = vec![0; size + 2];
                    self.0.read_exact(&mut bytes).await?;
                    bytes.truncate(size);
                    Ok(Reply::Text(bytes))
                }
            },
            b'*' => match usize::try_from(number()?) {
                Err(_) => Ok(Reply::Nothing),
                Ok(_) if depth == 0 => Err(WireError::Garbled),
                Ok(size) => {
                    let mut list = Vec::new();
                    for _ in 0..size {
                        list.push(Box::pin(self.reply(left, depth - 1)).await?);
                    }
                    Ok(Reply::List(list))
                }
            },
            _ => Err(WireError::Garbled),
        }
    }

    async fn line(&mut self) -> Result<Vec<u8>, WireError> {
        let mut line = Vec::new();
        let read = (&mut self.0)
            .take(LINE)
            .read_until(b'\n', &mut line)
            .await?;
        if read == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        line.strip_suffix(b"\r\n")
            .map(<[u8]>::to_vec)
            .ok_or(WireError::Garbled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(answer: &[u8]) -> Result<Vec<Reply>, WireError> {
        let (ours, mut theirs) = tokio::io::duplex(8 * 1024 * 1024);
        theirs.write_all(answer).await.unwrap();
        let mut wire = Wire::new(ours);
        let replies = wire.ask(&[vec![b"GET", b"a\r\nb"]]).await;
        drop(wire);
        let mut sent = Vec::new();
        theirs.read_to_end(&mut sent).await.unwrap();
        assert_eq!(sent, b"*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n");
        replies
    }

    #[tokio::test]
    async fn answers_of_every_sort_are_read() {
        let text = |text: &str| Reply::Text(text.as_bytes().to_vec());
        let found = answered(b"*5\r\n$4\r\na\r\nb\r\n:-2\r\n+OK\r\n$-1\r\n*1\r\n$0\r\n\r\n").await;
        let list = vec![
            text("a\r\nb"),
            Reply::Number(-2),
            text("OK"),
            Reply::Nothing,
            Reply::List(vec![text("")]),
        ];
        assert_eq!(found.unwrap(), [Reply::List(list)]);
        let found = answered(b"-NOPERM no\r\n").await;
        assert_eq!(found.unwrap(), [Reply::Refused("NOPERM no".to_owned())]);
    }

    #[tokio::test]
    async fn what_is_too_large_or_of_no_protocol_is_not_read() {
        let large = answered(b"$3000000\r\nx").await;
        assert!(matches!(large, Err(WireError::TooLarge)), "{large:?}");
        let many = format!(
            "*2\r\n$2000000\r\n{}\r\n$2000000\r\n",
            "x".repeat(2_000_000)
        );
        let many = answered(many.as_bytes()).await;
        assert!(matches!(many, Err(WireError::TooLarge)));
        for garbled in [
            &b"HTTP/1.1 400\r\n"[..],
            b"$x\r\n",
            b"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
        ] {
            let found = answered(garbled).await;
            assert!(matches!(found, Err(WireError::Garbled)), "{found:?}");
        }
    }
}
