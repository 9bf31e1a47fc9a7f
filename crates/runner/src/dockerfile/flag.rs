//! Flags between an instruction's keyword and the rest of it.

/// `--name=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flag<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// All of it.
    pub(super) word: &'a str,
}

/// The flags, and what is behind them. An engine takes quotes and escapes out of a flag, which hides
/// its name from us; one that has any is the error.
pub(super) fn split(rest: &str) -> Result<(Vec<Flag<'_>>, &str), &str> {
    let mut flags = Vec::new();
    let mut rest = rest.trim_start();
    while rest.starts_with("--") {
        let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if word == "--" || word.contains(['"', '\'', '\\', '`']) {
            return Err(word);
        }
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        flags.push(Flag { name, value, word });
        rest = behind.trim_start();
    }
    Ok((flags, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_whose_name_is_hidden_is_none() {
        let (flags, rest) = split(" --from=a  --link b --c").unwrap();
        let words: Vec<_> = flags.iter().map(|flag| (flag.name, flag.value)).collect();
        assert_eq!(words, [("--from", "a"), ("--link", "")]);
        assert_eq!(rest, "b --c");
        for hidden in ["--fr\"om\"=a", "--fr\\om=a", "--chown='a", "--", "--a=`b`"] {
            assert_eq!(split(&format!("{hidden} b c")), Err(hidden));
        }
    }
}
