//! How a submission is run, by its files: a table. Needs no engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod languages;

use std::fs;

use runner::{
    setup::{Declared, Ground, Runtime, Setup, SetupMistake},
    snapshot::{Snapshot, SubmissionLimits},
};

/// Paths and their texts.
type Files<'a> = &'a [(&'a str, &'a str)];

fn snapshot(files: Files<'_>) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let limits = SubmissionLimits {
        files: 100,
        bytes: 4 << 20,
    };
    Snapshot::of_folder(folder.path(), limits).unwrap()
}

fn of(files: Files<'_>, declared: &Declared) -> Result<Setup, SetupMistake> {
    Setup::of(&snapshot(files), declared).unwrap()
}

fn found(files: Files<'_>) -> String {
    let setup = of(files, &Declared::default());
    setup.unwrap().found().to_owned()
}

fn mistake(files: Files<'_>, declared: &Declared) -> String {
    of(files, declared).unwrap_err().to_string()
}

/// As a declaration says it.
#[expect(clippy::unnecessary_wraps, reason = "as a declaration holds it")]
fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

const SCRIPTS: &str = r#"{"scripts": {"start": "node a.js", "build": "tsc"}}"#;
const MAIN_GO: &str = "// About it.\npackage main\n\nfunc main() {}\n";

#[test]
fn what_is_found_is_told_with_its_reason() {
    for (files, expected) in [
        (
            &[("Dockerfile", "FROM x")][..],
            "Dockerfile at the top: built from it",
        ),
        (
            &[
                ("dockerfile", "FROM x"),
                ("package.json", "{"),
                ("Procfile", "web"),
            ],
            "dockerfile at the top: built from it; the Procfile is not read beside a Dockerfile",
        ),
        (
            &[("package.json", SCRIPTS), ("package-lock.json", "{}")],
            "package.json at the top: Node.js 20, installed by `npm ci`, built by `npm run build`, started by `npm start`",
        ),
        (
            &[
                ("package.json", "{\"main\": \"./lib/main.js\"}"),
                ("lib/main.js", ""),
                ("yarn.lock", ""),
            ],
            "package.json at the top: Node.js 20, installed by `npm install`, started by `node lib/main.js`; yarn.lock is not read: npm installs what package.json asks for",
        ),
        (
            &[("package.json", "{\"name\": \"a\"}"), ("server.js", "")],
            "package.json at the top: Node.js 20, installed by `npm install`, started by `npm start`",
        ),
        (
            &[("package.json", "{}"), ("index.js", "")],
            "package.json at the top: Node.js 20, installed by `npm install`, started by `node index.js`",
        ),
        (
            &[
                ("package.json", r#"{"scripts": {"postinstall": "x"}}"#),
                ("index.js", ""),
            ],
            "package.json at the top: Node.js 20, installed by `npm install`, started by `node index.js`; any change installs the dependencies again, since package.json has a script `postinstall`",
        ),
    ] {
        assert_eq!(found(files), expected);
    }
}

#[test]
fn python_and_go_are_found_by_their_own_files() {
    for (files, expected) in [
        (
            &[
                ("requirements.txt", "flask\n"),
                ("main.py", ""),
                ("app.py", ""),
                ("pyproject.toml", ""),
            ][..],
            "requirements.txt at the top: Python 3.13, installed by `pip install -r requirements.txt`, started by `python main.py`",
        ),
        (
            &[("pyproject.toml", "[build-system]\n"), ("app.py", "")],
            "pyproject.toml at the top: Python 3.13, installed by `pip install of pyproject.toml`, built by `pip install --no-build-isolation .`, started by `python app.py`",
        ),
        (
            &[
                ("pyproject.toml", "[project]\n"),
                ("uv.lock", ""),
                ("app.py", ""),
            ],
            "pyproject.toml at the top: Python 3.13, installed by `pip install of uv.lock`, started by `python app.py`",
        ),
        (
            &[("Pipfile", ""), ("Pipfile.lock", "{}"), ("app.py", "")],
            "Pipfile at the top: Python 3.13, installed by `pip install of Pipfile.lock`, started by `python app.py`",
        ),
        (
            &[("go.mod", "module a\n"), ("main.go", MAIN_GO)],
            "go.mod at the top: Go 1.24, built by `go build -o /usr/local/bin/app .`, started by `/usr/local/bin/app`",
        ),
        (
            &[
                ("go.mod", "module a\nrequire b v1.0.0\n"),
                ("go.sum", ""),
                ("cmd/api/main.go", MAIN_GO),
                ("cmd/api/main_test.go", MAIN_GO),
                ("cmd/gen/gen.go", "//go:build ignore\n\npackage main\n"),
                ("api.go", "package api // package main\n"),
            ],
            "go.mod at the top: Go 1.24, installed by `go mod download`, built by `go build -o /usr/local/bin/app ./cmd/api`, started by `/usr/local/bin/app`",
        ),
        (
            &[
                ("go.mod", "module a\nrequire b v1.0.0\n"),
                ("vendor/modules.txt", ""),
                ("vendor/b/main.go", MAIN_GO),
                ("main.go", MAIN_GO),
                ("cmd/migrate/main.go", MAIN_GO),
                ("tools/go.mod", ""),
                ("tools/main.go", MAIN_GO),
            ],
            "go.mod at the top: Go 1.24, built by `go build -o /usr/local/bin/app . && go build -o /usr/local/bin/ ./cmd/migrate`, started by `/usr/local/bin/app`",
        ),
        (
            &[
                ("Procfile", "web: node x.js $PORT\nrelease: node m.js\n"),
                ("package.json", SCRIPTS),
            ],
            "Procfile and package.json at the top: Node.js 20, installed by `npm install`, built by `npm run build`, migrated by `node m.js`, started by `node x.js $PORT`",
        ),
    ] {
        assert_eq!(found(files), expected);
    }
}

/// Where the files that name the dependencies are not enough to install them, all are there before.
#[test]
fn what_installs_more_than_packages_has_all_files_and_says_so() {
    let main = ("app.py", "");
    let index = ("index.js", "");
    let go = ("main.go", MAIN_GO);
    let with = |requirement: &'static str| [("requirements.txt", requirement), main];
    for (files, again) in [
        (&with("-e .\n")[..], true),
        (&with("./lib\n"), true),
        (&with("-r missing.txt\n"), true),
        (&with("-r ../requirements.txt\n"), true),
        (&with("-r requirements.txt\nflask\n"), false),
        (
            &[
                ("requirements.txt", "-r reqs/base.txt\n"),
                ("reqs/base.txt", "-c pins.txt\n"),
                ("reqs/pins.txt", "idna==3.10\n"),
                main,
            ],
            false,
        ),
        (
            &[
                ("requirements.txt", "-r reqs/base.txt\n"),
                ("reqs/base.txt", "-e ..\n"),
                main,
            ],
            true,
        ),
        (
            &[
                (
                    "package.json",
                    r#"{"dependencies": {"a": "^1.0.0", "b": "file:./b"}}"#,
                ),
                index,
            ],
            true,
        ),
        (
            &[
                ("package.json", r#"{"dependencies": {"a": "^1.0.0"}}"#),
                index,
            ],
            false,
        ),
        (&[("package.json", r#"{"workspaces": ["a"]}"#), index], true),
        (
            &[
                ("go.mod", "module a\nrequire b v1.0.0\nreplace b => ./b\n"),
                go,
            ],
            true,
        ),
        (
            &[
                (
                    "go.mod",
                    "module a\nrequire b v1.0.0\nreplace b => c v1.0.0\n",
                ),
                go,
            ],
            false,
        ),
    ] {
        let found = found(files);
        assert_eq!(found.contains("any change "), again, "{files:?}: {found}");
    }
}

#[test]
fn what_it_says_itself_comes_first() {
    let node = ("package.json", r#"{"scripts": {"start": "a"}}"#);
    let go = ("go.mod", "module a\n");
    let runtime = Declared {
        runtime: said("node-20"),
        ..Declared::default()
    };
    let files = &[node, go, ("Dockerfile", "FROM x")];
    let setup = of(files, &runtime).unwrap();
    assert_eq!(setup.runtime(), Some("node-20"));
    assert_eq!(setup.start(), Some("npm start"));
    assert_eq!(
        setup.found(),
        "tryout.yaml: runtime node-20, installed by `npm install`, started by `npm start`"
    );

    let dockerfile = Declared {
        dockerfile: said("./deploy/web.Dockerfile"),
        start: said("./run --all"),
        ..Declared::default()
    };
    let files = &[
        node,
        ("Dockerfile", "FROM x"),
        ("deploy/web.Dockerfile", "FROM y"),
    ];
    let setup = of(files, &dockerfile).unwrap();
    assert_eq!(
        (setup.runtime(), setup.start()),
        (None, Some("./run --all"))
    );
    assert_eq!(
        setup.found(),
        "tryout.yaml: built from deploy/web.Dockerfile, started by `./run --all`"
    );

    // What it leaves out is found in the others.
    let migrate = Declared {
        migrate: said("./migrate"),
        test: said("./test"),
        ..Declared::default()
    };
    let procfile = ("Procfile", "web: a\nrelease: b\n");
    let setup = of(&[node, procfile], &migrate).unwrap();
    assert_eq!(setup.migrate(), Some("./migrate"));
    assert_eq!(setup.start(), Some("a"));
    assert_eq!(setup.test(), Some("./test"));
    let setup = of(&[node, ("Dockerfile", "FROM x")], &migrate).unwrap();
    assert_eq!((setup.migrate(), setup.start()), (Some("./migrate"), None));

    // A runtime needs no file that shows the language.
    let alone = Declared {
        runtime: said("python-3.13"),
        start: said("python -m shop"),
        ..Declared::default()
    };
    let setup = of(&[("shop/__main__.py", "")], &alone).unwrap();
    assert_eq!(
        setup.found(),
        "tryout.yaml: runtime python-3.13, started by `python -m shop`"
    );
}

#[test]
fn own_builds_and_starts_take_the_place_of_conventions() {
    let own = Declared {
        build: said("make all"),
        start: said("./out/app"),
        ..Declared::default()
    };
    let setup = of(&[("go.mod", ""), ("main.go", MAIN_GO)], &own).unwrap();
    assert_eq!(
        setup.found(),
        "go.mod at the top: Go 1.24, built by `make all`, started by `./out/app`"
    );
    let many = &[
        ("go.mod", ""),
        ("cmd/a/a.go", MAIN_GO),
        ("cmd/b/b.go", MAIN_GO),
    ];
    let start = Declared {
        start: said("a --serve"),
        ..Declared::default()
    };
    assert_eq!(
        of(many, &start).unwrap().found(),
        "go.mod at the top: Go 1.24, built by `go build -o /usr/local/bin/ ./cmd/a ./cmd/b`, started by `a --serve`"
    );
}

#[test]
fn what_cannot_be_decided_says_what_to_do() {
    let none = Declared::default();
    for (files, declared, expected) in [
        (
            &[("package.json", "{}"), ("go.mod", "")][..],
            &none,
            "two languages at the top of the submission: package.json says Node.js 20, go.mod says Go 1.24; write `runtime: node-20` or `runtime: go-1.24` in tryout.yaml",
        ),
        (
            &[
                ("Procfile", "web: a"),
                ("requirements.txt", ""),
                ("package.json", "{}"),
            ],
            &none,
            "two languages at the top of the submission: requirements.txt says Python 3.13, package.json says Node.js 20; write `runtime: python-3.13` or `runtime: node-20` in tryout.yaml",
        ),
        (
            &[],
            &none,
            "nothing at the top of the submission says how it is run: no tryout.yaml with `runtime`, no Dockerfile, no requirements.txt, pyproject.toml, Pipfile, package.json, go.mod, pom.xml, Gemfile, composer.json, Cargo.toml",
        ),
        (
            &[("api/Dockerfile", "FROM x"), ("web/package.json", "{}")],
            &none,
            "nothing at the top of the submission says how it is run: no tryout.yaml with `runtime`, no Dockerfile, no requirements.txt, pyproject.toml, Pipfile, package.json, go.mod, pom.xml, Gemfile, composer.json, Cargo.toml; there is api/Dockerfile: hand in that folder, or write a tryout.yaml",
        ),
        (
            &[("Procfile", "web: ./app")],
            &none,
            "the Procfile says how to start, but nothing at the top of the submission says in what language it is: add requirements.txt, pyproject.toml, Pipfile, package.json, go.mod, pom.xml, Gemfile, composer.json, Cargo.toml, or write `runtime: ` in tryout.yaml",
        ),
        (
            &[("Procfile", "node x\n"), ("package.json", "{}")],
            &none,
            "line 1 of the Procfile is no `NAME: COMMAND`",
        ),
        (
            &[("package.json", "{\n  \"name\": \n}")],
            &none,
            "package.json is no JSON object: expected value at line 3 column 1",
        ),
        (
            &[("package.json", "[]")],
            &none,
            "package.json is no JSON object: invalid type: sequence, expected a map at line 1 column 0",
        ),
    ] {
        assert_eq!(mistake(files, declared), expected);
    }
}

#[test]
fn what_cannot_be_built_or_started_says_what_to_add() {
    let none = Declared::default();
    let build = Declared {
        build: said("make"),
        ..Declared::default()
    };
    let dockerfile = Declared {
        dockerfile: said("a/Dockerfile"),
        ..Declared::default()
    };
    let cobol = Declared {
        runtime: said("cobol-85"),
        ..Declared::default()
    };
    for (files, declared, expected) in [
        (
            &[("package.json", "{\"main\": \"x.js\"}")][..],
            &none,
            "nothing says how to start this Node.js 20 app: add a script `start` to package.json, a server.js or index.js, `web: ` to a Procfile, or `start: ` to tryout.yaml",
        ),
        (
            &[("requirements.txt", "")],
            &none,
            "nothing says how to start this Python 3.13 app: add a main.py or app.py that listens on $PORT, `web: ` to a Procfile, or `start: ` to tryout.yaml",
        ),
        (
            &[("go.mod", ""), ("a.go", "package a\n")],
            &none,
            "nothing says how to start this Go 1.24 app: there is no package main in it",
        ),
        (
            &[
                ("go.mod", ""),
                ("cmd/a/a.go", MAIN_GO),
                ("cmd/b/b.go", MAIN_GO),
            ],
            &none,
            "nothing says how to start this Go 1.24 app: there are several programs (./cmd/a ./cmd/b), which are built into /usr/local/bin/; write `start: ` in tryout.yaml or `web: ` in a Procfile",
        ),
        (
            &[("go.mod", ""), ("main.go", MAIN_GO)],
            &build,
            "nothing says how to start this Go 1.24 app: beside `build: ` tryout.yaml needs `start: `",
        ),
        (
            &[("Dockerfile", "FROM x")],
            &build,
            "tryout.yaml says `build`, but the submission is built from its Dockerfile: make it a RUN step there, or write `runtime: ` in tryout.yaml",
        ),
        (
            &[("Dockerfile", "FROM x")],
            &dockerfile,
            "there is no file a/Dockerfile, which tryout.yaml names as `dockerfile`",
        ),
        (
            &[],
            &cobol,
            "there is no runtime `cobol-85`; there are python-3.13, node-20, go-1.24, java-21, ruby-3.3, php-8.4, rust-1.85",
        ),
    ] {
        assert_eq!(mistake(files, declared), expected);
    }
}

#[test]
fn what_is_told_stays_one_short_line() {
    let long = Declared {
        runtime: said("python-3.13"),
        migrate: Some("é \n".repeat(1000)),
        start: Some("x".repeat(100_000)),
        ..Declared::default()
    };
    let setup = of(&[], &long).unwrap();
    assert!(setup.found().chars().count() < 300, "{}", setup.found());
    assert!(!setup.found().contains('\n'));
    assert_eq!(setup.start().unwrap().len(), 100_000, "all of it is run");
}

#[test]
fn files_larger_than_any_that_makes_sense_are_refused() {
    let large = " ".repeat((1 << 20) + 1);
    let none = Declared::default();
    for (files, expected) in [
        (
            &[("package.json", large.as_str())][..],
            "package.json has more than 1048576 bytes",
        ),
        (
            &[("Procfile", &large), ("package.json", "{}")],
            "Procfile has more than 1048576 bytes",
        ),
    ] {
        assert_eq!(mistake(files, &none), expected);
    }
}

#[test]
fn each_runtime_is_known_by_its_name() {
    for runtime in Runtime::all() {
        assert_eq!(Runtime::named(runtime.name).unwrap().title, runtime.title);
    }
    assert!(Runtime::named("node").is_none());
}

fn on_host(files: Files<'_>, declared: &Declared) -> String {
    let setup = Setup::on(Ground::Host, &snapshot(files), declared).unwrap();
    setup.unwrap().found().to_owned()
}

#[test]
fn without_containers_a_dockerfile_says_no_more_than_what_is_started() {
    const DOCKERFILE: (&str, &str) = ("Dockerfile", "FROM x\nCMD [\"python\", \"-m\", \"app\"]\n");
    const NO_COMMAND: (&str, &str) = ("Dockerfile", "FROM x\n");
    for (files, expected) in [
        (
            &[
                DOCKERFILE,
                ("requirements.txt", ""),
                ("Procfile", "web: a\nrelease: b\n"),
            ][..],
            "Dockerfile is not used without containers; requirements.txt at the top: Python 3.13, installed by `pip install -r requirements.txt`, started by `python -m app`",
        ),
        (
            &[
                NO_COMMAND,
                ("requirements.txt", ""),
                ("Procfile", "web: a\n"),
            ],
            "Dockerfile is not used without containers; Procfile and requirements.txt at the top: Python 3.13, installed by `pip install -r requirements.txt`, started by `a`",
        ),
        (
            &[NO_COMMAND, ("package.json", SCRIPTS)],
            "Dockerfile is not used without containers; package.json at the top: Node.js 20, installed by `npm install`, built by `npm run build`, started by `npm start`",
        ),
        // Nothing else says how: it stays what it is.
        (&[DOCKERFILE], "Dockerfile at the top: built from it"),
        (
            &[("go.mod", "module a\n"), ("main.go", MAIN_GO)],
            "go.mod at the top: Go 1.24, built by `go build -o ../bin/app .`, started by `../bin/app`",
        ),
        (
            &[
                ("pyproject.toml", "[project]\n"),
                ("uv.lock", ""),
                ("app.py", ""),
            ],
            "pyproject.toml at the top: Python 3.13, installed by `pip install of uv.lock`, started by `python app.py`",
        ),
    ] {
        assert_eq!(on_host(files, &Declared::default()), expected);
    }
    let declared = Declared {
        start: Some("./own".to_owned()),
        migrate: Some("./m".to_owned()),
        ..Declared::default()
    };
    let found = on_host(&[DOCKERFILE, ("requirements.txt", "")], &declared);
    assert!(
        found.ends_with("migrated by `./m`, started by `./own`"),
        "{found}"
    );
}

#[test]
fn a_mistake_is_the_same_with_and_without_containers() {
    for files in [
        &[][..],
        &[("go.mod", ""), ("package.json", "{}")],
        &[("Procfile", "web: a\n")],
    ] {
        let declared = Declared::default();
        let host = Setup::on(Ground::Host, &snapshot(files), &declared).unwrap();
        assert_eq!(host.unwrap_err().to_string(), mistake(files, &declared));
    }
}
