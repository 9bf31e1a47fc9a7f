//! What a report says of a submission that was run on this host.

use crate::{
    IsolationItem, Lack, SandboxFacts,
    setup::{HostSteps, Runtime},
};

/// What is so from the first process on.
pub(super) fn at_first(steps: &HostSteps) -> SandboxFacts {
    let image = steps
        .unused
        .as_ref()
        .map(|path| Lack::Image { path: path.clone() });
    SandboxFacts {
        isolation: vec![IsolationItem {
            item: "this machine".to_owned(),
            enforced: false,
            detail: "not isolated: the submission was built and run by the local backend as the user \
                who started it, with that user's files, processes and network in its reach; only the \
                number of its processes and open files and the memory of each are limited"
                .to_owned(),
        }],
        lacks: image.into_iter().collect(),
        ..SandboxFacts::default()
    }
}

/// What of this host it is run with; another version than that of our images may be why it fails.
pub(super) fn told(runtime: &Runtime, version: &str, facts: &mut SandboxFacts) {
    let wanted = runtime.title;
    let mut told = version.to_owned();
    if !is_of(wanted, version) {
        told = format!("{version}; images of ours have {wanted}");
        facts.lacks.push(Lack::Language {
            wanted: wanted.to_owned(),
            has: version.to_owned(),
        });
    }
    facts.programs.insert("app".to_owned(), told);
}

/// Whether a version is the one that a title ends with, or a part of it.
fn is_of(title: &str, version: &str) -> bool {
    let number = title.rsplit_once(' ').map_or(title, |(_, number)| number);
    let mut numbers = version.split(|c: char| !c.is_ascii_digit() && c != '.');
    numbers.any(|found| found == number || found.starts_with(&format!("{number}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_held_against_those_of_our_images() {
        for (title, version, expected) in [
            ("Python 3.13", "Python 3.13.2", true),
            ("Python 3.13", "Python 3.13", true),
            ("Python 3.13", "Python 3.1.3", false),
            ("Python 3.13", "Python 3.130.1", false),
            ("Node.js 20", "v20.20.2", true),
            ("Node.js 20", "v18.20.2", false),
            ("Go 1.24", "go version go1.24.4 linux/amd64", true),
            ("Go 1.24", "go version go1.2 linux/amd64", false),
        ] {
            assert_eq!(is_of(title, version), expected, "{title}: {version}");
        }
    }

    #[test]
    fn another_version_is_told_and_excuses_a_failure() {
        let python = Runtime::named("python-3.13").unwrap();
        let mut facts = SandboxFacts::default();
        told(python, "Python 3.11.2", &mut facts);
        assert_eq!(
            facts.programs["app"],
            "Python 3.11.2; images of ours have Python 3.13"
        );
        assert_eq!(
            facts.lacks[0].to_string(),
            "for want of Python 3.13 (this machine has Python 3.11.2)"
        );
        let mut facts = SandboxFacts::default();
        told(python, "Python 3.13.2", &mut facts);
        assert_eq!(facts.lacks, []);
    }
}
