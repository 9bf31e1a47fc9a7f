//! The program's own source files.

/// Each file that it is compiled from, by its path below the crate's folder.
pub const SOURCE: &[(&str, &str)] = &[
    ("src/control.rs", include_str!("control.rs")),
    ("src/lib.rs", include_str!("lib.rs")),
    ("src/main.rs", include_str!("main.rs")),
    ("src/protocol.rs", include_str!("protocol.rs")),
    ("src/proxy.rs", include_str!("proxy.rs")),
    (
        "src/proxy/connection.rs",
        include_str!("proxy/connection.rs"),
    ),
    ("src/proxy/line.rs", include_str!("proxy/line.rs")),
    ("src/source.rs", include_str!("source.rs")),
    ("src/stub.rs", include_str!("stub.rs")),
    ("src/stub/answer.rs", include_str!("stub/answer.rs")),
    ("src/stub/chance.rs", include_str!("stub/chance.rs")),
    ("src/stub/connection.rs", include_str!("stub/connection.rs")),
    ("src/stub/fill.rs", include_str!("stub/fill.rs")),
    ("src/stub/follow.rs", include_str!("stub/follow.rs")),
    ("src/stub/journal.rs", include_str!("stub/journal.rs")),
    ("src/stub/pattern.rs", include_str!("stub/pattern.rs")),
    ("src/stub/rate.rs", include_str!("stub/rate.rs")),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::SOURCE;

    fn files(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, root, found);
            } else {
                let path = path.strip_prefix(root).unwrap();
                found.push(path.display().to_string());
            }
        }
    }

    #[test]
    fn every_file_is_handed_on() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        files(&root.join("src"), root, &mut found);
        found.sort();
        let mut listed: Vec<_> = SOURCE.iter().map(|(path, _)| (*path).to_owned()).collect();
        listed.sort();
        assert_eq!(listed, found);
    }
}
