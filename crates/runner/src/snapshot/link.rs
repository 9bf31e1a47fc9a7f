//! Where symbolic links lead, without asking the disk.

use std::collections::BTreeMap;

use super::{SnapshotError, walk::Found};

/// As many links are followed for one path as Linux follows.
const MOST_HOPS: u32 = 40;

/// Refuses links that lead out of the folder, by what they say or through other links.
pub(super) fn check_all(found: &BTreeMap<String, Found>) -> Result<(), SnapshotError> {
    let link = |path: &str| match found.get(path) {
        Some(Found::Link { target }) => Some(target.as_str()),
        _ => None,
    };
    for (path, entry) in found {
        if let Found::Link { target } = entry
            && (leaves_by_name(path, target) || follow(path, link) == Way::Outside)
        {
            return Err(SnapshotError::LinkLeaves {
                entry: path.clone(),
                target: target.clone(),
            });
        }
    }
    Ok(())
}

/// The path of what stands at a path after all links; none where it is in a circle. It need not
/// exist.
pub(super) fn resolve<'a>(path: &str, link: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    match follow(path, link) {
        Way::Inside(path) => Some(path),
        Way::Outside | Way::Circle => None,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Way {
    Inside(String),
    Outside,
    Circle,
}

fn follow<'a>(path: &str, link: impl Fn(&str) -> Option<&'a str>) -> Way {
    let mut reached: Vec<String> = Vec::new();
    let mut ahead: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
    let mut hops = 0;
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "" | "." => {}
            ".." => {
                if reached.pop().is_none() {
                    return Way::Outside;
                }
            }
            _ => {
                reached.push(part);
                if let Some(target) = link(&reached.join("/")) {
                    hops += 1;
                    if hops > MOST_HOPS {
                        return Way::Circle;
                    }
                    if target.starts_with('/') {
                        return Way::Outside;
                    }
                    reached.pop();
                    ahead.extend(target.rsplit('/').map(str::to_owned));
                }
            }
        }
    }
    Way::Inside(reached.join("/"))
}

/// What a program says that resolves `..` before it follows links.
fn leaves_by_name(path: &str, target: &str) -> bool {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    target.starts_with('/') || follow(&format!("{parent}/{target}"), |_| None) == Way::Outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(links: &[(&str, &str)]) -> Result<(), SnapshotError> {
        let found = links
            .iter()
            .map(|(path, target)| {
                let target = (*target).to_owned();
                ((*path).to_owned(), Found::Link { target })
            })
            .collect();
        check_all(&found)
    }

    #[test]
    fn links_inside_are_kept_even_when_they_dangle_or_go_round() {
        check(&[
            ("a", "b/c"),
            ("d/e", "../f"),
            ("g/h", "./../g/./i"),
            ("round", "about"),
            ("about", "round"),
        ])
        .unwrap();
    }

    #[test]
    fn links_outside_are_refused_by_name() {
        for target in ["/etc/passwd", "..", "../x", "a/../../x", "../s/b"] {
            let error = check(&[("l", target)]).unwrap_err();
            assert!(error.to_string().contains("\"l\""), "{error}");
        }
        check(&[("a/l", "..")]).unwrap();
        check(&[("a/l", "../..")]).unwrap_err();
    }

    #[test]
    fn links_outside_through_other_links_are_refused() {
        // `a/b/p` is `a`, so that `p/../..` is above the top, although it does not look like it.
        check(&[("a/b/p", "..")]).unwrap();
        check(&[("a/b/q", "p/../..")]).unwrap();
        check(&[("a/b/p", ".."), ("a/b/q", "p/../..")]).unwrap_err();
    }

    #[test]
    fn a_path_is_resolved_through_links() {
        let link = |path: &str| match path {
            "here" => Some("d/there"),
            "d/there" => Some("../file"),
            "round" => Some("round"),
            _ => None,
        };
        assert_eq!(resolve("here", link).as_deref(), Some("file"));
        assert_eq!(resolve("round", link), None);
        assert_eq!(resolve("../x", link), None);
    }
}
