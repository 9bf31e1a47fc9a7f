use std::{
    ffi::OsStr,
    fs,
    path::{Component, Path as FilePath},
};

use crate::{finding::Finding, model::ChallengeFile, path::Path, suggestion};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

/// Files and folders that the file names: there, of the right kind, and inside the folder.
pub(super) fn look(file: &ChallengeFile, dir: &FilePath, findings: &mut Vec<Finding>) {
    let root = Path::root();
    let mut named = vec![(root.key("brief"), &file.brief, Kind::File)];
    named.extend(
        file.openapi
            .iter()
            .map(|path| (root.key("openapi"), path, Kind::File)),
    );
    for (name, service) in &file.services {
        let service_path = root.key("services").key(name).key(service.kind());
        let seeds = service_path.key("seed");
        for (place, seed) in service.seed().iter().enumerate() {
            named.push((seeds.index(place), seed, Kind::File));
        }
    }
    for (place, defect) in file.defects.iter().enumerate() {
        let path = root.key("defects").index(place).key("patch");
        named.push((path, &defect.patch, Kind::File));
    }
    for (key, folders) in [("starters", &file.starters), ("solutions", &file.solutions)] {
        for (language, folder) in folders {
            named.push((root.key(key).key(language), folder, Kind::Folder));
        }
    }
    for (name, suite) in &file.suites {
        let path = root.key("suites").key(name).key("from");
        named.push((path, &suite.from, Kind::Folder));
    }
    for (name, implementation) in &file.implementations {
        let path = root.key("implementations").key(name);
        named.push((path.key("from"), &implementation.from, Kind::Folder));
        let patch = implementation.patch.iter();
        named.extend(patch.map(|patch| (path.key("patch"), patch, Kind::File)));
    }
    findings.extend(
        named
            .into_iter()
            .filter_map(|(path, name, kind)| look_at(path, name, kind, dir)),
    );
}

fn look_at(path: Path, name: &FilePath, kind: Kind, dir: &FilePath) -> Option<Finding> {
    let shown = name.display();
    let leaves = name.is_absolute()
        || name
            .components()
            .any(|component| component == Component::ParentDir);
    if leaves {
        return Some(
            Finding::value(path, format!("`{shown}` leaves the challenge's folder"))
                .help("write a path inside the folder, without `..`".to_owned()),
        );
    }
    if name.as_os_str().is_empty() {
        return Some(Finding::value(path, "the path is empty"));
    }
    let target = dir.join(name);
    let noun = match kind {
        Kind::File => "file",
        Kind::Folder => "folder",
    };
    let Ok(found) = fs::metadata(&target) else {
        return Some(
            Finding::value(path, format!("there is no {noun} `{shown}`"))
                .label("relative to the challenge's folder")
                .help(nearest_sibling(&target, name).or_else(|| missing_brief(name))),
        );
    };
    if found.is_dir() != (kind == Kind::Folder) {
        return Some(Finding::value(path, format!("`{shown}` is no {noun}")));
    }
    let stays = match (fs::canonicalize(dir), fs::canonicalize(&target)) {
        (Ok(dir), Ok(target)) => target.starts_with(dir),
        _ => false,
    };
    (!stays).then(|| {
        Finding::value(
            path,
            format!("`{shown}` is a link that leaves the challenge's folder"),
        )
    })
}

/// A brief is looked for even where none is named.
fn missing_brief(name: &FilePath) -> Option<String> {
    (name == FilePath::new("brief.md"))
        .then(|| "write the candidate's text there, or name another file as `brief`".to_owned())
}

fn nearest_sibling(target: &FilePath, name: &FilePath) -> Option<String> {
    let siblings: Vec<String> = fs::read_dir(target.parent()?)
        .ok()?
        .take(1000)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let written = target.file_name().and_then(OsStr::to_str)?;
    let near = suggestion::nearest(written, siblings.iter().map(String::as_str))?;
    Some(format!(
        "did you mean `{}`?",
        name.with_file_name(near).display()
    ))
}
