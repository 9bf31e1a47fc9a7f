//! Certificates: written, believed, and no longer believed.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{fs, path::Path};

use chrono::DateTime;
use report::{
    certificate::{
        CERTIFICATE_FILES, Certificate, CertificateError, Certification, CertifiedCheck,
        CertifiedRow, Equivalent, Mutation, certification, read, write,
    },
    model::{ChallengeRef, Engine, Outcome, Tool},
    render, schema,
};
use serde_json::Value;

use crate::examples;

const DIGEST: &str = "sha256:0123";

fn certificate() -> Certificate {
    let row = |subject: &str, earned, outcomes: [Outcome; 2]| CertifiedRow {
        subject: subject.to_owned(),
        digest: "sha256:45".to_owned(),
        earned,
        outcomes: outcomes.to_vec(),
    };
    let check = |id: &str, failed_by: &str| CertifiedCheck {
        id: id.to_owned(),
        points: 2,
        failed_by: vec![failed_by.to_owned()],
    };
    Certificate {
        certificate_version: 1,
        tool: Tool {
            name: "tryout".to_owned(),
            version: "0.1.0".to_owned(),
        },
        challenge: ChallengeRef {
            id: "tiny".to_owned(),
            title: "Tiny".to_owned(),
            version: "1.2.3".to_owned(),
            digest: DIGEST.to_owned(),
        },
        issued_at: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        seeds: vec![7, 8],
        repeat: 1,
        sandboxes: 12,
        alone: Some("solution:go".to_owned()),
        shuffled: vec!["solution:go".to_owned()],
        engine: Some(Engine {
            name: "Docker Engine 20.10.24".to_owned(),
            api: "1.41".to_owned(),
            platform: "linux/amd64".to_owned(),
        }),
        images: [("db".to_owned(), "sha256:67".to_owned())].into(),
        checks: vec![check("reads", "no-read"), check("writes", "no-write")],
        rows: vec![
            row("nothing", 0, [Outcome::Skipped, Outcome::Skipped]),
            row("solution:go", 4, [Outcome::Passed, Outcome::Passed]),
            row("defect:no-read", 0, [Outcome::Failed, Outcome::Skipped]),
            row("defect:no-write", 2, [Outcome::Passed, Outcome::Failed]),
        ],
        mutation: Some(Mutation {
            tool: "universalmutator 1.14".to_owned(),
            of: "go".to_owned(),
            seed: 7,
            files: vec!["main.go".to_owned()],
            possible: 40,
            equal: 3,
            tried: 10,
            killed: 8,
            invalid: 1,
            equivalent: vec![Equivalent {
                file: "main.go".to_owned(),
                line: 12,
                was: "  if a || b {".to_owned(),
                becomes: "  if b || a {".to_owned(),
                reason: "the order does not matter".to_owned(),
            }],
        }),
        markdown_digest: String::new(),
        content_digest: String::new(),
    }
}

fn written() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), certificate()).unwrap();
    dir
}

fn replace(dir: &Path, name: &str, from: &str, to: &str) {
    let path = dir.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

fn why(dir: &Path) -> String {
    certification(dir, DIGEST).sentence()
}

#[test]
fn a_certificate_is_believed_as_it_was_written() {
    let dir = written();
    let found = read(dir.path()).unwrap().unwrap();
    assert_eq!(found.rows, certificate().rows);
    assert_eq!(why(dir.path()), "certified by tryout 0.1.0 on 2026-11-18");
    let json = fs::read_to_string(dir.path().join(CERTIFICATE_FILES[0])).unwrap();
    let schema = serde_json::to_value(schema::certificate()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let value: Value = serde_json::from_str(&json).unwrap();
    assert!(schema.is_valid(&value));
}

#[test]
fn the_matrix_is_drawn_as_a_table() {
    let dir = written();
    let text = fs::read_to_string(dir.path().join("certificate.md")).unwrap();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("certificate", text);
    });
}

#[test]
fn any_edit_of_either_file_is_an_error_that_names_it() {
    for (name, from, to) in [
        ("certificate.json", "\"killed\": 8", "\"killed\": 9"),
        ("certificate.json", "sha256:0123", "sha256:0124"),
        ("certificate.json", "{", "{ \"more\": 1,"),
        ("certificate.json", "{", "["),
        ("certificate.md", "✗", "·"),
    ] {
        let dir = written();
        replace(dir.path(), name, from, to);
        let error = read(dir.path()).unwrap_err();
        assert!(
            matches!(&error, CertificateError::Edited { path } if path.ends_with(name)),
            "{from}: {error}"
        );
        assert!(error.to_string().contains("verify --write"), "{error}");
        assert_eq!(
            why(dir.path()),
            "not certified: the certificate was edited by hand"
        );
    }
}

#[test]
fn half_a_certificate_is_none() {
    for name in CERTIFICATE_FILES {
        let dir = written();
        fs::remove_file(dir.path().join(name)).unwrap();
        let error = read(dir.path()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn other_white_space_is_no_edit() {
    let dir = written();
    replace(dir.path(), "certificate.json", "\n", "\n\n");
    assert!(read(dir.path()).unwrap().is_some());
}

#[test]
fn no_certificate_another_digest_and_another_version_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(why(dir.path()), "not certified: there is no certificate");
    assert!(read(dir.path()).unwrap().is_none());
    let dir = written();
    let changed = certification(dir.path(), "sha256:ffff").sentence();
    assert_eq!(changed, "not certified: the challenge changed since");
    replace(
        dir.path(),
        "certificate.json",
        "\"certificate_version\": 1",
        "\"certificate_version\": 2",
    );
    assert!(matches!(
        read(dir.path()),
        Err(CertificateError::Version { found: 2, .. })
    ));
    assert_eq!(
        why(dir.path()),
        "not certified: the certificate is of another version of its format"
    );
}

#[test]
fn every_form_of_a_report_says_it() {
    let mut report = examples::mixed();
    report.certification = Some(Certification::NotCertified {
        why: "the challenge changed since".to_owned(),
    });
    let html = render::html::render(&report).unwrap();
    let terminal = render::terminal::render(&report, render::terminal::Style::default());
    let markdown = render::markdown::render(&report);
    assert!(report.to_json().contains("\"not-certified\""));
    for text in [html, terminal, markdown.replace('\\', "")] {
        assert!(
            text.contains("not certified: the challenge changed since"),
            "{text}"
        );
    }
}
