use std::collections::HashMap;

use crate::{
    finding::Finding,
    model::{ChallengeFile, Service},
    path::{Part, Path},
};

/// The app, its services, and the variables that all of them put into one environment.
pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let root = Path::root();
    if !file.app.ready.starts_with('/') {
        findings.push(
            Finding::value(
                root.key("app").key("ready"),
                format!("`{}` is no path", file.app.ready),
            )
            .help(format!("did you mean `/{}`?", file.app.ready)),
        );
    }
    let mut taken: HashMap<&str, (Path, Part, String)> = HashMap::new();
    for (name, service) in &file.services {
        let path = root.key("services").key(name);
        if !is_host_name(name) {
            findings.push(
                Finding::key(path.clone(), format!("`{name}` is no host name"))
                    .label("this name is the service's host name too")
                    .help("write up to 63 lower-case letters, digits and hyphens".to_owned()),
            );
        }
        let path = path.key(service.kind());
        findings.extend(unknown_version(service, &path));
        findings.extend(unusable_database(service, &path));
        let variable = Variable {
            name: service.env(),
            path: path.key("env"),
            part: Part::Value,
            owner: format!("the service `{name}`"),
        };
        variable.look(&mut taken, findings);
    }
    for name in file.app.env.keys() {
        let variable = Variable {
            name,
            path: root.key("app").key("env").key(name),
            part: Part::Key,
            owner: "`app.env`".to_owned(),
        };
        variable.look(&mut taken, findings);
    }
}

fn unknown_version(service: &Service, path: &Path) -> Option<Finding> {
    let (kind, version, known) = (service.kind(), service.version(), service.versions());
    (!known.contains(&version)).then(|| {
        let list = known.iter().map(|known| format!("\"{known}\""));
        let list = list.collect::<Vec<_>>().join(", ");
        Finding::value(
            path.key("version"),
            format!("there is no image of `{kind}` in version `{version}`"),
        )
        .help(format!("there is {list}"))
    })
}

fn unusable_database(service: &Service, path: &Path) -> Option<Finding> {
    let name = service.database()?;
    if let Some(of) = taken_by(service, name) {
        return Some(
            Finding::value(
                path.key("database"),
                format!("`{name}` is a database of the server's own"),
            )
            .label(of)
            .help("choose another name".to_owned()),
        );
    }
    (!is_database_name(name)).then(|| {
        Finding::value(
            path.key("database"),
            format!("`{name}` is no name of a database"),
        )
        .help(
            "write up to 63 lower-case letters, digits and underscores, first a letter".to_owned(),
        )
    })
}

/// What every server of a kind comes with.
fn taken_by(service: &Service, name: &str) -> Option<&'static str> {
    let taken: &[&str] = match service {
        Service::Postgres(_) => &["postgres", "template0", "template1"],
        Service::MariaDb(_) => &["mysql", "sys", "information_schema", "performance_schema"],
        Service::Redis(_) | Service::Valkey(_) | Service::Stub(_) => &[],
    };
    taken.contains(&name).then_some("it is there already")
}

struct Variable<'a> {
    name: &'a str,
    path: Path,
    part: Part,
    owner: String,
}

impl<'a> Variable<'a> {
    fn look(self, taken: &mut HashMap<&'a str, (Path, Part, String)>, findings: &mut Vec<Finding>) {
        let Self {
            name,
            path,
            part,
            owner,
        } = self;
        let finding = |message: String| Finding {
            part,
            ..Finding::value(path.clone(), message)
        };
        if !is_variable_name(name) {
            findings.push(
                finding(format!("`{name}` is no name of an environment variable")).help(
                    "write letters, digits and underscores, first a letter or underscore"
                        .to_owned(),
                ),
            );
        } else if name == "PORT" {
            findings.push(
                finding("`PORT` is set to `app.port` already".to_owned())
                    .help("choose another name".to_owned()),
            );
        } else if let Some((first, first_part, first_owner)) = taken.get(name) {
            findings.push(
                finding(format!("`{name}` is set by {first_owner} and by {owner}"))
                    .label("set again here")
                    .also(first.clone(), *first_part, "first here"),
            );
        } else {
            taken.insert(name, (path, part, owner));
        }
    }
}

fn is_host_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name != "localhost"
        && (1..=63).contains(&name.len())
        && name.bytes().all(inner)
        && name.starts_with(|character: char| character.is_ascii_lowercase())
        && !name.ends_with('-')
}

fn is_database_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.starts_with(|character: char| character.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|character: char| character.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
