//! The terminal's columns hold, whatever is written into a report.

use proptest::prelude::*;
use report::render::terminal::{self, Style};
use unicode_width::UnicodeWidthStr as _;

use crate::examples;

/// `text` without the escapes that the renderer itself writes.
fn without_colours(text: &str) -> String {
    [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[31m",
        "\u{1b}[32m",
        "\u{1b}[33m",
    ]
    .iter()
    .fold(text.to_owned(), |text, escape| text.replace(escape, ""))
}

#[test]
fn colours_change_nothing_but_colours() {
    let report = examples::mixed();
    let plain = terminal::render(&report, Style::default());
    let coloured = Style {
        colour: true,
        ..Style::default()
    };
    let coloured = terminal::render(&report, coloured);
    assert_ne!(coloured, plain);
    assert_eq!(without_colours(&coloured), plain);
}

#[test]
fn without_unicode_all_is_ascii() {
    let mut report = examples::mixed();
    report.checks[4].title = "Größe 漢字 🎉".to_owned();
    let style = Style {
        unicode: false,
        ..Style::default()
    };
    let text = terminal::render(&report, style);
    assert!(text.is_ascii(), "{text}");
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<String>(),
        "[ a-z]{0,40}",
        "[漢字語]{0,40}",
        Just("❤\u{fe0f}👩\u{200d}👩\u{200d}👧🏽".to_owned()),
        Just("e\u{301}\u{301}\u{301}".to_owned()),
        Just("\u{1b}]0;title\u{7}\u{9b}2J\u{202e}".to_owned()),
        Just("لا مرحبا".to_owned()),
    ];
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_line_is_wider_than_asked_and_none_is_an_escape(
        title in any_text(),
        reason in any_text(),
        skill in any_text(),
        name in any_text(),
        points in prop_oneof![1_u32..20, Just(u32::MAX)],
        width in 20_usize..200,
        unicode in any::<bool>(),
    ) {
        let mut report = examples::mixed();
        report.checks[4].title = title;
        report.checks[4].points = points;
        report.checks[4].reason = Some(reason.clone());
        report.checks[2].reason = Some(reason);
        report.skills[0].title = skill;
        report.skills[0].earned = points;
        report.skills[1].possible = points;
        report.submission.name = name;
        let text = terminal::render(&report, Style { colour: false, width, unicode });
        for line in text.lines() {
            prop_assert!(line.width() <= width.clamp(40, 80), "{} columns: {line}", line.width());
            prop_assert!(!line.chars().any(report::neutral::is_hidden), "{line:?}");
        }
    }
}
