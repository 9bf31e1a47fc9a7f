//! The last lines that a program printed, in bounded memory.

use std::collections::VecDeque;

use crate::LogTail;

/// How many lines are kept.
const LINES: usize = 60;
/// How many characters of a line are kept.
const LINE: usize = 2_000;

/// Keeps the last lines of what comes in pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
    omitted: u64,
    /// The line that has not ended yet, cut at four bytes a character.
    open: Option<Vec<u8>>,
}

impl Tail {
    pub(crate) fn push(&mut self, piece: &[u8]) {
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

    /// The lines so far; one that has not ended counts.
    pub(crate) fn finish(mut self) -> LogTail {
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

    fn tail_of(pieces: &[&[u8]]) -> LogTail {
        let mut tail = Tail::default();
        for piece in pieces {
            tail.push(piece);
        }
        tail.finish()
    }

    #[test]
    fn lines_may_come_in_pieces() {
        let tail = tail_of(&[b"a", b"b\nc\r\n\n", b"d"]);
        assert_eq!(tail.lines, ["ab", "c", "", "d"]);
        assert_eq!(tail.omitted, 0);
    }

    #[test]
    fn only_the_last_lines_are_kept_and_the_others_counted() {
        let mut tail = Tail::default();
        for n in 0..100 {
            tail.push(format!("{n}\n").as_bytes());
        }
        let tail = tail.finish();
        assert_eq!(tail.lines.len(), 60);
        assert_eq!(tail.lines[59], "99");
        assert_eq!(tail.omitted, 40);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let tail = tail_of(&[&vec![0xff; 65_536], &vec![b'x'; 65_536]]);
        assert_eq!(tail.lines.len(), 1);
        assert_eq!(tail.lines[0].chars().count(), LINE);
    }
}
