//! The last lines that a container printed, in bounded memory.

use bollard::{Docker, query_parameters::LogsOptionsBuilder};
use futures_util::{Stream, StreamExt as _};

use super::SandboxError;
use crate::{LogTail, tail::Tail};

/// How many lines the engine is asked for: enough to say how many are left out in most cases.
const ASKED: &str = "2000";
/// How many bytes are read of them; above it the lines before the last are not looked at.
const READ: usize = 4 * 1024 * 1024;

/// The last lines of a container, running or not.
pub(super) async fn tail(
    docker: &Docker,
    role: &str,
    container: &str,
) -> Result<LogTail, SandboxError> {
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .tail(ASKED)
        .build();
    let pieces = docker
        .logs(container, Some(options))
        .map(|piece| piece.map(bollard::container::LogOutput::into_bytes));
    collect(pieces)
        .await
        .map_err(|source| SandboxError::ReadLog {
            role: role.to_owned(),
            source,
        })
}

async fn collect<E>(pieces: impl Stream<Item = Result<bytes::Bytes, E>>) -> Result<LogTail, E> {
    let mut pieces = std::pin::pin!(pieces);
    let mut kept = Tail::default();
    let mut read = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        read += piece.len();
        kept.push(&piece);
        if read >= READ {
            break;
        }
    }
    Ok(kept.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::stream;
    use std::convert::Infallible;

    #[tokio::test]
    async fn an_endless_log_is_not_read_to_its_end() {
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![0xff; 65_536])));
        let tail = collect(endless).await.unwrap();
        assert_eq!(tail.lines.len(), 1);
    }

    #[tokio::test]
    async fn an_engines_error_ends_it() {
        let pieces = stream::iter([Ok(Bytes::from("a\n")), Err("gone")]);
        assert_eq!(collect(pieces).await, Err("gone"));
    }
}
