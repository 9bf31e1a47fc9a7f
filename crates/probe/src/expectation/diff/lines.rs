use serde_json::Value;

use super::view::View;

/// How many lines of a value are compared.
const MAX_LINES: usize = 2_000;

/// How long a line is, in bytes.
const MAX_LINE: usize = 400;

/// JSON with one value a line, as far as it is compared.
pub(super) fn written(view: &View<'_>) -> String {
    let mut lines = Lines {
        text: String::new(),
        count: 0,
    };
    lines.value(view, 0, "", "");
    lines.text
}

struct Lines {
    text: String,
    count: usize,
}

impl Lines {
    fn value(&mut self, view: &View<'_>, depth: usize, before: &str, after: &str) {
        match view {
            View::Words(words) => self.line(depth, before, &format!("‹{words}›"), after),
            View::Object(fields) => {
                let fields = fields.iter().map(|(key, view)| (Some(*key), view));
                self.group(['{', '}'], fields, depth, before, after);
            }
            View::Array(items) => {
                let items = items.iter().map(|view| (None, view));
                self.group(['[', ']'], items, depth, before, after);
            }
            View::Json(Value::Object(fields)) if !fields.is_empty() => {
                let fields = fields
                    .iter()
                    .map(|(key, value)| (Some(key.as_str()), View::Json(value)));
                self.group(['{', '}'], fields, depth, before, after);
            }
            View::Json(Value::Array(items)) if !items.is_empty() => {
                let items = items.iter().map(|value| (None, View::Json(value)));
                self.group(['[', ']'], items, depth, before, after);
            }
            View::Json(scalar) => self.line(depth, before, &scalar.to_string(), after),
        }
    }

    fn group<'a, V: std::borrow::Borrow<View<'a>>>(
        &mut self,
        [open, close]: [char; 2],
        parts: impl ExactSizeIterator<Item = (Option<&'a str>, V)>,
        depth: usize,
        before: &str,
        after: &str,
    ) {
        let count = parts.len();
        if count == 0 {
            return self.line(depth, before, &format!("{open}{close}"), after);
        }
        self.line(depth, before, &open.to_string(), "");
        for (place, (key, view)) in parts.enumerate() {
            if self.count >= MAX_LINES {
                return;
            }
            let key = key.map(|key| format!("{}: ", Value::from(key)));
            let comma = if place + 1 == count { "" } else { "," };
            self.value(view.borrow(), depth + 1, &key.unwrap_or_default(), comma);
        }
        self.line(depth, "", &close.to_string(), after);
    }

    fn line(&mut self, depth: usize, before: &str, value: &str, after: &str) {
        if self.count >= MAX_LINES {
            return;
        }
        self.count += 1;
        for _ in 0..depth {
            self.text.push_str("  ");
        }
        let from = self.text.len();
        self.text.push_str(before);
        self.text.push_str(value);
        self.text.push_str(after);
        if self.text.len() - from > MAX_LINE {
            let mut end = from + MAX_LINE;
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            self.text.truncate(end);
            self.text.push('…');
        }
        self.text.push('\n');
    }
}
