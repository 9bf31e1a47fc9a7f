use std::collections::HashMap;

use super::{Form, Private};
use crate::{finding::Finding, path::Path};

/// What a file of the right shape may still get wrong.
pub(super) fn findings(private: &Private) -> Vec<Finding> {
    let root = Path::root();
    let mut findings = Vec::new();
    if private.words.is_empty() && private.numbers.is_empty() {
        findings.push(
            Finding::value(root.clone(), "nothing changes in a copy")
                .help("name `words` or `numbers` that become others".to_owned()),
        );
    }
    words(private, &root.key("words"), &mut findings);
    numbers(private, &root.key("numbers"), &mut findings);
    for (key, texts) in [("keep", &private.keep), ("leave", &private.leave)] {
        for (place, text) in texts.iter().enumerate() {
            if text.trim().is_empty() {
                findings.push(Finding::value(
                    root.key(key).index(place),
                    "the text is empty",
                ));
            }
        }
    }
    findings
}

fn words(private: &Private, path: &Path, findings: &mut Vec<Finding>) {
    let mut first: HashMap<&str, Path> = HashMap::new();
    for (place, word) in private.words.iter().enumerate() {
        let path = path.index(place);
        let choices = word.becomes.iter().enumerate();
        let lists = std::iter::once((path.key("was"), &word.was))
            .chain(choices.map(|(place, forms)| (path.key("becomes").index(place), forms)));
        for (at, forms) in lists {
            if forms.len() != word.was.len() {
                findings.push(
                    Finding::value(
                        at.clone(),
                        format!("{} for {}", count(forms.len()), count(word.was.len())),
                    )
                    .label("a form for each of `was`"),
                );
            }
            for (place, form) in forms.iter().enumerate() {
                let at = at.index(place);
                if !is_word(form) {
                    findings.push(
                        Finding::value(at.clone(), format!("`{form}` is no word"))
                            .label("expected lower-case letters")
                            .help(
                                "write each form as a word of its own, in letters from a to z"
                                    .to_owned(),
                            ),
                    );
                } else if let Some(earlier) = first.get(form.as_str()) {
                    findings.push(
                        Finding::value(at.clone(), format!("the word `{form}` stands here twice"))
                            .label("again here")
                            .also(earlier.clone(), crate::path::Part::Value, "first here"),
                    );
                } else {
                    first.insert(form, at);
                }
            }
        }
    }
}

fn numbers(private: &Private, path: &Path, findings: &mut Vec<Finding>) {
    for (place, number) in private.numbers.iter().enumerate() {
        let path = path.index(place);
        for (place, becomes) in number.becomes.iter().enumerate() {
            if *becomes == number.was {
                let at = path.key("becomes").index(place);
                findings.push(Finding::value(at, format!("it is {becomes} already")));
            }
        }
        for (place, written) in number.written.iter().enumerate() {
            let at = path.key("written").index(place);
            if written.contains('\n') {
                findings.push(
                    Finding::value(at, "the text is longer than a line")
                        .help("a patch is changed line by line".to_owned()),
                );
            } else if Form::parse(written).is_none() {
                findings.push(
                    Finding::value(at, "the number has no place in this text")
                        .label("expected `{}`, `{+1}` or `{-1}`"),
                );
            }
        }
    }
}

fn count(forms: usize) -> String {
    match forms {
        1 => "1 form".to_owned(),
        more => format!("{more} forms"),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}
