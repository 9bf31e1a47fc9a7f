//! What a container printed since some moment, in bounded memory.
//!
//! A moment is the time of the last line before it, by the engine's own clock: the engine stamps each
//! piece of output as it takes it in, so nothing that is printed can pretend to be older or newer.
//!
//! The engine keeps two files of output and drops the older one when the newer one is full. Where the
//! last line before a moment is not there any more, lines after it may be gone with it.

use bollard::{Docker, container::LogOutput, query_parameters::LogsOptionsBuilder};
use futures_util::{Stream, StreamExt as _};

use super::SandboxError;
use crate::{LogMark, PrintedLines};

/// How many bytes of a line are kept.
const LINE: usize = 64 * 1024;
/// How many bytes are read of all lines together.
const READ: usize = 16 * 1024 * 1024;

/// Where the output ends now.
pub(super) async fn mark(
    docker: &Docker,
    role: &str,
    container: &str,
) -> Result<LogMark, SandboxError> {
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .timestamps(true)
        .tail("1")
        .build();
    let mut pieces = std::pin::pin!(docker.logs(container, Some(options)));
    let mut last = String::new();
    let mut read = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|source| unreadable(role, source))?;
        read += piece.as_ref().len();
        // Each stream may have a last line.
        last = last.max(stamped(piece.as_ref()).0.to_owned());
        if read >= READ {
            break;
        }
    }
    Ok(LogMark(last))
}

/// All that was printed after a mark, as far as it is read. `file` is the size of one of the engine's
/// files in bytes.
pub(super) async fn since(
    docker: &Docker,
    role: &str,
    container: &str,
    mark: &LogMark,
    file: u64,
) -> Result<PrintedLines, SandboxError> {
    let seconds = chrono::DateTime::parse_from_rfc3339(&mark.0).map(|time| time.timestamp());
    let seconds = seconds.ok().and_then(|seconds| i32::try_from(seconds).ok());
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .timestamps(true)
        .since(seconds.unwrap_or(0))
        .build();
    let pieces = docker.logs(container, Some(options));
    collect(pieces, &mark.0, file)
        .await
        .map_err(|source| unreadable(role, source))
}

fn unreadable(role: &str, source: bollard::errors::Error) -> SandboxError {
    SandboxError::ReadLog {
        role: role.to_owned(),
        source,
    }
}

async fn collect<E>(
    pieces: impl Stream<Item = Result<LogOutput, E>>,
    mark: &str,
    file: u64,
) -> Result<PrintedLines, E> {
    let mut pieces = std::pin::pin!(pieces);
    let mut printed = PrintedLines::default();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut read = 0;
    let mut reaches_back = false;
    let (mut kept, mut largest) = (0, 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        let (time, text) = stamped(piece.as_ref());
        if time <= mark {
            reaches_back = true;
            continue;
        }
        let size = as_kept(text);
        kept += size;
        largest = size.max(largest);
        read += text.len();
        if read > READ {
            printed.cut = true;
            break;
        }
        let open = match &piece {
            LogOutput::StdErr { .. } => &mut err,
            _ => &mut out,
        };
        // The engine gives a long line in several pieces, each with its stamp.
        let room = LINE.saturating_sub(open.len());
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        open.extend_from_slice(&line[..line.len().min(room)]);
        if text.ends_with(b"\n") {
            printed.lines.push(ended(open));
        }
    }
    for open in [&mut out, &mut err] {
        if !open.is_empty() {
            printed.lines.push(ended(open));
        }
    }
    // Where nothing was printed before the mark, nothing is dropped before one file is full.
    let is_lost = match mark {
        "" => kept + largest > file,
        _ => !reaches_back && kept > 0,
    };
    printed.cut |= is_lost;
    Ok(printed)
}

/// How many bytes a piece takes at most as the engine keeps it: a JSON string with a stamp.
fn as_kept(text: &[u8]) -> u64 {
    let plain = |byte: &&u8| matches!(byte, b' '..=b'~') && !b"\"\\<>&".contains(*byte);
    let count = text.iter().filter(plain).count();
    let escaped = text.len() - count;
    (count + 6 * escaped + 80) as u64
}

fn ended(open: &mut Vec<u8>) -> String {
    let line = String::from_utf8_lossy(open);
    let line = line.strip_suffix('\r').unwrap_or(&line).to_owned();
    open.clear();
    line
}

/// A piece's stamp, which has the same number of digits in all, and its text.
fn stamped(piece: &[u8]) -> (&str, &[u8]) {
    let Some(space) = piece.iter().position(|&byte| byte == b' ') else {
        return ("", piece);
    };
    match std::str::from_utf8(&piece[..space]) {
        Ok(stamp) => (stamp, &piece[space + 1..]),
        Err(_) => ("", piece),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::stream;

    use super::*;

    fn out(text: &str) -> LogOutput {
        LogOutput::StdOut {
            message: Bytes::from(text.to_owned()),
        }
    }

    fn err(text: &str) -> LogOutput {
        LogOutput::StdErr {
            message: Bytes::from(text.to_owned()),
        }
    }

    const FILE: u64 = 1024;

    async fn lines(pieces: Vec<LogOutput>, mark: &str) -> PrintedLines {
        let pieces = stream::iter(pieces).map(Ok::<_, Infallible>);
        collect(pieces, mark, FILE).await.unwrap()
    }

    #[tokio::test]
    async fn only_what_came_after_the_mark_is_read() {
        let pieces = vec![
            out("2026-11-24T10:00:00.100000000Z before\n"),
            out("2026-11-24T10:00:00.200000000Z 2026-11-24T09:00:00.000000000Z claims\r\n"),
            err("2026-11-24T10:00:00.200000001Z err\n"),
        ];
        let printed = lines(pieces, "2026-11-24T10:00:00.100000000Z").await;
        assert_eq!(
            printed.lines,
            ["2026-11-24T09:00:00.000000000Z claims", "err"]
        );
        assert!(!printed.cut);
    }

    #[tokio::test]
    async fn pieces_of_one_line_are_joined_by_their_stream() {
        let pieces = vec![
            out("2026-11-24T10:00:00.100000000Z {\"a\":"),
            err("2026-11-24T10:00:00.200000000Z between\n"),
            out("2026-11-24T10:00:00.300000000Z 1}\n"),
            err("2026-11-24T10:00:00.400000000Z open"),
        ];
        let printed = lines(pieces, "").await;
        assert_eq!(printed.lines, ["between", "{\"a\":1}", "open"]);
    }

    #[tokio::test]
    async fn lines_that_the_engine_dropped_are_missed() {
        let before = "2026-11-24T10:00:00.100000000Z";
        let stamped = |n: u32, text: &str| out(&format!("2026-11-24T10:00:01.{n:09}Z {text}\n"));
        let here = lines(vec![out(&format!("{before} x\n")), stamped(1, "a")], before).await;
        assert!(!here.cut);
        let gone = lines(vec![stamped(1, "a")], before).await;
        assert!(gone.cut);
        assert!(!lines(Vec::new(), before).await.cut);
        // Nothing was printed before: as much as fills a file may have been preceded by more.
        assert!(!lines(vec![stamped(1, "a"); 3], "").await.cut);
        assert!(lines(vec![stamped(1, "a"); 12], "").await.cut);
        assert!(
            lines(vec![stamped(1, &"\u{1}".repeat(100)); 2], "")
                .await
                .cut
        );
    }

    #[tokio::test]
    async fn a_flood_is_cut() {
        let line = format!("2026-11-24T10:00:00.1Z {}", "x".repeat(64 * 1024));
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(out(&line)));
        let printed = collect(endless, "", u64::MAX).await.unwrap();
        assert!(printed.cut);
        assert_eq!(printed.lines.len(), 1);
        assert_eq!(printed.lines[0].len(), LINE);
    }
}
