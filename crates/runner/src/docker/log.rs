//! The last lines that a container printed, in bounded memory.

use std::collections::VecDeque;

use bollard::{Docker, query_parameters::LogsOptionsBuilder};
use futures_util::{Stream, StreamExt as _};

use super::SandboxError;
use crate::LogTail;

/// How many lines are kept.
const LINES: usize = 60;
/// How many characters of a line are kept.
const LINE: usize = 2_000;
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
    let mut kept = Kept::default();
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

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    omitted: u64,
    /// The line that has not ended yet, cut at four bytes a character.
    open: Option<Vec<u8>>,
}

impl Kept {
    fn push(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|&byte| byte == b'\n') {
            let line = self.open.get_or_insert_default();
            let room = (LINE * 4).saturating_sub(line.len());
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            line.extend_from_slice(&text[..text.len().min(room)]);
            if part.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let Some(line) = self.open.take() else { return };
        let line = String::from_utf8_lossy(&line);
        let line = line.strip_suffix('\r').unwrap_or(&line);
        self.lines.push_back(line.chars().take(LINE).collect());
        if self.lines.len() > LINES {
            self.lines.pop_front();
            self.omitted += 1;
        }
    }

    fn finish(mut self) -> LogTail {
        self.end_line();
        LogTail {
            lines: self.lines.into(),
            omitted: self.omitted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::stream;
    use std::convert::Infallible;

    async fn tail_of(pieces: Vec<Vec<u8>>) -> LogTail {
        let pieces = stream::iter(pieces).map(|p| Ok::<_, Infallible>(Bytes::from(p)));
        collect(pieces).await.unwrap()
    }

    #[tokio::test]
    async fn lines_may_come_in_pieces() {
        let tail = tail_of(vec![b"a".to_vec(), b"b\nc\r\n\n".to_vec(), b"d".to_vec()]).await;
        assert_eq!(tail.lines, ["ab", "c", "", "d"]);
        assert_eq!(tail.omitted, 0);
    }

    #[tokio::test]
    async fn only_the_last_lines_are_kept_and_the_others_counted() {
        let tail = tail_of((0..100).map(|n| format!("{n}\n").into_bytes()).collect()).await;
        assert_eq!(tail.lines.len(), 60);
        assert_eq!(tail.lines[59], "99");
        assert_eq!(tail.omitted, 40);
    }

    #[tokio::test]
    async fn an_endless_line_is_cut_and_reading_ends() {
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![0xff; 65_536])));
        let tail = collect(endless).await.unwrap();
        assert_eq!(tail.lines.len(), 1);
        assert_eq!(tail.lines[0].chars().count(), LINE);
    }
}
