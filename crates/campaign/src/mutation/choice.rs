//! Which files of a solution are changed.

use challenge_spec::Challenge;
use grader::{Subject, SubjectKind};

use crate::VerifyError;

/// Endings of sources that the mutator has rules for.
const SOURCES: [&str; 9] = ["py", "js", "mjs", "ts", "go", "java", "rb", "php", "rs"];
/// Folders and names with these words hold no handlers.
const NOT: [&str; 8] = [
    "test",
    "tests",
    "migrations",
    "node_modules",
    "vendor",
    "__init__",
    "conftest",
    "dist",
];

/// The solution's files.
pub(super) fn solution(challenge: &Challenge, of: &str) -> Result<Subject, VerifyError> {
    let Some(folder) = challenge.solution(of) else {
        let known: Vec<&str> = challenge
            .file
            .solutions
            .keys()
            .map(String::as_str)
            .collect();
        return Err(VerifyError::NoSolution {
            of: of.to_owned(),
            known: known.join(", "),
        });
    };
    let kind = SubjectKind::Solution(of.to_owned());
    Ok(crate::subjects::of_folder(challenge, kind, &folder)?)
}

/// Paths and texts of what is changed: what is named, else all sources that may hold handlers.
pub(super) fn sources(
    solution: &Subject,
    named: Option<&Vec<String>>,
    of: &str,
) -> Result<Vec<(String, String)>, VerifyError> {
    let is_wanted = |path: &str| match named {
        Some(named) => named.iter().any(|name| {
            let rest = path.strip_prefix(name.trim_end_matches('/'));
            is_source(path) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }),
        None => is_source(path) && !is_aside(path),
    };
    let snapshot = &solution.snapshot;
    let mut sources = Vec::new();
    for path in snapshot.paths().filter(|path| is_wanted(path)) {
        let text = snapshot.read(path).map_err(VerifyError::Files)?;
        let text = text.and_then(|text| String::from_utf8(text).ok());
        sources.extend(text.map(|text| (path.to_owned(), text)));
    }
    if sources.is_empty() {
        return Err(VerifyError::NothingToMutate { of: of.to_owned() });
    }
    Ok(sources)
}

fn is_source(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| SOURCES.contains(&ending))
}

fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        let is_test = stem.starts_with("test_") || stem.ends_with("_test");
        NOT.contains(&stem) || is_test || part.contains(".test.") || part.contains(".spec.")
    })
}

#[cfg(test)]
mod tests {
    use super::{is_aside, is_source};

    #[test]
    fn handlers_are_told_from_what_lies_beside_them() {
        for handler in ["app/routes.py", "src/orders.mjs", "main.go", "latest.py"] {
            assert!(is_source(handler) && !is_aside(handler), "{handler}");
        }
        for other in [
            "tests/a.py",
            "app/test_a.py",
            "main_test.go",
            "src/a.test.js",
            "app/__init__.py",
            "node_modules/x/index.js",
            "app/migrations/0001.py",
        ] {
            assert!(is_aside(other), "{other}");
        }
        assert!(!is_source("schema.sql") && !is_source("Dockerfile"));
    }
}
