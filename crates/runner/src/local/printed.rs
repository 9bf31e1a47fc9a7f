//! What the app printed since some moment, in bounded memory.
//!
//! A moment is how many bytes were heard before it, over all starts of the app.

use std::collections::VecDeque;

use crate::{LogMark, PrintedLines};

/// How many bytes of a line are kept.
const LINE: usize = 64 * 1024;
/// How many bytes are kept of all lines together, the newest.
const KEPT: usize = 16 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Printed {
    newest: VecDeque<u8>,
    heard: u64,
}

impl Printed {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.heard += piece.len() as u64;
        self.newest.extend(piece);
        let excess = self.newest.len().saturating_sub(KEPT);
        self.newest.drain(..excess);
    }

    pub(super) fn mark(&self) -> LogMark {
        LogMark(self.heard.to_string())
    }

    pub(super) fn since(&self, mark: &LogMark) -> PrintedLines {
        let wanted = self.heard - mark.0.parse::<u64>().unwrap_or(0).min(self.heard);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let there = wanted.min(self.newest.len());
        let bytes: Vec<u8> = self
            .newest
            .range(self.newest.len() - there..)
            .copied()
            .collect();
        let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let lines = text.split(|&byte| byte == b'\n');
        PrintedLines {
            lines: if there == 0 {
                Vec::new()
            } else {
                lines.map(line).collect()
            },
            cut: there < wanted,
        }
    }
}

fn line(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    String::from_utf8_lossy(&bytes[..bytes.len().min(LINE)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_a_mark_is_left_out() {
        let mut printed = Printed::default();
        printed.push(b"before\n");
        let mark = printed.mark();
        assert_eq!(printed.since(&mark), PrintedLines::default());
        printed.push(b"one\r\ntw");
        printed.push(b"o\n");
        assert_eq!(printed.since(&mark).lines, ["one", "two"]);
        assert_eq!(
            printed.since(&LogMark::default()).lines,
            ["before", "one", "two"]
        );
    }

    #[test]
    fn a_flood_is_cut_at_its_beginning() {
        let mut printed = Printed::default();
        let mark = printed.mark();
        printed.push(&vec![b'x'; KEPT]);
        printed.push(b"\nlast\n");
        let PrintedLines { lines, cut } = printed.since(&mark);
        assert!(cut);
        assert_eq!(lines.last().map(String::as_str), Some("last"));
        assert_eq!(lines[0].len(), LINE);
        assert_eq!(printed.newest.len(), KEPT);
    }
}
