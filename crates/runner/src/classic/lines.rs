//! Lines out of what a build prints in pieces.

/// No line is kept longer, in bytes; what is beyond is dropped and marked.
const LONGEST: usize = 2000;

/// Joins pieces to lines. A carriage return ends a line too: progress bars begin anew with it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    unfinished: String,
    cut: bool,
}

impl Lines {
    /// Takes a piece and tells the lines that it ends; empty ones are left out.
    pub(super) fn push(&mut self, piece: &str, mut tell: impl FnMut(&str)) {
        let mut parts = piece.split(['\n', '\r']);
        self.extend(parts.next().unwrap_or_default());
        for part in parts {
            self.end(&mut tell);
            self.extend(part);
        }
    }

    /// Tells the last line, if nothing ended it.
    pub(super) fn finish(&mut self, mut tell: impl FnMut(&str)) {
        self.end(&mut tell);
    }

    fn extend(&mut self, part: &str) {
        let room = LONGEST.saturating_sub(self.unfinished.len());
        let end = part.floor_char_boundary(room);
        self.unfinished.push_str(&part[..end]);
        self.cut |= end < part.len();
    }

    fn end(&mut self, tell: &mut impl FnMut(&str)) {
        if std::mem::take(&mut self.cut) {
            self.unfinished.push('…');
        }
        if !self.unfinished.trim().is_empty() {
            tell(&self.unfinished);
        }
        self.unfinished.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> Vec<String> {
        let mut told = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.push(piece, |line| told.push(line.to_owned()));
        }
        lines.finish(|line| told.push(line.to_owned()));
        told
    }

    #[test]
    fn pieces_become_lines() {
        assert_eq!(lines(&["a", "b\nc", "\n\n", "d"]), ["ab", "c", "d"]);
        assert_eq!(lines(&["10%\r20%\r\ndone\n"]), ["10%", "20%", "done"]);
    }

    #[test]
    fn an_endless_line_stays_bounded() {
        let told = lines(&vec!["é"; 5000]);
        assert_eq!(told.len(), 1);
        assert!(told[0].len() <= LONGEST + '…'.len_utf8());
        assert!(told[0].ends_with("é…"));
        let after = lines(&[&"x".repeat(3000), "\nnext\n"]);
        assert_eq!(after[1], "next");
    }
}
