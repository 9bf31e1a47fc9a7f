//! Variables in `FROM`.

use std::collections::BTreeMap;

/// Fills in `$NAME`, `${NAME}` and `${NAME:-default}`; what has no value becomes nothing, as the
/// engine does it.
pub(super) fn fill_in(text: &str, values: &BTreeMap<String, String>) -> String {
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        if let Some(braced) = after.strip_prefix('{')
            && let Some((inner, behind)) = braced.split_once('}')
        {
            filled.push_str(&match inner.split_once(":-") {
                Some((name, default)) => Some(value(name))
                    .filter(|value| !value.is_empty())
                    .unwrap_or_else(|| default.to_owned()),
                None => value(inner),
            });
            rest = behind;
        } else {
            let end = after
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(after.len());
            let (name, behind) = after.split_at(end);
            filled.push_str(&value(name));
            rest = behind;
        }
    }
    filled.push_str(rest);
    filled
}
