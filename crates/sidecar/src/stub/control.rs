//! How a stub is steered: one order and one answer a connection of a Unix socket.

use std::{io, path::Path, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
};

use super::{PAUSE, Stub, answer::Answering};
use crate::protocol::{Answer, MOST_ORDER, Order};

/// For one order. We alone give any.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long calls that came before are waited for when counting begins.
const QUIET_WITHIN: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// More than any journal is.
const MOST_ANSWER: u64 = 4 * 1024 * 1024;

/// Takes orders, for ever.
pub async fn obey(stub: &Stub, socket: UnixListener) {
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let stub = stub.clone();
        tokio::spawn(async move {
            // Whoever gave the order hears that it was not answered.
            let _ = tokio::time::timeout(PATIENCE, take(&stub, stream)).await;
        });
    }
}

async fn take(stub: &Stub, mut stream: UnixStream) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let most = MOST_ORDER as u64 + 1;
    BufReader::new(reading.take(most))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str(&line) {
        Ok(order) => follow(stub, order).await,
        Err(error) => refused(format!("the order cannot be read: {error}")),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    writing.shutdown().await
}

/// Does what is ordered.
async fn follow(stub: &Stub, order: Order) -> Answer {
    match order {
        Order::Behave(behaviour) => match Answering::new(behaviour) {
            Ok(answering) => {
                stub.behave(answering);
                Answer::Done
            }
            Err(why) => refused(why),
        },
        Order::Begin => {
            // What an earlier request has begun is not to be counted with what comes.
            let quiet = async {
                while stub.counting.open() > 0 {
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
            };
            let _ = tokio::time::timeout(QUIET_WITHIN, quiet).await;
            Answer::Begun {
                window: stub.counting.begin(),
            }
        }
        Order::End { window } => match stub.counting.end(window) {
            Some(journal) => Answer::Counted(journal),
            None => refused(format!("nothing is counted under {window}")),
        },
    }
}

fn refused(why: String) -> Answer {
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
