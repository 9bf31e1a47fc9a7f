//! Guesses at what was meant.

/// A longer word is not guessed at.
const MOST_LETTERS: usize = 64;
/// How many words are compared.
const MOST_CANDIDATES: usize = 500;
/// A longer list helps nobody.
const LISTED: usize = 30;

/// The one of `known` that `written` is most likely a slip of the pen of, if any is near enough.
/// Compares at most 500 names, and none with a word of more than 64 letters.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.chars().count() > MOST_LETTERS {
        return None;
    }
    known
        .into_iter()
        .take(MOST_CANDIDATES)
        .filter(|candidate| *candidate != written)
        .map(|candidate| {
            let (left, right) = (written.to_lowercase(), candidate.to_lowercase());
            (strsim::damerau_levenshtein(&left, &right), candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= 1 + candidate.chars().count().max(written.chars().count()) / 4
                && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?", or the list of what there is where nothing is near and the list is short.
pub(crate) fn help<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(written, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    list(known).map(|list| format!("there is {list}"))
}

/// `a`, `b` and `c`; nothing where there are none or more than thirty.
pub(crate) fn list<'a>(known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    joined(known, "and")
}

/// `a`, `b` or `c`; nothing where there are none or more than thirty.
pub(crate) fn either<'a>(known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    joined(known, "or")
}

fn joined<'a>(known: impl IntoIterator<Item = &'a str>, glue: &str) -> Option<String> {
    let mut quoted: Vec<String> = Vec::new();
    for name in known {
        let name = format!("`{name}`");
        if quoted.len() <= LISTED && !quoted.contains(&name) {
            quoted.push(name);
        }
    }
    match quoted.as_slice() {
        [one] => Some(one.clone()),
        [first @ .., last] if first.len() < LISTED => {
            Some(format!("{} {glue} {last}", first.join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{help, list, nearest};

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_does_not() {
        assert_eq!(nearest("$regx", ["$range", "$regex"]), Some("$regex"));
        assert_eq!(nearest("pionts", ["points", "requires"]), Some("points"));
        assert_eq!(nearest("kafka", ["points", "requires"]), None);
        assert_eq!(nearest("ab", ["x", "yz"]), None);
    }

    #[test]
    fn a_stranger_is_told_what_there_is() {
        assert_eq!(
            help("kafka", ["db", "cache"]).as_deref(),
            Some("there is `db` and `cache`")
        );
        assert_eq!(help("kafka", []), None);
        assert_eq!(list(["a", "b", "c"]).as_deref(), Some("`a`, `b` and `c`"));
    }
}
