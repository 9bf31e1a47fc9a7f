/// The text with every character that could steer a terminal replaced by a harmless one of the same
/// length in bytes, so that places stay true.
pub(super) fn printable(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut tame = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        tame.push(match character {
            // Alone it breaks a line in YAML, and overwrites one on a terminal.
            '\r' if characters.peek() == Some(&'\n') => ' ',
            '\r' => '\n',
            '\n' | '\t' => character,
            other => harmless(other),
        });
    }
    tame
}

/// The same for a single line: line breaks become spaces.
pub(super) fn printable_line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            other => harmless(other),
        })
        .collect()
}

fn harmless(character: char) -> char {
    let turns_text = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match character.len_utf8() {
        1 if character.is_control() => '?',
        2 if character.is_control() => '¿',
        3 if turns_text => '\u{fffd}',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn steering_characters_are_replaced_byte_for_byte() {
        let hostile = "a\u{1b}[31m\u{9b}é\u{202e}\r\n\rb";
        let tame = printable(hostile);
        assert_eq!(tame, "a?[31m¿é\u{fffd} \n\nb");
        assert_eq!(tame.len(), hostile.len());
    }
}
