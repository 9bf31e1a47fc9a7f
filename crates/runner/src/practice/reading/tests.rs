//! What the tools of our images printed, as they printed it.

use super::*;
use crate::practice::{Language, Tool};

fn tool(name: &str) -> &'static Tool {
    let tools = super::super::language::LANGUAGES.iter();
    let mut tools = tools.flat_map(|language: &Language| language.tools);
    tools.find(|tool| tool.name == name).unwrap()
}

fn told(name: &str, printed: &str) -> Vec<(String, Option<u64>, String, String)> {
    let findings = read(tool(name), printed);
    assert_eq!(findings.count, findings.first.len() as u64);
    let all = findings.first.into_iter();
    all.map(|found| (found.file, found.line, found.rule, found.message))
        .collect()
}

fn one(file: &str, line: u64, rule: &str, message: &str) -> (String, Option<u64>, String, String) {
    let text = str::to_owned;
    (text(file), Some(line), text(rule), text(message))
}

#[test]
fn ruff_0_17() {
    let printed = r#"{"cell":null,"code":"F401","end_location":{"column":10,"row":1},"filename":"/tmp/work/a.py","fix":{"applicability":"safe","edits":[],"message":"Remove unused import"},"location":{"column":8,"row":1},"message":"`os` imported but unused","name":"unused-import","noqa_row":1,"severity":"error","url":"https://docs.astral.sh/ruff/rules/unused-import"}
{"cell":null,"code":"invalid-syntax","end_location":{"column":13,"row":1},"filename":"/tmp/work/sub/b ad.py","fix":null,"location":{"column":12,"row":1},"message":"Expected a parameter or the end of the parameter list","name":"invalid-syntax","noqa_row":null,"severity":"error","url":null}
{"cell":null,"code":"F401","end_loca"#;
    let expected = [
        one("a.py", 1, "F401", "`os` imported but unused"),
        one(
            "sub/b ad.py",
            1,
            "invalid-syntax",
            "Expected a parameter or the end of the parameter list",
        ),
    ];
    assert_eq!(told("ruff", printed), expected);
}

#[test]
fn eslint_10() {
    let printed = r#"{"file":"/tmp/work/a.js","line":4,"rule":"no-cond-assign","message":"Expected a conditional expression and instead saw an assignment."}
{"file":"/tmp/work/c.cjs","line":1,"rule":null,"message":"Parsing error: Unexpected token ="}"#;
    let expected = [
        one(
            "a.js",
            4,
            "no-cond-assign",
            "Expected a conditional expression and instead saw an assignment.",
        ),
        one("c.cjs", 1, "syntax", "Parsing error: Unexpected token ="),
    ];
    assert_eq!(told("eslint", printed), expected);
}

#[test]
fn gofmt_1_24() {
    let printed = "web/web.go\nweb/broken.go:2:6: expected 'IDENT', found '{'\n";
    let format = (
        "web/web.go".to_owned(),
        None,
        "format".to_owned(),
        "not formatted as gofmt formats it".to_owned(),
    );
    let syntax = one("web/broken.go", 2, "syntax", "expected 'IDENT', found '{'");
    assert_eq!(told("gofmt", printed), [format, syntax]);
}

#[test]
fn go_vet_1_24() {
    let printed =
        "# shop/web\nweb/web.go:6:3: fmt.Printf format %d has arg \"x\" of wrong type string\n";
    let expected = [one(
        "web/web.go",
        6,
        "vet",
        "fmt.Printf format %d has arg \"x\" of wrong type string",
    )];
    assert_eq!(told("go vet", printed), expected);
}

#[test]
fn javac_21_warns_and_its_errors_are_those_of_missing_libraries() {
    let printed = "./x/A.java:2: error: package org.missing does not exist
./x/B.java:3: warning: [removal] Integer(int) in Integer has been deprecated and marked for removal
./x/A.java:6: warning: [unchecked] unchecked conversion
5 errors
9 warnings
";
    let expected = [
        one(
            "x/B.java",
            3,
            "removal",
            "Integer(int) in Integer has been deprecated and marked for removal",
        ),
        one("x/A.java", 6, "unchecked", "unchecked conversion"),
    ];
    assert_eq!(told("javac -Xlint", printed), expected);
}

#[test]
fn rubocop_1_39() {
    let printed =
        "/tmp/work/a.rb:3:25: C: [Correctable] Style/StringLiterals: Prefer single-quoted strings.
/tmp/work/a.rb:2:3: W: Lint/UselessAssignment: Useless assignment to variable - `x`.
/tmp/work/b.rb:2:1: E: Lint/Syntax: unexpected token $end (Using Ruby 3.2 parser)
";
    let expected = [
        one(
            "a.rb",
            3,
            "Style/StringLiterals",
            "Prefer single-quoted strings.",
        ),
        one(
            "a.rb",
            2,
            "Lint/UselessAssignment",
            "Useless assignment to variable - `x`.",
        ),
        one(
            "b.rb",
            2,
            "Lint/Syntax",
            "unexpected token $end (Using Ruby 3.2 parser)",
        ),
    ];
    assert_eq!(told("rubocop", printed), expected);
}

#[test]
fn php_8_4() {
    let printed = "
Parse error: syntax error, unexpected token \"}\", expecting \";\" in ./a.php on line 2
Errors parsing ./a.php

Deprecated: g(): Optional parameter $a is implicitly required in ./b c.php on line 2
No syntax errors detected in ./b c.php
";
    let expected = [
        one(
            "a.php",
            2,
            "Parse error",
            "syntax error, unexpected token \"}\", expecting \";\"",
        ),
        one(
            "b c.php",
            2,
            "Deprecated",
            "g(): Optional parameter $a is implicitly required",
        ),
    ];
    assert_eq!(told("php -l", printed), expected);
}

#[test]
fn rustfmt_1_8_tells_of_a_file_once() {
    let printed = "/tmp/work/src/a.rs\n/tmp/work/src/main.rs\n/tmp/work/src/a.rs\n";
    let files: Vec<_> = told("rustfmt", printed)
        .into_iter()
        .map(|of| of.0)
        .collect();
    assert_eq!(files, ["src/a.rs", "src/main.rs"]);
}
