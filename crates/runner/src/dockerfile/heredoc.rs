//! Texts behind an instruction: `RUN <<EOF`.

/// A text that is ended by a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heredoc {
    /// As the instruction says it: `<<-"EOF"`.
    pub(super) marker: String,
    /// The line that ends it.
    end: String,
    /// Whether tabs before its lines do not count (`<<-`).
    without_tabs: bool,
    /// Its lines; none where no line ends it.
    lines: Option<Vec<String>>,
}

impl Heredoc {
    /// The text, as a file would have it; none where it has no end.
    pub(super) fn text(&self) -> Option<String> {
        let line = |line: &String| format!("{}\n", self.line(line));
        Some(self.lines.as_ref()?.iter().map(line).collect())
    }

    /// The text and the line that ends it, as a shell reads them; none where it has no end.
    pub(super) fn for_a_shell(&self) -> Option<String> {
        let line = |line: &String| format!("{line}\n");
        let text: String = self.lines.as_ref()?.iter().map(line).collect();
        Some(text + &self.end + "\n")
    }

    fn line<'a>(&self, line: &'a str) -> &'a str {
        if self.without_tabs {
            line.trim_start_matches('\t')
        } else {
            line
        }
    }
}

/// Those that an instruction announces, read from the lines behind it.
pub(super) fn behind<'a>(
    rest: &str,
    escape: char,
    mut lines: impl Iterator<Item = &'a str>,
) -> Vec<Heredoc> {
    let mut heredocs: Vec<_> = raw_words(rest, escape)
        .iter()
        .filter_map(|word| marker(word))
        .collect();
    for heredoc in &mut heredocs {
        let mut content = Vec::new();
        for line in lines.by_ref() {
            if heredoc.line(line) == heredoc.end {
                heredoc.lines = Some(content);
                break;
            }
            content.push(line.to_owned());
        }
    }
    heredocs
}

/// Whether an engine might see one, by whatever rules it tells words apart.
pub(super) fn may_be_one(rest: &str) -> bool {
    rest.split_whitespace().any(|word| {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        word.starts_with("<<") && !word.starts_with("<<<")
    })
}

/// `<<END`, with a file descriptor before it or not.
fn marker(word: &str) -> Option<Heredoc> {
    let bare = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let name = bare.strip_prefix("<<")?;
    let (name, without_tabs) = match name.strip_prefix('-') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let end = name.replace(['"', '\'', '\\'], "");
    (!end.is_empty() && !end.contains('<')).then(|| Heredoc {
        marker: word.to_owned(),
        end,
        without_tabs,
        lines: None,
    })
}

/// Words with their quotes, in which blanks do not count.
fn raw_words(rest: &str, escape: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        word.push(c);
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            // Nothing has a meaning of its own between single quotes.
            Some('\'') => {}
            _ if c == escape => word.extend(chars.next()),
            _ => {}
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markers(rest: &str) -> Vec<String> {
        let found = behind(rest, '\\', std::iter::empty());
        found.into_iter().map(|heredoc| heredoc.marker).collect()
    }

    #[test]
    fn a_marker_is_a_word_of_its_own() {
        assert_eq!(markers("<<EOF"), ["<<EOF"]);
        assert_eq!(markers("cat <<-'A b' 3<<B > x"), ["<<-'A b'", "3<<B"]);
        for none in [
            "echo $((1<<2))",
            "cat <<<word",
            "echo \"a <<EOF\"",
            "echo '<<EOF'",
            "echo a\\ <<EOF",
            "cat << EOF",
            "[\"cat\", \"<<EOF\"]",
        ] {
            assert_eq!(markers(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn a_text_ends_where_its_line_says() {
        let lines = ["\ta", " EOF", "\tEOF", "b", "EOF"];
        let text = |rest: &str| {
            let found = behind(rest, '\\', lines.into_iter());
            (found[0].text(), found[0].for_a_shell())
        };
        let whole = "\ta\n EOF\n\tEOF\nb\n".to_owned();
        let shell = format!("{whole}EOF\n");
        assert_eq!(text("<<\"EOF\""), (Some(whole), Some(shell)));
        let short = "a\n EOF\n".to_owned();
        let shell = "\ta\n EOF\nEOF\n".to_owned();
        assert_eq!(text("<<-EOF"), (Some(short), Some(shell)));
        assert_eq!(text("<<OTHER"), (None, None));
    }

    #[test]
    fn two_texts_follow_each_other() {
        let found = behind("<<A <<B", '\\', ["1", "A", "2", "B"].into_iter());
        let texts: Vec<_> = found.iter().filter_map(Heredoc::text).collect();
        assert_eq!(texts, ["1\n", "2\n"]);
    }
}
