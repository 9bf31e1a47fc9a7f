use std::collections::BTreeSet;

use crate::metadata::{direct, read, rows};

#[test]
fn crates_know_just_whom_the_architecture_says() {
    let documented = rows(&read("docs/architecture.md"));
    let real = direct(false);
    let ours: BTreeSet<&String> = real.keys().collect();
    assert_eq!(documented.keys().collect::<BTreeSet<_>>(), ours);
    for (room, dependencies) in &real {
        let known: BTreeSet<&str> = dependencies
            .iter()
            .map(String::as_str)
            .filter(|name| real.contains_key(*name))
            .collect();
        let said: BTreeSet<&str> = documented[room][1]
            .split(',')
            .map(|name| name.trim().trim_matches('`'))
            .filter(|name| *name != "-")
            .collect();
        assert_eq!(said, known, "the row of `{room}` in docs/architecture.md");
    }
}
