//! What the tools of each language say of files with known faults, in their containers.

use std::{collections::BTreeMap, fs};

use runner::{
    Backend as _, DockerBackend, RunnerEvent,
    practice::{Findings, Sources, ToolRun},
    snapshot::Snapshot,
};

use crate::stand::{Stand, snapshot};

fn files(files: &[(&str, &str)]) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    snapshot(folder.path())
}

/// What each tool said, by its name, and that nothing is left of it.
async fn look(of: &[(&str, &str)]) -> BTreeMap<&'static str, ToolRun> {
    let stand = Stand::new().await;
    let sources = Sources::of(&files(of), None).unwrap().unwrap();
    let run = stand.spec().run;
    let silent = |_: RunnerEvent| {};
    let looked = stand.backend.look(&run, &sources, &silent).await.unwrap();
    assert_eq!(stand.things_of(&run).await, Vec::<String>::new());
    looked.into_iter().map(|run| (run.tool, run)).collect()
}

fn findings(run: &ToolRun) -> &Findings {
    let version = run.version.as_deref().unwrap();
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{run:?}");
    run.said.as_ref().unwrap()
}

/// File, line and rule of each finding, in order.
fn places(run: &ToolRun) -> Vec<String> {
    let found = findings(run).first.iter();
    let mut places: Vec<_> = found
        .map(|found| {
            let line = found.line.map(|line| format!(":{line}"));
            format!("{}{} {}", found.file, line.unwrap_or_default(), found.rule)
        })
        .collect();
    places.sort();
    places
}

#[tokio::test]
async fn the_same_sources_are_not_looked_at_twice() {
    let folder = tempfile::tempdir().unwrap();
    let keeping = async |backend: DockerBackend| backend.keeping_practice(folder.path());
    let stand = Stand::with_backend(keeping).await;
    let run = stand.spec().run;
    let silent = |_: RunnerEvent| {};
    let look = async |code: &str| {
        let sources = Sources::of(&files(&[("main.py", code)]), None);
        let sources = sources.unwrap().unwrap();
        let looked = stand.backend.look(&run, &sources, &silent).await;
        looked.unwrap().remove(0)
    };
    let first = look("import os\n").await;
    assert_eq!(places(&first), ["main.py:1 F401"]);
    let kept = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let text = fs::read_to_string(kept.path()).unwrap();
    fs::write(kept.path(), text.replace("F401", "F402")).unwrap();
    let again = look("import os\n").await;
    assert_eq!(places(&again), ["main.py:1 F402"]);
    assert_eq!(places(&look("import json\n").await), ["main.py:1 F401"]);
}

#[tokio::test]
async fn python_is_looked_at_by_ruff_whatever_its_own_settings_say() {
    let looked = look(&[
        (
            "app/a b.py",
            "import json\nimport os  # noqa\n\nprint(json)\n",
        ),
        ("pyproject.toml", "[tool.ruff.lint]\nselect = []\n"),
        ("ruff.toml", "exclude = ['app']\n"),
    ])
    .await;
    assert_eq!(places(&looked["ruff"]), ["app/a b.py:2 F401"]);
}

#[tokio::test]
async fn javascript_and_typescript_are_looked_at_by_eslint_and_no_configuration_runs() {
    // If this ran, nothing would be found at all: it ends the process with success.
    let config = "process.stdout.write('{\"file\":\"x\",\"line\":1,\"rule\":\"fake\",\"message\":\"fake\"}\\n');\n\
        process.exit(0);\nexport default [{ ignores: ['**'] }];\n";
    let looked = look(&[
        ("eslint.config.js", config),
        ("eslint.config.mjs", config),
        (".eslintrc.js", config),
        (
            "package.json",
            "{\"type\": \"module\", \"eslintConfig\": {\"root\": true}}",
        ),
        ("src/a.js", "/* eslint-disable */\nconst unused = 1;\n"),
        ("src/b.ts", "export const y: any = 1;\n"),
    ])
    .await;
    assert_eq!(
        places(&looked["eslint"]),
        [
            "src/a.js:2 no-unused-vars",
            "src/b.ts:1 @typescript-eslint/no-explicit-any"
        ]
    );
}

#[tokio::test]
async fn go_is_looked_at_by_gofmt_and_where_modules_do_not_matter_by_vet() {
    let printing = "package web\n\nimport \"fmt\"\n\nfunc F() {\n  fmt.Printf(\"%d\", \"x\")\n}\n";
    let needy = "package db\n\nimport _ \"example.org/driver\"\n";
    let looked = look(&[
        (
            "go.mod",
            "module shop\n\ngo 1.24\n\nrequire example.org/driver v1.0.0\n",
        ),
        ("web/web.go", printing),
        ("db/db.go", needy),
    ])
    .await;
    assert_eq!(places(&looked["gofmt"]), ["web/web.go format"]);
    assert_eq!(places(&looked["go vet"]), ["web/web.go:6 vet"]);
    let looked = look(&[("go.mod", "module shop\n\ngo 1.24\n"), ("db/db.go", needy)]).await;
    assert_eq!(places(&looked["gofmt"]), Vec::<String>::new());
    let why = looked["go vet"].said.as_ref().unwrap_err();
    assert!(why.contains("every package imports modules"), "{why}");
}

#[tokio::test]
async fn java_is_compiled_with_all_warnings_though_its_libraries_are_missing() {
    let source = "package shop;\nimport org.missing.Thing;\nimport java.util.*;\n\
        class A {\n  Thing thing;\n  void f(List raw) {\n    raw.add(\"x\");\n  }\n}\n";
    let looked = look(&[
        ("src/main/java/shop/A \"b\".java", "class {"),
        ("src/A.java", source),
    ])
    .await;
    assert_eq!(
        places(&looked["javac -Xlint"]),
        ["src/A.java:6 rawtypes", "src/A.java:7 unchecked"]
    );
}

#[tokio::test]
async fn ruby_is_looked_at_by_rubocop_whatever_its_own_settings_say() {
    let looked = look(&[
        (
            ".rubocop.yml",
            "require: ./evil.rb\nAllCops:\n  DisabledByDefault: true\n",
        ),
        (
            "evil.rb",
            "# frozen_string_literal: true\n\nputs 'fake.rb:1:1: C: Style/Fake: fake'\nexit!\n",
        ),
        (".rubocop", "--only Lint/Void\n"),
        (
            "a.rb",
            "# frozen_string_literal: true\n\nputs \"x\" # rubocop:disable all\n",
        ),
    ])
    .await;
    assert_eq!(places(&looked["rubocop"]), ["a.rb:3 Style/StringLiterals"]);
}

#[tokio::test]
async fn php_is_compiled_and_not_run() {
    let looked = look(&[
        (
            "public/index.php",
            "<?php\necho \"Warning: fake in fake.php on line 1\\n\";\n",
        ),
        ("a.php", "<?php\nfunction f( { }\n"),
        ("b c.php", "<?php\nfunction g($a = 1, $b) { return $b; }\n"),
    ])
    .await;
    assert_eq!(
        places(&looked["php -l"]),
        ["a.php:2 Parse error", "b c.php:2 Deprecated"]
    );
}

#[tokio::test]
async fn rust_is_looked_at_by_rustfmt_and_nothing_of_it_is_built_or_run() {
    let looked = look(&[
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n"),
        ("rustfmt.toml", "disable_all_formatting = true\n"),
        (".cargo/config.toml", "[build]\nrustc = \"./evil\"\n"),
        ("build.rs", "fn main() { println!(\"/tmp/work/fake.rs\"); }\n"),
        ("src/main.rs", "mod a;\n\nfn main() {}\n"),
        ("src/a.rs", "pub fn  f() {}\n"),
    ])
    .await;
    assert_eq!(
        places(&looked["rustfmt"]),
        ["build.rs format", "src/a.rs format"]
    );
    let looked = look(&[("src/main.rs", "fn main() {}\n")]).await;
    let why = looked["rustfmt"].said.as_ref().unwrap_err();
    assert!(why.contains("Cargo.toml"), "{why}");
}

#[tokio::test]
async fn odd_names_and_a_flood_of_findings_are_borne() {
    let flood = "import os, sys\n".repeat(9_000);
    let looked = look(&[
        ("-x.py", "import os\n"),
        ("a'; echo \"$(id)\" `id` \\ %s.py", "import os\n"),
        ("{\"filename\":\"fake\"}.py", "import os\n"),
        ("flood.py", &flood),
    ])
    .await;
    let found = findings(&looked["ruff"]);
    assert!(found.count > 9_000, "{}", found.count);
    assert_eq!(found.first.len(), 20);
    assert!(found.rules["F401"] >= 3, "{:?}", found.rules);
}
