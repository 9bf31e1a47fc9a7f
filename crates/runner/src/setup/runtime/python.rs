//! Python: dependencies by pip, into the environment that the image has.

use std::collections::BTreeSet;

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::{
    setup::{Ground, files::Files, ground::Folders},
    snapshot::SnapshotError,
};

pub(super) static PYTHON: Runtime = Runtime {
    name: "python-3.13",
    title: "Python 3.13",
    image: "tryout/python:3.13",
    on_host: Toolchain {
        programs: &[&["python3.13", "python3", "python"]],
        version: &["--version"],
        packages: "python3 python3-venv",
        prepare: &["-m", "venv", "../venv"],
        prepare_bare: &["-m", "venv", "--without-pip", "../venv"],
        programs_made: &["venv/bin"],
        environment: &[
            ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
            ("PIP_ROOT_USER_ACTION", "ignore"),
            ("PYTHONUNBUFFERED", "1"),
        ],
        ask_registry: "pip download --quiet --no-deps --dest ../tmp/asked pip",
    },
    markers: &["requirements.txt", "pyproject.toml", "Pipfile"],
    steps,
};

/// Files of requirements that name each other are followed so far.
const MOST_FILES: usize = 20;

/// Prints what a pyproject.toml asks for: to build the project, and to run it.
const OF_PYPROJECT: &str = "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
    print(*p.get('build-system', {}).get('requires', []), *p.get('project', {}).get('dependencies', []), sep='\\n')";
/// Prints what a Pipfile.lock holds.
const OF_PIPFILE_LOCK: &str = "import json; p = json.load(open('Pipfile.lock'))['default']; \
    print(*(n + ('[' + ','.join(v['extras']) + ']' if 'extras' in v else '') + v.get('version', '') \
    + ('; ' + v['markers'] if 'markers' in v else '') for n, v in p.items()), sep='\\n')";
/// Prints what a Pipfile asks for.
const OF_PIPFILE: &str = "import tomllib; p = tomllib.load(open('Pipfile', 'rb')).get('packages', {}); \
    v = {n: v if isinstance(v, str) else v.get('version', '*') for n, v in p.items()}; \
    print(*(n + ('' if v == '*' else v) for n, v in v.items()), sep='\\n')";

fn steps(files: &Files<'_>, _: OwnBuild, ground: Ground) -> Found<Steps> {
    let folders = ground.folders();
    let mut steps = Steps {
        manifests: Vec::new(),
        install: None,
        shown: Shown::default(),
        build: None,
        start: start(files),
        notes: Vec::new(),
    };
    if files.has("requirements.txt") {
        of_requirements(files, &mut steps)?;
    } else if files.has("uv.lock") && files.has("pyproject.toml") {
        steps.manifests = files.of_these(&["pyproject.toml", "uv.lock"]);
        let Folders { tools, scratch, .. } = folders;
        steps.install = Some(format!(
            "python -m venv {tools}/uv && {tools}/uv/bin/pip install uv \
             && {tools}/uv/bin/uv export --frozen --no-dev --no-emit-project --output-file {scratch}/uv.txt \
             && pip install -r {scratch}/uv.txt"
        ));
        steps.shown.install = Some("pip install of uv.lock".to_owned());
    } else if let Some(project) = files.text("pyproject.toml")? {
        of_project(files, &project, folders, &mut steps);
    } else if files.has("Pipfile.lock") {
        of_asked("Pipfile.lock", OF_PIPFILE_LOCK, folders, &mut steps);
    } else if files.has("Pipfile") {
        of_asked("Pipfile", OF_PIPFILE, folders, &mut steps);
    }
    Ok(Ok(steps))
}

fn start(files: &Files<'_>) -> Result<String, String> {
    ["main.py", "app.py"]
        .into_iter()
        .find(|path| files.has(path))
        .map(|path| format!("python {path}"))
        .ok_or_else(|| {
            "add a main.py or app.py that listens on $PORT, `web: ` to a Procfile, or `start: ` to tryout.yaml".to_owned()
        })
}

fn of_requirements(files: &Files<'_>, steps: &mut Steps) -> Result<(), SnapshotError> {
    steps.install = Some("pip install -r requirements.txt".to_owned());
    match all_requirements(files)? {
        Some(manifests) => steps.manifests = manifests,
        None => steps.notes.push(
            "any change installs the dependencies again, since requirements.txt names a folder of the submission".to_owned(),
        ),
    }
    Ok(())
}

/// `requirements.txt` and what it includes; none where it takes more than these files.
fn all_requirements(files: &Files<'_>) -> Result<Option<Vec<String>>, SnapshotError> {
    let mut found = BTreeSet::new();
    let mut open = vec!["requirements.txt".to_owned()];
    while let Some(path) = open.pop() {
        if !found.insert(path.clone()) {
            continue;
        }
        let Some(text) = files.text(&path)? else {
            return Ok(None);
        };
        let folder = path.rsplit_once('/').map(|(folder, _)| folder);
        for line in text.lines() {
            match requirement(line) {
                Requirement::Package => {}
                Requirement::Local => return Ok(None),
                Requirement::Included(name) => {
                    let included =
                        folder.map_or_else(|| name.to_owned(), |f| format!("{f}/{name}"));
                    if !is_plain(&included) {
                        return Ok(None);
                    }
                    open.push(included);
                }
            }
        }
        if found.len() > MOST_FILES {
            return Ok(None);
        }
    }
    Ok(Some(found.into_iter().collect()))
}

/// What a line of a file of requirements asks for.
#[derive(Debug, PartialEq, Eq)]
enum Requirement<'a> {
    /// Something from elsewhere, or nothing.
    Package,
    /// A folder or file of the submission.
    Local,
    /// Another such file.
    Included(&'a str),
}

fn requirement(line: &str) -> Requirement<'_> {
    let line = line.trim();
    let line = line.split(" #").next().unwrap_or_default().trim();
    for option in ["--requirement", "--constraint", "-r", "-c"] {
        if let Some(rest) = line.strip_prefix(option) {
            return Requirement::Included(rest.trim_start_matches(['=', ' ', '\t']));
        }
    }
    let is_editable = line.starts_with("-e") || line.starts_with("--editable");
    let is_path = line.starts_with(['.', '/']) || line.contains("file:");
    let is_archive = [".whl", ".tar.gz", ".zip"]
        .iter()
        .any(|end| line.ends_with(end) && !line.contains("://"));
    if is_editable || is_path || is_archive {
        Requirement::Local
    } else {
        Requirement::Package
    }
}

fn is_plain(path: &str) -> bool {
    path.split('/').all(|part| part != ".." && part != ".")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
}

/// A project with a build system is a package, which is installed; one without is run where it is.
fn of_project(files: &Files<'_>, project: &str, folders: Folders, steps: &mut Steps) {
    of_asked("pyproject.toml", OF_PYPROJECT, folders, steps);
    let is_package = project
        .lines()
        .any(|line| line.trim().starts_with("[build-system]"));
    if is_package {
        steps.build = Some("pip install --no-build-isolation .".to_owned());
    }
    if files.has("poetry.lock") {
        steps
            .notes
            .push("poetry.lock is not read: pip installs what pyproject.toml asks for".to_owned());
    }
}

/// What a program prints of a file is installed; where it fails, so does the step.
fn of_asked(file: &str, program: &str, folders: Folders, steps: &mut Steps) {
    let scratch = folders.scratch;
    steps.manifests = vec![file.to_owned()];
    steps.install = Some(format!(
        "python -c \"{program}\" > {scratch}/requirements.txt && pip install -r {scratch}/requirements.txt"
    ));
    steps.shown.install = Some(format!("pip install of {file}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_requirements_are_told_apart() {
        use Requirement::{Included, Local, Package};
        for (line, expected) in [
            ("flask==3.1", Package),
            ("", Package),
            ("# -r x", Package),
            ("--hash=sha256:1", Package),
            ("flask @ https://example.org/a.whl", Package),
            ("-r base.txt", Included("base.txt")),
            ("-c  constraints.txt # why", Included("constraints.txt")),
            ("--requirement=a/b.txt", Included("a/b.txt")),
            ("-rbase.txt", Included("base.txt")),
            ("-e .", Local),
            ("--editable=.", Local),
            (".", Local),
            ("./lib", Local),
            ("lib @ file:./lib", Local),
            ("lib.whl", Local),
        ] {
            assert_eq!(requirement(line), expected, "{line}");
        }
    }
}
