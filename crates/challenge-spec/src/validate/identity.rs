use super::Surroundings;
use crate::{finding::Finding, model::ChallengeFile, path::Path};

pub(super) fn look(file: &ChallengeFile, around: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let root = Path::root();
    let folder = std::path::absolute(around.dir)
        .ok()
        .and_then(|dir| Some(dir.file_name()?.to_str()?.to_owned()));
    let id = &file.id;
    if !is_kebab_case(id) {
        findings.push(not_kebab_case(root.key("id"), id));
    } else if let Some(folder) = folder
        && folder != *id
    {
        findings.push(
            Finding::value(
                root.key("id"),
                format!("the id is `{id}` and the folder `{folder}`; they must be the same"),
            )
            .label("not the folder's name")
            .help(is_kebab_case(&folder).then(|| format!("did you mean `{folder}`?"))),
        );
    }
    if !is_version(&file.version) {
        findings.push(
            Finding::value(
                root.key("version"),
                format!("`{}` is no version", file.version),
            )
            .label("expected MAJOR.MINOR.PATCH")
            .help("write three whole numbers, such as 1.0.0".to_owned()),
        );
    }
    for (key, text) in [("title", &file.title), ("summary", &file.summary)] {
        if text.trim().is_empty() {
            findings.push(Finding::value(root.key(key), format!("the {key} is empty")));
        }
    }
}

pub(super) fn not_kebab_case(path: Path, id: &str) -> Finding {
    let guess: String = id
        .to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let help = if is_kebab_case(&guess) && guess != id {
        format!("did you mean `{guess}`?")
    } else {
        "write words of lower-case letters and digits, joined by hyphens".to_owned()
    };
    Finding::value(path, format!("`{id}` is no id"))
        .label("expected lower-case words joined by hyphens")
        .help(help)
}

/// Lower-case words of letters and digits, joined by single hyphens; begins with a letter.
pub fn is_kebab_case(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_lowercase())
        && text.len() <= 64
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            part.parse::<u32>()
                .is_ok_and(|number| number.to_string() == *part)
        })
}

#[cfg(test)]
mod tests {
    use super::{is_kebab_case, is_version};

    #[test]
    fn ids_are_words_joined_by_hyphens() {
        for good in ["a", "orders-api", "v2-orders", "a1"] {
            assert!(is_kebab_case(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "1a", "a_b", "a b", "ä"] {
            assert!(!is_kebab_case(bad), "{bad}");
        }
    }

    #[test]
    fn versions_are_three_plain_numbers() {
        assert!(is_version("0.10.2"));
        for bad in [
            "1.0", "1.0.0.0", "v1.0.0", "1.0.x", "01.0.0", "+1.0.0", "1..0",
        ] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
