//! The command line that repeats a run.

use crate::{model::Report, neutral};

/// The command that grades the same thing the same way again.
pub(crate) fn repeat(report: &Report) -> String {
    let (kind, name) = report
        .submission
        .subject
        .split_once(':')
        .unwrap_or((report.submission.subject.as_str(), ""));
    let challenge = shell_word(&report.challenge.id);
    let folder = match kind {
        "starter" => shell_word(&format!(
            "challenges/{}/starters/{name}",
            report.challenge.id
        )),
        "solution" => shell_word(&format!(
            "challenges/{}/solutions/{name}",
            report.challenge.id
        )),
        // A defect is a solution with a patch: it is graded by the command that proves them all.
        "defect" => return format!("tryout challenge verify {challenge}"),
        _ => shell_word(&report.submission.name),
    };
    let mut command = format!(
        "tryout grade {folder} --challenge {challenge} --seed {}",
        report.run.seed
    );
    if report.run.backend != "docker" {
        command = format!("{command} --backend {}", shell_word(&report.run.backend));
    }
    for check in report.run.only.iter().flatten() {
        command = format!("{command} --only {}", shell_word(check));
    }
    command
}

/// `word` as a POSIX shell reads it back, on one line.
fn shell_word(word: &str) -> String {
    let word = neutral::brief(word, 200);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        word
    } else if word.starts_with('-') {
        format!("'./{}'", word.replace('\'', r"'\''"))
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_word_is_one_word_to_a_shell() {
        assert_eq!(shell_word("jane-doe"), "jane-doe");
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("$(reboot)"), "'$(reboot)'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("~"), "'~'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn a_word_is_no_option_and_no_second_line() {
        assert_eq!(shell_word("--rm"), "'./--rm'");
        assert_eq!(shell_word("a\nb"), "'a␊b'");
    }
}
