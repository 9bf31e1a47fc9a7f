//! One JSON object a line, for programs.

use report::event::Event;

use crate::output;

pub(super) fn line(event: &Event) {
    let mut line = event.to_json_line();
    if !line.ends_with('\n') {
        line.push('\n');
    }
    output::data(&line);
}
