//! Columns: how wide a text is, and how to make it fit.

use unicode_width::UnicodeWidthStr as _;

/// How many columns `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// `text` followed by spaces up to `columns`.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// As much of `text` as fits into `columns`, ending in `ellipsis` if that is not all.
pub(super) fn truncate(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ellipsis));
    let (head, _) = split_at(text, room);
    format!("{head}{ellipsis}")
}

/// `text` in lines of at most `columns`, broken between words, or inside one that fits no line.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for mut word in text.split_whitespace() {
        let joined = format!("{line} {word}");
        if !line.is_empty() && width(&joined) <= columns {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while width(word) > columns {
            let (head, tail) = split_at(word, columns);
            if head.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            word = tail;
        }
        line = truncate(word, columns, "");
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The longest beginning of `text` that fits into `columns`, and the rest. The beginning is
/// measured as a whole: some characters change the width of those before them.
fn split_at(text: &str, columns: usize) -> (&str, &str) {
    let mut fits = 0;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        if width(&text[..end]) > columns {
            break;
        }
        fits = end;
    }
    text.split_at(fits)
}

/// Divides `cells` among `parts` of `whole` in proportion. What is not nothing has a cell at
/// least, while there are as many; the largest part gives and takes what rounding leaves. Parts
/// that are no parts of the whole, as a report of others may have them, get no more than there is.
pub(super) fn share(parts: [u32; 3], whole: u32, cells: usize) -> [usize; 3] {
    if whole == 0 || parts == [0; 3] {
        return [0; 3];
    }
    let wanted = parts.map(|part| {
        let all = u64::try_from(cells).unwrap_or(u64::MAX);
        let exact = u64::from(part).saturating_mul(all) / u64::from(whole);
        let exact = usize::try_from(exact).unwrap_or(cells).min(cells);
        exact.max(usize::from(part > 0))
    });
    let largest = (0..3).max_by_key(|&index| parts[index]).unwrap_or(0);
    let mut left = cells;
    let mut shares = [0; 3];
    for index in (0..3).filter(|&index| index != largest) {
        shares[index] = wanted[index].min(left);
        left -= shares[index];
    }
    shares[largest] = left;
    shares
}

#[cfg(test)]
mod tests {
    use super::{share, truncate, wrap};

    #[test]
    fn words_wrap_and_long_ones_break() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("漢字漢字", 5), ["漢字", "漢字"]);
        assert!(wrap("  ", 5).is_empty());
    }

    #[test]
    fn truncated_texts_say_so() {
        assert_eq!(truncate("abcdef", 4, "…"), "abc…");
        assert_eq!(truncate("漢字漢字", 4, "…"), "漢…");
        assert_eq!(truncate("abc", 3, "…"), "abc");
    }

    #[test]
    fn a_bar_is_full_and_shows_the_smallest_part() {
        assert_eq!(share([39, 0, 1], 40, 20), [19, 0, 1]);
        assert_eq!(share([0, 0, 4], 4, 20), [0, 0, 20]);
        assert_eq!(share([1, 1, 1], 3, 20).iter().sum::<usize>(), 20);
        assert_eq!(share([0, 0, 0], 0, 20), [0, 0, 0]);
        let nonsense = share([u32::MAX, u32::MAX, 3], 1, 20);
        assert_eq!(nonsense.iter().sum::<usize>(), 20);
    }
}
