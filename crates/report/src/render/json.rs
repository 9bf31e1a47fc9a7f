use std::fmt::Write as _;

use crate::{event::Event, model::Report, neutral};

impl Report {
    /// As `report.json`: indented, ending in a line feed, read back by [`Report::from_json`]. What
    /// a terminal would obey, or an eye not see, stands as a `\u` escape.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a report has text keys only");
        let mut json = escape_hidden(&json);
        json.push('\n');
        json
    }
}

impl Event {
    /// As one line under `--json-events`, without a line feed at its end.
    pub fn to_json_line(&self) -> String {
        let json = serde_json::to_string(self).expect("an event has text keys only");
        escape_hidden(&json)
    }
}

/// Writes as escapes what `serde_json` leaves as it is: it escapes C0 alone. In a JSON text such a
/// character stands inside a string or is a line feed of the layout.
fn escape_hidden(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !neutral::is_hidden(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}").expect("writing to a String does not fail");
        }
    }
    out
}
