use std::ops::Range;

/// The bytes of the file where `range` of the string `value` stands; `written` is where the whole
/// string does. Quotes, escapes and indentation make the two differ: where the string is not found
/// as it is, its fragment is, and where that is not either, the whole is given.
pub(super) fn locate(
    text: &str,
    written: &Range<usize>,
    value: &str,
    range: &Range<usize>,
) -> Range<usize> {
    let Some(raw) = text.get(written.clone()) else {
        return written.clone();
    };
    if let Some(offset) = raw.find(value) {
        let start = written.start + offset + range.start;
        return start..written.start + offset + range.end;
    }
    let Some(fragment) = value.get(range.clone()).map(str::trim) else {
        return written.clone();
    };
    if fragment.is_empty() {
        return written.clone();
    }
    let earlier = value[..range.start].matches(fragment).count();
    let found = raw
        .match_indices(fragment)
        .nth(earlier)
        .or_else(|| raw.rmatch_indices(fragment).next());
    match found {
        Some((offset, _)) => {
            let start = written.start + offset;
            start..start + fragment.len()
        }
        None => written.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn a_fragment_is_found_behind_quotes_and_escapes() {
        let text = r#"a: "x \"{{ oops }}\" y""#;
        let value = r#"x "{{ oops }}" y"#;
        let at = value.find("oops").unwrap();
        let span = locate(text, &(3..text.len()), value, &(at..at + 4));
        assert_eq!(&text[span], "oops");
    }

    #[test]
    fn the_second_of_two_equal_fragments_is_told_from_the_first() {
        let text = "a: |\n  {{ b }}\n  {{ b }}\n";
        let value = "{{ b }}\n{{ b }}\n";
        let span = locate(text, &(5..text.len()), value, &(11..12));
        assert_eq!(span, 20..21);
    }

    #[test]
    fn what_is_not_there_gives_the_whole() {
        let text = r#"a: "\x41""#;
        assert_eq!(locate(text, &(3..9), "A", &(0..1)), 3..9);
    }
}
