//! `migration`: what is written beside it, and for how long a writer may wait.

use super::{load, quantities, sql, steps::Walk};
use crate::{finding::Finding, model::Migration, path::Path, placeholder::Dialect};

/// `inside` is the key of the step around it.
pub(super) fn look(
    walk: &mut Walk<'_>,
    step: &Migration,
    (inside, resets): (Option<&str>, bool),
    path: &Path,
) {
    load::alone(walk, inside, "a migration", path);
    sql::postgres(walk, step.service.as_deref(), path);
    if !resets {
        walk.findings.push(
            Finding::key(
                path.clone(),
                "a migration is run anew on services in their first state",
            )
            .help("give the check `reset: database`".to_owned()),
        );
    }
    let writes = path.key("writes");
    let outside = std::mem::replace(&mut walk.scope.index, true);
    for (place, write) in step.writes.iter().enumerate() {
        let parts = (write.query.as_str(), write.args.as_slice());
        sql::query(walk, parts, Dialect::Postgres, &writes.index(place));
    }
    walk.scope.index = outside;
    let longest = path.key("expect").key("longest_wait");
    let finding = quantities::no_time(longest, step.expect.longest_wait);
    walk.findings.extend(finding);
}
