//! Report files: all of them, whole, or as they were before.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use report::{
    model::Report,
    write::{Format, WriteError, write_all},
};

use crate::examples;

fn names(dir: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn all_files_are_there_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("deep/report");
    let report = examples::mixed();
    let written = write_all(&dir, &report, &Format::ALL).unwrap();
    assert_eq!(
        written,
        Format::ALL.map(|format| dir.join(format.file_name()))
    );
    assert_eq!(
        names(&dir),
        ["junit.xml", "report.html", "report.json", "report.md"]
    );
    let json = fs::read_to_string(dir.join("report.json")).unwrap();
    assert_eq!(Report::from_json(&json).unwrap(), report);
}

#[test]
fn an_earlier_report_is_replaced_and_strangers_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("report.json"),
        "old and much longer than nothing",
    )
    .unwrap();
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    write_all(dir.path(), &examples::partial(), &[Format::Json]).unwrap();
    let json = fs::read_to_string(dir.path().join("report.json")).unwrap();
    assert!(Report::from_json(&json).is_ok());
    assert_eq!(names(dir.path()), ["notes.txt", "report.json"]);
}

#[test]
fn a_link_is_replaced_and_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("target");
    fs::write(&target, "not ours").unwrap();
    symlink(&target, dir.path().join("report.md")).unwrap();
    write_all(dir.path(), &examples::partial(), &[Format::Markdown]).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "not ours");
    assert!(
        fs::symlink_metadata(dir.path().join("report.md"))
            .unwrap()
            .is_file()
    );
}

#[test]
fn the_files_are_as_readable_as_any_other_of_the_user() {
    let dir = tempfile::tempdir().unwrap();
    let ordinary = dir.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    write_all(dir.path(), &examples::partial(), &[Format::Json]).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&dir.path().join("report.json")), mode(&ordinary));
}

#[test]
fn what_cannot_be_placed_is_named_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let taken = dir.path().join("report.html");
    fs::create_dir_all(taken.join("in-the-way")).unwrap();
    let error = write_all(dir.path(), &examples::mixed(), &[Format::Html]).unwrap_err();
    assert!(
        matches!(&error, WriteError::PlaceFile { path, .. } if *path == taken),
        "{error:?}"
    );
    assert!(error.to_string().contains("report.html"), "{error}");
    assert_eq!(names(dir.path()), ["report.html"]);
}

#[test]
fn a_folder_that_is_a_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("report");
    fs::write(&file, "").unwrap();
    let error = write_all(&file, &examples::mixed(), &Format::ALL).unwrap_err();
    assert!(
        matches!(&error, WriteError::CreateFolder { path, .. } if *path == file),
        "{error:?}"
    );
}
