//! Colours and signs, as far as the terminal has them.

use super::Style;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hue {
    Good,
    Bad,
    Open,
    Quiet,
}

/// Paints what is ours; the escapes it writes are the only ones in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painter {
    colour: bool,
    unicode: bool,
}

impl Painter {
    pub(super) fn new(style: Style) -> Self {
        Self {
            colour: style.colour,
            unicode: style.unicode,
        }
    }

    /// A harmless text in characters that the terminal has.
    pub(super) fn text(self, text: &str) -> String {
        if self.unicode {
            return text.to_owned();
        }
        text.chars()
            .map(|character| match character {
                '·' => '-',
                '…' => '~',
                _ if character.is_ascii() => character,
                _ => '?',
            })
            .collect()
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.wrapped("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.wrapped("2", text)
    }

    pub(super) fn hue(self, hue: Hue, text: &str) -> String {
        let code = match hue {
            Hue::Good => "32",
            Hue::Bad => "31",
            Hue::Open => "33",
            Hue::Quiet => "2",
        };
        self.wrapped(code, text)
    }

    fn wrapped(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "~" }
    }

    pub(super) fn mark_good(self) -> &'static str {
        if self.unicode { "✓" } else { "+" }
    }

    pub(super) fn mark_bad(self) -> &'static str {
        if self.unicode { "✗" } else { "x" }
    }

    /// The cells of a bar: earned, undecided, lost.
    pub(super) fn bar_cells(self) -> [&'static str; 3] {
        if self.unicode {
            ["█", "▒", "·"]
        } else {
            ["#", "?", "."]
        }
    }
}
