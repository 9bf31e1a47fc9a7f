use super::{request::json_path_mistake, scope::Origin, steps::Walk};
use crate::{
    expression::is_template,
    finding::Finding,
    model::{ChallengeFile, Sql, TemplateJson},
    path::{Part, Path},
    placeholder::Dialect,
    suggestion,
};

/// The services that a query can go to.
pub(super) struct Services<'a> {
    speak_sql: Vec<(&'a str, Dialect)>,
    silent: Vec<&'a str>,
    known: bool,
}

impl<'a> Services<'a> {
    /// `known` where every service was read.
    pub(super) fn of(file: &'a ChallengeFile, known: bool) -> Self {
        let mut services = Self {
            speak_sql: Vec::new(),
            silent: Vec::new(),
            known,
        };
        for (name, service) in &file.services {
            match Dialect::of(service) {
                Some(dialect) => services.speak_sql.push((name, dialect)),
                None => services.silent.push(name),
            }
        }
        services
    }

    /// That of the service which a query goes to; where that is a mistake, any.
    fn dialect(&self, wanted: Option<&str>) -> Dialect {
        let mut named = self.speak_sql.iter();
        named
            .find(|(name, _)| wanted.is_none_or(|wanted| wanted == *name))
            .map_or(Dialect::Postgres, |(_, dialect)| *dialect)
    }

    fn names(&self) -> Vec<&'a str> {
        self.speak_sql.iter().map(|(name, _)| *name).collect()
    }

    /// What is wrong with the service that a step at this path names, or leaves out.
    fn look(&self, wanted: Option<&str>, path: &Path) -> Option<Finding> {
        if !self.known {
            return None;
        }
        match (wanted, self.names().as_slice()) {
            (Some(name), known) if known.contains(&name) => None,
            (Some(name), known) if self.silent.contains(&name) => Some(
                Finding::value(
                    path.key("service"),
                    format!("the service `{name}` does not speak SQL"),
                )
                .help(
                    suggestion::list(known.iter().copied())
                        .map(|list| format!("name one of {list}")),
                ),
            ),
            (Some(name), known) => Some(
                Finding::value(path.key("service"), format!("there is no service `{name}`"))
                    .label("unknown service")
                    .help(suggestion::help(name, known.iter().copied())),
            ),
            (None, [_]) => None,
            (None, []) => Some(
                Finding::key(path.clone(), "no service speaks SQL")
                    .help("add one under `services`".to_owned()),
            ),
            (None, several) => Some(
                Finding::key(path.clone(), "several services speak SQL")
                    .label("needs `service`")
                    .help(
                        suggestion::list(several.iter().copied())
                            .map(|list| format!("name one of {list}")),
                    ),
            ),
        }
    }
}

/// One query, and what is expected of its rows.
pub(super) fn look(walk: &mut Walk<'_>, sql: &Sql, path: &Path) {
    let wanted = sql.service.as_deref();
    let service = walk.services.look(wanted, path);
    walk.findings.extend(service);
    let dialect = walk.services.dialect(wanted);
    query(walk, (&sql.query, &sql.args), dialect, path);
    let path = path.key("expect");
    if let Some(rows) = &sql.expect.rows {
        walk.expected(rows, &path.key("rows"));
    }
    for (name, source) in &sql.expect.capture {
        let path = path.key("capture").key(name);
        walk.findings
            .extend(json_path_mistake(&path, Part::Value, source));
        walk.make(name, Origin::Capture, path);
    }
}

/// The service of a step that asks what PostgreSQL alone tells.
pub(super) fn postgres(walk: &mut Walk<'_>, wanted: Option<&str>, path: &Path) {
    let mistake = walk.services.look(wanted, path);
    let is_known = mistake.is_none();
    walk.findings.extend(mistake);
    if is_known && walk.services.dialect(wanted) != Dialect::Postgres {
        walk.findings.push(
            Finding::key(path.clone(), "this needs a service of PostgreSQL")
                .help("only PostgreSQL is asked for it so far".to_owned()),
        );
    }
}

/// A statement and the values of its parameters, in the step at this path.
pub(super) fn query(
    walk: &mut Walk<'_>,
    (query, args): (&str, &[TemplateJson]),
    dialect: Dialect,
    path: &Path,
) {
    walk.findings.extend(text(query, &path.key("query")));
    walk.findings
        .extend(parameters((query, args), dialect, path));
    for (place, argument) in args.iter().enumerate() {
        walk.json(&argument.0, &path.key("args").index(place));
    }
}

fn text(query: &str, path: &Path) -> Option<Finding> {
    if query.trim().is_empty() {
        return Some(Finding::value(path.clone(), "the query is empty"));
    }
    is_template(query).then(|| {
        Finding::value(path.clone(), "a query is no template")
            .help("write `$1` in the query and the template under `args`".to_owned())
    })
}

/// Parameters without a value, and values without a parameter.
fn parameters(
    (query, args): (&str, &[TemplateJson]),
    dialect: Dialect,
    path: &Path,
) -> Option<Finding> {
    let placeholders = dialect.placeholders(query);
    let wanted = placeholders.iter().map(|one| one.number).max().unwrap_or(0);
    let given = args.len();
    if wanted > given {
        return Some(
            Finding::value(
                path.key("query"),
                format!("the query has `${wanted}` and `args` has {given} of them"),
            )
            .help("give each parameter its value under `args`".to_owned()),
        );
    }
    (given > wanted).then(|| {
        Finding::value(
            path.key("args").index(wanted),
            format!("the query has no `${}`", wanted + 1),
        )
        .label("no parameter takes this")
    })
}
