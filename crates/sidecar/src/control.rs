//! How a program inside a sandbox is steered: one order and one answer a connection of a Unix socket.

use std::{io, path::Path, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
};

use crate::protocol::{Answer, MOST_ORDER, Order};

/// For one order. We alone give any.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the system gave no connection, being short of something.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);
/// More than any journal is.
const MOST_ANSWER: u64 = 4 * 1024 * 1024;

/// What takes orders. Cheap to clone; all clones are one.
pub trait Steered: Clone + Send + Sync + 'static {
    /// Does what is ordered.
    fn follow(&self, order: Order) -> impl Future<Output = Answer> + Send;
}

/// Has orders taken, for ever.
pub async fn obey(steered: &impl Steered, socket: UnixListener) {
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let steered = steered.clone();
        tokio::spawn(async move {
            // Whoever gave the order hears that it was not answered.
            let _ = tokio::time::timeout(PATIENCE, take(&steered, stream)).await;
        });
    }
}

async fn take(steered: &impl Steered, mut stream: UnixStream) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let most = MOST_ORDER as u64 + 1;
    BufReader::new(reading.take(most))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str(&line) {
        Ok(order) => steered.follow(order).await,
        Err(error) => refused(format!("the order cannot be read: {error}")),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    writing.shutdown().await
}

pub(crate) fn refused(why: String) -> Answer {
    Answer::Refused { why }
}

/// Gives one order, as JSON, at a socket, and returns the answer as JSON.
///
/// # Errors
/// When nobody answers in time.
pub async fn steer(socket: &Path, order: &str) -> io::Result<String> {
    let work = async {
        let mut stream = UnixStream::connect(socket).await?;
        stream.write_all(order.as_bytes()).await?;
        stream.write_all(b"\n").await?;
        let mut answer = String::new();
        stream.take(MOST_ANSWER).read_to_string(&mut answer).await?;
        if answer.ends_with('\n') {
            Ok(answer)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    };
    tokio::time::timeout(PATIENCE, work).await?
}
