//! Hostile text made harmless. What a candidate's program printed or answered may hold terminal
//! escapes, controls that reverse the direction of writing, or a line of a megabyte; here it
//! becomes text that shows itself as it is, and only so much of it.

use std::{borrow::Cow, fmt::Write as _};

/// Whether `character` moves a cursor, changes colours or direction, or cannot be seen at all.
/// Line feed and tab count as such too; [`visible`] keeps them.
pub fn is_hidden(character: char) -> bool {
    matches!(u32::from(character),
        // C0, delete and C1; soft hyphen.
        0x00..=0x1f | 0x7f..=0x9f | 0xad
        // Arabic letter mark, Hangul fillers, Mongolian vowel separator.
        | 0x61c | 0x115f..=0x1160 | 0x3164 | 0xffa0 | 0x180b..=0x180f
        // Zero widths and marks of direction; separators; embeddings and overrides.
        | 0x200b..=0x200f | 0x2028..=0x202e
        // Word joiner, invisible operators, isolates, deprecated format controls.
        | 0x2060..=0x206f
        // Byte order mark, interlinear annotations.
        | 0xfeff | 0xfff0..=0xfffb
        // Musical format controls, shorthand format controls, tags, more variation selectors.
        | 0x1d173..=0x1d17a | 0x1bca0..=0x1bca3 | 0xe0000..=0xe0fff)
        || is_noncharacter(character)
}

/// What no XML may hold and no program needs: the last two of each plane, and U+FDD0 to U+FDEF.
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

/// `text` with everything hidden made visible, line feeds and tabs kept: an escape becomes `␛`, a
/// right-to-left override `\u{202e}`. A carriage return before a line feed is dropped.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && c != '\t' && is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(character),
            _ => push_visible(&mut out, character),
        }
    }
    Cow::Owned(out)
}

/// As [`visible`], on one line: line feeds and tabs become `␊` and `␉`.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    Cow::Owned(out)
}

fn push_visible(out: &mut String, character: char) {
    let shown = match u32::from(character) {
        code @ 0x00..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ if is_hidden(character) => None,
        _ => Some(character),
    };
    match shown {
        Some(shown) => out.push(shown),
        None => write!(out, "\\u{{{:x}}}", u32::from(character))
            .expect("writing to a String does not fail"),
    }
}

/// The beginning of a text, and how much follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clipped<'a> {
    /// At most so many characters as were asked for.
    pub text: &'a str,
    /// How many bytes are left out.
    pub omitted_bytes: usize,
}

/// The first `limit` characters of `text`.
pub fn clip(text: &str, limit: usize) -> Clipped<'_> {
    let end = text
        .char_indices()
        .nth(limit)
        .map_or(text.len(), |(at, _)| at);
    Clipped {
        text: &text[..end],
        omitted_bytes: text.len() - end,
    }
}

/// As [`one_line`], of at most `limit` characters of `text`; what is longer ends in `…`.
pub fn brief(text: &str, limit: usize) -> String {
    let clipped = clip(text.trim(), limit);
    let mut out = one_line(clipped.text).into_owned();
    if clipped.omitted_bytes > 0 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{brief, clip, is_hidden, one_line, visible};

    #[test]
    fn escapes_and_controls_show_themselves() {
        assert_eq!(visible("\u{1b}[31mred\u{7}\u{7f}"), "␛[31mred␇␡");
        assert_eq!(visible("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(visible("a\u{0}b\rc"), "a␀b␍c");
    }

    #[test]
    fn directions_and_the_invisible_show_themselves() {
        assert_eq!(
            visible("a\u{202e}b\u{2066}c\u{2069}d\u{200b}e\u{feff}"),
            "a\\u{202e}b\\u{2066}c\\u{2069}d\\u{200b}e\\u{feff}"
        );
        assert_eq!(
            visible("\u{e0041}\u{ffff}\u{fdd0}"),
            "\\u{e0041}\\u{ffff}\\u{fdd0}"
        );
    }

    #[test]
    fn lines_stay_lines_and_harmless_text_is_not_copied() {
        assert_eq!(visible("a\r\nb\tc\n"), "a\nb\tc\n");
        assert!(matches!(
            visible("größer, 漢字, 🎉"),
            std::borrow::Cow::Borrowed(_)
        ));
        assert_eq!(one_line("a\nb\tc"), "a␊b␉c");
    }

    #[test]
    fn nothing_hidden_is_left_of_any_character() {
        for code in 0..=0x0010_ffff {
            let Some(character) = char::from_u32(code) else {
                continue;
            };
            let text = character.to_string();
            assert!(!one_line(&text).chars().any(is_hidden), "U+{code:04X}");
            assert!(
                !visible(&text)
                    .chars()
                    .any(|c| c != '\n' && c != '\t' && is_hidden(c)),
                "U+{code:04X}"
            );
            assert!(
                !character.is_control() || is_hidden(character),
                "U+{code:04X}"
            );
        }
    }

    #[test]
    fn clips_at_characters() {
        let clipped = clip("äöü", 2);
        assert_eq!((clipped.text, clipped.omitted_bytes), ("äö", 2));
        assert_eq!(clip("äöü", 3).omitted_bytes, 0);
        assert_eq!(brief("  one\ntwo  ", 5), "one␊t…");
        assert_eq!(brief("one", 3), "one");
    }
}
