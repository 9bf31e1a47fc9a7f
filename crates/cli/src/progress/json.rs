//! One JSON object a line, for programs.

use report::event::Event;

use crate::output;

pub(super) fn line(event: Event) {
    if let Ok(mut line) = serde_json::to_string(&event) {
        line.push('\n');
        output::data(&line);
    }
}
