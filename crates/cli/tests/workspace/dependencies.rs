use std::collections::BTreeSet;

use crate::metadata::{direct, read, rows};

#[test]
fn every_direct_dependency_has_its_line() {
    let documented = rows(&read("docs/dependencies.md"));
    let real = direct(true);
    let foreign: BTreeSet<&String> = real
        .values()
        .flatten()
        .filter(|name| !real.contains_key(*name))
        .collect();
    assert_eq!(documented.keys().collect::<BTreeSet<_>>(), foreign);
    for (name, cells) in &documented {
        assert!(
            cells.len() >= 2 && cells[..2].iter().all(|cell| cell.len() > 5),
            "the row of `{name}` says too little"
        );
    }
}
