//! `queries` and `explain`: what is asked of PostgreSQL about itself.

use super::{sql, steps::Walk};
use crate::{
    finding::Finding,
    model::{Expected, Explain, Queries},
    path::Path,
    placeholder::Dialect,
};

/// Which service counts, what is done meanwhile, and what the counts must be.
pub(super) fn look(walk: &mut Walk<'_>, step: &Queries, path: &Path) {
    sql::postgres(walk, step.service.as_deref(), path);
    walk.steps(&step.steps, &path.key("steps"));
    expected(walk, &step.expect.each(), &path.key("expect"));
}

/// Which service is asked for its plan, of what, and what the plan must be.
pub(super) fn explain(walk: &mut Walk<'_>, step: &Explain, path: &Path) {
    sql::postgres(walk, step.service.as_deref(), path);
    sql::query(walk, (&step.query, &step.args), Dialect::Postgres, path);
    expected(walk, &step.expect.each(), &path.key("expect"));
}

fn expected(walk: &mut Walk<'_>, each: &[(&'static str, Option<&Expected>)], path: &Path) {
    let mut given = each.iter().filter_map(|(key, one)| Some((*key, (*one)?)));
    let mut is_any = false;
    for (key, expected) in &mut given {
        is_any = true;
        walk.expected(expected, &path.key(key));
    }
    if !is_any {
        let keys: Vec<_> = each.iter().map(|(key, _)| format!("`{key}`")).collect();
        walk.findings.push(
            Finding::key(path.clone(), "nothing is expected")
                .help(format!("give at least one of {}", keys.join(", "))),
        );
    }
}
