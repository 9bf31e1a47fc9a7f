//! Java: built by Maven, started as a jar.

mod pom;

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::setup::{Ground, MOST_BYTES, SetupMistake, files::Files};

use pom::{Assembly, Pom};

pub(super) static JAVA: Runtime = Runtime {
    name: "java-21",
    title: "Java 21",
    image: "tryout/java:21",
    on_host: Toolchain {
        programs: &[&["java"], &["javac"], &["mvn"]],
        version: &["--version"],
        packages: "openjdk-21-jdk-headless maven",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        environment: &[],
        ask_registry: "mvn --batch-mode --quiet dependency:get -Dtransitive=false -Dartifact=junit:junit:4.13.2:pom",
    },
    markers: &["pom.xml"],
    steps,
};

const MVN: &str = "mvn --batch-mode --no-transfer-progress";
/// What is started.
const APP: &str = "target/tryout-app.jar";
/// Jars in `target` that are not the app.
const OTHERS: &str = r"(-sources|-javadoc|-tests|-test-sources)\.jar$|^target/original-";

fn steps(files: &Files<'_>, own: OwnBuild, _: Ground) -> Found<Steps> {
    let path = "pom.xml";
    let pom = match files.text(path)? {
        Some(text) if text.len() > MOST_BYTES => return Ok(Err(SetupMistake::TooLarge { path })),
        Some(text) => match Pom::read(&text) {
            Ok(pom) => pom,
            Err(why) => return Ok(Err(SetupMistake::PomXml { why })),
        },
        None => {
            let help = "add a pom.xml, or write `start: ` in tryout.yaml".to_owned();
            return Ok(Ok(Steps {
                manifests: Vec::new(),
                install: None,
                shown: Shown::default(),
                build: None,
                start: Err(help),
                notes: Vec::new(),
            }));
        }
    };
    let mut notes = Vec::new();
    let mut manifests = files.of_these(&[path]);
    let settings = files.paths().filter(|path| path.starts_with(".mvn/"));
    manifests.extend(settings.map(str::to_owned));
    let needs = [
        (pom.has_modules, "pom.xml has modules"),
        (
            pom.has_local_jars,
            "a dependency is a file of the submission",
        ),
    ];
    let needs = needs.into_iter().find(|(needs, _)| *needs);
    if let Some((_, why)) = needs {
        notes.push(format!(
            "any change downloads the dependencies again, since {why}"
        ));
        manifests.clear();
    }
    let gradle = ["build.gradle", "build.gradle.kts"];
    let gradle = files.of_these(&gradle).into_iter();
    notes.extend(gradle.map(|file| format!("{file} is not read: Maven builds what pom.xml says")));
    let install = needs.is_none();
    Ok(Ok(Steps {
        manifests,
        install: install.then(|| format!("{MVN} dependency:go-offline")),
        build: (own == OwnBuild::No).then(|| build(&pom)),
        shown: Shown {
            install: install.then(|| "mvn dependency:go-offline".to_owned()),
            build: Some("mvn package".to_owned()),
        },
        start: start(&pom, own),
        notes,
    }))
}

/// The jar that is started is given one name beside its own, so that what it names beside itself is found.
fn build(pom: &Pom) -> String {
    let package = format!("{MVN} -DskipTests package");
    match pom.assembly {
        _ if pom.has_modules => package,
        Assembly::Quarkus => package,
        Assembly::WithDependencies => {
            format!("{package} && cp target/*-jar-with-dependencies.jar {APP}")
        }
        Assembly::Usual => {
            format!(r#"{package} && cp "$(ls target/*.jar | grep -vE '{OTHERS}')" {APP}"#)
        }
    }
}

/// What Maven's usual plugins leave in `target`.
fn start(pom: &Pom, own: OwnBuild) -> Result<String, String> {
    let help = if own == OwnBuild::Yes {
        "beside `build: ` tryout.yaml needs `start: `"
    } else if pom.has_modules {
        "pom.xml has modules; write `start: java -jar MODULE/target/NAME.jar` in tryout.yaml, or `web: ` in a Procfile"
    } else if pom.packaging != "jar" && pom.packaging != "quarkus" {
        "pom.xml makes no jar; make one that starts a server of its own, or write `start: ` in tryout.yaml"
    } else {
        return Ok(match pom.assembly {
            Assembly::Quarkus => "java -jar target/quarkus-app/quarkus-run.jar".to_owned(),
            Assembly::WithDependencies | Assembly::Usual => format!("java -jar {APP}"),
        });
    };
    Err(help.to_owned())
}
