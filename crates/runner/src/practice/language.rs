//! Which tools a language has, and which of a submission's files are its sources.

use super::reading::Form;

/// A language whose usual tools are known.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// As runtimes and starters are called: `node`.
    pub name: &'static str,
    /// `JavaScript and TypeScript`.
    pub title: &'static str,
    pub(crate) image: &'static str,
    /// Of its sources.
    pub(super) endings: &'static [&'static str],
    /// Files that its tools want to see beside them.
    pub(super) beside: &'static [&'static str],
    /// Folders of what others wrote and of what is made.
    pub(super) without: &'static [&'static str],
    pub(crate) tools: &'static [Tool],
}

/// One of its tools.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Given to a shell in the folder of the files: prints the tool's version as its first line, then
    /// what the tool finds.
    pub(crate) command: &'static str,
    pub(super) form: Form,
}

const MADE: &[&str] = &[
    "node_modules",
    "dist",
    "build",
    "coverage",
    "target",
    "vendor",
];

pub(super) static LANGUAGES: [Language; 7] = [
    Language {
        name: "python",
        title: "Python",
        image: "tryout/practice-python:3.13",
        endings: &["py"],
        beside: &[],
        without: &[
            "venv",
            "env",
            "site-packages",
            "node_modules",
            "dist",
            "build",
        ],
        tools: &[Tool {
            name: "ruff",
            about: "its own choice of rules",
            command: "ruff --version | sed 's/^ruff //'; \
                exec ruff check --isolated --no-cache --ignore-noqa --no-respect-gitignore \
                --config 'exclude=[]' --ignore RUF100 --output-format json-lines .",
            form: Form::Ruff,
        }],
    },
    Language {
        name: "node",
        title: "JavaScript and TypeScript",
        image: "tryout/practice-node:20",
        endings: &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
        beside: &[],
        without: MADE,
        tools: &[Tool {
            name: "eslint",
            about: "the rules that ESLint and typescript-eslint recommend",
            command: "own=/opt/practice; \
                node --print \"require('$own/node_modules/eslint/package.json').version\"; \
                exec \"$own/node_modules/.bin/eslint\" --config \"$own/eslint.config.mjs\" --no-inline-config \
                --no-warn-ignored --format \"$own/one-a-line.mjs\" .",
            form: Form::Eslint,
        }],
    },
    Language {
        name: "go",
        title: "Go",
        image: "tryout/practice-go:1.24",
        endings: &["go"],
        beside: &["go.mod", "go.sum"],
        without: &["vendor", "node_modules"],
        tools: &[
            Tool {
                name: "gofmt",
                about: "files that are not formatted as it formats them",
                command: "go env GOVERSION | sed 's/^go//'; exec gofmt -l . 2>&1",
                form: Form::Gofmt,
            },
            Tool {
                name: "go vet",
                about: "packages that import the standard library and each other alone",
                command: "export GOPROXY=off GOFLAGS=-mod=readonly GOPATH=/tmp/go GOCACHE=/tmp/cache; \
                    cp -r /opt/go/cache/. /tmp/cache; \
                    go env GOVERSION | sed 's/^go//'; \
                    packages=$(go list -e -f '{{if not .Incomplete}}{{.ImportPath}}{{end}}' ./... 2> /dev/null); \
                    if [ -z \"$packages\" ]; then \
                    echo 'every package imports modules, which are not at hand without a network' >&2; exit 3; fi; \
                    exec go vet $packages 2>&1",
                form: Form::GoVet,
            },
        ],
    },
    Language {
        name: "java",
        title: "Java",
        image: "tryout/java:21",
        endings: &["java"],
        beside: &[],
        without: &["target", "build", "out", "node_modules"],
        // Without the libraries much is in error; what is known well enough is warned of all the same.
        tools: &[Tool {
            name: "javac -Xlint",
            about: "all warnings, without the libraries that the code uses",
            command: "javac -version 2>&1 | sed 's/^javac //'; \
                find . -name '*.java' -print | sed 's/[\\\\\"]/\\\\&/g; s/^/\"/; s/$/\"/' > /tmp/files; \
                exec javac -J-XX:TieredStopAtLevel=1 -Xlint:all -proc:none -implicit:none -XDshould-stop.ifError=FLOW \
                -XDdiags.formatterOptions=-source,-details,-subdiagnostics -Xmaxwarns 100000 -Xmaxerrs 100000 \
                -d /tmp/classes @/tmp/files 2>&1",
            form: Form::Javac,
        }],
    },
    Language {
        name: "ruby",
        title: "Ruby",
        image: "tryout/practice-ruby:3.3",
        endings: &["rb", "ru", "rake"],
        beside: &[],
        without: &["vendor", "node_modules"],
        tools: &[Tool {
            name: "rubocop",
            about: "its own choice of rules",
            command: "dpkg-query --show --showformat '${Version}' rubocop | sed 's/+.*//'; echo; \
                exec rubocop --config /opt/practice/rubocop.yml --cache false --ignore-disable-comments \
                --format emacs . 2>&1",
            form: Form::Rubocop,
        }],
    },
    Language {
        name: "php",
        title: "PHP",
        image: "tryout/php:8.4",
        endings: &["php"],
        beside: &[],
        without: &["vendor", "node_modules"],
        tools: &[Tool {
            name: "php -l",
            about: "what the compiler refuses or warns of",
            command: "php -n -r 'echo PHP_VERSION, \"\\n\";'; \
                exec find . -name '*.php' -exec php -n -d error_reporting=-1 -d display_errors=1 -d log_errors=0 \
                -d html_errors=0 -l {} +",
            form: Form::Php,
        }],
    },
    Language {
        name: "rust",
        title: "Rust",
        image: "tryout/practice-rust:1.85",
        endings: &["rs"],
        beside: &["Cargo.toml"],
        without: &["target", "vendor", "node_modules"],
        tools: &[Tool {
            name: "rustfmt",
            about: "files that are not formatted as it formats them",
            command: "rustfmt --version | sed 's/^rustfmt //; s/ .*//'; \
                if [ ! -f Cargo.toml ]; then echo 'there is no Cargo.toml at the top' >&2; exit 3; fi; \
                CARGO_HOME=/tmp/cargo exec cargo fmt --all --check -- -l",
            form: Form::Rustfmt,
        }],
    },
];

impl Language {
    /// The one that a runtime is of: `node-20` is of `node`.
    pub fn of_runtime(runtime: &str) -> Option<&'static Self> {
        let name = runtime.split('-').next()?;
        LANGUAGES.iter().find(|language| language.name == name)
    }

    /// The one whose source a path is.
    pub(super) fn of_path(path: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.has_source(path))
    }

    pub(super) fn has_source(&self, path: &str) -> bool {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        ending.is_some_and(|ending| self.endings.contains(&ending))
            && !name.ends_with(".min.js")
            && self.is_own(folders)
    }

    pub(super) fn wants_beside(&self, path: &str) -> bool {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.beside.contains(&name) && self.is_own(folders)
    }

    fn is_own(&self, folders: &str) -> bool {
        let mut folders = folders.split('/');
        folders.all(|folder| !folder.starts_with('.') && !self.without.contains(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_a_submissions_own() {
        let of = |path| Language::of_path(path).map(|language| language.name);
        assert_eq!(of("app/main.py"), Some("python"));
        assert_eq!(of("src/a.test.mts"), Some("node"));
        assert_eq!(of("go.mod"), None);
        for foreign in [
            "venv/a.py",
            "x/node_modules/y/a.js",
            "target/a.rs",
            ".hidden/a.rb",
            "public/jquery.min.js",
            "vendor/a.php",
            "README",
        ] {
            assert_eq!(of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn every_runtime_has_a_language() {
        for runtime in crate::setup::Runtime::all() {
            let language = Language::of_runtime(runtime.name);
            assert!(language.is_some(), "{}", runtime.name);
        }
    }
}
