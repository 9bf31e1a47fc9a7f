//! Whatever the text, reading it ends, without a panic, in a challenge or in problems with places.

use std::fs;

use challenge_spec::{Challenge, LoadError, Skills};
use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

const VALID: &str = include_str!("valid/shop.yaml");

fn read(bytes: &[u8]) -> Result<Challenge, LoadError> {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = root.path().join("shop");
    fs::create_dir(&dir).expect("a folder of our own");
    fs::write(dir.join("brief.md"), "b").expect("a file of our own");
    fs::write(dir.join("challenge.yaml"), bytes).expect("a file of our own");
    let loaded = Challenge::load(&dir, &Skills::embedded());
    if let Err(error) = &loaded {
        let problems = error.problems().expect("the file is there and small");
        assert!(problems.count() > 0);
        assert!(
            problems
                .told()
                .iter()
                .all(|problem| !problem.message.contains("still could not be read"))
        );
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        let mut rendered = String::new();
        handler
            .render_report(&mut rendered, error)
            .expect("a report is written");
        for text in [rendered, problems.list().to_string()] {
            let steers = |character: char| character.is_control() && character != '\n';
            assert!(!text.contains(steers), "{text:?}");
        }
    }
    loaded
}

#[test]
fn the_valid_file_is_valid() {
    if let Err(error) = read(VALID.as_bytes()) {
        panic!("{}", error.problems().expect("problems").list());
    }
}

/// Pieces that make the readers of templates, matchers and paths work.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "{{ ", " }}", "{% if %}", "$", "$.a[", "$regex: ", "*a", "&a ", "<<: *a", "- ", ": ",
            "\n", "\n  ", "[", "]", "{", "}", "\"", "'", "|", ">", "#", "null", "-1", "0", "1e999",
            "2xx", "é", "\u{0}", "\u{1b}", "\u{feff}", "\t", "\r\n", "!tag ", "---\n", "? ",
            "checks", "steps:", "9s",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn arbitrary_pieces_end(pieces in proptest::collection::vec(piece(), 0..60)) {
        let _ = read(pieces.concat().as_bytes());
    }

    #[test]
    fn a_valid_file_with_changes_ends(
        changes in proptest::collection::vec((0..VALID.len(), 0..12_usize, piece()), 1..6),
    ) {
        let mut text = VALID.to_owned();
        for (start, length, piece) in changes {
            let start = text.floor_char_boundary(start.min(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end.max(start), &piece);
        }
        let _ = read(text.as_bytes());
    }

    #[test]
    fn a_valid_file_without_some_lines_ends(
        dropped in proptest::collection::vec(any::<proptest::sample::Index>(), 1..4),
    ) {
        let mut lines: Vec<&str> = VALID.lines().collect();
        for index in dropped {
            lines.remove(index.index(lines.len()));
        }
        let _ = read(lines.join("\n").as_bytes());
    }
}

/// Files near the largest that is read, each with as many mistakes of one kind as fit. Work that grew
/// with their square would take many minutes, which the test runner does not grant.
#[test]
fn large_files_full_of_mistakes_end() {
    let head = "schema: 1\nid: shop\ntitle: Shop\nversion: 1.0.0\nsummary: A shop.\n";
    let many = |count: usize, line: &dyn Fn(usize) -> String| -> String {
        (0..count).map(line).collect::<Vec<_>>().concat()
    };
    let check =
        "checks:\n  - id: a\n    title: A\n    skill: security\n    points: 1\n    steps:\n";
    let files = [
        format!("{head}{}", many(24_000, &|n| format!("key{n}: 1\n"))),
        format!(
            "{head}vars:\n{}",
            many(20_000, &|n| format!("  v{n}: \"{{{{ w{n} }}}}\"\n"))
        ),
        format!("{head}vars:\n{}", many(20_000, &|_| "  v: 1\n".to_owned())),
        format!(
            "{head}checks:\n{}",
            many(6_000, &|n| format!(
                "  - {{ id: c{n}, title: C, skill: sec, points: 1, requires: [x{n}, c{}], steps: [] }}\n",
                (n + 1) % 6_000
            ))
        ),
        format!(
            "{head}checks:\n{}",
            many(6_000, &|n| format!(
                "  - {{ id: c{n}, title: C, skill: security, points: 1, requires: [c{}], steps: [{{ request: {{ send: GET / }} }}] }}\n",
                (n + 1) % 6_000
            ))
        ),
        format!(
            "{head}{check}{}",
            many(8_000, &|n| format!(
                "      - request: {{ send: GET /a, expect: {{ capture: {{ c{n}: $.a }}, json: \"{{{{ d{n} }}}}\" }} }}\n"
            ))
        ),
        format!(
            "{head}{check}      - request: {{ send: GET /, expect: {{ json: [{}] }} }}\n",
            "{ $regx: 1 }, ".repeat(12_000)
        ),
        format!("{head}title: [{}]\n", "[".repeat(200_000)),
        format!("{head}vars: {{ a: \"{}\" }}\n", "{{ a ".repeat(200_000)),
        format!(
            "{head}vars: {{ a: \"{{{{ {} }}}}\" }}\n",
            "(".repeat(500_000)
        ),
    ];
    for file in &files {
        assert!(read(file.as_bytes()).is_err());
    }
}
