//! The last lines of a build.

use std::collections::VecDeque;

use crate::LogTail;

/// How many lines are kept.
const LINES: usize = 60;

/// Keeps the last lines of many.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
    omitted: u64,
}

impl Tail {
    pub(crate) fn push(&mut self, line: &str) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
            self.omitted += 1;
        }
        self.lines.push_back(line.to_owned());
    }

    pub(crate) fn finish(self) -> LogTail {
        LogTail {
            lines: self.lines.into(),
            omitted: self.omitted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_the_others_counted() {
        let mut tail = Tail::default();
        for n in 0..100 {
            tail.push(&n.to_string());
        }
        let log = tail.finish();
        assert_eq!(log.lines.len() as u64 + log.omitted, 100);
        assert_eq!(log.lines.last().map(String::as_str), Some("99"));
        assert_eq!(log.lines.first(), Some(&log.omitted.to_string()));
    }
}
