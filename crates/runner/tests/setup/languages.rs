//! Java, Ruby, PHP and Rust, by their own files.

use crate::{Files, found, mistake, on_host, said};
use runner::setup::Declared;

const LOCK: (&str, &str) = (
    "Gemfile.lock",
    "GEM\n  specs:\n    puma (6.6.0)\n    rack (3.1.0)\n",
);
const INDEX: (&str, &str) = ("public/index.php", "<?php\n");
const MAIN_RS: (&str, &str) = ("src/main.rs", "fn main() {}\n");
const CARGO: &str = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n";

fn pom(inside: &str) -> String {
    format!("<project><artifactId>shop</artifactId>{inside}</project>")
}

#[test]
fn java_is_built_by_maven() {
    let usual = "java -jar target/tryout-app.jar";
    for (inside, start) in [
        ("", usual),
        ("<packaging>jar</packaging>", usual),
        (
            "<build><plugin><artifactId>quarkus-maven-plugin</artifactId></plugin></build>",
            "java -jar target/quarkus-app/quarkus-run.jar",
        ),
        (
            "<descriptorRef>jar-with-dependencies</descriptorRef>",
            usual,
        ),
    ] {
        let files: Files<'_> = &[("pom.xml", &pom(inside)), (".mvn/maven.config", "-q")];
        assert_eq!(
            found(files),
            format!(
                "pom.xml at the top: Java 21, installed by `mvn dependency:go-offline`, built by \
                 `mvn package`, started by `{start}`"
            )
        );
    }
}

#[test]
fn ruby_is_started_by_rack_or_a_program() {
    let gemfile = ("Gemfile", "gem 'sinatra'\n");
    for (files, start) in [
        (
            &[gemfile, LOCK, ("config.ru", "")][..],
            "bundle exec puma --bind tcp://0.0.0.0:$PORT",
        ),
        (
            &[("Gemfile", "gem \"puma\", \"~> 6\"\n"), ("config.ru", "")],
            "bundle exec puma --bind tcp://0.0.0.0:$PORT",
        ),
        (
            &[("Gemfile", "gem 'puma_worker_killer'\n"), ("config.ru", "")],
            "bundle exec rackup --host 0.0.0.0 --port $PORT",
        ),
        (
            &[gemfile, ("server.rb", ""), ("app.rb", "")],
            "bundle exec ruby app.rb",
        ),
    ] {
        assert_eq!(
            found(files),
            format!(
                "Gemfile at the top: Ruby 3.3, installed by `bundle install`, started by `{start}`"
            )
        );
    }
}

#[test]
fn php_is_served_from_the_folder_of_its_index() {
    let composer = ("composer.json", "{}");
    for (index, root) in [
        ("public/index.php", "public"),
        ("web/index.php", "web"),
        ("index.php", "."),
    ] {
        let files: Files<'_> = &[composer, (index, "<?php\n")];
        let built = "composer.json at the top: PHP 8.4, installed by `composer install`, built by \
            `composer dump-autoload`, started by";
        assert_eq!(found(files), format!("{built} `serve-php {root}`"));
        let served = format!("php -S \"0.0.0.0:$PORT\" -t {root} {root}/index.php");
        assert_eq!(
            on_host(files, &Declared::default()),
            format!("{built} `{served}`")
        );
    }
}

#[test]
fn what_php_builds_in_its_own_way_has_the_autoloader_and_the_sources() {
    let files: Files<'_> = &[("composer.json", "{}"), INDEX];
    let made = |build: Option<&str>| {
        let declared = Declared {
            build: build.map(str::to_owned),
            ..Declared::default()
        };
        format!("{:?}", crate::of(files, &declared).unwrap())
    };
    assert!(made(None).contains("--no-autoloader"));
    let own = made(Some("npm run build"));
    assert!(!own.contains("--no-autoloader"), "{own}");
    assert!(own.contains("COPY . /app/"), "{own}");
}

#[test]
fn rust_is_built_once_for_its_dependencies_and_once_for_itself() {
    let built = |files: Files<'_>| {
        let setup = crate::of(files, &Declared::default()).unwrap();
        (setup.found().to_owned(), format!("{setup:?}"))
    };
    let (found, made) = built(&[("Cargo.toml", CARGO), MAIN_RS]);
    assert_eq!(
        found,
        "Cargo.toml at the top: Rust 1.85, installed by `cargo build --release of the dependencies`, built by \
         `cargo build --release`, started by `/usr/local/bin/app`"
    );
    assert!(
        made.contains("cp target/release/shop /usr/local/bin/app"),
        "{made}"
    );
    let lock = ("Cargo.lock", "version = 4\n");
    let with = |more: &str| format!("{CARGO}{more}");
    let other = ("src/bin/seed.rs", "fn main() {}\n");
    let (main, default) = (with(""), with("default-run = \"seed\"\n"));
    let listed = with("[[bin]]\nname = \"serve\"\npath = \"src/main.rs\"\n");
    for (files, name) in [
        (
            &[("Cargo.toml", main.as_str()), lock, MAIN_RS, other][..],
            "shop",
        ),
        (&[("Cargo.toml", &default), lock, MAIN_RS, other], "seed"),
        (&[("Cargo.toml", &main), lock, other], "seed"),
        (&[("Cargo.toml", &listed), lock, MAIN_RS], "serve"),
    ] {
        let (found, made) = built(files);
        assert!(
            found.contains("`cargo build --release --locked`"),
            "{found}"
        );
        let copied = format!("cp target/release/{name} /usr/local/bin/app");
        assert!(made.contains(&copied), "{copied}: {made}");
    }
}

/// Where the files that name the dependencies are not enough to install them, all are there before.
#[test]
fn what_needs_all_files_has_them_and_says_so() {
    let module = pom("<modules><module>a</module></modules>");
    let jar = pom("<dependency><systemPath>a.jar</systemPath></dependency>");
    let of_cargo = |more: &str| format!("{CARGO}{more}");
    let path = of_cargo("[dependencies]\na = { path = \"a\" }\n");
    let nested = of_cargo("[target.'cfg(unix)'.dependencies]\na = { path = \"a\" }\n");
    let workspace = of_cargo("[workspace]\n");
    let script = of_cargo("build = \"b.rs\"\n");
    let odd = of_cargo("[[bin]]\nname = \"shop\"\npath = \"../main.rs\"\n");
    let plain = of_cargo("[lib]\npath = \"lib/shop.rs\"\n[dependencies]\na = \"1\"\n");
    let app = ("app.rb", "");
    let start = Declared {
        start: said("./run"),
        ..Declared::default()
    };
    for (files, again) in [
        (&[("pom.xml", module.as_str())][..], true),
        (&[("pom.xml", &jar)], true),
        (&[("pom.xml", &pom(""))], false),
        (&[("Gemfile", "gemspec\n"), app], true),
        (&[("Gemfile", "gem 'a', path: 'a'\n"), app], true),
        (
            &[("Gemfile", "# gem 'a', path: 'a'\ngem 'b'\n"), app],
            false,
        ),
        (
            &[
                (
                    "composer.json",
                    r#"{"repositories": [{"type": "path", "url": "a"}]}"#,
                ),
                INDEX,
            ],
            true,
        ),
        (
            &[
                (
                    "composer.json",
                    r#"{"repositories": [{"type": "vcs", "url": "a"}]}"#,
                ),
                INDEX,
            ],
            false,
        ),
        (&[("Cargo.toml", &path), MAIN_RS], true),
        (&[("Cargo.toml", &nested), MAIN_RS], true),
        (&[("Cargo.toml", &workspace), MAIN_RS], true),
        (&[("Cargo.toml", &script), MAIN_RS], true),
        (&[("Cargo.toml", CARGO), MAIN_RS, ("build.rs", "")], true),
        (&[("Cargo.toml", &odd), MAIN_RS], true),
        (&[("Cargo.toml", &plain), MAIN_RS], false),
    ] {
        let setup = crate::of(files, &start).unwrap();
        let found = setup.found();
        assert_eq!(found.contains("any change "), again, "{files:?}: {found}");
    }
}

#[test]
fn what_cannot_be_built_or_started_says_what_to_add() {
    let none = Declared::default();
    let build = Declared {
        build: said("make"),
        ..Declared::default()
    };
    let war = pom("<packaging>war</packaging>");
    let two = format!("{CARGO}[[bin]]\nname = \"a\"\n[[bin]]\nname = \"b\"\n");
    for (files, declared, expected) in [
        (
            &[("pom.xml", war.as_str())][..],
            &none,
            "nothing says how to start this Java 21 app: pom.xml makes no jar; make one that starts a server of its own, or write `start: ` in tryout.yaml",
        ),
        (
            &[("pom.xml", &pom(""))],
            &build,
            "nothing says how to start this Java 21 app: beside `build: ` tryout.yaml needs `start: `",
        ),
        (
            &[("pom.xml", "<project>\n<a></project>")],
            &none,
            "pom.xml cannot be read: expected 'a' tag, not 'project' at 2:4",
        ),
        (
            &[("Gemfile", "")],
            &none,
            "nothing says how to start this Ruby 3.3 app: add a config.ru, an app.rb that listens on $PORT, `web: ` to a Procfile, or `start: ` to tryout.yaml",
        ),
        (
            &[("composer.json", "{}")],
            &none,
            "nothing says how to start this PHP 8.4 app: add a public/index.php, `web: ` to a Procfile, or `start: ` to tryout.yaml",
        ),
        (
            &[("composer.json", "[]"), INDEX],
            &none,
            "composer.json is no JSON object: invalid type: sequence, expected a map at line 1 column 0",
        ),
        (
            &[("Cargo.toml", CARGO)],
            &none,
            "nothing says how to start this Rust 1.85 app: there is no program in it: no src/main.rs",
        ),
        (
            &[("Cargo.toml", &two)],
            &none,
            "nothing says how to start this Rust 1.85 app: there are several programs (a, b); write `default-run` in Cargo.toml, or `start: target/release/NAME` in tryout.yaml",
        ),
        (
            &[("Cargo.toml", "[package\n")],
            &none,
            "Cargo.toml cannot be read: unclosed table, expected `]` at line 1 column 9",
        ),
        (
            &[("Gemfile", ""), ("pom.xml", &war)],
            &none,
            "two languages at the top of the submission: pom.xml says Java 21, Gemfile says Ruby 3.3; write `runtime: java-21` or `runtime: ruby-3.3` in tryout.yaml",
        ),
    ] {
        assert_eq!(mistake(files, declared), expected);
    }
}
